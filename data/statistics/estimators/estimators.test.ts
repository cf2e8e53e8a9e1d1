import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hypergeometricInterval, zeroUpperBound } from './finite.ts';
import {
  agrestiCoull,
  betaQuantile,
  clopperPearson,
  difference,
  jeffreys,
  poissonExact,
  ruleOfThree,
  wilson,
  Z,
  type Bounds,
} from './proportion.ts';
import { kornGraubard, nonResponseBounds, stratified, sumOfParts, wilsonEffective } from './stratified.ts';

/** Equal to a billionth; a zero to 1e-15. */
function expectClose(actual: number, expected: number, what = ''): void {
  const allowed = expected === 0 ? 1e-15 : Math.abs(expected) * 1e-9;
  expect(Math.abs(actual - expected), `${what} ${actual} instead of ${expected}`).toBeLessThanOrEqual(allowed);
}

function expectBounds(actual: Bounds, low: number, high: number, what: string): void {
  expectClose(actual.low, low, `${what}, low end:`);
  expectClose(actual.high, high, `${what}, high end:`);
}

/** k, n, then low and high of Wilson, Clopper-Pearson, Agresti-Coull: from statsmodels, checked with 50-digit arithmetic. */
const PROPORTIONS = [
  [0, 100, 0, 0.03699349820699, 0, 0.03621669264518, 0, 0.04441205113411],
  [0, 1000, 0, 0.003826758485555, 0, 0.003682083896866, 0, 0.004616716146226],
  [0, 10_000, 0, 3.839983706766e-4, 0, 3.688199146188e-4, 0, 4.635009693938e-4],
  [1, 100, 0.001767432064141, 0.05448619617871, 2.531460329774e-4, 0.05445938539208, 0, 0.05992686188185],
  [1, 1000, 1.765463706261e-4, 0.005642558597958, 2.531748749129e-5, 0.005558924279827, 0, 0.006241482743329],
  [1, 10_000, 1.765267360112e-5, 5.662688974013e-4, 2.531777593475e-6, 5.57036997947e-4, 0, 6.267438996069e-4],
  [3, 10_000, 1.020321994178e-4, 8.817357722364e-4, 6.187148574839e-5, 8.76474522514e-4, 5.738457182379e-5, 9.263833998304e-4],
  [5, 50, 0.04347576493189, 0.2136023143748, 0.03327509358902, 0.2181353664342, 0.03914034543715, 0.2179377338695],
  [10, 100, 0.05522913706068, 0.1743656615049, 0.04900468922149, 0.1762225977402, 0.05348475228884, 0.1761100462767],
  [100, 100, 0.963006501793, 1, 0.9637833073548, 1, 0.9555879488659, 1],
  [14, 900, 0.00928839523146, 0.02594063582255, 0.008529779125694, 0.02596196604315, 0.009038643698195, 0.02619038735581],
  [81, 9000, 0.007247559747612, 0.01117140726543, 0.007153541057318, 0.0111739329964, 0.007236412435172, 0.01118255457787],
  [12, 183_000, 3.751273162847e-5, 1.146231940371e-4, 3.388336841584e-5, 1.145413759566e-4, 3.611008983642e-5, 1.160258358292e-4],
  [40, 644_000, 4.561662928948e-5, 8.457119479364e-5, 4.43739405417e-5, 8.457769423949e-5, 4.538966186101e-5, 8.479816222211e-5],
  [768, 450_000, 0.001590246435566, 0.001831594262124, 0.00158817500077, 0.001831646119994, 0.001590171489622, 0.001831669208068],
  [
    2820, 628_000, 0.004328087588882, 0.004658866130558, 0.004326576854461, 0.004658911340308, 0.004328059817635,
    0.004658893901805,
  ],
] as const;

