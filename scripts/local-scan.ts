/** Looks into files and folders of this machine, one report per artifact, without a database. */
import { randomBytes } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { UnreadableSource } from '../analysis/archive/source.ts';
import type { WalkLimits } from '../analysis/archive/limits.ts';
import { createDetector } from '../analysis/detect/detector.ts';
import { createScanPool } from '../analysis/pool/scan-pool.ts';
import { inThisThread, type Scanner } from '../analysis/pool/scanner.ts';
import type { ArtifactScan } from '../analysis/scan.ts';
import { Fingerprinter } from '../analysis/secret.ts';
import { seededRandom } from '../analysis/seeded-random.ts';
import { SERVICES } from '../analysis/services/index.ts';
import { createValidator, type Validator } from '../analysis/validate.ts';
import { createMemory } from '../analysis/validate/memory.ts';
import type { ServiceSettings, ValidationLog } from '../analysis/validate/contract.ts';
import { createGuardedSend } from '../crawler/guarded-send.ts';
import type { ScanReport, Skipped } from '../data/model.ts';

export interface LocalScanOptions {
  /** A file, or a folder whose files are looked at one by one. */
  readonly path: string;
  readonly key: Uint8Array;
  readonly mode: 'off' | 'offline' | 'live';
  readonly contact: string | undefined;
  readonly userAgent: string;
  readonly settings: Readonly<Record<string, ServiceSettings>>;
  readonly limits: Partial<WalkLimits>;
  readonly log: ValidationLog;
  readonly signal: AbortSignal;
}

/** One report per artifact, in the order of their names. What cannot be opened is a report with its reason. */
export async function* scanLocal(options: LocalScanOptions): AsyncGenerator<ScanReport> {
  const validator = localValidator(options);
  const files = filesIn(options.path);
  const { found, isMuch } = await firstOf(files);
  await using scanner = scannerFor(isMuch, options);
  // One in hand and one that waits for each thread.
  const atOnce = scanner.width === 1 ? 1 : 2 * scanner.width;
  const looks = inOrder(chained(found, files), atOnce, async (file) => lookInto(file, scanner, options.signal));
  for await (const look of looks) {
    options.signal.throwIfAborted();
    if ('findings' in look) yield look;
    else {
      const { artifact, candidates, skipped, stats } = look;
      yield { artifact, findings: await validator.judge(candidates), skipped, stats };
    }
  }
}

async function lookInto(
  { path, name, problem }: Found,
  scanner: Scanner,
  signal: AbortSignal,
): Promise<ArtifactScan | ScanReport> {
  if (problem !== null) return unread(name, problem);
  try {
    return await scanner.scan({ name, path }, signal);
  } catch (error) {
    if (!(error instanceof UnreadableSource)) throw error;
    return unread(name, { path: [name], reason: error.reason, detail: error.message });
  }
}

/** Bytes of files that take longer to scan than threads take to start. */
const ENOUGH_BYTES = 32 * 1024 * 1024;
const ENOUGH_FILES = 1000;

/** As many files as it takes to see whether there is much to do. */
async function firstOf(files: AsyncGenerator<Found>): Promise<{ readonly found: readonly Found[]; readonly isMuch: boolean }> {
  const found: Found[] = [];
  for (let bytes = 0; bytes < ENOUGH_BYTES && found.length < ENOUGH_FILES;) {
    const next = await files.next();
    if (next.done === true) return { found, isMuch: false };
    found.push(next.value);
    bytes += await sizeOf(next.value);
  }
  return { found, isMuch: found.length > 1 };
}

async function sizeOf({ path }: Found): Promise<number> {
  const stats = await lstat(path).catch(() => null);
  return stats?.isFile() === true ? stats.size : 0;
}

/** Threads where there are cores for them and enough to do; this thread otherwise. */
function scannerFor(isMuch: boolean, { key, limits }: LocalScanOptions): Scanner {
  const threads = availableParallelism();
  return threads > 1 && isMuch
    ? createScanPool({ key, threads, limits, enoughMs: 0 })
    : inThisThread(createDetector(SERVICES, { fingerprinter: new Fingerprinter(key) }), limits);
}

async function* chained<T>(first: readonly T[], rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield* first;
  yield* rest;
}

/** The results in the order of the items, so many of which are worked on at once. */
async function* inOrder<In, Out>(
  items: AsyncIterable<In>,
  atOnce: number,
  work: (item: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const pending: Promise<Out>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Whoever takes it sees the error; until then it is not unheard of.
    result.catch(() => {});
    pending.push(result);
    const next = pending.length >= atOnce ? pending.shift() : undefined;
    if (next !== undefined) yield await next;
  }
  for (const next of pending) yield await next;
}

function localValidator(options: LocalScanOptions): Validator {
  const { userAgent, contact, settings } = options;
  const configured = Object.values(settings).flatMap(({ host }) => (host === undefined ? [] : [host]));
  return createValidator({
    services: SERVICES,
    mode: options.mode,
    send: createGuardedSend({ userAgent, contact, configured }),
    memory: createMemory(),
    now: () => new Date(),
    random: seededRandom(randomBytes(16).toString('hex')),
    settings,
    audit: () => {},
    log: options.log,
    signal: options.signal,
  });
}

interface Found {
  readonly path: string;
  readonly name: string;
  readonly problem: Skipped | null;
}

/** The file itself, or every regular file below a folder; links are never followed. */
async function* filesIn(path: string): AsyncGenerator<Found> {
  const stats = await lstat(path).catch((error: unknown) => problemOf(basename(path), error));
  if ('reason' in stats) yield { path, name: basename(path), problem: stats };
  else if (stats.isDirectory()) yield* below(path, path);
  else yield { path, name: basename(path), problem: null };
}

async function* below(root: string, folder: string): AsyncGenerator<Found> {
  const shown = (path: string) => relative(root, path).split(sep).join('/') || basename(root);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => problemOf(shown(folder), error));
  if ('reason' in entries) {
    yield { path: folder, name: shown(folder), problem: entries };
    return;
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* below(root, path);
    else yield { path, name: shown(path), problem: null };
  }
}

function problemOf(name: string, error: unknown): Skipped {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  const reason = code === 'ENOENT' ? 'not-found' : 'unreadable';
  return {
    path: [name],
    reason,
    detail: code === 'ENOENT' ? `there is no ${name}` : `${name} cannot be read (${code}); check its permissions`,
  };
}

function unread(name: string, problem: Skipped): ScanReport {
  return { artifact: { name, bytes: 0, sha256: '' }, findings: [], skipped: [problem], stats: { entries: 0, bytes: 0, ms: 0 } };
}
