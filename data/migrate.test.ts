import { afterAll, beforeAll, expect, test, describe } from 'vitest';
import { exampleDatabase, HOLDING, openExampleRun, SPEC, temporaryDatabase, type TestDatabase } from './example.ts';
import { digestOf, migrate, MOVED } from './migrate.ts';
import { isServerMissing } from './postgres/test-server.ts';
import { runQuery } from './query.ts';
import { collectStatistics } from './statistics/collect.ts';
import { openOrResumeRun } from './store/run.ts';

const silent = (): void => {};

test('every table is moved, or is the program’s own', async () => {
  await using made = await temporaryDatabase();
  const tables = (await made.database.db.introspection.getTables()).filter((one) => !one.isView).map((one) => one.name);
  const own = ['meta', 'policy', 'registry', 'tier', 'data_dictionary'];
  expect([...Object.keys(MOVED), ...own].sort()).toEqual(tables.filter((name) => !name.startsWith('migration')).sort());
});

describe.skipIf(isServerMissing)(`moving a database${isServerMissing ? ' (skipped: postgresql is not installed)' : ''}`, () => {
  let origin: TestDatabase;
  beforeAll(async () => {
    origin = await exampleDatabase();
  });
  afterAll(async () => {
    await origin[Symbol.asyncDispose]();
  });

  test('to a server and back keeps every row, and both go on numbering', async () => {
    await using server = await temporaryDatabase('postgres');
    await using back = await temporaryDatabase();
    const there = await migrate(origin.database, server.database, silent);
    const again = await migrate(server.database, back.database, silent);
    expect(again).toEqual(there);
    expect(there.tables.reduce((sum, one) => sum + one.rows, 0)).toBeGreaterThan(500);
    expect(await digestOf(origin.database.db)).toEqual(there);
    const policy = { policy: 'SQ34401' };
    const statistics = await collectStatistics(origin.database, policy);
    expect(await collectStatistics(server.database, policy)).toEqual(statistics);
    for (const made of [server, back]) expect(await openExampleRun(made.database, { seed: 'next' })).toBe(2);
    const { rows } = await runQuery(server.path, 'select count(*) from sample');
    expect(rows).not.toEqual([[0]]);
  });

  test('is refused into one that holds something, which stays as it is', async () => {
    await using filled = await temporaryDatabase('postgres');
    await openExampleRun(filled.database);
    const before = await digestOf(filled.database.db);
    await expect(migrate(origin.database, filled.database, silent)).rejects.toThrow(/holds something already \(table run\)/);
    expect(await digestOf(filled.database.db)).toEqual(before);
  });

  test('is refused while somebody works on a run', async () => {
    await using busy = await temporaryDatabase('postgres');
    await using target = await temporaryDatabase();
    await openOrResumeRun(busy.database, SPEC, { ...HOLDING, now: Date.now() });
    await expect(migrate(busy.database, target.database, silent)).rejects.toThrow(/run 1 .* is being worked on by test; stop it/);
    expect((await digestOf(target.database.db)).tables.every((one) => one.rows === 0)).toBe(true);
  });
});
