/**
 * Do the printed intervals hold the truth as often as they say? Samples are drawn from known worlds, and the share of intervals
 * that hold the true number of detections is counted. Nominal is 95 %; at least 94 % is asked for.
 */
import { describe, expect, test } from 'vitest';
import { registryFigures, tierFigures, type TierCounts } from './incidence.ts';
import { TIERS } from '../model.ts';

const SAMPLES = 10_000;

interface World {
  readonly name: string;
  /** By tier: packages, how many are analysed, how many violate. */
  readonly tiers: readonly (readonly [population: number, analyzed: number, violating: number])[];
}

const WORLDS: readonly World[] = [
  {
    name: 'rates as published, 2 % of the ranked failed',
    tiers: [
      [100, 98, 1],
      [900, 882, 4],
      [9000, 8820, 25],
      [173_000, 2000, 70],
    ],
  },
  {
    name: 'the same, five times as many',
    tiers: [
      [100, 98, 4],
      [900, 882, 14],
      [9000, 8820, 81],
      [173_000, 2000, 775],
    ],
  },
  {
    name: 'rare, a larger sample',
    tiers: [
      [100, 98, 0],
      [900, 882, 1],
      [9000, 8820, 3],
      [173_000, 5000, 35],
    ],
  },
  {
    name: 'ranked tiers complete',
    tiers: [
      [100, 100, 1],
      [900, 900, 4],
      [9000, 9000, 25],
      [173_000, 5000, 70],
    ],
  },
  {
    name: 'hundreds found',
    tiers: [
      [100, 98, 4],
      [900, 882, 14],
      [9000, 8820, 81],
      [1_730_000, 80_000, 3000],
    ],
  },
  {
    name: 'half of the ranked failed',
    tiers: [
      [100, 50, 4],
      [900, 450, 14],
      [9000, 4500, 81],
      [173_000, 5000, 700],
    ],
  },
  {
    name: 'nearly everything analysed, rare',
    tiers: [
      [100, 99, 0],
      [900, 891, 1],
      [9000, 8910, 2],
      [173_000, 160_000, 20],
    ],
  },
  {
    name: 'a small world',
    tiers: [
      [20, 19, 2],
      [30, 29, 3],
      [50, 48, 4],
      [100, 60, 8],
    ],
  },
  {
    name: 'a small world, one tenth missing',
    tiers: [
      [20, 18, 1],
      [30, 27, 1],
      [50, 45, 1],
      [100, 50, 2],
    ],
  },
];

describe('coverage of the intervals', () => {
  test.each(WORLDS)('$name', ({ name, tiers }) => {
    const random = seeded(20_261_101);
    const truth = tiers.reduce((sum, [, , violating]) => sum + violating, 0);
    let [held, heldByTier] = [0, 0];
    const known = new Map<string, readonly [registry: boolean, tier: boolean]>();
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const drawn = tiers.map(([population, analyzed, violating]) => draw(population, analyzed, violating, random));
      const key = drawn.join();
      const result = known.get(key) ?? holds(tiers, drawn, truth);
      known.set(key, result);
      if (result[0]) held += 1;
      if (result[1]) heldByTier += 1;
    }
    process.stdout.write(`${name}: registry ${percent(held)}, unranked tier ${percent(heldByTier)}\n`);
    expect(held / SAMPLES).toBeGreaterThanOrEqual(0.94);
    expect(heldByTier / SAMPLES).toBeGreaterThanOrEqual(0.94);
  });
});

function holds(tiers: World['tiers'], drawn: readonly number[], truth: number): readonly [boolean, boolean] {
  const counts = tiers.map(([population, analyzed], index) =>
    countsOf(TIERS[index] ?? 'unranked', population, analyzed, drawn[index] ?? 0),
  );
  const unranked = counts.at(-1);
  const { low, high } = registryFigures(counts).total.interval;
  const isHeld = low <= truth && truth <= high;
  if (unranked === undefined) return [isHeld, false];
  const one = tierFigures(unranked).total.interval;
  const violating = tiers.at(-1)?.[2] ?? 0;
  return [isHeld, one.low <= violating && violating <= one.high];
}

function countsOf(tier: TierCounts['tier'], population: number, analyzed: number, detections: number): TierCounts {
  const rest = { withoutRelease: 0, failed: 0, pending: 0, partial: 0, restrictedOnly: 0, undecided: 0 };
  return { tier, population, selected: analyzed, analyzed, scanned: analyzed, detections, ...rest };
}

/** How many of the violating packages are among those analysed, when these are drawn without replacement. */
function draw(population: number, analyzed: number, violating: number, random: () => number): number {
  let [found, places, left] = [0, population, analyzed];
  for (let i = 0; i < violating; i += 1) {
    if (random() * places < left) {
      found += 1;
      left -= 1;
    }
    places -= 1;
  }
  return found;
}

/** Mulberry32: small, and the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) % 4_294_967_296;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = Math.trunc(mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function percent(count: number): string {
  return `${((100 * count) / SAMPLES).toFixed(2)} %`;
}
