import { expect, test } from 'vitest';
import { changeOf } from './incidence.ts';
import type { Estimate } from './model.ts';

function estimate(value: number, low: number, high: number): Estimate {
  return { value, interval: { low, high, method: low === high ? 'census' : 'wilson' }, unstable: false };
}

test('between two counts the difference is exact', () => {
  expect(changeOf(estimate(0.25, 0.25, 0.25), estimate(0.125, 0.125, 0.125), true)).toEqual({
    value: -0.125,
    low: -0.125,
    high: -0.125,
    likeWithLike: true,
  });
});

test('between two estimates the distances to the ends add up by their squares', () => {
  // Down: 3 and 4 make 5. Up: 5 and 12 make 13.
  expect(changeOf(estimate(20, 8, 24), estimate(30, 27, 35), false)).toEqual({
    value: 10,
    low: 5,
    high: 23,
    likeWithLike: false,
  });
});

test('a count that became an estimate has the interval of the estimate', () => {
  expect(changeOf(estimate(2, 2, 2), estimate(3, 1, 6), true)).toMatchObject({ value: 1, low: -1, high: 4 });
});
