/**
 * Archives that are made to harm whoever opens them, with what must be had of each all the same, and which reason must be on
 * record. `node analysis/archive/hostile.ts` walks through all of them and prints one line of JSON for each, with the memory that
 * the process took at most by then: `hostile.test.ts` judges them.
 */
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { crowdedZip, deflatedZeros, gzipQuine, nestedBomb, overlappingBomb } from './build-bombs.ts';
import {
  base256,
  concat,
  gem,
  gnuLongName,
  gzipMember,
  join,
  noise,
  pax,
  tar,
  tarMember,
  tgz,
  utf8,
  zip,
  zipOf,
  type Files,
  type TarMember,
  type ZipMember,
} from './build.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { bytesSource } from './source.ts';
import { walk } from './walk.ts';

export interface HostileCase {
  readonly name: string;
  /** The artifact's file name, where it matters. */
  readonly file?: string;
  readonly artifact: () => Uint8Array;
  /** Texts that must be found, at any path. */
  readonly finds: readonly string[];
  /** Reasons that must be on record among what was not read, or not for certain. */
  readonly skips?: readonly string[];
  /** Reasons that must be on record among what is odd. */
  readonly notes?: readonly string[];
  /** Names as they must be shown. */
  readonly shows?: readonly string[];
  /** Files that must have been delivered at least. */
  readonly entries?: number;
}

/** What came of a case. */
export interface Outcome {
  readonly name: string;
  readonly missing: readonly string[];
  readonly skips: readonly string[];
  readonly notes: readonly string[];
  readonly paths: readonly string[];
  readonly entries: number;
  /** Of the processor. */
  readonly milliseconds: number;
  /** The most memory that the process had by then. */
  readonly peakMiB: number;
}

const A: ZipMember = { name: 'a', body: utf8('first words') };
const B: ZipMember = { name: 'b', body: utf8('last words') };
const BOTH = ['first words', 'last words'];
const TA: TarMember = { name: 'a', body: utf8('first words') };
const TB: TarMember = { name: 'b', body: utf8('last words') };

const GIGABYTE = 1_000_000_000;
const bareGzip = (data: Uint8Array): Uint8Array =>
  join(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), data, new Uint8Array(8));
const times = (count: number, part: Uint8Array): Uint8Array => concat(Array<Uint8Array>(count).fill(part));
const fromBase64 = (text: string): Uint8Array => Buffer.from(text, 'base64');

/** 899 000 zeros by bzip2 and 1 000 000 by xz, and a word by xz with a dictionary of 1 GiB. */
const BZIP2_ZEROS = 'QlpoOTFBWSZTWSSe9J4ABuLAgMAAACAACCAAMMwJqmmSoTaoqE8XckU4UJAknvSe';
const XZ_ZEROS =
  '/Td6WFoAAATm1rRGAgAhARAAAACocI6G70I/ANFdAABv/f//o7f/Rz5IFXI5YVG4kijmo4YH+e7kHoLTL8U6PAFLsX7JiopNL6MN2X+m44wjEVPgWRjFdYrid/i2lH8MasDedElk4ulcU7IE2PdEDKtfDW1G6eXDdoi3llestk3haR1v+0uIEGxCy4g/XACP0E6vJiiUcR89jyThcJ6nI1/sKMuF0ZWYin4qkfIndfcZwAaYTZj92K/VkA/EJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJYvul2rFnk5VsFCPmTwz82AAAAADKzVZfu0uHjAAHtAcCEPQDV4HauscRn+wIAAAAABFla';
const XZ_LARGE = '/Td6WFoAAATm1rRGAgAhASQAAABeH8f5AQAEd29yZHMAAAAAUTQvRkHZ028AAR0FuC2Arx+2830BAAAAAARZWg==';

function inside(levels: number, pack: (inner: Uint8Array, level: number) => Uint8Array): Uint8Array {
  let inner = utf8('first words');
  for (let level = 0; level < levels; level += 1) inner = pack(inner, level);
  return inner;
}

