/** Exact statements about a finite population from a simple random sample without replacement. */
import { LEVEL, type Bounds } from './proportion.ts';
import { binomialMass } from './special.ts';

/** A stratum: packages in the frame, packages of which something is known, and detections among those. */
export interface Stratum {
  readonly population: number;
  readonly analyzed: number;
  readonly detections: number;
}

/**
 * How many of a population may be positive when `k` of a sample of `n` are: the whole numbers D for which neither tail of the
 * hypergeometric distribution is below α/2. Exact: it covers at least at its level, and a census gives the count itself.
 *
 * Tail inversion as in Wang, "Exact Optimal Confidence Intervals for Hypergeometric Parameters", JASA 110 (2015) 1491-1499
 * (which goes on to shorten it). Other programs step one unit outward; here both ends are values that the sample does not reject.
 */
export function hypergeometricInterval(population: number, n: number, k: number, level: number = LEVEL): Bounds {
  requireSample(population, n, k);
  if (n === population) return { low: k, high: k };
  if (n === 0) return { low: 0, high: population };
  const tail = (1 - level) / 2;
  // P(X ≥ k) grows with D, P(X ≤ k) falls.
  const low = k === 0 ? 0 : firstWhole(k, population - n + k, (positives) => upperTail(population, positives, n, k) > tail);
  const high =
    firstWhole(
      k,
      population - n + k + 1,
      (positives) => positives > population - n + k || lowerTail(population, positives, n, k) <= tail,
    ) - 1;
  return { low, high };
}

/**
 * Upper bound of all detections where every stratum shows none: the largest sum of D that the samples together do not reject
 * at α/2. A stratum that was looked at completely adds nothing. With one incomplete stratum this is its hypergeometric bound.
 *
 * What is still possible grows by one detection at a time where one more is the least unlikely to be overlooked; the logarithms of
 * the probabilities add up and each is concave in its D, so no other distribution of as many detections is likelier.
 */
export function zeroUpperBound(strata: readonly Stratum[], level: number = LEVEL): number {
  const open = strata
    .filter((one) => one.analyzed < one.population)
    .map(({ population, analyzed }) => ({ population, analyzed, assumed: 0 }));
  let budget = -Math.log((1 - level) / 2);
  let bound = 0;
  while (true) {
    let cheapest: (typeof open)[number] | undefined;
    let cost = Infinity;
    for (const stratum of open) {
      const one = costOfOneMore(stratum);
      if (one < cost) [cheapest, cost] = [stratum, one];
    }
    budget -= cost;
    if (cheapest === undefined || !(budget > 0)) return bound;
    cheapest.assumed += 1;
    bound += 1;
  }
}

/** −ln of the probability that one more positive, besides those assumed, is not in the sample either. */
function costOfOneMore({ population, analyzed, assumed }: Record<'population' | 'analyzed' | 'assumed', number>): number {
  const unseen = population - analyzed - assumed;
  return unseen <= 0 ? Infinity : -Math.log1p(-analyzed / (population - assumed));
}

/** P(X ≤ k) for X positives in a sample of n from a population with that many positives. */
function lowerTail(population: number, positives: number, n: number, k: number): number {
  return k * population < n * positives ? sumDown(population, positives, n, k) : 1 - sumUp(population, positives, n, k + 1);
}

/** P(X ≥ k). */
function upperTail(population: number, positives: number, n: number, k: number): number {
  return k * population > n * positives ? sumUp(population, positives, n, k) : 1 - sumDown(population, positives, n, k - 1);
}

/** The sum from k away from the middle: its terms only fall. */
function sumDown(population: number, positives: number, n: number, k: number): number {
  let term = hypergeometricMass(population, positives, n, k);
  let sum = 0;
  for (let x = k; x >= 0 && term > sum * 1e-18; x -= 1) {
    sum += term;
    term *= (x * (population - positives - n + x)) / ((positives - x + 1) * (n - x + 1));
  }
  return sum;
}

function sumUp(population: number, positives: number, n: number, k: number): number {
  let term = hypergeometricMass(population, positives, n, k);
  let sum = 0;
  for (let x = k; x <= Math.min(n, positives) && term > sum * 1e-18; x += 1) {
    sum += term;
    term *= ((positives - x) * (n - x)) / ((x + 1) * (population - positives - n + x + 1));
  }
  return sum;
}

function hypergeometricMass(population: number, positives: number, n: number, k: number): number {
  const p = n / population;
  const q = (population - n) / population;
  const joint = binomialMass(k, positives, p, q) * binomialMass(n - k, population - positives, p, q);
  return joint === 0 ? 0 : joint / binomialMass(n, population, p, q);
}

/** The first whole number in [low, high] for which `holds` is true, if it is false before and true after; `high` if none. */
function firstWhole(low: number, high: number, holds: (x: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

function requireSample(population: number, n: number, k: number): void {
  const isWhole = [population, n, k].every((one) => Number.isInteger(one));
  if (!isWhole || k < 0 || k > n || n > population) {
    throw new RangeError(
      `expected whole numbers with 0 ≤ k ≤ n ≤ population, not k = ${k}, n = ${n}, population = ${population}`,
    );
  }
}
