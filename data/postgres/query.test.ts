import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatabaseError } from '../database.ts';
import { exampleDatabase, type TestDatabase } from '../example.ts';
import { digestOf, type Migration } from '../migrate.ts';
import { namedQueries } from '../queries.ts';
import { QueryError } from '../query-contract.ts';
import { runQuery } from '../query.ts';
import { addressAs, administer, createRole, isServerMissing } from './test-server.ts';

const QUICK = { rows: 1000, ms: 10_000 };

describe.skipIf(isServerMissing)(`queries of a server${isServerMissing ? ' (skipped: postgresql is not installed)' : ''}`, () => {
  let made: TestDatabase;
  let twin: TestDatabase;
  let reader: string;
  let before: Migration;
  beforeAll(async () => {
    made = await exampleDatabase('postgres');
    twin = await exampleDatabase();
    const role = await createRole('reader');
    await administer(made.path, `grant pg_read_all_data to ${role}`);
    reader = addressAs(made.path, role);
    before = await digestOf(made.database.db);
  });
  afterAll(async () => {
    await made[Symbol.asyncDispose]();
    await twin[Symbol.asyncDispose]();
  });

  async function outcome(url: string, sql: string, limits = QUICK): Promise<string> {
    try {
      return `${(await runQuery(url, sql, limits)).rows.length} rows`;
    } catch (error) {
      if (error instanceof QueryError || error instanceof DatabaseError) return error.reason;
      throw error;
    }
  }

  test('answer each named query as the other kind of database does', async () => {
    for (const { name, sql } of namedQueries()) {
      const answer = await runQuery(reader, sql, QUICK);
      const expected = await runQuery(twin.path, sql, QUICK);
      expect([name, answer.columns]).toEqual([name, expected.columns]);
      // A query without an order of its own has none.
      expect([name, answer.rows.map(String).sort()]).toEqual([name, expected.rows.map(String).sort()]);
    }
  });

  test('give numbers, flags, bytes and texts without loss, and columns without rows', async () => {
    const sql = `values (9007199254740993, 7::bigint, 0.5::float8, 12::numeric, '\\x00ff'::bytea, null, 'é', true, '[1]'::json)`;
    const { rows } = await runQuery(reader, sql, QUICK);
    expect(rows).toEqual([['9007199254740993', 7, 0.5, 12, '00ff', null, 'é', 1, '[1]']]);
    expect(await runQuery(reader, 'select run, state from runs where run < 0', QUICK)).toEqual({
      columns: ['run', 'state'],
      rows: [],
      truncated: false,
    });
  });

  test('are cut at the limit of rows, also where they never end', async () => {
    const answer = await runQuery(reader, 'select name from sample', { rows: 5, ms: 5000 });
    expect([answer.rows.length, answer.truncated]).toEqual([5, true]);
    const endless = 'with recursive n (i) as (select 1 union all select i + 1 from n) select i from n';
    expect(await outcome(reader, endless)).toBe('1000 rows');
  });

  test('say what the database does not understand', async () => {
    await expect(runQuery(reader, 'select * from findngs', QUICK)).rejects.toThrow(/relation "findngs" does not exist/);
  });

  test('are refused on a connection that could reach beyond the database', async () => {
    for (const right of ['superuser', 'files'] as const) {
      const role = await createRole(right);
      await administer(made.path, `grant pg_read_all_data to ${role}`);
      await administer(made.path, right === 'files' ? `grant pg_read_server_files to ${role}` : `alter role ${role} superuser`);
      const answer = runQuery(addressAs(made.path, role), 'select 1', QUICK);
      await expect(answer).rejects.toThrow(DatabaseError);
      await expect(answer).rejects.toThrow(/with rights that reach beyond the database/);
    }
  });

  /** With the rights of the tables' owner: the worst that a connection can have that is let in. */
  test.each<[sql: string, ...expected: string[]]>([
    ['delete from run', 'refused'],
    ['truncate run', 'refused'],
    ["with x as (insert into meta values ('a', 'b') returning key) select * from x", 'refused'],
    ['with x as (delete from run returning id) select * from x', 'refused'],
    ['select 1 into stolen', 'refused'],
    ['select * from run for update', 'refused'],
    ['explain analyze delete from run', 'refused'],
    // The server's own check has a gap here; that everything is rolled back has none.
    ['explain analyze select 1 into stolen', 'refused', '3 rows'],
    ['select 1; delete from run', 'refused'],
    ['select 1; commit; delete from run', 'refused'],
    ['table run', 'refused'],
    ["copy run to program 'cat > /tmp/x'", 'refused'],
    ["copy run to '/tmp/x'", 'refused'],
    ['begin read write', 'refused'],
    ['set transaction read write', 'refused'],
    ["do 'begin end'", 'refused'],
    ['call x()', 'refused'],
    ["select set_config('transaction_read_only', 'off', false)", 'refused'],
    ["select set_config('transaction_read_only', 'off', true) from run", 'refused'],
    ["select setval('run_id_seq', 1)", 'refused'],
    ["select nextval('run_id_seq')", 'refused'],
    ["select pg_read_file('/etc/passwd')", 'refused'],
    ["select pg_ls_dir('/')", 'refused'],
    ["select lo_import('/etc/passwd')", 'refused'],
    ["select lo_export(1, '/tmp/x')", 'refused'],
    ["select dblink('host=localhost', 'delete from run')", 'sql'],
    ["select query_to_xml('delete from run returning id', true, true, '')", 'refused', 'sql'],
    ["select set_config('role', 'postgres', false)", 'refused', 'sql'],
    ['select pg_reload_conf()', 'refused'],
    ["select set_config('statement_timeout', '0', false), pg_sleep(60)", 'timeout'],
    ['select pg_sleep(60)', 'timeout'],
    ['select count(*) from generate_series(1, 100000000000)', 'timeout'],
    ["select repeat('x', 900000000)", 'too-large', 'timeout'],
    ["select repeat('x', 10000) from generate_series(1, 20000)", '1000 rows'],
    ["select lo_from_bytea(0, 'left behind')", '1 rows', 'refused'],
    ['select pg_advisory_lock(3853314791062309107)', '1 rows'],
    // Whichever is seen first: the server's last words, or that it is gone.
    ['select pg_terminate_backend(pg_backend_pid())', 'refused', 'unreachable'],
  ])('%s', async (sql, ...expected) => {
    const limits = expected.includes('timeout') ? { rows: 1000, ms: 400 } : QUICK;
    expect(expected).toContain(await outcome(made.path, sql, limits));
  });

  test('leave everything as it was', async () => {
    expect(await digestOf(made.database.db)).toEqual(before);
    const { rows } = await administer(
      made.path,
      `select (select count(*) from pg_largeobject_metadata) + (select count(*) from pg_class where relname = 'stolen')
        + (select count(*) from pg_locks where locktype = 'advisory') as left`,
    );
    expect(rows).toEqual([{ left: '0' }]);
  });
});
