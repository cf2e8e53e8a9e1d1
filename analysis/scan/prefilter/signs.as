/** Escapes, and strings that are joined: behind them a token may go on that no run shows. */
import { isHex } from './hex';
import { probe } from './literals';
import { MOST_HITS, escapes } from './memory';
import { before, escapeCount, overflow, start, zoneFrom, zoneTo } from './window';

export const LEAST_ESCAPES: u32 = 8;
/** An escape may stand that far behind the literal, in a token whose beginning is escaped too. */
const BEFORE_ESCAPE: u32 = 32;
/** Escapes in a row: the first, the last, and how many. */
let firstEscape: usize = 0;
let lastEscape: usize = 0;
let escapesInRow: u32 = 0;

export function forgetEscapes(): void {
  firstEscape = 0;
  lastEscape = 0;
  escapesInRow = 0;
}

/** What follows a backslash that escapes a character by its number, or a slash: u x 0 1 / */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function isOfEscape(byte: u8): bool {
  return byte == 0x75 || byte == 0x78 || byte == 0x30 || byte == 0x31 || byte == 0x2f;
}

/** An escape within a token, or two strings that are joined: what stands around is no run, and yet may be a token. */
export function onSign(at: usize): void {
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

/**
 * The quote that ends the string in front of a plus sign, where another string follows it; 0 where not. Where the program is
 * itself in a string, as in source maps, the line break between them is an escape, and one stands in front of the quote.
 */
function joins(plus: usize): usize {
  let left = plus - 1;
  for (let steps = 0; steps < 16 && left > start; steps++) {
    if (isSpace(load<u8>(left))) left--;
    else if (isSpaceInString(left - 1)) left -= 2;
    else break;
  }
  if (left < start || !isQuote(load<u8>(left))) return 0;
  let right = plus + 1;
  for (let steps = 0; steps < 16; steps++) {
    if (isSpace(load<u8>(right))) right++;
    else if (isSpaceInString(right)) right += 2;
    else break;
  }
  for (let steps = 0; steps < 3 && load<u8>(right) == 0x5c; steps++) right++;
  return isQuote(load<u8>(right)) ? left : 0;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isQuote(byte: u8): bool {
  return byte == 0x22 || byte == 0x27 || byte == 0x60;
}

/** \n \r \t */
function isSpaceInString(at: usize): bool {
  const letter = load<u8>(at, 1);
  return load<u8>(at) == 0x5c && (letter == 0x6e || letter == 0x72 || letter == 0x74);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isSpace(byte: u8): bool {
  return byte == 32 || byte == 9 || byte == 10 || byte == 13;
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
