import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { draw, parseSampleSize, sampleCount, selectionKey, startDraw, type Drawn, type SampleSize } from './sample.ts';
import { wilsonHalfWidth } from './sample/size.ts';

interface Item {
  readonly key: string;
}

const frame = (size: number): Item[] => Array.from({ length: size }, (_, index) => ({ key: `package-${index}` }));
const count = (n: number): SampleSize => ({ kind: 'count', count: n });
const noRanks = new Map<string, number>();

function keys(drawn: Iterable<Drawn<Item>>): string[] {
  return [...drawn].map((one) => one.item.key);
}

/** Runs a line of shell in which `$sum` is the machine's program for SHA-256. */
function shell(line: string, input: string): string {
  const sum = 'if command -v sha256sum >/dev/null; then sum=sha256sum; else sum="shasum -a 256"; fi';
  return execFileSync('sh', ['-c', `${sum}; ${line}`], { input, encoding: 'utf8' });
}

describe('the selection key', () => {
  test('is what sha256sum says', () => {
    const text = 'seed:npm:@scope/näme';
    const sum = shell('$sum', text).slice(0, 64);
    expect(selectionKey('seed', 'npm', '@scope/näme')).toBe(sum);
  });

  test('depends on seed, registry and key', () => {
    const all = [
      selectionKey('a', 'npm', 'x'),
      selectionKey('b', 'npm', 'x'),
      selectionKey('a', 'pypi', 'x'),
      selectionKey('a', 'npm', 'y'),
    ];
    expect(new Set(all).size).toBe(4);
  });
});

