/**
 * One object holds everything that a report prints. Reports compute nothing: they format.
 *
 * Three things never look alike: `0 of n` (a registry analysed, no detection), `not analysed` (the run did not cover the
 * registry) and `policy not used` (no detector of the run could trigger the policy). All proportions are shares from
 * 0 to 1; reports print them per 10 000.
 */
import type { RegistryId, Tier, Verdict } from '../model.ts';
import type { Policy } from '../policies.ts';

export const STATISTICS_SCHEMA = 'incidence-statistics/1';

/** How an interval was computed; every method is two-sided 95 %. */
export type IntervalMethod = 'census' | 'wilson' | 'clopper-pearson' | 'hypergeometric' | 'korn-graubard' | 'none';

export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly method: IntervalMethod;
}

/** A figure with its uncertainty. `unstable`: it rests on fewer than 10 detections. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
  readonly unstable: boolean;
}

/**
 * Counts of a set of packages. `population` = in the frame; `selected` = drawn; every selected package is in exactly one of
 * `scanned`, `withoutRelease`, `failed`, `pending`. `analyzed` = scanned + withoutRelease: what is known of the package.
 */
export interface Counts {
  readonly population: number;
  readonly selected: number;
  readonly analyzed: number;
  readonly scanned: number;
  /** Listed, but with nothing that can be installed; counts as not violating. */
  readonly withoutRelease: number;
  readonly failed: number;
  readonly pending: number;
  /** Scanned, but some entry or artifact could not be read. */
  readonly partial: number;
  /** Packages that violate the policy (active or restricted). */
  readonly detections: number;
  /** Of those: only `restricted`, no `active` token. */
  readonly restrictedOnly: number;
  /** Packages without detection but with an `unknown` verdict of the policy's family: neither yes nor no. */
  readonly undecided: number;
}

/** How much a share changed, with an interval of its own: two intervals that overlap can still lie apart by more than chance. */
export interface Change {
  /** Share of the later run less that of the earlier one. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** False where formats, services asked, families, artifacts or validation differ between the runs: more known is more found. */
  readonly likeWithLike: boolean;
}

export interface TierStatistics extends Counts {
  readonly tier: Tier;
  /** Detections in the whole tier, estimated; for a fully analysed tier the count itself. */
  readonly total: Estimate;
  /** Share of the tier's packages that violate. */
  readonly rate: Estimate;
  /** Where all were analyzed: Wilson's interval of the share, as if the tier were one draw of many. For comparing tiers; the count itself is exact. */
  readonly chance: { readonly low: number; readonly high: number } | null;
  /** The share if every undecided package violated. */
  readonly rateWithUndecided: number;
  /** Bounds of the share if every failed or pending package passed, or violated (undecided counted as violating there). */
  readonly worstCase: { readonly low: number; readonly high: number };
}

export interface RankingFacts {
  readonly source: string;
  readonly label: string;
  readonly url: string;
  readonly measures: string;
  readonly terms: string;
  readonly weaknesses: string;
  /** Date the source gives for itself, and when it was read; ISO 8601. */
  readonly dated: string | null;
  readonly takenAt: string;
  readonly places: number;
}

/** A registry that the run covered. */
export interface AnalysedRegistry extends Counts {
  readonly status: 'analysed';
  readonly registry: RegistryId;
  readonly label: string;
  readonly frame: { readonly size: number; readonly takenAt: string };
  readonly ranking: RankingFacts | null;
  /** Always the four tiers, best first; a tier without packages has population 0. */
  readonly tiers: readonly TierStatistics[];
  readonly total: Estimate;
  readonly rate: Estimate;
  /** As in a tier. */
  readonly chance: { readonly low: number; readonly high: number } | null;
  readonly rateWithUndecided: number;
  readonly worstCase: { readonly low: number; readonly high: number };
  readonly effectiveSampleSize: number | null;
  readonly designEffect: number | null;
  /** Distinct tokens of the policy's family by verdict. */
  readonly tokens: Readonly<Record<Verdict, number>>;
  /** Packages with at least one token of that verdict, of the policy's family. */
  readonly packagesByVerdict: Readonly<Record<Verdict, number>>;
  readonly failures: readonly { readonly reason: string; readonly packages: number }[];
  readonly withoutReleaseReasons: readonly { readonly reason: string; readonly packages: number }[];
  /** Entries and artifacts that were not read, by reason. */
  readonly skipped: readonly { readonly reason: string; readonly count: number; readonly packages: number }[];
}

/** A registry that the run did not cover. */
export interface UncoveredRegistry {
  readonly status: 'not-analysed';
  readonly registry: RegistryId;
  readonly label: string;
}

export type RegistryStatistics = AnalysedRegistry | UncoveredRegistry;

export interface ServiceBreakdown {
  readonly service: string;
  /** Packages that violate through this service, by registry; null where the cell is suppressed (see `suppression`). */
  readonly packages: Readonly<Partial<Record<RegistryId, number | null>>>;
  readonly tokens: number | null;
}

export interface Cluster {
  /** Rank of the cluster by size; no fingerprint, no name. */
  readonly cluster: number;
  readonly service: string;
  readonly verdict: Verdict;
  /** Packages that carry the one token. */
  readonly packages: number;
  readonly registries: readonly RegistryId[];
}

export interface RunFacts {
  readonly id: string;
  /** `registry`: a sample or census that stands for the registries; `named`: chosen packages that stand for themselves. */
  readonly scope: 'registry' | 'named';
  readonly startedAt: string;
  /** Null while the run is open: the report then says that it is partial. */
  readonly closedAt: string | null;
  readonly seed: string;
  readonly period: string | null;
  readonly codeVersion: string;
  /** Names the set of formats and checks; scans with another stamp are not comparable. */
  readonly detectorStamp: string;
  readonly services: readonly string[];
  readonly validation: {
    readonly mode: 'off' | 'offline' | 'live';
    /** First and last question asked in the run; null where none was. */
    readonly from: string | null;
    readonly to: string | null;
    /** Services whose check was switched off, with the reason (a failed control probe, the config). */
    readonly switchedOff: readonly { readonly service: string; readonly reason: string }[];
  };
}

/** A past closed run, for the history; the denominator stands beside each figure, so growth of coverage shows as such. */
export interface HistoryPoint {
  readonly run: string;
  readonly closedAt: string;
  readonly detectorStamp: string;
  readonly registries: readonly {
    readonly registry: RegistryId;
    readonly population: number;
    readonly analyzed: number;
    readonly detections: number;
    readonly total: Estimate;
    readonly rate: Estimate;
    /** Against the run before in which the registry was covered; null in the first. */
    readonly change: Change | null;
  }[];
  /** What changed against the run before: coverage, ranking source, detectors. */
  readonly changes: readonly string[];
}

export interface Statistics {
  readonly schema: typeof STATISTICS_SCHEMA;
  readonly policy: Policy;
  /** False where no service of the run could trigger the policy. */
  readonly policyUsed: boolean;
  readonly run: RunFacts;
  /** Always the four registries, in their order. */
  readonly registries: readonly RegistryStatistics[];
  readonly services: readonly ServiceBreakdown[];
  /** Cells of fewer packages than this are not broken down by service where they could single out a package. */
  readonly suppression: { readonly below: number; readonly reason: string };
  readonly clusters: readonly Cluster[];
  readonly history: readonly HistoryPoint[];
  /** The SQL behind each figure, by the figure's name; runs against the documented views. Empty for a run that they do not show. */
  readonly queries: readonly { readonly name: string; readonly title: string; readonly sql: string }[];
}
