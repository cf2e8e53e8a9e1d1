import type { BitReader } from '../bits.ts';
import { Damage } from '../damage.ts';

export const LONGEST_CODE = 20;

/** Canonical code: symbols by length, with the first code and the first symbol of each length. */
export interface HuffmanTable {
  readonly sorted: Uint16Array;
  /** For each length: one more than its last code, shifted to the longest length; and what to subtract for the symbol's place. */
  readonly limits: Int32Array;
  readonly offsets: Int32Array;
  readonly shortest: number;
  /** Symbol and length of all codes of at most `FAST_BITS` bits, by their bits; 0 for longer ones. */
  readonly fast: Uint16Array;
}

const FAST_BITS = 10;

export function huffmanTable(lengths: Uint8Array): HuffmanTable {
  const counts = new Int32Array(LONGEST_CODE + 2);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const sorted = Uint16Array.from(lengths.keys()).sort(
    (one, other) => (lengths[one] ?? 0) - (lengths[other] ?? 0) || one - other,
  );
  const limits = new Int32Array(LONGEST_CODE + 1);
  const offsets = new Int32Array(LONGEST_CODE + 1);
  const fast = new Uint16Array(1 << FAST_BITS);
  let code = 0;
  let place = 0;
  let shortest = 0;
  for (let length = 1; length <= LONGEST_CODE; length += 1) {
    const count = counts[length] ?? 0;
    if (count > 0 && shortest === 0) shortest = length;
    offsets[length] = place - code;
    const quick = length <= FAST_BITS ? count : 0;
    for (let index = 0; index < quick; index += 1) {
      const from = (code + index) << (FAST_BITS - length);
      fast.fill(((sorted[place + index] ?? 0) << 5) | length, from, from + (1 << (FAST_BITS - length)));
    }
    code += count;
    place += count;
    if (code > 1 << length) throw new Damage('a code table has more codes than fit');
    limits[length] = code << (LONGEST_CODE - length);
    code <<= 1;
  }
  return { sorted, limits, offsets, shortest, fast };
}

export function readSymbol(bits: BitReader, table: HuffmanTable): number {
  const ahead = bits.look(LONGEST_CODE);
  const quick = table.fast[ahead >>> (LONGEST_CODE - FAST_BITS)] ?? 0;
  if (quick !== 0) {
    bits.drop(quick & 31);
    return quick >>> 5;
  }
  for (let length = table.shortest; length <= LONGEST_CODE; length += 1) {
    if (ahead >= (table.limits[length] ?? 0)) continue;
    bits.drop(length);
    const symbol = table.sorted[(ahead >>> (LONGEST_CODE - length)) + (table.offsets[length] ?? 0)];
    if (symbol !== undefined) return symbol;
  }
  throw new Damage('a code belongs to no symbol');
}
