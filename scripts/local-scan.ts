/** Looks into files and folders of this machine, one report per artifact, without a database. */
import { randomBytes } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileSource, UnreadableSource } from '../analysis/archive/source.ts';
import type { WalkLimits } from '../analysis/archive/limits.ts';
import { createDetector } from '../analysis/detect/detector.ts';
import { scanArtifact } from '../analysis/scan.ts';
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
  const fingerprinter = new Fingerprinter(options.key);
  const detector = createDetector(SERVICES, { fingerprinter });
  const validator = localValidator(options);
  for await (const found of filesIn(options.path)) {
    options.signal.throwIfAborted();
    if (found.problem !== null) {
      yield unread(found.name, found.problem);
      continue;
    }
    try {
      await using source = await fileSource(found.path, found.name);
      const scan = await scanArtifact(source, detector, { limits: options.limits, signal: options.signal });
      const findings = await validator.judge(scan.candidates);
      yield { artifact: scan.artifact, findings, skipped: scan.skipped, stats: scan.stats };
    } catch (error) {
      if (!(error instanceof UnreadableSource)) throw error;
      yield unread(found.name, { path: [found.name], reason: error.reason, detail: error.message });
    }
  }
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
