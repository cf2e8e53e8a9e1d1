import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Candidate } from '../detect/candidate.ts';
import { createDetector, type Detector } from '../detect/detector.ts';
import { Fingerprinter } from '../secret.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Random, Service } from '../service.ts';
import { SERVICES } from '../services/index.ts';
import { compile, COMPILED } from './prefilter/build.ts';

const services: readonly Service[] = SERVICES;
const fingerprinter = new Fingerprinter(Buffer.alloc(32, 1));
const fast = createDetector(services, { fingerprinter });
const plain = createDetector(services, { fingerprinter, plain: true });
const formats = services.flatMap((service) => service.formats);

test('the compiled module is what its source compiles to', { timeout: 120_000 }, async () => {
  expect(Buffer.from(await compile()).equals(readFileSync(COMPILED))).toBe(true);
});

function found(detector: Detector, content: Buffer): string[] {
  const artifact = detector.artifact();
  const entry = artifact.entry(['artifact', 'entry']);
  entry.push(content);
  entry.end();
  return artifact.finish().candidates.map(described).sort();
}

function described({ format, place, fingerprint, unpaired, ambiguousWith }: Candidate): string {
  const { offset, length, line, column, decoding } = place;
  return JSON.stringify([format, offset, length, line, column, decoding, fingerprint, unpaired, ambiguousWith]);
}

const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, '0');
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** What happens to texts on their way into a package. */
const DRESSINGS: readonly ((text: string, random: Random) => string)[] = [
  (text) => text,
  (text) => Buffer.from(text, 'utf16le').toString('latin1'),
  (text) => Buffer.from(text, 'utf16le').swap16().toString('latin1'),
  base64,
  (text) => base64(base64(text)),
  (text) => base64(text).replaceAll(/.{76}/g, '$&\n'),
  (text) => base64(text).replaceAll(/.{61}/g, '$&\n  '),
  (text) => Buffer.from(text, 'utf16le').toString('base64'),
  (text) => Buffer.from(text, 'latin1').toString('hex'),
  (text) => JSON.stringify(text),
  (text) => JSON.stringify(JSON.stringify(text)),
  (text) => text.replaceAll('/', String.raw`\/`),
  (text) => encodeURIComponent(text),
  (text) => text.replaceAll(/[^A-Za-z0-9_]/g, (sign) => `\\u00${hex(sign)}`),
  (text) => text.replaceAll(/[^A-Za-z0-9_]/g, (sign) => `\\x${hex(sign)}`),
  (text) => text.replaceAll(/[^A-Za-z0-9_.-]/g, (sign) => `&#${sign.charCodeAt(0)};`),
  (text) => Array.from(text, (sign) => `\\x${hex(sign)}`).join(''),
  (text) => Array.from(text, (sign) => `%${hex(sign)}`).join(''),
  (text, random) => cut(text, random, '"+"'),
  (text, random) => cut(text, random, "' +\n   '"),
  (text, random) => JSON.stringify(cut(text, random, '" +\n   "')),
  (text) => encodeURIComponent(encodeURIComponent(`=${text}`)),
];

function cut(text: string, random: Random, joint: string): string {
  const at = random.int(text.length);
  return text.slice(0, at) + joint + text.slice(at);
}

const BEFORE = ['', ' ', '\n', '"', "'", '/', 'x', '-', '=', '%22', String.raw`\n`, String.raw`\u0022`, String.raw`\"`, '\0'];

/** Samples of all formats, dressed and put into a text at drawn places. */
function planted(text: Buffer, random: Random, count: number): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const to = at + random.int(text.length - at + 1);
    const format = formats[random.int(formats.length)];
    const hits = format?.samples(seededRandom(String(random.int(1e9)))).hits ?? [];
    const dressing = DRESSINGS[random.int(DRESSINGS.length)];
    const sample = hits[random.int(hits.length)]?.text ?? '';
    const before = BEFORE[random.int(BEFORE.length)] ?? '';
    pieces.push(text.subarray(at, to), Buffer.from(before + (dressing?.(sample, random) ?? sample), 'latin1'));
    at = to;
  }
  return Buffer.concat([...pieces, text.subarray(at)]);
}

describe('finds what a look at everything finds', () => {
  test('of every format, in every dressing', () => {
    const random = seededRandom('every format');
    let total = 0;
    for (const format of formats) {
      const { hits } = format.samples(random);
      for (const [index, dressing] of DRESSINGS.entries()) {
        const before = BEFORE[random.int(BEFORE.length)] ?? '';
        const content = Buffer.from(before + dressing(hits[index % hits.length]?.text ?? '', random), 'latin1');
        const expected = found(plain, content);
        expect(found(fast, content), `${format.id} in dressing ${index}`).toEqual(expected);
        total += expected.length;
      }
    }
    // Some dressings hide some formats from both, most hide none from either.
    expect(total).toBeGreaterThan(formats.length * 15);
  });

  test('at every distance from the ends of the blocks that are looked at together', () => {
    const random = seededRandom('blocks');
    for (const format of formats) {
      const token = format.samples(random).hits[0]?.text ?? '';
      for (let before = random.int(8); before < 130; before += 8) {
        const content = Buffer.from(`${' '.repeat(before)}${token.trimEnd()}`, 'latin1');
        expect(found(fast, content), `${format.id} behind ${before} blanks`).toEqual(found(plain, content));
      }
    }
  });

  test('in what is installed here, with tokens planted into it', () => {
    const random = seededRandom('installed');
    let size = 0;
    let total = 0;
    for (const file of files(join(import.meta.dirname, '../../node_modules'))) {
      if (random.int(8) > 0 || statSync(file).size > 400_000) continue;
      const content = planted(readFileSync(file), random, 1 + random.int(4));
      const expected = found(plain, content);
      expect(found(fast, content), `in ${basename(file)}`).toEqual(expected);
      size += content.length;
      total += expected.length;
      if (size > 3e6) break;
    }
    expect(total).toBeGreaterThan(300);
  });
});

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile()) yield path;
  }
}
