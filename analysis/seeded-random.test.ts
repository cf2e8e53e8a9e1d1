import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const HEX = '0123456789abcdef';

test('the same seed gives the same text, another one another', () => {
  expect(seededRandom('a').text(40, HEX)).toBe(seededRandom('a').text(40, HEX));
  expect(seededRandom('a').text(40, HEX)).not.toBe(seededRandom('b').text(40, HEX));
  const random = seededRandom('a');
  expect(random.text(40, HEX)).not.toBe(random.text(40, HEX));
});

test('every value is as likely as the others', () => {
  const random = seededRandom('even');
  const counts = Array.from({ length: 62 }, () => 0);
  const draws = 62_000;
  for (let draw = 0; draw < draws; draw++) {
    const value = random.int(62);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  // Chi-squared with 61 degrees of freedom: 99.9 % lie below 100.9.
  const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chiSquared).toBeLessThan(100.9);
  expect(counts).toHaveLength(62);
});

test.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])('%d is no number of values to draw from', (below) => {
  expect(() => seededRandom('a').int(below)).toThrow(/drawn from 1 to 4294967296 values/);
});
