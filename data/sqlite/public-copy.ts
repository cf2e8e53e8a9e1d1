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
  return copiesFrom(async (read) => {
    const source = connectReadOnly(path);
    try {
      // One look at everything, whatever is written meanwhile.
      source.exec('begin');
      return await read((sql) => source.prepare<[], PublicRow>(sql).raw().iterate());
    } finally {
      source.close();
    }
  });
}

/** The rows of a query, in pages or one by one. */
export type RowSource = (sql: string) => Iterable<PublicRow> | AsyncIterable<PublicRow>;

/** @param look gives one look at a database, unmoved by what is written meanwhile */
export function copiesFrom(look: <T>(read: (rows: RowSource) => Promise<T>) => Promise<T>): CopyEngine {
  return async (folder, statistics) => {
    const target = join(folder, FILE);
    const draft = `${target}.draft`;
    try {
      makeFolder(folder);
      if (existsSync(draft)) rmSync(draft);
      const tables = await look(async (rows) =>
        inOneGo(new BetterSqlite(draft), async (copy) => {
          const written: { readonly table: PublicTable; readonly rows: number }[] = [];
          for (const table of PUBLIC_TABLES)
            written.push({ table, rows: await write(copy, table, rowsFrom(rows, table, statistics)) });
          return written;
        }),
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
    }
  };
}

/** Without a journal: a copy that was not finished is thrown away. */
async function inOneGo<T>(copy: Sqlite, work: (copy: Sqlite) => Promise<T>): Promise<T> {
  try {
    copy.pragma('journal_mode = OFF');
    copy.pragma('synchronous = OFF');
    copy.exec(
      'create table data_dictionary (view text not null, position integer not null, name text not null, meaning text not null)',
    );
    const say = copy.prepare('insert into data_dictionary values (?, ?, ?, ?)');
    copy.exec('begin');
    for (const { name, meaning, columns } of PUBLIC_TABLES) {
      say.run(name, 0, '', meaning);
      for (const [index, column] of columns.entries()) say.run(name, index + 1, column.name, column.meaning);
    }
    const done = await work(copy);
    copy.exec('commit');
    return done;
  } finally {
    copy.close();
  }
}

function rowsFrom(rows: RowSource, { from }: PublicTable, statistics: readonly Statistics[]): ReturnType<RowSource> {
  return 'sql' in from ? rows(from.sql) : from.rows(statistics);
}

async function write(copy: Sqlite, { name, columns }: PublicTable, rows: ReturnType<RowSource>): Promise<number> {
  copy.exec(`create table ${name} (${columns.map((column) => `${column.name} ${TYPES[column.type]}`).join(', ')})`);
  const insert = copy.prepare(`insert into ${name} values (${columns.map(() => '?').join(', ')})`);
  let count = 0;
  for await (const row of rows) {
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
