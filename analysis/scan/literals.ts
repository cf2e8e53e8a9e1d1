/**
 * Finds thousands of literals in one pass over raw bytes, in plain TypeScript: the reference of the fast prefilter.
 *
 * Three neighbouring bytes, each folded to six bits, are an index into a table of 2^18 bits: a bit is set where a literal
 * has these three. So each byte costs two loads and a shift however many literals there are, and only where a bit is set
 * are the literals behind it compared byte by byte.
 */
import type { Hits } from './hits.ts';

/** A text to look for. */
export interface Literal {
  /** ASCII, at least three characters. */
  readonly text: string;
  readonly ignoreCase: boolean;
}

export interface LiteralFinder {
  /** Adds every occurrence that starts in [from, to) and ends before `limit`; afterwards the hits are in order of their start. */
  find(bytes: Uint8Array, from: number, to: number, limit: number, hits: Hits): void;
}

const WINDOW = 3;
const WINDOW_BITS = 18;
const WINDOW_MASK = 2 ** WINDOW_BITS - 1;

/** Characters of literals that are no letters or digits; each has a code of its own, all other bytes share the last codes. */
const SIGNS = '_-./:=+@%&?#, "\'';

/** Six bits for each byte: letters without their case, digits, frequent signs. */
const CODES: Uint8Array = codes();

function codes(): Uint8Array {
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) table[byte] = codeOf(byte);
  return table;
}

function codeOf(byte: number): number {
  const character = String.fromCharCode(byte).toLowerCase();
  if (character >= 'a' && character <= 'z') return character.charCodeAt(0) - 97;
  if (character >= '0' && character <= '9') return 26 + Number(character);
  const sign = SIGNS.indexOf(character);
  if (sign >= 0) return 36 + sign;
  return 36 + SIGNS.length + (byte % (64 - 36 - SIGNS.length));
}

/**
 * @returns a finder whose hits name literals by their index in `literals`
 * @throws if a literal is shorter than three characters or not ASCII
 */
export function literalFinder(literals: readonly Literal[]): LiteralFinder {
  const bits = new Int32Array(2 ** (WINDOW_BITS - 5));
  const chains = new Map<number, Needle[]>();
  let lead = 0;
  literals.forEach((literal, index) => {
    const needle = needleOf(literal, index);
    const slot = slotOf(needle.exact, needle.at);
    bits[slot >>> 5] = (bits[slot >>> 5] ?? 0) | (1 << slot);
    const chain = chains.get(slot);
    if (chain === undefined) chains.set(slot, [needle]);
    else chain.push(needle);
    lead = Math.max(lead, needle.at);
  });

  return {
    find(bytes, from, to, limit, hits) {
      const end = Math.min(limit, to + lead + WINDOW - 1);
      for (let at = nextSlot(bits, bytes, from, from, end); at < end; at = nextSlot(bits, bytes, from, at + 1, end)) {
        for (const needle of chains.get(slotOf(bytes, at - WINDOW + 1)) ?? []) {
          const start = at - WINDOW + 1 - needle.at;
          if (start < from || start >= to || start + needle.exact.length > limit) continue;
          if (stands(needle, bytes, start)) hits.add(needle.index, start);
        }
      }
      hits.sort();
    },
  };
}

/** The first place in [at, end) where three bytes end whose bit is set, or `end`. */
function nextSlot(bits: Int32Array, bytes: Uint8Array, from: number, at: number, end: number): number {
  const table = CODES;
  let slot = 0;
  for (let index = Math.max(from, at - WINDOW + 1); index < at; index++)
    slot = (slot << 6) | (table[bytes[index] as number] as number);
  // The loop that every byte goes through: a check for `undefined` in it would halve its speed, and no index is out of range.
  for (let index = at; index < end; index++) {
    slot = ((slot << 6) | (table[bytes[index] as number] as number)) & WINDOW_MASK;
    if ((((bits[slot >>> 5] as number) >>> slot) & 1) !== 0) return index;
  }
  return end;
}

interface Needle {
  readonly index: number;
  /** In lower case where the case does not count. */
  readonly exact: Uint8Array;
  readonly ignoreCase: boolean;
  /** Where in the literal the three bytes stand that are looked up. */
  readonly at: number;
}

function needleOf(literal: Literal, index: number): Needle {
  const { text, ignoreCase } = literal;
  if (text.length < WINDOW || /[^\x20-\x7e]/.test(text))
    throw new Error(`a literal has at least ${WINDOW} printable ASCII characters, and ${JSON.stringify(text)} has not`);
  const exact = Buffer.from(ignoreCase ? text.toLowerCase() : text, 'latin1');
  return { index, exact, ignoreCase, at: rarestWindow(exact) };
}

/** The three neighbouring bytes that ordinary text has least: everything but frequent lower-case letters is rare. */
function rarestWindow(bytes: Uint8Array): number {
  const FREQUENT = 'etaoinsrlcdupmh';
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + WINDOW <= bytes.length; at++) {
    let frequency = 0;
    for (const byte of bytes.subarray(at, at + WINDOW)) {
      const rank = FREQUENT.indexOf(String.fromCharCode(byte).toLowerCase());
      frequency += rank < 0 ? 0 : FREQUENT.length - rank;
    }
    if (frequency < least) {
      least = frequency;
      best = at;
    }
  }
  return best;
}

function slotOf(bytes: Uint8Array, at: number): number {
  let slot = 0;
  for (let index = at; index < at + WINDOW; index++) slot = (slot << 6) | (CODES[bytes[index] ?? 0] ?? 0);
  return slot;
}

function stands(needle: Needle, bytes: Uint8Array, start: number): boolean {
  const { exact, ignoreCase } = needle;
  for (let index = 0; index < exact.length; index++) {
    const byte = bytes[start + index] ?? 0;
    const wanted = exact[index];
    if (byte === wanted) continue;
    if (!ignoreCase || byte < 65 || byte > 90 || byte + 32 !== wanted) return false;
  }
  return true;
}
