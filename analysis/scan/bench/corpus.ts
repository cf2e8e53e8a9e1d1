/**
 * Packages that are installed anyway, packed again as their ecosystems pack them, into files of a temporary folder: what
 * stands in `node_modules`, and what Debian installs of Python, Ruby and Mono. A folder that is missing gives none.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { tar, tarOf, zip, type Files } from '../../archive/build.ts';

const MEGA = 1e6;
/** What is installed for one machine only, such as Node itself, is no ordinary package. */
const MOST_BYTES = 100 * MEGA;
/** Made when a package is installed or used; no tool packs it. */
const MADE_HERE = '__pycache__';
/** Deflate at the level that npm, pip, gem and nuget pack with. */
const LEVEL = 6;

export const KINDS = ['tgz', 'whl', 'nupkg', 'gem'] as const;
export type Kind = (typeof KINDS)[number];

export interface Archive {
  readonly kind: Kind;
  readonly path: string;
  /** The same compressed bytes as gzip members, for `gzip -dc`. */
  readonly gzip: string;
  readonly bytes: Buffer;
  /** Where the compressed streams are, for bare decompression. */
  readonly streams: readonly Stream[];
  /** Uncompressed bytes of the files. */
  readonly size: number;
}

export interface Stream {
  readonly bytes: Buffer;
  readonly kind: 'gzip' | 'deflate';
  readonly size: number;
}

const SOURCES: Readonly<Record<Kind, readonly string[]>> = {
  tgz: ['node_modules'],
  whl: ['/usr/lib/python3/dist-packages', '/usr/lib/python3.11', '/usr/lib/python3.12', '/usr/lib/python3.13'],
  nupkg: ['/usr/lib/mono/4.5', '/usr/lib/mono', '/usr/lib/dotnet'],
  gem: ['/usr/share/rubygems-integration/all/gems', '/usr/lib/ruby', '/var/lib/gems'],
};

/** @param bytes uncompressed bytes of each kind, at most, and one package more */
export async function corpus(into: string, bytes: number): Promise<readonly Archive[]> {
  const made: Archive[] = [];
  for (const kind of KINDS) {
    let size = 0;
    for (const folder of SOURCES[kind]) {
      for (const path of existsSync(folder) && size < bytes ? packagesIn(folder) : []) {
        const files = filesOf(path, folder);
        const content = Object.values(files).reduce((sum, file) => sum + file.length, 0);
        if (content === 0 || content > MOST_BYTES) continue;
        made.push(await packed(kind, join(into, `${made.length}-${basename(path)}.${kind}`), files, content));
        size += content;
        if (size >= bytes) break;
      }
    }
  }
  return made;
}

function packagesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && name !== MADE_HERE)
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => join(name, inner)) : [name]))
    .map((name) => join(folder, name));
}

function filesOf(path: string, root: string): Files {
  const found: Record<string, Uint8Array> = {};
  for (const file of pathsOf(path)) {
    const name = relative(root, file);
    // The header of a tar has room for so much.
    found[name.length < 100 ? name : `${Object.keys(found).length}-${basename(file).slice(-60)}`] = readFileSync(file);
  }
  return found;
}

function pathsOf(path: string): readonly string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() === true) return [path];
  if (stats?.isDirectory() !== true) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === MADE_HERE) return [];
    const inner = join(path, entry.name);
    return entry.isDirectory() ? pathsOf(inner) : entry.isFile() ? [inner] : [];
  });
}

async function packed(kind: Kind, path: string, files: Files, size: number): Promise<Archive> {
  const isZip = kind === 'whl' || kind === 'nupkg';
  const tarball = isZip ? null : gzipSync(tarOf(Object.entries(files).map(([name, body]) => ({ name, body }))), { level: LEVEL });
  const bytes =
    tarball === null
      ? Buffer.from(
          zip(Object.entries(files).map(([name, body]) => ({ name, body, data: deflateRawSync(body, { level: LEVEL }) }))),
        )
      : kind === 'gem'
        ? Buffer.from(tar({ name: 'data.tar.gz', body: tarball }))
        : tarball;
  const streams = tarball === null ? streamsOf(bytes) : [{ bytes: tarball, kind: 'gzip' as const, size }];
  const gzip = `${path}.gz`;
  await writeFile(path, bytes);
  await writeFile(gzip, tarball ?? Buffer.concat(membersOf(bytes)));
  return { kind, path, gzip, bytes, streams, size };
}

interface Entry {
  readonly bytes: Buffer;
  readonly crc: Buffer;
  readonly size: number;
}

/** The deflated entries of a zip that was just made: as its central directory says. */
function deflatedIn(zip: Buffer): readonly Entry[] {
  const end = zip.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  const found: Entry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const local = zip.readUInt32LE(at + 42);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(data, data + zip.readUInt32LE(at + 20));
    if (zip.readUInt16LE(at + 10) === 8)
      found.push({ bytes, crc: zip.subarray(at + 16, at + 20), size: zip.readUInt32LE(at + 24) });
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return found;
}

function streamsOf(zip: Buffer): readonly Stream[] {
  return deflatedIn(zip).map(({ bytes, size }) => ({ bytes, kind: 'deflate', size }));
}

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

function membersOf(zip: Buffer): readonly Buffer[] {
  return deflatedIn(zip).flatMap(({ bytes, crc, size }) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(size);
    return [GZIP_HEADER, bytes, crc, length];
  });
}
