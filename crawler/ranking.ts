/** Turns what a source lists into places: gapless ranks, one per package, ties by rule. */
import type { RankedName } from './registry.ts';

export interface CountedName {
  readonly name: string;
  readonly key: string;
  readonly downloads: number;
}

/**
 * Keeps the most downloaded of any number of names in memory for `limit` of them (twice that while it works).
 *
 * More downloads first; equal downloads by key in code-unit order, so that a tie at a tier's edge falls the same way for
 * everyone. Of two entries for one package the larger count stands.
 */
export class MostDownloaded {
  readonly #limit: number;
  #names: CountedName[] = [];
  /** Whoever has fewer downloads than this has no place. */
  #least = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(entry: CountedName): void {
    if (entry.downloads < this.#least) return;
    this.#names.push(entry);
    if (this.#names.length > 2 * this.#limit + 1000) this.#settle();
  }

  places(): RankedName[] {
    this.#settle();
    return this.#names.map(({ name, key, downloads }, index) => ({ rank: index + 1, name, key, downloads }));
  }

  #settle(): void {
    this.#names.sort((a, b) => b.downloads - a.downloads || (a.key < b.key ? -1 : Number(a.key > b.key)));
    this.#names = uniqueByKey(this.#names).slice(0, this.#limit);
    if (this.#names.length === this.#limit) this.#least = this.#names.at(-1)?.downloads ?? this.#least;
  }
}

/** Places of a list that gives an order and no numbers; the first mention of a package stands. */
export function placesInOrder(names: readonly { readonly name: string; readonly key: string }[], limit: number): RankedName[] {
  const listed = uniqueByKey(names).slice(0, limit);
  return listed.map(({ name, key }, index) => ({ rank: index + 1, name, key, downloads: null }));
}

/** Of all pairs with different counts, the share that stands in the ranking's order; null where there is no pair. */
export function concordance(downloads: readonly number[]): number | null {
  let right = 0;
  let pairs = 0;
  for (const [index, better] of downloads.entries()) {
    for (const worse of downloads.slice(index + 1)) {
      if (better === worse) continue;
      pairs += 1;
      if (better > worse) right += 1;
    }
  }
  return pairs === 0 ? null : right / pairs;
}

function uniqueByKey<T extends { readonly key: string }>(names: readonly T[]): T[] {
  const seen = new Set<string>();
  return names.filter(({ key }) => {
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
