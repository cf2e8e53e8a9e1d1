import { execFileSync } from 'node:child_process';
import { brotliCompressSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { join, tar, utf8, zip } from './build.ts';
import { hasPython } from './fuzz/reference.ts';
import { look, reasons, texts } from './look.ts';
import { bytesSource } from './source.ts';

const WORDS = 'words '.repeat(100);

function compress(module: 'bz2' | 'lzma', level: number, input: Uint8Array): Uint8Array {
  const option = module === 'bz2' ? `compresslevel=${level}` : `preset=${level}`;
  const script = `import sys, ${module}; sys.stdout.buffer.write(${module}.compress(sys.stdin.buffer.read(), ${option}))`;
  return execFileSync('python3', ['-c', script], { input, maxBuffer: 2 ** 28 });
}

/** Bytes of several kinds: text with repetitions, noise, long runs. */
function content(kind: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = kind * 7919 + 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    if (kind === 0) bytes[at] = state >>> 24;
    else if (kind === 1) bytes[at] = 97 + ((at % 1000) % 26) + (state >>> 30);
    else bytes[at] = at % 5000 < 4000 ? 65 : state >>> 26;
  }
  return bytes;
}

// What bzip2 1.0.8 and xz 5.4.1 make of it.
const BZIP2_WORDS = 'QlpoOTFBWSZTWd96zuMAASuRgEAABACYgCAAMMAClQyYRYRaRaRaRaRfF3JFOFCQ33rO4w==';
const XZ_WORDS = '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AJXABBdADubyqrUsFYhz3k+CIEWYAAAxyyOIcvF2ugAASzYBAAAAF+y3IWxxGf7AgAAAAAEWVo=';

describe('formats that are rare in packages', () => {
  test('zstd, also in several frames, and what follows', async () => {
    const frame = zstdCompressSync(WORDS);
    expect(texts(await look(join(frame, frame)))).toEqual({ '': WORDS + WORDS });
    const seen = await look(join(frame, utf8('hidden')));
    expect(texts(seen)).toEqual({ '': WORDS, '(after the zstd data)': 'hidden' });
    expect(reasons(seen.noted)).toEqual(['trailing-data']);
  });

  test('brotli, where its name says so', async () => {
    const packed = brotliCompressSync(tar({ name: 'a', body: utf8('a') }));
    expect(texts(await look(bytesSource('x.tar.br', packed)))).toEqual({ a: 'a' });
    // Its content has the same name, and is not looked at as brotli again.
    expect(texts(await look(bytesSource('x.br', brotliCompressSync(utf8('?ad?ad')))))).toEqual({ '': '?ad?ad' });
    const wrong = await look(zip([{ name: 'notes.br', body: utf8('plain words') }]));
    expect(texts(wrong)).toEqual({ 'notes.br': 'plain words' });
    expect(wrong.skipped).toEqual([]);
  });

  test.each([
    ['zstd', zstdCompressSync(content(0, 300_000))],
    ['brotli.br', brotliCompressSync(content(0, 300_000))],
  ])('%s that is cut gives what there is', async (name, packed) => {
    const seen = await look(bytesSource(name, packed.subarray(0, 200_000)));
    const got = seen.files.get('') ?? Buffer.alloc(0);
    expect(got.length).toBeGreaterThan(100_000);
    expect(got.equals(content(0, 300_000).subarray(0, got.length))).toBe(true);
    expect(reasons(seen.skipped)).toEqual(['truncated']);
  });

  test('kinds that are known and not opened are searched as they are', async () => {
    const seen = await look(
      zip([{ name: 'x.7z', body: join(Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), utf8('words')) }]),
    );
    expect(texts(seen)['x.7z']).toContain('words');
    expect(seen.skipped).toMatchObject([{ reason: 'compression-unsupported', path: ['artifact', 'x.7z'] }]);
  });

  test('a Debian package', async () => {
    const member = (name: string, body: Uint8Array): Uint8Array =>
      join(
        utf8(`${name.padEnd(16)}0           0     0     100644  ${String(body.length).padEnd(10)}\`\n`),
        body,
        new Uint8Array(body.length % 2),
      );
    const deb = join(
      utf8('!<arch>\n'),
      member('debian-binary', utf8('2.0\n')),
      member('data.tar.zst/', zstdCompressSync(tar({ name: './etc/x', body: utf8('words') }))),
    );
    const seen = await look(deb);
    expect(texts(seen)).toEqual({ 'debian-binary': '2.0\n', 'data.tar.zst > ./etc/x': 'words' });
    expect(seen.skipped).toEqual([]);
    expect(reasons((await look(deb.subarray(0, -50))).skipped)).toContain('truncated');
    expect(reasons((await look(join(deb, utf8('junk')))).skipped)).toEqual(['truncated']);
  });

  test('an asar, with files that the index misplaces', async () => {
    const index = JSON.stringify({
      files: {
        folder: { files: { a: { size: 5, offset: '0' }, b: { size: 3, offset: '7' } } },
        inside: { size: 2, offset: '1' },
        outside: { size: 9, offset: '999' },
        nothing: { size: 0, offset: '99' },
        link: { link: 'folder/a' },
      },
    });
    const padded = index.padEnd(Math.ceil(index.length / 4) * 4, '\0');
    const head = Buffer.alloc(16);
    head.writeUInt32LE(4, 0);
    head.writeUInt32LE(padded.length + 8, 4);
    head.writeUInt32LE(padded.length + 4, 8);
    head.writeUInt32LE(index.length, 12);
    const seen = await look(join(head, utf8(padded), utf8('word1..two..rest')));
    expect(texts(seen)).toEqual({
      'folder/a': 'word1',
      '(bytes at 5)': '..',
      'folder/b': 'two',
      '(bytes at 10)': '..rest',
      nothing: '',
      outside: '',
    });
    expect(seen.skipped.map(({ path, reason }) => `${path.at(-1)}: ${reason}`)).toEqual([
      'inside: overlap',
      'nothing: truncated',
      'outside: truncated',
    ]);
  });
});

