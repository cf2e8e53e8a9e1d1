/** Intervals of one proportion, and of the difference of two. All are two-sided at 95 % unless a level is given. */
import { bisect, regularizedBeta, regularizedGamma } from './special.ts';

/** Low and high end of an interval. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export const LEVEL = 0.95;
/** Standard normal quantile at 97.5 %. */
export const Z = 1.959963984540054;

/**
 * Wilson's score interval: for display, where coverage is right on average and no interval leaves [0, 1].
 *
 * Brown, Cai, DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 16 (2001) 101-133.
 * @param k successes, which may be a real number where `n` is an effective sample size
 */
export function wilson(k: number, n: number): Bounds {
  requireCounts(k, n);
  const z2 = Z * Z;
  const middle = 2 * k + z2;
  const half = Z * Math.sqrt(z2 + 4 * k * (1 - k / n));
  const scale = 2 * (n + z2);
  return { low: k === 0 ? 0 : clip((middle - half) / scale), high: k === n ? 1 : clip((middle + half) / scale) };
}

/**
 * Clopper and Pearson's exact interval: covers at least at its level, whatever the truth; for zeros, small counts, audits.
 *
 * Its ends are quantiles of the beta distribution: (α/2; k, n−k+1) and (1−α/2; k+1, n−k).
 * @param k successes, which may be a real number where `n` is an effective sample size
 */
export function clopperPearson(k: number, n: number, level: number = LEVEL): Bounds {
  requireCounts(k, n);
  const tail = (1 - level) / 2;
  return {
    low: k === 0 ? 0 : betaQuantile(tail, k, n - k + 1),
    high: k === n ? 1 : betaQuantile(1 - tail, k + 1, n - k),
  };
}

/** Agresti and Coull's interval: Wald's around Wilson's middle. The American Statistician 52 (1998) 119-126. */
export function agrestiCoull(k: number, n: number): Bounds {
  requireCounts(k, n);
  const z2 = Z * Z;
  const trials = n + z2;
  const p = (k + z2 / 2) / trials;
  const half = Z * Math.sqrt((p * (1 - p)) / trials);
  return { low: clip(p - half), high: clip(p + half) };
}

/** Jeffreys' interval: quantiles of the beta distribution (k+½, n−k+½), without the rule for the boundaries. */
export function jeffreys(k: number, n: number): Bounds {
  requireCounts(k, n);
  const tail = (1 - LEVEL) / 2;
  return { low: betaQuantile(tail, k + 0.5, n - k + 0.5), high: betaQuantile(1 - tail, k + 0.5, n - k + 0.5) };
}

/** Exact limits of the mean of a Poisson count (Garwood 1936): quantiles of the gamma distribution. */
export function poissonExact(k: number): Bounds {
  if (!Number.isInteger(k) || k < 0) throw new RangeError(`a count is a whole number from 0, not ${k}`);
  const tail = (1 - LEVEL) / 2;
  const quantile = (p: number, shape: number): number => bisect((x) => regularizedGamma(shape, x), p, 0, 2 * shape + 100);
  return { low: k === 0 ? 0 : quantile(tail, k), high: quantile(1 - tail, k + 1) };
}

/**
 * With none of `n`, the share is below about 3/n: the one-sided bound at 95 %. The two-sided one, which the intervals here
 * use, is about 3.69/n. Jovanovic, Levy, "A Look at the Rule of Three", The American Statistician 51 (1997) 137-139.
 */
export function ruleOfThree(n: number): number {
  if (!(n > 0)) throw new RangeError(`the rule of three needs at least one trial, not ${n}`);
  return 3 / n;
}

/**
 * Interval of p1 − p2 for independent samples, by Newcombe's hybrid of two Wilson intervals (method 10, without continuity
 * correction). Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
 * 17 (1998) 873-890.
 */
export function difference(k1: number, n1: number, k2: number, n2: number): Bounds & { readonly value: number } {
  const [p1, p2] = [k1 / n1, k2 / n2];
  return { value: p1 - p2, ...differenceOf({ value: p1, ...wilson(k1, n1) }, { value: p2, ...wilson(k2, n2) }) };
}

/** The same for two estimates that bring intervals of their own: squares and adds (Zou, Donner, Statistics in Medicine 27 (2008) 1693). */
export function differenceOf(one: Bounds & { readonly value: number }, two: Bounds & { readonly value: number }): Bounds {
  const value = one.value - two.value;
  return {
    low: value - Math.hypot(one.value - one.low, two.high - two.value),
    high: value + Math.hypot(one.high - one.value, two.value - two.low),
  };
}

/** Quantile of the beta distribution, by bisection to the last digits. */
export function betaQuantile(p: number, a: number, b: number): number {
  return bisect((x) => regularizedBeta(x, a, b), p, 0, 1);
}

/** Quantile of Student's t above its median. */
export function studentQuantile(p: number, degrees: number): number {
  const cumulative = (t: number): number => {
    const scale = degrees + t * t;
    return 1 - regularizedBeta(degrees / scale, degrees / 2, 0.5, (t * t) / scale) / 2;
  };
  return bisect(cumulative, p, 0, 1e6);
}

function requireCounts(k: number, n: number): void {
  if (!(n > 0) || !(k >= 0) || k > n) throw new RangeError(`expected 0 ≤ k ≤ n and n > 0, not k = ${k}, n = ${n}`);
}

function clip(share: number): number {
  return Math.min(1, Math.max(0, share));
}
