/**
 * The special functions behind exact intervals, to about 1e-13 relative: incomplete beta and gamma functions and the
 * probability masses they start from.
 *
 * Masses follow C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000): written with the error of
 * Stirling's formula and the deviance, they lose no digits to the huge logarithms that cancel out, even at millions of trials.
 */

/** ln Γ(x+1) less Stirling's (x+½) ln x − x + ½ ln 2π, for x > 0. */
export function stirlingError(x: number): number {
  // The series needs a large argument; the recurrence leads there without loss.
  let sum = 0;
  let at = x;
  while (at < 16) {
    sum += (at + 0.5) * Math.log1p(1 / at) - 1;
    at += 1;
  }
  const square = at * at;
  const series =
    (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360_360 / square) / square) / square) / square) / square) / at;
  return sum + series;
}

/** x ln(x/m) + m − x without cancellation where x is near m; for x ≥ 0 and m > 0. */
export function deviance(x: number, mean: number): number {
  if (x === 0) return mean;
  const difference = x - mean;
  if (Math.abs(difference) > 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const ratio = difference / (x + mean);
  const square = ratio * ratio;
  let sum = difference * ratio;
  let power = 2 * x * ratio;
  for (let k = 3; ; k += 2) {
    power *= square;
    const next = sum + power / k;
    if (next === sum) return sum;
    sum = next;
  }
}

/** Probability of `k` successes in `n` trials; `q` is 1 − p, given apart because it may be the more exact of the two. */
export function binomialMass(k: number, n: number, p: number, q: number = 1 - p): number {
  if (k < 0 || k > n) return 0;
  if (p === 0) return k === 0 ? 1 : 0;
  if (q === 0) return k === n ? 1 : 0;
  if (k === 0) return Math.exp(n * Math.log1p(-p));
  if (k === n) return Math.exp(n * Math.log1p(-q));
  return realBinomialMass(k, n - k, p, q);
}

/** Probability of `k` events where `mean` are expected; k > 0 may be any real number. */
export function poissonMass(k: number, mean: number): number {
  if (k === 0) return Math.exp(-mean);
  return Math.exp(-stirlingError(k) - deviance(k, mean)) / Math.sqrt(2 * Math.PI * k);
}

/** Regularised incomplete beta function I_x(a, b) for a, b > 0; `y` is 1 − x. Continued fraction after Lentz (DLMF 8.17.22). */
export function regularizedBeta(x: number, a: number, b: number, y: number = 1 - x): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaFraction(y, b, a, x);
  return betaFraction(x, a, b, y);
}

/** Regularised lower incomplete gamma function P(a, x) for a > 0 (DLMF 8.11.4 and 8.9.2). */
export function regularizedGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  if (x < a + 1) {
    let term = 1;
    let sum = 1;
    for (let n = 1; term > sum * Number.EPSILON; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return poissonMass(a, x) * sum;
  }
  const fraction = lentz(
    (n) => (n === 1 ? 1 : (n - 1) * (a - n + 1)),
    (n) => x + 2 * n - 1 - a,
  );
  return 1 - poissonMass(a, x) * a * fraction;
}

/** The x at which a function that does not fall reaches `target`, in [low, high], to the last digits of a double. */
export function bisect(rising: (x: number) => number, target: number, low: number, high: number): number {
  let [below, above] = [low, high];
  while (true) {
    const middle = (below + above) / 2;
    if (middle <= below || middle >= above || above - below <= 4e-16 * above) return middle;
    if (rising(middle) < target) below = middle;
    else above = middle;
  }
}

/** x^a y^b / (a B(a, b)) times the continued fraction. */
function betaFraction(x: number, a: number, b: number, y: number): number {
  const front = (b / (a + b)) * realBinomialMass(a, b, x, y);
  const fraction = lentz(
    (n) => {
      if (n === 1) return 1;
      const m = Math.floor((n - 1) / 2);
      if (n % 2 === 1) return (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
      return (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    },
    () => 1,
  );
  return front * fraction;
}

/** Binomial mass with real counts of successes and failures, both above 0. */
function realBinomialMass(k: number, rest: number, p: number, q: number): number {
  const n = k + rest;
  const exponent = stirlingError(n) - stirlingError(k) - stirlingError(rest) - deviance(k, n * p) - deviance(rest, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * rest));
}

/** Value of a1/(b1 + a2/(b2 + …)) by Lentz's method; more steps than this are never needed below 10^9 trials. */
const MAX_STEPS = 1_000_000;

function lentz(numerator: (n: number) => number, denominator: (n: number) => number): number {
  const tiny = 1e-300;
  let value = tiny;
  let c = tiny;
  let d = 0;
  for (let n = 1; n <= MAX_STEPS; n += 1) {
    const a = numerator(n);
    const b = denominator(n);
    d = b + a * d;
    if (d === 0) d = tiny;
    d = 1 / d;
    c = b + a / c;
    if (c === 0) c = tiny;
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) < 1e-15) return value;
  }
  throw new Error('a continued fraction did not settle: the counts are beyond what these functions are made for');
}
