/** The one place that knows the kinds of database. */
import { Kysely } from 'kysely';
import type { Database } from './database.ts';
import { DatabaseError } from './database.ts';
import type { CopyEngine } from './public-tables.ts';
import type { QueryEngine } from './query-contract.ts';
import type { Schema } from './schema.ts';
import { explain, connectReadOnly, connectWritable, SQLITE_WORDS, sqlitePath } from './sqlite/connect.ts';
import { sqliteDialect } from './sqlite/driver.ts';
import { sqliteCopies } from './sqlite/public-copy.ts';
import { sqliteQueries } from './sqlite/query.ts';
import { requireCurrent, upgrade } from './upgrade.ts';

/**
 * Opens a database for writing, makes it where there is none, and brings an older one up to date.
 *
 * @param url path of a file that ends in `.sqlite` (or `.sqlite3`, `.db`), or `sqlite:` and any path
 * @throws DatabaseError with what was expected, what came and what to do
 */
export async function openDatabase(url: string): Promise<Database> {
  const path = pathOf(url);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(connectWritable(path)) });
  return await checked(db, { url: path, words: SQLITE_WORDS, readOnly: false }, () => upgrade(db, SQLITE_WORDS, path));
}

/** Opens an existing database for reading; nothing that is done with it can change it. */
export async function openReadOnly(url: string): Promise<Database> {
  const path = pathOf(url);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(connectReadOnly(path)) });
  return await checked(db, { url: path, words: SQLITE_WORDS, readOnly: true }, () => requireCurrent(db, SQLITE_WORDS, path));
}

/** How people's queries are answered by this kind of database; see `query.ts`. */
export function queryEngineOf(url: string): QueryEngine {
  return sqliteQueries(pathOf(url));
}

/** How this kind of database writes its public copy; see `public-copy.ts`. */
export function copyEngineOf(url: string): CopyEngine {
  return sqliteCopies(pathOf(url));
}

function pathOf(url: string): string {
  const path = sqlitePath(url);
  if (path !== null) return path;
  const shown = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
  throw new DatabaseError(
    'unknown-kind',
    `${shown} names no kind of database that this version can open; expected a file that ends in .sqlite, or sqlite: and a path`,
  );
}

async function checked(
  db: Kysely<Schema>,
  facts: Pick<Database, 'url' | 'words' | 'readOnly'>,
  check: () => Promise<void>,
): Promise<Database> {
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= db.destroy());
  try {
    await check();
  } catch (error) {
    await close();
    throw explain(error, facts.url);
  }
  return { ...facts, db, close };
}
