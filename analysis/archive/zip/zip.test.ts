import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { buffer } from 'node:stream/consumers';
import { overlappingBomb } from '../build-bombs.ts';
import { join, utf8, zip, type ZipMember, type ZipOptions } from '../build.ts';
import { look, reasons, textList, texts } from '../look.ts';

const file = (name: string, body = name): ZipMember => ({ name, body: utf8(body) });

interface Case {
  readonly name: string;
  readonly artifact: Uint8Array;
  /** Files with their texts; other bytes that were searched are not named here. */
  readonly files: Readonly<Record<string, string>>;
  readonly skipped?: readonly string[];
  readonly noted?: readonly string[];
  readonly stats?: Readonly<Record<string, number>>;
}

function withBeforeEnd(archive: Uint8Array, bytes: Uint8Array): Uint8Array {
  return join(archive.subarray(0, -22), bytes, archive.subarray(-22));
}

const WIDE_FIELD = Buffer.from('01000800ffffffffffffff7f', 'hex');

const CASES: readonly Case[] = [
  { name: 'plain', artifact: zip([file('a'), { ...file('b'), method: 0 }]), files: { a: 'a', b: 'b' }, stats: { entries: 2 } },
  { name: 'no entries', artifact: zip([]), files: {}, stats: { entries: 0, containers: 1 } },
  {
    name: 'folders',
    artifact: zip([{ name: 'd/', method: 0 }, { name: 'e/', method: 8 }, file('d/a')]),
    files: { 'd/a': 'd/a' },
    stats: { entries: 1, folders: 2 },
  },
  { name: 'a folder that has bytes', artifact: zip([file('d/', 'bytes')]), files: { 'd/': 'bytes' } },
  ...(['signed', 'bare', 'signed-wide', 'bare-wide'] as const).map((descriptor): Case => ({
    name: `sizes behind the data, ${descriptor}`,
    artifact: zip([
      { ...file('a'), descriptor },
      { ...file('b'), descriptor },
    ]),
    files: { a: 'a', b: 'b' },
  })),
  {
    name: 'zip64',
    artifact: zip(
      [
        { ...file('a'), zip64: true },
        { ...file('b'), zip64: true },
      ],
      { zip64: true },
    ),
    files: { a: 'a', b: 'b' },
  },
  {
    name: 'an extra field',
    artifact: zip([{ ...file('a'), extra: Uint8Array.of(0x99, 0x99, 2, 0, 1, 2) }, file('b')]),
    files: { a: 'a', b: 'b' },
  },
  {
    name: 'a program in front',
    artifact: zip([file('a')], { prefix: utf8('#!/usr/bin/env python3\n') }),
    files: { a: 'a' },
    noted: ['extra-data'],
  },
  {
    name: 'a program in front that the offsets do not count',
    artifact: zip([file('a')], { prefix: utf8('MZ stub'), offsetsIgnorePrefix: true }),
    files: { a: 'a' },
    noted: ['extra-data'],
  },
  {
    name: 'data behind',
    artifact: zip([file('a')], { suffix: utf8('behind '.repeat(20_000)) }),
    files: { a: 'a' },
    noted: ['extra-data'],
  },
  { name: 'a comment', artifact: zip([file('a')], { comment: utf8('words') }), files: { a: 'a' } },
  {
    name: 'a comment that looks like an end',
    artifact: zip([file('a')], { comment: join(utf8('PK\u0005\u0006'), new Uint8Array(18), utf8('x')) }),
    files: { a: 'a' },
  },
  { name: 'zeros between', artifact: zip([file('a'), { ...file('b'), before: new Uint8Array(300) }]), files: { a: 'a', b: 'b' } },
  {
    name: 'junk between',
    artifact: zip([file('a'), { ...file('b'), before: utf8('hidden words') }]),
    files: { a: 'a', b: 'b' },
    noted: ['extra-data'],
  },
  {
    name: 'an entry that is not listed',
    artifact: zip([file('a'), { ...file('h', 'hidden'), listed: false }, file('b')]),
    files: { a: 'a', h: 'hidden', b: 'b' },
    noted: ['unlisted'],
  },
  {
    name: 'an entry that is not listed, and has fewer bytes than its header states',
    artifact: zip([file('a'), { ...file('h', 'hidden'), method: 0, compressedSize: 100, listed: false }, file('b')]),
    files: { a: 'a', h: 'hidden', b: 'b' },
    skipped: ['truncated'],
    noted: ['unlisted'],
  },
  {
    name: 'entries that are encrypted, of sizes that stand behind them, with others behind, and no directory',
    artifact: zip(
      [
        { ...file('e', 'secret'), method: 0, flags: 1, descriptor: 'signed' },
        { ...file('f', 'secret'), method: 0, flags: 1, descriptor: 'bare' },
        file('a'),
        file('b'),
      ],
      { directory: false },
    ),
    files: { a: 'a', b: 'b' },
    skipped: ['encrypted', 'truncated'],
  },
  {
    name: 'the first and last are not listed',
    artifact: zip([{ ...file('h'), listed: false }, file('a'), { ...file('i'), listed: false, descriptor: 'signed' }]),
    files: { h: 'h', a: 'a', i: 'i' },
    noted: ['unlisted'],
  },
  {
    name: 'nothing is listed, and a program in front',
    artifact: zip([{ ...file('h'), listed: false }], { directory: false }),
    files: { h: 'h' },
    skipped: ['truncated'],
  },
  {
    name: 'no directory',
    artifact: zip([file('a'), { ...file('b'), method: 0 }, { ...file('c'), descriptor: 'bare' }], { directory: false }),
    files: { a: 'a', b: 'b', c: 'c' },
    skipped: ['truncated'],
  },
  {
    name: 'the same name twice',
    artifact: zip([file('a', 'one'), file('a', 'two')]),
    files: { a: 'onetwo' },
    stats: { entries: 2 },
  },
  {
    name: 'names that go up, to the root and to a drive',
    artifact: zip([file('../../up'), file('/root'), file('C:\\x'), file('..\\y')]),
    files: { '../../up': '../../up', '/root': '/root', 'C:\\x': 'C:\\x', '..\\y': '..\\y' },
  },
  { name: 'a name with NUL', artifact: zip([file('a\0.png', 'x')]), files: { 'a\\x00.png': 'x' } },
  { name: 'a name that is no UTF-8', artifact: zip([{ name: Uint8Array.of(0x61, 0xff), body: utf8('x') }]), files: { aÿ: 'x' } },
  { name: 'no name', artifact: zip([file('', 'x')]), files: { '': 'x' } },
  {
    name: 'a name of 60 KB',
    artifact: zip([file('n'.repeat(60_000), 'x')]),
    files: { [`${'n'.repeat(4096)}…`]: 'x' },
    noted: ['limit-name'],
  },
  {
    name: 'a local header that lies about its name',
    artifact: zip([{ ...file('a'), local: (header) => void header.writeUInt16LE(0, 26) }]),
    files: { a: '' },
    skipped: ['truncated'],
  },
  { name: 'encrypted', artifact: zip([{ ...file('s'), flags: 1 }, file('a')]), files: { a: 'a' }, skipped: ['encrypted'] },
  {
    name: 'encrypted by AES',
    artifact: zip([{ ...file('s'), method: 99 }, file('a')]),
    files: { a: 'a' },
    skipped: ['encrypted'],
  },
  {
    name: 'deflate64',
    artifact: zip([{ ...file('s'), method: 9 }, file('a')]),
    files: { a: 'a' },
    skipped: ['compression-unsupported'],
  },
  {
    name: 'an unknown method',
    artifact: zip([{ ...file('s'), method: 77 }, file('a')]),
    files: { a: 'a' },
    skipped: ['compression-unsupported'],
  },
  {
    name: 'zstd within',
    artifact: zip([{ ...file('z', 'words'), method: 93, data: zstdCompressSync('words') }, file('a')]),
    files: { z: 'words', a: 'a' },
  },
  {
    name: 'a smaller size than true',
    artifact: zip([{ ...file('a', 'more than ten bytes'), size: 3 }]),
    files: { a: 'more than ten bytes' },
    noted: ['size-mismatch'],
  },
  {
    name: 'a larger size than true',
    artifact: zip([{ ...file('a'), size: 1_000_000_000 }]),
    files: { a: 'a' },
    noted: ['size-mismatch'],
  },
  {
    name: 'a smaller compressed size than true',
    artifact: zip([{ ...file('a', 'words '.repeat(9)), compressedSize: 2 }, file('b')]),
    files: { a: 'words '.repeat(9), b: 'b' },
    noted: ['size-mismatch'],
  },
  {
    name: 'a larger compressed size than true',
    artifact: zip([{ ...file('a'), compressedSize: 2_000_000_000 }, file('b')]),
    files: { a: 'a', b: 'b' },
    noted: ['size-mismatch'],
  },
  {
    name: 'a stored entry larger than the file',
    artifact: zip([{ ...file('a'), method: 0, compressedSize: 1000 }]),
    files: { a: 'a' },
    skipped: ['truncated'],
  },
  {
    name: 'a wrong checksum',
    artifact: zip([{ ...file('a'), crc: 1 }, file('b')]),
    files: { a: 'a', b: 'b' },
    skipped: ['corrupt'],
  },
  {
    name: 'data that is not deflated',
    artifact: zip([{ ...file('a'), data: utf8('\u0007\u0007\u0007\u0007') }, file('b')]),
    files: { a: '', b: 'b' },
    skipped: ['corrupt'],
    noted: ['extra-data'],
  },
  {
    name: 'an entry within the bytes of one that is damaged',
    artifact: zip([
      { ...file('a'), data: join(utf8('\u0007\u0007'), zip([file('h', 'hidden')], { directory: false })) },
      file('b'),
    ]),
    files: { a: '', h: 'hidden', b: 'b' },
    skipped: ['corrupt'],
    noted: ['extra-data', 'unlisted'],
  },
  {
    name: 'data that is cut',
    artifact: zip([{ ...file('a', 'words'), data: deflateRawSync('words').subarray(0, 4) }]),
    files: { a: 'wor' },
    skipped: ['truncated'],
  },
  {
    name: 'an offset beyond the file',
    artifact: zip([{ ...file('a'), offset: 0xfffffff0 }, file('b')]),
    files: { a: 'a', b: 'b' },
    skipped: ['corrupt'],
    noted: ['unlisted'],
  },
  {
    name: 'an offset at nothing',
    artifact: zip([{ ...file('a'), offset: 1 }, file('b')]),
    files: { a: 'a', b: 'b' },
    skipped: ['corrupt'],
    noted: ['extra-data', 'unlisted'],
  },
  {
    name: 'a broken local header',
    artifact: zip([{ ...file('a'), local: (header) => void header.writeUInt32LE(0x12345678, 0) }, file('b')]),
    files: { b: 'b' },
    skipped: ['corrupt'],
    noted: ['extra-data'],
  },
  {
    name: 'more entries stated than there are',
    artifact: zip([file('a')], { stated: 5 }),
    files: { a: 'a' },
    skipped: ['corrupt'],
  },
  {
    name: 'fewer entries stated than there are',
    artifact: zip([file('a'), file('b')], { stated: 1 }),
    files: { a: 'a', b: 'b' },
    skipped: ['corrupt'],
  },
  {
    name: 'a directory at the wrong place',
    artifact: zip([file('a')], { end: (record) => void record.writeUInt32LE(7, 16) }),
    files: { a: 'a' },
  },
  {
    name: 'a directory of the wrong size',
    artifact: zip([file('a')], { end: (record) => void record.writeUInt32LE(9999, 12) }),
    files: { a: 'a' },
  },
  {
    name: 'a broken directory',
    artifact: zip([{ ...file('a'), central: (header) => void header.writeUInt32LE(0, 0) }]),
    files: { a: 'a' },
    skipped: ['truncated'],
  },
  {
    name: 'zip64 sizes without their field',
    artifact: zip([{ ...file('a'), central: (header) => void header.writeUInt32LE(0xffffffff, 24) }, file('b')]),
    files: { a: 'a', b: 'b' },
    noted: ['size-mismatch'],
  },
  {
    name: 'a zip64 offset of 16 EiB',
    artifact: zip([{ ...file('a'), extra: WIDE_FIELD, central: (header) => void header.fill(0xff, 42, 46) }, file('b')]),
    files: { a: 'a', b: 'b' },
    noted: ['unlisted'],
    skipped: ['corrupt'],
  },
  {
    name: 'a zip64 field that is cut',
    artifact: zip([{ ...file('a'), extra: Uint8Array.of(1, 0, 40, 0, 9), central: (header) => void header.fill(0xff, 20, 28) }]),
    files: { a: 'a' },
    noted: ['size-mismatch'],
  },
  {
    name: 'a zip64 end that lies about everything',
    artifact: zip([file('a')], { zip64: true, stated: 2 ** 40 }),
    files: { a: 'a' },
    skipped: ['corrupt'],
  },
  {
    name: 'an extra field that is longer than the header',
    artifact: zip([{ ...file('a'), central: (header) => void header.writeUInt16LE(65_535, 30) }, file('b')]),
    files: { a: 'a', b: 'b' },
    skipped: ['corrupt'],
    noted: ['unlisted'],
  },
  {
    name: 'a spanned marker',
    artifact: join(utf8('PK\u0007\u0008'), zip([file('a')], { offsetsIgnorePrefix: true })),
    files: { a: 'a' },
    noted: ['extra-data'],
  },
  {
    name: 'two entries of the same bytes',
    artifact: zip([file('a'), { ...file('b', 'a'), offset: 0 }]),
    files: { a: 'a', b: 'a' },
    noted: ['overlap', 'unlisted'],
  },
  {
    name: 'an entry within a stored entry',
    artifact: zip([
      { ...file('a'), method: 0, body: zip([file('inner')]) },
      { ...file('inner'), offset: 31 },
    ]),
    files: { 'a > inner': 'inner', inner: 'innerinner' },
    noted: ['overlap', 'unlisted'],
  },
  {
    name: 'the head of a zip and nothing else',
    artifact: utf8('PK\u0003\u0004'),
    files: { '': 'PK\u0003\u0004' },
    skipped: ['corrupt', 'not-an-archive'],
  },
  {
    name: 'the end of a zip and nothing else',
    artifact: utf8('PK\u0005\u0006'),
    files: { '': 'PK\u0005\u0006' },
    skipped: ['corrupt', 'not-an-archive'],
  },
];

