import { expect, test } from 'vitest';
import type { Database } from '../database.ts';
import {
  HOLDING,
  SPEC,
  analysed,
  finding,
  openExampleRun,
  prepareRegistry,
  release,
  report,
  temporaryDatabase,
} from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { TIERS, VERDICTS, tierOf, type RegistryId, type Verdict } from '../model.ts';
import { closeRun } from '../store/close.ts';
import { abandonRun, openOrResumeRun, switchOffService } from '../store/run.ts';
import { validationMemory } from '../store/validation.ts';
import { savePackageResult, type PackageResult } from '../store/work.ts';
import { collectStatistics } from './collect.ts';
import type { AnalysedRegistry, Statistics } from './model.ts';

const ACTIVE = { policy: 'SQ34401' };

function registryOf(statistics: Statistics, registry: RegistryId): AnalysedRegistry {
  const found = statistics.registries.find((one) => one.registry === registry);
  if (found?.status !== 'analysed') throw new Error(`${registry} is not analysed`);
  return found;
}

/** What each package of a small registry has; the statistics are counted from it a second way. */
interface Case {
  readonly state: 'analysed' | 'no-release' | 'failed' | 'pending';
  readonly verdicts: readonly Verdict[];
  readonly partial: boolean;
}

function cases(count: number): readonly Case[] {
  return Array.from({ length: count }, (_, index) => {
    const state = index % 13 === 5 ? 'failed' : index % 11 === 7 ? 'no-release' : 'analysed';
    const verdicts = VERDICTS.filter((_verdict, at) => (index * 7 + at * 3) % 17 === 0);
    return { state, verdicts: state === 'analysed' ? verdicts : [], partial: state === 'analysed' && index % 9 === 1 };
  });
}

function resultOf(name: string, { state, verdicts, partial }: Case): PackageResult | null {
  if (state === 'pending') return null;
  if (state === 'failed') return { state, reason: 'unavailable', detail: 'no answer' };
  if (state === 'no-release') return { state, reason: 'all-yanked', detail: '' };
  const findings = verdicts.map((verdict) => finding(`${name} ${verdict}`, { verdict }));
  return analysed('npm', name, findings, partial ? [{ path: [name], reason: 'too-large', detail: 'more than allowed' }] : []);
}

async function fill(database: Database, run: number, all: readonly Case[], order: (index: number) => number = (index) => index) {
  const ranked = 105;
  const frame = await prepareRegistry(database, run, 'npm', { count: 300, ranked, sample: all.length - ranked });
  const work = frame.slice(0, all.length).map(({ packageId, name }, index) => ({ packageId, name, index }));
  for (const { packageId, name, index } of work.toSorted((a, b) => order(a.index) - order(b.index))) {
    const one = all[index];
    const result = one === undefined ? null : resultOf(name, one);
    if (result !== null) await savePackageResult(database, run, packageId, result, { now: 5 });
  }
}

