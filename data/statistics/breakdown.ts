/** Breakdowns that could point at single packages, and what is left out of them so that they do not. Pure. */
import { REGISTRY_IDS, type RegistryId } from '../model.ts';
import type { PolicyId } from '../policies.ts';
import type { Aggregates, ServiceCell } from './aggregates.ts';
import type { Cluster, ServiceBreakdown, Statistics } from './model.ts';

export const SUPPRESSION: Statistics['suppression'] = {
  below: 5,
  reason:
    'A service beside a small number of packages in one registry could lead to the packages, and to tokens that still work. ' +
    'Such cells are left out, with one more where the rest would give them away; a registry with fewer detections has no breakdown at all.',
};

/** Clusters that a report shows. */
const SHOWN_CLUSTERS = 10;

/**
 * Packages that violate a policy, by service and registry.
 *
 * @param registries covered by the run, with their detections
 */
export function breakdownByService(
  { cells }: Pick<Aggregates, 'cells'>,
  policy: PolicyId,
  registries: ReadonlyMap<RegistryId, number>,
): readonly ServiceBreakdown[] {
  const own = cells.filter((one) => one.policy === policy);
  const services = [...new Set(own.map((one) => one.service))];
  const columns = new Map(
    [...registries].map(([registry, detections]) => [registry, columnOf(own, services, registry, detections)]),
  );
  const rows = services.map((service): ServiceBreakdown => {
    const packages: Partial<Record<RegistryId, number | null>> = {};
    for (const [registry, column] of columns) packages[registry] = column.get(service) ?? (column.has(service) ? null : 0);
    const tokens = own.find((one) => one.service === service && one.registry === 'all')?.tokens ?? 0;
    const isShown = Object.values(packages).some((count) => count !== null) && tokens >= SUPPRESSION.below;
    return { service, packages, tokens: isShown ? tokens : null };
  });
  return rows.toSorted((a, b) => visible(b) - visible(a) || (a.service < b.service ? -1 : 1));
}

/** The largest clusters: none so small that it could be found out, and no registry named that the breakdown hides. */
export function largestClusters(
  { clusters }: Pick<Aggregates, 'clusters'>,
  policy: PolicyId,
  breakdown: readonly ServiceBreakdown[],
): readonly Cluster[] {
  return clusters
    .filter((one) => one.policy === policy && one.packages >= SUPPRESSION.below)
    .slice(0, SHOWN_CLUSTERS)
    .map(({ service, verdict, packages, registries }, index) => {
      const row = breakdown.find((one) => one.service === service);
      const named = keysOf(registries).filter((registry) => typeof row?.packages[registry] === 'number');
      return { cluster: index + 1, service, verdict, packages, registries: named };
    });
}

/** A registry's cells by service; null where the number is left out. */
function columnOf(
  cells: readonly ServiceCell[],
  services: readonly string[],
  registry: RegistryId,
  detections: number,
): ReadonlyMap<string, number | null> {
  const counts = new Map<string, number | null>();
  for (const service of services)
    counts.set(service, cells.find((one) => one.service === service && one.registry === registry)?.packages ?? 0);
  if (detections === 0) return counts;
  if (detections < SUPPRESSION.below) return new Map(services.map((service) => [service, null]));
  for (const [service, count] of counts) if (isSmall(count)) counts.set(service, null);
  const hidden = [...counts.values()].filter((count) => count === null).length;
  // A single gap could be computed from the registry's total: the next smallest goes with it.
  if (hidden === 1) {
    const [next] = [...counts].filter(([, count]) => count !== null && count > 0).toSorted(([, a], [, b]) => (a ?? 0) - (b ?? 0));
    if (next !== undefined) counts.set(next[0], null);
  }
  return counts;
}

function isSmall(count: number | null): boolean {
  return count !== null && count > 0 && count < SUPPRESSION.below;
}

function visible({ packages }: ServiceBreakdown): number {
  return Object.values(packages).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function keysOf(registries: Readonly<Partial<Record<RegistryId, number>>>): readonly RegistryId[] {
  return REGISTRY_IDS.filter((registry) => registries[registry] !== undefined);
}
