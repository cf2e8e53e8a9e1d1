/**
 * Text in which characters are written as escapes, and strings that are put together from pieces: JSON in source maps and
 * notebooks, strings of program text, addresses, HTML.
 *
 * Around a literal the escapes are undone and the pieces are joined. Where every character is an escape, no literal can be
 * seen: those texts are the business of `dense-escapes.ts`.
 */
import { lastAtMost } from './ascending.ts';
import { indexAt, type Reading } from './haystack.ts';

/** What may have to be undone: an escape, a percent-encoded byte, a character reference, or two strings that are joined. */
const ESCAPE =
  /\\(?:u\{(?<point>0{0,4}[0-9a-fA-F]{1,2})\}|u00(?<unit>[0-9a-fA-F]{2})|x(?<byte>[0-9a-fA-F]{2})|(?<octal>[01][0-7]{2})|(?<sign>[nrtbfv0'"`/\\]))|%(?<percent>[0-9a-fA-F]{2})|&(?:#[xX]0{0,4}(?<hex>[0-9a-fA-F]{1,2})|#0{0,4}(?<number>[0-9]{1,3})|(?<name>amp|quot|apos|lt|gt));|["'`][ \t\r\n]{0,16}\+[ \t\r\n]{0,16}["'`]/g;

const SIGNS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', '0': '\0' };
const NAMES: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
};

/** A reading with the index at which a character of the reading it came from begins. */
export interface Unescaped extends Reading {
  /** The index of the first character that came from `index` of the parent or from later. */
  from(index: number): number;
}

/** The characters [from, to) of a reading with their escapes undone, or null where there are none. */
export function unescaped(parent: Reading, from: number, to: number): Unescaped | null {
  const raw = parent.text(from, to);
  const pieces: string[] = [];
  /** Where each piece begins: in the result, in the parent, and how many characters of the parent one of it takes. */
  const starts: number[] = [];
  const origins: number[] = [];
  const ends: number[] = [];
  let length = 0;
  let copied = 0;

  function add(piece: string, origin: number, end: number): void {
    if (piece === '') return;
    pieces.push(piece);
    starts.push(length);
    origins.push(from + origin);
    ends.push(from + end);
    length += piece.length;
  }

  ESCAPE.lastIndex = 0;
  for (let match = ESCAPE.exec(raw); match !== null; match = ESCAPE.exec(raw)) {
    add(raw.slice(copied, match.index), copied, match.index);
    copied = match.index + match[0].length;
    add(meaning(match.groups ?? {}), match.index, copied);
  }
  if (copied === 0) return null;
  add(raw.slice(copied), copied, raw.length);
  const text = pieces.join('');

  function originOf(index: number): number {
    const piece = lastAtMost(starts, index);
    return (
      (origins[piece] ?? from) +
      Math.min(index - (starts[piece] ?? 0), Math.max(0, (ends[piece] ?? to) - (origins[piece] ?? from) - 1))
    );
  }

  /** Past the parent's last character of the one before `index`. */
  function endOf(index: number): number {
    if (index === 0) return originOf(0);
    const piece = lastAtMost(starts, index - 1);
    const isEscape = (starts[piece + 1] ?? length) - (starts[piece] ?? 0) !== (ends[piece] ?? 0) - (origins[piece] ?? 0);
    return isEscape ? (ends[piece] ?? to) : originOf(index - 1) + 1;
  }

  return {
    decoding: [...parent.decoding, 'escapes'],
    length,
    text: (start, end) => text.slice(start, end),
    start: (index) => parent.start(originOf(index)),
    end: (index) => parent.end(endOf(index)),
    from: (index) => indexAt({ length, start: originOf }, index),
  };
}

/** The character that an escape stands for; nothing where two strings are joined. */
function meaning(groups: Readonly<Record<string, string | undefined>>): string {
  const { point, unit, byte, octal, sign, percent, hex, number, name } = groups;
  const code = point ?? unit ?? byte ?? percent ?? hex;
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  if (number !== undefined) return String.fromCharCode(Number(number) & 0xff);
  if (sign !== undefined) return SIGNS[sign] ?? sign;
  return name === undefined ? '' : (NAMES[name] ?? '');
}

/** True where a stretch of text may hold something to undo; quick, and wrong only by saying yes. */
export function mayBeEscaped(text: string): boolean {
  return /[\\%&]|["'`][ \t\r\n]{0,16}\+/.test(text);
}

/** True where an escape or another piece of the string follows: what was matched up to here may be cut short. */
export function mayGoOn(text: string, at: number): boolean {
  return /^(?:[\\%&]|["'`][ \t\r\n]{0,16}\+)/.test(text.slice(at, at + 18));
}

/**
 * The ways in which a literal is written where its signs are escaped, in lower case. Letters and digits are never escaped
 * by themselves, nor is the underscore; a text that escapes them escapes every character.
 */
export function escapedForms(literal: string): readonly string[] {
  if (!/[^A-Za-z0-9_]/.test(literal)) return [];
  const forms = [
    literal.replaceAll('/', String.raw`\/`),
    literal.replaceAll('/', String.raw`\\/`),
    literal.replaceAll(/[^A-Za-z0-9_.-]/g, (sign) => `%${hexOf(sign)}`),
    ...[String.raw`\u00`, String.raw`\\u00`, String.raw`\x`, String.raw`\\x`].flatMap((prefix) => [
      literal.replaceAll(/[^A-Za-z0-9_]/g, (sign) => prefix + hexOf(sign)),
      literal.replaceAll(/[^A-Za-z0-9_./:-]/g, (sign) => prefix + hexOf(sign)),
    ]),
    literal.replaceAll(/[^A-Za-z0-9_.-]/g, (sign) => `&#${sign.charCodeAt(0)};`),
    literal.replaceAll(/[^A-Za-z0-9_.-]/g, (sign) => `&#x${hexOf(sign)};`),
    literal.replaceAll(/[/=]/g, (sign) => `&#x${hexOf(sign)};`),
  ];
  return [...new Set(forms.map((form) => form.toLowerCase()))].filter((form) => form !== literal.toLowerCase());
}

function hexOf(sign: string): string {
  return sign.charCodeAt(0).toString(16).padStart(2, '0');
}
