import { sql } from 'kysely';
import type { Database, Reader } from '../database.ts';
import { REGISTRY_IDS, REGISTRY_LABELS, VERDICTS, type RegistryId, type Verdict } from '../model.ts';
import { POLICIES } from '../policies.ts';
import { queriesFor } from '../queries.ts';
import type { ReasonKind } from '../schema.ts';
import { countRun, type Aggregates } from './aggregates.ts';
import { breakdownByService, largestClusters, SUPPRESSION } from './breakdown.ts';
import { coveredRegistries, tiersOf, wholeOf } from './figures.ts';
import { collectHistory } from './history.ts';
import {
  STATISTICS_SCHEMA,
  type AnalysedRegistry,
  type RankingFacts,
  type RegistryStatistics,
  type Statistics,
} from './model.ts';
import { familyOf, isUsed, scopeOf, type PolicyScope } from './policy-scope.ts';
import { findRun, iso, rankingsOf, registriesOf, type KnownRun } from './run-facts.ts';
import { loadAggregates } from './stored.ts';

export interface CollectOptions {
  /** Id of a policy of the catalogue. */
  readonly policy: string;
  /** Of an open run the statistics are what is known so far; without an id, the newest closed run. */
  readonly run?: number;
}

/**
 * Everything that a report prints about one policy in one run. Deterministic: the same database gives the same object, whoever
 * did the work in whatever order. Of a closed run only its stored counts are read.
 *
 * @throws RunError where the run does not exist, was given up, or none is closed; an error that names the policies for an unknown one
 */
export async function collectStatistics({ db }: Database, options: CollectOptions): Promise<Statistics> {
  const policy = POLICIES.find((one) => one.id === options.policy);
  if (policy === undefined)
    throw new Error(`no policy ${options.policy} in the catalogue; it has ${POLICIES.map((one) => one.id).join(', ')}`);
  const run = await findRun(db, options.run);
  const aggregates = run.state === 'closed' ? await loadAggregates(db, run.id) : await countRun(db, run.id);
  const registries = await registryStatistics(db, run.id, aggregates, scopeOf(policy.id));
  const detections = new Map(
    registries.flatMap((one) => (one.status === 'analysed' ? [[one.registry, one.detections] as const] : [])),
  );
  const found = [...detections.values()].some((count) => count > 0);
  const services = breakdownByService(aggregates, policy.id, detections);
  return {
    schema: STATISTICS_SCHEMA,
    policy,
    policyUsed: found || isUsed(scopeOf(policy.id), run.means),
    run: run.facts,
    registries,
    services,
    suppression: SUPPRESSION,
    clusters: largestClusters(aggregates, policy.id, services),
    history: run.scope === 'registry' ? await collectHistory(db, policy.id, run) : [],
    queries: (await isShownByViews(db, run)) ? queriesFor(policy.id) : [],
  };
}

/** The views show one run, and its figures once it is closed: asked about another one, the queries would answer with other figures. */
async function isShownByViews(db: Reader, { id, state }: KnownRun): Promise<boolean> {
  const { rows } = await sql<{ readonly run: number }>`select run from current_run`.execute(db);
  return state === 'closed' && rows[0]?.run === id;
}

async function registryStatistics(
  db: Reader,
  run: number,
  aggregates: Aggregates,
  scope: PolicyScope,
): Promise<readonly RegistryStatistics[]> {
  const frames = await registriesOf(db, run);
  const rankings = await rankingsOf(db, run);
  const covered = coveredRegistries(aggregates);
  return REGISTRY_IDS.map((registry): RegistryStatistics => {
    const frame = frames.get(registry);
    if (frame === undefined || !covered.includes(registry))
      return { status: 'not-analysed', registry, label: REGISTRY_LABELS[registry] };
    return analysedRegistry(registry, frame, rankings.get(registry) ?? null, aggregates, scope);
  });
}

function analysedRegistry(
  registry: RegistryId,
  frame: { readonly size: number; readonly takenAt: number },
  ranking: RankingFacts | null,
  aggregates: Aggregates,
  { policy }: PolicyScope,
): AnalysedRegistry {
  const tiers = tiersOf(aggregates, registry, policy);
  const family = familyOf(policy);
  const verdicts = aggregates.verdicts.filter((one) => one.registry === registry && one.family === family);
  const byVerdict = (field: 'tokens' | 'packages'): Readonly<Record<Verdict, number>> => {
    const counts = VERDICTS.map((verdict) => [verdict, verdicts.find((one) => one.verdict === verdict)?.[field] ?? 0] as const);
    return Object.fromEntries(counts) as Record<Verdict, number>;
  };
  const reasons = (kind: ReasonKind) => aggregates.reasons.filter((one) => one.registry === registry && one.kind === kind);
  return {
    status: 'analysed',
    registry,
    label: REGISTRY_LABELS[registry],
    frame: { size: frame.size, takenAt: iso(frame.takenAt) },
    ranking,
    tiers,
    ...wholeOf(tiers),
    tokens: byVerdict('tokens'),
    packagesByVerdict: byVerdict('packages'),
    failures: reasons('failed').map(({ reason, packages }) => ({ reason, packages })),
    withoutReleaseReasons: reasons('no-release').map(({ reason, packages }) => ({ reason, packages })),
    skipped: reasons('skipped').map(({ reason, items, packages }) => ({ reason, count: items, packages })),
  };
}