describeOnEach('counts', (kind) => {
  test('are those of a second, plain count, tier by tier', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database, { registries: ['npm'] });
    const all = cases(160);
    await fill(made.database, run, all);
    await closeRun(made.database, run, 99);
    const statistics = await collectStatistics(made.database, ACTIVE);
    for (const tier of registryOf(statistics, 'npm').tiers) {
      const own = all.filter((_, index) => tierOf(index < 105 ? index + 1 : null) === tier.tier);
      const count = (is: (one: Case) => boolean): number => own.filter(is).length;
      const violates = ({ verdicts }: Case): boolean => verdicts.includes('active') || verdicts.includes('restricted');
      expect(tier).toMatchObject({
        population: { top100: 100, top1000: 5, top10000: 0, unranked: 195 }[tier.tier],
        selected: own.length,
        scanned: count((one) => one.state === 'analysed'),
        withoutRelease: count((one) => one.state === 'no-release'),
        analyzed: count((one) => one.state === 'analysed' || one.state === 'no-release'),
        failed: count((one) => one.state === 'failed'),
        pending: 0,
        partial: count((one) => one.partial),
        detections: count(violates),
        restrictedOnly: count((one) => violates(one) && !one.verdicts.includes('active')),
        undecided: count((one) => !violates(one) && one.verdicts.includes('unknown')),
      });
    }
    const whole = registryOf(statistics, 'npm');
    expect(whole.tiers.map((one) => one.tier)).toEqual(TIERS);
    for (const verdict of VERDICTS) {
      expect(whole.tokens[verdict]).toBe(all.filter((one) => one.verdicts.includes(verdict)).length);
      expect(whole.packagesByVerdict[verdict]).toBe(whole.tokens[verdict]);
    }
    expect(whole.failures).toEqual([{ reason: 'unavailable', packages: whole.failed }]);
    expect(whole.withoutReleaseReasons).toEqual([{ reason: 'all-yanked', packages: whole.withoutRelease }]);
    expect(whole.skipped).toEqual([{ reason: 'too-large', count: whole.partial, packages: whole.partial }]);
  });

  test('of every policy of the catalogue follow its own verdicts', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database, { registries: ['npm'] });
    const all = cases(160);
    await fill(made.database, run, all);
    const having = (...verdicts: readonly Verdict[]) =>
      all.filter((one) => verdicts.some((verdict) => one.verdicts.includes(verdict)));
    const expected = {
      SQ34401: [
        having('active', 'restricted').length,
        having('unknown').filter((one) => !having('active', 'restricted').includes(one)).length,
      ],
      SQ34253: [having('inactive').length, having('unknown').filter((one) => !having('inactive').includes(one)).length],
      SQ34304: [having('untested').length, 0],
      SQ34251: [having('published-example').length, 0],
      SQ34252: [having('canary').length, 0],
      SQ34402: [0, 0],
    };
    for (const [policy, [detections, undecided]] of Object.entries(expected)) {
      const statistics = await collectStatistics(made.database, { policy, run });
      const { detections: found, undecided: open } = registryOf(statistics, 'npm');
      expect([policy, found, open]).toEqual([policy, detections, undecided]);
    }
  });

  test('do not depend on the order of work, and of an open run are those of the closed one', async () => {
    const orders = [(index: number) => index, (index: number) => -index, (index: number) => (index * 7919) % 163];
    const results: Statistics[] = [];
    for (const order of orders) {
      await using made = await temporaryDatabase(kind);
      const run = await openExampleRun(made.database, { registries: ['npm'] });
      await fill(made.database, run, cases(160), order);
      const open = await collectStatistics(made.database, { ...ACTIVE, run });
      await closeRun(made.database, run, 99);
      const closed = await collectStatistics(made.database, ACTIVE);
      expect(open.run.closedAt).toBe(null);
      expect(closed.history).toHaveLength(1);
      // Only of a closed run do the views have the figures, so only then the queries answer with them.
      expect(open.queries).toEqual([]);
      expect({ ...open, run: closed.run, history: closed.history, queries: closed.queries }).toEqual(closed);
      results.push(closed);
    }
    expect(results[1]).toEqual(results[0]);
    expect(JSON.stringify(results[2])).toBe(JSON.stringify(results[0]));
  });

  test('of a run that is not finished say what is pending', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database, { registries: ['npm'] });
    const all = cases(160).map((one, index): Case =>
      index % 4 === 0 ? { state: 'pending', verdicts: [], partial: false } : one,
    );
    await fill(made.database, run, all);
    const statistics = await collectStatistics(made.database, { ...ACTIVE, run });
    expect(registryOf(statistics, 'npm').pending).toBe(40);
    await expect(closeRun(made.database, run, 9)).rejects.toThrow(/run 1 has 40 packages without a result/);
  });

  test('of a closed run stand without its raw rows', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database, { registries: ['npm'] });
    await fill(made.database, run, cases(160));
    await closeRun(made.database, run, 99);
    const before = await collectStatistics(made.database, ACTIVE);
    for (const table of ['verdict', 'analysis', 'package_skip', 'selection'] as const)
      await made.database.db.deleteFrom(table).execute();
    expect(await collectStatistics(made.database, ACTIVE)).toEqual(before);
  });

  test('attribute one content to every package that ships it', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database, { registries: ['npm'] });
    const frame = await prepareRegistry(made.database, run, 'npm', { count: 3, ranked: 0 });
    for (const { packageId, name } of frame) {
      const files = release('npm', name);
      const artifacts = files.artifacts.map((artifact) => ({ artifact, report: report('the same', [finding('one')]) }));
      await savePackageResult(
        made.database,
        run,
        packageId,
        { state: 'analysed', release: files, artifacts, skipped: [] },
        { now: 5 },
      );
    }
    const npm = registryOf(await collectStatistics(made.database, { ...ACTIVE, run }), 'npm');
    expect([npm.detections, npm.tokens.active, npm.packagesByVerdict.active]).toEqual([3, 1, 3]);
  });
});

