/** Many connections at once: what is given out is given out once, and what is counted is counted once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from './database.ts';
import {
  analysed,
  finding,
  HOLDING,
  openExampleRun,
  prepareRegistry,
  SPEC,
  temporaryDatabase,
  type TestDatabase,
} from './example.ts';
import { describeOnEach } from './kinds-in-tests.ts';
import { openDatabase } from './open.ts';
import { collectStatistics } from './statistics/collect.ts';
import { closeRun } from './store/close.ts';
import { finishFrame, readFrame, saveNamePage } from './store/frame.ts';
import { requestLedger } from './store/ledger.ts';
import { openOrResumeRun } from './store/run.ts';
import { saveRanking, saveSelection } from './store/selection.ts';
import { validationMemory } from './store/validation.ts';
import { saveSecondLook } from './store/verdict.ts';
import { claimPackages, savePackageResult } from './store/work.ts';

const WORKERS = 4;
const CLAIM = { now: 10_000, leaseMs: 1_000, limit: 3, maxAttempts: 3 };

describeOnEach('many at once', (kind) => {
  let made: TestDatabase;
  let all: readonly Database[];
  let first: Database;
  beforeEach(async () => {
    made = await temporaryDatabase(kind);
    first = made.database;
    all = [first, ...(await Promise.all(Array.from({ length: WORKERS - 1 }, () => openDatabase(made.path))))];
  });
  afterEach(async () => {
    await Promise.all(all.slice(1).map((one) => one.close()));
    await made[Symbol.asyncDispose]();
  });

  const together = <T>(act: (database: Database, index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(all.flatMap((database, index) => [act(database, index), act(database, index + WORKERS)]));

  test('open one run', async () => {
    const opened = await together((database) => openOrResumeRun(database, { ...SPEC, period: '2026-11' }, HOLDING));
    expect(new Set(opened.map((one) => one.id))).toEqual(new Set([1]));
    expect(opened.filter((one) => one.outcome === 'opened')).toHaveLength(1);
  });

  test('list, rank and draw once', async () => {
    const run = await openExampleRun(first, { registries: ['npm'] });
    const names = Array.from({ length: 300 }, (_, index) => ({ name: `p${index}`, key: `p${index}` }));
    const page = (index: number) => ({
      names: index % 2 === 0 ? names : names.toReversed(),
      cursor: 'end',
      dropped: { odd: 1 },
    });
    await together((database, index) => saveNamePage(database, run, 'npm', page(index)));
    expect(new Set(await together((database) => finishFrame(database, run, 'npm', { takenAt: 1, by: 'listed' })))).toEqual(
      new Set([300]),
    );
    const source = { id: 's', label: 's', url: '', measures: '', terms: '', weaknesses: '' };
    const places = names.slice(0, 10).map((one, index) => ({ ...one, rank: index + 1, downloads: null }));
    await together((database) => saveRanking(database, run, 'npm', { source, dated: null, takenAt: 1, places }));
    const frame = [];
    for await (const some of readFrame(first, run, 'npm')) frame.push(...some);
    const drawn = frame.map(({ packageId }) => ({ packageId, rank: null, probability: 1, selectionKey: '' }));
    expect(new Set(await together((database) => saveSelection(database, run, 'npm', drawn, 1)))).toEqual(new Set([300]));
    const count = async (table: 'package' | 'ranking' | 'selection') =>
      (
        await first.db
          .selectFrom(table)
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow()
      ).n;
    expect([await count('package'), await count('ranking'), await count('selection')]).toEqual([300, 1, 300]);
    expect(await first.db.selectFrom('dropped_item').select('count').execute()).toEqual([{ count: 1 }]);
  });

  test('take every package once and finish it once, with tokens that they share', async () => {
    const run = await openExampleRun(first, { registries: ['npm'] });
    await prepareRegistry(first, run, 'npm', { count: 60, ranked: 10 });
    const taken: number[] = [];
    const tokens = ['a', 'b', 'c', 'd', 'e'].map((name) => finding(name));
    await together(async (database, index) => {
      const claim = { ...CLAIM, holder: `worker ${index}` };
      for (
        let some = await claimPackages(database, run, 'npm', claim);
        some.length > 0;
        some = await claimPackages(database, run, 'npm', claim)
      ) {
        for (const { packageId, name } of some) {
          taken.push(packageId);
          const found = index % 2 === 0 ? tokens : tokens.toReversed();
          const saved = await Promise.all(
            [database, first].map((one) => savePackageResult(one, run, packageId, analysed('npm', name, found), { now: 5 })),
          );
          expect(saved.filter(Boolean)).toHaveLength(1);
        }
      }
    });
    expect(taken.toSorted((a, b) => a - b)).toEqual([...new Set(taken)].sort((a, b) => a - b));
    expect(taken).toHaveLength(60);
    const closed = await Promise.allSettled(all.map((database) => closeRun(database, run, 9)));
    expect(closed.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const { registries } = await collectStatistics(first, { policy: 'SQ34401' });
    expect(registries.find((one) => one.registry === 'npm')).toMatchObject({
      detections: 60,
      scanned: 60,
      tokens: { active: 5 },
    });
  });

  test('ask about each token once, and spend a ceiling to its last request', async () => {
    const run = await openExampleRun(first, { registries: ['npm'] });
    await prepareRegistry(first, run, 'npm', { count: 1, ranked: 0 });
    const allowed = await together((database) =>
      validationMemory(database, { run, keyId: 'key-1' }).begin('slack', 'one', 10, 0),
    );
    expect(allowed.filter(Boolean)).toHaveLength(1);
    const granted = await together((database) => requestLedger(database).reserve('host', 30, 100, 0));
    expect(granted.reduce((sum, one) => sum + one, 0)).toBe(100);
  });

  test('a verdict that comes while a run is closed is counted, or refused', async () => {
    const run = await openExampleRun(first, { registries: ['npm'] });
    await prepareRegistry(first, run, 'npm', { count: 1, ranked: 0 });
    const [package1] = await claimPackages(first, run, 'npm', { ...CLAIM, holder: 'one' });
    const open = finding('open', { verdict: 'unknown' });
    await savePackageResult(first, run, package1?.packageId ?? 0, analysed('npm', 'npm-1', [open]), { now: 5 });
    const [settled, closed] = await Promise.allSettled([
      saveSecondLook(first, run, [{ ...open, verdict: 'active', reason: 'said-active', policy: 'SQ34401' }], 6),
      closeRun(all[1] ?? first, run, 9),
    ]);
    expect(closed.status).toBe('fulfilled');
    const { registries } = await collectStatistics(first, { policy: 'SQ34401' });
    expect(registries.find((one) => one.registry === 'npm')).toMatchObject({
      detections: settled.status === 'fulfilled' ? 1 : 0,
    });
  });
});
