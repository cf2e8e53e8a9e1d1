import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import {
  HOLDING,
  SPEC,
  analysed,
  finding,
  names,
  openExampleRun,
  prepareRegistry,
  release,
  report,
  sha256,
  temporaryDatabase,
} from '../example.ts';
import type { Artifact } from '../model.ts';
import { recallScan } from './content.ts';
import {
  feedCursor,
  finishFrame,
  readFrame,
  registryProgress,
  saveChangePage,
  saveNamePage,
  saveNamedPackages,
} from './frame.ts';
import { thisHolder, isGone } from './holder.ts';
import { requestLedger } from './ledger.ts';
import { readProgress } from './progress.ts';
import { RunError, abandonRun, openOrResumeRun, releaseRun, renewRun } from './run.ts';
import { readRanks, saveSelection } from './selection.ts';
import { validationMemory } from './validation.ts';
import { claimUnknown, settleUnknown } from './verdict.ts';
import { claimPackages, freeAbandoned, nextClaimAt, returnPackages, savePackageResult } from './work.ts';

const CLAIM = { holder: 'worker', now: 10_000, leaseMs: 1_000, limit: 2, maxAttempts: 3 };
const FRESH = { now: 20_000, maxAgeMs: 1_000_000 };

describe('runs', () => {
  test('the same spec resumes, another one opens', async () => {
    await using made = await temporaryDatabase();
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
    await using made = await temporaryDatabase();
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
    await using made = await temporaryDatabase();
    const spec = { ...SPEC, period: '2026-11' };
    const { id } = await openOrResumeRun(made.database, spec, HOLDING);
    const changed = openOrResumeRun(made.database, { ...spec, seed: 'other', detectorStamp: 'stamp-2' }, HOLDING);
    await expect(changed).rejects.toThrow(
      /period 2026-11 already has run 1 \(open\), which differs in the detectors, the seed; finish or give up/,
    );
    await abandonRun(made.database, id, 'wrong seed');
    expect((await openOrResumeRun(made.database, { ...spec, seed: 'other' }, HOLDING)).outcome).toBe('opened');
    await expect(abandonRun(made.database, id, 'again')).rejects.toThrow(/not open/);
  });
});

