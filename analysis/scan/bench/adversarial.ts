/** Files made to be slow to scan: each without end repeats one thing that costs more than ordinary text does. */
import { seededRandom } from '../../seeded-random.ts';
import { SERVICES } from '../../services/index.ts';

export interface Adversarial {
  readonly name: string;
  /** So many bytes of it. */
  readonly content: (bytes: number) => Buffer;
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** What resembles each format most and is none of its tokens: the format's own counterexamples, and samples cut short. */
function nearMisses(): readonly string[] {
  const random = seededRandom('near misses');
  return SERVICES.flatMap(({ formats }) =>
    formats.flatMap((format) => {
      const { hits, misses } = format.samples(random);
      return [...misses, ...hits.map(({ text }) => text.trimEnd().slice(0, -1))];
    }),
  );
}

const LITERALS: readonly string[] = [...new Set(SERVICES.flatMap(({ formats }) => formats.flatMap(({ literals }) => literals)))];
const near = nearMisses().join('\n');

function repeated(text: string | Buffer, bytes: number): Buffer {
  return Buffer.alloc(bytes, text, 'latin1');
}

function base64Of(text: string, times: number): string {
  let inner = text;
  for (let time = 0; time < times; time++) inner = Buffer.from(inner, 'latin1').toString('base64');
  return inner;
}

function adversarial(name: string, text: () => string | Buffer): Adversarial {
  return { name, content: (bytes) => repeated(text(), bytes) };
}

const escaped = (escape: (byte: number) => string) => (): string =>
  [...Buffer.from(near.slice(0, 50_000), 'latin1')].map(escape).join('');

export const ADVERSARIAL: readonly Adversarial[] = [
  adversarial('one letter', () => 'a'),
  adversarial('one line of letters and digits', () => seededRandom('line').text(1_000_003, ALNUM)),
  adversarial('one prefix', () => LITERALS[0] ?? ''),
  adversarial('every literal, one behind the other', () => LITERALS.join('')),
  adversarial('every literal, on lines', () => LITERALS.join('\n')),
  adversarial('every literal in front of a run', () => LITERALS.map((one) => `${one}="${'a1b2'.repeat(8)}"\n`).join('')),
  adversarial('near misses of every format', () => near),
  adversarial('near misses of every format, in one line', () => near.replaceAll('\n', ' ')),
  adversarial('near misses in UTF-16', () => Buffer.from(near, 'utf16le')),
  adversarial('near misses in UTF-16, big endian', () => Buffer.from(near, 'utf16le').swap16()),
  adversarial('base64 of near misses', () => base64Of(near, 1)),
  adversarial('base64 in base64 of near misses', () => base64Of(near, 2)),
  adversarial('base64 in base64 in base64', () => base64Of(near, 3)),
  adversarial('short runs of base64', () => near.replaceAll(/.{30}/gs, (piece) => `${base64Of(piece, 1)} `)),
  adversarial('hexadecimal digits of near misses', () => Buffer.from(near, 'latin1').toString('hex')),
  adversarial(
    'escapes \\x..',
    escaped((byte) => `\\x${hex(byte)}`),
  ),
  adversarial(
    'escapes \\u....',
    escaped((byte) => `\\u00${hex(byte)}`),
  ),
  adversarial(
    'escapes %..',
    escaped((byte) => `%${hex(byte)}`),
  ),
  adversarial(
    'escapes &#...;',
    escaped((byte) => `&#${byte};`),
  ),
  adversarial('strings that are joined', () => LITERALS.map((one) => Array.from(one, (sign) => `"${sign}"`).join('+')).join('+')),
  adversarial('backslashes', () => '\\'),
  adversarial('NULs', () => '\0'),
];
