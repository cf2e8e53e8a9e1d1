/**
 * The counts behind all figures of a run. A closed run has them in tables of their own, small and final, so that reports do not
 * care how large a census was and raw rows can be pruned; for an open run they are counted when asked for.
 */
import type { Reader } from '../database.ts';
import { TIERS, type Family, type RegistryId, type Tier, type Verdict } from '../model.ts';
import type { PolicyId } from '../policies.ts';
import type { ReasonKind } from '../schema.ts';
import { countTokens } from './token-counts.ts';

export interface StratumCounts {
  readonly registry: RegistryId;
  readonly tier: Tier;
  readonly population: number;
  readonly selected: number;
  readonly scanned: number;
  readonly withoutRelease: number;
  readonly failed: number;
  readonly pending: number;
  readonly partial: number;
}

export interface PolicyCounts {
  readonly registry: RegistryId;
  readonly tier: Tier;
  readonly policy: PolicyId;
  readonly detections: number;
  readonly restrictedOnly: number;
  readonly undecided: number;
}

export interface VerdictCounts {
  readonly registry: RegistryId;
  readonly family: Family | 'any';
  readonly verdict: Verdict;
  readonly tokens: number;
  readonly packages: number;
}

export interface ReasonCounts {
  readonly registry: RegistryId;
  readonly kind: ReasonKind;
  readonly reason: string;
  readonly packages: number;
  /** For `skipped`, artifacts and entries; otherwise packages. */
  readonly items: number;
}

export interface ServiceCell {
  readonly policy: PolicyId;
  readonly service: string;
  /** `all`: tokens counted once over all registries. */
  readonly registry: RegistryId | 'all';
  readonly packages: number;
  readonly tokens: number;
}

export interface ClusterCounts {
  readonly policy: PolicyId;
  readonly service: string;
  readonly verdict: Verdict;
  readonly packages: number;
  readonly registries: Readonly<Partial<Record<RegistryId, number>>>;
}

export interface TokenCounts {
  readonly policies: readonly PolicyCounts[];
  readonly verdicts: readonly VerdictCounts[];
  readonly cells: readonly ServiceCell[];
  /** The largest of each policy first. */
  readonly clusters: readonly ClusterCounts[];
}

export interface Aggregates extends TokenCounts {
  readonly strata: readonly StratumCounts[];
  readonly reasons: readonly ReasonCounts[];
}

/** Counts a run from its rows. */
export async function countRun(db: Reader, run: number): Promise<Aggregates> {
  return { strata: await countStrata(db, run), reasons: await countReasons(db, run), ...(await countTokens(db, run)) };
}

async function countStrata(db: Reader, run: number): Promise<readonly StratumCounts[]> {
  const populations = await db
    .selectFrom('run_stratum')
    .select(['registry', 'tier', 'population', 'selected'])
    .where('run_id', '=', run)
    .execute();
  const states = await db
    .selectFrom('selection')
    .select(['registry', 'tier', 'state'])
    .select((eb) => [eb.fn.countAll<number>().as('packages'), eb.fn.sum<number>('partial').as('partial')])
    .where('run_id', '=', run)
    .groupBy(['registry', 'tier', 'state'])
    .execute();
  return populations
    .map(({ registry, tier, population, selected }) => {
      const of = (state: string) => states.find((one) => one.registry === registry && one.tier === tier && one.state === state);
      return {
        registry,
        tier,
        population,
        selected,
        scanned: of('analysed')?.packages ?? 0,
        withoutRelease: of('no-release')?.packages ?? 0,
        failed: of('failed')?.packages ?? 0,
        pending: of('pending')?.packages ?? 0,
        partial: of('analysed')?.partial ?? 0,
      };
    })
    .toSorted((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier));
}

async function countReasons(db: Reader, run: number): Promise<readonly ReasonCounts[]> {
  const states = await db
    .selectFrom('selection')
    .select(['registry', 'state', 'reason'])
    .select((eb) => eb.fn.countAll<number>().as('packages'))
    .where('run_id', '=', run)
    .where('state', 'in', ['failed', 'no-release'])
    .where('reason', 'is not', null)
    .groupBy(['registry', 'state', 'reason'])
    .execute();
  const skipped = await db
    .selectFrom(
      db
        .selectFrom('analysis')
        .innerJoin('scan_skip', 'scan_skip.scan_id', 'analysis.scan_id')
        .select(['analysis.package_id', 'scan_skip.reason'])
        .where('analysis.run_id', '=', run)
        .unionAll(db.selectFrom('package_skip').select(['package_id', 'reason']).where('run_id', '=', run))
        .as('skip'),
    )
    .innerJoin('package', 'package.id', 'skip.package_id')
    .select(['package.registry', 'skip.reason'])
    .select((eb) => [eb.fn.countAll<number>().as('items'), eb.fn.count<number>('skip.package_id').distinct().as('packages')])
    .groupBy(['package.registry', 'skip.reason'])
    .execute();
  const ended = states.map(({ registry, state, reason, packages }): ReasonCounts => {
    return { registry, kind: state === 'failed' ? 'failed' : 'no-release', reason: reason ?? '', packages, items: packages };
  });
  const missed = skipped.map(({ registry, reason, packages, items }): ReasonCounts => {
    return { registry, kind: 'skipped', reason, packages, items };
  });
  return [...ended, ...missed].toSorted((a, b) => b.packages - a.packages || b.items - a.items || (a.reason < b.reason ? -1 : 1));
}
