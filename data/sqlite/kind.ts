import { Kysely } from 'kysely';
import type { Kind } from '../kind.ts';
import { tableQueue, tableStates } from '../queue-sqlite.ts';
import type { Schema } from '../schema.ts';
import { connectReadOnly, connectWritable, explain, obstacleTo, SQLITE_WORDS, sqlitePath } from './connect.ts';
import { sqliteDialect } from './driver.ts';
import { sqliteCopies } from './public-copy.ts';
import { sqliteQueries } from './query.ts';

/** A file, in which one process writes at a time. */
export function sqliteKind(path: string): Kind {
  return {
    // Must name the same database when it is given again: see `openQueue`.
    shown: sqlitePath(path) === null ? `sqlite:${path}` : path,
    words: SQLITE_WORDS,
    connect: async ({ readOnly }) =>
      new Kysely<Schema>({ dialect: sqliteDialect(readOnly ? connectReadOnly(path) : connectWritable(path)) }),
    obstacle: async () => obstacleTo(path),
    explain: (error) => explain(error, path),
    query: sqliteQueries(path),
    queue: async (database, holder) => tableQueue(database, holder),
    queueStates: tableStates,
    copy: () => sqliteCopies(path),
  };
}
