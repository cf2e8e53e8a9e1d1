/**
 * How fast archives are read, against what else could read them: `node analysis/archive/walk.bench.ts FILE...` with some
 * .tgz, .whl, .nupkg, .gem. All ways take turns in every round; medians of five, in processor time, so that neighbours on
 * the machine count little. The ratios are what to look at.
 */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { createGunzip, gunzipSync, inflateRawSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { DEFAULT_LIMITS } from './limits.ts';
import { bytesSource } from './source.ts';
import { walk } from './walk.ts';
import { METHOD } from './zip/entry.ts';
import { readZipDirectory } from './zip/directory.ts';
import { readLocalHeader } from './zip/stream.ts';
import { SourceReader } from './reader.ts';
import { median } from '../scan/bench/median.ts';

const ROUNDS = 5;
const MiB = 1024 * 1024;

interface Archive {
  readonly path: string;
  readonly bytes: Buffer;
}

type Way = (archive: Archive) => Promise<unknown>;

async function walked({ bytes }: Archive): Promise<number> {
  const stats = await walk(bytesSource('artifact', bytes), DEFAULT_LIMITS, { open() {}, data() {}, close() {}, skipped() {} });
  return stats.bytes;
}

/** Bare inflating by node:zlib's own streams, with chunks of 1 MiB: no tar is read. */
async function streamed({ bytes }: Archive): Promise<void> {
  const gunzip = createGunzip({ chunkSize: MiB });
  gunzip.resume();
  const ended = new Promise((resolve, reject) => gunzip.once('end', resolve).once('error', reject));
  for (let at = 0; at < bytes.length; at += MiB / 4) gunzip.write(bytes.subarray(at, at + MiB / 4));
  gunzip.end();
  await ended;
}

async function tarStreamed({ bytes }: Archive): Promise<void> {
  const extracting = extract();
  extracting.end(gunzipSync(bytes, { chunkSize: MiB }));
  for await (const entry of extracting) await buffer(entry);
}

/** Bare inflating, entry by entry, by node:zlib's synchronous call. */
async function entryByEntry({ bytes }: Archive): Promise<void> {
  const source = bytesSource('artifact', bytes);
  const directory = await readZipDirectory(source, DEFAULT_LIMITS.entries);
  const reader = new SourceReader(source);
  for (const entry of directory?.entries ?? []) {
    reader.seek(entry.offset);
    const header = await readLocalHeader(reader);
    if (!header || entry.method !== METHOD.deflated) continue;
    const start = entry.offset + header.length;
    inflateRawSync(bytes.subarray(start, start + entry.compressedSize), { chunkSize: Math.max(64, entry.size) });
  }
}

async function toolGunzip({ path }: Archive): Promise<void> {
  execFileSync('gzip', ['-dc', path], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const isGzip = ({ bytes }: Archive): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
const isZip = ({ bytes }: Archive): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

async function compare(title: string, archives: readonly Archive[], ways: Readonly<Record<string, Way>>): Promise<void> {
  if (archives.length === 0) return;
  const cpu = new Map<string, number[]>();
  const wall = new Map<string, number[]>();
  let bytes = 0;
  for (const archive of archives) bytes += await walked(archive);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const began = performance.now();
      const used = process.cpuUsage();
      for (const archive of archives) await way(archive);
      const { user, system } = process.cpuUsage(used);
      cpu.set(name, [...(cpu.get(name) ?? []), (user + system) / 1000]);
      wall.set(name, [...(wall.get(name) ?? []), performance.now() - began]);
    }
  }
  const own = median(cpu.get('walk') ?? []);
  const ownWall = median(wall.get('walk') ?? []);
  process.stdout.write(`${title}: ${archives.length} archives, ${(bytes / 1e6).toFixed(1)} MB\n`);
  for (const name of Object.keys(ways)) {
    const used = median(cpu.get(name) ?? []);
    const waited = median(wall.get(name) ?? []);
    const rate = (bytes / 1000 / (name === 'gzip -dc' ? waited : used)).toFixed(0);
    const ratio = name === 'gzip -dc' ? ownWall / waited : own / used;
    process.stdout.write(`  ${name.padEnd(36)} ${rate.padStart(6)} MB/s   walk takes ${ratio.toFixed(2)} of its time\n`);
  }
}

const archives = await Promise.all(
  process.argv.slice(2).map(async (path): Promise<Archive> => ({ path, bytes: await readFile(path) })),
);
await compare('gzipped tars', archives.filter(isGzip), {
  walk: walked,
  'node:zlib stream, bare, 1 MiB chunks': streamed,
  'node:zlib gunzipSync, bare': async ({ bytes }) => void gunzipSync(bytes, { chunkSize: MiB }),
  'gunzipSync and tar-stream': tarStreamed,
  'gzip -dc': toolGunzip,
});
await compare('zips', archives.filter(isZip), { walk: walked, 'node:zlib inflateRawSync, bare': entryByEntry });
