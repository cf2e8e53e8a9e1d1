/**
 * Formats from shapes: a token is written down as the sequence of its fixed texts and runs of characters, and the
 * pattern, the prefilter literals, the longest length, the redaction and the samples follow from it.
 *
 * So every pattern has bounded repetition and guarded ends by construction, and no sample stands in the source.
 */
import type { Family } from '../data/model.ts';
import type { Parts } from './secret.ts';
import type { Format, Random, Samples } from './service.ts';

/** A set of characters: as it stands in a regular expression's brackets, and one by one. */
export interface Alphabet {
  readonly set: string;
  readonly letters: string;
}

/** The alphabet of ranges and single characters, such as `a-z0-9_-`; a hyphen that means itself stands last. */
export function alphabet(set: string): Alphabet {
  const letters = set.replaceAll(/(.)-(.)/g, (_, from: string, to: string) => {
    const first = from.charCodeAt(0);
    return String.fromCharCode(...Array.from({ length: to.charCodeAt(0) - first + 1 }, (_unused, step) => first + step));
  });
  return { set, letters };
}

export const DIGITS = alphabet('0-9');
export const HEX = alphabet('0-9a-f');
export const LOWER = alphabet('a-z');
export const LOWER_DIGITS = alphabet('a-z0-9');
export const UPPER_DIGITS = alphabet('A-Z0-9');
export const LETTERS = alphabet('A-Za-z');
export const ALNUM = alphabet('A-Za-z0-9');
/** RFC 4648, section 6. */
export const BASE32 = alphabet('A-Z2-7');
export const BASE64 = alphabet('A-Za-z0-9+/');
export const BASE64URL = alphabet('A-Za-z0-9_-');

/** `min` to `max` characters of an alphabet. */
export interface Run {
  readonly of: Alphabet;
  readonly min: number;
  readonly max: number;
}

export function run(of: Alphabet, min: number, max: number = min): Run {
  return { of, min, max };
}

/** A fixed text, one of several fixed texts, or a run. */
export type Piece = string | readonly string[] | Run;
export type Shape = readonly Piece[];

/** UUID, lower case. */
export const UUID: Shape = [run(HEX, 8), '-', run(HEX, 4), '-', run(HEX, 4), '-', run(HEX, 4), '-', run(HEX, 12)];

/** What a word is made of: a match neither begins nor ends inside one. */
const WORD = 'A-Za-z0-9_';

/**
 * No word character stands before, unless it ends an escape: `\n`, a character by number, a percent-encoded byte. Tokens
 * stand behind those in strings of source text and in addresses.
 */
export const GUARD_BEFORE = String.raw`(?:(?<![${WORD}])|(?<=\\(?:[nrt]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})|%[0-9A-Fa-f]{2}))`;

/**
 * Before the name of a tenant, as in `<name>.okta.com`: it is neither a host of the vendor's own nor what documentation puts
 * there. Both stand near tokens, and whoever is asked there refuses good ones.
 */
export function tenantBut(...own: readonly string[]): string {
  const company = 'company|domain|instance|org|organi[sz]ation|shop|site|store|subdomain|team|tenant';
  return `(?!(?:${own.join('|')}|example|(?:(?:your|my)-?)?(?:${company})|your-[a-z-]{1,40})\\.)`;
}

/** The pattern with both ends guarded; `more` are characters besides those of a word that may not follow. */
export function guarded(pattern: RegExp, more = ''): RegExp {
  return new RegExp(`${GUARD_BEFORE}${pattern.source}(?![${WORD}${more}])`, pattern.flags);
}

interface ShapedOptions {
  readonly id: string;
  readonly shape: Shape;
  readonly family?: Family;
  /** Name that a developer gives the token, in the samples: `GITHUB_TOKEN`. */
  readonly variable: string;
  /** What the alphabets cannot say: a checksum, a structure. */
  readonly accepts?: (token: string) => boolean;
  /** Makes a token where the shape alone does not (checksum). */
  readonly make?: (random: Random) => string;
  /** Near misses of the format's own, besides one character short, one long, a wrong character, a word glued before. */
  readonly misses?: (random: Random) => readonly string[];
}

/** A format with one part, `token`, that fixed texts of its own make recognisable. */
export function shaped(options: ShapedOptions): Format {
  const { id, shape, family, variable, accepts, make, misses } = options;
  const makeToken = make ?? ((random: Random) => draw(shape, random));
  const { literals, reach } = anchor(shape);
  return {
    id,
    ...(family === undefined ? {} : { family }),
    literals,
    ...(reach === 0 ? {} : { reach }),
    pattern: guarded(new RegExp(`(?<token>${sourceOf(shape)})`), endOf(shape)),
    maxLength: longest(shape),
    ...(accepts === undefined ? {} : { accepts: (parts: Parts) => accepts(parts['token']?.reveal() ?? '') }),
    redact: (parts) => fixedText(shape, parts['token']?.reveal() ?? ''),
    samples: (random) =>
      samplesOf(variable, random, makeToken, [
        (token) => short(shape, token),
        (token) => `${token}${lastLetter(shape)}`.padEnd(longest(shape) + 1, lastLetter(shape)),
        (token) => damaged(shape, token),
        (token) => `x${token}`,
        ...(misses === undefined ? [] : misses(random).map((miss) => () => miss)),
      ]),
  };
}