function asar(index: string, body: Uint8Array, stated = index.length): Uint8Array {
  const padded = Math.ceil(index.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(padded + 8, 4);
  head.writeUInt32LE(padded + 4, 8);
  head.writeUInt32LE(stated, 12);
  head.write(index, 16);
  return join(head, body);
}

function arMember(name: string, body: Uint8Array, size: number | string = body.length): Uint8Array {
  return join(
    utf8(`${name.padEnd(16)}0           0     0     100644  ${String(size).padEnd(10)}\`\n`),
    body,
    new Uint8Array(body.length % 2),
  );
}

const bombs: readonly HostileCase[] = [
  {
    name: 'bomb: a gigabyte of zeros in a zip, between two files',
    artifact: () => zip([A, { name: 'bomb', data: deflatedZeros(GIGABYTE), size: GIGABYTE }, B]),
    finds: BOTH,
    skips: ['limit-ratio'],
  },
  {
    name: 'bomb: a gigabyte of zeros in a tar in a gzip, behind a file',
    artifact: () =>
      join(gzipMember(tar(TA, { name: 'bomb', size: GIGABYTE }).subarray(0, -1024)), bareGzip(deflatedZeros(GIGABYTE))),
    finds: ['first words'],
    skips: ['limit-ratio'],
  },
  {
    name: 'bomb: two hundred of a hundred megabytes, and then a file',
    artifact: () => {
      const data = deflatedZeros(100_000_000);
      const bombs = Array.from({ length: 200 }, (_, index) => ({ name: `bomb${index}`, data, size: 100_000_000 }));
      return zip([A, ...bombs, B]);
    },
    finds: BOTH,
    skips: ['limit-ratio'],
  },
  {
    name: 'bomb: zips in zips in zips, sixteen of each',
    artifact: () => nestedBomb(4, 16, 20_000_000),
    finds: [],
    skips: ['limit-ratio'],
  },
  {
    name: 'bomb: entries that overlap and share their zeros (Fifield)',
    artifact: () => overlappingBomb(200, 10_000_000),
    finds: [],
    skips: ['overlap'],
  },
  {
    name: 'bomb: a nested tgz of zeros, beside files',
    artifact: () => tgz({ a: utf8('first words'), 'bomb.gz': bareGzip(deflatedZeros(GIGABYTE)), b: utf8('last words') }),
    finds: BOTH,
    skips: ['limit-ratio'],
  },
  {
    name: 'bomb: a gigabyte by bzip2, beside files',
    artifact: () => zip([A, { name: 'x.bz2', method: 0, body: times(1200, fromBase64(BZIP2_ZEROS)) }, B]),
    finds: BOTH,
    skips: ['limit-ratio'],
  },
  {
    name: 'bomb: a gigabyte by xz, beside files',
    artifact: () => zip([A, { name: 'x.xz', method: 0, body: times(1000, fromBase64(XZ_ZEROS)) }, B]),
    finds: BOTH,
    skips: ['limit-ratio'],
  },
  {
    name: 'bomb: a gigabyte by zstd, beside files',
    artifact: () => zip([A, { name: 'x.zst', method: 0, body: times(250, zstdCompressSync(new Uint8Array(4_000_000))) }, B]),
    finds: BOTH,
    skips: ['limit-ratio'],
  },
  {
    name: 'bomb: xz that asks for a dictionary of a gigabyte',
    artifact: () => zip([A, { name: 'x.xz', method: 0, body: fromBase64(XZ_LARGE) }, B]),
    finds: BOTH,
    skips: ['compression-unsupported'],
  },
  { name: 'quine: a gzip that contains itself', artifact: gzipQuine, finds: [], skips: ['corrupt', 'limit-depth'] },
  {
    name: 'quine: a gzip that contains itself, in a zip between two files',
    artifact: () => zip([A, { name: 'r.gz', body: gzipQuine() }, B]),
    finds: BOTH,
    skips: ['corrupt', 'limit-depth'],
  },
  {
    name: 'depth: forty zips in each other',
    artifact: () => zip([B, { name: 'x.zip', method: 0, body: inside(40, (body) => zipOf({ 'x.zip': body })) }]),
    finds: ['last words'],
    skips: ['limit-depth'],
  },
  {
    name: 'depth: forty gzips in each other',
    artifact: () => zip([B, { name: 'x.gz', method: 0, body: inside(40, (body) => gzipSync(body)) }]),
    finds: ['last words'],
    skips: ['limit-depth'],
  },
  {
    name: 'depth: tars in zips in tars, twenty',
    artifact: () =>
      inside(20, (body, level) => (level % 2 ? zipOf({ x: body, b: utf8('last words') }) : tar({ name: 'x', body }, TB))),
    finds: ['last words'],
    skips: ['limit-depth'],
  },
];

/** So many times ten thousand small files, between two others. */
function crowdedTgz(tenThousands: number): Uint8Array {
  const part = gzipMember(times(10_000, tarMember({ name: 'f', body: utf8('words') })));
  return join(gzipMember(tarMember(TA)), times(tenThousands, part), gzipMember(tar(TB)));
}

const crowds: readonly HostileCase[] = [
  {
    name: 'crowd: 100 000 entries in a zip',
    artifact: () => crowdedZip(100_000),
    finds: ['word 0', 'word 99999'],
    entries: 100_000,
  },
  {
    name: 'crowd: 100 000 entries in a tgz',
    artifact: () => crowdedTgz(10),
    finds: BOTH,
    entries: 100_000,
  },
  {
    name: 'crowd: 300 000 entries in a tgz, more than are read',
    artifact: () => crowdedTgz(30),
    finds: ['first words'],
    skips: ['limit-entries'],
  },
  {
    name: 'crowd: 100 000 empty members of a gzip, and then a file',
    artifact: () => join(times(100_000, gzipSync('')), gzipSync('last words')),
    finds: ['last words'],
  },
  {
    name: 'crowd: a thousand entries of the same bytes',
    artifact: () =>
      zip([A, ...Array.from({ length: 1000 }, (_, index) => ({ ...A, method: 0, name: `n${index}`, offset: 0 })), B]),
    finds: BOTH,
    notes: ['overlap'],
  },
  {
    name: 'crowd: five thousand encrypted entries, whose rows are counted',
    artifact: () => zip([A, ...Array.from({ length: 5000 }, (_, index) => ({ name: `e${index}`, flags: 1, method: 0 })), B]),
    finds: BOTH,
    skips: ['encrypted'],
  },
  {
    name: 'crowd: twenty thousand end records',
    artifact: () => join(zip([A, B]), times(20_000, join(utf8('PK\u0005\u0006'), Buffer.alloc(18, 1)))),
    finds: BOTH,
  },
];

const lies: readonly HostileCase[] = [
  {
    name: 'lie: a zip entry of a smaller size',
    artifact: () => zip([{ ...A, size: 3 }, B]),
    finds: BOTH,
    notes: ['size-mismatch'],
  },
  {
    name: 'lie: a zip entry of a terabyte, by zip64',
    artifact: () => zip([{ ...A, zip64: true, size: 2 ** 40 }, B]),
    finds: BOTH,
    notes: ['size-mismatch'],
  },
  {
    name: 'lie: a zip entry of fewer compressed bytes',
    artifact: () => zip([{ ...A, compressedSize: 2 }, B]),
    finds: BOTH,
    notes: ['size-mismatch'],
  },
  {
    name: 'lie: a zip entry of two gigabytes of compressed bytes',
    artifact: () => zip([{ ...A, compressedSize: 2_000_000_000 }, B]),
    finds: BOTH,
    notes: ['size-mismatch'],
  },
  {
    name: 'lie: a stored zip entry that is larger than the file',
    artifact: () => zip([A, { ...B, method: 0, compressedSize: 5000 }]),
    finds: BOTH,
    skips: ['truncated'],
  },
  { name: 'lie: a wrong checksum in a zip', artifact: () => zip([{ ...A, crc: 1 }, B]), finds: BOTH, skips: ['corrupt'] },
  {
    name: 'lie: a data descriptor that says something else',
    artifact: () => zip([{ ...A, descriptor: 'signed', size: 77, crc: 9 }, B]),
    finds: BOTH,
    notes: ['size-mismatch'],
  },
  {
    name: 'lie: a local header of another name than the directory',
    artifact: () => join(zip([A], { directory: false }), zip([{ ...A, name: 'b', listed: true, body: utf8('last words') }])),
    finds: BOTH,
    notes: ['unlisted'],
  },
  {
    name: 'lie: a local name of 65 535 bytes that is not there',
    artifact: () => zip([{ ...A, local: (header) => void header.writeUInt16LE(65_535, 26) }, B]),
    finds: ['last words'],
  },
  {
    name: 'lie: five entries stated, two listed',
    artifact: () => zip([A, B], { stated: 5 }),
    finds: BOTH,
    skips: ['corrupt'],
  },
  {
    name: 'lie: a directory that is said to stand elsewhere',
    artifact: () => zip([A, B], { end: (record) => void record.writeUInt32LE(7, 16) }),
    finds: BOTH,
  },
  {
    name: 'lie: a directory that is said to be empty',
    artifact: () => zip([A, B], { end: (record) => void record.fill(0, 8, 20) }),
    finds: BOTH,
    notes: ['unlisted'],
  },
  {
    name: 'lie: an offset beyond the file',
    artifact: () => zip([{ ...A, offset: 0xfffffff0 }, B]),
    finds: BOTH,
    skips: ['corrupt'],
    notes: ['unlisted'],
  },
  {
    name: 'zip64: an end that states 2^53 entries',
    artifact: () => zip([A, B], { zip64: true, stated: 2 ** 53 }),
    finds: BOTH,
    skips: ['corrupt'],
  },
  {
    name: 'zip64: an end whose directory has 2^60 bytes and stands at 2^60',
    artifact: () => {
      const archive = Buffer.from(zip([A, B], { zip64: true }));
      const end = archive.lastIndexOf('PK\u0006\u0006');
      archive.writeBigUInt64LE(2n ** 60n, end + 40);
      archive.writeBigUInt64LE(2n ** 60n, end + 48);
      return archive;
    },
    finds: BOTH,
    skips: ['truncated'],
  },
  {
    name: 'zip64: a locator that leads to 2^63',
    artifact: () => {
      const archive = Buffer.from(zip([A, B], { zip64: true }));
      archive.writeBigUInt64LE(2n ** 63n, archive.lastIndexOf('PK\u0006\u0007') + 8);
      return archive;
    },
    finds: BOTH,
  },
  {
    name: 'zip64: an offset of 2^63',
    artifact: () =>
      zip([
        { ...A, extra: Buffer.from('01000800ffffffffffffff7f', 'hex'), central: (header) => void header.fill(0xff, 42, 46) },
        B,
      ]),
    finds: BOTH,
    skips: ['corrupt'],
    notes: ['unlisted'],
  },
  {
    name: 'zip64: sizes without their field',
    artifact: () => zip([{ ...A, central: (header) => void header.fill(0xff, 20, 28) }, B]),
    finds: BOTH,
    notes: ['size-mismatch'],
  },
  {
    name: 'zip64: a field that is cut',
    artifact: () => zip([{ ...A, extra: Uint8Array.of(1, 0, 40, 0, 9), central: (header) => void header.fill(0xff, 20, 28) }, B]),
    finds: BOTH,
    notes: ['size-mismatch'],
  },
  {
    name: 'lie: a tar entry of more bytes than there are',
    artifact: () => tar(TA, { ...TB, size: 70_000 }),
    finds: BOTH,
    skips: ['truncated'],
  },
  {
    name: 'lie: a tar entry of 2^62 bytes',
    artifact: () => tar(TA, { ...TB, size: base256(2n ** 62n) }),
    finds: BOTH,
    skips: ['corrupt'],
  },
  {
    name: 'lie: a tar entry of -1 bytes',
    artifact: () => tar(TA, { name: 'x', size: base256(-1n) }, TB),
    finds: BOTH,
    skips: ['corrupt'],
  },
  {
    name: 'lie: a tar size that is no number',
    artifact: () => tar(TA, { name: 'x', size: utf8('size?       ').subarray(0, 12) }, TB),
    finds: BOTH,
    skips: ['corrupt'],
  },
  {
    name: 'lie: a PAX size of 10^30',
    artifact: () => tar(TA, pax({ size: '1'.padEnd(31, '0') }), TB),
    finds: BOTH,
  },
  {
    name: 'lie: a PAX record longer than its header',
    artifact: () => tar(TA, { name: 'PaxHeaders/x', type: 'x', body: utf8('9999 path=y\n') }, TB),
    finds: BOTH,
  },
  {
    name: 'lie: a PAX header of 9 MB',
    artifact: () => tar(TA, pax({ comment: 'x'.repeat(9_000_000) }), TB),
    finds: BOTH,
    skips: ['limit-metadata'],
  },
  {
    name: 'lie: a wrong checksum of a tar header',
    artifact: () => tar(TA, { name: 'x', body: utf8('hidden words'), checksum: 'wrong' }, TB),
    finds: [...BOTH, 'hidden words'],
    skips: ['corrupt'],
  },
  {
    name: 'lie: a tar that ends before its end',
    artifact: () => join(tar(TA), tar(TB)),
    finds: BOTH,
  },
  {
    name: 'lie: a gzip of another size',
    artifact: () => zip([A, { name: 'x.gz', method: 0, body: gzipMember(utf8('hidden words'), { size: 4_000_000_000 }) }, B]),
    finds: [...BOTH, 'hidden words'],
    skips: ['corrupt'],
  },
  {
    name: 'lie: a wrong checksum of a gzip, and a member behind it',
    artifact: () => join(gzipMember(utf8('first words'), { crc: 7 }), gzipMember(utf8('last words'))),
    finds: BOTH,
    skips: ['corrupt'],
  },
  {
    name: 'lie: a gzip header whose extra field is not there',
    artifact: () =>
      zip([A, { name: 'x.gz', method: 0, body: Uint8Array.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 3, 255, 255, 1) }, B]),
    finds: BOTH,
    skips: ['truncated'],
  },
  {
    name: 'lie: an asar whose files lie outside of it and over each other',
    file: 'app.asar',
    artifact: () =>
      asar(
        '{"files":{"a":{"size":11,"offset":"0"},"b":{"size":9000,"offset":"11"},"c":{"size":11,"offset":"3"},"d":{"size":-5,"offset":"99999999999999999999"}}}',
        utf8('first wordslast words'),
      ),
    finds: BOTH,
    skips: ['overlap', 'truncated'],
  },
  {
    name: 'lie: an asar whose index is folders without end',
    file: 'app.asar',
    artifact: () => asar(`{"files":${'{"a":{"files":'.repeat(20_000)}{}${'}}'.repeat(20_000)}}`, utf8('last words')),
    finds: ['last words'],
  },
  {
    name: 'lie: a Debian package whose member has more bytes than there are',
    artifact: () =>
      join(utf8('!<arch>\n'), arMember('debian-binary', utf8('2.0\n')), arMember('x', utf8('last words'), 9_999_999_999)),
    finds: ['last words'],
    skips: ['truncated'],
  },
  {
    name: 'lie: a file that begins like a zip and is none',
    artifact: () => join(utf8('PK\u0003\u0004'), utf8('first words'), noise(3000)),
    finds: ['first words'],
    skips: ['corrupt', 'not-an-archive'],
  },
  {
    name: 'lie: a file that begins like a gzip and is none',
    artifact: () => join(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 7), utf8('first words')),
    finds: ['first words'],
    skips: ['corrupt', 'not-an-archive'],
  },
  {
    name: 'lie: zstd in a zip that is cut, between files',
    artifact: () => zip([A, { name: 'z', method: 93, data: zstdCompressSync(noise(5000)).subarray(0, 1000), size: 5000 }, B]),
    finds: BOTH,
    skips: ['truncated'],
  },
];

