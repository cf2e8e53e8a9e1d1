/**
 * The readers and what they are held against. A target's check gives null where reader and reference agree, and otherwise a
 * sentence. Where they may differ, the check says why: the reader goes on where the reference gives up, and never the
 * other way round.
 */
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateRawSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { extract } from 'tar-stream';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { buffer } from 'node:stream/consumers';
import { gem, gnuLongName, gzipMember, join, noise, pax, tar, tgz, utf8, zip, zipOf, type ZipMember } from '../build.ts';
import { look, textList, type Look } from '../look.ts';
import { bytesSource } from '../source.ts';
import { askPython, hasPython, type PythonReader } from './reference.ts';

export interface Target {
  readonly name: string;
  /** True where a reference is missing on this machine. */
  readonly isMissing?: boolean;
  readonly corpus: readonly Uint8Array[];
  check(bytes: Uint8Array): Promise<string | null>;
}

const FILES = {
  'a.txt': utf8('some words '.repeat(40)),
  'folder/noise': noise(700),
  empty: new Uint8Array(),
  'b.js': utf8('const x = 1;\n'.repeat(90)),
};
const CONTENTS = [utf8(''), utf8('words'), noise(500), utf8('abcabcabd'.repeat(300)), new Uint8Array(4000)];

const inflate: Target = {
  name: 'inflate against node:zlib',
  corpus: CONTENTS.flatMap((content) => [0, 1, 6, 9].map((level) => deflateRawSync(content, { level }))),
  async check(bytes) {
    // As the one entry of a zip, whose words about sizes and checksum do not matter here.
    const artifact = zip([{ name: 'x', data: bytes, size: 0, crc: 0 }]);
    const seen = await look(artifact, { depth: 0 });
    const refusal = seen.skipped.find(({ path, detail }) => path.at(-1) === 'x' && detail.startsWith('the compressed data'));
    const got = seen.files.get('x') ?? Buffer.alloc(0);
    const expected = attempt(() => inflateRawSync(bytes, { maxOutputLength: 2 ** 26 }));
    if (!expected) return refusal || seen.skipped.length > 0 ? null : `took ${got.length} bytes for right that node:zlib refuses`;
    if (refusal) return `refused ${expected.length} bytes that node:zlib reads: ${refusal.detail}`;
    return got.equals(expected) ? null : `got ${got.length} bytes other than the ${expected.length} of node:zlib`;
  },
};

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

const gzip: Target = {
  name: 'gzip against node:zlib',
  corpus: [
    ...CONTENTS.map((content) => gzipSync(content)),
    gzipMember(utf8('words'), { name: 'n', comment: 'c', extra: new Uint8Array(5) }),
    join(gzipSync('one'), gzipSync('two')),
    join(gzipSync('one'), utf8('junk')),
  ],
  async check(bytes) {
    const expected = attempt(() => gunzipSync(bytes, { maxOutputLength: 2 ** 26 }));
    const seen = await look(bytes, { depth: 0 });
    // The reader does not look at the header's own checksum and unknown flags: it reads what node:zlib then refuses.
    if (!expected) return null;
    const got = seen.files.get('') ?? Buffer.alloc(0);
    if (seen.skipped.some(({ reason }) => reason === 'not-an-archive' || reason === 'corrupt' || reason === 'truncated')) {
      return `refused ${expected.length} bytes that node:zlib reads: ${seen.skipped.map(({ detail }) => detail).join('; ')}`;
    }
    return got.equals(expected) ? null : `got ${got.length} bytes other than the ${expected.length} of node:zlib`;
  },
};

/** What tar-stream reads, up to where it gives up. */
async function tarStream(archive: Uint8Array): Promise<[name: string, body: string][]> {
  const found: [string, string][] = [];
  const extracting = extract();
  extracting.end(Buffer.from(archive));
  // Some damaged tars it never ends: there is nothing to wait for, so that is its way to give up.
  const giveUp = setTimeout(() => extracting.destroy(), 1000);
  try {
    for await (const entry of extracting) {
      const body = await buffer(entry);
      if (entry.header.type === 'file' || entry.header.type === 'contiguous-file')
        found.push([entry.header.name, body.toString('latin1')]);
    }
  } catch {
    // What came before counts.
  } finally {
    clearTimeout(giveUp);
  }
  return found;
}

