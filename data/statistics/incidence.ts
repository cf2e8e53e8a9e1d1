/** From the counts of a registry's strata to its figures with their intervals. Pure. */
import type { Tier } from '../model.ts';
import { hypergeometricInterval, zeroUpperBound, type Stratum } from './estimators/finite.ts';
import { differenceOf, wilson, type Bounds } from './estimators/proportion.ts';
import { kornGraubard, nonResponseBounds, stratified, sumOfParts } from './estimators/stratified.ts';
import type { Change, Counts, Estimate, Interval, IntervalMethod } from './model.ts';

/** Fewer detections than this make an estimate unstable (NCHS, Vital and Health Statistics 2(200): exact Poisson limits below 10 are wider than 160 %). */
export const UNSTABLE_BELOW = 10;

/**
 * Where the exact interval gives way to Wilson's: with fewer detections Wilson's covers less than 94 % at some truths, and
 * with a sizeable part of the population it knows nothing of the finite rest.
 */
const EXACT_BELOW = 100;
const SIZEABLE = 0.05;

/** A figure of packages, and the same as a share of the population. */
export interface Figures {
  readonly total: Estimate;
  readonly rate: Estimate;
  /** Wilson's interval of a share that is exact; see `model.ts`. */
  readonly chance: Bounds | null;
  /** The share if every undecided package violated. */
  readonly rateWithUndecided: number;
  /** The share if all of which nothing is known passed, or violated. */
  readonly worstCase: { readonly low: number; readonly high: number };
}

export type TierCounts = Counts & { readonly tier: Tier };

/**
 * Figures of one tier. Completely analysed it has no interval but the count itself. Otherwise the exact hypergeometric interval
 * for fewer than 100 detections or a sizeable part of the tier, Wilson's for the rest. What failed is taken as missing at random within the
 * tier; `worstCase` takes it as anything.
 */
export function tierFigures(tier: TierCounts): Figures {
  const { population, analyzed, detections } = tier;
  const value = analyzed === 0 ? 0 : (population * detections) / analyzed;
  const estimate = { value, ...tierInterval(tier), unstable: isUnstable(tier) };
  return { ...figuresOf(estimate, population), chance: chanceOf(tier), ...bounds([tier]) };
}

/**
 * Figures of a registry from its tiers. With at most one tier that is not completely analysed, the interval is that tier's
 * exact one, shifted by what was counted elsewhere. Where no such tier shows a detection, the exact bound of all of them together.
 * Otherwise Korn and Graubard's, widened where the squares and adds of the tiers' exact intervals reach further: alone it
 * takes a sampled tier without a detection as free of them, and covered as little as half of the time in simulation
 * (`coverage.test.ts`).
 */
export function registryFigures(tiers: readonly TierCounts[]): Figures & {
  readonly effectiveSampleSize: number | null;
  readonly designEffect: number | null;
} {
  const known = stratified(tiers);
  const whole = { population: known.population, analyzed: known.analyzed, detections: sum(tiers, (one) => one.detections) };
  const estimate = { value: known.total, ...registryInterval(tiers), unstable: isUnstable(whole) };
  const { effectiveSampleSize, designEffect } = known;
  return {
    ...figuresOf(estimate, known.population),
    chance: chanceOf(whole),
    ...bounds(tiers),
    effectiveSampleSize,
    designEffect,
  };
}

function chanceOf({ population, analyzed, detections }: Stratum): Bounds | null {
  return population > 0 && analyzed === population ? wilson(detections, analyzed) : null;
}

/**
 * How much a share changed from one run to another: by squares and adds of the intervals of both. Between two complete counts the
 * difference is exact. Samples of the same seed share packages, which makes the interval wider than it need be, never too narrow.
 */
export function changeOf(before: Estimate, now: Estimate, likeWithLike: boolean): Change {
  const { low, high } = differenceOf({ value: now.value, ...now.interval }, { value: before.value, ...before.interval });
  return { value: now.value - before.value, low, high, likeWithLike };
}

interface TotalInterval {
  readonly interval: Interval;
}

function tierInterval({ population, analyzed, detections }: Stratum): TotalInterval {
  if (analyzed === population) return interval(detections, detections, 'census');
  if (analyzed === 0) return interval(0, population, 'none');
  if (detections < EXACT_BELOW || analyzed > SIZEABLE * population) {
    const { low, high } = hypergeometricInterval(population, analyzed, detections);
    return interval(low, high, 'hypergeometric');
  }
  const { low, high } = wilson(detections, analyzed);
  return interval(low * population, high * population, 'wilson');
}

function registryInterval(tiers: readonly Stratum[]): TotalInterval {
  const open = tiers.filter((one) => one.analyzed < one.population);
  const counted = sum(tiers, (one) => one.detections) - sum(open, (one) => one.detections);
  if (open.length === 0) return interval(counted, counted, 'census');
  if (open.some((one) => one.analyzed === 0)) {
    // Of a tier that nothing is known of, anything may be true.
    const parts = open.map((one) => tierInterval(one).interval);
    return interval(counted + sum(parts, (one) => one.low), counted + sum(parts, (one) => one.high), 'none');
  }
  const [only] = open;
  if (open.length === 1 && only !== undefined) {
    const { interval: one } = tierInterval(only);
    return interval(counted + one.low, counted + one.high, one.method);
  }
  if (open.every((one) => one.detections === 0)) return interval(counted, counted + zeroUpperBound(open), 'hypergeometric');
  return weightedInterval(tiers, open);
}

function weightedInterval(tiers: readonly Stratum[], open: readonly Stratum[]): TotalInterval {
  const { population, rate, effectiveSampleSize } = stratified(tiers);
  const parts = tiers.map((one) => {
    const { low, high } = hypergeometricInterval(one.population, one.analyzed, one.detections);
    return { value: one.analyzed === 0 ? 0 : (one.population * one.detections) / one.analyzed, low, high };
  });
  const ends = [sumOfParts(parts)];
  if (effectiveSampleSize !== null) {
    const share = kornGraubard(rate, effectiveSampleSize);
    ends.push({ low: share.low * population, high: share.high * population });
  }
  // What was seen is certain, and so is what was seen to be clean.
  const seen = sum(tiers, (one) => one.detections);
  const unseen = sum(open, (one) => one.population - one.analyzed);
  const low = Math.max(seen, Math.min(...ends.map((one) => one.low)));
  const high = Math.min(seen + unseen, Math.max(...ends.map((one) => one.high)));
  return interval(low, high, 'korn-graubard');
}

function figuresOf(total: Estimate, population: number): Pick<Figures, 'total' | 'rate'> {
  const share = (count: number): number => (population === 0 ? 0 : count / population);
  const { low, high, method } = total.interval;
  return {
    total,
    rate: { value: share(total.value), interval: { low: share(low), high: share(high), method }, unstable: total.unstable },
  };
}

function bounds(tiers: readonly TierCounts[]): Pick<Figures, 'rateWithUndecided' | 'worstCase'> {
  const undecided = stratified(
    tiers.map((one) => ({ population: one.population, analyzed: one.analyzed, detections: one.detections + one.undecided })),
  );
  return { rateWithUndecided: undecided.rate, worstCase: nonResponseBounds(tiers).rates };
}

/** A complete count is what it is, however small. */
function isUnstable({ population, analyzed, detections }: Stratum): boolean {
  return analyzed < population && detections < UNSTABLE_BELOW;
}

function interval(low: number, high: number, method: IntervalMethod): TotalInterval {
  return { interval: { low, high, method } };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
