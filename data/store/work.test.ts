import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { analysed, finding, openExampleRun, prepareRegistry, release, report, temporaryDatabase } from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { thisHolder } from './holder.ts';
import { readProgress } from './progress.ts';
import { claimPackages, freeAbandoned, nextClaimAt, returnPackages, savePackageResult } from './work.ts';

const CLAIM = { holder: 'worker', now: 10_000, leaseMs: 1_000, limit: 2, maxAttempts: 3 };

describeOnEach('work', (kind) => {
  test('is taken in order, with a lease that ends', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    await prepareRegistry(database, run, 'npm', { count: 3, ranked: 1 });
    const claimed = (await claimPackages(database, run, 'npm', CLAIM)).map((one) => one.name);
    expect(claimed).toEqual(['npm-1', 'npm-2']);
    expect((await claimPackages(database, run, 'npm', CLAIM)).map((one) => one.name)).toEqual(['npm-3']);
    expect(await claimPackages(database, run, 'npm', CLAIM)).toEqual([]);
    expect(await nextClaimAt(database, run, 'npm')).toBe(11_000);
    const again = await claimPackages(database, run, 'npm', { ...CLAIM, now: 11_000 });
    expect(again.map((one) => [one.name, one.attempt])).toEqual([
      ['npm-1', 2],
      ['npm-2', 2],
    ]);
    expect(await nextClaimAt(database, run, 'rubygems')).toBe(null);
  });

  test('a package that takes every worker down is set aside with its reason', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    for (const now of [1, 2, 3])
      expect(await claimPackages(database, run, 'npm', { ...CLAIM, now: now * 10_000 })).toHaveLength(1);
    expect(await claimPackages(database, run, 'npm', { ...CLAIM, now: 40_000 })).toEqual([]);
    const { registries } = await readProgress(database, run, 40_000);
    expect(registries.at(-1)).toMatchObject({ failed: 1, pending: 0, failures: [{ reason: 'gave-up', packages: 1 }] });
  });

  test('what a dead process of this machine held is free at once, what others hold is not', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    await prepareRegistry(database, run, 'npm', { count: 3, ranked: 0 });
    const alive = thisHolder();
    const dead = alive.replace(`:${process.pid}:`, ':4194305:');
    for (const holder of [alive, dead, 'elsewhere:1:a'])
      await claimPackages(database, run, 'npm', { ...CLAIM, holder, limit: 1 });
    await freeAbandoned(database, run);
    const free = await claimPackages(database, run, 'npm', { ...CLAIM, limit: 3 });
    expect(free.map((one) => [one.name, one.attempt])).toEqual([['npm-2', 2]]);
  });

  test('a clean stop gives packages back as if never taken', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    const [one] = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    await claimPackages(database, run, 'npm', CLAIM);
    await returnPackages(database, run, [one?.packageId ?? 0], { holder: 'worker', after: 10_000, counted: false });
    expect((await claimPackages(database, run, 'npm', CLAIM))[0]?.attempt).toBe(1);
  });

  test('the first result stands', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    const [one] = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    const id = one?.packageId ?? 0;
    expect(
      await savePackageResult(database, run, id, analysed('npm', 'npm-1', [finding('a')]), { now: 5, dropped: { odd: 1 } }),
    ).toBe(true);
    const late = { state: 'failed', reason: 'unavailable', detail: 'no answer' } as const;
    expect(await savePackageResult(database, run, id, late, { now: 6, dropped: { odd: 1 } })).toBe(false);
    expect((await readProgress(database, run, 7)).registries.at(-1)).toMatchObject({
      analysed: 1,
      failed: 0,
      dropped: [{ reason: 'odd', count: 1 }],
    });
  });

  test('one content in two packages is one scan, and its findings belong to both', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    const frame = await prepareRegistry(database, run, 'npm', { count: 2, ranked: 0 });
    for (const { packageId, name } of frame) {
      const files = release('npm', name);
      const artifacts = files.artifacts.map((artifact) => ({
        artifact,
        report: report('same content', [finding('a'), finding('b')]),
      }));
      await savePackageResult(
        database,
        run,
        packageId,
        { state: 'analysed', release: files, artifacts, skipped: [] },
        { now: 5 },
      );
    }
    const count = async (table: 'scan' | 'occurrence' | 'token' | 'verdict' | 'analysis') =>
      (
        await database.db
          .selectFrom(table)
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow()
      ).n;
    expect([
      await count('scan'),
      await count('occurrence'),
      await count('token'),
      await count('verdict'),
      await count('analysis'),
    ]).toEqual([1, 2, 2, 2, 2]);
  });

  test('addresses are kept without user, password and query', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    const [one] = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    await savePackageResult(database, run, one?.packageId ?? 0, analysed('npm', 'npm-1', []), { now: 5 });
    expect(await database.db.selectFrom('artifact').select('url').execute()).toEqual([
      { url: 'https://example.org/files/npm-1-1.0.tgz' },
    ]);
  });
});

describeOnEach('what may not be stored', (kind) => {
  test('an object in place of a text is refused before it reaches the database', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    const [one] = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    const secret: unknown = { toString: () => 'the token', toJSON: () => 'the token' };
    const smuggled = finding('a', { redacted: secret as string });
    await expect(
      savePackageResult(database, run, one?.packageId ?? 0, analysed('npm', 'npm-1', [smuggled]), { now: 5 }),
    ).rejects.toThrow(/only text/);
    expect((await readProgress(database, run, 6)).registries.at(-1)?.pending).toBe(1);
    const { rows } = await sql<{ n: number }>`select count(*) as n from token`.execute(database.db);
    expect(rows).toEqual([{ n: 0 }]);
  });
});
