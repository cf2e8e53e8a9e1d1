/**
 * How long a scan takes beside bare decompression: `npm run bench:scan -- [megabytes of each kind] [rounds]`.
 *
 * In each round every way goes over the same archives, so that a busy machine slows all of them; the medians of the rounds
 * are compared. Ways in one thread are compared by the processor's time, for which it matters less what else the machine
 * does; the scan as it runs, with a thread for each core, by the clock. At the end stands what is asked of the scan, with
 * what was measured.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createGunzip, createInflateRaw, gzipSync, type Zlib } from 'node:zlib';
import { tarMember } from '../archive/build.ts';
import { DEFAULT_LIMITS } from '../archive/limits.ts';
import { bytesSource, fileSource } from '../archive/source.ts';
import { walk } from '../archive/walk.ts';
import { createDetector, type Detector } from '../detect/detector.ts';
import { createScanPool } from '../pool/scan-pool.ts';
import type { Scanner } from '../pool/scanner.ts';
import { scanArtifact } from '../scan.ts';
import { Fingerprinter } from '../secret.ts';
import type { Format, Service } from '../service.ts';
import { SERVICES } from '../services/index.ts';
import { corpus, KINDS, type Archive } from './bench/corpus.ts';
import { median } from './bench/median.ts';
import { scanningProcesses } from './bench/processes.ts';

const MEGA = 1e6;
const CHUNK = 1024 * 1024;
const LARGE = 2e9;
const BARE = 'bare node:zlib, chunks of 1 MiB';
const GZIP = 'gzip -dc';
const SCAN = 'scan';
const TENFOLD = 'scan, ten times the literals';
const key = Buffer.alloc(32, 1);
const fingerprinter = new Fingerprinter(key);

const [first = '90', rounds = '5'] = process.argv.slice(2);
if (first === 'memory') await scanOne(rounds);
else await main(Number(first) * MEGA, Number(rounds));

async function main(bytes: number, count: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'incidence-bench-'));
  try {
    const archives = await corpus(folder, bytes);
    const compressed = archives.reduce((sum, archive) => sum + archive.bytes.length, 0);
    say(`${archives.length} archives, ${mega(compressed)} MB compressed, ${mega(sizeOf(archives))} MB uncompressed`);
    for (const kind of KINDS) {
      const some = archives.filter((archive) => archive.kind === kind);
      say(`  ${kind.padEnd(6)} ${some.length} archives, ${mega(sizeOf(some))} MB uncompressed`);
    }
    const goals = [...(await speed(archives, count)), ...(await threads(archives, count)), await memory(folder, archives)];
    say('\nwhat is asked');
    for (const { what, seen, least = 0, most = Number.POSITIVE_INFINITY } of goals) {
      const asked = least > 0 ? `at least ${least}` : `at most ${most}`;
      say(`  ${what.padEnd(68)} ${seen.toFixed(2).padStart(7)}  ${asked}: ${seen >= least && seen <= most ? 'met' : 'not met'}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Something that is asked of the scan, and what was measured. */
interface Goal {
  readonly what: string;
  readonly seen: number;
  readonly least?: number;
  readonly most?: number;
}

async function speed(archives: readonly Archive[], count: number): Promise<readonly Goal[]> {
  const detector = createDetector(SERVICES, { fingerprinter });
  const tenfold = createDetector(multiplied(SERVICES, 10), { fingerprinter });
  const ways: Readonly<Record<string, Way>> = {
    [BARE]: oneByOne(bare),
    [GZIP]: toolGunzip,
    'walk alone': oneByOne(walkOnly),
    [SCAN]: oneByOne(async (archive) => scanWith(detector, archive)),
    [TENFOLD]: oneByOne(async (archive) => scanWith(tenfold, archive)),
  };
  const goals: Goal[] = [];
  for (const kind of ['all', ...KINDS]) {
    const chosen = archives.filter((archive) => kind === 'all' || archive.kind === kind);
    if (chosen.length === 0) continue;
    say(`\n${kind}`);
    const times = await measured(chosen, ways, count);
    const scan = times.get(SCAN) ?? NONE;
    if (kind === 'all') goals.push(...goalsOf(times, scan));
    for (const [name, { cpu, wall }] of times) {
      const ratio =
        name === SCAN ? '' : `  scan takes ${(scan.cpu / cpu).toFixed(2)} of it (${(scan.wall / wall).toFixed(2)} by the clock)`;
      say(`  ${name.padEnd(32)} ${Math.round(sizeOf(chosen) / cpu / 1000)} MB/s${ratio}`);
    }
  }
  await passing(detector, archives);
  return goals;
}