test('a name and an extra field of 64 KiB each, in a zip in a gzip that is read from front to back', async () => {
  const extra = new Uint8Array(65_535);
  extra.set([0x99, 0x99, 0xfb, 0xff]);
  const inner = zip([file('first'), { ...file('n'.repeat(65_535), 'words'), extra }, file('last')]);
  const seen = await look(gzipSync(inner), { heldBytes: 50_000 });
  expect(textList(seen).map(([, body]) => body)).toEqual(expect.arrayContaining(['first', 'words', 'last']));
});

describe('zips, right and wrong', () => {
  test.each(CASES)('$name', async ({ artifact, files, skipped = [], noted = [], stats = {} }) => {
    const seen = await look(artifact);
    const named = Object.entries(texts(seen)).filter(([name]) => !/^(?:.* > )?\((?:bytes at|zip comment)/.test(name));
    expect(Object.fromEntries(named)).toEqual(files);
    expect(reasons(seen.skipped)).toEqual(skipped);
    expect(reasons(seen.noted)).toEqual(noted);
    expect(seen.stats).toMatchObject(stats);
  });
});

test.each<[name: string, artifact: Uint8Array, words: string]>([
  ['in front', zip([file('a')], { prefix: utf8('hidden words') }), 'hidden words'],
  ['between', zip([file('a'), { ...file('b'), before: utf8('hidden words') }]), 'hidden words'],
  ['behind', zip([file('a')], { suffix: utf8('hidden words') }), 'hidden words'],
  [
    'between the directory and its end',
    zip([file('a')], { zip64: false, end: () => {}, comment: utf8('hidden words') }),
    'hidden words',
  ],
  ['between the directory and its end', withBeforeEnd(zip([file('a')]), utf8('hidden words')), 'hidden words'],
  ['in the place of a directory', zip([{ ...file('a'), central: (header) => void header.writeUInt32LE(0, 0) }]), 'a'],
])('bytes that belong to no entry are searched as they are: %s', async (_, artifact, words) => {
  const seen = await look(artifact);
  const others = Object.entries(texts(seen)).filter(([name]) => name.startsWith('('));
  expect(others.map(([, body]) => body).join('\n')).toContain(words);
});

test('a thousand entries of the same bytes are read once', async () => {
  const aliases = Array.from({ length: 1000 }, (_, index): ZipMember => ({ ...file(`alias${index}`, 'x'), offset: 0 }));
  const artifact = zip([file('a', 'x'), ...aliases], { body: zip([file('a', 'x')], { directory: false }) });
  const seen = await look(artifact);
  expect(seen.stats).toMatchObject({ entries: 1, bytes: 1 });
  expect(reasons(seen.noted)).toEqual(['overlap']);
});

test('entries that overlap are read up to a limit', async () => {
  const seen = await look(overlappingBomb(250, 21_000_000), { overlapBytes: 8 * 1024 * 1024 });
  expect(reasons(seen.skipped)).toContain('overlap');
  expect(seen.stats.bytes).toBeLessThan(100_000_000);
  expect(seen.milliseconds).toBeLessThan(5000);
});

function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1;
}

