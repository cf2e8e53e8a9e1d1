import { expect, test } from 'vitest';
import { analysed, finding, openExampleRun, prepareRegistry, sha256, temporaryDatabase } from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { readProgress } from './progress.ts';
import { auditTrail, validationMemory } from './validation.ts';
import { dueUnknown, saveSecondLook } from './verdict.ts';
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

  test('an open question is asked again when it is due, and settled or put off', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    const frame = await prepareRegistry(database, run, 'npm', { count: 2, ranked: 0 });
    const open = (name: string, lookAfter: number | null) => finding(name, { verdict: 'unknown', lookAfter });
    const [first, second] = frame.map(({ packageId }) => packageId);
    const two = analysed('npm', 'npm-1', [open('a', 10), open('b', 20), open('never', null)]);
    await savePackageResult(database, run, first ?? 0, two, { now: 5 });
    await savePackageResult(database, run, second ?? 0, analysed('npm', 'npm-2', [open('b', 10)]), { now: 6 });
    const dueAt = async (now: number) => (await dueUnknown(database, run, now)).map((one) => [one.name, one.fingerprints]);
    expect(await dueAt(9)).toEqual([]);
    expect(await dueAt(10)).toEqual([['npm-1', [sha256('a')]]]);
    const [question] = await dueUnknown(database, run, 20);
    expect(question).toMatchObject({ name: 'npm-1', version: '1.0', artifact: { filename: 'npm-1-1.0.tgz' } });
    expect([...(question?.fingerprints ?? [])].sort()).toEqual([sha256('a'), sha256('b')].sort());
    await saveSecondLook(database, run, [finding('a', { verdict: 'inactive' }), open('b', 90)], 20);
    expect(await dueAt(89)).toEqual([]);
    expect(await dueAt(90)).toEqual([['npm-1', [sha256('b')]]]);
    const stored = await database.db
      .selectFrom('verdict')
      .select(['verdict', 'looks', 'look_after'])
      .orderBy('token_id')
      .execute();
    expect(stored).toEqual(
      expect.arrayContaining([
        { verdict: 'inactive', looks: 2, look_after: null },
        { verdict: 'unknown', looks: 2, look_after: 90 },
        { verdict: 'unknown', looks: 1, look_after: null },
      ]),
    );
    expect((await readProgress(database, run, 0)).undecidedTokens).toBe(2);
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
    expect(await memory.recall(token)).toEqual({ state: 'asked', askedAt: 100, looks: 0 });
    await memory.settle(token, { verdict: 'active', reason: 'ok', lookAfter: null }, 120);
    const settled = { state: 'settled', verdict: 'active', reason: 'ok', askedAt: 100, looks: 0, lookAfter: null };
    expect(await memory.recall(token)).toEqual(settled);
    expect(await memory.begin('slack', token, 150, 100)).toBe(false);
    expect(await memory.begin('slack', token, 200, 101)).toBe(true);
    for (const looks of [1, 2]) {
      await memory.settle(token, { verdict: 'unknown', reason: 'timeout', lookAfter: 300 * looks }, 220);
      expect(await memory.recall(token)).toMatchObject({ looks, lookAfter: 300 * looks });
      expect(await memory.begin('slack', token, 200 + looks, 200 + looks)).toBe(true);
    }
    const audit = await made.database.db
      .selectFrom('question')
      .select(['asked_at', 'settled_at', 'verdict'])
      .orderBy('id')
      .execute();
    expect(audit).toEqual([
      { asked_at: 100, settled_at: 120, verdict: 'active' },
      { asked_at: 200, settled_at: 220, verdict: 'unknown' },
      { asked_at: 201, settled_at: 220, verdict: 'unknown' },
      { asked_at: 202, settled_at: null, verdict: null },
    ]);
    const write = auditTrail(made.database, { run, keyId: 'key-1' });
    const sent = {
      kind: 'token',
      service: 'slack',
      fingerprint: token,
      at: new Date(100),
      host: 'slack.com',
      method: 'POST',
    } as const;
    const answered = { path: '/', status: 200, contentType: null, verdict: 'active', reason: 'ok' } as const;
    // The second time after a connection that broke: nobody knows whether the first was kept.
    for (const mark of ['one', 'one', 'other']) await write({ ...sent, ...answered, mark });
    expect(await made.database.db.selectFrom('service_request').select('mark').orderBy('id').execute()).toEqual([
      { mark: 'one' },
      { mark: 'other' },
    ]);
  });
});