describe.each([
  ['bzip2', 'bz2', BZIP2_WORDS],
  ['xz', 'lzma', XZ_WORDS],
] as const)('%s', (name, module, fixture) => {
  const packed = Buffer.from(fixture, 'base64');

  test('as its tool packs it', async () => {
    const seen = await look(packed);
    expect(texts(seen)).toEqual({ '': WORDS });
    expect(seen.skipped).toEqual([]);
  });

  test('twice, and with something behind', async () => {
    const seen = await look(join(packed, packed, utf8('hidden')));
    expect(texts(seen)).toEqual({ '': WORDS + WORDS, [`(after the ${name} data)`]: 'hidden' });
  });

  test('cut anywhere, or with any bit changed, it ends and says so', async () => {
    for (let at = 12; at < packed.length - 1; at += 1) {
      const cut = await look(packed.subarray(0, at));
      expect(cut.skipped.length).toBeGreaterThan(0);
      const changed = Buffer.from(packed);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      await look(changed);
    }
  });

  test.skipIf(!hasPython)('everything that the tool packs', async () => {
    for (const [kind, length] of [
      [0, 1],
      [0, 100_000],
      [1, 300_000],
      [2, 300_000],
    ] as const) {
      for (const level of [1, 6]) {
        const bytes = content(kind, length);
        const seen = await look(compress(module, level, bytes), { ratio: 1e6, artifactRatio: 1e6 });
        expect(seen.files.get('')?.equals(bytes)).toBe(true);
        expect(seen.skipped).toEqual([]);
      }
    }
  });
});

test.skipIf(!hasPython)('an xz file whose filter for machine code is not undone says so', async () => {
  const filters = '[{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2}]';
  const script = `import sys, lzma; sys.stdout.buffer.write(lzma.compress(b"words", check=lzma.CHECK_NONE, filters=${filters}))`;
  const seen = await look(execFileSync('python3', ['-c', script]));
  expect(texts(seen)).toEqual({ '': 'words' });
  expect(seen.skipped.map(({ reason }) => reason)).toEqual(['compression-unsupported']);
});

describe('an xz file that does not fit itself is read, and said to be corrupt', () => {
  const packed = Buffer.from(XZ_WORDS, 'base64');
  const { length } = packed;
  test.each<[string, number, string]>([
    ['the header of the stream', 8, "a stream's header does not fit its checksum"],
    ['the header of the block', 20, "a block's header does not fit its checksum"],
    ['the check of the block (CRC-64)', length - 28, 'a block does not fit its checksum'],
    ['the list of blocks', length - 18, 'its index does not fit its checksum'],
    ['the checksum of that list', length - 16, 'its index does not fit its checksum'],
    ['the end of the stream', length - 5, "a stream's end does not fit its beginning"],
  ])('%s', async (_, at, words) => {
    const changed = Buffer.from(packed);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    const seen = await look(changed);
    expect(texts(seen)).toEqual({ '': WORDS });
    expect(seen.skipped.map(({ reason, detail }) => `${reason}: ${detail}`)).toEqual([
      `corrupt: the xz data was read, but ${words}`,
    ]);
  });
});