interface KeywordedOptions {
  readonly id: string;
  readonly family?: Family;
  /** Lower case, at least three letters; one of them names the variable that holds the token. */
  readonly keywords: readonly string[];
  /** Words in names of other things of the same shape that the service has: `client`, where ids of clients look like tokens. */
  readonly notFor?: readonly string[];
  readonly shape: Shape;
  readonly variable: string;
  readonly accepts?: (token: string) => boolean;
  /** Makes a token where a draw of the shape would hardly ever be accepted. */
  readonly make?: (random: Random) => string;
}

/**
 * A format whose token has no fixed text of its own: it counts only as the value of something that is named after the
 * service (`HEROKU_API_KEY=…`, `"herokuToken": "…"`).
 */
export function keyworded(options: KeywordedOptions): Format {
  const { id, family, keywords, notFor = [], shape, variable, accepts } = options;
  const others = notFor.length === 0 ? '' : `(?![\\w.-]{0,24}(?:${notFor.map(escaped).join('|')}))`;
  const make = options.make ?? ((random: Random) => drawAccepted(shape, random, accepts));
  const whole = new RegExp(`^(?:${sourceOf(shape)})$`);
  const pattern = `(?:${keywords.map(escaped).join('|')})${others}[\\w.-]{0,32}["'\`\\]]{0,2}[ \\t]{0,4}(?:=>|:=|[:=,(])[ \\t]{0,4}["'\`]?(?<token>${sourceOf(shape)})(?![${WORD}${endOf(shape)}])`;
  return {
    id,
    ...(family === undefined ? {} : { family }),
    literals: keywords,
    ignoreCase: true,
    pattern: new RegExp(pattern, 'i'),
    maxLength: Math.max(...keywords.map((one) => one.length)) + 32 + 2 + 4 + 2 + 4 + 1 + longest(shape),
    accepts(parts) {
      const token = parts['token']?.reveal() ?? '';
      return whole.test(token) && (accepts?.(token) ?? true);
    },
    redact: () => `${keywords[0] ?? ''} …`,
    samples: (random) =>
      samplesOf(variable, random, make, [
        (token) => short(shape, token),
        (token) => `${token}${lastLetter(shape)}`.padEnd(longest(shape) + 1, lastLetter(shape)),
        (token) => damaged(shape, token),
        ...notFor.map((word) => (token: string) => `${keywords[0] ?? ''}_${word}_=${token}`),
      ]),
  };
}

/** Characters of a shape, drawn; every run as long as the draw says. */
export function draw(shape: Shape, random: Random): string {
  return shape
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if (isRun(piece)) return random.text(piece.min + random.int(piece.max - piece.min + 1), piece.of.letters);
      return piece[random.int(piece.length)] ?? '';
    })
    .join('');
}

function drawAccepted(shape: Shape, random: Random, accepts: ((token: string) => boolean) | undefined): string {
  for (let tries = 0; tries < 100; tries++) {
    const token = draw(shape, random);
    if (accepts?.(token) ?? true) return token;
  }
  throw new Error('a hundred tokens were drawn from a shape and its own check accepted none: one of the two is wrong');
}

/** Source of the regular expression of a shape, without guards and groups. */
export function sourceOf(shape: Shape): string {
  return shape
    .map((piece) => {
      if (typeof piece === 'string') return escaped(piece);
      if (!isRun(piece)) return `(?:${piece.map(escaped).join('|')})`;
      return `[${piece.of.set}]{${piece.min === piece.max ? piece.min : `${piece.min},${piece.max}`}}`;
    })
    .join('');
}

/** Characters of the longest token of a shape. */
export function longest(shape: Shape): number {
  return shape.reduce((sum, piece) => sum + lengthOf(piece), 0);
}

/** A token in places where developers leave them: an environment file, JSON, source, minified source, YAML, INI. */
export function placed(variable: string, token: string, place: number): string {
  const name = variable.toLowerCase();
  const places = [
    `# settings\nDEBUG=0\n${variable}=${token}\nPORT=8080\n`,
    `{\n  "name": "demo",\n  "${name}": "${token}",\n  "retries": 3\n}\n`,
    `import os\n\n${variable} = '${token}'  # for the nightly job\n`,
    `!function(){var e={timeout:1e4,${name}:"${token}"};t.exports=e}();`,
    `service:\n  ${name}: ${token}\n  region: eu\n`,
    `[default]\n${name} = ${token}\nverbose = no\n`,
  ];
  return places[place % places.length] ?? token;
}