describeOnEach('three things that never look alike', (kind) => {
  test('0 of n, not analysed, and policy not used', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database, { registries: ['npm'] });
    await fill(
      made.database,
      run,
      Array.from({ length: 160 }, (): Case => ({ state: 'analysed', verdicts: [], partial: false })),
    );
    await closeRun(made.database, run, 99);
    const statistics = await collectStatistics(made.database, ACTIVE);
    expect(statistics.policyUsed).toBe(true);
    expect(statistics.registries.map((one) => one.status)).toEqual(['not-analysed', 'not-analysed', 'not-analysed', 'analysed']);
    const npm = registryOf(statistics, 'npm');
    expect(npm.detections).toBe(0);
    expect(npm.total).toMatchObject({ value: 0, interval: { low: 0, method: 'hypergeometric' } });
    expect(npm.total.interval.high).toBeGreaterThan(0);
    expect(npm.tiers[0]?.total).toEqual({ value: 0, interval: { low: 0, high: 0, method: 'census' }, unstable: false });
    // The example's webhook service is known and never asked.
    expect((await collectStatistics(made.database, { policy: 'SQ34403' })).policyUsed).toBe(false);
    expect((await collectStatistics(made.database, { policy: 'SQ34306' })).policyUsed).toBe(true);
    expect((await collectStatistics(made.database, { policy: 'SQ34404' })).policyUsed).toBe(false);
  });

  test('without validation no token can be called active', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database, { validation: 'off' });
    expect((await collectStatistics(made.database, { ...ACTIVE, run })).policyUsed).toBe(false);
    expect((await collectStatistics(made.database, { policy: 'SQ34304', run })).policyUsed).toBe(true);
  });

  test('a service whose check was switched off is named, and its policy counts as not used', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database);
    await switchOffService(made.database, run, 'slack', 'its control token was accepted');
    const statistics = await collectStatistics(made.database, { ...ACTIVE, run });
    expect(statistics.policyUsed).toBe(false);
    expect(statistics.run.validation.switchedOff).toEqual([{ service: 'slack', reason: 'its control token was accepted' }]);
  });
});

