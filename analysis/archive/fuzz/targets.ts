/**
 * The readers and what they are held against. A target's check gives null where reader and reference agree, and otherwise a
 * sentence. Where they may differ, the check says why: the reader goes on where the reference gives up, and never the
 * other way round.
 */
import { brotliCompressSync, deflateRawSync, gunzipSync, gzipSync, inflateRawSync, zstdCompressSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { buffer } from 'node:stream/consumers';
import { gem, gnuLongName, gzipMember, join, noise, pax, tar, tgz, utf8, zip, zipOf, type ZipMember } from '../build.ts';
import { look, textList, type Look } from '../look.ts';

export interface Target {
  readonly name: string;
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
  try {
    for await (const entry of extracting) {
      const body = await buffer(entry);
      if (entry.header.type === 'file' || entry.header.type === 'contiguous-file')
        found.push([entry.header.name, body.toString('latin1')]);
    }
  } catch {
    // What came before counts.
  }
  return found;
}

const tarTarget: Target = {
  name: 'tar against tar-stream',
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
    for (const [name, body] of await tarStream(bytes)) {
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
  name: 'zip against yauzl',
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
    for (const [name, body] of await yauzl(bytes)) {
      if (body.length === 0 || got.some(([, text]) => text.includes(body))) continue;
      if (!isExplained(body, got, seen)) return `lost ${body.length} bytes of ${JSON.stringify(name)}`;
    }
    return null;
  },
};

/** Whole artifacts and rare formats: nothing to hold them against, but they must end, and say what they did not read. */
const anything: Target = {
  name: 'everything else: ends, and closes what it opens',
  corpus: [
    gem(FILES),
    tgz(FILES),
    zipOf({ 'inner.tar': tar({ name: 'x', body: utf8('words') }), 'y.gz': gzipSync('words'), 'z.jar': zipOf({ q: utf8('q') }) }),
    zstdCompressSync(noise(600)),
    brotliCompressSync(noise(600)),
    Buffer.from('QlpoOTFBWSZTWd96zuMAASuRgEAABACYgCAAMMAClQyYRYRaRaRaRaRfF3JFOFCQ33rO4w==', 'base64'),
    Buffer.from(
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AJXABBdADubyqrUsFYhz3k+CIEWYAAAxyyOIcvF2ugAASzYBAAAAF+y3IWxxGf7AgAAAAAEWVo=',
      'base64',
    ),
  ],
  async check(bytes) {
    const seen = await look(bytes, { milliseconds: 20_000 });
    if (seen.skipped.some(({ reason }) => reason === 'limit-time')) return 'took more than 20 s';
    if (seen.milliseconds > 5000) return `took ${Math.round(seen.milliseconds)} ms`;
    return seen.incomplete.length > 0 && seen.skipped.length === 0 ? 'read a file in part and did not say so' : null;
  },
};

export const TARGETS: readonly Target[] = [inflate, gzip, tarTarget, zipTarget, anything];