const tarTarget: Target = {
  name: "tar against tar-stream and Python's tarfile",
  isMissing: !hasPython,
  corpus: [
    tar(...Object.entries(FILES).map(([name, body]) => ({ name, body }))),
    tar(pax({ path: 'a/pax/path', size: '5' }), { name: 'x', body: utf8('words') }),
    tar(
      gnuLongName('long/'.repeat(40)),
      { name: 'x', body: utf8('words') },
      { name: 'l', type: '2', link: 'x' },
      { name: 'd/', type: '5' },
    ),
  ],
  async check(bytes) {
    const seen = await look(bytes, { depth: 0 });
    const got = textList(seen);
    for (const [name, body] of [...(await tarStream(bytes)), ...(await askPython('tar', bytes)).files]) {
      if (body.length > 0 && !got.some(([, text]) => text.includes(body)))
        return `lost ${body.length} bytes of ${JSON.stringify(name)}`;
    }
    return null;
  },
};

/** What yauzl reads, entry by entry: an entry that it refuses does not keep it from the others. */
async function yauzl(archive: Uint8Array): Promise<[name: string, body: string][]> {
  const opened = await new Promise<ZipFile | null>((resolve) => {
    fromBuffer(Buffer.from(archive), { lazyEntries: true, decodeStrings: false, autoClose: false }, (error, file) =>
      resolve(error ? null : file),
    );
  });
  if (!opened) return [];
  const entries: Entry[] = [];
  await new Promise<void>((resolve) => {
    opened.on('entry', (entry) => {
      entries.push(entry);
      opened.readEntry();
    });
    opened.on('end', resolve);
    opened.on('error', resolve);
    opened.readEntry();
  });
  const found: [string, string][] = [];
  for (const entry of entries) {
    const body = await new Promise<Buffer | null>((resolve) => {
      opened.openReadStream(entry, (error, content) => (error ? resolve(null) : resolve(buffer(content).catch(() => null))));
    }).catch(() => null);
    if (body) found.push([entry.fileName, body.toString('latin1')]);
  }
  return found;
}

/**
 * Where bytes were lost or added, yauzl reads a stored entry on over the headers behind it, by the directory's word. The
 * reader ends it where the next part of the zip begins, says that something is wrong, and has the bytes all the same.
 */
function isExplained(body: string, got: readonly (readonly [string, string])[], seen: Look): boolean {
  if (seen.skipped.length + seen.noted.length === 0) return false;
  const pieces: string[] = [];
  for (let at = 0; at + 16 <= body.length; at += 16) pieces.push(body.slice(at, at + 16));
  const found = pieces.filter((piece) => got.some(([, text]) => text.includes(piece)));
  return found.length * 2 >= pieces.length;
}

const members: readonly ZipMember[] = Object.entries(FILES).map(([name, body]) => ({ name, body }));

const zipTarget: Target = {
  name: "zip against yauzl and Python's zipfile",
  isMissing: !hasPython,
  corpus: [
    zip(members),
    zip(
      members.map((member) => Object.assign({}, member, { descriptor: 'signed' as const })),
      { comment: utf8('words') },
    ),
    zip(
      members.map((member) => Object.assign({}, member, { zip64: true })),
      { zip64: true },
    ),
    zip(members.map((member) => Object.assign({}, member, { method: 0 }))),
  ],
  async check(bytes) {
    const seen = await look(bytes, { depth: 0 });
    const got = textList(seen);
    for (const [name, body] of [...(await yauzl(bytes)), ...(await askPython('zip', bytes)).files]) {
      if (body.length === 0 || got.some(([, text]) => text.includes(body))) continue;
      if (!isExplained(body, got, seen)) return `lost ${body.length} bytes of ${JSON.stringify(name)}`;
    }
    return null;
  },
};

const BZIP2_WORDS = 'QlpoOTFBWSZTWd96zuMAASuRgEAABACYgCAAMMAClQyYRYRaRaRaRaRfF3JFOFCQ33rO4w==';
const XZ_WORDS = '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AJXABBdADubyqrUsFYhz3k+CIEWYAAAxyyOIcvF2ugAASzYBAAAAF+y3IWxxGf7AgAAAAAEWVo=';

