/** Runs of token characters: what is looked for in and around them. */
import { mayHold } from './base64';
import { longMask } from './hashes';
import { isHex, lookForHex } from './hex';
import { inPairs, longTo, nearAt, nearIn, startAt, withinIn } from './literals';
import { MOST_HITS, leads, longFlags, longHeads, runs, values64 } from './memory';
import { before, behind, hasShortHex, limit, listRun, overflow, placeCount, runCount, start, zoneFrom, zoneTo } from './window';

// The alphabets are those of gate.ts, and the lengths too.
const SHORT_RUN: u32 = 12;
/** How far before its run a literal may begin that stands in it. */
const INNER: u32 = 16;
// Of analysis/text: base64.ts, hex.ts, dense-escapes.ts.
export const LEAST_BASE64: u32 = 24;
export const LEAST_LINE: u32 = 40;
const MOST_INDENT: u32 = 32;
export const LEAST_HEX: u32 = 32;
/** Beyond its end a run may be decoded in the next window, which then must know its phase. */
const FAR_RUN: u32 = 16384;

/** A word begins, from which a run of token characters goes on. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function onStart(at: usize): void {
  startAt(at);
  const sign = load<u8>(at - 1);
  if (sign == 0x5c) {
    // \n \x.. \u....
    startAt(at + 1);
    startAt(at + 3);
    startAt(at + 5);
  } else if (sign == 0x25) {
    // %.. and %25..
    startAt(at + 2);
    if (load<u16>(at) == 0x3532) startAt(at + 4);
  }
  if (hasShortHex && isHexRun(at)) nearAt(at - min(at - start, before as usize), at + 14);
}

function isHexRun(at: usize): bool {
  for (let index: u32 = 0; index < SHORT_RUN; index++) if (!isHex(load<u8>(at + index))) return false;
  return true;
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
export function onLongRun(begin: usize, end: usize): void {
  const from = max(max(begin - min(begin - start, before as usize), longTo), zoneFrom);
  longTo = end;
  const to = min(end, zoneTo);
  if (from < to) inPairs(from, to + 14, longFlags, longHeads, longMask);
  withinIn(begin - min(begin - start, INNER as usize), end + behind);
}

/** A run of at least 20 token characters. */
export function onRun(begin: usize, end: usize, first: usize, last: usize): void {
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
