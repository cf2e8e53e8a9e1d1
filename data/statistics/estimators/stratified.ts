/**
 * Totals and shares over strata that were sampled at different rates, each without replacement: the Horvitz-Thompson
 * estimator with finite population correction. Cochran, "Sampling Techniques" (3rd ed. 1977), chapter 5; Lohr, "Sampling:
 * Design and Analysis", chapter 3.
 */
import type { Stratum } from './finite.ts';
import { clopperPearson, studentQuantile, wilson, type Bounds } from './proportion.ts';

export interface StratifiedEstimate {
  readonly population: number;
  readonly analyzed: number;
  /** Estimated detections in the whole population. */
  readonly total: number;
  /** Estimated share of the population. */
  readonly rate: number;
  /** Estimated variance of the share; 0 says nothing where a sampled stratum shows no detection. */
  readonly variance: number;
  /** Size of a simple sample with replacement that would be as precise; null where the variance is 0. */
  readonly effectiveSampleSize: number | null;
  /** How much larger the variance is than that of a simple sample of the same size without replacement; null where that is 0. */
  readonly designEffect: number | null;
}

/**
 * total = Σ N_h k_h / n_h, rate = total / N, variance = Σ (N_h/N)² (1 − n_h/N_h) p_h (1 − p_h) / (n_h − 1).
 * A stratum of which nothing is known is left out of the total: its share is anyone's guess (`rateBounds`).
 */
export function stratified(strata: readonly Stratum[]): StratifiedEstimate {
  const known = strata.filter((one) => one.analyzed > 0);
  const population = sum(strata, (one) => one.population);
  const analyzed = sum(known, (one) => one.analyzed);
  const total = sum(known, ({ population: size, analyzed: n, detections: k }) => (size * k) / n);
  const rate = population === 0 ? 0 : total / population;
  const variance = sum(
    known,
    (one) => (one.population / population) ** 2 * varianceOfShare(one.detections / one.analyzed, one.analyzed, one.population),
  );
  const simple = analyzed > 1 ? varianceOfShare(rate, analyzed, population) : 0;
  return {
    population,
    analyzed,
    total,
    rate,
    variance,
    effectiveSampleSize: variance > 0 ? (rate * (1 - rate)) / variance : null,
    designEffect: variance > 0 && simple > 0 ? variance / simple : null,
  };
}

/**
 * Korn and Graubard's interval of a weighted share: Clopper-Pearson's with the effective sample size and as many successes.
 *
 * Korn, Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated from survey
 * data", Survey Methodology 24 (1998) 193-201. With `degrees`, the size is corrected as in R's `survey::svyciprop(method =
 * "beta")`: by (t(n−1)/t(degrees))². Not for shares whose variance is 0.
 */
export function kornGraubard(
  rate: number,
  effectiveSampleSize: number,
  correction?: { readonly sample: number; readonly degrees: number },
): Bounds {
  const factor =
    correction === undefined
      ? 1
      : (studentQuantile(0.975, correction.sample - 1) / studentQuantile(0.975, correction.degrees)) ** 2;
  const n = effectiveSampleSize * factor;
  return clopperPearson(n * rate, n);
}

/**
 * Interval of a total from the intervals of independent parts, by squares and adds: each end lies as far from the sum as the
 * root of the summed squares of what the parts' ends lie from theirs. Zou, Donner, "Construction of confidence limits about
 * effect measures", Statistics in Medicine 27 (2008) 1693-1702.
 */
export function sumOfParts(parts: readonly (Bounds & { readonly value: number })[]): Bounds {
  const value = sum(parts, (one) => one.value);
  return {
    low: value - Math.hypot(...parts.map((one) => one.value - one.low)),
    high: value + Math.hypot(...parts.map((one) => one.high - one.value)),
  };
}

/** Wilson's interval with an effective sample size. */
export function wilsonEffective(rate: number, effectiveSampleSize: number): Bounds {
  return wilson(effectiveSampleSize * rate, effectiveSampleSize);
}

/**
 * The shares there would be if every package of which nothing is known passed, or violated: no assumption at all. Every
 * selected package that was not analysed is the question; those never selected are estimated from the analysed as before.
 *
 * @param strata with `selected`, of which `analyzed` are known
 */
export function nonResponseBounds(strata: readonly (Stratum & { readonly selected: number; readonly undecided?: number })[]): {
  readonly totals: Bounds;
  readonly rates: Bounds;
} {
  const population = sum(strata, (one) => one.population);
  const weight = (one: { readonly population: number; readonly selected: number }): number =>
    one.selected === 0 ? 0 : one.population / one.selected;
  const low = sum(strata, (one) => weight(one) * one.detections);
  const high = sum(strata, (one) => {
    if (one.selected === 0) return one.population;
    return weight(one) * (one.detections + (one.undecided ?? 0) + one.selected - one.analyzed);
  });
  const share = (total: number): number => (population === 0 ? 0 : total / population);
  return { totals: { low, high }, rates: { low: share(low), high: share(high) } };
}

/** (1 − n/N) p (1 − p) / (n − 1); a single observation is treated as two. */
function varianceOfShare(p: number, n: number, population: number): number {
  return ((1 - n / population) * p * (1 - p)) / Math.max(1, n - 1);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
