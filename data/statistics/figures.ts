/** Figures of every policy, registry and tier from the counts of a run. Pure. */
import { REGISTRY_IDS, TIERS, type RegistryId, type Tier } from '../model.ts';
import type { PolicyId } from '../policies.ts';
import type { Aggregates } from './aggregates.ts';
import { registryFigures, tierFigures } from './incidence.ts';
import type { Counts, TierStatistics } from './model.ts';

/** Registries that the run has strata of, in their order. */
export function coveredRegistries({ strata }: Pick<Aggregates, 'strata'>): readonly RegistryId[] {
  return REGISTRY_IDS.filter((registry) => strata.some((one) => one.registry === registry));
}

type Strata = Pick<Aggregates, 'strata' | 'policies'>;

/** The four tiers of a registry with their figures. */
export function tiersOf(aggregates: Strata, registry: RegistryId, policy: PolicyId): readonly TierStatistics[] {
  return TIERS.map((tier) => tierOfRegistry(aggregates, registry, policy, tier));
}

function tierOfRegistry(aggregates: Strata, registry: RegistryId, policy: PolicyId, tier: Tier): TierStatistics {
  const stratum = aggregates.strata.find((one) => one.registry === registry && one.tier === tier);
  const found = aggregates.policies.find((one) => one.registry === registry && one.tier === tier && one.policy === policy);
  const { population = 0, selected = 0, scanned = 0, withoutRelease = 0, failed = 0, pending = 0, partial = 0 } = stratum ?? {};
  const { detections = 0, restrictedOnly = 0, undecided = 0 } = found ?? {};
  const looked = { scanned, withoutRelease, failed, pending, partial };
  const counts = {
    tier,
    population,
    selected,
    analyzed: scanned + withoutRelease,
    ...looked,
    detections,
    restrictedOnly,
    undecided,
  };
  return { ...counts, ...tierFigures(counts) };
}

/** Sums over the tiers, and the figures of the registry. */
export function wholeOf(tiers: readonly TierStatistics[]): Counts & ReturnType<typeof registryFigures> {
  const sum = (field: keyof Counts): number => tiers.reduce((total, tier) => total + tier[field], 0);
  return {
    population: sum('population'),
    selected: sum('selected'),
    analyzed: sum('analyzed'),
    scanned: sum('scanned'),
    withoutRelease: sum('withoutRelease'),
    failed: sum('failed'),
    pending: sum('pending'),
    partial: sum('partial'),
    detections: sum('detections'),
    restrictedOnly: sum('restrictedOnly'),
    undecided: sum('undecided'),
    ...registryFigures(tiers),
  };
}
