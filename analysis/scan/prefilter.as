/**
 * Looks through a window of bytes for everything that may lead to a token, at several GB a second.
 *
 * Nearly every token holds a run of 12 or more token characters in a row, and runs are cheap to see: 64 bytes are classified
 * at once, and a few shifts of the resulting mask leave the ends of the long runs. Only in and around those runs are the
 * literals looked for. Which literals may be looked for like that follows from their patterns (`gate.ts`); the few others
 * are looked for everywhere, at every n-th byte.
 *
 * Runs that may be encoded text are decoded right here; whether anything could stand in them is all that is told.
 */

// The alphabets are those of gate.ts, and the lengths too.
const SHORT_RUN: u32 = 12;
const RUN: u32 = 20;
const LONG_RUN: u32 = 32;

// Of analysis/text: base64.ts, hex.ts, dense-escapes.ts.
const LEAST_BASE64: u32 = 24;
const LEAST_LINE: u32 = 40;
const MOST_INDENT: u32 = 32;
const LEAST_HEX: u32 = 32;
const LEAST_ESCAPES: u32 = 8;
const TASTE: u32 = 24;

/** How far around the zone is looked: more than any literal is from its run. */
const AROUND: u32 = 512;
/** Beyond its end a run may be decoded in the next window, which then must know its phase. */
const FAR_RUN: u32 = 16384;
/** An escape may stand that far behind the literal, in a token whose beginning is escaped too. */
const BEFORE_ESCAPE: u32 = 96;

/*
 * Memory below the windows, at fixed places. A literal is found by three of its bytes, folded to lower case: a bit per hash
 * of them, a chain of literals per hash, and the literals' bytes.
 */
const HASH_BITS: u32 = 18;
const values64: usize = 1024;
const bits: usize = 2048;
const heads: usize = bits + (1 << (HASH_BITS - 3));
const everywhereBits: usize = heads + (1 << (HASH_BITS + 1));
const everywhereHeads: usize = everywhereBits + (1 << (HASH_BITS - 3));
/** Entries of 16 bytes: literal u32, place of its bytes u32, length u16, where the three bytes stand u16, next u16, flags u16. */
const entries: usize = everywhereHeads + (1 << (HASH_BITS + 1));
const MOST_ENTRIES: u32 = 65535;
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
const hexRuns: usize = runs + 4 * MOST_HITS;
const escapes: usize = hexRuns + 4 * MOST_HITS;
const windows: usize = escapes + 4 * MOST_HITS + 64;

let hitCount: u32 = 0;
let runCount: u32 = 0;
let hexCount: u32 = 0;
let escapeCount: u32 = 0;
/** More was found than there is room for. */
let overflow: bool = false;
let nuls: bool = false;

/** How far before a run its literal may begin, and how far behind it. */
let before: u32 = 0;
let behind: u32 = 0;
/** Every n-th byte is looked at for the literals that may stand everywhere; 0 where there are none. */
let stride: u32 = 0;

// The zone, while it is looked through.
let start: usize = 0;
let zoneFrom: usize = 0;
let zoneTo: usize = 0;
let limit: usize = 0;
/** What was probed last. */
let doneFrom: usize = 0;
let doneTo: usize = 0;
/** Escapes in a row: the first, the last, and how many. */
let firstEscape: usize = 0;
let lastEscape: usize = 0;
let escapesInRow: u32 = 0;

export function bitsAt(): usize { return bits; }
export function headsAt(): usize { return heads; }
export function everywhereBitsAt(): usize { return everywhereBits; }
export function everywhereHeadsAt(): usize { return everywhereHeads; }
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
export function countOfHits(): u32 { return hitCount; }
export function countOfRuns(): u32 { return runCount; }
export function countOfHexRuns(): u32 { return hexCount; }
export function countOfEscapes(): u32 { return escapeCount; }
export function hasOverflown(): bool { return overflow; }
export function hasNuls(): bool { return nuls; }

/** The hash of three bytes, as the tables were filled with it. */
export function hashOf(three: u32): u32 {
  return (((three | 0x20202020) & 0xffffff) * 0x9e3779b1) >> (32 - HASH_BITS);
}

export function prepare(reachBefore: u32, reachBehind: u32, everyNth: u32): void {
  before = reachBefore;
  behind = reachBehind;
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
}