describe('the frame', () => {
  test('pages repeat without doubling, and the cursor moves with the page', async () => {
    await using made = await temporaryDatabase();
    const run = await openExampleRun(made.database);
    const page = { names: names(3), cursor: 'a', dropped: { nameless: 2 } };
    await saveNamePage(made.database, run, 'npm', page);
    await saveNamePage(made.database, run, 'npm', page);
    await saveNamePage(made.database, run, 'npm', { names: [...names(2), ...names(2, 'other')], cursor: 'b', dropped: {} });
    expect((await registryProgress(made.database, run, 'npm')).namesCursor).toBe('b');
    expect(await finishFrame(made.database, run, 'npm', { takenAt: 5, by: 'listed' })).toBe(5);
    expect(await finishFrame(made.database, run, 'npm', { takenAt: 9, by: 'listed' })).toBe(5);
    expect((await registryProgress(made.database, run, 'npm')).frame).toEqual({ size: 5, takenAt: 5 });
    expect((await readProgress(made.database, run, 0)).registries.at(-1)?.dropped).toEqual([{ reason: 'nameless', count: 2 }]);
    expect(await feedCursor(made.database, 'npm')).toEqual({ cursor: 'b', readAt: 5 });
  });

  test('what is no longer listed is marked, and each run keeps its own frame', async () => {
    await using made = await temporaryDatabase();
    const { database } = made;
    const first = await openExampleRun(database);
    await saveNamePage(database, first, 'npm', { names: names(4), cursor: 'a', dropped: {} });
    await finishFrame(database, first, 'npm', { takenAt: 5, by: 'listed' });
    const second = await openExampleRun(database, { seed: 'second' });
    await saveNamePage(database, second, 'npm', { names: [...names(2), ...names(3, 'new')], cursor: 'b', dropped: {} });
    expect(await finishFrame(database, second, 'npm', { takenAt: 6, by: 'listed' })).toBe(5);
    const third = await openExampleRun(database, { seed: 'third' });
    await saveChangePage(database, third, 'npm', { touched: names(1, 'newest'), removed: names(1), cursor: 'c', dropped: {} });
    expect(await finishFrame(database, third, 'npm', { takenAt: 7, by: 'changed' })).toBe(5);
    const framed = async (run: number) => {
      const all: string[] = [];
      for await (const page of readFrame(database, run, 'npm', 2)) all.push(...page.map((one) => one.name));
      return all;
    };
    expect(await framed(first)).toEqual(['package-1', 'package-2', 'package-3', 'package-4']);
    expect(await framed(second)).toEqual(['package-1', 'package-2', 'new-1', 'new-2', 'new-3']);
    expect(await framed(third)).toEqual(['package-2', 'new-1', 'new-2', 'new-3', 'newest-1']);
  });

  test('named packages are a frame of their own and claim nothing of the registry', async () => {
    await using made = await temporaryDatabase();
    const { database } = made;
    const named = await openExampleRun(database, { scope: 'named' });
    const found = await saveNamedPackages(database, named, 'npm', [...names(2), ...names(1)], 5);
    expect(found.map((one) => one.name)).toEqual(['package-1', 'package-2']);
    expect((await registryProgress(database, named, 'npm')).frame?.size).toBe(2);
    const listed = await openExampleRun(database);
    await saveNamePage(database, listed, 'npm', { names: names(1), cursor: 'a', dropped: {} });
    expect(await finishFrame(database, listed, 'npm', { takenAt: 6, by: 'listed' })).toBe(1);
  });

  test('a name with a NUL or half a character is stored as valid text', async () => {
    await using made = await temporaryDatabase();
    const run = await openExampleRun(made.database);
    await saveNamePage(made.database, run, 'npm', {
      names: [{ name: 'a\0b\uD800', key: 'a\0b\uD800' }],
      cursor: 'a',
      dropped: {},
    });
    expect(await made.database.db.selectFrom('package').select('name').execute()).toEqual([{ name: 'a\uFFFDb\uFFFD' }]);
  });
});

describe('the sample', () => {
  test('is stored once, in order, with the sizes of the strata', async () => {
    await using made = await temporaryDatabase();
    const { database } = made;
    const run = await openExampleRun(database);
    const frame = await prepareRegistry(database, run, 'npm', { count: 300, ranked: 120, sample: 30 });
    expect(frame).toHaveLength(300);
    expect((await readRanks(database, run, 'npm')).get('npm-101')).toBe(101);
    expect(await saveSelection(database, run, 'npm', [], 9)).toBe(150);
    const strata = await database.db
      .selectFrom('run_stratum')
      .select(['tier', 'population', 'selected'])
      .where('run_id', '=', run)
      .execute();
    expect(Object.fromEntries(strata.map((one) => [one.tier, [one.population, one.selected]]))).toEqual({
      top100: [100, 100],
      top1000: [20, 20],
      top10000: [0, 0],
      unranked: [180, 30],
    });
  });
});

describe('work', () => {
  test('is taken in order, with a lease that ends', async () => {
    await using made = await temporaryDatabase();
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
    await using made = await temporaryDatabase();
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
    await using made = await temporaryDatabase();
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
    await using made = await temporaryDatabase();
    const { database } = made;
    const run = await openExampleRun(database);
    const [one] = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    await claimPackages(database, run, 'npm', CLAIM);
    await returnPackages(database, run, [one?.packageId ?? 0], { holder: 'worker', after: 10_000, counted: false });
    expect((await claimPackages(database, run, 'npm', CLAIM))[0]?.attempt).toBe(1);
  });

  test('the first result stands', async () => {
    await using made = await temporaryDatabase();
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
    await using made = await temporaryDatabase();
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
    await using made = await temporaryDatabase();
    const { database } = made;
    const run = await openExampleRun(database);
    const [one] = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    await savePackageResult(database, run, one?.packageId ?? 0, analysed('npm', 'npm-1', []), { now: 5 });
    expect(await database.db.selectFrom('artifact').select('url').execute()).toEqual([
      { url: 'https://example.org/files/npm-1-1.0.tgz' },
    ]);
  });
});

