/**
 * A quick look at whether a pattern can match at all, before the text is made that it is run on.
 *
 * It follows from the pattern (`shape.ts`), so it never refuses what matches; and it tells where a text stops fitting, for
 * only if an escape stands right there can the text fit once its escapes are undone.
 */
import { shapeOf } from './shape.ts';

/** So many first characters are looked at one by one. */
const MOST_CHECKED = 64;
const BACKSLASH = 92;
const PERCENT = 37;
const AMPERSAND = 38;
const PLUS = 43;
const QUOTES = new Set([34, 39, 96]);

/** The text may match; or what stands before it forbids it, in any reading. */
export const FITS = -1;
export const FORBIDDEN = -2;

export interface Check {
  /** `FITS`, `FORBIDDEN`, or where from `at` on the first character stands that does not fit. */
  readonly at: (bytes: Buffer, length: number, at: number) => number;
  /** To be called before another text is looked at. */
  readonly reset: () => void;
}

export function checkOf(pattern: RegExp): Check {
  const shape = shapeOf(pattern);
  const tables = (shape?.beginning(MOST_CHECKED) ?? []).map(tableOf);
  const notBefore = shape === null || shape.notBefore.size === 0 ? null : tableOf(shape.notBefore);
  const run = shape === null || shape.whole === null ? null : new RunAhead(shape.whole, shape.longest);
  const longest = shape?.longest ?? 0;
  return {
    reset: () => run?.reset(),
    at(bytes, length, at) {
      if (notBefore !== null && at > 0 && notBefore[bytes[at - 1] ?? 0] === 1 && !isBehindEscape(bytes, at)) return FORBIDDEN;
      // What is too long a run is so all along it: ask that first.
      if (run !== null && run.size(bytes, length, at) > longest) return FORBIDDEN;
      for (let index = 0; index < tables.length; index++) {
        if (at + index >= length || tables[index]?.[bytes[at + index] ?? 0] !== 1) return index;
      }
      return FITS;
    },
  };
}

/** How far runs of certain characters reach; asked for places in order, so that nothing is looked at twice. */
class RunAhead {
  readonly #table: Uint8Array;
  readonly #most: number;
  #end = 0;

  constructor(set: ReadonlySet<number>, most: number) {
    this.#table = tableOf(set);
    this.#most = most;
  }

  reset(): void {
    this.#end = 0;
  }

  /** Characters of the run from `at` on, one more than the most at most. */
  size(bytes: Buffer, length: number, at: number): number {
    let end = Math.max(at, this.#end);
    const last = Math.min(length, at + this.#most + 1);
    while (end < last && this.#table[bytes[end] ?? 0] === 1) end++;
    this.#end = end;
    return end - at;
  }
}

const TABLES = new Map<string, Uint8Array>();

/** The same few sets stand in all patterns. */
function tableOf(set: ReadonlySet<number>): Uint8Array {
  const key = [...set].sort((one, other) => one - other).join();
  const table = TABLES.get(key) ?? new Uint8Array(256);
  for (const character of set) table[character] = 1;
  TABLES.set(key, table);
  return table;
}

/** True where an escape may end right before: `\n`, `\x..`, `\...`, `\u....`, `%..`, and `%25..`, which is encoded twice. */
function isBehindEscape(bytes: Buffer, at: number): boolean {
  return (
    bytes[at - 2] === BACKSLASH ||
    bytes[at - 4] === BACKSLASH ||
    bytes[at - 6] === BACKSLASH ||
    bytes[at - 3] === PERCENT ||
    (bytes[at - 5] === PERCENT && bytes[at - 4] === 50 && bytes[at - 3] === 53)
  );
}

/** True where an escape begins, or a string ends that another one is joined to. */
export function isEscapeAt(bytes: Buffer, length: number, at: number): boolean {
  const byte = bytes[at] ?? 0;
  if (at >= length) return false;
  if (byte === BACKSLASH || byte === PERCENT || byte === AMPERSAND) return true;
  if (!QUOTES.has(byte)) return false;
  let next = at + 1;
  while (next < length && next < at + 17 && isBlank(bytes[next] ?? 0)) next++;
  return bytes[next] === PLUS;
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13;
}

/**
 * Whether one of the signs that lead to a token, or an escape that may stand for one, comes soon enough behind its keyword.
 * Asked for places in order, so that what has been passed over is not looked at again.
 */
export class SignAhead {
  readonly #table: Uint8Array;
  readonly #most: number;
  #at = -1;

  constructor(signs: ReadonlySet<number>, most: number) {
    this.#table = tableOf(new Set([...signs, BACKSLASH, PERCENT, AMPERSAND]));
    this.#most = most;
  }

  reset(): void {
    this.#at = -1;
  }

  comes(bytes: Buffer, length: number, from: number): boolean {
    let at = Math.max(this.#at, from);
    const last = Math.min(length, from + this.#most + 1);
    while (at < last && this.#table[bytes[at] ?? 0] !== 1) at++;
    this.#at = at;
    return at < last;
  }
}