/*
 * Classes of bytes by their two halves: a byte has the bits that both halves have.
 *   bits 0-4  letters, digits, - _ + /  (RUN characters)
 *   bits 5-7  . % = : ~  (LONG_RUN characters besides those)
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function lowHalves(): v128 {
  return i8x16(
    0x06, 0x07, 0x07, 0x07, 0x07, 0x27, 0x07, 0x07, 0x07, 0x07, 0x43, 0x09, 0x01, 0x49, -95, 0x19,
  );
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function highHalves(): v128 {
  return i8x16(0, 0, 0x28, 0x44, 0x01, 0x12, 0x01, -126, 0, 0, 0, 0, 0, 0, 0, 0);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function classesOf(bytes: v128): v128 {
  const low = i8x16.swizzle(lowHalves(), v128.and(bytes, i8x16.splat(0x0f)));
  const high = i8x16.swizzle(highHalves(), v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(0x0f)));
  return v128.and(low, high);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function signsIn(bytes: v128): v128 {
  return v128.or(
    v128.or(i8x16.eq(bytes, i8x16.splat(0x5c)), i8x16.eq(bytes, i8x16.splat(0x25))),
    v128.or(i8x16.eq(bytes, i8x16.splat(0x26)), i8x16.eq(bytes, i8x16.splat(0x2b))),
  );
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
  overflow = false;
  start = window;
  zoneFrom = window + from;
  zoneTo = window + to;
  limit = window + length;
  doneFrom = 0;
  doneTo = 0;
  firstEscape = 0;
  lastEscape = 0;
  escapesInRow = 0;

  const first: usize = window + (((from > AROUND ? from - AROUND : 0) >> 6) << 6);
  const last: usize = min(limit, zoneTo + AROUND);
  if (stride > 0) everywhere();

  const none = i8x16.splat(0);
  const runBits = i8x16.splat(0x1f);
  let zeros = none;
  let m0: u64 = 0, m1: u64 = 0, m2: u64 = 0, m12: u64 = 0;
  let q0: u64 = 0, q1: u64 = 0, q2: u64 = 0, q3: u64 = 0, q4: u64 = 0, q32: u64 = 0;
  let runStart: usize = first;
  let longStart: usize = first;
  for (let at: usize = first; at <= last; at += 64) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    const ca = classesOf(a), cb = classesOf(b), cc = classesOf(c), cd = classesOf(d);
    let q: u64 = maskOf(i8x16.ne(ca, none), i8x16.ne(cb, none), i8x16.ne(cc, none), i8x16.ne(cd, none));
    let m: u64 = maskOf(
      i8x16.ne(v128.and(ca, runBits), none),
      i8x16.ne(v128.and(cb, runBits), none),
      i8x16.ne(v128.and(cc, runBits), none),
      i8x16.ne(v128.and(cd, runBits), none),
    );
    let signs: u64 = maskOf(signsIn(a), signsIn(b), signsIn(c), signsIn(d));
    zeros = v128.or(
      zeros,
      v128.or(v128.or(i8x16.eq(a, none), i8x16.eq(b, none)), v128.or(i8x16.eq(c, none), i8x16.eq(d, none))),
    );
    if (last - at < 64) {
      const inside: u64 = ((1 as u64) << ((last - at) as u64)) - 1;
      q &= inside;
      m &= inside;
      signs &= inside;
    }

    // Where runs of at least 2, 4, 8 and 12 have arrived, and 2 to 32.
    const n1 = m & carried(m, m0, 1);
    const n2 = n1 & carried(n1, m1, 2);
    const n4 = n2 & carried(n2, m2, 4);
    const n12 = n4 & carried(n2, m2, 8);
    const p1 = q & carried(q, q0, 1);
    const p2 = p1 & carried(p1, q1, 2);
    const p4 = p2 & carried(p2, q2, 4);
    const p8 = p4 & carried(p4, q3, 8);
    const p32 = p8 & carried(p8, q4, 16);
    const ends = carried(n12, m12, 1) & ~m;
    const longEnds = carried(p32, q32, 1) & ~q;

    for (let rest = ends | longEnds; rest != 0; rest &= rest - 1) {
      const bit = ctz(rest);
      const one: u64 = (1 as u64) << bit;
      const below = one - 1;
      const end = at + (bit as usize);
      if (ends & one) {
        const gaps = ~m & below;
        const begin = gaps == 0 ? runStart : at + 64 - (clz(gaps) as usize);
        onRun(begin, end, first, last);
      }
      if (longEnds & one) {
        const gaps = ~q & below;
        const begin = gaps == 0 ? longStart : at + 64 - (clz(gaps) as usize);
        probe(begin - min(begin - start, before as usize), end + behind);
      }
    }
    for (; signs != 0; signs &= signs - 1) onSign(at + (ctz(signs) as usize));

    if (~m != 0) runStart = at + 64 - (clz(~m) as usize);
    if (~q != 0) longStart = at + 64 - (clz(~q) as usize);
    m0 = m; m1 = n1; m2 = n2; m12 = n12;
    q0 = q; q1 = p1; q2 = p2; q3 = p4; q4 = p8; q32 = p32;
  }
  nuls = v128.any_true(zeros);
}

/** A run of token characters, [begin, end). */
function onRun(begin: usize, end: usize, first: usize, last: usize): void {
  const size = (end - begin) as u32;
  if (size >= RUN) probe(begin - min(begin - start, before as usize), end + behind);
  else probe(begin, end);
  if (size < LEAST_BASE64 || end <= zoneFrom || begin >= zoneTo) return;
  const isCut = (begin == first && first > start) || (end == last && last < limit) || (end > zoneTo && size > FAR_RUN);
  if (size >= LEAST_HEX) lookForHex(begin, end, isCut);
  if (isCut || isWrapped(end, size) || isContinued(begin) || mayHold(begin, end, 1)) {
    if (runCount == MOST_HITS) overflow = true;
    else store<u32>(runs + 4 * (runCount++ as usize), (begin - start) as u32);
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
  if (sign == 0x5c) {
    const next = load<u8>(at, 1);
    // \u.... \x.. \0.. \1.. \/
    if (next != 0x75 && next != 0x78 && next != 0x30 && next != 0x31 && next != 0x2f) return;
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
  probe(at - min(at - start, (before + BEFORE_ESCAPE) as usize), at + 4);
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
  const isOctal = next <= 0x31;
  if (isOctal ? last > 0x31 : next != last) return false;
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

/** Looks up the three bytes at each place in [from, to) and a few more, and says where it stopped. */
function look(from: usize, to: usize): usize {
  let at = from;
  for (; at < to; at += 8) {
    const any =
      bitOf(load<u32>(at)) | bitOf(load<u32>(at, 1)) | bitOf(load<u32>(at, 2)) | bitOf(load<u32>(at, 3)) |
      bitOf(load<u32>(at, 4)) | bitOf(load<u32>(at, 5)) | bitOf(load<u32>(at, 6)) | bitOf(load<u32>(at, 7));
    if (any & 1) {
      for (let place = at; place < at + 8; place++) {
        const three = load<u32>(place);
        if (bitOf(three) & 1) compare(place, load<u16>(heads + 2 * (hashOf(three) as usize)));
      }
    }
  }
  return at;
}

/** The bit of three bytes, as the lowest one. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function bitOf(three: u32): u32 {
  const hash = (((three | 0x20202020) & 0xffffff) * 0x9e3779b1) >> (32 - HASH_BITS);
  return (load<u8>(bits + ((hash >> 3) as usize)) as u32) >> (hash & 7);
}

/** Adds the literals of a chain that stand around `place`. */
function compare(place: usize, index: u16): void {
  while (index != 0) {
    const entry = entries + 16 * (index as usize);
    const at = place - (load<u16>(entry, 10) as usize);
    const size = load<u16>(entry, 8) as usize;
    if (at >= zoneFrom && at < zoneTo && at + size <= limit && stands(entry, at, size)) {
      if (hitCount == MOST_HITS) {
        overflow = true;
        return;
      }
      const hit = hits + 8 * (hitCount++ as usize);
      store<u32>(hit, load<u32>(entry));
      store<u32>(hit, (at - start) as u32, 4);
    }
    index = load<u16>(entry, 12);
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

/** Literals that no run leads to: of each, three bytes stand at a multiple of the stride. */
function everywhere(): void {
  const step = stride as usize;
  const to = min(limit, zoneTo + 32);
  for (let at = zoneFrom; at < to; at += 4 * step) {
    const any =
      everywhereBit(load<u32>(at)) | everywhereBit(load<u32>(at + step)) |
      everywhereBit(load<u32>(at + 2 * step)) | everywhereBit(load<u32>(at + 3 * step));
    if (any & 1) {
      for (let place = at; place < at + 4 * step; place += step) {
        const three = load<u32>(place);
        if (everywhereBit(three) & 1) compare(place, load<u16>(everywhereHeads + 2 * (hashOf(three) as usize)));
      }
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function everywhereBit(three: u32): u32 {
  const hash = (((three | 0x20202020) & 0xffffff) * 0x9e3779b1) >> (32 - HASH_BITS);
  return (load<u8>(everywhereBits + ((hash >> 3) as usize)) as u32) >> (hash & 7);
}

/** True where a run, decoded in any phase that the readings would try, may hold a literal or another encoding. */
function mayHold(begin: usize, end: usize, level: u32): bool {
  if (holds(begin, end, level)) return true;
  const size = (end - begin) as u32;
  for (let phase: u32 = 1; phase < 4; phase++) {
    const last: u32 = size > TASTE + 4 ? size - TASTE - 4 : 0;
    const tail = last - ((last + 4 - phase) & 3) + 4;
    const looksLikeText = isText(begin + phase, min(end, begin + phase + TASTE)) || isText(begin + tail, end);
    if (looksLikeText && holds(begin + phase, end, level)) return true;
  }
  return false;
}

/** True where the decoded characters look like text; says yes too often rather than too seldom. */
function isText(from: usize, to: usize): bool {
  let held: u32 = 0;
  let strange: u32 = 0;
  let size: u32 = 0;
  let many: u32 = 0;
  for (let at = from; at < to; at++) {
    held = (held << 6) | load<u8>(values64 + load<u8>(at));
    many += 6;
    if (many < 8) continue;
    many -= 8;
    const byte = (held >> many) & 0xff;
    size++;
    if (byte > 126 || (byte < 32 && byte != 0 && byte != 9 && byte != 10 && byte != 13)) {
      strange++;
      if (strange > 3) return false;
    }
  }
  return strange * 8 <= size;
}

/** Decodes base64 piece by piece, and says whether any piece may hold something. */
function holds(begin: usize, end: usize, level: u32): bool {
  const into = scratch + (level as usize - 1) * SCRATCH_BYTES;
  let at = begin;
  while (true) {
    const to = min(end, at + PIECE);
    let held: u32 = 0;
    let many: u32 = 0;
    let out = into;
    for (let from = at; from < to; from++) {
      held = (held << 6) | load<u8>(values64 + load<u8>(from));
      many += 6;
      if (many < 8) continue;
      many -= 8;
      store<u8>(out++, held >> many);
    }
    if (isSuspicious(into, out, level, at > begin, to < end)) return true;
    if (to == end) return false;
    // A piece begins with what may have been cut at the end of the last one.
    at = to - OVERLAP;
  }
}

/** True where decoded bytes hold a literal, text in UTF-16, many escapes, or another encoding that does. */
function isSuspicious(from: usize, to: usize, level: u32, isCutBefore: bool, isCutBehind: bool): bool {
  if (to - from < 3) return false;
  let signs: u32 = 0;
  for (let at = from; at + 2 < to; at++) {
    const four = load<u32>(at);
    if ((bitOf(four) & 1) && standsAny(load<u16>(heads + 2 * (hashOf(four) as usize)), at, from, to)) return true;
    const byte = four & 0xff;
    if (byte == 0x5c || byte == 0x25 || byte == 0x26) signs++;
    // Three characters with NULs between them.
    if ((four & 0xff00ff00) == 0 && byte > 31 && byte < 127 && (four >> 16) > 31 && at + 4 < to && load<u8>(at, 4) > 31) return true;
  }
  if (signs >= LEAST_ESCAPES) return true;
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

function isWrappedWithin(end: usize, to: usize, size: u32): bool {
  return size >= LEAST_LINE && end < to && (load<u8>(end) == 10 || load<u8>(end) == 13);
}

function standsAny(index: u16, place: usize, from: usize, to: usize): bool {
  while (index != 0) {
    const entry = entries + 16 * (index as usize);
    const at = place - (load<u16>(entry, 10) as usize);
    const size = load<u16>(entry, 8) as usize;
    if (at >= from && at + size <= to && stands(entry, at, size)) return true;
    index = load<u16>(entry, 12);
  }
  return false;
}

/** Tells the runs of hexadecimal digits within a run that may hold something. */
function lookForHex(begin: usize, end: usize, isCut: bool): void {
  for (let at = begin + LEAST_HEX - 1; at < end; at += LEAST_HEX) {
    if (!isHex(load<u8>(at))) continue;
    let from = at;
    while (from > begin && isHex(load<u8>(from - 1))) from--;
    let to = at + 1;
    while (to < end && isHex(load<u8>(to))) to++;
    at = to;
    if (to - from < LEAST_HEX) continue;
    if (isCut || holdsHex(from, to, 1) || holdsHex(from + 1, to, 1)) {
      if (hexCount == MOST_HITS) overflow = true;
      else store<u32>(hexRuns + 4 * (hexCount++ as usize), (from - start) as u32);
    }
  }
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
    let out = into;
    for (let from = at; from + 1 < to; from += 2) store<u8>(out++, (digit(load<u8>(from)) << 4) | digit(load<u8>(from, 1)));
    if (isSuspicious(into, out, level, at > begin, to < end)) return true;
    if (to == end) return false;
    at = to - OVERLAP;
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function digit(byte: u8): u8 {
  return byte <= 57 ? byte - 48 : (byte | 0x20) - 87;
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
