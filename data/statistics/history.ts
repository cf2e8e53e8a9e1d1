/** The closed runs up to one of them, each with its denominators and with what changed since the one before. */
import type { Reader } from '../database.ts';
import { REGISTRY_LABELS, type RegistryId } from '../model.ts';
import type { PolicyId } from '../policies.ts';
import { coveredRegistries, tiersOf, wholeOf } from './figures.ts';
import { changeOf } from './incidence.ts';
import type { Estimate, HistoryPoint, RankingFacts } from './model.ts';
import { byText, closedRunsUntil, rankingsOf, type KnownRun } from './run-facts.ts';
import type { Aggregates } from './aggregates.ts';

/** Changes of size that are worth a word: a hundredth. */
const NOTABLE = 0.01;

/** Runs that could not have found a violation of the policy are left out: their zeros mean nothing. */
export async function collectHistory(db: Reader, policy: PolicyId, until: KnownRun): Promise<readonly HistoryPoint[]> {
  const used = await runsUsing(db, policy);
  const runs = (await closedRunsUntil(db, until)).filter((one) => used.has(one.id));
  const counts = await loadCounts(db, policy);
  const points: HistoryPoint[] = [];
  let before: Compared | null = null;
  const last = new Map<RegistryId, { readonly run: KnownRun; readonly rate: Estimate }>();
  for (const run of runs) {
    const aggregates = counts.get(run.id) ?? { strata: [], policies: [] };
    const registries = coveredRegistries(aggregates).map((registry) => {
      const { population, analyzed, detections, total, rate } = wholeOf(tiersOf(aggregates, registry, policy));
      const past = last.get(registry);
      const likeWithLike = past !== undefined && changesOfMeans(past.run, run).length === 0;
      const change = past === undefined ? null : changeOf(past.rate, rate, likeWithLike);
      last.set(registry, { run, rate });
      return { registry, population, analyzed, detections, total, rate, change };
    });
    const here: Compared = { run, registries, rankings: await rankingsOf(db, run.id) };
    points.push({
      run: String(run.id),
      closedAt: run.facts.closedAt ?? '',
      detectorStamp: run.facts.detectorStamp,
      registries,
      changes: before === null ? [] : changesBetween(before, here),
    });
    before = here;
  }
  return points;
}

interface Compared {
  readonly run: KnownRun;
  readonly registries: HistoryPoint['registries'];
  readonly rankings: ReadonlyMap<RegistryId, RankingFacts>;
}

async function runsUsing(db: Reader, policy: PolicyId): Promise<ReadonlySet<number>> {
  const rows = await db
    .selectFrom('run_incidence')
    .select('run_id')
    .distinct()
    .where('policy', '=', policy)
    .where('used', '=', 1)
    .execute();
  return new Set(rows.map((one) => one.run_id));
}

type Counted = Pick<Aggregates, 'strata' | 'policies'>;

async function loadCounts(db: Reader, policy: PolicyId): Promise<ReadonlyMap<number, Counted>> {
  const rows = await db
    .selectFrom('run_tier_incidence as found')
    .innerJoin('run_stratum as stratum', (join) =>
      join
        .onRef('stratum.run_id', '=', 'found.run_id')
        .onRef('stratum.registry', '=', 'found.registry')
        .onRef('stratum.tier', '=', 'found.tier'),
    )
    .selectAll(['stratum'])
    .select(['found.detections', 'found.restricted_only', 'found.undecided'])
    .where('found.policy', '=', policy)
    .execute();
  const counts = new Map<
    number,
    { readonly strata: Aggregates['strata'][number][]; readonly policies: Aggregates['policies'][number][] }
  >();
  for (const row of rows) {
    const {
      run_id: run,
      registry,
      tier,
      population,
      selected,
      scanned,
      without_release: withoutRelease,
      failed,
      pending,
      partial,
    } = row;
    const { detections, restricted_only: restrictedOnly, undecided } = row;
    const of = counts.get(run) ?? { strata: [], policies: [] };
    of.strata.push({ registry, tier, population, selected, scanned, withoutRelease, failed, pending, partial });
    of.policies.push({ registry, tier, policy, detections, restrictedOnly, undecided });
    counts.set(run, of);
  }
  return counts;
}

function changesBetween(before: Compared, here: Compared): readonly string[] {
  return [...changesOfCoverage(before, here), ...changesOfRankings(before, here), ...changesOfMeans(before.run, here.run)];
}

function changesOfCoverage(before: Compared, here: Compared): readonly string[] {
  const added = here.registries.filter(({ registry }) => !before.registries.some((one) => one.registry === registry));
  const gone = before.registries.filter(({ registry }) => !here.registries.some((one) => one.registry === registry));
  const sizes = here.registries.flatMap((now) => {
    const past = before.registries.find((one) => one.registry === now.registry);
    if (past === undefined) return [];
    const label = REGISTRY_LABELS[now.registry];
    return [
      ...(isNotable(past.population, now.population)
        ? [`${label}: ${number(now.population)} packages listed, ${number(past.population)} before`]
        : []),
      ...(isNotable(past.analyzed, now.analyzed)
        ? [`${label}: ${number(now.analyzed)} packages analyzed, ${number(past.analyzed)} before`]
        : []),
    ];
  });
  return [
    ...added.map(({ registry }) => `${REGISTRY_LABELS[registry]} is covered, and was not before`),
    ...gone.map(({ registry }) => `${REGISTRY_LABELS[registry]} is not covered any more`),
    ...sizes,
  ];
}

function changesOfRankings(before: Compared, here: Compared): readonly string[] {
  const both = here.registries.filter(({ registry }) => before.registries.some((one) => one.registry === registry));
  return both.flatMap(({ registry }) => {
    const [past, now] = [before.rankings.get(registry), here.rankings.get(registry)];
    if (past?.source === now?.source) return [];
    return [`${REGISTRY_LABELS[registry]}: ranked by ${now?.label ?? 'nothing'}, by ${past?.label ?? 'nothing'} before`];
  });
}

/** What was looked for, in what, and who was asked. */
function changesOfMeans(before: KnownRun, here: KnownRun): readonly string[] {
  const [past, now] = [before.facts, here.facts];
  const inBoth = (service: string): boolean => past.services.includes(service) && now.services.includes(service);
  const asked = without(here.asked, before.asked).filter(inBoth);
  const notAsked = without(before.asked, here.asked).filter(inBoth);
  const families = without(here.families, before.families).filter((one) => inBoth(one.slice(0, one.indexOf(':'))));
  return [
    ...(past.detectorStamp === now.detectorStamp ? [] : ['the detectors changed']),
    ...listed('services added', without(now.services, past.services)),
    ...listed('services removed', without(past.services, now.services)),
    ...listed('services asked that were not before', asked),
    ...listed('services not asked any more', notAsked),
    ...(families.length === 0 ? [] : [`tokens counted under other families (${families.join('; ')})`]),
    ...(before.artifacts === here.artifacts
      ? []
      : [`artifacts ${here.artifacts ?? 'not told'}, ${before.artifacts ?? 'not told'} before`]),
    ...(past.validation.mode === now.validation.mode
      ? []
      : [`validation ${now.validation.mode}, ${past.validation.mode} before`]),
  ];
}

function without(all: readonly string[], others: readonly string[]): readonly string[] {
  return all.filter((one) => !others.includes(one)).toSorted(byText);
}

function listed(what: string, services: readonly string[]): readonly string[] {
  return services.length === 0 ? [] : [`${what}: ${services.join(', ')}`];
}

function isNotable(before: number, here: number): boolean {
  return Math.abs(here - before) > NOTABLE * before;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