describe('recalling a scan', () => {
  const identity = (name: string, artifact: Artifact | undefined) => {
    if (artifact === undefined) throw new Error('a release has an artifact');
    return { registry: 'npm', key: name, version: '1.0', artifact } as const;
  };

  test('spares the download, and gives the same report', async () => {
    await using made = await temporaryDatabase();
    const { database } = made;
    const run = await openExampleRun(database);
    const [one] = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    const result = analysed('npm', 'npm-1', [finding('a'), finding('b', { verdict: 'inactive' })]);
    if (result.state !== 'analysed') throw new Error('analysed');
    const [artifact] = result.release.artifacts;
    expect(await recallScan(database, run, identity('npm-1', artifact), FRESH)).toBe(null);
    await savePackageResult(database, run, one?.packageId ?? 0, result, { now: 5 });
    const remembered = { ...result.artifacts[0]?.report, judgedAt: 5 };
    expect(await recallScan(database, run, identity('npm-1', artifact), FRESH)).toEqual(remembered);
    const next = await openExampleRun(database, { seed: 'next' });
    expect(await recallScan(database, next, identity('npm-1', artifact), FRESH)).toEqual(remembered);
  });

  test('makes no verdict younger than it is, however often it is recalled', async () => {
    await using made = await temporaryDatabase();
    const { database } = made;
    const first = await openExampleRun(database);
    const [one] = await prepareRegistry(database, first, 'npm', { count: 1, ranked: 0 });
    const packageId = one?.packageId ?? 0;
    await savePackageResult(database, first, packageId, analysed('npm', 'npm-1', [finding('a')]), { now: 5_000 });
    const made1 = release('npm', 'npm-1');
    const [artifact] = made1.artifacts;
    if (artifact === undefined) throw new Error('a release has an artifact');
    const second = await openExampleRun(database, { seed: 'second' });
    await prepareRegistry(database, second, 'npm', { count: 1, ranked: 0 });
    const known = await recallScan(database, second, identity('npm-1', artifact), { now: 20_000, maxAgeMs: 16_000 });
    expect(known).not.toBe(null);
    const again = { state: 'analysed', release: made1, artifacts: [{ artifact, report: known }], skipped: [] } as const;
    await savePackageResult(database, second, packageId, again, { now: 20_000 });
    const third = await openExampleRun(database, { seed: 'third' });
    expect(await recallScan(database, third, identity('npm-1', artifact), { now: 24_000, maxAgeMs: 16_000 })).toBe(null);
    expect(await recallScan(database, third, identity('npm-1', artifact), { now: 24_000, maxAgeMs: 20_000 })).not.toBe(null);
  });

  test('is refused for other detectors, other terms, an old verdict or an open question', async () => {
    await using made = await temporaryDatabase();
    const { database } = made;
    const run = await openExampleRun(database);
    const frame = await prepareRegistry(database, run, 'npm', { count: 2, ranked: 0 });
    const known = analysed('npm', 'npm-1', [finding('a')]);
    const open = analysed('npm', 'npm-2', [finding('b', { verdict: 'unknown' })]);
    await savePackageResult(database, run, frame[0]?.packageId ?? 0, known, { now: 5_000 });
    await savePackageResult(database, run, frame[1]?.packageId ?? 0, open, { now: 5_000 });
    const artifact = release('npm', 'npm-1').artifacts[0];
    const ask = async (change: Parameters<typeof openExampleRun>[1], name = 'npm-1', fresh = FRESH) =>
      (await recallScan(
        database,
        await openExampleRun(database, change),
        identity(name, release('npm', name).artifacts[0]),
        fresh,
      )) !== null;
    expect(await ask({ seed: 'next' })).toBe(true);
    expect(await ask({ detectorStamp: 'stamp-2' })).toBe(false);
    expect(await ask({ keyId: 'key-2' })).toBe(false);
    expect(await ask({ validation: 'off' })).toBe(false);
    expect(await ask({ services: [{ id: 'slack', label: 'Slack', families: ['token'], checked: false }] })).toBe(false);
    expect(await ask({ seed: 'next' }, 'npm-1', { now: 20_000, maxAgeMs: 1_000 })).toBe(false);
    expect(await ask({ seed: 'next' }, 'npm-2')).toBe(false);
    // Within its own run an open question waits in the queue; nothing is fetched for it twice.
    expect(await ask({}, 'npm-2')).toBe(true);
    expect(artifact).toBeDefined();
  });

  test('trusts SHA-1 and file names only within one release', async () => {
    await using made = await temporaryDatabase();
    const { database } = made;
    const run = await openExampleRun(database);
    const [one] = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
    const weak = (name: string) => {
      const whole = release('npm', name);
      const digest = { algorithm: 'sha1', hex: 'ab' } as const;
      return {
        ...whole,
        artifacts: [{ filename: 'file.tgz', url: 'https://example.org/f', kind: 'npm', bytes: 100, digest }],
      } as const;
    };
    const artifacts = weak('npm-1').artifacts.map((artifact) => ({ artifact, report: report('content', []) }));
    await savePackageResult(
      database,
      run,
      one?.packageId ?? 0,
      { state: 'analysed', release: weak('npm-1'), artifacts, skipped: [] },
      { now: 5 },
    );
    expect(await recallScan(database, run, identity('npm-1', weak('npm-1').artifacts[0]), FRESH)).not.toBe(null);
    expect(await recallScan(database, run, identity('npm-2', weak('npm-2').artifacts[0]), FRESH)).toBe(null);
  });
});

