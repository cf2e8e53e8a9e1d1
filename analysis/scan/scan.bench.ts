/**
 * How long a scan takes beside bare decompression: `node analysis/scan/scan.bench.ts [folder] [megabytes] [rounds]`.
 *
 * Packages that are installed anyway are packed in memory as npm tarballs, gems, wheels and NuGet packages. In each round
 * every way goes over the same archives, so that a busy machine slows all of them; the medians of the rounds are compared.
 * Times are those of the processor, for which it matters less what else the machine does.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createGunzip, createInflateRaw, gzipSync, type Zlib } from 'node:zlib';
import { zipSync } from 'fflate';
import { pack } from 'tar-stream';
import { bytesSource } from '../archive/source.ts';
import { DEFAULT_LIMITS } from '../archive/limits.ts';
import { walk } from '../archive/walk.ts';
import { createDetector, type Detector } from '../detect/detector.ts';
import { scanArtifact } from '../scan.ts';
import { Fingerprinter } from '../secret.ts';
import type { Format, Service } from '../service.ts';
import { SERVICES } from '../services/index.ts';

const MEGA = 1e6;
const CHUNK = 1024 * 1024;

interface Archive {
  readonly name: string;
  readonly bytes: Buffer;
  /** Where the compressed streams are, for bare decompression. */
  readonly streams: readonly { readonly bytes: Buffer; readonly kind: 'gzip' | 'deflate' }[];
  readonly inflated: number;
}

const [folder = 'node_modules', megabytes = '200', rounds = '5'] = process.argv.slice(2);
const fingerprinter = new Fingerprinter(Buffer.alloc(32, 1));
const archives = await corpus(folder, Number(megabytes) * MEGA);
const inflated = archives.reduce((sum, archive) => sum + archive.inflated, 0);
const compressed = archives.reduce((sum, archive) => sum + archive.bytes.length, 0);
say(`${archives.length} archives, ${mega(compressed)} MB compressed, ${mega(inflated)} MB uncompressed`);

const detector = createDetector(SERVICES, { fingerprinter });
const tenfold = createDetector(multiplied(SERVICES, 10), { fingerprinter });
const ways: Readonly<Record<string, (archive: Archive) => Promise<void>>> = {
  'bare node:zlib': bare,
  'walk alone': walkOnly,
  scan: (archive) => scanWith(detector, archive),
  'scan, ten times the literals': (archive) => scanWith(tenfold, archive),
};
const kinds = [...new Set(archives.map(({ name }) => kindOf(name)))];
for (const kind of ['all', ...kinds]) {
  const chosen = archives.filter(({ name }) => kind === 'all' || kindOf(name) === kind);
  const bytes = chosen.reduce((sum, archive) => sum + archive.inflated, 0);
  say(`\n${kind}: ${chosen.length} archives, ${mega(bytes)} MB uncompressed`);
  const times = new Map<string, number[]>();
  for (let round = 0; round <= Number(rounds); round++) {
    for (const [name, run] of Object.entries(ways)) {
      const began = process.cpuUsage();
      for (const archive of chosen) await run(archive);
      const { user, system } = process.cpuUsage(began);
      // The first round warms up.
      if (round > 0) times.set(name, [...(times.get(name) ?? []), (user + system) / 1000]);
    }
  }
  const base = median(times.get('bare node:zlib') ?? []);
  for (const [name, list] of times) {
    const time = median(list);
    say(`${name.padEnd(30)} ${Math.round(time)} ms  ${Math.round(bytes / time / 1000)} MB/s  ${(time / base).toFixed(2)} x bare`);
  }
}
const { rss } = process.memoryUsage();
say(`\nmemory ${mega(rss)} MB, of which the archives ${mega(compressed)} MB`);

function kindOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

async function bare({ streams }: Archive): Promise<void> {
  for (const { bytes, kind } of streams)
    await drained(kind === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createInflateRaw({ chunkSize: CHUNK }), bytes);
}

function drained(stream: Zlib & NodeJS.ReadWriteStream, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on('data', () => undefined);
    stream.on('end', resolve);
    stream.on('error', reject);
    stream.end(bytes);
  });
}