describe('a draw', () => {
  test('takes every ranked package by rank, and the unranked with the smallest keys in their order', () => {
    const items = frame(1000);
    const ranks = new Map([
      ['package-7', 2],
      ['package-3', 1],
      ['package-9', 150],
      ['package-11', 10_000],
      ['package-12', 10_001],
      ['package-not-listed', 4],
      ['package-gone', 3],
    ]);
    const { selected, count: size, frame: tiers, unlisted } = draw({ seed: 's', registry: 'npm', ranks, size: count(50) }, items);
    const all = [...selected];
    const isRanked = new Set(['package-3', 'package-7', 'package-9', 'package-11']);
    const expected = items
      .map((item) => item.key)
      .filter((key) => !isRanked.has(key))
      .sort((a, b) => (selectionKey('s', 'npm', a) < selectionKey('s', 'npm', b) ? -1 : 1))
      .slice(0, 50);
    expect(all.map((one) => one.item.key)).toEqual(['package-3', 'package-7', 'package-9', 'package-11', ...expected]);
    expect(all.slice(0, 4).map((one) => [one.rank, one.tier, one.probability])).toEqual([
      [1, 'top100', 1],
      [2, 'top100', 1],
      [150, 'top1000', 1],
      [10_000, 'top10000', 1],
    ]);
    expect(all.slice(4).every((one) => one.rank === null && one.tier === 'unranked' && one.probability === 50 / 996)).toBe(true);
    expect(all.every((one) => one.selectionKey === selectionKey('s', 'npm', one.item.key))).toBe(true);
    expect(size).toBe(54);
    expect(tiers).toEqual({ top100: 2, top1000: 1, top10000: 1, unranked: 996 });
    expect(unlisted).toEqual(['package-gone', 'package-not-listed']);
  });

  test('can be redrawn with sha256sum and sort', () => {
    const items = frame(60);
    const script =
      'while read -r key; do printf "%s %s\\n" "$(printf "my seed:pypi:%s" "$key" | $sum | cut -c1-64)" "$key"; done |' +
      ' LC_ALL=C sort | head -n 12 | cut -d" " -f2';
    const redrawn = shell(script, `${items.map((item) => item.key).join('\n')}\n`);
    const { selected } = draw({ seed: 'my seed', registry: 'pypi', ranks: noRanks, size: count(12) }, items);
    expect(keys(selected)).toEqual(redrawn.trim().split('\n'));
  });

  test('does not depend on the order of the frame, and a larger one holds the smaller', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { maxLength: 60 }),
        fc.nat(),
        fc.nat(),
        fc.string({ minLength: 1 }),
        (names, a, b, seed) => {
          const items = names.map((key) => ({ key }));
          const [small, large] = [a % (items.length + 1), b % (items.length + 1)].sort((one, other) => one - other) as [
            number,
            number,
          ];
          const drawn = (n: number, from: readonly Item[]): string[] =>
            keys(draw({ seed, registry: 'nuget', ranks: noRanks, size: count(n) }, from).selected);
          expect(drawn(small, items)).toEqual(drawn(small, items.toReversed()));
          expect(drawn(large, items).slice(0, small)).toEqual(drawn(small, items));
          expect(drawn(large, items)).toHaveLength(large);
        },
      ),
    );
  });

  test('is moved by a new package in one place at most', () => {
    const before = keys(draw({ seed: 's', registry: 'npm', ranks: noRanks, size: count(100) }, frame(2000)).selected);
    for (let extra = 1; extra < 50; extra++) {
      const after = new Set(
        keys(
          draw({ seed: 's', registry: 'npm', ranks: noRanks, size: count(100) }, [...frame(2000), { key: `new-${extra}` }])
            .selected,
        ),
      );
      expect(before.filter((key) => !after.has(key)).length).toBeLessThanOrEqual(1);
    }
  });

  test('has every package equally often, and every pair as often as chance has it', () => {
    const items = frame(20);
    const times = 4000;
    const singles = new Map<string, number>();
    let both = 0;
    for (let seed = 0; seed < times; seed++) {
      const drawn = new Set(
        keys(draw({ seed: `seed ${seed}`, registry: 'rubygems', ranks: noRanks, size: count(5) }, items).selected),
      );
      for (const key of drawn) singles.set(key, (singles.get(key) ?? 0) + 1);
      if (drawn.has('package-3') && drawn.has('package-17')) both++;
    }
    // Six standard deviations of a binomial count; the seeds are fixed, so this passes or fails for good.
    const within = (seen: number, p: number): boolean => Math.abs(seen - times * p) < 6 * Math.sqrt(times * p * (1 - p));
    for (const { key } of items) expect(within(singles.get(key) ?? 0, 5 / 20)).toBe(true);
    expect(within(both, (5 * 4) / (20 * 19))).toBe(true);
  });

  test('of all takes all, with certainty', () => {
    const { selected, count: size } = draw(
      { seed: 's', registry: 'npm', ranks: new Map([['package-0', 1]]), size: { kind: 'all' } },
      frame(10),
    );
    expect(size).toBe(10);
    expect([...selected].every((one) => one.probability === 1)).toBe(true);
    expect(new Set(keys(selected)).size).toBe(10);
  });

  test('of a share counts the unranked only', () => {
    const ranks = new Map(frame(10).map((item, index) => [item.key, index + 1]));
    const { selected, count: size } = draw(
      { seed: 's', registry: 'npm', ranks, size: { kind: 'share', share: 0.1 } },
      frame(110),
    );
    expect(size).toBe(10 + 10);
    expect([...selected].at(-1)?.probability).toBe(0.1);
  });

  test('of nothing, and from an empty frame', () => {
    expect(draw({ seed: 's', registry: 'npm', ranks: noRanks, size: count(0) }, frame(10))).toMatchObject({
      count: 0,
      frame: { unranked: 10 },
    });
    const empty = draw({ seed: 's', registry: 'npm', ranks: new Map([['a', 1]]), size: { kind: 'all' } }, []);
    expect([...empty.selected]).toEqual([]);
    expect(empty.unlisted).toEqual(['a']);
  });

  test.each<[SampleSize, RegExp]>([
    [count(11), /a sample of 11 is larger than the 10 unranked packages of the frame; take fewer, or "all"/],
    [count(-1), /not -1/],
    [count(1.5), /not 1.5/],
    [count(Number.NaN), /not NaN/],
    [{ kind: 'share', share: -0.1 }, /between 0 and 1, not -0.1/],
    [{ kind: 'share', share: 1.1 }, /between 0 and 1/],
    [{ kind: 'share', share: Number.NaN }, /between 0 and 1/],
    [{ kind: 'precision', expected: 2, halfWidth: 0.1 }, /expected rate is between 0 and 1, not 2/],
    [{ kind: 'precision', expected: 0.1, halfWidth: 0 }, /precision is more than 0, not 0/],
  ])('of %o is refused before anything is read', (size, message) => {
    expect(() => startDraw({ seed: 's', registry: 'npm', ranks: noRanks, size, frameSize: 10 })).toThrow(RangeError);
    expect(() => startDraw({ seed: 's', registry: 'npm', ranks: noRanks, size, frameSize: 10 })).toThrow(message);
  });

  test('larger than the unranked part is refused, although the frame is large enough', () => {
    const ranks = new Map([['package-0', 1]]);
    expect(() => draw({ seed: 's', registry: 'npm', ranks, size: count(10) }, frame(10))).toThrow(
      /sample of 10 is larger than the 9 unranked/,
    );
  });

  test.each([
    ['no seed', { seed: '' }, /needs a seed/],
    [
      'two packages at one rank',
      {
        ranks: new Map([
          ['a', 1],
          ['b', 1],
        ]),
      },
      /a and b both have rank 1 in npm/,
    ],
    ['a rank of nought', { ranks: new Map([['a', 0]]) }, /the rank of a in npm is 0/],
    ['half a rank', { ranks: new Map([['a', 1.5]]) }, /ranks are whole numbers from 1/],
    ['half a package', { frameSize: 1.5 }, /whole number of packages, not 1.5/],
  ])('with %s is refused', (_, wrong, message) => {
    expect(() => startDraw({ seed: 's', registry: 'npm', ranks: noRanks, size: count(0), frameSize: 3, ...wrong })).toThrow(
      message,
    );
  });

  test('from a frame that is not what was said', () => {
    const drawing = startDraw<Item>({ seed: 's', registry: 'npm', ranks: noRanks, size: count(1), frameSize: 3 });
    drawing.add({ key: 'a' });
    expect(() => drawing.finish()).toThrow(/the frame of npm was said to have 3 packages, but 1 came/);
    expect(() => draw({ seed: 's', registry: 'npm', ranks: noRanks, size: count(2) }, [{ key: 'a' }, { key: 'a' }])).toThrow(
      /lists a twice/,
    );
    expect(() =>
      draw({ seed: 's', registry: 'npm', ranks: new Map([['a', 1]]), size: count(0) }, [{ key: 'a' }, { key: 'a' }]),
    ).toThrow(/lists a twice/);
  });

  test('from half a million names holds only what may be drawn', () => {
    const size = 500_000;
    const drawing = startDraw<Item>({ seed: 's', registry: 'npm', ranks: noRanks, size: count(1000), frameSize: size });
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    for (let index = 0; index < size; index++) {
      drawing.add({ key: `package-${index}` });
      if (index % 100_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(drawing.finish().count).toBe(1000);
    expect(most).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('sizes', () => {
  test.each<[number | string, SampleSize]>([
    [1000, count(1000)],
    ['1000', count(1000)],
    [0, count(0)],
    ['2.5%', { kind: 'share', share: 0.025 }],
    ['100 %', { kind: 'share', share: 1 }],
    ['all', { kind: 'all' }],
    ['0.5% ± 0.1%', { kind: 'precision', expected: 0.005, halfWidth: 0.001 }],
    ['10%+-1%', { kind: 'precision', expected: 0.1, halfWidth: 0.01 }],
  ])('%o', (text, size) => {
    expect(parseSampleSize(text)).toEqual(size);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '', 'some', '101%', '-5%', '5% ± 0%', '200% ± 1%', '1e3'])(
    '%o is none',
    (text) => {
      expect(() => parseSampleSize(text)).toThrow(
        /a sample size is a whole number such as 1000, a share such as "2\.5%", a precision/,
      );
    },
  );

  test.each([
    // Width of Wilson's interval by statsmodels 0.15, confirmed with 50 digits.
    [1, 100, 0.05448619617871 - 0.001767432064141],
    [1, 1000, 0.005642558597958 - 1.765463706261e-4],
    [0, 1000, 0.003826758485555],
    [1, 10_000, 5.662688974013e-4 - 1.765267360112e-5],
  ])('the half-width for %i of %i is the reference', (k, n, width) => {
    expect(wilsonHalfWidth(k / n, n)).toBeCloseTo(width / 2, 12);
  });

  test('a precision asks for the smallest sample that reaches it', () => {
    const size: SampleSize = { kind: 'precision', expected: 0.01, halfWidth: 0.002 };
    const endless = sampleCount(size, 1e12);
    expect(wilsonHalfWidth(0.01, endless)).toBeLessThanOrEqual(0.002);
    expect(wilsonHalfWidth(0.01, endless - 1)).toBeGreaterThan(0.002);
    // A small frame needs fewer, and is never exceeded.
    expect(sampleCount(size, 20_000)).toBeLessThan(endless);
    expect(sampleCount(size, 100)).toBeLessThanOrEqual(100);
    expect(sampleCount({ ...size, halfWidth: 1e-9 }, 5000)).toBe(5000);
    expect(sampleCount(size, 0)).toBe(0);
  });

  test('a draw by precision trims what the ranked part makes superfluous', () => {
    const ranks = new Map(frame(3000).map((item, index) => [item.key, index + 1]));
    const size: SampleSize = { kind: 'precision', expected: 0.05, halfWidth: 0.02 };
    const drawn = draw({ seed: 's', registry: 'npm', ranks, size }, frame(4000));
    expect(drawn.count).toBe(3000 + sampleCount(size, 1000));
  });
});
