/**
 * Runs of base64 (RFC 4648, both alphabets), decoded and made searchable.
 *
 * Lines of a wrapped text are one run. A run is decoded from its first character; where that gives no text but another
 * phase does (the encoded text follows characters of the same alphabet, as in `/path/…`), from there too.
 */
import { decoded, indexAt, type Decode, type Haystack } from './haystack.ts';

/** Shorter runs hold no token: 24 characters are 18 bytes. */
const LEAST_RUN = 24;
/** All lines of a wrapped text but the last are at least this long (RFC 2045: 76, RFC 7468: 64, others 60 or 40). */
const LEAST_LINE = 40;
/** Indentation after a line break, at most. */
const MOST_INDENT = 32;
/** Characters at both ends of a run that are decoded to see whether a phase gives text; a multiple of four. */
const TASTE = 24;
/** So many of the bytes of these (18) may be no text, where the start of the encoded text is known and where it is not. */
const MOST_STRANGE_AT_START = 6;
const MOST_STRANGE = 2;
/** Runs from which something is decoded that neither begins nor ends with text. */
const LONG_TEXT = 64;

const NONE = 255;
const VALUES = valuesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', '-_');

function valuesOf(alphabet: string, urlSafe: string): Uint8Array {
  const table = new Uint8Array(256).fill(NONE);
  for (let value = 0; value < 64; value++) table[alphabet.charCodeAt(value)] = value;
  table[urlSafe.charCodeAt(0)] = 62;
  table[urlSafe.charCodeAt(1)] = 63;
  return table;
}

/** Where in its group of four a run is at an offset; carried from window to window, for runs longer than one. */
export interface Phase {
  readonly offset: number;
  readonly phase: number;
}

interface Options {
  /** Bytes on both sides of the zone that a match may need. */
  readonly context: number;
  /** The phase at the start of the zone, where a run stands there that began before the window. */
  readonly carried?: Phase | null;
  /** A quicker way to decode a line. */
  readonly decode?: Decode;
  /** In each run that is to be decoded the offset of a character, and up to where the run is known to go on; null: all are. */
  readonly places?: readonly number[] | null;
}

/** Decodes several lines at once, for what separates them is passed over, and of both alphabets. */
export function decodeBase64(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.from(bytes.toString('latin1', from, to), 'base64');
}

/** The decoded runs that reach into the parent's zone, and the phase of the run that reaches past its end. */
export function base64(
  parent: Haystack,
  { context, carried = null, decode: decodeLine = decodeBase64, places = null }: Options,
): { readonly found: readonly Haystack[]; readonly carry: Phase | null } {
  const found: Haystack[] = [];
  let carry: Phase | null = null;
  if (parent.length < LEAST_RUN) return { found, carry };
  for (const run of runsOf(parent, places ?? everywhere(parent), decodeLine)) {
    const skip = carried !== null && run.start === 0 ? modulo(run.indexOf(carried.offset) - carried.phase) : 0;
    for (const phase of phasesOf(run, skip)) {
      const haystack = decode(parent, run, phase, context);
      if (haystack.to > haystack.from) found.push(haystack);
    }
    if (run.end > parent.to) carry = { offset: parent.to, phase: modulo(run.indexOf(parent.to) - skip) };
  }
  return { found, carry };
}

function modulo(value: number): number {
  return ((value % 4) + 4) % 4;
}

/** Every run of LEAST_RUN characters has one at every LEAST_RUN-th place, so most characters need not be looked at. */
function everywhere({ length, from, to }: Haystack): readonly number[] {
  const places: number[] = [];
  for (let at = from; at < Math.min(length, to + LEAST_RUN); at += LEAST_RUN) places.push(at, at + 1);
  return places;
}

/** Every run of base64 characters at these places that reaches into [from, to). */
function* runsOf({ bytes, length, from, to }: Haystack, places: readonly number[], decode: Decode): Generator<Run> {
  let floor = 0;
  for (let place = 0; place < places.length; place += 2) {
    const at = places[place] ?? 0;
    if (at < floor || !isDigit(bytes, at)) continue;
    const line = lineAround(bytes, at, places[place + 1] ?? at, floor, length);
    floor = line.end;
    if (line.end - line.start < LEAST_RUN) continue;
    const lines = [line];
    for (let before = lineBefore(bytes, line); before !== null; before = lineBefore(bytes, before)) lines.unshift(before);
    for (let after = lineAfter(bytes, line, length); after !== null; after = lineAfter(bytes, after, length)) {
      lines.push(after);
      floor = after.end;
    }
    const run = new Run(bytes, lines, decode);
    if (run.end > from && run.start < to) yield run;
  }
}

interface Line {
  readonly start: number;
  readonly end: number;
}

function isDigit(bytes: Buffer, at: number): boolean {
  return (VALUES[bytes[at] ?? 0] ?? NONE) !== NONE;
}

/** @param known up to where the line is known to go on */
function lineAround(bytes: Buffer, at: number, known: number, floor: number, length: number): Line {
  const values = VALUES;
  // Runs can be as long as the window, checks for `undefined` would double the time, and no index is out of range.
  let start = at;
  while (start > floor && values[bytes[start - 1] as number] !== NONE) start--;
  let end = known;
  while (end < length && values[bytes[end] as number] !== NONE) end++;
  return { start, end };
}

function lineAfter(bytes: Buffer, { start, end }: Line, length: number): Line | null {
  if (end - start < LEAST_LINE) return null;
  let at = end;
  if (bytes[at] === 13) at++;
  if (bytes[at] !== 10) return null;
  at++;
  for (let indent = 0; indent < MOST_INDENT && (bytes[at] === 32 || bytes[at] === 9); indent++) at++;
  return at < length && isDigit(bytes, at) ? lineAround(bytes, at, at + 1, at, length) : null;
}

