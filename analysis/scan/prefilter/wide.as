/** Text in UTF-16: where it is, and the window as one byte a unit. */
import { carried } from './classes';
import { wideRanges } from './memory';

const WIDE_GAP: usize = 4096;
let wideCount: u32 = 0;
/** Of the block before: where a NUL stands behind a character, and where two and four such pairs in a row have arrived. */
let wide1: u64 = 0;
let wide2: u64 = 0;
let wide4: u64 = 0;

export function forgetWide(): void {
  wideCount = 0;
  wide1 = 0;
  wide2 = 0;
  wide4 = 0;
}

export function countOfWideRanges(): u32 { return wideCount; }

/** True where characters with a NUL behind each, eight in a row, arrive in a block: text in UTF-16. */
export function hasWide(z: u64, before: u64): bool {
  const w = z & ~carried(z, before, 1);
  const v2 = w & carried(w, wide1, 2);
  const v4 = v2 & carried(v2, wide2, 4);
  const v8 = v4 & carried(v4, wide4, 8);
  wide1 = w;
  wide2 = v2;
  wide4 = v4;
  return v8 != 0;
}

/** Text in UTF-16 ends, or goes on, in this block. */
export function onWide(at: u32): void {
  if (wideCount > 0) {
    const last = wideRanges + 8 * ((wideCount - 1) as usize);
    if (at <= load<u32>(last, 4) + (WIDE_GAP as u32)) {
      store<u32>(last, at + 64, 4);
      return;
    }
  }
  const next = wideRanges + 8 * (wideCount as usize);
  store<u32>(next, at);
  store<u32>(next, at + 64, 4);
  wideCount++;
}

/**
 * Both alignments of a window as UTF-16, one byte a unit, behind each other at `even` and `odd`: the character where the
 * byte behind it or before it is NUL, and 255 elsewhere.
 */
export function narrow(window: usize, length: u32, even: usize, odd: usize): void {
  const low = i16x8.splat(0xff);
  const none = i8x16.splat(0);
  const end = window + length;
  let to: usize = 0;
  // Nothing stands before the window and behind its end.
  store<u8>(window - 1, 1);
  store<u8>(end, 1);
  for (let at = window; at < end; at += 32) {
    const a = v128.load(at), b = v128.load(at, 16);
    const isNoneA = v128.or(i8x16.eq(v128.load(at, 1), none), i8x16.eq(v128.load(at - 1), none));
    const isNoneB = v128.or(i8x16.eq(v128.load(at, 17), none), i8x16.eq(v128.load(at + 15), none));
    const ca = v128.or(a, v128.not(isNoneA));
    const cb = v128.or(b, v128.not(isNoneB));
    v128.store(even + to, i8x16.narrow_i16x8_u(v128.and(ca, low), v128.and(cb, low)));
    v128.store(odd + to, i8x16.narrow_i16x8_u(i16x8.shr_u(ca, 8), i16x8.shr_u(cb, 8)));
    to += 16;
  }
}
