/** Writes the public copy of an SQLite database as another one, with plain tables and the dictionary. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite, { type Database as Sqlite } from 'better-sqlite3';
import { DatabaseError } from '../database.ts';
import { makeFolder } from '../make-folder.ts';
import { DEFAULT_POLICY } from '../policies.ts';
import { PUBLIC_TABLES, type CopyEngine, type PublicRow, type PublicTable, type PublicType } from '../public-tables.ts';
import type { Statistics } from '../statistics/model.ts';
import { connectReadOnly } from './connect.ts';

const FILE = 'incidence-public.sqlite';
const OPENING = [
  {
    with: 'the shell of SQLite',
    command: `sqlite3 -box ${FILE} "select * from incidence_by_registry where policy = '${DEFAULT_POLICY}'"`,
  },
  { with: 'Datasette, in a browser', command: `datasette --immutable ${FILE}` },
];
const TYPES: Readonly<Record<PublicType, string>> = { text: 'text', integer: 'integer', number: 'real' };

export function sqliteCopies(path: string): CopyEngine {
  return async (folder, statistics) => {
    const target = join(folder, FILE);
    const draft = `${target}.draft`;
    const source = connectReadOnly(path);
    try {
      // One look at everything, whatever is written meanwhile.
      source.exec('begin');
      makeFolder(folder);
      if (existsSync(draft)) rmSync(draft);
      const copy = new BetterSqlite(draft);
      const tables = inOneGo(copy, () =>
        PUBLIC_TABLES.map((table) => ({ table, rows: write(copy, table, rowsFrom(source, table, statistics)) })),
      );
      renameSync(draft, target);
      return { file: FILE, opening: OPENING, statistics, tables, rowsOf: (table) => readRows(target, table) };
    } catch (error) {
      if (error instanceof Error && 'code' in error && /^(E[A-Z]+|SQLITE_(CANTOPEN|READONLY|FULL))$/.test(String(error.code))) {
        throw new DatabaseError('not-writable', `${target} cannot be written (${String(error.code)}); choose another folder`, {
          cause: error,
        });
      }
      throw error;
    } finally {
      source.close();
    }
  };
}

/** Without a journal: a copy that was not finished is thrown away. */
function inOneGo<T>(copy: Sqlite, work: () => T): T {
  try {
    copy.pragma('journal_mode = OFF');
    copy.pragma('synchronous = OFF');
    copy.exec(
      'create table data_dictionary (view text not null, position integer not null, name text not null, meaning text not null)',
    );
    const say = copy.prepare('insert into data_dictionary values (?, ?, ?, ?)');
    return copy.transaction(() => {
      for (const { name, meaning, columns } of PUBLIC_TABLES) {
        say.run(name, 0, '', meaning);
        for (const [index, column] of columns.entries()) say.run(name, index + 1, column.name, column.meaning);
      }
      return work();
    })();
  } finally {
    copy.close();
  }
}

function rowsFrom(source: Sqlite, { from }: PublicTable, statistics: readonly Statistics[]): Iterable<PublicRow> {
  return 'sql' in from ? source.prepare<[], PublicRow>(from.sql).raw().iterate() : from.rows(statistics);
}

function write(copy: Sqlite, { name, columns }: PublicTable, rows: Iterable<PublicRow>): number {
  copy.exec(`create table ${name} (${columns.map((column) => `${column.name} ${TYPES[column.type]}`).join(', ')})`);
  const insert = copy.prepare(`insert into ${name} values (${columns.map(() => '?').join(', ')})`);
  let count = 0;
  for (const row of rows) {
    insert.run(...row);
    count += 1;
  }
  return count;
}

function* readRows(path: string, { name, columns }: PublicTable): Generator<PublicRow> {
  const copy = new BetterSqlite(path, { readonly: true, fileMustExist: true });
  try {
    yield* copy
      .prepare<[], PublicRow>(`select ${columns.map((column) => column.name).join(', ')} from ${name} order by rowid`)
      .raw()
      .iterate();
  } finally {
    copy.close();
  }
}