describe('one proportion', () => {
  test.each(PROPORTIONS)('%i of %i', (k, n, wilsonLow, wilsonHigh, exactLow, exactHigh, agrestiLow, agrestiHigh) => {
    expectBounds(wilson(k, n), wilsonLow, wilsonHigh, 'Wilson');
    expectBounds(clopperPearson(k, n), exactLow, exactHigh, 'Clopper-Pearson');
    expectBounds(agrestiCoull(k, n), agrestiLow, agrestiHigh, 'Agresti-Coull');
  });

  test.each([
    [0, 100, 4.898073104397e-6, 0.02474527001527],
    [3, 10_000, 8.450045214289e-5, 8.004178110809e-4],
    [5, 50, 0.03919436439418, 0.205354828023],
    [10, 100, 0.05258467529067, 0.1701239296522],
  ])('Jeffreys: %i of %i', (k, n, low, high) => {
    expectBounds(jeffreys(k, n), low, high, 'Jeffreys');
  });

  test.each([
    [0, 0, 3.688879454],
    [1, 0.02531780798, 5.571643391],
    [3, 0.6186721229, 8.76727307],
    [10, 4.795388696, 18.39035604],
    [100, 81.36399125, 121.6267938],
  ])('Poisson: %i', (k, low, high) => {
    expectBounds(poissonExact(k), low, high, 'Poisson');
  });

  test('the rule of three, beside the exact bounds it stands for', () => {
    expectClose(ruleOfThree(300), 0.01);
    expectClose(betaQuantile(0.95, 1, 300), 0.00993608194446);
    expectClose(clopperPearson(0, 300).high, 0.01222097469429);
    expectClose(ruleOfThree(10_000), 3e-4);
    expectClose(betaQuantile(0.95, 1, 10_000), 2.995283597766e-4);
    expectClose(clopperPearson(0, 10_000).high, 3.688199146188e-4);
  });

  test('closed forms: none of n, and one of n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5_000_000 }), (n) => {
        expectClose(clopperPearson(0, n).high, -Math.expm1(Math.log(0.025) / n));
        expectClose(clopperPearson(1, n).low, -Math.expm1(Math.log(0.975) / n));
        expectClose(wilson(0, n).high, (Z * Z) / (n + Z * Z));
        expectClose(poissonExact(0).high, -Math.log(0.025));
      }),
    );
  });

  const share = fc.integer({ min: 1, max: 100_000 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));

  test('every interval holds the share, lies in [0, 1], and mirrors', () => {
    fc.assert(
      fc.property(share, ([k, n]) => {
        for (const interval of [wilson, clopperPearson, agrestiCoull, jeffreys]) {
          const [here, mirrored] = [interval(k, n), interval(n - k, n)];
          expect(here.low).toBeGreaterThanOrEqual(0);
          expect(here.high).toBeLessThanOrEqual(1);
          if (interval !== jeffreys || (k > 0 && k < n)) {
            expect(here.low).toBeLessThanOrEqual(k / n + 1e-12);
            expect(here.high).toBeGreaterThanOrEqual(k / n - 1e-12);
          }
          expect(here.low).toBeCloseTo(1 - mirrored.high, 10);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the exact interval is never inside of what its own tails reject', () => {
    fc.assert(
      fc.property(share, ([k, n]) => {
        const [exact, wider] = [clopperPearson(k, n), clopperPearson(k, n, 0.99)];
        expect(wider.low).toBeLessThanOrEqual(exact.low);
        expect(wider.high).toBeGreaterThanOrEqual(exact.high);
      }),
      { numRuns: 60 },
    );
  });

  test('counts that are none are refused', () => {
    for (const [k, n] of [
      [1, 0],
      [-1, 5],
      [6, 5],
      [Number.NaN, 5],
    ] as const) {
      expect(() => wilson(k, n)).toThrow(/expected 0 ≤ k ≤ n/);
      expect(() => clopperPearson(k, n)).toThrow(RangeError);
    }
    expect(() => poissonExact(1.5)).toThrow(RangeError);
    expect(() => ruleOfThree(0)).toThrow(RangeError);
  });
});

describe('a finite population', () => {
  test.each([
    [100, 100, 2, 2, 2],
    [100, 50, 0, 0, 5],
    [900, 300, 0, 0, 9],
    [900, 300, 1, 1, 14],
    [1000, 100, 0, 0, 34],
    [9000, 600, 2, 5, 105],
    [9000, 900, 0, 0, 34],
    [10_000, 500, 3, 14, 171],
    [183_000, 2000, 4, 101, 932],
    [644_000, 5000, 0, 0, 473],
    [50, 10, 3, 5, 31],
  ])('of %i, %i looked at, %i found', (population, n, k, low, high) => {
    expect(hypergeometricInterval(population, n, k)).toEqual({ low, high });
  });

  test('agrees with counting every possibility in whole numbers', () => {
    const sample = fc
      .integer({ min: 1, max: 40 })
      .chain((population) => fc.tuple(fc.constant(population), fc.integer({ min: 1, max: population })))
      .chain(([population, n]) => fc.tuple(fc.constant(population), fc.constant(n), fc.integer({ min: 0, max: n })));
    fc.assert(
      fc.property(sample, ([population, n, k]) => {
        expect(hypergeometricInterval(population, n, k)).toEqual(byCounting(population, n, k));
      }),
      { numRuns: 300 },
    );
  });

  test('with nothing found anywhere, one stratum gives its own bound and a complete one adds nothing', () => {
    const big = { population: 644_000, analyzed: 5000, detections: 0 };
    const complete = { population: 100, analyzed: 100, detections: 0 };
    expect(zeroUpperBound([big])).toBe(473);
    expect(zeroUpperBound([big, complete])).toBe(473);
    expect(zeroUpperBound([complete])).toBe(0);
    expect(zeroUpperBound([{ population: 7, analyzed: 0, detections: 0 }])).toBe(7);
  });

  test('with nothing found in several strata, no distribution of more detections is likely enough', () => {
    const strata = fc.array(
      fc.integer({ min: 2, max: 12 }).chain((population) =>
        fc.record({
          population: fc.constant(population),
          analyzed: fc.integer({ min: 1, max: population }),
          detections: fc.constant(0),
        }),
      ),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(strata, (all) => {
        expect(zeroUpperBound(all)).toBe(largestUnrejected(all));
      }),
      { numRuns: 100 },
    );
  });

  test('a sample larger than its population is refused', () => {
    expect(() => hypergeometricInterval(10, 11, 0)).toThrow(/whole numbers/);
    expect(() => hypergeometricInterval(10, 5, 2.5)).toThrow(RangeError);
  });
});

describe('strata', () => {
  const EXAMPLE = [
    { population: 100, analyzed: 100, detections: 0 },
    { population: 900, analyzed: 300, detections: 1 },
    { population: 9000, analyzed: 600, detections: 2 },
    { population: 173_000, analyzed: 2000, detections: 4 },
  ];

  test('the worked example', () => {
    const estimate = stratified(EXAMPLE);
    expect(estimate.total).toBe(379);
    expectClose(estimate.rate, 0.00207103825136612);
    expectClose(estimate.variance, 8.947386345676632e-7);
    expectClose(Math.sqrt(estimate.variance), 9.459062504116e-4);
    expectClose(Math.sqrt(estimate.variance) * 183_000, 173.1008438253161);
    expectClose(estimate.effectiveSampleSize ?? 0, 2309.89137171454);
    expect(estimate.designEffect).toBeCloseTo(1.31997, 5);
    const size = estimate.effectiveSampleSize ?? 0;
    expectBounds(kornGraubard(estimate.rate, size), 6.513890493836e-4, 4.912413489243e-3, 'Korn-Graubard');
    expectBounds(
      kornGraubard(estimate.rate, size, { sample: 3000, degrees: 2996 }),
      6.513886573884e-4,
      4.912415090775e-3,
      'with degrees',
    );
    expectBounds(wilsonEffective(estimate.rate, size), 8.692371170997e-4, 4.926248609848e-3, 'Wilson');
  });

  test('the worked example with failures', () => {
    const answered = [98, 300, 594, 1900];
    const strata = EXAMPLE.map(({ population, analyzed, detections }, index) => ({
      population,
      selected: analyzed,
      analyzed: answered[index] ?? 0,
      detections,
    }));
    expect(stratified(strata).total).toBeCloseTo(397.5136, 4);
    const { totals, rates } = nonResponseBounds(strata);
    expect(totals).toEqual({ low: 379, high: 9121 });
    expectBounds(rates, 379 / 183_000, 9121 / 183_000, 'rates');
  });

  test('an unequal sample is not its plain ratio', () => {
    const plain = EXAMPLE.reduce((sum, one) => sum + one.detections, 0) / EXAMPLE.reduce((sum, one) => sum + one.analyzed, 0);
    expectClose(plain, 0.0023333333333333335);
    expect(Math.abs(plain - stratified(EXAMPLE).rate)).toBeGreaterThan(2e-4);
  });

  test('one stratum is its own share, and a census has no variance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.integer({ min: 0, max: 5000 }), (analyzed, more) => {
        const one = { population: analyzed + more, analyzed, detections: Math.floor(analyzed / 3) };
        const estimate = stratified([one]);
        expectClose(estimate.rate, one.detections / analyzed);
        if (more === 0) expect(estimate.variance).toBe(0);
        else if (one.detections > 0) expectClose(estimate.designEffect ?? 0, 1);
      }),
    );
  });

  test('the interval of a sum holds it, and one part is its own', () => {
    expect(sumOfParts([{ value: 5, low: 2, high: 9 }])).toEqual({ low: 2, high: 9 });
    expect(
      sumOfParts([
        { value: 5, low: 2, high: 9 },
        { value: 1, low: -3, high: 4 },
      ]),
    ).toEqual({ low: 1, high: 11 });
  });
});

