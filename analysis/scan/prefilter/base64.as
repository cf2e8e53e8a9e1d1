/** Runs that may be base64: whether anything could stand in them. */
import { highHalf } from './classes';
import { isSuspicious } from './decoded';
import { OVERLAP, PIECE, SCRATCH_BYTES, scratch, values64 } from './memory';

const TASTE: u32 = 24;
/** So many of 18 decoded characters may be no text, where the start of the encoded text is known and where it is not. */
const MOST_STRANGE_AT_START: u32 = 6;
const MOST_STRANGE: u32 = 2;
/** Runs from which something may be decoded that neither begins nor ends with text. */
const LONG_TEXT: u32 = 64;

/** The values of the digits of both alphabets; 255 of what is no digit. */
export function prepareBase64(): void {
  memory.fill(values64, 255, 256);
  for (let value: u32 = 0; value < 26; value++) {
    store<u8>(values64 + 65 + value, value);
    store<u8>(values64 + 97 + value, value + 26);
  }
  for (let value: u32 = 0; value < 10; value++) store<u8>(values64 + 48 + value, value + 52);
  store<u8>(values64 + 43, 62);
  store<u8>(values64 + 45, 62);
  store<u8>(values64 + 47, 63);
  store<u8>(values64 + 95, 63);
}

/** True where a run, decoded in any phase that the readings would try, may hold a literal or another encoding. */
export function mayHold(begin: usize, end: usize, level: u32): bool {
  const size = (end - begin) as u32;
  const last: u32 = size > TASTE + 4 ? size - TASTE - 4 : 0;
  const head = leadersIn(begin);
  for (let phase: u32 = 0; phase < 4; phase++) {
    const tail = last - ((last + 4 - phase) & 3) + 4;
    // From its start a long run is decoded whatever it looks like, a short one where some of it looks like text.
    const most: u32 = phase == 0 ? MOST_STRANGE_AT_START : MOST_STRANGE;
    const looksLikeText =
      (phase == 0 && size >= LONG_TEXT) ||
      ((popcnt(head & (0x111111 << phase)) as u32) <= most && isText(begin + phase, min(end, begin + phase + TASTE), most)) ||
      ((popcnt(leadersIn(begin + tail) & 0x111111) as u32) <= most && isText(begin + tail, end, most));
    if (looksLikeText && holds(begin + phase, end, level)) return true;
  }
  return false;
}

/** A bit for each of 32 digits of base64 with a value of 32 or more: at the start of a group it gives a byte that is no text. */
function leadersIn(at: usize): u32 {
  return leadersOf(v128.load(at)) | (leadersOf(v128.load(at, 16)) << 16);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function leadersOf(digits: v128): u32 {
  // A to Z and a to f are less than 32.
  const upper = i8x16.lt_u(i8x16.sub(digits, i8x16.splat(65)), i8x16.splat(26));
  const lower = i8x16.lt_u(i8x16.sub(digits, i8x16.splat(97)), i8x16.splat(6));
  return ~(i8x16.bitmask(v128.or(upper, lower)) as u32) & 0xffff;
}

/** True where at most `most` of the characters that up to 32 digits of base64 give are no text. */
function isText(from: usize, to: usize, most: u32): bool {
  if (to <= from) return true;
  const count = ((to - from) * 3) / 4;
  // Of each group of four bits, three stand for the characters of a group of digits.
  const whole = (count / 3) << 2;
  const counted: u64 = ((((1 as u64) << (count % 3)) - 1) << whole) | (((1 as u64) << whole) - 1);
  const strange =
    (strangeOf(charactersOf(v128.load(from))) as u64) | ((strangeOf(charactersOf(v128.load(from, 16))) as u64) << 16);
  return (popcnt(strange & counted) as u32) <= most;
}

/** The three characters that four digits give, and a NUL behind them, of sixteen digits of base64. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function charactersOf(digits: v128): v128 {
  // The value of a digit is at a fixed distance from its code, by the upper half of that, but for four of the signs.
  const distance = i8x16.relaxed_swizzle(i8x16(0, 0, 16, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0), highHalf(digits));
  const values = v128.and(
    i8x16.add(
      i8x16.add(i8x16.add(digits, distance), v128.and(i8x16.eq(digits, i8x16.splat(43)), i8x16.splat(3))),
      i8x16.add(
        v128.and(i8x16.eq(digits, i8x16.splat(45)), i8x16.splat(1)),
        v128.and(i8x16.eq(digits, i8x16.splat(95)), i8x16.splat(33)),
      ),
    ),
    i8x16.splat(63),
  );
  const first = v128.or(
    v128.and(i32x4.shl(values, 2), i32x4.splat(0xfc)),
    v128.and(i32x4.shr_u(values, 12), i32x4.splat(0x03)),
  );
  const second = v128.or(
    v128.and(i32x4.shl(values, 4), i32x4.splat(0xf000)),
    v128.and(i32x4.shr_u(values, 10), i32x4.splat(0x0f00)),
  );
  const third = v128.or(
    v128.and(i32x4.shl(values, 6), i32x4.splat(0xc00000)),
    v128.and(i32x4.shr_u(values, 8), i32x4.splat(0x3f0000)),
  );
  return v128.or(v128.or(first, second), third);
}

/** Of each character a bit where it is no text. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function strangeOf(characters: v128): u32 {
  // NUL, tab, line feed and carriage return are text too.
  const control = i8x16.swizzle(i8x16(-1, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, -1, 0, 0), characters);
  const printable = i8x16.lt_u(i8x16.sub(characters, i8x16.splat(32)), i8x16.splat(95));
  return ~(i8x16.bitmask(v128.or(control, printable)) as u32) & 0xffff;
}

/** Decodes `count` digits of base64; up to 16 bytes more are read and written. */
export function decode(digits: usize, count: u32, into: usize): void {
  const order = i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15);
  for (const end = digits + count; digits < end; digits += 16) {
    v128.store(into, i8x16.relaxed_swizzle(charactersOf(v128.load(digits)), order));
    into += 12;
  }
}

/** Decodes base64 piece by piece, and says whether any piece may hold something. */
function holds(begin: usize, end: usize, level: u32): bool {
  const into = scratch + (level as usize - 1) * SCRATCH_BYTES;
  let at = begin;
  while (true) {
    const to = min(end, at + PIECE);
    const count = (to - at) as u32;
    decode(at, count, into);
    const out = into + (((count * 3) / 4) as usize);
    if (isSuspicious(into, out, level, at > begin, to < end)) return true;
    if (to == end) return false;
    // A piece begins with what may have been cut at the end of the last one.
    at = to - OVERLAP;
  }
}
