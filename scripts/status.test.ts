import { expect, test } from 'vitest';
import { exampleResult, HOLDING, openExampleRun, prepareRegistry, temporaryDatabase } from '../data/example.ts';
import { describeOnEach } from '../data/kinds-in-tests.ts';
import { sharedLeases } from '../data/leases.ts';
import { openQueue, openReadOnly } from '../data/open.ts';
import { requestLedger } from '../data/store/ledger.ts';
import { reportWorker } from '../data/store/workers.ts';
import { claimPackages, savePackageResult } from '../data/store/work.ts';
import { readConfig } from './config.ts';
import { closeJob, jobsOf, queuesOf } from './jobs.ts';
import { readStatus, statusText } from './status.ts';

const MIRROR = 'http://127.0.0.1:4873/';

describeOnEach('the status of a run', (kind) => {
  test('says what is done and to do, who does it, what is held back, what is left of budgets, and when it may end', async () => {
    await using made = await temporaryDatabase(kind);
    const { database, path } = made;
    const now = Date.now();
    const run = await openExampleRun(database, { registries: ['npm'] });
    const config = readConfig({ env: {}, options: { db: path, registries: { npm: { origins: { registry: MIRROR } } } } });
    const read = async () => {
      const reader = await openReadOnly(path);
      try {
        return await readStatus(reader, { config, run, env: {} });
      } finally {
        await reader.close();
      }
    };
    // Nothing is known yet, and there are no queues.
    const early = await read();
    expect(early).toMatchObject({ estimatedEnd: null, verdictQueue: { undecided: 0 }, pace: [] });
    expect(statusText(early)).toContain('estimated end: cannot be said');

    const frame = await prepareRegistry(database, run, 'npm', { count: 40, ranked: 10 });
    const claim = { ...HOLDING, now, limit: 40, maxAttempts: 5 };
    await claimPackages(database, run, 'npm', claim);
    for (const [index, { packageId, name }] of frame.slice(0, 20).entries())
      await savePackageResult(database, run, packageId, exampleResult('npm', name, index), { now: now - 10_000 + index });
    const queue = await openQueue(database, HOLDING.holder);
    await queue.prepare(queuesOf(run));
    await database.db.transaction().execute(async (tx) => queue.add(tx, [...(await jobsOf(tx, run, 'npm')), closeJob(run)]));
    await queue.take(queuesOf(run).at(-1) ?? '');
    await queue.close();
    await requestLedger(database).reserve('127.0.0.1:4873', 1000, null, now);
    await sharedLeases(database, HOLDING.holder).slowDown('127.0.0.1:4873', 60_000, 1, 'rate-limited');
    const worker = { holder: HOLDING.holder, codeVersion: '0.1.0', detectorStamp: 'stamp-1' };
    await reportWorker(database, worker, now, 'works on run 1');

    const status = await read();
    expect(status.registries).toMatchObject([{ registry: 'npm', pending: 20, failed: 1, failures: [{ reason: 'unavailable' }] }]);
    expect(status.verdictQueue).toMatchObject({ undecided: 1 });
    expect(status.queues.filter((one) => one.waiting + one.held > 0)).toMatchObject([
      { queue: `run-${run}.npm`, waiting: 1, held: 0 },
      { queue: `run-${run}.close`, waiting: 0, held: 1 },
    ]);
    expect(status.budgets).toContainEqual({ host: '127.0.0.1:4873', used: 1000, ceiling: 4_500_000, left: 4_499_000 });
    expect(status.heldBack).toMatchObject([{ host: '127.0.0.1:4873', reason: 'asked to wait (rate-limited)' }]);
    // Twenty in some ten seconds, and twenty to go.
    expect(status.pace[0]?.perSecond).toBeGreaterThan(0.5);
    expect((status.estimatedEnd ?? 0) - now).toBeGreaterThan(5_000);
    expect((status.estimatedEnd ?? 0) - now).toBeLessThan(60_000);
    const text = statusText(status);
    for (const part of [
      '1 failed: unavailable',
      '1 tokens undecided',
      `queue run-${run}.close: 0 jobs waiting, 1 in hand, 0 parked`,
      'worker test: works on run 1',
      '127.0.0.1:4873: asked to wait (rate-limited), until ',
      '127.0.0.1:4873: 1,000 requests in 30 days, 4,499,000 of 4,500,000 left',
      'estimated end: ',
    ])
      expect(text).toContain(part);
    expect(JSON.parse(JSON.stringify(status))).toEqual(status);
  });
});