describe('two proportions', () => {
  // Newcombe 1998, table II, method 10.
  test.each([
    [56, 70, 48, 80, 0.2, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.6, 0.1705, 0.809],
    [6, 7, 2, 7, 0.5714, 0.0582, 0.8062],
    [5, 56, 0, 29, 0.0893, -0.0381, 0.1926],
    [0, 10, 0, 20, 0, -0.1611, 0.2775],
    [10, 10, 0, 10, 1, 0.6075, 1],
  ])('%i/%i against %i/%i', (k1, n1, k2, n2, value, low, high) => {
    const found = difference(k1, n1, k2, n2);
    expect(found.value).toBeCloseTo(value, 4);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });
});

function byCounting(population: number, n: number, k: number): Bounds {
  const all = choose(population, n);
  const kept = Array.from({ length: population + 1 }, (_, positives) => positives).filter((positives) => {
    let [atMost, atLeast] = [0n, 0n];
    for (let x = 0; x <= n; x += 1) {
      const ways = choose(positives, x) * choose(population - positives, n - x);
      if (x <= k) atMost += ways;
      if (x >= k) atLeast += ways;
    }
    return 40n * atMost > all && 40n * atLeast > all;
  });
  return { low: kept[0] ?? -1, high: kept.at(-1) ?? -1 };
}

/** Tries every distribution over the strata. */
function largestUnrejected(strata: readonly { readonly population: number; readonly analyzed: number }[]): number {
  let best = 0;
  const walk = (index: number, total: number, numerator: bigint, denominator: bigint): void => {
    const stratum = strata[index];
    if (stratum === undefined) {
      if (40n * numerator > denominator) best = Math.max(best, total);
      return;
    }
    for (let positives = 0; positives <= stratum.population - stratum.analyzed; positives += 1) {
      const missed = choose(stratum.population - positives, stratum.analyzed);
      walk(index + 1, total + positives, numerator * missed, denominator * choose(stratum.population, stratum.analyzed));
    }
  };
  walk(0, 0, 1n, 1n);
  return best;
}

function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let ways = 1n;
  for (let i = 1n; i <= BigInt(k); i += 1n) ways = (ways * (BigInt(n) - i + 1n)) / i;
  return ways;
}
