/** Runs of hexadecimal digits: whether anything could stand in them. */
import { isSuspicious } from './decoded';
import { MOST_HITS, OVERLAP, PIECE, SCRATCH_BYTES, hexRuns, scratch } from './memory';
import { LEAST_HEX } from './runs';
import { hexCount, listRun, overflow } from './window';

// @ts-ignore: a decorator of AssemblyScript
@inline
export function isHex(byte: u8): bool {
  const letter = byte | 0x20;
  return (byte >= 48 && byte <= 57) || (letter >= 97 && letter <= 102);
}

/** Tells the runs of hexadecimal digits within a run that may hold something. */
export function lookForHex(begin: usize, end: usize, isCut: bool): void {
  for (let at = begin + LEAST_HEX - 1; at < end; at += LEAST_HEX) {
    if (!isHex(load<u8>(at))) continue;
    let from = at;
    while (from > begin && isHex(load<u8>(from - 1))) from--;
    const to = endOfHex(at, end);
    at = to;
    if (to - from < LEAST_HEX) continue;
    if (isCut || holdsHex(from, to, 1) || holdsHex(from + 1, to, 1)) {
      if (hexCount == MOST_HITS) overflow = true;
      else listRun(hexRuns + 8 * (hexCount++ as usize), from, to);
    }
  }
}

/** Where, up to `end`, the first byte stands that is no hexadecimal digit. */
function endOfHex(at: usize, end: usize): usize {
  for (; at < end; at += 16) {
    const bytes = v128.load(at);
    const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(10));
    const letters = i8x16.lt_u(i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(97)), i8x16.splat(6));
    const others = ~(i8x16.bitmask(v128.or(digits, letters)) as u32) & 0xffff;
    if (others != 0) return min(end, at + (ctz(others) as usize));
  }
  return end;
}

/** Decodes `count` hexadecimal digits; up to 16 bytes more are written. */
export function decodeHex(digits: usize, count: u32, into: usize): void {
  for (const end = digits + count; digits < end; digits += 32) {
    v128.store(into, i8x16.narrow_i16x8_u(bytesOfHex(v128.load(digits)), bytesOfHex(v128.load(digits, 16))));
    into += 16;
  }
}

/** Of sixteen digits the eight bytes, in two bytes each. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function bytesOfHex(digits: v128): v128 {
  // Of letters the lowest four bits are 1 for a; they alone have the bit 64.
  const letters = v128.and(i8x16.shr_u(digits, 6), i8x16.splat(1));
  const values = i8x16.add(v128.and(digits, i8x16.splat(0x0f)), i8x16.add(i8x16.shl(letters, 3), letters));
  return v128.and(v128.or(i16x8.shl(values, 4), i16x8.shr_u(values, 8)), i16x8.splat(0xff));
}

export function mayHoldHex(begin: usize, end: usize, level: u32): bool {
  for (let at = begin; at < end; at++) {
    if (!isHex(load<u8>(at))) continue;
    const from = at;
    while (at < end && isHex(load<u8>(at))) at++;
    if (at - from >= LEAST_HEX && (holdsHex(from, at, level) || holdsHex(from + 1, at, level))) return true;
  }
  return false;
}

function holdsHex(begin: usize, end: usize, level: u32): bool {
  const into = scratch + (level as usize - 1) * SCRATCH_BYTES;
  let at = begin;
  while (true) {
    const to = min(end, at + PIECE);
    decodeHex(at, (to - at) as u32, into);
    const out = into + ((to - at) >> 1);
    if (isSuspicious(into, out, level, at > begin, to < end)) return true;
    if (to == end) return false;
    at = to - OVERLAP;
  }
}