/** Two or more values that belong together, as developers leave them: on neighbouring lines, on one line, a few lines apart. */
export function placedTogether(values: Readonly<Record<string, string>>, place: number): string {
  const pairs = Object.entries(values);
  const lower = pairs.map(([name, value]) => [name.toLowerCase(), value] as const);
  const places = [
    `${pairs.map(([name, value]) => `${name}=${value}`).join('\n')}\nNODE_ENV=production\n`,
    JSON.stringify({ name: 'demo', ...Object.fromEntries(lower) }, null, 2),
    `const client = new Client({ ${lower.map(([name, value]) => `${name}: '${value}'`).join(', ')} });\n`,
    `[default]\n${lower.map(([name, value]) => `${name} = ${value}`).join('\n# set by the installer, do not edit\nretries = 3\n')}\n`,
  ];
  return places[place % places.length] ?? '';
}

/** Samples of a one-part format: tokens in six places, near misses in the same ones. */
export function samplesOf(
  variable: string,
  random: Random,
  make: (random: Random) => string,
  spoil: readonly ((token: string) => string)[],
): Samples {
  const hits = Array.from({ length: 6 }, (_, index) => {
    const token = make(random);
    return { text: placed(variable, token, index), parts: { token } };
  });
  return { hits, misses: spoil.map((one, index) => placed(variable, one(make(random)), index)) };
}

/** The rarest fixed text of a shape (the longest), and how many characters may stand before it. */
function anchor(shape: Shape): { readonly literals: readonly string[]; readonly reach: number } {
  let best = { literals: [] as readonly string[], reach: 0, size: 0 };
  let before = 0;
  for (const piece of shape) {
    if (!isRun(piece)) {
      const literals = typeof piece === 'string' ? [piece] : piece;
      const size = Math.min(...literals.map((one) => one.length));
      if (size > best.size) best = { literals, reach: before, size };
    }
    before += lengthOf(piece);
  }
  if (best.size < 3) throw new Error('a shape needs a fixed text of at least three characters, or a keyword');
  return best;
}

function short(shape: Shape, token: string): string {
  const last = shape.at(-1);
  if (last === undefined || !isRun(last)) return token.slice(0, -1);
  const start = token.length - trailing(last, token);
  return token.slice(0, start + last.min - 1);
}

/** How many characters at the end of a token are those of its last run. */
function trailing(last: Run, token: string): number {
  const run = new RegExp(`[${last.of.set}]{0,${last.max}}$`).exec(token);
  return run?.[0].length ?? 0;
}

/** The token with a character that its longest run does not know, where what is left on both sides is too short to match. */
function damaged(shape: Shape, token: string): string {
  let before = 0;
  let widest: { readonly at: number; readonly min: number } = { at: 0, min: 0 };
  for (const piece of shape) {
    if (isRun(piece)) {
      if (piece.min > widest.min) widest = { at: before, min: piece.min };
      if (piece.min !== piece.max) break;
    }
    before += lengthOf(piece);
  }
  const at = widest.at + Math.floor(widest.min / 2);
  return `${token.slice(0, at)}~${token.slice(at + 1)}`;
}

function lastLetter(shape: Shape): string {
  const last = shape.at(-1);
  return last !== undefined && isRun(last) ? last.of.letters.charAt(0) : 'a';
}

/** Characters beyond a word's that may not follow the shape: those of its last run. */
function endOf(shape: Shape): string {
  const last = shape.at(-1);
  if (last === undefined || !isRun(last)) return '';
  const more = last.of.letters.replaceAll(/\w/g, '');
  // A hyphen must stand last within brackets.
  return more.includes('-') ? `${more.replaceAll('-', '')}-` : more;
}

/** The fixed text that this token begins with, or the one in the middle of it, for people. */
function fixedText(shape: Shape, token: string): string {
  const [first] = shape;
  if (typeof first === 'string') return `${first}…`;
  if (first !== undefined && !isRun(first)) return `${first.find((one) => token.startsWith(one)) ?? ''}…`;
  const { literals } = anchor(shape);
  return `…${literals.find((one) => token.includes(one)) ?? ''}…`;
}

function lengthOf(piece: Piece): number {
  if (typeof piece === 'string') return piece.length;
  return isRun(piece) ? piece.max : Math.max(...piece.map((one) => one.length));
}

function isRun(piece: Piece): piece is Run {
  return typeof piece === 'object' && 'of' in piece;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
