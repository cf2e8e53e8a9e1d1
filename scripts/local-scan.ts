/** Looks into files, folders and releases of a registry, one report per artifact, and stores nothing. */
import { randomBytes } from 'node:crypto';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { bytesSource, UnreadableSource } from '../analysis/archive/source.ts';
import type { WalkLimits } from '../analysis/archive/limits.ts';
import { createDetector } from '../analysis/detect/detector.ts';
import { createScanPool } from '../analysis/pool/scan-pool.ts';
import { inThisThread, type Scanner } from '../analysis/pool/scanner.ts';
import { scanArtifact, type ArtifactScan } from '../analysis/scan.ts';
import { Fingerprinter } from '../analysis/secret.ts';
import { seededRandom } from '../analysis/seeded-random.ts';
import { SERVICES } from '../analysis/services/index.ts';
import { createValidator, type Validator } from '../analysis/validate.ts';
import { createMemory } from '../analysis/validate/memory.ts';
import type { ServiceSettings, ValidationLog } from '../analysis/validate/contract.ts';
import { CrawlError, NotAllowed } from '../crawler/errors.ts';
import { createGuardedSend } from '../crawler/guarded-send.ts';
import type { RegistryAccess } from '../crawler/http.ts';
import type { Registry } from '../crawler/registry.ts';
import type { ScanReport, Skipped } from '../data/model.ts';
import type { KnownTokens } from './known-tokens.ts';
import { packInMemory } from './npm-pack.ts';

export interface LocalScanOptions {
  /** Of the fingerprints. */
  readonly key: Uint8Array;
  readonly mode: 'off' | 'offline' | 'live';
  readonly contact: string | undefined;
  readonly userAgent: string;
  readonly settings: Readonly<Record<string, ServiceSettings>>;
  readonly known: KnownTokens;
  readonly limits: Partial<WalkLimits>;
  /** Bytes of one artifact that is held in memory: downloaded, or packed. */
  readonly artifactBytes: number;
  readonly log: ValidationLog;
  readonly signal: AbortSignal;
}

export interface LocalScanner {
  /** A file, or a folder whose files are looked at, in the order of their names. What cannot be opened is a report with its reason. */
  path(path: string): AsyncGenerator<ScanReport>;
  /** What `npm pack` would ship from a folder, as one artifact. */
  npmPack(folder: string): AsyncGenerator<ScanReport>;
  /** The artifacts of a release, the newest one where no version is named; size and digest are checked before they are opened. */
  release(registry: Registry, io: RegistryAccess, name: string, version: string | null): AsyncGenerator<ScanReport>;
}

export function localScanner(options: LocalScanOptions): LocalScanner {
  const { signal, artifactBytes, key, limits } = options;
  const detector = createDetector(SERVICES, { fingerprinter: new Fingerprinter(key) });
  const validator = localValidator(options);

  async function judged({ artifact, candidates, skipped, stats }: ArtifactScan): Promise<ScanReport> {
    return { artifact, findings: await validator.judge(candidates), skipped, stats };
  }
  async function look(filename: string, bytes: Uint8Array): Promise<ScanReport> {
    return judged(await scanArtifact(bytesSource(filename, bytes), detector, { limits, signal }));
  }

  return {
    async *path(path) {
      const files = filesIn(path);
      const { found, isMuch } = await firstOf(files);
      // Threads where there are cores for them and enough to do; this thread otherwise.
      const threads = availableParallelism();
      await using scanner =
        threads > 1 && isMuch ? createScanPool({ key, threads, limits, enoughMs: 0 }) : inThisThread(detector, limits);
      // One in hand and one that waits for each thread.
      const atOnce = scanner.width === 1 ? 1 : 2 * scanner.width;
      const looks = inOrder(chained(found, files), atOnce, async (file) => lookInto(file, scanner, signal));
      for await (const one of looks) {
        signal.throwIfAborted();
        const report = 'findings' in one ? one : await judged(one);
        yield { ...report, skipped: report.skipped.filter((skipped) => !isPlainFile(skipped)) };
      }
    },

    async *npmPack(folder) {
      const { filename, bytes } = await packInMemory(folder, artifactBytes);
      yield await look(filename, bytes);
    },

    async *release(registry, io, name, version) {
      const release = await registry.latest(name, io, { artifacts: 'all', ...(version === null ? {} : { version }) });
      if ('reason' in release) {
        const shown = version === null ? name : `${name}@${version}`;
        yield unread(shown, { path: [shown], reason: release.reason, detail: release.detail });
        return;
      }
      for (const artifact of release.artifacts) {
        try {
          const { bytes } = await io.download(artifact, { maxBytes: artifactBytes, signal });
          yield await look(artifact.filename, bytes);
        } catch (error) {
          if (!(error instanceof CrawlError) || error instanceof NotAllowed) throw error;
          yield unread(artifact.filename, { path: [artifact.filename], reason: error.reason, detail: error.message });
        }
      }
    },
  };
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
    ...options.known,
    audit: () => {},
    log: options.log,
    signal: options.signal,
  });
}

/** Files by these names are expected to be archives; any other that is none, or is empty, was read as what it is. */
const ARCHIVE_NAME = /\.(?:t?gz|tar|gem|nupkg|snupkg|whl|egg|zip|jar|war|vsix|crate|asar|7z|rar|bz2|xz|zst)$/i;

function isPlainFile({ path, reason }: Skipped): boolean {
  const [name = ''] = path;
  return path.length === 1 && (reason === 'not-an-archive' || reason === 'empty') && !ARCHIVE_NAME.test(name);
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
  else if (stats.isDirectory()) yield* below(path, await realpath(path), path);
  else yield { path, name: basename(path), problem: null };
}

async function* below(root: string, realRoot: string, folder: string): AsyncGenerator<Found> {
  const shown = (path: string) => relative(root, path).split(sep).join('/') || basename(root);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => problemOf(shown(folder), error));
  if ('reason' in entries) {
    yield { path: folder, name: shown(folder), problem: entries };
    return;
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* below(root, realRoot, path);
    // What a link within the folder names is read where it stands.
    else if (!entry.isSymbolicLink() || !(await leadsInto(realRoot, path))) yield { path, name: shown(path), problem: null };
  }
}

async function leadsInto(realRoot: string, link: string): Promise<boolean> {
  const target = await realpath(link).catch(() => null);
  return target !== null && (target === realRoot || target.startsWith(realRoot + sep));
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
