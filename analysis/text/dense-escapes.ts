/**
 * Texts in which every character is an escape: `\x67\x68…`, `\u0067…`, `%67…`, `&#103;…`, `\147…`.
 *
 * They are found by the beginnings of their escapes, which are literals like others, and decoded as haystacks.
 */
import { decoded, type Haystack } from './haystack.ts';

/** Fewer escapes in a row are no text that is written in nothing else. */
const LEAST = 8;
/** How many escapes before the zone's first are decoded too, for the guards. */
const BEFORE = 64;

interface Kind {
  readonly prefix: string;
  readonly radix: 8 | 10 | 16;
  /** How many digits; as many as there are where it may be several. */
  readonly least: number;
  readonly most: number;
  readonly suffix: string;
}

/** The doubled ones are those of a string within a string. */
const KINDS: readonly Kind[] = [
  ...['\\', '\\\\'].flatMap((slash): readonly Kind[] => [
    { prefix: `${slash}x`, radix: 16, least: 2, most: 2, suffix: '' },
    { prefix: `${slash}u00`, radix: 16, least: 2, most: 2, suffix: '' },
    { prefix: slash, radix: 8, least: 3, most: 3, suffix: '' },
  ]),
  { prefix: '%', radix: 16, least: 2, most: 2, suffix: '' },
  { prefix: '&#x', radix: 16, least: 2, most: 4, suffix: ';' },
  { prefix: '&#', radix: 10, least: 2, most: 4, suffix: ';' },
];

/** How the escapes of printable characters begin, in lower case: with these the finder finds the runs. */
export const BEGINNINGS: readonly string[] = beginnings();

function beginnings(): readonly string[] {
  const octal = (character: number): string => character.toString(8).padStart(3, '0');
  const printable = Array.from({ length: 95 }, (_, index) => 32 + index);
  return [
    ...new Set([
      ...printable.map((character) => `\\x${character.toString(16).charAt(0)}`),
      ...printable.map((character) => `\\u00${character.toString(16).charAt(0)}`),
      ...printable.map((character) => `\\${octal(character).slice(0, 2)}`),
      ...printable.map((character) => `%${character.toString(16)}`),
      ...printable.map((character) => `&#${String(character).charAt(0)}`),
      '&#x',
      '&#0',
    ]),
  ];
}

/** A decoded run, and where it ends in the haystack it stands in. */
export interface DenseRun {
  readonly haystack: Haystack;
  readonly end: number;
}

/** The run of escapes of which one begins at `start` of a haystack; null where there is none that is long enough. */
export function denseEscapes(parent: Haystack, start: number, context: number): DenseRun | null {
  const limit = Math.min(parent.length, parent.to + context);
  for (const kind of KINDS) {
    // Of a doubled backslash the second one was found.
    const at = kind.prefix.startsWith('\\\\') ? start - 1 : start;
    if (!isDense(parent.bytes, kind, at, limit)) continue;
    const run = runOf(parent.bytes, kind, firstOf(parent, kind, at), limit);
    const place = (index: number): number => run.places[index] ?? limit;
    return { haystack: decoded(parent, run.text, { start: place, end: place }, 'escapes'), end: place(run.length) };
  }
  return null;
}

function isDense(bytes: Buffer, kind: Kind, start: number, limit: number): boolean {
  let at = start;
  for (let count = 0; count < LEAST; count++) {
    const escape = escapeAt(bytes, kind, at, limit);
    if (escape === null) return false;
    at = escape.end;
  }
  return true;
}

interface Escape {
  readonly character: number;
  readonly end: number;
}

function escapeAt(bytes: Buffer, { prefix, radix, least, most, suffix }: Kind, at: number, limit: number): Escape | null {
  for (let index = 0; index < prefix.length; index++) if (bytes[at + index] !== prefix.charCodeAt(index)) return null;
  let end = at + prefix.length;
  let character = 0;
  let digits = 0;
  for (; digits < most && end < limit; digits++, end++) {
    const digit = digitOf(bytes[end] ?? 0);
    if (digit >= radix) break;
    character = character * radix + digit;
  }
  if (digits < least || character > 255) return null;
  if (suffix !== '' && bytes[end] !== suffix.charCodeAt(0)) return null;
  end += suffix.length;
  return end > limit ? null : { character, end };
}

/** The value of a digit, letters in either case; 99 for what is none. */
function digitOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : 99;
}

/** Goes back over escapes of the same kind that stand right before. */
function firstOf({ bytes, length }: Haystack, kind: Kind, start: number): number {
  let first = start;
  for (let steps = 0; steps < BEFORE; steps++) {
    const before = [...lengthsOf(kind)].find(
      (size) => first >= size && escapeAt(bytes, kind, first - size, length)?.end === first,
    );
    if (before === undefined) break;
    first -= before;
  }
  return first;
}

function* lengthsOf({ prefix, least, most, suffix }: Kind): Generator<number> {
  for (let digits = least; digits <= most; digits++) yield prefix.length + digits + suffix.length;
}

interface Run {
  readonly text: Buffer;
  readonly length: number;
  /** Where each character's escape begins, and where the last one ends. */
  readonly places: Int32Array;
}

function runOf(bytes: Buffer, kind: Kind, first: number, limit: number): Run {
  let length = 0;
  for (let escape = escapeAt(bytes, kind, first, limit); escape !== null; escape = escapeAt(bytes, kind, escape.end, limit))
    length++;
  const text = Buffer.allocUnsafe(length);
  const places = new Int32Array(length + 1);
  places[0] = first;
  for (let index = 0; index < length; index++) {
    const escape = escapeAt(bytes, kind, places[index] ?? first, limit);
    text[index] = escape?.character ?? 0;
    places[index + 1] = escape?.end ?? limit;
  }
  return { text, length, places };
}