/** What yauzl reads. */
async function reference(archive: Buffer): Promise<[name: string, body: string][]> {
  const entries: Entry[] = [];
  const opened = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(archive, { lazyEntries: false, decodeStrings: true, autoClose: false }, (error, file) => {
      if (error) return reject(error);
      file.on('entry', (entry) => entries.push(entry));
      file.on('end', () => resolve(file));
      file.on('error', reject);
    });
  });
  const found: [name: string, body: string][] = [];
  for (const entry of entries) {
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      opened.openReadStream(entry, (error, content) => (error ? reject(error) : resolve(content)));
    });
    found.push([entry.fileName, (await buffer(stream)).toString('latin1')]);
  }
  return found;
}

test('the same files as yauzl reads, whatever the sizes and however the bytes come', async () => {
  const member = fc.record({
    // No name of dots alone: yauzl refuses the whole file for it.
    name: fc.stringMatching(/^[a-zA-Zäλ0-9_-][a-zA-Zäλ0-9_.-]{0,60}(?:\/[a-z]{1,30}){0,2}$/),
    size: fc.oneof(fc.constantFrom(0, 1, 65_536, 262_144, 400_000), fc.nat(5000)),
    method: fc.constantFrom(0, 8),
    descriptor: fc.constantFrom(undefined, 'signed' as const),
    zip64: fc.boolean(),
  });
  const options = fc.record({ comment: fc.string({ maxLength: 20 }), zip64: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(member, { selector: (entry) => entry.name, minLength: 1, maxLength: 6 }),
      options,
      fc.integer({ min: 100, max: 40_000 }),
      async (members, { comment, zip64 }, step) => {
        const built = members.map(({ name, size, method, descriptor, zip64 }): ZipMember => {
          const body = new Uint8Array(Buffer.alloc(size, `${name}\n`));
          return { name, body, method, zip64, ...(descriptor && method === 8 ? { descriptor } : {}) };
        });
        const zipOptions: ZipOptions = { comment: utf8(comment), zip64 };
        const archive = Buffer.from(zip(built, zipOptions));
        const source = {
          name: 'artifact',
          size: archive.length,
          read: (offset: number, length: number) => Promise.resolve(archive.subarray(offset, offset + Math.min(length, step))),
        };
        const seen = await look(source);
        const read = textList(seen).filter(([name]) => !name.startsWith('('));
        expect(read.toSorted(byName)).toEqual((await reference(archive)).toSorted(byName));
        expect([...seen.skipped, ...seen.noted]).toEqual([]);
      },
    ),
    { numRuns: 30 },
  );
});