function goalsOf(times: ReadonlyMap<string, Time>, scan: Time): readonly Goal[] {
  const of = (name: string): Time => times.get(name) ?? NONE;
  return [
    { what: `time of a scan over that of ${BARE}`, seen: scan.cpu / of(BARE).cpu, most: 1.35 },
    { what: 'time with ten times the literals over that with them', seen: of(TENFOLD).cpu / scan.cpu, most: 1.1 },
  ];
}

/** What is left from stage to stage of one scan of everything. */
async function passing(detector: Detector, archives: readonly Archive[]): Promise<void> {
  const before = { ...detector.counts };
  let candidates = 0;
  for (const { path, bytes } of archives) {
    const scan = await scanArtifact(bytesSource(basename(path), bytes), detector);
    candidates += scan.candidates.length;
  }
  const after = detector.counts;
  const size = sizeOf(archives);
  const stages = [
    ['places where literals are looked up', after.places - before.places],
    ['literals found', after.literals - before.literals],
    ['patterns tried', after.tries - before.tries],
    ['candidates', candidates],
  ] as const;
  say(`\nwhat passes, per MB of ${mega(size)} MB`);
  for (const [name, number] of stages) say(`  ${name.padEnd(38)} ${((number * MEGA) / size).toFixed(2)}`);
}

interface Time {
  readonly cpu: number;
  readonly wall: number;
}

const NONE: Time = { cpu: 0, wall: 0 };
/** Does the work, and tells the processor's milliseconds of other processes. */
type Way = (archives: readonly Archive[]) => Promise<number | void>;

function oneByOne(way: (archive: Archive) => Promise<void>): Way {
  return async (archives) => {
    for (const archive of archives) await way(archive);
  };
}

async function measured(
  archives: readonly Archive[],
  ways: Readonly<Record<string, Way>>,
  count: number,
): Promise<Map<string, Time>> {
  const times = new Map<string, Time[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round <= count; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const began = performance.now();
      const used = process.cpuUsage();
      const others = (await way(archives)) ?? 0;
      const { user, system } = process.cpuUsage(used);
      const time = { cpu: others > 0 ? others : (user + system) / 1000, wall: performance.now() - began };
      // The first round warms up.
      if (round > 0) times.get(name)?.push(time);
    }
  }
  const medians = [...times].map(([name, list]): [string, Time] => [
    name,
    { cpu: median(list.map(({ cpu }) => cpu)), wall: median(list.map(({ wall }) => wall)) },
  ]);
  return new Map(medians);
}

/** One thread and two, over the files as `scan` reads them, beside the same files given to `gzip -dc`. */
async function threads(archives: readonly Archive[], count: number): Promise<readonly Goal[]> {
  await using one = createScanPool({ key, threads: 1, enoughMs: 0 });
  await using two = createScanPool({ key, threads: 2, enoughMs: 0 });
  using processes = await scanningProcesses(archives.map(({ path }) => path));
  const ways = {
    one: (some) => scanAll(one, some),
    two: (some) => scanAll(two, some),
    [GZIP]: toolGunzip,
    'one process': () => processes.scan(1),
    'two processes': () => processes.scan(2),
  } satisfies Record<string, Way>;
  const times = await measured(archives, ways, count);
  const of = (name: keyof typeof ways): number => (times.get(name) ?? NONE).wall;
  const rate = (name: keyof typeof ways): string => `${Math.round(sizeOf(archives) / of(name) / 1000)} MB/s`;
  const faster = of('one') / of('two');
  const byMachine = (2 * of('one process')) / of('two processes');
  say('\nby the clock, all files');
  say(`  ${GZIP} ${rate(GZIP)}, a scan in one thread ${rate('one')}, in two ${rate('two')}: ${faster.toFixed(2)} times as fast`);
  say(`  two processes that each scan in one thread do ${byMachine.toFixed(2)} times what one does`);
  return [
    { what: `time of a scan, in a thread for each of two cores, over ${GZIP}`, seen: of('two') / of(GZIP), most: 0.5 },
    { what: 'two threads over one', seen: faster, least: 1.8 },
  ];
}

