import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatabaseError } from './database.ts';
import { temporaryDatabase } from './example.ts';
import { explain } from './sqlite/connect.ts';
import { keyFileOf } from './location.ts';
import { openDatabase, openExisting, openQueue, openReadOnly, queueStates } from './open.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incidence-open-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function failure(opening: Promise<unknown>): Promise<DatabaseError> {
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DatabaseError)) throw new Error(`expected a DatabaseError, got ${String(error)}`);
  return error;
}

describe('a database', () => {
  test('is made where there is none, and opened again with what it holds', async () => {
    const path = join(folder, 'new.sqlite');
    const first = await openDatabase(path);
    await first.db.insertInto('meta').values({ key: 'mark', value: 'kept' }).execute();
    await first.close();
    await first.close();
    const again = await openDatabase(`sqlite:${path}`);
    expect(await again.db.selectFrom('meta').select('value').where('key', '=', 'mark').execute()).toEqual([{ value: 'kept' }]);
    await again.close();
  });

  test('of any name behind sqlite: has a queue, as a run needs one, and its key beside it', async () => {
    const path = join(folder, 'results.v2');
    const database = await openDatabase(`sqlite:${path}`);
    await (await openQueue(database, 'test')).close();
    expect(await queueStates(database, ['a'])).toEqual([expect.objectContaining({ waiting: 0 })]);
    await database.close();
    expect([path, `sqlite:${path}`, `sqlite://${path}`].map(keyFileOf)).toEqual(
      Array.from({ length: 3 }, () => join(folder, 'results.key')),
    );
    expect(keyFileOf('postgres://a@b/c')).toBe('data/incidence.key');
  });

  test('is not made where only an existing one is wanted', async () => {
    const path = join(folder, 'unmade.sqlite');
    expect((await failure(openExisting(path))).reason).toBe('missing');
    expect(existsSync(path)).toBe(false);
    await (await openDatabase(path)).close();
    await (await openExisting(path)).close();
  });

  test('keeps foreign keys, the write-ahead log and its application id', async () => {
    await using made = await temporaryDatabase();
    const pragma = async (name: string): Promise<unknown> => {
      const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(made.database.db);
      return Object.values(rows[0] ?? {})[0];
    };
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(1);
    expect(await pragma('application_id')).toBe(0x49_4e_43_44);
  });

  test('opened by two at once is made once', async () => {
    const path = join(folder, 'race.sqlite');
    const both = await Promise.all([openDatabase(path), openDatabase(path)]);
    for (const one of both) {
      expect(await one.db.selectFrom('run').selectAll().execute()).toEqual([]);
      await one.close();
    }
  });

  test('read-only cannot be written', async () => {
    await using made = await temporaryDatabase();
    const reader = await openReadOnly(made.path);
    await expect(reader.db.insertInto('meta').values({ key: 'a', value: 'b' }).execute()).rejects.toThrow(/readonly/);
    await expect(sql`drop table meta`.execute(reader.db)).rejects.toThrow(/readonly/);
    await reader.close();
  });
});

describe('what cannot be opened says why and what to do', () => {
  test('a kind of database that is not known, without its password', async () => {
    const error = await failure(openDatabase('mysql://me:word@example.org/x'));
    expect(error.reason).toBe('unknown-kind');
    expect(error.message).toContain('mysql://example.org/x');
    expect(error.message).not.toContain('word');
  });

  test('a folder that does not exist', async () => {
    const error = await failure(openDatabase(join(folder, 'no', 'where.sqlite')));
    expect(error.reason).toBe('missing');
    expect(error.message).toContain('does not exist');
  });

  test('a folder in place of a file', async () => {
    const path = join(folder, 'folder.sqlite');
    await mkdir(path);
    expect((await failure(openDatabase(path))).message).toContain('a folder');
    expect((await failure(openReadOnly(path))).reason).toBe('not-a-database');
  });

  test('a file of something else, which stays as it is', async () => {
    const path = join(folder, 'text.sqlite');
    await writeFile(path, 'This is a letter, not a database.\n');
    expect((await failure(openDatabase(path))).reason).toBe('not-a-database');
    expect((await stat(path)).size).toBe(34);
  });

  test('the database of another program, which stays as it is', async () => {
    const path = join(folder, 'other.sqlite');
    const other = new BetterSqlite(path);
    other.exec('create table bookmark (url text)');
    other.close();
    const error = await failure(openDatabase(path));
    expect(error.reason).toBe('foreign');
    expect(error.message).toContain('not one of Incidence');
    const check = new BetterSqlite(path, { readonly: true });
    expect(check.pragma('journal_mode', { simple: true })).toBe('delete');
    check.close();
  });

  test('a truncated database', async () => {
    const whole = join(folder, 'whole.sqlite');
    await (await openDatabase(whole)).close();
    const half = join(folder, 'half.sqlite');
    await copyFile(whole, half);
    await truncate(half, 10_000);
    const error = await failure(openDatabase(half));
    expect(error.reason).toBe('damaged');
    expect(error.message).toContain('restore a copy');
  });

  test('a database of a newer version, which stays as it is', async () => {
    await using made = await temporaryDatabase();
    await sql`insert into migration (name, timestamp) values ('9999-future', '2030-01-01')`.execute(made.database.db);
    for (const open of [openDatabase, openReadOnly]) {
      const error = await failure(open(made.path));
      expect(error.reason).toBe('newer');
      expect(error.message).toContain('9999-future');
      expect(error.message).toContain('update the program');
    }
  });

  test('for reading: none there, an empty file, an older version', async () => {
    expect((await failure(openReadOnly(join(folder, 'none.sqlite')))).reason).toBe('missing');
    const empty = join(folder, 'empty.sqlite');
    await writeFile(empty, '');
    expect((await failure(openReadOnly(empty))).message).toContain('is empty');
    await using made = await temporaryDatabase();
    await sql`delete from migration where name like '0001%'`.execute(made.database.db);
    const error = await failure(openReadOnly(made.path));
    expect(error.reason).toBe('older');
    expect(error.message).toContain('0001-tables');
  });

  test('a folder in which even reading has no room', () => {
    const refused = Object.assign(new Error('attempt to write a readonly database'), { code: 'SQLITE_READONLY_DIRECTORY' });
    expect(explain(refused, 'x.sqlite')).toMatchObject({
      reason: 'not-writable',
      message: expect.stringMatching(/folder of the database x\.sqlite is not writable .* copy the database/),
    });
  });

  test('a place that may not be written', async () => {
    // For root every file is writable, but nobody makes files below /proc.
    const path = process.getuid?.() === 0 ? '/proc/incidence.sqlite' : join(folder, 'locked.sqlite');
    if (!path.startsWith('/proc')) {
      await (await openDatabase(path)).close();
      await chmod(path, 0o444);
    }
    const error = await failure(openDatabase(path));
    expect(error.reason).toBe('not-writable');
    expect(error.message).toContain('writable, for this user');
  });
});
