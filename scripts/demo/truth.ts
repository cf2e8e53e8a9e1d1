/**
 * What is so in the invented world, computed from the world alone: neither the stand-ins, nor the crawler, nor the
 * detectors have a say in it. The demo compares what a whole run measured with this.
 */
import { createHash } from 'node:crypto';
import { isListed, type World, type WorldPackage } from '../../crawler/stand-in/world.ts';
import { REGISTRY_IDS, TIERS, tierOf, VERDICTS, type RegistryId, type Tier, type Verdict } from '../../data/model.ts';
import { activePolicyOf, policyOf, type PolicyId } from '../../data/policies.ts';
import type { Statistics } from '../../data/statistics/model.ts';

export interface Truth {
  /** By registry and tier: packages, those with something to install, those that violate, those left open. */
  readonly tiers: Readonly<Record<RegistryId, Readonly<Record<Tier, TierTruth>>>>;
  /** Distinct tokens of the policy's family by registry and verdict. */
  readonly tokens: Readonly<Record<RegistryId, Readonly<Record<Verdict, number>>>>;
}

export interface TierTruth {
  readonly population: number;
  readonly scanned: number;
  readonly detections: number;
  readonly undecided: number;
}

/** The true incidence of a policy in the world. */
export function truthOf(world: World, policy: PolicyId): Truth {
  const of = <T>(make: (registry: RegistryId) => T) =>
    Object.fromEntries(REGISTRY_IDS.map((id) => [id, make(id)])) as Record<RegistryId, T>;
  return {
    tiers: of((id) => tiersOf(world.of(id).filter(isListed), policy)),
    tokens: of((id) => tokensOf(world.of(id).filter(isListed), policy)),
  };
}

function tiersOf(packages: readonly WorldPackage[], policy: PolicyId): Record<Tier, TierTruth> {
  const entries = TIERS.map((tier): [Tier, TierTruth] => {
    const members = packages.filter((one) => tierOf(one.rank) === tier);
    return [
      tier,
      {
        population: members.length,
        scanned: members.filter((one) => one.latest !== null).length,
        detections: members.filter((one) => violates(one, policy)).length,
        undecided: members.filter((one) => !violates(one, policy) && leftOpen(one, policy)).length,
      },
    ];
  });
  return Object.fromEntries(entries) as Record<Tier, TierTruth>;
}

function violates(one: WorldPackage, policy: PolicyId): boolean {
  return one.plants.some((plant) => policyOf(plant.family, plant.verdict) === policy);
}

function leftOpen(one: WorldPackage, policy: PolicyId): boolean {
  return one.plants.some((plant) => plant.verdict === 'unknown' && activePolicyOf(plant.family) === policy);
}

function tokensOf(packages: readonly WorldPackage[], policy: PolicyId): Record<Verdict, number> {
  const seen = new Map<string, Verdict>();
  for (const plant of packages.flatMap((one) => one.plants)) {
    if (activePolicyOf(plant.family) !== policy) continue;
    seen.set(
      createHash('sha256')
        .update(JSON.stringify([plant.service, plant.secrets]))
        .digest('hex'),
      plant.verdict,
    );
  }
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const verdict of seen.values()) counts[verdict] += 1;
  return counts;
}

/** Every place where measured and true figures differ, in words; empty when they agree. */
export function disagreements(truth: Truth, measured: Statistics): string[] {
  const found: string[] = [];
  const compare = (what: string, is: number, so: number) => {
    if (is !== so) found.push(`${what}: measured ${is}, true ${so}`);
  };
  for (const registry of measured.registries) {
    if (registry.status === 'not-analysed') {
      found.push(`${registry.label}: not analysed`);
      continue;
    }
    for (const tier of registry.tiers) {
      const so = truth.tiers[registry.registry][tier.tier];
      const where = `${registry.label}, ${tier.tier}`;
      compare(`${where}, packages`, tier.population, so.population);
      compare(`${where}, opened`, tier.scanned, so.scanned);
      compare(`${where}, detections`, tier.detections, so.detections);
      compare(`${where}, undecided`, tier.undecided, so.undecided);
    }
    for (const verdict of VERDICTS) {
      compare(`${registry.label}, tokens ${verdict}`, registry.tokens[verdict], truth.tokens[registry.registry][verdict]);
    }
    compare(`${registry.label}, failed`, registry.failed, 0);
    compare(`${registry.label}, pending`, registry.pending, 0);
  }
  return found;
}