const overlaps: readonly HostileCase[] = [
  {
    name: 'overlap: two entries of the same bytes',
    artifact: () => zip([A, { ...A, name: 'again', offset: 0 }, B]),
    finds: BOTH,
    notes: ['overlap'],
  },
  {
    name: 'overlap: an entry within a stored entry',
    artifact: () => zip([{ name: 'outer', method: 0, body: zip([A]) }, { ...A, offset: 35 }, B]),
    finds: BOTH,
    notes: ['overlap'],
  },
  {
    name: 'overlap: an entry that is not listed',
    artifact: () => zip([A, { name: 'h', body: utf8('hidden words'), listed: false }, B]),
    finds: [...BOTH, 'hidden words'],
    notes: ['unlisted'],
  },
  {
    name: 'overlap: bytes in front, between and behind',
    artifact: () =>
      zip([A, { ...B, before: utf8('hidden words') }], { prefix: utf8('words in front'), suffix: utf8('words behind') }),
    finds: [...BOTH, 'hidden words', 'words in front', 'words behind'],
    notes: ['extra-data'],
  },
  {
    name: 'overlap: two zips in one file, and the last one wins',
    artifact: () => join(zip([A]), zip([B])),
    finds: BOTH,
    notes: ['unlisted'],
  },
  {
    name: 'overlap: a comment that is a zip',
    artifact: () => zip([A], { comment: zip([B]) }),
    finds: BOTH,
  },
  { name: 'overlap: no directory at all', artifact: () => zip([A, B], { directory: false }), finds: BOTH, skips: ['truncated'] },
  {
    name: 'unreadable: an encrypted entry',
    artifact: () => zip([A, { name: 's', flags: 1 }, B]),
    finds: BOTH,
    skips: ['encrypted'],
  },
  {
    name: 'unreadable: a method that nobody knows',
    artifact: () => zip([A, { name: 's', method: 77 }, B]),
    finds: BOTH,
    skips: ['compression-unsupported'],
  },
  {
    name: 'unreadable: a 7z archive beside files',
    artifact: () =>
      zip([
        A,
        { name: 'x.7z', method: 0, body: join(Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), utf8('hidden words')) },
        B,
      ]),
    finds: [...BOTH, 'hidden words'],
    skips: ['compression-unsupported'],
  },
];

