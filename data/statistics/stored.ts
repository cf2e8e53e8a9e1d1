/** The counts and figures of closed runs in their tables: written once, when a run is closed. */
import type { Reader, Tx } from '../database.ts';
import { REGISTRY_IDS, TIERS, type RegistryId } from '../model.ts';
import { POLICIES, type PolicyId } from '../policies.ts';
import { chunks, flag, json } from '../store/rows.ts';
import type { Aggregates, ClusterCounts, PolicyCounts, ServiceCell } from './aggregates.ts';
import { coveredRegistries, tiersOf, wholeOf } from './figures.ts';
import type { Counts, Estimate } from './model.ts';
import { isUsed, POLICY_SCOPES } from './policy-scope.ts';
import { findRun } from './run-facts.ts';

export async function saveAggregates(tx: Tx, run: number, aggregates: Aggregates): Promise<void> {
  for (const { registry, tier, scanned, withoutRelease, failed, pending, partial } of aggregates.strata) {
    await tx
      .updateTable('run_stratum')
      .set({ scanned, without_release: withoutRelease, failed, pending, partial })
      .where('run_id', '=', run)
      .where('registry', '=', registry)
      .where('tier', '=', tier)
      .execute();
  }
  await saveFigures(tx, run, aggregates);
  for (const rows of chunks(aggregates.verdicts, 6)) {
    await tx
      .insertInto('run_verdict')
      .values(
        rows.map(({ registry, family, verdict, tokens, packages }) => ({
          run_id: run,
          registry,
          family,
          verdict,
          tokens,
          packages,
        })),
      )
      .execute();
  }
  for (const rows of chunks(aggregates.reasons, 6)) {
    await tx
      .insertInto('run_reason')
      .values(
        rows.map(({ registry, kind, reason, packages, items }) => ({ run_id: run, registry, kind, reason, packages, items })),
      )
      .execute();
  }
  for (const rows of chunks(aggregates.cells, 6)) {
    await tx
      .insertInto('run_service_cell')
      .values(
        rows.map(({ policy, service, registry, packages, tokens }) => ({
          run_id: run,
          policy,
          service,
          registry,
          packages,
          tokens,
        })),
      )
      .execute();
  }
  const clusters = aggregates.clusters.map(({ policy, service, verdict, packages, registries }, index) => {
    return { run_id: run, policy, position: index + 1, service, verdict, packages, registries: json(registries) };
  });
  for (const rows of chunks(clusters, 7)) await tx.insertInto('run_cluster').values(rows).execute();
}

/** For people's SQL: estimates as they were when the run was closed. */
async function saveFigures(tx: Tx, run: number, aggregates: Aggregates): Promise<void> {
  const { means } = await findRun(tx, run);
  for (const scope of POLICY_SCOPES) {
    const { policy } = scope;
    const used = isUsed(scope, means) || aggregates.policies.some((one) => one.policy === policy && one.detections > 0);
    for (const registry of coveredRegistries(aggregates)) {
      const tiers = tiersOf(aggregates, registry, policy);
      const rows = tiers.map((one) => Object.assign({ run_id: run, registry, tier: one.tier, policy }, columnsOf(one)));
      await tx.insertInto('run_tier_incidence').values(rows).execute();
      const whole = { run_id: run, registry, policy, used: flag(used), ...columnsOf(wholeOf(tiers)) };
      await tx.insertInto('run_incidence').values(whole).execute();
    }
  }
}

function columnsOf(figures: Counts & { readonly total: Estimate; readonly rate: Estimate }) {
  const { detections, restrictedOnly, undecided, total, rate } = figures;
  return {
    detections,
    restricted_only: restrictedOnly,
    undecided,
    total: total.value,
    total_low: total.interval.low,
    total_high: total.interval.high,
    rate: rate.value,
    rate_low: rate.interval.low,
    rate_high: rate.interval.high,
    method: rate.interval.method,
  };
}

/** The counts of a closed run as they were saved. */
export async function loadAggregates(db: Reader, run: number): Promise<Aggregates> {
  const strata = await db.selectFrom('run_stratum').selectAll().where('run_id', '=', run).execute();
  const incidence = await db
    .selectFrom('run_tier_incidence')
    .select(['registry', 'tier', 'policy', 'detections', 'restricted_only', 'undecided'])
    .where('run_id', '=', run)
    .execute();
  const verdicts = await db.selectFrom('run_verdict').selectAll().where('run_id', '=', run).execute();
  const reasons = await db.selectFrom('run_reason').selectAll().where('run_id', '=', run).execute();
  const cells = await db.selectFrom('run_service_cell').selectAll().where('run_id', '=', run).execute();
  const clusters = await db.selectFrom('run_cluster').selectAll().where('run_id', '=', run).orderBy('position').execute();
  return {
    strata: strata
      .map(({ registry, tier, population, selected, scanned, without_release: withoutRelease, failed, pending, partial }) => {
        return { registry, tier, population, selected, scanned, withoutRelease, failed, pending, partial };
      })
      .toSorted((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier)),
    policies: incidence.flatMap(
      ({ registry, tier, policy, detections, restricted_only: restrictedOnly, undecided }): PolicyCounts[] => {
        const id = knownPolicy(policy);
        return id === null ? [] : [{ registry, tier, policy: id, detections, restrictedOnly, undecided }];
      },
    ),
    verdicts,
    reasons: reasons.toSorted((a, b) => b.packages - a.packages || b.items - a.items || (a.reason < b.reason ? -1 : 1)),
    cells: cells.flatMap(({ policy, service, registry, packages, tokens }): ServiceCell[] => {
      const id = knownPolicy(policy);
      return id === null ? [] : [{ policy: id, service, registry, packages, tokens }];
    }),
    clusters: clusters.flatMap(({ policy, service, verdict, packages, registries }): ClusterCounts[] => {
      const id = knownPolicy(policy);
      return id === null ? [] : [{ policy: id, service, verdict, packages, registries: registryCounts(registries) }];
    }),
  };
}

/** Null for a policy of another version's catalogue. */
function knownPolicy(policy: string): PolicyId | null {
  return POLICIES.find((one) => one.id === policy)?.id ?? null;
}

function registryCounts(text: string): Partial<Record<RegistryId, number>> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) return {};
  const counts: Partial<Record<RegistryId, number>> = {};
  for (const [registry, count] of Object.entries(parsed)) {
    const id = REGISTRY_IDS.find((one) => one === registry);
    if (id !== undefined && typeof count === 'number') counts[id] = count;
  }
  return counts;
}
