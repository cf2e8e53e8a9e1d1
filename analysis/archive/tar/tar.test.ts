import * as fc from 'fast-check';
import { extract, pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { buffer } from 'node:stream/consumers';
import { base256, gnuLongName, gzipMember, join, pax, tar, tarMember, TAR_END, utf8, type TarMember } from '../build.ts';
import { look, reasons, textList, texts } from '../look.ts';

const file = (name: string, body = name): TarMember => ({ name, body: utf8(body) });

interface Case {
  readonly name: string;
  readonly artifact: Uint8Array;
  readonly files: Readonly<Record<string, string>>;
  readonly skipped?: readonly string[];
  readonly noted?: readonly string[];
  readonly stats?: Readonly<Record<string, number>>;
}

const long = `${'folder/'.repeat(40)}file`;

const CASES: readonly Case[] = [
  { name: 'plain ustar with a prefix', artifact: tar({ ...file('b'), prefix: 'a/long/way' }), files: { 'a/long/way/b': 'b' } },
  {
    name: 'GNU, whose prefix field holds times',
    artifact: tar({ ...file('b'), magic: 'ustar  \0', prefix: '123' }),
    files: { b: 'b' },
  },
  { name: 'v7, without a magic', artifact: tar({ ...file('old'), magic: '', type: '\0' }), files: { old: 'old' } },
  { name: 'a GNU long name', artifact: tar(gnuLongName(long), file('cut')), files: { [long]: 'cut' } },
  { name: 'a PAX path', artifact: tar(pax({ path: 'täglich/ä.txt' }), file('cut')), files: { 'täglich/ä.txt': 'cut' } },
  {
    name: 'a PAX size',
    artifact: tar(pax({ size: '5' }), { ...file('a', 'hello'), size: 0 }, file('b')),
    files: { a: 'hello', b: 'b' },
  },
  { name: 'a global PAX comment', artifact: tar(pax({ comment: 'x' }, 'g'), file('a')), files: { a: 'a' } },
  { name: 'a size in base 256', artifact: tar({ ...file('a', 'hello'), size: base256(5n) }), files: { a: 'hello' } },
  {
    name: 'a signed checksum',
    artifact: tar({ ...file('a'), name: Buffer.from('a\xe4\xf6', 'latin1'), checksum: 'signed' }),
    files: { aäö: 'a' },
  },
  {
    name: 'an old GNU sparse file, as it is stored',
    artifact: tar(
      join(
        tarMember({ ...file('s', ''), type: 'S', size: 4, change: (header) => header.set([1], 482) }),
        new Uint8Array(512),
        utf8('data'),
        new Uint8Array(508),
      ),
      file('b'),
    ),
    files: { s: 'data', b: 'b' },
  },
  {
    name: 'a PAX sparse file',
    artifact: tar(pax({ 'GNU.sparse.name': 'real', path: 'GNUSparseFile.0/real' }), file('cut', '1\n0\n4\ndata')),
    files: { real: '1\n0\n4\ndata' },
  },
  { name: 'an unknown type is a file', artifact: tar({ ...file('a'), type: 'Z' }), files: { a: 'a' } },
  { name: 'a contiguous file', artifact: tar({ ...file('a'), type: '7' }), files: { a: 'a' } },
  {
    name: 'folders, links and devices',
    artifact: tar(
      { name: 'folder/', type: '5' },
      { name: 'old-folder/', type: '\0' },
      { name: 'symbolic', type: '2', link: '/etc/passwd' },
      { name: 'hard', type: '1', link: '../../../etc/shadow' },
      { name: 'null', type: '3' },
      { name: 'disk', type: '4' },
      { name: 'pipe', type: '6' },
      file('a'),
    ),
    files: { a: 'a' },
    stats: { entries: 1, folders: 2, links: 2, devices: 3 },
  },
  {
    name: 'a link that states a size and has no bytes',
    artifact: tar({ name: 'l', type: '1', link: 'a', size: 700 }, file('a')),
    files: { a: 'a' },
  },
  {
    name: 'a link that has bytes',
    artifact: tar({ name: 'l', type: '1', link: 'a', body: utf8('bytes') }, file('a')),
    files: { l: 'bytes', a: 'a' },
  },
  {
    name: 'a folder that has bytes',
    artifact: tar({ name: 'd', type: '5', body: utf8('bytes') }, file('a')),
    files: { d: 'bytes', a: 'a' },
  },
  {
    name: 'names that go up and to the root',
    artifact: tar(file('../../up'), file('/root')),
    files: { '../../up': '../../up', '/root': '/root' },
  },
  {
    name: 'a name with NUL and escape',
    artifact: tar(pax({ path: 'a\0b\u001b[31mc' }), file('x')),
    files: { 'a\\x00b\\x1b[31mc': 'x' },
  },
  {
    name: 'a name that is no UTF-8',
    artifact: tar({ ...file('x'), name: Uint8Array.of(0x61, 0xff, 0xfe) }),
    files: { aÿþ: 'x' },
  },
  {
    name: 'a name that turns text around',
    artifact: tar(pax({ path: 'a\u202egpj.exe' }), file('x')),
    files: { 'a\\u202egpj.exe': 'x' },
  },
  { name: 'an empty name', artifact: tar({ ...file('', 'x') }), files: { '': 'x' } },
  {
    name: 'the same name twice',
    artifact: tar(file('a', 'one'), file('a', 'two')),
    files: { a: 'onetwo' },
    stats: { entries: 2 },
  },
  {
    name: 'a name of a megabyte',
    artifact: tar(gnuLongName('n'.repeat(1_000_000)), file('x')),
    files: { [`${'n'.repeat(4096)}…`]: 'x' },
    noted: ['limit-name'],
  },
  {
    name: 'a bad checksum in the middle',
    artifact: tar(file('a'), { ...file('b', 'hidden'), checksum: 'wrong' }, file('c')),
    files: { a: 'a', c: 'c' },
    skipped: ['corrupt'],
  },
  {
    name: 'junk between members',
    artifact: tar(file('a'), utf8('junk'.repeat(1000)), new Uint8Array(96), file('c')),
    files: { a: 'a', c: 'c' },
    skipped: ['corrupt'],
  },
  { name: 'a second tar behind the end', artifact: join(tar(file('a')), tar(file('b'))), files: { a: 'a', b: 'b' } },
  { name: 'an empty block in the middle', artifact: tar(file('a'), new Uint8Array(512), file('b')), files: { a: 'a', b: 'b' } },
  { name: 'much padding', artifact: join(tar(file('a')), new Uint8Array(100_000)), files: { a: 'a' } },
  { name: 'no end', artifact: tarMember(file('a')), files: { a: 'a' }, skipped: ['truncated'] },
  {
    name: 'no end, within a compression that has one',
    artifact: gzipMember(tarMember(file('a'))),
    files: { a: 'a' },
    noted: ['no-end'],
  },
  {
    name: 'a member longer than the tar',
    artifact: join(tarMember({ ...file('a', 'hello'), size: 100_000 }), TAR_END),
    files: { a: 'hello' },
    skipped: ['truncated'],
  },
  {
    name: 'a size of 8 EiB',
    artifact: tar(file('a'), { ...file('b'), size: base256(2n ** 63n - 1n) }, file('c')),
    files: { a: 'a', c: 'c' },
    skipped: ['corrupt'],
  },
  {
    name: 'a size below zero',
    artifact: tar(file('a'), { ...file('b'), size: base256(-512n) }, file('c')),
    files: { a: 'a', c: 'c' },
    skipped: ['corrupt'],
  },
  {
    name: 'a size that is no number',
    artifact: tar(file('a'), { ...file('b'), size: utf8('99x99999999\0') }, file('c')),
    files: { a: 'a', c: 'c' },
    skipped: ['corrupt'],
  },
  {
    name: 'a PAX header that states a gigabyte',
    artifact: join(tarMember(file('a')), tarMember({ name: 'p', type: 'x', size: 1_000_000_000 }), tar(file('b'))),
    files: { a: 'a' },
    skipped: ['limit-metadata', 'truncated'],
  },
  {
    name: 'PAX records without end',
    artifact: tar({ name: 'p', type: 'x', body: utf8('99999 path=x\n') }, file('a')),
    files: { a: 'a' },
  },
  {
    name: 'PAX records with a length of nothing',
    artifact: tar({ name: 'p', type: 'x', body: utf8('0 path=x\n0 path=y\n') }, file('a')),
    files: { a: 'a' },
  },
  { name: 'a PAX size that is no number', artifact: tar(pax({ size: '-1' }), file('a'), file('b')), files: { a: 'a', b: 'b' } },
  {
    name: 'a sparse map that is cut off by the end',
    artifact: tar(file('a'), { ...file('s', ''), type: 'S', change: (header) => header.set([1], 482) }),
    files: { a: 'a', s: '' },
  },
  {
    name: 'a long name that is cut off',
    artifact: tarMember(gnuLongName('x'.repeat(600))).subarray(0, 700),
    files: {},
    skipped: ['truncated'],
  },
];

describe('tars, right and wrong', () => {
  test.each(CASES)('$name', async ({ artifact, files, skipped = [], noted = [], stats = {} }) => {
    const seen = await look(artifact);
    const named = Object.fromEntries(Object.entries(texts(seen)).filter(([name]) => !name.startsWith('(')));
    const shown = Object.fromEntries(
      Object.entries(named).map(([name, body]) => [name.replaceAll(' > ', '/'), body.replaceAll('\0', '').trimEnd()]),
    );
    expect(shown).toEqual(files);
    expect(reasons(seen.skipped)).toEqual(skipped);
    expect(reasons(seen.noted)).toEqual(noted);
    expect(seen.stats).toMatchObject(stats);
  });
});

test('what lies behind a bad header is searched as it is', async () => {
  const seen = await look(tar(file('a'), { ...file('b', 'hidden words'), checksum: 'wrong' }, file('c')));
  const lost = Object.entries(texts(seen)).find(([name]) => name.startsWith('(bytes at'));
  expect(lost?.[1]).toContain('hidden words');
});

/** What tar-stream reads, up to where it gives up. */
async function reference(archive: Uint8Array): Promise<{ name: string; body: string }[]> {
  const found: { name: string; body: string }[] = [];
  const extracting = extract();
  extracting.end(Buffer.from(archive));
  for await (const entry of extracting) {
    const body = await buffer(entry);
    if (entry.header.type === 'file') found.push({ name: entry.header.name, body: body.toString('latin1') });
  }
  return found;
}

test('the same files as tar-stream reads, whatever the sizes and however the bytes come', async () => {
  const name = fc.stringMatching(/^[a-zA-Zäλ0-9_.-]{1,120}(?:\/[a-z]{1,90}){0,3}$/);
  const member = fc.record({ name, size: fc.oneof(fc.constantFrom(0, 1, 511, 512, 513, 262_143, 262_144), fc.nat(5000)) });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(member, { selector: (entry) => entry.name, minLength: 1, maxLength: 6 }),
      fc.integer({ min: 100, max: 40_000 }),
      async (members, step) => {
        const packing = pack();
        for (const { name, size } of members) packing.entry({ name }, Buffer.alloc(size, `${name}\n`));
        packing.finalize();
        const archive = await buffer(packing);
        const source = {
          name: 'artifact',
          size: archive.length,
          read: (offset: number, length: number) => Promise.resolve(archive.subarray(offset, offset + Math.min(length, step))),
        };
        const seen = await look(source);
        expect(textList(seen).map(([name, body]) => ({ name, body }))).toEqual(await reference(archive));
        expect(seen.skipped).toEqual([]);
      },
    ),
    { numRuns: 30 },
  );
});
