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

// The alphabets are those of gate.ts, and the lengths too.
const SHORT_RUN: u32 = 12;
/** How far before its run a literal may begin that stands in it. */
const INNER: u32 = 16;

// Of analysis/text: base64.ts, hex.ts, dense-escapes.ts.
const LEAST_BASE64: u32 = 24;
const LEAST_LINE: u32 = 40;
const MOST_INDENT: u32 = 32;
const LEAST_HEX: u32 = 32;
const LEAST_ESCAPES: u32 = 8;
const TASTE: u32 = 24;
/** So many of 18 decoded characters may be no text, where the start of the encoded text is known and where it is not. */
const MOST_STRANGE_AT_START: u32 = 6;
const MOST_STRANGE: u32 = 2;
/** Runs from which something may be decoded that neither begins nor ends with text. */
const LONG_TEXT: u32 = 64;

/** How far around the zone is looked: more than any literal is from its run. */
const AROUND: u32 = 512;
/** Beyond its end a run may be decoded in the next window, which then must know its phase. */
const FAR_RUN: u32 = 16384;
/** An escape may stand that far behind the literal, in a token whose beginning is escaped too. */
const BEFORE_ESCAPE: u32 = 32;

/*
 * Memory below the windows, at fixed places. Literals are found by three or four of their bytes, folded to lower case: a flag
 * for each hash of them, and a chain of entries. The tables, each with flags for as many hashes as its literals need:
 *   all         every literal, by three bytes; for what is decoded, and for what stands around escapes
 *   start       literals that begin their token, by their first three bytes
 *   inner       literals that stand in a run, by three bytes
 *   near        literals that stand before a run, by four bytes at an even place
 *   long        literals that stand before or in a long run, in the same way
 *   everywhere  the others, by four bytes at a multiple of the stride
 */
const MOST_HASHES: usize = 1 << 18;
const values64: usize = 1024;
/** What may stand between a run and the sign before it (1), and those signs (2), of the patterns whose literals stand before. */
const leads: usize = 1280;
const allFlags: usize = 2048;
const startFlags: usize = allFlags + MOST_HASHES;
const innerFlags: usize = startFlags + MOST_HASHES;
const nearFlags: usize = innerFlags + MOST_HASHES;
const longFlags: usize = nearFlags + MOST_HASHES;
const everywhereFlags: usize = longFlags + MOST_HASHES;
const allHeads: usize = everywhereFlags + MOST_HASHES;
const startHeads: usize = allHeads + 4 * MOST_HASHES;
const innerHeads: usize = startHeads + 4 * MOST_HASHES;
const nearHeads: usize = innerHeads + 4 * MOST_HASHES;
const longHeads: usize = nearHeads + 4 * MOST_HASHES;
const everywhereHeads: usize = longHeads + 4 * MOST_HASHES;
/** Entries of 16 bytes: literal u32, place of its bytes u32, next u32, length u8, where in it the bytes stand i8, ignore case u16. */
const entries: usize = everywhereHeads + 4 * MOST_HASHES;
const MOST_ENTRIES: u32 = 262143;
const texts: usize = entries + 16 * (MOST_ENTRIES + 1);
const TEXT_BYTES: usize = 2097152;
const scratch: usize = texts + TEXT_BYTES;
const PIECE: u32 = 4096;
/** Digits that a piece has in common with the one before: more than the longest literal takes in either encoding. */
const OVERLAP: u32 = 512;
const SCRATCH_BYTES: usize = 8192;
const hits: usize = scratch + 2 * SCRATCH_BYTES;
const MOST_HITS: u32 = 131072;
const runs: usize = hits + 8 * MOST_HITS;
const hexRuns: usize = runs + 8 * MOST_HITS;
const escapes: usize = hexRuns + 8 * MOST_HITS;
/** Places of the current window that are looked at once all of it is classified: a loop without surprises is a fast loop. */
const LISTED: usize = 1048576;
const startList: usize = escapes + 4 * MOST_HITS;
const signList: usize = startList + 4 * LISTED;
const windows: usize = signList + 4 * LISTED + 64 + 8 * (LISTED / 4096);

