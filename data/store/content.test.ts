import { expect, test } from 'vitest';
import { analysed, finding, openExampleRun, prepareRegistry, release, report, temporaryDatabase } from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import type { Artifact } from '../model.ts';
import { recallScan } from './content.ts';
import { savePackageResult } from './work.ts';

const FRESH = { now: 20_000, maxAgeMs: 1_000_000 };

describeOnEach('recalling a scan', (kind) => {
  const identity = (name: string, artifact: Artifact | undefined) => {
    if (artifact === undefined) throw new Error('a release has an artifact');
    return { registry: 'npm', key: name, version: '1.0', artifact } as const;
  };

  test('spares the download, and gives the same report', async () => {
    await using made = await temporaryDatabase(kind);
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
    await using made = await temporaryDatabase(kind);
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

  test('is refused for other detectors, other terms, an old verdict or an open question that is due', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    const frame = await prepareRegistry(database, run, 'npm', { count: 2, ranked: 0 });
    const known = analysed('npm', 'npm-1', [finding('a')]);
    const open = analysed('npm', 'npm-2', [finding('b', { verdict: 'unknown', lookAfter: 8_000 })]);
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
    // Nothing is fetched for an open question before it is due; in its own run that is looked after at the end.
    expect(await ask({ seed: 'next' }, 'npm-2', { now: 7_999, maxAgeMs: 5_000 })).toBe(true);
    expect(await ask({ seed: 'next' }, 'npm-2', { now: 8_000, maxAgeMs: 5_000 })).toBe(false);
    expect(await ask({}, 'npm-2', { now: 8_000, maxAgeMs: 5_000 })).toBe(true);
    expect(artifact).toBeDefined();
  });

  test('trusts SHA-1 and file names only within one release', async () => {
    await using made = await temporaryDatabase(kind);
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
