/** The estimators beside statsmodels, SciPy and plain counting, on random cases; `reference.py` made them. */
import { describe, expect, test } from 'vitest';
import { hypergeometricInterval } from './finite.ts';
import { agrestiCoull, clopperPearson, poissonExact, wilson, type Bounds } from './proportion.ts';
import reference from './reference.json' with { type: 'json' };

/** The largest relative difference between what we compute and what the reference says. */
function worst(
  rows: readonly (readonly number[])[],
  compute: (row: readonly number[]) => readonly (readonly [Bounds, number])[],
): number {
  let largest = 0;
  for (const row of rows) {
    for (const [bounds, at] of compute(row)) {
      for (const [ours, theirs] of [
        [bounds.low, row[at] ?? Number.NaN],
        [bounds.high, row[at + 1] ?? Number.NaN],
      ] as const) {
        const difference = theirs === 0 ? Math.abs(ours) * 1e6 : Math.abs(ours - theirs) / theirs;
        largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
      }
    }
  }
  return largest;
}

describe(reference.madeBy, () => {
  test('1 000 proportions, by Wilson, Clopper-Pearson and Agresti-Coull', () => {
    expect(reference.proportions).toHaveLength(1000);
    const largest = worst(reference.proportions, ([k = 0, n = 0]) => [
      [wilson(k, n), 2],
      [clopperPearson(k, n), 4],
      [agrestiCoull(k, n), 6],
    ]);
    expect(largest).toBeLessThan(1e-9);
  });

  test('100 Poisson counts', () => {
    expect(reference.poisson).toHaveLength(100);
    expect(worst(reference.poisson, ([k = 0]) => [[poissonExact(k), 1]])).toBeLessThan(1e-9);
  });

  test('200 samples of finite populations', () => {
    expect(reference.finite).toHaveLength(200);
    for (const [population = 0, n = 0, k = 0, low, high] of reference.finite) {
      expect(hypergeometricInterval(population, n, k), `${k} of ${n} of ${population}`).toEqual({ low, high });
    }
  });
});