/**
 * libbz2 reads with a code table that has more codes than fit, as long as none of the surplus ones is used, and the randomised
 * blocks of bzip2 0.9. No program has written either for twenty-five years. Filters of xz for machine code are not undone.
 */
const TOLERATED = /more codes than fit|of the kind of bzip2 0\.9|of kind \d+ was not undone/;

/** What a reference makes of compressed bytes. */
interface Unpacking {
  readonly body: string;
  /** False where it left bytes unread and did not say what they are. */
  readonly isWhole: boolean;
}

/** A compression, of which the reader must give all that the reference gives, and must not be content where that is not. */
function compression(
  name: string,
  file: string,
  corpus: readonly Uint8Array[],
  reference: (bytes: Uint8Array) => Promise<Unpacking | null>,
): Target {
  return {
    name,
    isMissing: !hasPython,
    corpus: [...corpus, ...corpus.slice(0, 2).map((packed) => join(packed, packed)), join(corpus[0] ?? utf8(''), utf8('junk'))],
    async check(bytes) {
      const seen = await look(bytesSource(file, bytes), { depth: 0 });
      // Where it does not look like compressed data at all, it is delivered as it is, and said to be no archive.
      const rows = seen.skipped.map(({ reason, detail }) => `${reason}: ${detail}`).join('; ');
      const got = (seen.files.get('') ?? Buffer.alloc(0)).toString('latin1');
      const expected = await reference(bytes);
      if (expected === null) return rows === '' ? `took ${got.length} bytes for right that the reference refuses` : null;
      if (TOLERATED.test(rows)) return null;
      if (rows !== '' && expected.isWhole) {
        // Of a zstd frame without content zstd does not look whether its header promised some; here that is damage.
        return expected.body === '' ? null : `refused ${expected.body.length} bytes that the reference reads: ${rows}`;
      }
      if (expected.isWhole ? got === expected.body : got.startsWith(expected.body)) return null;
      return `got ${got.length} bytes other than the ${expected.body.length} of the reference; ${rows}`;
    },
  };
}

function byPython(reader: PythonReader): (bytes: Uint8Array) => Promise<Unpacking | null> {
  return async (bytes) => {
    const { state, files } = await askPython(reader, bytes);
    const [file] = files;
    return state === 'refused' || file === undefined ? null : { body: file[1], isWhole: state === 'read' };
  };
}

async function byBrotli(bytes: Uint8Array): Promise<Unpacking | null> {
  const body = attempt(() => brotliDecompressSync(bytes, { maxOutputLength: 2 ** 26 }));
  return body && { body: body.toString('latin1'), isWhole: true };
}

/** Of several frames node:zlib reads the first and passes the others over. */
async function byZstd(bytes: Uint8Array): Promise<Unpacking | null> {
  const body = attempt(() => zstdDecompressSync(bytes, { maxOutputLength: 2 ** 26 }));
  if (!body) return null;
  const isWhole = Buffer.from(bytes).indexOf(ZSTD_MAGIC, 4) < 0;
  return { body: body.toString('latin1'), isWhole };
}

const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Compressed by Python's library, from contents of several kinds and sizes. */
function packedByPython(module: 'bz2' | 'lzma', options: readonly string[], fallback: string): readonly Uint8Array[] {
  if (!hasPython) return [Buffer.from(fallback, 'base64')];
  return CONTENTS.flatMap((content) =>
    options.map((option) => {
      const script = `import sys, ${module}; sys.stdout.buffer.write(${module}.compress(sys.stdin.buffer.read(), ${option}))`;
      return spawnSync('python3', ['-c', script], { input: content }).stdout;
    }),
  );
}

const XZ_OPTIONS = [
  'preset=1',
  'check=lzma.CHECK_SHA256',
  'check=lzma.CHECK_NONE, filters=[{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "lc": 0, "lp": 2, "pb": 0}]',
];

