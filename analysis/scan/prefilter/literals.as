/** Looks literals up around the places that runs, words and escapes lead to. */
import {
  allMask,
  anyOf,
  everywhereMask,
  fours,
  hashOfFour,
  hashOfThree,
  hashesOf,
  innerMask,
  nearMask,
  nextThrees,
  startMask,
  strided,
  threes,
} from './hashes';
import {
  MOST_HITS,
  allFlags,
  allHeads,
  entries,
  everywhereFlags,
  everywhereHeads,
  hits,
  innerFlags,
  innerHeads,
  nearFlags,
  nearHeads,
  startFlags,
  startHeads,
} from './memory';
import { hitCount, limit, overflow, start, stride, zoneFrom, zoneTo } from './window';

/** What was looked through last in and around runs, before them, to the end of the last long one, and around escapes. */
let innerFrom: usize = 0;
let innerTo: usize = 0;
let nearFrom: usize = 0;
let nearTo: usize = 0;
export let longTo: usize = 0;
let doneFrom: usize = 0;
let doneTo: usize = 0;

export function forgetLiterals(): void {
  innerFrom = 0;
  innerTo = 0;
  nearFrom = 0;
  nearTo = 0;
  longTo = 0;
  doneFrom = 0;
  doneTo = 0;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function startAt(at: usize): void {
  lookUp(at, hashOfThree(load<u32>(at), startMask), startFlags, startHeads);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function lookUp(at: usize, hash: u32, flags: usize, heads: usize): void {
  if (load<u8>(flags + (hash as usize))) compare(at, load<u32>(heads + 4 * (hash as usize)));
}

/** Literals that begin in [from, to) and stand in a run; but for those in the stretch that was looked through last. */
export function withinIn(from: usize, to: usize): void {
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
      for (let place = at; place < at + 8; place++) lookUp(place, hashOfThree(load<u32>(place), mask), innerFlags, innerHeads);
    }
  }
}

/** Literals that begin in [from, to) and stand before a run; but for those in the stretch that was looked through last. */
export function nearIn(from: usize, to: usize): void {
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
export function nearAt(from: usize, to: usize): void {
  inPairs(from, to, nearFlags, nearHeads, nearMask);
}

/** Looks up four bytes at each even place in [from, to). */
export function inPairs(from: usize, to: usize, flags: usize, heads: usize, mask: u32): void {
  const masks = i32x4.splat(mask);
  const groups = v128.load(fours);
  // One byte before a literal may be among those that are looked up.
  for (let at = (from > start ? from - 1 : from) & ~(1 as usize); at < to; at += 16) {
    const first = hashesOf(v128.load(at), groups, masks);
    const second = hashesOf(v128.load(at, 8), groups, masks);
    if (anyOf(flags, first) | anyOf(flags, second)) {
      for (let place = at; place < at + 16; place += 2) lookUp(place, hashOfFour(load<u32>(place), mask), flags, heads);
    }
  }
}

/** Looks for literals that begin in [from, to). */
export function probe(from: usize, to: usize): void {
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
      for (let place = at; place < at + 4; place++) lookUp(place, hashOfThree(load<u32>(place), mask), allFlags, allHeads);
    }
  }
  return at;
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

export function stands(entry: usize, at: usize, size: usize): bool {
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
export function everywhere(): void {
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
      for (let place = at; place < at + 2 * next; place += step)
        lookUp(place, hashOfFour(load<u32>(place), mask), everywhereFlags, everywhereHeads);
    }
  }
}