describe('verdicts', () => {
  test('on one token do not depend on the order of arrival', async () => {
    for (const order of [
      ['unknown', 'active', 'inactive'],
      ['inactive', 'unknown', 'active'],
      ['active', 'inactive', 'unknown'],
    ] as const) {
      await using made = await temporaryDatabase();
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
    await using made = await temporaryDatabase();
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

describe('the memory of validation', () => {
  test('lets one ask, and only after a while again', async () => {
    await using made = await temporaryDatabase();
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

describe('the request ledger', () => {
  const HOUR = 3_600_000;

  test('grants what is left of 30 days, and counts without a ceiling', async () => {
    await using made = await temporaryDatabase();
    const ledger = requestLedger(made.database);
    expect(await ledger.reserve('a', 60, 100, 0)).toBe(60);
    expect(await ledger.reserve('a', 60, 100, HOUR)).toBe(40);
    expect(await ledger.reserve('a', 60, 100, HOUR)).toBe(0);
    expect(await ledger.reserve('b', 60, null, HOUR)).toBe(60);
    expect(await ledger.used('a', HOUR)).toBe(100);
    expect(await ledger.reserve('a', 60, 100, 721 * HOUR)).toBe(60);
    expect(await ledger.used('a', 721 * HOUR)).toBe(100);
  });

  test('never grants more than the ceiling to many at once', async () => {
    await using made = await temporaryDatabase();
    const ledger = requestLedger(made.database);
    const granted = await Promise.all(Array.from({ length: 20 }, () => ledger.reserve('a', 7, 100, 0)));
    expect(granted.reduce((sum, one) => sum + one, 0)).toBe(100);
  });
});

describe('what may not be stored', () => {
  test('an object in place of a text is refused before it reaches the database', async () => {
    await using made = await temporaryDatabase();
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