/** A container, of which every file that Python reads must be had. */
function container(name: string, reader: PythonReader, corpus: readonly Uint8Array[]): Target {
  return {
    name,
    isMissing: !hasPython,
    corpus,
    async check(bytes) {
      const seen = await look(bytes, reader === 'nested' ? {} : { depth: 0 });
      const got = textList(seen);
      for (const [path, body] of (await askPython(reader, bytes)).files) {
        if (body.length > 0 && !got.some(([, text]) => text.includes(body)) && !isExplained(body, got, seen))
          return `lost ${body.length} bytes of ${JSON.stringify(path)}`;
      }
      return null;
    },
  };
}

function ar(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts = Object.entries(files).map(([name, body]) =>
    join(
      utf8(`${name.padEnd(16)}0           0     0     100644  ${String(body.length).padEnd(10)}\`\n`),
      body,
      utf8('\n'.repeat(body.length % 2)),
    ),
  );
  return join(utf8('!<arch>\n'), ...parts);
}

function asar(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  let offset = 0;
  const index: Record<string, object> = {};
  for (const [name, body] of Object.entries(files)) {
    index[name] = { size: body.length, offset: String(offset) };
    offset += body.length;
  }
  const json = JSON.stringify({ files: { folder: { files: index }, link: { link: 'folder/a' } } });
  const padded = Math.ceil(json.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(padded + 8, 4);
  head.writeUInt32LE(padded + 4, 8);
  head.writeUInt32LE(json.length, 12);
  head.write(json, 16);
  return join(head, ...Object.values(files));
}

const nestedArtifacts = [
  gem(FILES),
  tgz(FILES),
  zipOf({ 'inner.tar': tar({ name: 'x', body: utf8('words') }), 'y.gz': gzipSync('words'), 'z.jar': zipOf({ q: utf8('q') }) }),
  tgz({ 'package/vendor/a.whl': zipOf(FILES), 'package/index.js': utf8('module.exports = 1;\n') }),
  zip([{ name: 'lib/net8.0/x.jar', method: 0, body: zipOf({ 'in.tgz': tgz(FILES) }) }]),
];

/** Whole artifacts and rare formats: nothing to hold them against, but they must end, and say what they did not read. */
const anything: Target = {
  name: 'everything else: ends, and closes what it opens',
  corpus: [
    ...nestedArtifacts,
    zstdCompressSync(noise(600)),
    brotliCompressSync(noise(600)),
    Buffer.from(BZIP2_WORDS, 'base64'),
    Buffer.from(XZ_WORDS, 'base64'),
    asar(FILES),
  ],
  async check(bytes) {
    const seen = await look(bytes, { milliseconds: 20_000 });
    if (seen.skipped.some(({ reason }) => reason === 'limit-time')) return 'took more than 20 s';
    if (seen.milliseconds > 5000) return `took ${Math.round(seen.milliseconds)} ms`;
    return seen.incomplete.length > 0 && seen.skipped.length === 0 ? 'read a file in part and did not say so' : null;
  },
};

export const TARGETS: readonly Target[] = [
  inflate,
  gzip,
  tarTarget,
  zipTarget,
  compression("xz against Python's lzma", 'x.xz', packedByPython('lzma', XZ_OPTIONS, XZ_WORDS), byPython('xz')),
  compression("bzip2 against Python's bz2", 'x.bz2', packedByPython('bz2', ['1', '9'], BZIP2_WORDS), byPython('bzip2')),
  compression(
    'zstd against node:zlib',
    'x.zst',
    CONTENTS.map((content) => zstdCompressSync(content)),
    byZstd,
  ),
  compression(
    'brotli against node:zlib',
    'x.br',
    CONTENTS.map((content) => brotliCompressSync(content)),
    byBrotli,
  ),
  container('ar against a reader in Python', 'ar', [
    ar({ 'debian-binary': utf8('2.0\n'), 'a.txt/': FILES['a.txt'], 'noise/': noise(701) }),
  ]),
  container('asar against a reader in Python', 'asar', [asar(FILES), asar({ a: utf8('words'), b: noise(900) })]),
  container("artifacts, nested, against Python's gzip, tarfile and zipfile", 'nested', nestedArtifacts),
  anything,
];