/** A name, and how it is shown. */
const NAMES: readonly (readonly [what: string, name: string | Uint8Array, shown: string])[] = [
  ['that goes up', '../../../../etc/cron.d/x', '../../../../etc/cron.d/x'],
  ['from the root', '/etc/passwd', '/etc/passwd'],
  ['of a drive', 'C:\\Windows\\x', 'C:\\Windows\\x'],
  ['of a server', '\\\\server\\share\\x', '\\\\server\\share\\x'],
  ['with NUL', 'a.png\0.sh', 'a.png\\x00.sh'],
  ['that is no UTF-8', Uint8Array.of(0x61, 0xff, 0xfe, 0x80), 'aÿþ\\x80'],
  ['that turns text around', 'a\u202etxt.exe', 'a\\u202etxt.exe'],
  ['with an escape sequence', '\u001b]0;x\u0007', '\\x1b]0;x\\x07'],
  ['with a line break', 'a\nb', 'a\\x0ab'],
  ['of two dots', '..', '..'],
  ['of nothing', '', ''],
  ['that looks like bytes of no file', '(bytes at 0)', '(bytes at 0)'],
];

const names: readonly HostileCase[] = [
  ...NAMES.flatMap(([what, name, shown]): HostileCase[] => [
    {
      name: `name: a zip entry ${what}`,
      artifact: () => zip([A, { name, body: utf8('hidden words') }, B]),
      finds: [...BOTH, 'hidden words'],
      shows: [shown],
    },
    {
      name: `name: a tar entry ${what}`,
      artifact: () =>
        name instanceof Uint8Array
          ? tar(TA, { name, body: utf8('hidden words') }, TB)
          : tar(TA, ...(name === '' ? [] : [pax({ path: name })]), { name, body: utf8('hidden words') }, TB),
      finds: [...BOTH, 'hidden words'],
      shows: [shown],
    },
  ]),
  {
    name: 'name: a zip entry of 60 000 bytes',
    artifact: () => zip([A, { name: 'n'.repeat(60_000), body: utf8('hidden words') }, B]),
    finds: [...BOTH, 'hidden words'],
    notes: ['limit-name'],
  },
  {
    name: 'name: a GNU name of 1 MB',
    artifact: () => tar(TA, gnuLongName('n'.repeat(1_000_000)), { name: 'x', body: utf8('hidden words') }, TB),
    finds: [...BOTH, 'hidden words'],
    notes: ['limit-name'],
  },
  {
    name: 'link: symbolic and hard, to the root, upwards and to each other; devices and pipes',
    artifact: () =>
      tar(
        TA,
        { name: 'passwd', type: '2', link: '/etc/passwd' },
        { name: 'shadow', type: '1', link: '../../../etc/shadow' },
        { name: 'one', type: '2', link: 'two' },
        { name: 'two', type: '2', link: 'one' },
        { name: 'passwd/x', body: utf8('hidden words') },
        { name: 'null', type: '3' },
        { name: 'disk', type: '4' },
        { name: 'pipe', type: '6' },
        TB,
      ),
    finds: [...BOTH, 'hidden words'],
    shows: ['passwd/x'],
  },
  {
    name: 'link: a symbolic link in a zip is a file with its target in it',
    artifact: () =>
      zip([A, { name: 'l', body: utf8('/etc/passwd'), central: (header) => void header.writeUInt32LE(0xa1ff0000, 38) }, B]),
    finds: [...BOTH, '/etc/passwd'],
  },
  {
    name: 'link: a hard link that has bytes of its own',
    artifact: () => tar(TA, { name: 'l', type: '1', link: 'a', body: utf8('hidden words') }, TB),
    finds: [...BOTH, 'hidden words'],
  },
];

