import { describe, expect, test } from 'vitest';
import { openExampleRun, prepareRegistry, SPEC, temporaryDatabase, analysed } from '../example.ts';
import { isDatabaseAway, insist } from '../insist.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { sharedControls } from './controls.ts';
import { isAllDone, openBatches, savePackageResult } from './work.ts';
import { endWorker, liveWorkers, openRuns, reportWorker, requireFitting } from './workers.ts';

describeOnEach('a worker', (kind) => {
  test('that does what the run asks fits it; its own pace does not matter', async () => {
    await using made = await temporaryDatabase(kind);
    const config = { artifacts: 'representative', limits: { concurrency: 4, depth: 3 }, periodDays: 30 };
    const run = await openExampleRun(made.database, { config });
    const own = { ...SPEC, config: { periodDays: 30, limits: { depth: 3, concurrency: 64 }, artifacts: 'representative' } };
    expect(await requireFitting(made.database, run, own)).toMatchObject({
      id: run,
      seed: 'seed',
      registries: ['npm', 'rubygems'],
    });
  });

  test.each([
    ['other detectors', { detectorStamp: 'stamp-2' }, /its detectors are stamp-1, this worker's are stamp-2/],
    ['another version', { codeVersion: '9.9.9' }, /begun by version 0\.1\.0, this worker is version 9\.9\.9/],
    ['another key', { keyId: 'key-2' }, /give both the same key file/],
    ['another validation', { validation: 'off' as const }, /its validation is live, this worker's is off/],
    ['other settings', { config: { artifacts: 'all' } }, /its setting artifacts is "representative", this worker's is "all"/],
    ['other services', { services: SPEC.services.slice(1) }, /its services, their families or their switches are others/],
  ])('with %s is refused with the reason, and nothing is written', async (_, change, reason) => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database);
    await expect(requireFitting(made.database, run, { ...SPEC, ...change })).rejects.toThrow(reason);
    await expect(requireFitting(made.database, run, { ...SPEC, ...change })).rejects.toThrow(
      /cannot work on run \d+, and has written nothing/,
    );
    expect((await openRuns(made.database, SPEC)).map((one) => one.mismatch)).toEqual([[]]);
  });

  test('is seen as long as it gives signs of life', async () => {
    await using made = await temporaryDatabase(kind);
    const worker = { holder: 'a', codeVersion: '1', detectorStamp: 's' };
    await reportWorker(made.database, worker, 1_000, 'works on run 1');
    await reportWorker(made.database, worker, 50_000, 'works on run 2');
    expect(await liveWorkers(made.database, 60_000)).toMatchObject([
      { holder: 'a', startedAt: 1_000, seenAt: 50_000, note: 'works on run 2' },
    ]);
    expect(await liveWorkers(made.database, 120_000)).toEqual([]);
    await endWorker(made.database, 'a', 51_000, null);
    expect(await liveWorkers(made.database, 60_000)).toEqual([]);
  });

  test('finds batches of what is left to do, and none when all is done', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database, { registries: ['npm'] });
    expect(await isAllDone(made.database.db, run)).toBe(false);
    const packages = await prepareRegistry(made.database, run, 'npm', { count: 45, ranked: 0 });
    expect(await openBatches(made.database, run, 'npm')).toEqual([
      { from: 1, to: 20 },
      { from: 21, to: 40 },
      { from: 41, to: 60 },
    ]);
    for (const { packageId, name } of packages.slice(0, 20))
      await savePackageResult(made.database, run, packageId, analysed('npm', name, []), { now: 5 });
    expect((await openBatches(made.database, run, 'npm')).map((one) => one.from)).toEqual([21, 41]);
    for (const { packageId, name } of packages.slice(20))
      await savePackageResult(made.database, run, packageId, analysed('npm', name, []), { now: 5 });
    expect(await openBatches(made.database, run, 'npm')).toEqual([]);
    expect(await isAllDone(made.database.db, run)).toBe(true);
  });

  test('asks for a control probe once, however many workers need it at once', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database);
    const { signal } = new AbortController();
    let asked = 0;
    const ask = async (): Promise<'refused'> => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return 'refused';
    };
    const workers = ['a', 'b', 'c'].map((holder) => sharedControls(made.database, { run, holder, signal }));
    expect(await Promise.all(workers.map((one) => one.once('slack', ask)))).toEqual(['refused', 'refused', 'refused']);
    expect(asked).toBe(1);
  });
});

describe('a database that is away', () => {
  const lost = (code: string): Error => Object.assign(new Error('gone'), { code });

  test('is waited for, and nothing else is', async () => {
    const signal = new AbortController().signal;
    const log = { warn: () => {} };
    let tries = 0;
    const flaky = async (): Promise<string> => {
      tries += 1;
      if (tries < 3) throw lost('57P01');
      return 'there';
    };
    expect(await insist(flaky, { signal, log })).toBe('there');
    await expect(insist(async () => Promise.reject(lost('23505')), { signal, log })).rejects.toThrow('gone');
    expect(isDatabaseAway(new Error('wrapped', { cause: lost('ECONNREFUSED') }))).toBe(true);
    expect(isDatabaseAway(new TypeError('a mistake'))).toBe(false);
  });
});
