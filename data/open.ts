/** The one place that knows the kinds of database. */
import type { Database } from './database.ts';
import { DatabaseError } from './database.ts';
import type { Kind } from './kind.ts';
import { isPostgres, shownUrl } from './postgres/connect.ts';
import { postgresKind } from './postgres/kind.ts';
import type { QueryEngine } from './query-contract.ts';
import type { Queue, QueueState } from './queue.ts';
import { sqlitePath } from './sqlite/connect.ts';
import { sqliteKind } from './sqlite/kind.ts';
import { requireCurrent, upgrade } from './upgrade.ts';

/**
 * Opens a database for writing, makes it where there is none, and brings an older one up to date.
 *
 * @param url path of a file that ends in `.sqlite` (or `.sqlite3`, `.db`), or `sqlite:` and any path; or the address of a database on a
 *   PostgreSQL server, `postgres://user@host/database`
 * @throws DatabaseError with what was expected, what came and what to do
 */
export async function openDatabase(url: string): Promise<Database> {
  return await open(kindOf(url), { readOnly: false });
}

/** Opens a database for writing as `openDatabase`, but only where there is one: what works on results makes no empty database. */
export async function openExisting(url: string): Promise<Database> {
  try {
    await (await openReadOnly(url)).close();
  } catch (error) {
    // An older one is brought up to date; of anything else that is wrong, opening it for writing says the same.
    if (!(error instanceof DatabaseError) || error.reason === 'missing') throw error;
  }
  return await openDatabase(url);
}

/** Opens an existing database for reading; nothing that is done with it can change it. */
export async function openReadOnly(url: string): Promise<Database> {
  return await open(kindOf(url), { readOnly: true });
}

/** Why a run could not write into a database that can be read, in words: a standby server, a file without the right. Null where it could. */
export async function obstacleToWriting(url: string): Promise<string | null> {
  return await kindOf(url).obstacle();
}

/** The queue of an open database. @param holder names this process, see `thisHolder` */
export async function openQueue(database: Database, holder: string): Promise<Queue> {
  return await kindOf(database.url).queue(database, holder);
}

/** What is in queues; of an open database, which may be open for reading alone. Queues that there are none of are empty. */
export async function queueStates(database: Database, queues: readonly string[]): Promise<readonly QueueState[]> {
  return await kindOf(database.url).queueStates(database, queues);
}

/** How people's queries are answered by this kind of database; see `query.ts`. */
export function queryEngineOf(url: string): QueryEngine {
  return kindOf(url).query;
}

function kindOf(url: string): Kind {
  if (isPostgres(url)) return postgresKind(url);
  const path = sqlitePath(url);
  if (path !== null) return sqliteKind(path);
  throw new DatabaseError(
    'unknown-kind',
    `${shownUrl(url)} names no kind of database that this version can open; expected a file that ends in .sqlite, sqlite: and a path, or postgres://user@host/database`,
  );
}

async function open(kind: Kind, { readOnly }: Pick<Database, 'readOnly'>): Promise<Database> {
  const { words, shown: url } = kind;
  const db = await kind.connect({ readOnly });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= db.destroy());
  try {
    await (readOnly ? requireCurrent(db, words, url) : upgrade(db, words, url));
  } catch (error) {
    await close();
    throw kind.explain(error);
  }
  const database: Database = { url, db, words, readOnly, copyTo: async (...args) => kind.copy(database)(...args), close };
  return database;
}
