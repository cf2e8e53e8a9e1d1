import { describe, expect, test } from 'vitest';
import type { Estimate } from '../data/statistics/model.ts';
import { compact, full, per10k, plural, withInterval } from './numbers.ts';

describe('figures', () => {
  test.each([
    [0, '0'],
    [950, '950'],
    [999.6, '1K'],
    [183_000, '183K'],
    [644_000, '644K'],
    [628_000, '628K'],
    [3_720_000, '3.72M'],
    [2820, '2.82K'],
    [999_999, '1M'],
    [Number.NaN, '–'],
  ])('%d is written %s', (count, text) => expect(compact(count)).toBe(text));

  test('in full, grouped and unbreakable', () => expect(full(3_720_000)).toBe('3\u202f720\u202f000'));

  test.each([
    [0.04, '400'],
    [14 / 900, '156'],
    [0.00449, '44.9'],
    [0.0000123, '0.123'],
    [0.00000027, '0.0027'],
    [0.5, '5\u202f000'],
    [0, '0'],
  ])('a share of %d is %s per 10 000', (share, text) => expect(per10k(share)).toBe(text));

  test('one package, two packages', () => {
    expect(plural(1, 'package')).toBe('1 package');
    expect(plural(2000, 'package')).toBe('2\u202f000 packages');
  });

  const estimate = (value: number, low: number, high: number): Estimate => ({
    value,
    interval: { low, high, method: 'hypergeometric' },
    unstable: false,
  });

  test.each([
    ['an estimate', estimate(379, 119, 899), '379 (119–899)'],
    ['a count', estimate(379, 379, 379), '379'],
    ['nothing found in a sample', estimate(0, 0, 473), '0, at most 473'],
    ['nothing found at all', estimate(0, 0, 0), '0'],
  ])('%s', (_, one, text) => expect(withInterval(one, full)).toBe(text));
});
