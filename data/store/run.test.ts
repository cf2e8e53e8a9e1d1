import { expect, test } from 'vitest';
import { HOLDING, SPEC, openExampleRun, temporaryDatabase } from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { thisHolder, isGone } from './holder.ts';
import { RunError, abandonRun, openOrResumeRun, releaseRun, renewRun } from './run.ts';

describeOnEach('runs', (kind) => {
  test('the same spec resumes, another one opens', async () => {
    await using made = await temporaryDatabase(kind);
    const first = await openOrResumeRun(made.database, SPEC, HOLDING);
    expect(first).toEqual({ id: 1, outcome: 'opened', openedAt: 1_000 });
    const elsewhere = { ...SPEC, environment: { origins: { npm: 'http://127.0.0.1:4873' } } };
    expect(await openOrResumeRun(made.database, elsewhere, { ...HOLDING, now: 2_000 })).toEqual({
      id: 1,
      outcome: 'resumed',
      openedAt: 1_000,
    });
    // The order of settings decides nothing.
    const turned = { ...SPEC, config: { artifacts: 'representative', sample: 10 } };
    expect((await openOrResumeRun(made.database, turned, HOLDING)).id).toBe(1);
    expect((await openOrResumeRun(made.database, { ...SPEC, seed: 'other' }, HOLDING)).outcome).toBe('opened');
  });

  test('a run that another process holds is refused until that one is silent for long', async () => {
    await using made = await temporaryDatabase(kind);
    await openExampleRun(made.database);
    const other = { holder: 'other', now: 30_000, leaseMs: 60_000 };
    await expect(openOrResumeRun(made.database, SPEC, other)).rejects.toThrow(/being worked on by test/);
    expect(await renewRun(made.database, 1, { ...HOLDING, now: 50_000 })).toBe(true);
    await expect(openOrResumeRun(made.database, SPEC, { ...other, now: 100_000 })).rejects.toThrow(RunError);
    expect((await openOrResumeRun(made.database, SPEC, { ...other, now: 110_000 })).outcome).toBe('resumed');
    expect(await renewRun(made.database, 1, HOLDING)).toBe(false);
    await releaseRun(made.database, 1, 'other');
    expect((await openOrResumeRun(made.database, SPEC, { ...HOLDING, now: 110_001 })).outcome).toBe('resumed');
  });

  test('a holder that died on this machine is known to be gone', () => {
    const mine = thisHolder();
    expect(isGone(mine)).toBe(false);
    expect(isGone(mine.replace(`:${process.pid}:`, ':4194305:'))).toBe(true);
    expect(isGone('elsewhere:4194305:abc')).toBe(false);
    expect(isGone('nonsense')).toBe(false);
  });

  test('a period has one run', async () => {
    await using made = await temporaryDatabase(kind);
    const spec = { ...SPEC, period: '2026-11' };
    const { id } = await openOrResumeRun(made.database, spec, HOLDING);
    const config = { ...SPEC.config, sample: 11 };
    const changed = openOrResumeRun(made.database, { ...spec, seed: 'other', detectorStamp: 'stamp-2', config }, HOLDING);
    await expect(changed).rejects.toThrow(
      /period 2026-11 already has run 1 \(open\), which differs in the detectors, the seed, the setting sample; finish that run first, or give it up \(prune --give-up 1\)/,
    );
    await abandonRun(made.database, id, 'wrong seed');
    expect((await openOrResumeRun(made.database, { ...spec, seed: 'other' }, HOLDING)).outcome).toBe('opened');
    await expect(abandonRun(made.database, id, 'again')).rejects.toThrow(/not open/);
  });
});
