/** Seeded randomness and the ways in which it spoils bytes. */

export interface Dice {
  /** An integer from 0 to `below` - 1. */
  int(below: number): number;
}

/** The same numbers for the same seed (mulberry32). */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return {
    int(below) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
    },
  };
}

/** Values at which lengths, offsets and flags are known to go wrong. */
const EDGES = [
  0, 1, 2, 7, 8, 9, 0x20, 0x7f, 0x80, 0xff, 0x100, 0x1ff, 0x200, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
  0xffffffff,
];

type Mutation = (bytes: Uint8Array, roll: Dice, corpus: readonly Uint8Array[]) => Uint8Array;

function changed(bytes: Uint8Array, change: (copy: Buffer) => void): Uint8Array {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) change(copy);
  return copy;
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, roll) =>
    changed(bytes, (copy) => {
      const at = roll.int(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << roll.int(8));
    }),
  (bytes, roll) =>
    changed(bytes, (copy) => {
      const from = roll.int(copy.length);
      copy.fill(roll.int(256), from, Math.min(copy.length, from + 1 + roll.int(30)));
    }),
  (bytes, roll) => changed(bytes, (copy) => copy.set([roll.int(256)], roll.int(copy.length))),
  (bytes, roll) =>
    changed(bytes, (copy) => {
      const width = [1, 2, 4][roll.int(3)] ?? 1;
      if (copy.length < width) return;
      const edge = (EDGES[roll.int(EDGES.length)] ?? 0) % 2 ** (8 * width);
      copy.writeUIntLE(edge, roll.int(copy.length - width + 1), width);
    }),
  (bytes, roll) => bytes.subarray(0, roll.int(bytes.length + 1)),
  (bytes, roll) => {
    const from = roll.int(bytes.length + 1);
    const to = Math.min(bytes.length, from + roll.int(64));
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, roll) => {
    const from = roll.int(bytes.length + 1);
    const part = bytes.subarray(from, from + roll.int(700));
    const at = roll.int(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
  },
  (bytes, roll) => {
    const at = roll.int(bytes.length + 1);
    const junk = Buffer.from(Array.from({ length: roll.int(20) }, () => roll.int(256)));
    return Buffer.concat([bytes.subarray(0, at), junk, bytes.subarray(at)]);
  },
  (bytes, roll, corpus) => {
    const other = corpus[roll.int(corpus.length)] ?? bytes;
    return Buffer.concat([bytes.subarray(0, roll.int(bytes.length + 1)), other.subarray(roll.int(other.length + 1))]);
  },
  (bytes, roll) =>
    changed(bytes, (copy) => {
      const from = roll.int(copy.length);
      copy.copy(copy, roll.int(copy.length), from, from + 1 + roll.int(40));
    }),
];

/** One of the corpus with one to four things wrong with it. */
export function mutated(corpus: readonly Uint8Array[], roll: Dice): Uint8Array {
  let bytes = corpus[roll.int(corpus.length)] ?? new Uint8Array();
  for (let left = 1 + roll.int(4); left > 0; left -= 1) {
    const mutation = MUTATIONS[roll.int(MUTATIONS.length)];
    if (mutation) bytes = mutation(bytes, roll, corpus);
  }
  return bytes;
}
