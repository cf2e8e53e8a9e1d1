/**
 * The sample: which packages of a frame a run looks at, and how likely each was to be among them.
 *
 * Ranked packages (1 to 10 000) are all taken. Of the unranked rest a simple random sample without replacement is drawn by
 * key: each package has the SHA-256 of `seed:registry:key`, and those with the n smallest are taken. So anyone can redraw a
 * sample with `sha256sum` and `sort`; a larger sample holds the smaller one; a package that joins the frame moves at most
 * one other out; and a later run with the same seed overlaps an earlier one. Pure: no clock, no chance, no I/O.
 */
import { hash } from 'node:crypto';
import { TIERS, tierOf, type RegistryId, type Tier } from '../data/model.ts';
import { sampleCount, type SampleSize } from './sample/size.ts';
import { Smallest } from './sample/smallest.ts';

export { parseSampleSize, sampleCount, type SampleSize } from './sample/size.ts';

export interface DrawDesign {
  readonly seed: string;
  readonly registry: RegistryId;
  /** Rank by key; ranks past 10 000 count as unranked. */
  readonly ranks: ReadonlyMap<string, number>;
  /** Of the unranked. */
  readonly size: SampleSize;
  /** Packages in the frame. */
  readonly frameSize: number;
}

export interface Drawn<T> {
  /** What was added. */
  readonly item: T;
  readonly rank: number | null;
  readonly tier: Tier;
  /** With which the package came into the sample: 1 for ranked ones, n of N for the others. */
  readonly probability: number;
  /** Lower-case hex; decides among the unranked, and is recorded for all. */
  readonly selectionKey: string;
}

export interface Draw<T> {
  /** Ranked ones by rank, then the unranked by selection key. */
  readonly selected: Iterable<Drawn<T>>;
  readonly count: number;
  /** Packages of the frame by tier: what the sample speaks for. */
  readonly frame: Readonly<Record<Tier, number>>;
  /** Keys with a rank of 1 to 10 000 that the frame does not list, by rank. Counted and shown, not sampled. */
  readonly unlisted: readonly string[];
}

export interface Drawing<T> {
  /** One package of the frame; each exactly once, in any order. */
  add(item: T): void;
  /** RangeError where the sample is larger than the unranked part of the frame, or the frame is not as large as was said. */
  finish(): Draw<T>;
}

/** Lower-case hex SHA-256 of `seed:registry:key` in UTF-8. */
export function selectionKey(seed: string, registry: RegistryId, key: string): string {
  return hash('sha256', `${seed}:${registry}:${key}`, 'hex');
}

/**
 * Starts a draw for a frame that is read as a stream. Holds the packages that may yet be drawn and no others, so memory
 * follows the sample and not the frame.
 */
export function startDraw<T extends { readonly key: string }>(design: DrawDesign): Drawing<T> {
  const { seed, registry, ranks, size, frameSize } = design;
  checkDesign(design);
  // As if all were unranked: of fewer unranked ones never more are drawn, and what is too much is given back at the end.
  const unranked = new Smallest<T>(sampleCount(size, frameSize));
  const ranked = new Map<string, { readonly item: T; readonly rank: number }>();
  let added = 0;

  return {
    add(item) {
      added++;
      const rank = ranks.get(item.key);
      if (rank === undefined || tierOf(rank) === 'unranked') {
        unranked.add(selectionKey(seed, registry, item.key), item);
        return;
      }
      if (ranked.has(item.key)) throw new RangeError(listedTwice(item.key));
      ranked.set(item.key, { item, rank });
    },
    finish() {
      if (added !== frameSize)
        throw new RangeError(`the frame of ${registry} was said to have ${frameSize} packages, but ${added} came`);
      const population = added - ranked.size;
      const drawn = unranked.take(sampleCount(size, population));
      refuseRepeated(drawn);
      const certain = [...ranked.values()].toSorted((a, b) => a.rank - b.rank);
      return {
        selected: toDrawn(design, certain, drawn, population),
        count: certain.length + drawn.length,
        frame: countTiers(certain, population),
        unlisted: [...ranks]
          .filter(([key, rank]) => tierOf(rank) !== 'unranked' && !ranked.has(key))
          .toSorted(byRank)
          .map(([key]) => key),
      };
    },
  };
}

/** Draws from a frame that is at hand. */
export function draw<T extends { readonly key: string }>(design: Omit<DrawDesign, 'frameSize'>, frame: readonly T[]): Draw<T> {
  const drawing = startDraw<T>({ ...design, frameSize: frame.length });
  for (const item of frame) drawing.add(item);
  return drawing.finish();
}

interface Candidate<T> {
  readonly selectionKey: string;
  readonly item: T;
}

/** Made while it is read: a census has millions. */
function toDrawn<T extends { readonly key: string }>(
  { seed, registry }: DrawDesign,
  certain: readonly { readonly item: T; readonly rank: number }[],
  drawn: readonly Candidate<T>[],
  population: number,
): Iterable<Drawn<T>> {
  const probability = population === 0 ? 1 : drawn.length / population;
  return {
    *[Symbol.iterator]() {
      for (const { item, rank } of certain) {
        yield { item, rank, tier: tierOf(rank), probability: 1, selectionKey: selectionKey(seed, registry, item.key) };
      }
      for (const one of drawn) {
        yield { item: one.item, rank: null, tier: 'unranked', probability, selectionKey: one.selectionKey };
      }
    },
  };
}

function countTiers(certain: readonly { readonly rank: number }[], unranked: number): Record<Tier, number> {
  const counts = Object.fromEntries(TIERS.map((tier) => [tier, 0])) as Record<Tier, number>;
  for (const { rank } of certain) counts[tierOf(rank)]++;
  counts.unranked = unranked;
  return counts;
}

function checkDesign({ ranks, seed, frameSize, registry, size }: DrawDesign): void {
  if (seed === '') throw new RangeError('a sample needs a seed: any text, kept with the results');
  if (!Number.isInteger(frameSize) || frameSize < 0)
    throw new RangeError(`a frame has a whole number of packages, not ${frameSize}`);
  const places = new Map<number, string>();
  for (const [key, rank] of ranks) {
    if (!Number.isInteger(rank) || rank < 1)
      throw new RangeError(`the rank of ${key} in ${registry} is ${rank}; ranks are whole numbers from 1`);
    const other = places.get(rank);
    if (other !== undefined)
      throw new RangeError(`${other} and ${key} both have rank ${rank} in ${registry}; ties are to be ordered first`);
    places.set(rank, key);
  }
  sampleCount(size, frameSize);
}

function refuseRepeated<T extends { readonly key: string }>(drawn: readonly Candidate<T>[]): void {
  for (const [index, one] of drawn.entries()) {
    if (one.selectionKey === drawn[index - 1]?.selectionKey) throw new RangeError(listedTwice(one.item.key));
  }
}

function listedTwice(key: string): string {
  return `the frame lists ${key} twice; a package counts once`;
}

function byRank(a: readonly [string, number], b: readonly [string, number]): number {
  return a[1] - b[1];
}