function lineBefore(bytes: Buffer, { start }: Line): Line | null {
  let at = start - 1;
  for (let indent = 0; indent < MOST_INDENT && (bytes[at] === 32 || bytes[at] === 9); indent++) at--;
  if (bytes[at] !== 10) return null;
  at--;
  if (bytes[at] === 13) at--;
  if (at < 0 || !isDigit(bytes, at)) return null;
  const line = lineAround(bytes, at, at + 1, 0, at + 1);
  return line.end - line.start >= LEAST_LINE ? line : null;
}

/** The characters of a run, counted over its lines. */
class Run {
  readonly bytes: Buffer;
  readonly lines: readonly Line[];
  readonly #decodeLine: Decode;
  /** How many characters stand before each line. */
  readonly before: readonly number[];
  readonly length: number;

  constructor(bytes: Buffer, lines: readonly Line[], decode: Decode) {
    const before: number[] = [];
    let length = 0;
    for (const { start, end } of lines) {
      before.push(length);
      length += end - start;
    }
    this.bytes = bytes;
    this.lines = lines;
    this.#decodeLine = decode;
    this.before = before;
    this.length = length;
  }

  get start(): number {
    return this.lines[0]?.start ?? 0;
  }

  get end(): number {
    return this.lines.at(-1)?.end ?? 0;
  }

  /** Where the character stands in the bytes. */
  offsetOf(index: number): number {
    let low = 0;
    let high = this.lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.before[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return (this.lines[low]?.start ?? 0) + index - (this.before[low] ?? 0);
  }

  /** The first character that stands at `offset` or later. */
  indexOf(offset: number): number {
    return indexAt({ length: this.length, start: (index) => this.offsetOf(index) }, offset);
  }

  /** Decodes the characters [from, to); 4 characters give 3 bytes, an incomplete last group gives what it holds. */
  decode(from: number, to: number): Buffer {
    const last = Math.min(to, this.length);
    if (from >= last) return EMPTY;
    if (last - from <= FEW) return this.#decodeFew(from, last);
    const decode = this.lines.length === 1 ? this.#decodeLine : decodeBase64;
    return decode(this.bytes, this.offsetOf(from), this.offsetOf(last - 1) + 1);
  }

  /** How many of the bytes that the characters [from, to) give, which are no more than FEW, are no text. */
  strangeIn(from: number, to: number): number {
    const length = this.#decodeInto(TASTED, from, Math.min(to, this.length));
    let strange = 0;
    for (let index = 0; index < length; index++) strange += STRANGE[TASTED[index] as number] as number;
    return strange;
  }

  /** Decodes a few characters, of which no text is made first. */
  #decodeFew(from: number, to: number): Buffer {
    const out = Buffer.allocUnsafe(Math.floor(((to - from) * 3) / 4));
    this.#decodeInto(out, from, to);
    return out;
  }

  #decodeInto(out: Uint8Array, from: number, to: number): number {
    let held = 0;
    let bits = 0;
    let length = 0;
    let index = 0;
    for (const { start, end } of this.lines) {
      const first = start + Math.max(0, from - index);
      const last = Math.min(end, start + to - index);
      index += end - start;
      for (let at = first; at < last; at++) {
        held = ((held << 6) | (VALUES[this.bytes[at] ?? 0] ?? 0)) & 0xffff;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out[length++] = held >>> bits;
      }
      if (index >= to) break;
    }
    return length;
  }
}

/** So many characters are sooner decoded one by one. */
const FEW = 128;
const EMPTY = Buffer.alloc(0);
const TASTED = new Uint8Array(FEW);
/** 1 for bytes that are no text. */
const STRANGE = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 126 || (byte < 32 && byte !== 0 && byte !== 9 && byte !== 10 && byte !== 13) ? 1 : 0,
);

/**
 * The phases in which a run is decoded: from its start, unless it is short and neither begins nor ends with text; in the
 * others, where that gives text at its beginning or end; and from the start of each line, for lines may be encoded one by one.
 */
function phasesOf(run: Run, skip: number): Iterable<number> {
  const last = Math.max(0, run.length - TASTE - 4);
  const phases = [0, 1, 2, 3].filter((phase) => {
    const most = phase === skip ? MOST_STRANGE_AT_START : MOST_STRANGE;
    return (
      (phase === skip && run.length >= LONG_TEXT) ||
      run.strangeIn(phase, phase + TASTE) <= most ||
      run.strangeIn(last - modulo(last - phase) + 4, run.length) <= most
    );
  });
  if (run.lines.length === 1) return phases;
  return new Set([...phases, ...run.before.map((before) => modulo(before))]);
}

/** The part of a run that the zone needs, decoded from `phase` characters after the run's start. */
function decode(parent: Haystack, run: Run, phase: number, context: number): Haystack {
  const first = Math.max(phase, run.indexOf(parent.from - context));
  const from = first - modulo(first - phase);
  const bytes = run.decode(from, run.indexOf(parent.to + context));
  // Whole groups of four, so that the place decodes by itself.
  return decoded(
    parent,
    bytes,
    {
      start: (index) => run.offsetOf(Math.min(run.length - 1, from + Math.floor(index / 3) * 4)),
      end: (index) => run.offsetOf(Math.min(run.length, from + Math.ceil(index / 3) * 4) - 1) + 1,
    },
    'base64',
  );
}
