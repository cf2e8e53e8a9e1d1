import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gzipQuine } from './build-bombs.ts';
import { gzipMember, join, tar, utf8 } from './build.ts';
import { look, reasons, texts } from './look.ts';

interface Case {
  readonly name: string;
  readonly artifact: Uint8Array;
  readonly files: Readonly<Record<string, string>>;
  readonly skipped?: readonly string[];
  readonly noted?: readonly string[];
}

const words = gzipMember(utf8('words'));
const trail = '(after the gzip data)';

const CASES: readonly Case[] = [
  { name: 'one member', artifact: words, files: { '': 'words' } },
  {
    name: 'every field of the header',
    artifact: gzipMember(utf8('words'), { extra: new Uint8Array(3), name: 'n', comment: 'c', headerCrc: true }),
    files: { '': 'words' },
  },
  { name: 'several members', artifact: join(words, gzipMember(utf8(' and ')), words), files: { '': 'words and words' } },
  { name: 'an empty member between', artifact: join(words, gzipMember(utf8('')), words), files: { '': 'wordswords' } },
  { name: 'nothing in it', artifact: gzipMember(utf8('')), files: { '': '' } },
  {
    name: 'a tar over two members',
    artifact: join(...halves(tar({ name: 'a', body: utf8('a'.repeat(3000)) })).map((half) => gzipMember(half))),
    files: { a: 'a'.repeat(3000) },
  },
  { name: 'zeros behind', artifact: join(words, new Uint8Array(70_000)), files: { '': 'words' } },
  {
    name: 'junk behind',
    artifact: join(words, utf8('hidden words')),
    files: { '': 'words', [trail]: 'hidden words' },
    noted: ['trailing-data'],
  },
  {
    name: 'junk behind zeros',
    artifact: join(words, new Uint8Array(9), utf8('hidden')),
    files: { '': 'words', [trail]: 'hidden' },
    noted: ['trailing-data'],
  },
  {
    name: 'the first bytes of a member behind',
    artifact: join(words, Uint8Array.of(0x1f, 0x8b)),
    files: { '': 'words', [trail]: '\x1f\x8b' },
    noted: ['trailing-data'],
  },
  {
    name: 'a second member that is cut in its header',
    artifact: join(words, words.subarray(0, 8)),
    files: { '': 'words' },
    skipped: ['truncated'],
  },
  {
    name: 'a second member that is damaged',
    artifact: join(words, words.subarray(0, 10), utf8('\u0007\u0007\u0007')),
    files: { '': 'words', [trail]: '\u0007\u0007' },
    skipped: ['corrupt'],
  },
  {
    name: 'text behind a member that is damaged',
    artifact: join(words, words.subarray(0, 10), utf8('\u0007 and words')),
    files: { '': 'words', [trail]: ' and words' },
    skipped: ['corrupt'],
  },
  {
    name: 'a member behind one with a wrong checksum',
    artifact: join(gzipMember(utf8('words'), { crc: 1 }), words),
    files: { '': 'wordswords' },
    skipped: ['corrupt'],
  },
  { name: 'no checksum', artifact: words.subarray(0, -8), files: { '': 'words' }, skipped: ['truncated'] },
  { name: 'half a checksum', artifact: words.subarray(0, -3), files: { '': 'words' }, skipped: ['truncated'] },
  { name: 'a wrong checksum', artifact: gzipMember(utf8('words'), { crc: 1 }), files: { '': 'words' }, skipped: ['corrupt'] },
  {
    name: 'a wrong size',
    artifact: gzipMember(utf8('words'), { size: 4_000_000_000 }),
    files: { '': 'words' },
    skipped: ['corrupt'],
  },
  {
    name: 'a header and nothing else',
    artifact: words.subarray(0, 10),
    files: { '': latin1(words.subarray(0, 10)) },
    skipped: ['not-an-archive', 'truncated'],
  },
  {
    name: 'a magic and text',
    artifact: join(words.subarray(0, 10), utf8('\u0007 secret words')),
    files: { '': `${latin1(words.subarray(0, 10))}\u0007 secret words` },
    skipped: ['corrupt', 'not-an-archive'],
  },
  {
    name: 'a name without end',
    artifact: join(Uint8Array.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3), utf8('n'.repeat(200_000))),
    files: { '': `\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03${'n'.repeat(200_000)}` },
    skipped: ['not-an-archive', 'truncated'],
  },
];

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function halves(bytes: Uint8Array): Uint8Array[] {
  return [bytes.subarray(0, 700), bytes.subarray(700)];
}

describe('gzips, right and wrong', () => {
  test.each(CASES)('$name', async ({ artifact, files, skipped = [], noted = [] }) => {
    const seen = await look(artifact);
    expect(texts(seen)).toEqual(files);
    expect(reasons(seen.skipped)).toEqual(skipped);
    expect(reasons(seen.noted)).toEqual(noted);
  });
});

test('a file that contains itself ends at the depth limit', async () => {
  const quine = gzipQuine();
  const seen = await look(quine);
  expect(texts(seen)).toEqual({ '': latin1(quine) });
  expect(reasons(seen.skipped)).toEqual(['corrupt', 'limit-depth']);
});

test('a hundred thousand empty members', async () => {
  const empty = gzipSync('');
  const seen = await look(Buffer.concat([...Array<Buffer>(100_000).fill(empty), gzipSync('words')]));
  expect(texts(seen)).toEqual({ '': 'words' });
  expect(seen.milliseconds).toBeLessThan(5000);
});

test('at damage, everything before it is delivered', async () => {
  const body = Buffer.from(Array.from({ length: 20_000 }, (_, line) => `line ${line * 7919}\n`).join(''));
  const packed = gzipSync(body);
  for (let at = 30; at < packed.length; at += 997) {
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, at, at + 40);
    const seen = await look(damaged);
    const text = seen.files.get('') ?? Buffer.alloc(0);
    // The damage itself may decode to something; what stands before it is right.
    const right = Math.floor((gunzippable(packed.subarray(0, at)).length * 99) / 100);
    expect(text.subarray(0, right).equals(body.subarray(0, right))).toBe(true);
    expect(seen.skipped.length).toBeGreaterThan(0);
  }
});

/** What a cut gzip still holds. */
function gunzippable(cut: Uint8Array): Buffer {
  return gunzipSync(cut, { finishFlush: 2 });
}

test('the same content as node:zlib gives, whatever it is and however the bytes come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ text: fc.string({ maxLength: 50 }), times: fc.nat(9000), level: fc.nat(9) }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 70_000 }),
      async (members, step) => {
        const packed = Buffer.concat(members.map(({ text, times, level }) => gzipSync(text.repeat(times), { level })));
        const source = {
          name: 'artifact',
          size: packed.length,
          read: (offset: number, length: number) => Promise.resolve(packed.subarray(offset, offset + Math.min(length, step))),
        };
        const seen = await look(source, { depth: 0 });
        expect(Object.values(texts(seen)).join('')).toBe(gunzipSync(packed).toString('latin1'));
      },
    ),
    { numRuns: 50 },
  );
});
