import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostInWindow, shareOfRate } from './windows.ts';

const every = (ms: number, from: number, to: number): number[] =>
  Array.from({ length: Math.ceil((to - from) / ms) }, (_, index) => from + index * ms);

describe('the share of a rate', () => {
  test('is whole where every window is full, evenly or at once', () => {
    expect(shareOfRate(every(20, 0, 10_000), 50, [{ from: 0, to: 10_000 }])).toBeCloseTo(1);
    const bursts = every(1000, 0, 10_001).flatMap((at) => Array.from({ length: 50 }, () => at));
    expect(shareOfRate(bursts, 50, [{ from: 0, to: 10_000 }])).toBeCloseTo(1);
  });

  test('counts what is missing, but not in silences', () => {
    expect(shareOfRate(every(40, 0, 10_000), 50, [{ from: 0, to: 10_000 }])).toBeCloseTo(0.5);
    const broken = [...every(20, 0, 4000), ...every(20, 6000, 10_000)];
    expect(shareOfRate(broken, 50, [{ from: 0, to: 10_000 }])).toBeLessThan(0.85);
    const around = [
      { from: 0, to: 4000 },
      { from: 6000, to: 10_000 },
    ];
    expect(shareOfRate(broken, 50, around)).toBeCloseTo(1);
    expect(shareOfRate(broken, 50, [{ from: 0, to: 1000 }])).toBeNull();
  });

  test('is above one only where a window holds too many, whatever arrives', () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 });
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 3000 })), { maxLength: 3 });
    fc.assert(
      fc.property(arrivals, spans, (some, drawn) => {
        const most = mostInWindow(some);
        const share = shareOfRate(
          some,
          most,
          drawn.map(([from, length]) => ({ from, to: from + length })),
        );
        expect(share ?? 0).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});