const CONTENT = Buffer.from(noise(4000)).toString('base64');

/** A small package whose files do not compress, so that cuts fall into every one. */
const PACKAGE: Files = Object.fromEntries(
  Array.from({ length: 9 }, (_, index) => [
    `lib/file${index}.txt`,
    utf8(`file ${index}: ${CONTENT.slice(index * 420, index * 420 + 400 + index)}`),
  ]),
);

const CUT: Readonly<
  Record<string, { readonly whole: () => Uint8Array; readonly holds: (cut: Uint8Array, body: Buffer) => boolean }>
> = {
  'thing-1.0.0.gem': {
    whole: () => gem(PACKAGE),
    holds: (cut, body) => gunzipped(cut.subarray(cut.length > 1536 ? 1536 : cut.length)).includes(body),
  },
  'thing-1.0.0.tgz': { whole: () => tgz(PACKAGE), holds: (cut, body) => gunzipped(cut).includes(body) },
  'thing-1.0.0.whl': { whole: () => zip(storedMembers()), holds: (cut, body) => Buffer.from(cut).includes(body) },
  'thing.1.0.0.nupkg': {
    whole: () => zip(storedMembers().map((member) => ({ ...member, descriptor: 'signed' as const }))),
    holds: (cut, body) => Buffer.from(cut).includes(body),
  },
};