describeOnEach('what could point at a package', (kind) => {
  test('is left out, and so is what would give it away', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database, { registries: ['rubygems', 'npm'] });
    const carriers = { alpha: 12, beta: 6, gamma: 2 };
    const services = Object.entries(carriers).flatMap(([service, packages]) => Array.from({ length: packages }, () => service));
    const npm = await prepareRegistry(made.database, run, 'npm', { count: 40, ranked: 0 });
    for (const [index, { packageId, name }] of npm.entries()) {
      const service = services[index];
      const found = service === undefined ? [] : [finding(service === 'alpha' ? 'shared' : name, { service })];
      await savePackageResult(made.database, run, packageId, analysed('npm', name, found), { now: 5 });
    }
    const rubygems = await prepareRegistry(made.database, run, 'rubygems', { count: 10, ranked: 0 });
    for (const [index, { packageId, name }] of rubygems.entries()) {
      const found = index === 0 ? [finding('shared', { service: 'alpha' })] : [];
      await savePackageResult(made.database, run, packageId, analysed('rubygems', name, found), { now: 5 });
    }
    const { services: rows, clusters, suppression } = await collectStatistics(made.database, { ...ACTIVE, run });
    expect(suppression.below).toBe(5);
    // gamma is too small; beta goes with it, since 20 less the others would be gamma. All of rubygems is one package.
    expect(rows.map(({ service, packages }) => [service, packages.rubygems, packages.npm])).toEqual([
      ['alpha', null, 12],
      ['beta', null, null],
      ['gamma', null, null],
    ]);
    expect(rows.map((one) => one.tokens)).toEqual([null, null, null]);
    expect(clusters).toEqual([{ cluster: 1, service: 'alpha', verdict: 'active', packages: 13, registries: ['npm'] }]);
    expect(JSON.stringify(clusters)).not.toContain('shared');
  });
});

describeOnEach('history', (kind) => {
  test('tells each closed run with its denominators and what changed', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const first = await openExampleRun(database, { registries: ['npm'], validation: 'live' });
    await fill(database, first, cases(150));
    await closeRun(database, first, 100);
    const services = [...SPEC.services, { id: 'zeta', label: 'Zeta', families: ['token' as const], checked: true }];
    const second = await openExampleRun(database, { registries: ['npm', 'rubygems'], detectorStamp: 'stamp-2', services });
    await fill(database, second, cases(170));
    const [gem] = await prepareRegistry(database, second, 'rubygems', { count: 1, ranked: 0 });
    await savePackageResult(database, second, gem?.packageId ?? 0, analysed('rubygems', 'rubygems-1', []), { now: 5 });
    await closeRun(database, second, 200);
    const blind = await openExampleRun(database, { registries: ['npm'], validation: 'off' });
    await fill(
      database,
      blind,
      cases(150).map(({ state, partial }) => ({ state, partial, verdicts: [] })),
    );
    await closeRun(database, blind, 300);
    const { history, run } = await collectStatistics(database, { ...ACTIVE, run: second });
    expect(run.id).toBe('2');
    expect(history.map((one) => [one.run, one.closedAt, one.registries.map((each) => [each.registry, each.population])])).toEqual(
      [
        ['1', '1970-01-01T00:00:00.100Z', [['npm', 300]]],
        [
          '2',
          '1970-01-01T00:00:00.200Z',
          [
            ['rubygems', 1],
            ['npm', 300],
          ],
        ],
      ],
    );
    expect(history[0]?.changes).toEqual([]);
    expect(history[1]?.changes).toEqual([
      'RubyGems is covered, and was not before',
      expect.stringMatching(/^npm: \d+ packages analyzed, \d+ before$/),
      'the detectors changed',
      'services added: zeta',
    ]);
    // A run that asked nobody says nothing about active tokens.
    expect((await collectStatistics(database, ACTIVE)).history.map((one) => one.run)).toEqual(['1', '2']);
    expect((await collectStatistics(database, { policy: 'SQ34304' })).history).toHaveLength(3);
  });

  test('goes by when runs were closed, and compares like with like alone', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const [slack, ...others] = SPEC.services;
    if (slack === undefined) throw new Error('the example has no service');
    // Each begins after the one before; the first ends last.
    const changes = [
      {},
      { seed: 'b' },
      { services: [{ ...slack, families: ['api-key' as const] }, ...others, { ...slack, id: 'other' }] },
      { services: [{ ...slack, families: ['api-key' as const] }, ...others, { ...slack, id: 'other' }], seed: 'd' },
      { config: { ...SPEC.config, artifacts: 'all' } },
    ];
    const ids: number[] = [];
    for (const change of changes) {
      const run = await openExampleRun(database, { registries: ['npm'], ...change });
      const [first] = await prepareRegistry(database, run, 'npm', { count: 1, ranked: 0 });
      await savePackageResult(database, run, first?.packageId ?? 0, analysed('npm', 'npm-1', []), { now: 5 });
      ids.push(run);
    }
    const [last = 0, ...rest] = ids;
    await switchOffService(database, rest[2] ?? 0, 'slack', 'control-probe-failed');
    for (const [index, run] of [...rest, last].entries()) await closeRun(database, run, 100 + index);
    const { run, history, queries } = await collectStatistics(database, ACTIVE);
    expect(run.id).toBe(String(last));
    expect(queries).not.toEqual([]);
    expect(history.map((one) => [one.run, one.changes, one.registries[0]?.change?.likeWithLike ?? null])).toEqual([
      ['2', [], null],
      ['3', ['services added: other', 'tokens counted under other families (slack: api-key)'], false],
      ['4', ['services not asked any more: slack'], false],
      [
        '5',
        [
          'services removed: other',
          'services asked that were not before: slack',
          'tokens counted under other families (slack: token)',
          'artifacts all, representative before',
        ],
        false,
      ],
      ['1', ['artifacts representative, all before'], false],
    ]);
    // A report of an earlier run ends with it, and has no queries: the views show another one.
    const earlier = await collectStatistics(database, { ...ACTIVE, run: 3 });
    expect([earlier.history.map((one) => one.run), earlier.queries]).toEqual([['2', '3'], []]);
  });

  test('and the window of validation is that of the questions', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database);
    const memory = validationMemory(made.database, { run, keyId: 'key-1' });
    await memory.begin('slack', 'a', 5_000, 0);
    await memory.begin('slack', 'b', 7_000, 0);
    const { validation } = (await collectStatistics(made.database, { ...ACTIVE, run })).run;
    expect(validation).toMatchObject({ mode: 'live', from: '1970-01-01T00:00:05.000Z', to: '1970-01-01T00:00:07.000Z' });
  });
});

