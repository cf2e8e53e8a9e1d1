/** How many unranked packages to draw: as a number, a share, a precision, or all. */

export type SampleSize =
  | { readonly kind: 'all' }
  | { readonly kind: 'count'; readonly count: number }
  /** Of the unranked, from 0 to 1. */
  | { readonly kind: 'share'; readonly share: number }
  /** As many as make the 95 % interval of a rate of `expected` no wider than `halfWidth` to each side. */
  | { readonly kind: 'precision'; readonly expected: number; readonly halfWidth: number };

const FORMS = 'a whole number such as 1000, a share such as "2.5%", a precision such as "0.5% ± 0.1%", or "all"';

/** Standard normal quantile at 97.5 %. */
const Z = 1.959963984540054;

/** Reads a size as people write it. RangeError says what there is to write. */
export function parseSampleSize(value: number | string): SampleSize {
  const text = String(value).trim();
  if (text === 'all') return { kind: 'all' };
  if (/^\d+$/.test(text)) return { kind: 'count', count: Number(text) };
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (share !== null && Number(share[1]) <= 100) return { kind: 'share', share: Number(share[1]) / 100 };
  const precision = /^(\d+(?:\.\d+)?)\s*%\s*(?:±|\+-|\+\/-)\s*(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (precision !== null) {
    const [expected, halfWidth] = [Number(precision[1]) / 100, Number(precision[2]) / 100];
    if (expected <= 1 && halfWidth > 0) return { kind: 'precision', expected, halfWidth };
  }
  throw new RangeError(`a sample size is ${FORMS}, not ${JSON.stringify(value) ?? String(value)}`);
}

/** How many of `unranked` packages that is. RangeError where it is more than there are, or no size at all. */
export function sampleCount(size: SampleSize, unranked: number): number {
  if (size.kind === 'all') return unranked;
  if (size.kind === 'count') {
    if (!Number.isInteger(size.count) || size.count < 0) throw new RangeError(`a sample size is ${FORMS}, not ${size.count}`);
    if (size.count <= unranked) return size.count;
    throw new RangeError(
      `a sample of ${size.count} is larger than the ${unranked} unranked packages of the frame; take fewer, or "all"`,
    );
  }
  if (size.kind === 'share') {
    if (!(size.share >= 0 && size.share <= 1)) throw new RangeError(`a share is between 0 and 1, not ${size.share}`);
    return Math.ceil(unranked * size.share);
  }
  return forPrecision(size.expected, size.halfWidth, unranked);
}

/** The smallest sample of `population` whose interval is narrow enough; more packages never make it wider. */
function forPrecision(expected: number, halfWidth: number, population: number): number {
  if (!(expected >= 0 && expected <= 1)) throw new RangeError(`an expected rate is between 0 and 1, not ${expected}`);
  if (!(halfWidth > 0)) throw new RangeError(`a precision is more than 0, not ${halfWidth}`);
  let low = 0;
  let high = population;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (wilsonHalfWidth(expected, effectiveSize(middle, population)) <= halfWidth) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Half the width of Wilson's 95 % interval for a rate of `rate` in `n` packages; 0.5 for none.
 *
 * Brown, Cai, DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 16 (2001) 101-133.
 */
export function wilsonHalfWidth(rate: number, n: number): number {
  if (n === Number.POSITIVE_INFINITY) return 0;
  const z2 = Z * Z;
  return (Z * Math.sqrt(z2 + 4 * n * rate * (1 - rate))) / (2 * (n + z2));
}

/** The sample from an endless population that tells as much as `n` of `population`: the finite population correction. */
function effectiveSize(n: number, population: number): number {
  if (n >= population) return Number.POSITIVE_INFINITY;
  return (n * (population - 1)) / (population - n);
}
