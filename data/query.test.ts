import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatabaseError } from './database.ts';
import { exampleDatabase, type TestDatabase } from './example.ts';
import { QueryError } from './query-contract.ts';
import { runQuery } from './query.ts';

let made: TestDatabase;
beforeAll(async () => {
  made = await exampleDatabase();
});
afterAll(async () => {
  await made[Symbol.asyncDispose]();
});

const QUICK = { rows: 1000, ms: 10_000 };

async function outcome(sql: string, limits = QUICK): Promise<string> {
  try {
    const { rows } = await runQuery(made.path, sql, limits);
    return `${rows.length} rows`;
  } catch (error) {
    if (error instanceof QueryError) return error.reason;
    throw error;
  }
}

describe('a question', () => {
  test('is answered with its columns and rows', async () => {
    const answer = await runQuery(made.path, '-- how many?\nselect count(*) as runs, max(state) as state from runs;', QUICK);
    expect(answer).toEqual({ columns: ['runs', 'state'], rows: [[1, 'closed']], truncated: false });
  });

  test('may take WITH, VALUES and EXPLAIN', async () => {
    expect(await outcome('with n (i) as (values (1), (2)) select i from n')).toBe('2 rows');
    expect(await outcome('values (1), (2), (3)')).toBe('3 rows');
    expect(await outcome('explain query plan select * from runs')).toMatch(/rows$/);
  });

  test('gives back large numbers and bytes without loss', async () => {
    const { rows } = await runQuery(made.path, "values (9007199254740993, x'00ff', 0.5, null, 'é')", QUICK);
    expect(rows).toEqual([['9007199254740993', '00ff', 0.5, null, 'é']]);
  });

  test('is cut at the limit of rows, and says so', async () => {
    const answer = await runQuery(made.path, 'select name from sample', { rows: 5, ms: 5000 });
    expect(answer.rows).toHaveLength(5);
    expect(answer.truncated).toBe(true);
  });

  test('that the database does not understand is explained', async () => {
    await expect(runQuery(made.path, 'select * from findngs', QUICK)).rejects.toThrow(/no such table: findngs/);
    await expect(runQuery(`${made.path}.sqlite`, 'select 1', QUICK)).rejects.toThrow(DatabaseError);
  });
});

/** Statements that would write, read another file, change the connection, hang or eat the memory. */
const HOSTILE: readonly (readonly [sql: string, expected: readonly string[]])[] = [
  ['delete from run', ['refused']],
  ['insert into run (state) values (1)', ['refused']],
  ["update run set state = 'open'", ['refused']],
  ["replace into meta values ('a', 'b')", ['refused']],
  ['drop table run', ['refused']],
  ['drop view runs', ['refused']],
  ['create table x (y)', ['refused']],
  ['create temp table x as select 1', ['refused']],
  ['create view x as select 1', ['refused']],
  ['create virtual table x using fts5(y)', ['refused']],
  ['alter table run add column x', ['refused']],
  ['with x as (select 1) delete from run returning id', ['refused']],
  ["with x as (select 1) insert into meta select 'a', 'b'", ['refused']],
  ["with x as (select 1) update meta set value = '' returning key", ['refused']],
  ['/* harmless */ delete from run', ['refused']],
  ['-- harmless\ndelete from run', ['refused']],
  ['-- unfinished', ['refused']],
  ['/* unfinished', ['refused']],
  ['', ['refused']],
  [';', ['refused']],
  ['select 1; delete from run', ['refused']],
  ['select 1; select 2', ['refused']],
  ['select 1;; drop table run', ['refused']],
  ["attach database '/etc/passwd' as x", ['refused']],
  ["attach database 'file:/tmp/x?mode=rwc' as x", ['refused']],
  ['detach database main', ['refused']],
  ['pragma user_version = 7', ['refused']],
  ['pragma writable_schema = on', ['refused']],
  ['pragma query_only = off', ['refused']],
  ['pragma journal_mode = delete', ['refused']],
  ["vacuum into '/tmp/copy.sqlite'", ['refused']],
  ['vacuum', ['refused']],
  ['reindex', ['refused']],
  ['analyze', ['refused']],
  ['begin immediate', ['refused']],
  ['savepoint x', ['refused']],
  ["select load_extension('/tmp/x')", ['refused', 'sql']],
  ["select readfile('/etc/passwd')", ['sql']],
  ["select writefile('/tmp/x', 'y')", ['sql']],
  ["select fts3_tokenizer('x', x'00')", ['sql', 'refused']],
  ["select * from pragma_query_only('off')", ['sql']],
  ['explain delete from run', ['refused']],
  ['select randomblob(900000000)', ['too-large']],
  ["select replace(hex(zeroblob(50000000)), '0', 'aaaaaaaaaa')", ['too-large']],
  ['with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n', ['timeout']],
  ['with recursive n (i) as (select 1 union all select i + 1 from n) select i from n order by i', ['timeout', 'too-large']],
  ['select count(*) from sample a, sample b, sample c, sample d, sample e', ['timeout']],
];

describe('what is no question, or too much of one, changes nothing and ends', () => {
  let before: string;
  beforeAll(async () => {
    before = await fingerprintOf(made.folder);
  });

  test.each(HOSTILE)('%s', async (sql, expected) => {
    const started = performance.now();
    // Only what never ends needs to be waited for.
    const limits = expected.includes('timeout') ? { rows: 1000, ms: 600 } : QUICK;
    expect(expected).toContain(await outcome(sql, limits));
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('endless rows are cut', async () => {
    expect(await outcome('with recursive n (i) as (select 1 union all select i + 1 from n) select i from n')).toBe('1000 rows');
  });

  test('the database and its folder are as they were', async () => {
    expect(await fingerprintOf(made.folder)).toBe(before);
  });
});

/** Names and contents of the folder; the shared-memory file of readers comes and goes and holds no data. */
async function fingerprintOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) {
    if (name.endsWith('-shm')) continue;
    hash.update(name).update(await readFile(`${folder}/${name}`));
  }
  return hash.digest('hex');
}