function storedMembers(): ZipMember[] {
  return Object.entries(PACKAGE).map(([name, body]) => ({ name, body, method: 0 }));
}

/** What node:zlib makes of a cut gzip. */
function gunzipped(cut: Uint8Array): Buffer {
  try {
    return gunzipSync(cut, { finishFlush: 2 });
  } catch {
    return Buffer.alloc(0);
  }
}

/** Cut at every 512th byte: each file that still stands in it as a whole, must be had. */
const cuts: readonly HostileCase[] = Object.entries(CUT).flatMap(([file, { whole, holds }]) => {
  const artifact = whole();
  const bodies = Object.values(PACKAGE).map((body) => Buffer.from(body));
  return Array.from({ length: Math.ceil(artifact.length / 512) - 1 }, (_, index): HostileCase => {
    const cut = artifact.subarray(0, 512 * (index + 1));
    const finds = bodies.filter((body) => holds(cut, body));
    return {
      name: `cut: ${file} after ${cut.length} bytes`,
      file,
      artifact: () => cut,
      finds: finds.map((body) => body.toString()),
      // Only where nothing but the empty blocks behind a tar is missing, nothing needs to be said.
      skips: finds.length < bodies.length ? ['truncated'] : [],
    };
  });
});

export const HOSTILE: readonly HostileCase[] = [...bombs, ...crowds, ...lies, ...overlaps, ...names, ...cuts];