describeOnEach('what cannot be collected says why', (kind) => {
  test('no run, an open run, a run given up, an unknown run, an unknown policy', async () => {
    await using made = await temporaryDatabase(kind);
    await expect(collectStatistics(made.database, ACTIVE)).rejects.toThrow(/no closed run; it has no run at all/);
    const { id } = await openOrResumeRun(made.database, SPEC, HOLDING);
    await expect(collectStatistics(made.database, ACTIVE)).rejects.toThrow(/run 1 is still open: finish it/);
    await expect(collectStatistics(made.database, { ...ACTIVE, run: 7 })).rejects.toThrow(/there is no run 7/);
    await expect(collectStatistics(made.database, { policy: 'SQ00000', run: id })).rejects.toThrow(
      /no policy SQ00000 in the catalogue; it has SQ34251/,
    );
    await abandonRun(made.database, id, 'by mistake');
    await expect(collectStatistics(made.database, { ...ACTIVE, run: id })).rejects.toThrow(/was given up \(by mistake\)/);
  });

  test('named packages are the run to report only where there is no other', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const named = await openExampleRun(database, { scope: 'named', registries: ['npm'] });
    await fill(database, named, cases(120));
    await closeRun(database, named, 500);
    const statistics = await collectStatistics(database, ACTIVE);
    expect([statistics.run.id, statistics.history]).toEqual(['1', []]);
    expect(registryOf(statistics, 'npm').tiers.every((one) => one.population === one.selected)).toBe(true);
    const sampled = await openExampleRun(database, { registries: ['npm'] });
    await fill(database, sampled, cases(120));
    await closeRun(database, sampled, 400);
    expect((await collectStatistics(database, ACTIVE)).run.id).toBe('2');
  });
});
