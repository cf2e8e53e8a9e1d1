import type { Kysely } from 'kysely';
import type { Kind } from '../kind.ts';
import { bossQueue, bossStates } from '../queue-pg-boss.ts';
import type { Schema } from '../schema.ts';
import { copiesFrom } from '../sqlite/public-copy.ts';
import { explain, obstacleTo, poolOf, POSTGRES_WORDS, requireOurs, shownUrl } from './connect.ts';
import { openPool, readAtOnce } from './driver.ts';
import { postgresQueries } from './query.ts';

/** A database of a server, in which any number of processes write. */
export function postgresKind(url: string): Kind {
  const shown = shownUrl(url);
  return {
    shown,
    words: POSTGRES_WORDS,
    async connect({ readOnly }): Promise<Kysely<Schema>> {
      const pool = poolOf(url, { readOnly });
      try {
        await requireOurs(pool, shown, { readOnly });
      } catch (error) {
        await pool.end();
        throw explain(error, shown);
      }
      return openPool<Schema>(pool, shown);
    },
    async obstacle() {
      const pool = poolOf(url, { readOnly: false });
      try {
        return await obstacleTo(pool, shown);
      } catch (error) {
        throw explain(error, shown);
      } finally {
        await pool.end();
      }
    },
    explain: (error) => explain(error, shown),
    query: postgresQueries(url, shown),
    copy: ({ db }) => copiesFrom((read) => readAtOnce(db, read)),
    queue: async (database) => bossQueue(database),
    queueStates: bossStates,
  };
}
