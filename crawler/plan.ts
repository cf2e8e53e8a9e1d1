/**
 * What a run will ask of every host, known before the first request: requests, bytes, days, and which budget decides.
 *
 * Pure. Requests are counted without those that must be sent again; the ledger counts those as they happen, and the
 * ceilings keep a tenth below what the terms name for them.
 */
import type { RegistryId } from '../data/model.ts';
import { COSTS, type Cost, type RegistryCosts } from './plan/costs.ts';
import type { HostBudget, LatestOptions } from './registry.ts';
import { sampleCount, type SampleSize } from './sample.ts';

const RANKED = 10_000;
/** Places of a ranking that are held against the registry's own counts. */
export const CHECKED_PLACES = 24;
const DAY_SECONDS = 86_400;
/** Length of the window in which ceilings count. */
const WINDOW_DAYS = 30;

export interface PlanInput {
  readonly registry: RegistryId;
  /** Packages of the frame; null for what the registry publishes. */
  readonly frameSize: number | null;
  /** Of the unranked; ranks 1 to 10 000 are all taken. */
  readonly sample: SampleSize;
  readonly artifacts: LatestOptions['artifacts'];
  readonly budgets: readonly HostBudget[];
  /** Requests a second by role, where they are configured otherwise than the budget says. */
  readonly rates?: Readonly<Record<string, number>>;
  /** Requests of the last 30 days to the host of a role. */
  readonly used?: Readonly<Record<string, number>>;
  /** What earlier runs measured, in place of what is published. */
  readonly measured?: Measured | null;
  /** What a run that goes on has behind it. */
  readonly done?: {
    readonly listed: boolean;
    readonly ranked: boolean;
    /** Packages still to do. */ readonly pending: number | null;
  };
}

export interface Measured {
  readonly artifactsPerRelease: number;
  readonly meanArtifactBytes: number;
}

/** Which budget decides: `ceiling` where the plan asks for more than is left of it, otherwise the rate. */
export type Binding = 'rate' | 'ceiling';

export interface HostPlan {
  readonly registry: RegistryId;
  readonly role: string;
  readonly requests: number;
  /** As they travel. */
  readonly bytes: number;
  readonly perSecond: number;
  /** At the full rate, day and night. */
  readonly daysByRate: number;
  readonly per30Days: number | null;
  /** Of the ceiling; null without one. */
  readonly left: number | null;
  /** 30 x requests / ceiling where the ceiling binds, what is already used included; null where it does not. */
  readonly daysByCeiling: number | null;
  /** The larger of the two. */
  readonly days: number;
  readonly binding: Binding;
}

export interface Plan {
  readonly registry: RegistryId;
  readonly packages: number;
  /** Ranked ones and the drawn unranked ones. */
  readonly selected: number;
  /** In the order of the registry's budgets, without hosts that are not asked. */
  readonly hosts: readonly HostPlan[];
  /** Of the host that takes longest: hosts are asked side by side. */
  readonly days: number;
  /** Where the numbers come from. */
  readonly sources: readonly string[];
}

/**
 * Plans one registry. RangeError where the sample is larger than the unranked part of the frame.
 */
export function planOf(input: PlanInput): Plan {
  const { registry, artifacts, budgets, measured = null, done } = input;
  const costs = COSTS[registry];
  const packages = input.frameSize ?? costs.published.packages;
  const ranked = Math.min(RANKED, packages);
  const selected = done?.pending ?? ranked + sampleCount(input.sample, packages - ranked);
  const files = costs.artifacts[artifacts];
  const stages: readonly Cost[] = [
    ...(done?.listed === true ? [] : [costs.listing(packages)]),
    ...(done?.ranked === true ? [] : [costs.ranking, ...checks(costs)]),
    times(costs.release, selected),
    times(measured === null ? files : asMeasured(files, measured), selected),
  ];
  const hosts = budgets.flatMap((budget) => {
    const own = stages.filter((stage) => stage.role === budget.origin);
    return own.length === 0 ? [] : [hostPlan(input, budget, own)];
  });
  return {
    registry,
    packages,
    selected,
    hosts,
    days: Math.max(0, ...hosts.map((host) => host.days)),
    sources: [...(input.frameSize === null ? [costs.published.source] : []), ...new Set(stages.map((stage) => stage.source))],
  };
}

function checks({ check }: RegistryCosts): readonly Cost[] {
  return check === null
    ? []
    : [{ ...check, requests: CHECKED_PLACES, source: 'places of the ranking that are checked, one request each at most' }];
}

/** Hosts of which the plan asks more than is left of a ceiling. */
export function overCeiling(plan: Plan): readonly HostPlan[] {
  return plan.hosts.filter((host) => host.binding === 'ceiling');
}

function hostPlan({ registry, rates, used }: PlanInput, budget: HostBudget, stages: readonly Cost[]): HostPlan {
  const { origin: role, per30Days } = budget;
  const requests = Math.ceil(sum(stages.map((stage) => stage.requests)));
  const perSecond = rates?.[role] ?? budget.perSecond;
  const spent = used?.[role] ?? 0;
  const left = per30Days === null ? null : Math.max(0, per30Days - spent);
  const daysByRate = requests / perSecond / DAY_SECONDS;
  const daysByCeiling =
    per30Days === null || left === null || requests <= left ? null : (WINDOW_DAYS * (requests + spent)) / per30Days;
  return {
    registry,
    role,
    requests,
    bytes: Math.round(sum(stages.map((stage) => stage.requests * stage.meanBytes))),
    perSecond,
    daysByRate,
    per30Days,
    left,
    daysByCeiling,
    days: Math.max(daysByRate, daysByCeiling ?? 0),
    binding: daysByCeiling === null ? 'rate' : 'ceiling',
  };
}

function times(cost: Cost, packages: number): Cost {
  return { ...cost, requests: cost.requests * packages };
}

function asMeasured(cost: Cost, { artifactsPerRelease, meanArtifactBytes }: Measured): Cost {
  return { ...cost, requests: artifactsPerRelease, meanBytes: meanArtifactBytes, source: 'artifacts as earlier runs found them' };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
