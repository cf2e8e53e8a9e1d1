/** Three or four bytes at a time, folded to lower case, as the places in the tables of literals that they lead to. */
import { vectors } from './memory';
import { stride } from './window';

// What is left of a hash, for each table.
export let allMask: u32 = 0;
export let startMask: u32 = 0;
export let innerMask: u32 = 0;
export let nearMask: u32 = 0;
export let longMask: u32 = 0;
export let everywhereMask: u32 = 0;
// The hashes, as the tables were filled with them. All of them are shifted by the same, and what a table has room for is cut
// out: to shift vectors by a number that is not known beforehand takes longer.
const FACTOR: u32 = 0x9e3779b1;
const SHIFT: u32 = 14;

// @ts-ignore: a decorator of AssemblyScript
@inline
export function hashOfThree(bytes: u32, mask: u32): u32 {
  return ((((bytes & 0xffffff) | 0x20202020) * FACTOR) >> SHIFT) & mask;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function hashOfFour(bytes: u32, mask: u32): u32 {
  return (((bytes | 0x20202020) * FACTOR) >> SHIFT) & mask;
}

export function setMasks(all: u32, start: u32, inner: u32, near: u32, long: u32, everywhere: u32): void {
  allMask = all;
  startMask = start;
  innerMask = inner;
  nearMask = near;
  longMask = long;
  everywhereMask = everywhere;
}

/** Which three bytes stand at each of four places, and at the four behind them; which four at every second place. */
export const threes: usize = vectors + 128;
export const nextThrees: usize = vectors + 144;
export const fours: usize = vectors + 160;
/** Which four stand at places at a distance of the stride, as far as those are within 16 bytes. */
export const strided: usize = vectors + 176;
const folding: usize = vectors + 192;
const factors: usize = vectors + 208;

export function prepareHashes(): void {
  v128.store(threes, i8x16(0, 1, 2, -1, 1, 2, 3, -1, 2, 3, 4, -1, 3, 4, 5, -1));
  v128.store(nextThrees, i8x16(4, 5, 6, -1, 5, 6, 7, -1, 6, 7, 8, -1, 7, 8, 9, -1));
  v128.store(fours, i8x16(0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9));
  for (let lane: u32 = 0; lane < 4; lane++)
    for (let byte: u32 = 0; byte < 4; byte++) store<u8>(strided + lane * 4 + byte, min(12, lane * stride) + byte);
  v128.store(folding, i32x4.splat(0x20202020));
  v128.store(factors, i32x4.splat(FACTOR));
}

/** The hashes of four groups of bytes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function hashesOf(bytes: v128, groups: v128, mask: v128): v128 {
  const grams = v128.or(i8x16.relaxed_swizzle(bytes, groups), v128.load(folding));
  return v128.and(i32x4.shr_u(i32x4.mul(grams, v128.load(factors)), SHIFT), mask);
}

/** Not 0 where a flag of any of four hashes is set. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function anyOf(flags: usize, hashes: v128): u8 {
  const low = i64x2.extract_lane(hashes, 0), high = i64x2.extract_lane(hashes, 1);
  return (
    load<u8>(flags + (low as usize)) |
    load<u8>(flags + ((low >>> 32) as usize)) |
    load<u8>(flags + (high as usize)) |
    load<u8>(flags + ((high >>> 32) as usize))
  );
}