async function scanAll(pool: Scanner, archives: readonly Archive[]): Promise<void> {
  const rest = archives.values();
  const hand = async (): Promise<void> => {
    for (const { path } of rest) await pool.scan({ name: basename(path), path });
  };
  await Promise.all(Array.from({ length: 2 * pool.width }, hand));
}

/** An artifact of 2 GB, scanned by a process of its own: the most memory that it ever had. */
async function memory(folder: string, archives: readonly Archive[]): Promise<Goal> {
  const members: { readonly gzip: Buffer; readonly size: number }[] = [];
  for (const { kind, bytes } of archives.slice(0, 40)) {
    const body = kind === 'tgz' || kind === 'gem' ? await inflate(kind === 'tgz' ? bytes : bytes.subarray(512)) : bytes;
    members.push({ gzip: gzipSync(tarMember({ name: `package/${members.length}.tar`, body }), { level: 1 }), size: body.length });
  }
  const path = join(folder, 'large.tgz');
  const file = await open(path, 'w');
  // Members of gzip behind each other are one stream.
  let size = 0;
  for (let index = 0; size < LARGE && members.length > 0; index++) {
    const member = members[index % members.length];
    if (member === undefined) break;
    await file.write(member.gzip);
    size += member.size;
  }
  await file.close();
  const script = join(import.meta.dirname, 'scan.bench.ts');
  const told = execFileSync(process.execPath, [script, 'memory', path], { encoding: 'utf8' });
  say(`\n${mega(size)} MB uncompressed in one artifact: ${told}`);
  return { what: 'MB at most, of a process that scans it', seen: Number.parseInt(told, 10), most: 300 };
}

async function scanOne(path: string): Promise<void> {
  const detector = createDetector(SERVICES, { fingerprinter });
  const before = mostMemory();
  using source = fileSource(path, basename(path));
  const { stats, skipped } = await scanArtifact(source, detector);
  const after = mostMemory();
  process.stdout.write(
    `${mega(after)} MB at most, ${mega(before)} before it; ${mega(stats.bytes)} MB read in ${stats.ms} ms, ${skipped.length} things not read`,
  );
}

/** The most bytes that this process had in memory. What `getrusage` tells begins with the process that started it. */
function mostMemory(): number {
  const [, kibibytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

async function bare({ streams }: Archive): Promise<void> {
  for (const { bytes, kind, size } of streams) {
    // A chunk for a small file has its size: to make a larger one would take longer than to inflate it.
    const options = { chunkSize: Math.max(64, Math.min(CHUNK, size + 1)) };
    await drained(kind === 'gzip' ? createGunzip(options) : createInflateRaw(options), bytes);
  }
}

function drained(stream: Zlib & NodeJS.ReadWriteStream, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on('data', () => undefined);
    stream.on('end', resolve);
    stream.on('error', reject);
    stream.end(bytes);
  });
}

async function inflate(gzipped: Buffer): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const stream = createGunzip({ chunkSize: CHUNK });
  stream.end(gzipped);
  for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * One process for all files. The shell tells what its children used, minutes and seconds of the user's time and the
 * system's, in steps of 10 ms: those of a process for each file would not add up.
 */
async function toolGunzip(archives: readonly Archive[]): Promise<number> {
  const files = archives.map(({ gzip }) => gzip);
  const told = execFileSync('sh', ['-c', 'gzip -dc "$@" >/dev/null; times', 'sh', ...files], { encoding: 'utf8' });
  const children = told.trim().split('\n').at(-1) ?? '';
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + (Number(m) * 60 + Number(s)) * 1000, 0);
}

async function walkOnly({ path, bytes }: Archive): Promise<void> {
  const visitor = { open: () => undefined, data: () => undefined, close: () => undefined, skipped: () => undefined };
  await walk(bytesSource(basename(path), bytes), DEFAULT_LIMITS, visitor);
}

async function scanWith(by: Detector, { path, bytes }: Archive): Promise<void> {
  await scanArtifact(bytesSource(basename(path), bytes), by);
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

function sizeOf(archives: readonly Archive[]): number {
  return archives.reduce((sum, archive) => sum + archive.size, 0);
}

function mega(bytes: number): string {
  return (bytes / MEGA).toFixed(1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