// What is left of a hash, for each table.
let allMask: u32 = 0;
let startMask: u32 = 0;
let innerMask: u32 = 0;
let nearMask: u32 = 0;
let longMask: u32 = 0;
let everywhereMask: u32 = 0;

let hitCount: u32 = 0;
let runCount: u32 = 0;
let hexCount: u32 = 0;
let escapeCount: u32 = 0;
/** Beginnings of words, signs, and long runs that were looked at. */
let placeCount: u32 = 0;
/** More was found than there is room for. */
let overflow: bool = false;
/** Stretches of the window, as pairs, that hold text in UTF-16; with gaps between them of more than WIDE_GAP. */
const wideRanges: usize = signList + 4 * LISTED + 64;
const WIDE_GAP: usize = 4096;
let wideCount: u32 = 0;
/** Of the block before: where a NUL stands behind a character, and where two and four such pairs in a row have arrived. */
let wide1: u64 = 0;
let wide2: u64 = 0;
let wide4: u64 = 0;

/** How far before a run its literal may begin, and how far behind it. */
let before: u32 = 0;
let behind: u32 = 0;
/** Whether there are literals before runs of 12 to 19 hexadecimal digits. */
let hasShortHex: bool = false;
/** Every n-th byte is looked at for the literals that may stand everywhere; 0 where there are none. */
let stride: u32 = 0;

// The zone, while it is looked through.
let start: usize = 0;
let zoneFrom: usize = 0;
let zoneTo: usize = 0;
let limit: usize = 0;
/** What was looked through last in and around runs, before them, to the end of the last long one, and around escapes. */
let innerFrom: usize = 0;
let innerTo: usize = 0;
let nearFrom: usize = 0;
let nearTo: usize = 0;
let longTo: usize = 0;
let doneFrom: usize = 0;
let doneTo: usize = 0;
/** Escapes in a row: the first, the last, and how many. */
let firstEscape: usize = 0;
let lastEscape: usize = 0;
let escapesInRow: u32 = 0;

export function flagsAt(): usize { return allFlags; }
export function leadsAt(): usize { return leads; }
export function headsAt(): usize { return allHeads; }
export function mostHashes(): usize { return MOST_HASHES; }
export function entriesAt(): usize { return entries; }
export function mostEntries(): u32 { return MOST_ENTRIES; }
export function textsAt(): usize { return texts; }
export function textBytes(): usize { return TEXT_BYTES; }
/** The longest literal that is found in pieces of encoded text, too. */
export function longestLiteral(): u32 { return OVERLAP / 2 - 8; }
export function hitsAt(): usize { return hits; }
export function runsAt(): usize { return runs; }
export function hexRunsAt(): usize { return hexRuns; }
export function escapesAt(): usize { return escapes; }
export function windowsAt(): usize { return windows; }
/** The most bytes that a window has. */
export function mostBytes(): usize { return LISTED - 64; }
export function countOfHits(): u32 { return hitCount; }
export function countOfRuns(): u32 { return runCount; }
export function countOfHexRuns(): u32 { return hexCount; }
export function countOfEscapes(): u32 { return escapeCount; }
export function countOfPlaces(): u32 { return placeCount; }
export function hasOverflown(): bool { return overflow; }
export function wideRangesAt(): usize { return wideRanges; }
export function countOfWideRanges(): u32 { return wideCount; }

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

export function prepare(reachBefore: u32, reachBehind: u32, shortHex: bool, everyNth: u32): void {
  before = reachBefore;
  behind = reachBehind;
  hasShortHex = shortHex;
  stride = everyNth;
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
  prepareVectors();
}

/*
 * Classes of bytes by their two halves: a byte has the bits that both halves have.
 *   bits 5-7  letters and digits
 *   bits 3-4  - _ + /  which with those make runs
 *   bits 0-2  . % = : ~  which with all of those make long runs
 * So a byte of the first kind, of the first two, or of any is one that is at least so large. What is added to it, to tell,
 * brings just those to 128 and more: the highest bits of sixteen bytes are a mask.
 *
 * Vectors that never change stand in memory. As constants they would be put together again at every use.
 */
