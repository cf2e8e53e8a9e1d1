/** Opens a file as an SQLite database of ours, or says exactly why that cannot be. */
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import BetterSqlite, { type Database as Sqlite } from 'better-sqlite3';
import { DatabaseError } from '../database.ts';
import type { DialectWords } from '../dialect.ts';

/** In the header of every database of ours: "INCD". */
const APPLICATION_ID = 0x49_4e_43_44;
const MAGIC = 'SQLite format 3\0';
/** SQLite's own wait blocks the process, so it is short; the driver goes on waiting without blocking. */
const BLOCKING_MS = 50;
/** … but for opening, which is not the driver's. */
const OPENING_MS = 5_000;

export const SQLITE_WORDS: DialectWords = {
  identity: 'integer primary key',
  clustered: ' without rowid',
  ddl: (statement) => statement,
  marks: [],
  // The next number is always the one behind the last row's.
  renumber: () => [],
  dependents: null,
  iso: (millis) => `strftime('%Y-%m-%dT%H:%M:%SZ', ${millis} / 1000, 'unixepoch')`,
  now: `cast(unixepoch('subsec') * 1000 as integer)`,
  // There is one writer at a time.
  skipLocked: '',
};

/** The path in `sqlite:path`, or the path itself where its ending says what it is; null where this is no SQLite database. */
export function sqlitePath(url: string): string | null {
  if (/^sqlite:/i.test(url)) return url.replace(/^sqlite:(\/\/)?/i, '');
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(url)) return null;
  return /\.(sqlite3?|db)$/i.test(url) ? url : null;
}

export function connectWritable(path: string): Sqlite {
  if (path === '') throw new DatabaseError('missing', 'the database has no path; give a file such as data/incidence.sqlite');
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) {
    throw new DatabaseError(
      'missing',
      `the folder ${folder} of the database ${path} does not exist; make it or give another --db`,
    );
  }
  refuseOtherFiles(path);
  const sqlite = connect(path, { timeout: OPENING_MS });
  try {
    const isNew = isFresh(sqlite, path);
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = NORMAL');
    sqlite.pragma('foreign_keys = ON');
    // 32 MB hold the part of the index that one registry.s names go to, in whatever order they arrive.
    sqlite.pragma('cache_size = -16384');
    // Pages are copied from the log every 64 MB, not every 4 MB: an index page is then written once, not many times.
    sqlite.pragma('wal_autocheckpoint = 16384');
    sqlite.pragma('journal_size_limit = 134217728');
    if (isNew) sqlite.pragma(`application_id = ${APPLICATION_ID}`);
    sqlite.pragma(`busy_timeout = ${BLOCKING_MS}`);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw explain(error, path);
  }
}

export function connectReadOnly(path: string): Sqlite {
  if (!existsSync(path)) {
    throw new DatabaseError('missing', `there is no database ${path}; run something first, or name an existing one with --db`);
  }
  refuseOtherFiles(path);
  const sqlite = connect(path, { timeout: OPENING_MS, readonly: true, fileMustExist: true });
  try {
    if (isFresh(sqlite, path)) {
      throw new DatabaseError('missing', `the database ${path} is empty; run something first, or name another one with --db`);
    }
    sqlite.pragma('query_only = ON');
    sqlite.pragma(`busy_timeout = ${BLOCKING_MS}`);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw explain(error, path);
  }
}

/** Why this user cannot write into the file, in words; null where that is not so. */
export function obstacleTo(path: string): string | null {
  for (const needed of [path, dirname(resolve(path))]) {
    try {
      accessSync(needed, constants.W_OK);
    } catch {
      return `${needed} is not writable for this user, as the database ${path} has to be for anything but reading`;
    }
  }
  return null;
}

function connect(path: string, options: BetterSqlite.Options): Sqlite {
  try {
    return new BetterSqlite(path, options);
  } catch (error) {
    throw explain(error, path);
  }
}

/** A file with other content than SQLite's is refused before SQLite sees it: an empty one is a new database. */
function refuseOtherFiles(path: string): void {
  if (!existsSync(path)) return;
  const stat = statSync(path);
  if (!stat.isFile()) {
    throw new DatabaseError(
      'not-a-database',
      `${path} is ${stat.isDirectory() ? 'a folder' : 'no file'}; --db takes the path of a database file`,
    );
  }
  if (stat.size === 0) return;
  const head = Buffer.alloc(MAGIC.length);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw explain(error, path);
  }
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  if (head.toString('latin1') !== MAGIC) {
    throw new DatabaseError(
      'not-a-database',
      `${path} is no SQLite database (${stat.size} bytes of something else); move it away or give another --db`,
    );
  }
}

/** True for a database without a table; throws for one that another program made. */
function isFresh(sqlite: Sqlite, path: string): boolean {
  const id = sqlite.pragma('application_id', { simple: true });
  if (id === APPLICATION_ID) return false;
  const tables = sqlite.prepare<[], { n: number }>('select count(*) as n from sqlite_master').get()?.n ?? 0;
  if (id === 0 && tables === 0) return true;
  throw new DatabaseError(
    'foreign',
    `${path} is an SQLite database, but not one of Incidence (application id ${String(id)}, ${tables} tables and indexes); give another --db`,
  );
}

/** Our error for one of SQLite's or of the system's; anything else stays what it is. */
export function explain(error: unknown, path: string): unknown {
  if (error instanceof DatabaseError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const options = { cause: error };
  if (code === 'SQLITE_READONLY_DIRECTORY') {
    return new DatabaseError(
      'not-writable',
      `the folder of the database ${path} is not writable for this user, and reading takes a file beside the database as well; ` +
        'copy the database into a folder of your own, or ask for what `export` writes',
      options,
    );
  }
  if (/^SQLITE_(CANTOPEN|READONLY|PERM)|^E(ACCES|PERM|ROFS)/.test(code)) {
    return new DatabaseError(
      'not-writable',
      `the database ${path} cannot be opened (${code}); the file must be readable and its folder writable, for this user; for anything but reading the file as well`,
      options,
    );
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new DatabaseError('busy', `the database ${path} is locked by another process; wait for it to end`, options);
  }
  if (/^SQLITE_(NOTADB|CORRUPT|IOERR)/.test(code)) {
    return new DatabaseError(
      'damaged',
      `the database ${path} is damaged (${code}); restore a copy or give another --db`,
      options,
    );
  }
  return error;
}
