/**
 * Looks through a window of bytes for everything that may lead to a token.
 *
 * Nearly every token holds a run of 12 or more token characters in a row, and runs are cheap to see: 64 bytes are classified
 * at once, and a few shifts of the resulting masks leave the ends of the long runs and the places in them where words begin.
 * A literal that begins its token is looked for only at those places, one that stands in or near its token only around runs
 * of 20. Which literals may be looked for like that follows from their patterns (`gate.ts`); the few others are looked for at
 * every n-th byte.
 *
 * Runs that may be encoded text are decoded right here; whether anything could stand in them is all that is told.
 */
import { prepareBase64 } from './base64';
import {
  bitsOf,
  carried,
  halves,
  highHalves,
  highHalvesOfSigns,
  inClasses,
  isNone,
  listed,
  lowHalves,
  lowHalvesOfSigns,
  maskOf,
  prepareClasses,
  toAny,
  toRuns,
  toWords,
} from './classes';
import { prepareHashes } from './hashes';
import { everywhere, forgetLiterals } from './literals';
import { signList, startList } from './memory';
import { onLongRun, onRun, onStart } from './runs';
import { forgetEscapes, isOfEscape, onSign } from './signs';
import { forgetWide, hasWide, onWide } from './wide';
import { limit, lookAt, placeCount, setReach, stride, zoneTo } from './window';

export { decode } from './base64';
export { hashOfThree, hashOfFour, setMasks } from './hashes';
export { decodeHex } from './hex';
export { lines } from './lines';
export {
  flagsAt,
  leadsAt,
  headsAt,
  mostHashes,
  entriesAt,
  mostEntries,
  textsAt,
  textBytes,
  longestLiteral,
  hitsAt,
  runsAt,
  hexRunsAt,
  escapesAt,
  windowsAt,
  mostBytes,
  wideRangesAt,
} from './memory';
export { countOfWideRanges, narrow } from './wide';
export { countOfHits, countOfRuns, countOfHexRuns, countOfEscapes, countOfPlaces, hasOverflown } from './window';

/** How far around the zone is looked: more than any literal is from its run. */
const AROUND: u32 = 512;

export function prepare(reachBefore: u32, reachBehind: u32, shortHex: bool, everyNth: u32): void {
  setReach(reachBefore, reachBehind, shortHex, everyNth);
  prepareClasses();
  prepareHashes();
  prepareBase64();
}

/**
 * Looks through [from, to) of the `length` bytes at `window`, with what stands around it.
 */
