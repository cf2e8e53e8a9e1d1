/** Classes of bytes: sixteen at a time, as masks with a bit for each. */
import { vectors } from './memory';

/*
 * Classes of bytes by their two halves: a byte has the bits that both halves have.
 *   bits 5-7  letters and digits
 *   bits 3-4  - _ + /  which with those make runs
 *   bits 0-2  . % = : ~  which with all of those make long runs
 * So a byte of the first kind, of the first two, or of any is one that is at least so large. What is added to it, to tell,
 * brings just those to 128 and more: the highest bits of sixteen bytes are a mask.
 */
export const lowHalves: usize = vectors;
export const highHalves: usize = vectors + 16;
export const lowHalvesOfSigns: usize = vectors + 32;
export const highHalvesOfSigns: usize = vectors + 48;
export const halves: usize = vectors + 64;
export const toWords: usize = vectors + 80;
export const toRuns: usize = vectors + 96;
export const toAny: usize = vectors + 112;

export function prepareClasses(): void {
  v128.store(lowHalves, i8x16(96, -32, -32, -32, -32, -28, -32, -32, -32, -32, -62, -112, -128, -110, -123, -104));
  v128.store(highHalves, i8x16(0, 0, 20, 34, -128, 72, -128, 65, 0, 0, 0, 0, 0, 0, 0, 0));
  // Signs, in the same way: \\ % & +
  v128.store(lowHalvesOfSigns, i8x16(0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 2, 1, 0, 0, 0));
  v128.store(highHalvesOfSigns, i8x16(0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  v128.store(halves, i8x16.splat(0x0f));
  v128.store(toWords, i8x16.splat(0x60));
  v128.store(toRuns, i8x16.splat(0x78));
  v128.store(toAny, i8x16.splat(0x7f));
}

// The indices are always below 16, where relaxed_swizzle is the same on every machine and takes one instruction.
// @ts-ignore: a decorator of AssemblyScript
@inline
export function inClasses(low: v128, lows: v128, high: v128, highs: v128): v128 {
  return v128.and(i8x16.relaxed_swizzle(lows, low), i8x16.relaxed_swizzle(highs, high));
}

/** Of 16 bytes a bit where it, with what is added, is 128 and more. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function bitsOf(bytes: v128, added: v128): u64 {
  return i8x16.bitmask(i8x16.add_sat_u(bytes, added)) as u32 as u64;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function highHalf(bytes: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(0x0f));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function isNone(bytes: v128): v128 {
  return i8x16.eq(bytes, i8x16.splat(0));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    (i8x16.bitmask(a) as u64) |
    ((i8x16.bitmask(b) as u64) << 16) |
    ((i8x16.bitmask(c) as u64) << 32) |
    ((i8x16.bitmask(d) as u64) << 48)
  );
}

/** A mask moved up, filled from the block before. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function carried(mask: u64, previous: u64, by: u64): u64 {
  return (mask << by) | (previous >> (64 - by));
}

/** Adds the places of a mask's bits to a list, and says where it ends then. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function listed(mask: u64, at: usize, end: usize): usize {
  const next = end + 4 * (popcnt(mask) as usize);
  // Four are written whether there are so many or not, which costs less than to ask; the next ones overwrite them.
  store<u32>(end, at + (ctz(mask) as usize));
  mask &= mask - 1;
  store<u32>(end, at + (ctz(mask) as usize), 4);
  mask &= mask - 1;
  store<u32>(end, at + (ctz(mask) as usize), 8);
  mask &= mask - 1;
  store<u32>(end, at + (ctz(mask) as usize), 12);
  for (let place = end + 16; place < next; place += 4) {
    mask &= mask - 1;
    store<u32>(place, at + (ctz(mask) as usize));
  }
  return next;
}