async function walkOnly({ name, bytes }: Archive): Promise<void> {
  const visitor = { open: () => undefined, data: () => undefined, close: () => undefined, skipped: () => undefined };
  await walk(bytesSource(name, bytes), DEFAULT_LIMITS, visitor);
}

async function scanWith(by: Detector, { name, bytes }: Archive): Promise<void> {
  await scanArtifact(bytesSource(name, bytes), by);
}

/** So many times the services, each time with other literals of the same form. */
function multiplied(services: readonly Service[], times: number): readonly Service[] {
  return Array.from({ length: times }, (_, index) =>
    index === 0 ? services : services.map((service) => renamed(service, index)),
  ).flat();
}

function renamed(service: Service, index: number): Service {
  const name = (text: string): string =>
    text.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(97 + ((letter.charCodeAt(0) - 97 + index * 3) % 26)));
  const formats = service.formats.map((format): Format => {
    let { source } = format.pattern;
    for (const literal of format.literals) source = source.replaceAll(literal, name(literal));
    return {
      ...format,
      id: `${format.id}.${index}`,
      literals: format.literals.map(name),
      pattern: new RegExp(source, format.pattern.flags),
    };
  });
  return { ...service, id: `${service.id}.${index}`, formats };
}

async function corpus(root: string, bytes: number): Promise<readonly Archive[]> {
  const made: Archive[] = [];
  let size = 0;
  for (const [index, name] of packagesIn(root).entries()) {
    const files = filesOf(join(root, name)).map((path) => [relative(root, path), readFileSync(path)] as const);
    const content = files.reduce((sum, [, file]) => sum + file.length, 0);
    // What is installed for one machine only, such as Node itself, is no ordinary package.
    if (content === 0 || content > 100 * MEGA) continue;
    made.push(await packed(name.replaceAll('/', '-'), files, index));
    size += content;
    if (size > bytes) break;
  }
  return made;
}

function packagesIn(root: string): readonly string[] {
  return readdirSync(root)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(root, name)).map((inner) => join(name, inner)) : [name]));
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name);
    return entry.isDirectory() ? filesOf(inner) : entry.isFile() ? [inner] : [];
  });
}

/** Three of four packages as tarballs or gems, one as a zip: about what the registries hold. */
async function packed(name: string, files: readonly (readonly [string, Buffer])[], index: number): Promise<Archive> {
  const content = files.reduce((sum, [, file]) => sum + file.length, 0);
  if (index % 4 === 3) {
    const bytes = Buffer.from(zipSync(Object.fromEntries(files), { level: 6 }));
    return { name: `${name}.${index % 8 === 3 ? 'whl' : 'nupkg'}`, bytes, streams: streamsOf(bytes), inflated: content };
  }
  const tgz = gzipSync(await tarOf(files));
  if (index % 4 !== 2) return { name: `${name}.tgz`, bytes: tgz, streams: [{ bytes: tgz, kind: 'gzip' }], inflated: content };
  const gem = await tarOf([['data.tar.gz', tgz]]);
  return { name: `${name}.gem`, bytes: gem, streams: [{ bytes: tgz, kind: 'gzip' }], inflated: content };
}

async function tarOf(files: readonly (readonly [string, Buffer])[]): Promise<Buffer> {
  const packing = pack();
  for (const [name, bytes] of files) packing.entry({ name }, bytes);
  packing.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of packing) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The deflate streams of a zip that was just made: as its central directory says. */
function streamsOf(zip: Buffer): Archive['streams'] {
  const end = zip.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  const found: { bytes: Buffer; kind: 'deflate' }[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const size = zip.readUInt32LE(at + 20);
    const local = zip.readUInt32LE(at + 42);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    if (zip.readUInt16LE(at + 10) === 8) found.push({ bytes: zip.subarray(data, data + size), kind: 'deflate' });
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return found;
}

function median(list: readonly number[]): number {
  return list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)] ?? 0;
}

function mega(bytes: number): string {
  return (bytes / MEGA).toFixed(1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