/** Of each file so much is looked at; nothing is kept, so that the memory is that of the walk. */
const LOOKED_AT_BYTES = 64 * 1024;
const KEPT_PATHS = 20;

async function outcomeOf({ name, file = 'artifact', artifact, finds }: HostileCase): Promise<Outcome> {
  const missing = new Set(finds);
  const skips = new Set<string>();
  const notes = new Set<string>();
  const paths: string[] = [];
  let head: Buffer[] = [];
  let looked = 0;
  const source = bytesSource(file, artifact());
  const began = process.cpuUsage();
  const stats = await walk(source, DEFAULT_LIMITS, {
    open(path) {
      head = [];
      looked = 0;
      if (paths.length < KEPT_PATHS) paths.push(path.slice(1).join(' > '));
    },
    data(chunk) {
      if (looked < LOOKED_AT_BYTES) head.push(Buffer.from(chunk.subarray(0, LOOKED_AT_BYTES)));
      looked += chunk.length;
    },
    close() {
      const bytes = Buffer.concat(head);
      for (const text of missing) if (bytes.includes(text, 0, 'latin1')) missing.delete(text);
    },
    skipped: ({ reason }) => void skips.add(reason),
    noted: ({ reason }) => void notes.add(reason),
  });
  const { user, system } = process.cpuUsage(began);
  return {
    name,
    missing: [...missing],
    skips: [...skips],
    notes: [...notes],
    paths,
    entries: stats.entries,
    milliseconds: Math.round((user + system) / 1000),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

if (import.meta.main) {
  for (const one of HOSTILE) process.stdout.write(`${JSON.stringify(await outcomeOf(one))}\n`);
}