export function survey(window: usize, length: u32, from: u32, to: u32): void {
  lookAt(window, length, from, to);
  forgetLiterals();
  forgetEscapes();
  forgetWide();

  const first: usize = window + (((from > AROUND ? from - AROUND : 0) >> 6) << 6);
  const last: usize = min(limit, zoneTo + AROUND);
  if (stride > 0) everywhere();

  const lows = v128.load(lowHalves), highs = v128.load(highHalves), half = v128.load(halves);
  const signLows = v128.load(lowHalvesOfSigns), signHighs = v128.load(highHalvesOfSigns);
  const words8 = v128.load(toWords), runs8 = v128.load(toRuns), any8 = v128.load(toAny);
  let z0: u64 = 0;
  let words0: u64 = 0, starts0: u64 = 0, n12before: u64 = 0;
  let startsEnd: usize = startList, signsEnd: usize = signList;
  let m0: u64 = 0, m2: u64 = 0, m4: u64 = 0;
  let runStart: usize = first;
  let longStart: usize = first;
  let at: usize = first;
  for (; at <= last; at += 64) {
    const a = v128.load(at);
    const al = v128.and(a, half), ah = v128.and(i16x8.shr_u(a, 4), half);
    const ac = inClasses(al, lows, ah, highs), aSigns = inClasses(al, signLows, ah, signHighs);
    let q = bitsOf(ac, any8), m = bitsOf(ac, runs8), words = bitsOf(ac, words8), signs = bitsOf(aSigns, any8);
    const b = v128.load(at, 16);
    const bl = v128.and(b, half), bh = v128.and(i16x8.shr_u(b, 4), half);
    const bc = inClasses(bl, lows, bh, highs), bs = inClasses(bl, signLows, bh, signHighs);
    q |= bitsOf(bc, any8) << 16; m |= bitsOf(bc, runs8) << 16; words |= bitsOf(bc, words8) << 16; signs |= bitsOf(bs, any8) << 16;
    const c = v128.load(at, 32);
    const cl = v128.and(c, half), ch = v128.and(i16x8.shr_u(c, 4), half);
    const cc = inClasses(cl, lows, ch, highs), cs = inClasses(cl, signLows, ch, signHighs);
    q |= bitsOf(cc, any8) << 32; m |= bitsOf(cc, runs8) << 32; words |= bitsOf(cc, words8) << 32; signs |= bitsOf(cs, any8) << 32;
    const d = v128.load(at, 48);
    const dl = v128.and(d, half), dh = v128.and(i16x8.shr_u(d, 4), half);
    const dc = inClasses(dl, lows, dh, highs), ds = inClasses(dl, signLows, dh, signHighs);
    q |= bitsOf(dc, any8) << 48; m |= bitsOf(dc, runs8) << 48; words |= bitsOf(dc, words8) << 48; signs |= bitsOf(ds, any8) << 48;
    let z: u64 = 0;
    if (!i8x16.all_true(i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)))) z = maskOf(isNone(a), isNone(b), isNone(c), isNone(d));
    if (last - at < 64) {
      const inside: u64 = ((1 as u64) << ((last - at) as u64)) - 1;
      q &= inside;
      m &= inside;
      signs &= inside;
      z &= inside;
    }

    if ((z | z0) != 0) {
      if (hasWide(z, z0)) onWide((at - window) as u32);
      z0 = z;
    }

    // The bits of the masks with a number are where runs of so many have arrived.
    const n2 = m & carried(m, m0, 1);
    const n4 = n2 & carried(n2, m2, 2);
    const n8 = n4 & carried(n4, m4, 4);
    const n12 = n8 & carried(n4, m4, 8);
    // Of longer runs those that began in an earlier block are told by where they began.
    const n20 = n8 & (n8 << 8) & (n4 << 16);
    const p2 = q & (q << 1);
    const p4 = p2 & (p2 << 2);
    const p8 = p4 & (p4 << 4);
    const p16 = p8 & (p8 << 8);
    const p32 = p16 & (p16 << 16);

    // Where words begin, in the block before, from which a run of 12 goes on.
    startsEnd = listed(starts0 & ((n12before >> 11) | (n12 << 53)), at - 64, startsEnd);
    signsEnd = listed(signs, at, signsEnd);

    const gap = ~m & (0 - ~m);
    const longGap = ~q & (0 - ~q);
    const ends = ((n20 << 1) & ~m) | (at + (ctz(~m) as usize) - runStart >= 20 ? gap : 0);
    const longEnds = ((p32 << 1) & ~q) | (at + (ctz(~q) as usize) - longStart >= 32 ? longGap : 0);
    for (let rest = ends | longEnds; rest != 0; rest &= rest - 1) {
      const bit = ctz(rest);
      const one: u64 = (1 as u64) << bit;
      const below = one - 1;
      const end = at + (bit as usize);
      if (ends & one) {
        const gaps = ~m & below;
        onRun(gaps == 0 ? runStart : at + 64 - (clz(gaps) as usize), end, first, last);
      }
      if (longEnds & one) {
        const gaps = ~q & below;
        onLongRun(gaps == 0 ? longStart : at + 64 - (clz(gaps) as usize), end);
      }
    }

    if (~m != 0) runStart = at + 64 - (clz(~m) as usize);
    if (~q != 0) longStart = at + 64 - (clz(~q) as usize);
    starts0 = m & ~carried(words, words0, 1);
    words0 = words; n12before = n12;
    m0 = m; m2 = n2; m4 = n4;
  }
  startsEnd = listed(starts0 & (n12before >> 11), at - 64, startsEnd);
  placeCount += ((startsEnd - startList + signsEnd - signList) / 4) as u32;
  for (let place = startList; place < startsEnd; place += 4) onStart(load<u32>(place));
  for (let place = signList; place < signsEnd; place += 4) {
    const sign = load<u32>(place) as usize;
    const two = load<u16>(sign);
    // Most backslashes stand in front of quotes and line breaks, which are no part of a token.
    if ((two & 0xff) != 0x5c || isOfEscape((two >> 8) as u8)) onSign(sign);
  }
}
