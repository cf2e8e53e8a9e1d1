import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { DatabaseError } from '../database.ts';
import { isDatabaseAway } from '../insist.ts';
import { obstacleToWriting, openDatabase, openReadOnly } from '../open.ts';
import { runQuery } from '../query.ts';
import { addressAs, administer, createRole, dropDatabase, emptyDatabase, freshDatabase, isServerMissing } from './test-server.ts';

const skipped = isServerMissing ? ' (skipped: postgresql is not installed)' : '';

async function failure(opening: Promise<unknown>): Promise<DatabaseError> {
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DatabaseError)) throw new Error(`expected a DatabaseError, got ${String(error)}`, { cause: error });
  return error;
}

async function tablesOf(url: string): Promise<readonly string[]> {
  const { rows } = await administer(url, `select relname from pg_class where relnamespace = 'public'::regnamespace order by 1`);
  return rows.map((row) => String(row['relname']));
}

describe.skipIf(isServerMissing)(`a database on a server${skipped}`, () => {
  test('is made in an empty one, opened again with what it holds, and shown without credentials', async () => {
    const url = await emptyDatabase();
    const first = await openDatabase(url);
    expect(first.url).toMatch(/^postgres:\/\/localhost\/test_\d+_\d+$/);
    await first.db.insertInto('meta').values({ key: 'mark', value: 'kept' }).execute();
    await first.close();
    await first.close();
    const again = await openReadOnly(url);
    expect(await again.db.selectFrom('meta').select('value').where('key', '=', 'mark').execute()).toEqual([{ value: 'kept' }]);
    await expect(again.db.insertInto('meta').values({ key: 'a', value: 'b' }).execute()).rejects.toThrow(/read-only/);
    await again.close();
    await dropDatabase(url);
  });

  test('opened by several at once is made once', async () => {
    const url = await emptyDatabase();
    const all = await Promise.all(Array.from({ length: 4 }, () => openDatabase(url)));
    for (const one of all) {
      expect(await one.db.selectFrom('run').selectAll().execute()).toEqual([]);
      await one.close();
    }
    await dropDatabase(url);
  });

  test('of another program is refused and stays as it is', async () => {
    const url = await emptyDatabase();
    await administer(url, 'create table meta (key text); create table run (id int)');
    for (const open of [openDatabase, openReadOnly]) {
      const error = await failure(open(url));
      expect(error.reason).toBe('foreign');
      expect(error.message).toContain('something else than a database of Incidence (schema public: meta, run)');
    }
    expect(await tablesOf(url)).toEqual(['meta', 'run']);
    await dropDatabase(url);
  });

  test('of a newer version, or for reading of an older one, is refused', async () => {
    const url = await freshDatabase();
    await administer(url, `delete from migration where name like '0001%'`);
    const older = await failure(openReadOnly(url));
    expect(older.reason).toBe('older');
    await administer(url, `insert into migration (name, timestamp) values ('0001-tables', ''), ('9999-future', '2030-01-01')`);
    for (const open of [openDatabase, openReadOnly]) expect((await failure(open(url))).reason).toBe('newer');
    await dropDatabase(url);
  });

  test('that is empty is no database for reading, and stays empty', async () => {
    const url = await emptyDatabase();
    expect((await failure(openReadOnly(url))).reason).toBe('missing');
    expect(await tablesOf(url)).toEqual([]);
    await dropDatabase(url);
  });

  test('without the rights, with a wrong password, or without a name is refused with what to do', async () => {
    const url = await emptyDatabase();
    const role = await createRole('stranger');
    const rights = await failure(openDatabase(addressAs(url, role)));
    expect(rights.reason).toBe('not-writable');
    expect(rights.message).toContain(`grant create on schema public to ${role}`);
    const guarded = await createRole('guarded', { password: 'right' });
    for (const given of ['wrong', '']) {
      const login = await failure(openDatabase(addressAs(url, guarded, given)));
      expect(login.reason).toBe('refused');
      expect(login.message).toContain('check user and password');
      expect(`${login.message} ${String(login.stack)}`).not.toContain('wrong');
    }
    const none = await failure(openDatabase(url.replace('/test_', '/no_such_')));
    expect(none.reason).toBe('missing');
    expect(none.message).toContain('createdb');
    expect(await tablesOf(url)).toEqual([]);
    await dropDatabase(url);
  });
});

describe.skipIf(isServerMissing)(`where nothing can be written${skipped}`, () => {
  // A standby gives the same answers; the test server has none.
  test('reading works, writing is refused with what to do, and what loses the right later is waited for', async () => {
    const url = await freshDatabase();
    const open = await openDatabase(url);
    expect(await obstacleToWriting(url)).toBeNull();
    const name = new URL(url).pathname.slice(1);
    await administer(url, `alter database ${name} set default_transaction_read_only = on`);
    const refused = await failure(openDatabase(url));
    expect(refused.reason).toBe('not-writable');
    expect(refused.message).toMatch(
      /sessions of the role incidence may only read in postgres:.*default_transaction_read_only = off/,
    );
    expect(await obstacleToWriting(url)).toBe(refused.message);
    const reader = await openReadOnly(url);
    expect(await reader.db.selectFrom('run').selectAll().execute()).toEqual([]);
    await reader.close();
    expect((await runQuery(url, 'select count(*) from runs')).rows).toEqual([[0]]);
    // A primary that became a standby while we were at work.
    await sql`set default_transaction_read_only = on`.execute(open.db);
    const late = await failure(open.db.insertInto('meta').values({ key: 'a', value: 'b' }).execute());
    expect(late.message).toContain('takes no writes now');
    expect(isDatabaseAway(late)).toBe(true);
    await open.close();
    await dropDatabase(url);
  });
});

describe.skipIf(isServerMissing)(`texts${skipped}`, () => {
  test('compare byte by byte in every table, whatever the database’s own order: a migration that forgets it is found here', async () => {
    const url = await freshDatabase();
    const { rows } = await administer(
      url,
      `select c.relname || '.' || a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like 'migration%'
         and a.atttypid = 'text'::regtype and a.attcollation <> 'pg_catalog."C"'::regcollation`,
    );
    expect(rows).toEqual([]);
    await dropDatabase(url);
  });
});

describe('a server that is not there', () => {
  test('is said so, without the password', async () => {
    const error = await failure(openDatabase('postgres://me:word@127.0.0.1:1/x?sslmode=disable'));
    expect(error.reason).toBe('unreachable');
    expect(error.message).toContain('postgres://127.0.0.1:1/x cannot be reached');
    expect(error.message).not.toContain('word');
  });

  test('and an address that is none', async () => {
    const error = await failure(openDatabase('postgres://me:word@[::1/x'));
    expect(error.reason).toBe('unknown-kind');
    expect(error.message).not.toContain('word');
  });
});
