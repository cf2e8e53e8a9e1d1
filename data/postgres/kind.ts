import type { Kysely } from 'kysely';
import { DatabaseError } from '../database.ts';
import type { Kind } from '../kind.ts';
import type { Schema } from '../schema.ts';
import { explain, poolOf, POSTGRES_WORDS, requireOurs, shownUrl } from './connect.ts';
import { openPool } from './driver.ts';

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
    explain: (error) => explain(error, shown),
    query: async () => {
      throw new DatabaseError('unsuitable', `${shown} takes no queries yet`);
    },
    copy: () => {
      throw new DatabaseError('unsuitable', `${shown} gives no public copy yet`);
    },
  };
}
