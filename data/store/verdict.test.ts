import { expect, test } from 'vitest';
import { analysed, finding, openExampleRun, prepareRegistry, sha256, temporaryDatabase } from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { readProgress } from './progress.ts';
import { validationMemory } from './validation.ts';
import { claimUnknown, settleUnknown } from './verdict.ts';
import { savePackageResult } from './work.ts';

describeOnEach('verdicts', (kind) => {
  test('on one token do not depend on the order of arrival', async () => {
    for (const order of [
      ['unknown', 'active', 'inactive'],
      ['inactive', 'unknown', 'active'],
      ['active', 'inactive', 'unknown'],
    ] as const) {
      await using made = await temporaryDatabase(kind);
      const { database } = made;
      const run = await openExampleRun(database);
      const frame = await prepareRegistry(database, run, 'npm', { count: 3, ranked: 0 });
      for (const [index, verdict] of order.entries()) {
        const result = analysed('npm', `npm-${index + 1}`, [finding('a', { verdict })]);
        await savePackageResult(database, run, frame[index]?.packageId ?? 0, result, { now: index });
      }
      const stored = await database.db.selectFrom('verdict').select(['verdict', 'policy']).execute();
      expect(stored).toEqual([{ verdict: 'active', policy: 'SQ34401' }]);
    }
  });

  test('an open question is asked again, once at a time, until it is settled or given up', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    const frame = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    const open = [finding('a', { verdict: 'unknown' }), finding('b', { verdict: 'unknown' })];
    await savePackageResult(database, run, frame[0]?.packageId ?? 0, analysed('npm', 'npm-1', open), { now: 5 });
    const look = { now: 10, leaseMs: 100, limit: 10, maxLooks: 3 };
    const questions = await claimUnknown(database, run, look);
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatchObject({ name: 'npm-1', version: '1.0', filename: 'npm-1-1.0.tgz' });
    expect([...(questions[0]?.fingerprints ?? [])].sort()).toEqual([sha256('a'), sha256('b')].sort());
    expect(await claimUnknown(database, run, look)).toEqual([]);
    await settleUnknown(database, run, [finding('a', { verdict: 'inactive' }), finding('b', { verdict: 'unknown' })], 20);
    expect((await claimUnknown(database, run, { ...look, now: 200 }))[0]?.fingerprints).toEqual([sha256('b')]);
    expect(await claimUnknown(database, run, { ...look, now: 900 })).toEqual([]);
    expect((await readProgress(database, run, 0)).undecidedTokens).toBe(1);
  });
});

describeOnEach('the memory of validation', (kind) => {
  test('lets one ask, and only after a while again', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database);
    const memory = validationMemory(made.database, { run, keyId: 'key-1' });
    const token = sha256('a');
    expect(await memory.recall(token)).toBe(null);
    const begun = await Promise.all([memory.begin('slack', token, 100, 0), memory.begin('slack', token, 100, 0)]);
    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(await memory.recall(token)).toEqual({ state: 'asked', askedAt: 100 });
    await memory.settle(token, { verdict: 'active', reason: 'ok' }, 120);
    expect(await memory.recall(token)).toEqual({ state: 'settled', verdict: 'active', reason: 'ok', askedAt: 100 });
    expect(await memory.begin('slack', token, 150, 100)).toBe(false);
    expect(await memory.begin('slack', token, 200, 101)).toBe(true);
    const audit = await made.database.db
      .selectFrom('question')
      .select(['asked_at', 'settled_at', 'verdict'])
      .orderBy('id')
      .execute();
    expect(audit).toEqual([
      { asked_at: 100, settled_at: 120, verdict: 'active' },
      { asked_at: 200, settled_at: null, verdict: null },
    ]);
  });
});