const vectors: usize = 1536;
const lowHalves: usize = vectors;
const highHalves: usize = vectors + 16;
const lowHalvesOfSigns: usize = vectors + 32;
const highHalvesOfSigns: usize = vectors + 48;
const halves: usize = vectors + 64;
const toWords: usize = vectors + 80;
const toRuns: usize = vectors + 96;
const toAny: usize = vectors + 112;
/** Which three bytes stand at each of four places, and at the four behind them; which four at every second place. */
const threes: usize = vectors + 128;
const nextThrees: usize = vectors + 144;
const fours: usize = vectors + 160;
/** Which four stand at places at a distance of the stride, as far as those are within 16 bytes. */
const strided: usize = vectors + 176;
const folding: usize = vectors + 192;
const factors: usize = vectors + 208;

function prepareVectors(): void {
  v128.store(lowHalves, i8x16(96, -32, -32, -32, -32, -28, -32, -32, -32, -32, -62, -112, -128, -110, -123, -104));
  v128.store(highHalves, i8x16(0, 0, 20, 34, -128, 72, -128, 65, 0, 0, 0, 0, 0, 0, 0, 0));
  // Signs, in the same way: \\ % & +
  v128.store(lowHalvesOfSigns, i8x16(0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 2, 1, 0, 0, 0));
  v128.store(highHalvesOfSigns, i8x16(0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  v128.store(halves, i8x16.splat(0x0f));
  v128.store(toWords, i8x16.splat(0x60));
  v128.store(toRuns, i8x16.splat(0x78));
  v128.store(toAny, i8x16.splat(0x7f));
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
function hashesOf(bytes: v128, groups: v128, mask: v128): v128 {
  const grams = v128.or(i8x16.relaxed_swizzle(bytes, groups), v128.load(folding));
  return v128.and(i32x4.shr_u(i32x4.mul(grams, v128.load(factors)), SHIFT), mask);
}

/** Not 0 where a flag of any of four hashes is set. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function anyOf(flags: usize, hashes: v128): u8 {
  const low = i64x2.extract_lane(hashes, 0), high = i64x2.extract_lane(hashes, 1);
  return (
    load<u8>(flags + (low as usize)) |
    load<u8>(flags + ((low >>> 32) as usize)) |
    load<u8>(flags + (high as usize)) |
    load<u8>(flags + ((high >>> 32) as usize))
  );
}

// The indices are always below 16, where relaxed_swizzle is the same on every machine and takes one instruction.
// @ts-ignore: a decorator of AssemblyScript
@inline
function inClasses(low: v128, lows: v128, high: v128, highs: v128): v128 {
  return v128.and(i8x16.relaxed_swizzle(lows, low), i8x16.relaxed_swizzle(highs, high));
}

/** Of 16 bytes a bit where it, with what is added, is 128 and more. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function bitsOf(bytes: v128, added: v128): u64 {
  return i8x16.bitmask(i8x16.add_sat_u(bytes, added)) as u32 as u64;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function highHalf(bytes: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(0x0f));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isNone(bytes: v128): v128 {
  return i8x16.eq(bytes, i8x16.splat(0));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
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
function carried(mask: u64, previous: u64, by: u64): u64 {
  return (mask << by) | (previous >> (64 - by));
}

/**
 * Looks through [from, to) of the `length` bytes at `window`, with what stands around it.
 */
export function survey(window: usize, length: u32, from: u32, to: u32): void {
  hitCount = 0;
  runCount = 0;
  hexCount = 0;
  escapeCount = 0;
  placeCount = 0;
  overflow = false;
  wideCount = 0;
  wide1 = 0;
  wide2 = 0;
  wide4 = 0;
  start = window;
  zoneFrom = window + from;
  zoneTo = window + to;
  limit = window + length;
  innerFrom = 0;
  innerTo = 0;
  nearFrom = 0;
  nearTo = 0;
  longTo = 0;
  doneFrom = 0;
  doneTo = 0;
  firstEscape = 0;
  lastEscape = 0;
  escapesInRow = 0;

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

/** True where characters with a NUL behind each, eight in a row, arrive in a block: text in UTF-16. */
function hasWide(z: u64, before: u64): bool {
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
function onWide(at: u32): void {
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

/** Adds the places of a mask's bits to a list, and says where it ends then. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function listed(mask: u64, at: usize, end: usize): usize {
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

/** What follows a backslash that escapes a character by its number, or a slash: u x 0 1 / */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isOfEscape(byte: u8): bool {
  return byte == 0x75 || byte == 0x78 || byte == 0x30 || byte == 0x31 || byte == 0x2f;
}

/** A word begins, from which a run of token characters goes on. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function onStart(at: usize): void {
  startAt(at);
  const sign = load<u8>(at - 1);
  if (sign == 0x5c) {
    // \n \x.. \u....
    startAt(at + 1);
    startAt(at + 3);
    startAt(at + 5);
  } else if (sign == 0x25) {
    startAt(at + 2);
  }
  if (hasShortHex && isHexRun(at)) nearAt(at - min(at - start, before as usize), at + 14);
}

function isHexRun(at: usize): bool {
  for (let index: u32 = 0; index < SHORT_RUN; index++) if (!isHex(load<u8>(at + index))) return false;
  return true;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function startAt(at: usize): void {
  const hash = hashOfThree(load<u32>(at), startMask);
  if (load<u8>(startFlags + (hash as usize))) compare(at, load<u32>(startHeads + 4 * (hash as usize)));
}

/** True where a run stands behind what stands in the patterns between their literals and their runs: an equals sign, a quote. */
function isLed(begin: usize): bool {
  let at = begin;
  for (let steps: u32 = 0; steps < 16 && at > start; steps++) {
    at--;
    const lead = load<u8>(leads + (load<u8>(at) as usize));
    if (lead & 2) return true;
    if (lead == 0) return false;
  }
  return true;
}

/** Literals in a long run, [begin, end), and before it. */
function onLongRun(begin: usize, end: usize): void {
  const from = max(max(begin - min(begin - start, before as usize), longTo), zoneFrom);
  longTo = end;
  const to = min(end, zoneTo);
  if (from < to) inPairs(from, to + 14, longFlags, longHeads, longMask);
  withinIn(begin - min(begin - start, INNER as usize), end + behind);
}

/** A run of at least 20 token characters. */
function onRun(begin: usize, end: usize, first: usize, last: usize): void {
  const size = (end - begin) as u32;
  placeCount++;
  if (isLed(begin)) nearIn(begin - min(begin - start, before as usize), begin);
  withinIn(begin - min(begin - start, INNER as usize), end + behind);
  if (size < LEAST_BASE64 || end <= zoneFrom || begin >= zoneTo) return;
  const isCut = (begin == first && first > start) || (end == last && last < limit) || (end > zoneTo && size > FAR_RUN);
  if (size >= LEAST_HEX) lookForHex(begin, end, isCut);
  if (isCut || isWrapped(end, size) || isContinued(begin) || mayHold(begin, end, 1)) {
    if (runCount == MOST_HITS) overflow = true;
    else listRun(runs + 8 * (runCount++ as usize), begin, end);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function listRun(at: usize, begin: usize, end: usize): void {
  store<u32>(at, (begin - start) as u32);
  store<u32>(at, (end - start) as u32, 4);
}

/** Literals that begin in [from, to) and stand in a run; but for those in the stretch that was looked through last. */
function withinIn(from: usize, to: usize): void {
  if (from >= innerFrom && from <= innerTo) {
    if (to > innerTo) {
      withinAt(innerTo, to);
      innerTo = to;
    }
  } else if (from < innerFrom && to >= innerFrom) {
    withinAt(from, innerFrom);
    if (to > innerTo) {
      withinAt(innerTo, to);
      innerTo = to;
    }
    innerFrom = from;
  } else {
    withinAt(from, to);
    innerFrom = from;
    innerTo = to;
  }
}

function withinAt(from: usize, to: usize): void {
  from = max(from, zoneFrom);
  to = min(to, zoneTo);
  if (from >= to) return;
  // Of a literal the bytes that are looked up begin among the first 5.
  to += 4;
  const mask = innerMask, masks = i32x4.splat(mask);
  const first = v128.load(threes), second = v128.load(nextThrees);
  for (let at = from; at < to; at += 8) {
    const bytes = v128.load(at);
    if (anyOf(innerFlags, hashesOf(bytes, first, masks)) | anyOf(innerFlags, hashesOf(bytes, second, masks))) {
      for (let place = at; place < at + 8; place++) {
        if (innerFlag(place, mask)) compare(place, load<u32>(innerHeads + 4 * (hashOfThree(load<u32>(place), mask) as usize)));
      }
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function innerFlag(at: usize, mask: u32): u8 {
  return load<u8>(innerFlags + (hashOfThree(load<u32>(at), mask) as usize));
}

/** Literals that begin in [from, to) and stand before a run; but for those in the stretch that was looked through last. */
function nearIn(from: usize, to: usize): void {
  if (from >= nearFrom && from <= nearTo) {
    if (to > nearTo) {
      beforeIn(nearTo, to);
      nearTo = to;
    }
  } else if (from < nearFrom && to >= nearFrom) {
    beforeIn(from, nearFrom);
    if (to > nearTo) {
      beforeIn(nearTo, to);
      nearTo = to;
    }
    nearFrom = from;
  } else {
    beforeIn(from, to);
    nearFrom = from;
    nearTo = to;
  }
}

function beforeIn(from: usize, to: usize): void {
  from = max(from, zoneFrom);
  to = min(to, zoneTo);
  if (from >= to) return;
  nearAt(from, to + 14);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function nearAt(from: usize, to: usize): void {
  inPairs(from, to, nearFlags, nearHeads, nearMask);
}

/** Looks up four bytes at each even place in [from, to). */
function inPairs(from: usize, to: usize, flags: usize, heads: usize, mask: u32): void {
  const masks = i32x4.splat(mask);
  const groups = v128.load(fours);
  // One byte before a literal may be among those that are looked up.
  for (let at = (from > start ? from - 1 : from) & ~(1 as usize); at < to; at += 16) {
    const first = hashesOf(v128.load(at), groups, masks);
    const second = hashesOf(v128.load(at, 8), groups, masks);
    if (anyOf(flags, first) | anyOf(flags, second)) {
      for (let place = at; place < at + 16; place += 2) {
        const hash = hashOfFour(load<u32>(place), mask) as usize;
        if (load<u8>(flags + hash)) compare(place, load<u32>(heads + 4 * hash));
      }
    }
  }
}

/** True where another line of the same text follows. */
function isWrapped(end: usize, size: u32): bool {
  if (size < LEAST_LINE) return false;
  let at = end;
  if (at < limit && load<u8>(at) == 13) at++;
  if (at >= limit || load<u8>(at) != 10) return false;
  at++;
  for (let indent: u32 = 0; indent < MOST_INDENT && at < limit && (load<u8>(at) == 32 || load<u8>(at) == 9); indent++) at++;
  return at < limit && load<u8>(values64 + load<u8>(at)) != 255;
}

/** True where a line of the same text stands before. */
function isContinued(begin: usize): bool {
  let at = begin - 1;
  for (let indent: u32 = 0; indent < MOST_INDENT && at > start && (load<u8>(at) == 32 || load<u8>(at) == 9); indent++) at--;
  if (at <= start || load<u8>(at) != 10) return false;
  at--;
  if (at > start && load<u8>(at) == 13) at--;
  for (let size: u32 = 0; size < LEAST_LINE; size++, at--) {
    if (at < start || load<u8>(values64 + load<u8>(at)) == 255) return false;
  }
  return true;
}

/** An escape within a token, or two strings that are joined: what stands around is no run, and yet may be a token. */
function onSign(at: usize): void {
  const sign = load<u8>(at);
  // What is no character of a token cannot stand in the middle of one, but counts in a row of escapes.
  let isOfToken = true;
  if (sign == 0x5c) {
    const next = load<u8>(at, 1);
    if (next == 0x78) isOfToken = isPrintable(load<u8>(at, 2));
    else if (next == 0x75) isOfToken = load<u16>(at, 2) == 0x3030 && isPrintable(load<u8>(at, 4));
    else if (next == 0x30 || next == 0x31) isOfToken = isOctal(load<u8>(at, 2)) && isOctal(load<u8>(at, 3));
    else if (next != 0x2f) return;
  } else if (sign == 0x25) {
    if (!isHex(load<u8>(at, 1)) || !isHex(load<u8>(at, 2))) return;
  } else if (sign == 0x26) {
    if (load<u8>(at, 1) != 0x23) return;
  } else {
    const quote = joins(at);
    if (quote != 0) probe(quote - min(quote - start, (before + BEFORE_ESCAPE) as usize), quote + 1);
    return;
  }
  if (followsLast(at)) {
    escapesInRow++;
  } else {
    escapesInRow = 1;
    firstEscape = 0;
  }
  lastEscape = at;
  if (firstEscape == 0 && at >= zoneFrom) firstEscape = at;
  const isFirstSeen = escapesInRow == LEAST_ESCAPES || (escapesInRow > LEAST_ESCAPES && firstEscape == at);
  if (isFirstSeen && firstEscape != 0 && firstEscape < zoneTo) {
    if (escapeCount == MOST_HITS) overflow = true;
    else store<u32>(escapes + 4 * (escapeCount++ as usize), (firstEscape - start) as u32);
  }
  if (isOfToken) probe(at - min(at - start, (before + BEFORE_ESCAPE) as usize), at + 4);
}

/** True where the escape before is of the same kind and ends right here. */
function followsLast(at: usize): bool {
  if (lastEscape == 0) return false;
  const distance = (at - lastEscape) as u32;
  const sign = load<u8>(at);
  if (sign != load<u8>(lastEscape)) return false;
  if (sign == 0x25) return distance == 3;
  if (sign == 0x26) return distance <= 8 && load<u8>(at - 1) == 0x3b;
  const next = load<u8>(at, 1);
  const last = load<u8>(lastEscape, 1);
  const inOctal = next <= 0x31;
  if (inOctal ? last > 0x31 : next != last) return false;
  // A second backslash in front of each where a string stands within a string.
  const doubled: u32 = load<u8>(at - 1) == 0x5c ? 1 : 0;
  return distance == (next == 0x75 ? 6 : 4) + doubled;
}

/** The quote that ends the string in front of a plus sign, where another string follows it; 0 where not. */
function joins(plus: usize): usize {
  let left = plus - 1;
  for (let steps = 0; steps < 16 && left > start && isSpace(load<u8>(left)); steps++) left--;
  if (left < start) return 0;
  const quote = load<u8>(left);
  if (quote != 0x22 && quote != 0x27 && quote != 0x60) return 0;
  let right = plus + 1;
  for (let steps = 0; steps < 16 && isSpace(load<u8>(right)); steps++) right++;
  return load<u8>(right) == quote ? left : 0;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isSpace(byte: u8): bool {
  return byte == 32 || byte == 9 || byte == 10 || byte == 13;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isHex(byte: u8): bool {
  const letter = byte | 0x20;
  return (byte >= 48 && byte <= 57) || (letter >= 97 && letter <= 102);
}

/** The first hexadecimal digit of a printable character. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isPrintable(digit: u8): bool {
  return digit >= 50 && digit <= 55;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isOctal(digit: u8): bool {
  return digit >= 48 && digit <= 55;
}

/** Looks for literals that begin in [from, to). */
function probe(from: usize, to: usize): void {
  if (from < zoneFrom) from = zoneFrom;
  if (to > zoneTo) to = zoneTo;
  if (from >= to) return;
  // Of a literal the three bytes that are looked up stand among the first 16.
  to += 14;
  if (from >= doneFrom && from <= doneTo) {
    if (to <= doneTo) return;
    from = doneTo;
  } else if (from < doneFrom && to >= doneFrom) {
    look(from, doneFrom);
    doneFrom = from;
    if (to <= doneTo) return;
    from = doneTo;
  } else {
    doneFrom = from;
  }
  doneTo = look(from, to);
}

/** Looks up three bytes at each place in [from, to) and a few more, and says where it stopped. */
function look(from: usize, to: usize): usize {
  const mask = allMask, masks = i32x4.splat(mask);
  const groups = v128.load(threes);
  let at = from;
  for (; at < to; at += 4) {
    if (anyOf(allFlags, hashesOf(v128.load(at), groups, masks))) {
      for (let place = at; place < at + 4; place++) {
        if (anyFlag(place, mask)) compare(place, load<u32>(allHeads + 4 * (hashOfThree(load<u32>(place), mask) as usize)));
      }
    }
  }
  return at;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function anyFlag(at: usize, mask: u32): u8 {
  return load<u8>(allFlags + (hashOfThree(load<u32>(at), mask) as usize));
}

/** Adds the literals of a chain that stand around `place`. */
function compare(place: usize, index: u32): void {
  while (index != 0) {
    const entry = entries + 16 * (index as usize);
    const at = place - (load<i8>(entry, 13) as isize as usize);
    const size = load<u8>(entry, 12) as usize;
    if (at >= zoneFrom && at < zoneTo && at + size <= limit && stands(entry, at, size)) {
      if (hitCount == MOST_HITS) {
        overflow = true;
        return;
      }
      const hit = hits + 8 * (hitCount++ as usize);
      store<u32>(hit, load<u32>(entry));
      store<u32>(hit, (at - start) as u32, 4);
    }
    index = load<u32>(entry, 8);
  }
}

function stands(entry: usize, at: usize, size: usize): bool {
  const text = load<u32>(entry, 4) as usize;
  const ignoreCase = load<u16>(entry, 14) != 0;
  for (let index: usize = 0; index < size; index++) {
    const byte = load<u8>(at + index);
    const wanted = load<u8>(text + index);
    if (byte == wanted) continue;
    if (!ignoreCase || byte < 65 || byte > 90 || byte + 32 != wanted) return false;
  }
  return true;
}

/** Literals that no run leads to: of each, four bytes stand at a multiple of the stride. */
function everywhere(): void {
  const step = stride as usize;
  const mask = everywhereMask, masks = i32x4.splat(mask);
  const groups = v128.load(strided);
  // As many as there are within 16 bytes, and four at most.
  const next = min(4, 12 / step + 1) * step;
  const to = min(limit, zoneTo + 32);
  for (let at = zoneFrom; at < to; at += 2 * next) {
    const first = hashesOf(v128.load(at), groups, masks);
    const second = hashesOf(v128.load(at + next), groups, masks);
    if (anyOf(everywhereFlags, first) | anyOf(everywhereFlags, second)) {
      for (let place = at; place < at + 2 * next; place += step) {
        if (everywhereFlag(place, mask)) compare(place, load<u32>(everywhereHeads + 4 * (hashOfFour(load<u32>(place), mask) as usize)));
      }
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function everywhereFlag(at: usize, mask: u32): u8 {
  return load<u8>(everywhereFlags + (hashOfFour(load<u32>(at), mask) as usize));
}

/** True where a run, decoded in any phase that the readings would try, may hold a literal or another encoding. */
function mayHold(begin: usize, end: usize, level: u32): bool {
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

/** True where decoded bytes hold a literal, text in UTF-16, many escapes, or another encoding that does. */
function isSuspicious(from: usize, to: usize, level: u32, isCutBefore: bool, isCutBehind: bool): bool {
  if (to - from < 3) return false;
  if (holdsLiteral(from, to) || hasEscapesOrNuls(from, to - 2)) return true;
  if (level >= 2) return false;
  let at = from;
  while (at < to) {
    if (load<u8>(values64 + load<u8>(at)) == 255) {
      at++;
      continue;
    }
    const begin = at;
    while (at < to && load<u8>(values64 + load<u8>(at)) != 255) at++;
    const size = (at - begin) as u32;
    if (size < LEAST_BASE64) continue;
    if ((isCutBefore && begin == from) || (isCutBehind && at == to)) return true;
    if (isWrappedWithin(at, to, size) || mayHold(begin, at, level + 1)) return true;
    if (size >= LEAST_HEX && mayHoldHex(begin, at, level + 1)) return true;
  }
  return false;
}

function holdsLiteral(from: usize, to: usize): bool {
  const mask = allMask, masks = i32x4.splat(mask);
  const groups = v128.load(threes);
  for (let at = from; at + 2 < to; at += 4) {
    if (!anyOf(allFlags, hashesOf(v128.load(at), groups, masks))) continue;
    const last = min(at + 4, to - 2);
    for (let place = at; place < last; place++) {
      if (anyFlag(place, mask) && standsAny(load<u32>(allHeads + 4 * (hashOfThree(load<u32>(place), mask) as usize)), place, from, to))
        return true;
    }
  }
  return false;
}

/** True where in [from, to) many escapes begin, or three characters with NULs between them; two more bytes follow. */
function hasEscapesOrNuls(from: usize, to: usize): bool {
  let signs: u32 = 0;
  for (let at = from; at < to; at += 16) {
    const bytes = v128.load(at);
    const left = (to - at) as u32;
    const inside: u32 = left < 16 ? (1 << left) - 1 : 0xffff;
    const escapes = v128.or(
      i8x16.eq(bytes, i8x16.splat(0x5c)),
      v128.or(i8x16.eq(bytes, i8x16.splat(0x25)), i8x16.eq(bytes, i8x16.splat(0x26))),
    );
    signs += popcnt((i8x16.bitmask(escapes) as u32) & inside) as u32;
    for (let rest = (i8x16.bitmask(isNone(v128.load(at, 1))) as u32) & inside; rest != 0; rest &= rest - 1) {
      const place = at + (ctz(rest) as usize);
      const four = load<u32>(place);
      const byte = four & 0xff;
      if ((four & 0xff00ff00) == 0 && byte > 31 && byte < 127 && four >> 16 > 31 && place < to - 2 && load<u8>(place, 4) > 31) return true;
    }
  }
  return signs >= LEAST_ESCAPES;
}

function isWrappedWithin(end: usize, to: usize, size: u32): bool {
  return size >= LEAST_LINE && end < to && (load<u8>(end) == 10 || load<u8>(end) == 13);
}

function standsAny(index: u32, place: usize, from: usize, to: usize): bool {
  while (index != 0) {
    const entry = entries + 16 * (index as usize);
    const at = place - (load<i8>(entry, 13) as isize as usize);
    const size = load<u8>(entry, 12) as usize;
    if (at >= from && at + size <= to && stands(entry, at, size)) return true;
    index = load<u32>(entry, 8);
  }
  return false;
}

/** Tells the runs of hexadecimal digits within a run that may hold something. */
function lookForHex(begin: usize, end: usize, isCut: bool): void {
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

function mayHoldHex(begin: usize, end: usize, level: u32): bool {
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

/** Line feeds among `length` bytes. */
export function lines(window: usize, length: u32): u32 {
  const feed = i8x16.splat(10);
  const end = window + length;
  let count: u32 = 0;
  let at = window;
  for (; at + 64 <= end; at += 64) {
    count += popcnt(
      maskOf(
        i8x16.eq(v128.load(at), feed),
        i8x16.eq(v128.load(at, 16), feed),
        i8x16.eq(v128.load(at, 32), feed),
        i8x16.eq(v128.load(at, 48), feed),
      ),
    ) as u32;
  }
  for (; at < end; at++) if (load<u8>(at) == 10) count++;
  return count;
}
