/** One artifact, from its bytes to its candidates. */
import { createHash } from 'node:crypto';
import type { ScanReport, Skipped } from '../data/model.ts';
import { DEFAULT_LIMITS, type WalkLimits } from './archive/limits.ts';
import { UnreadableSource, type ByteSource } from './archive/source.ts';
import { walk, type Visitor } from './archive/walk.ts';
import type { Candidate } from './detect/candidate.ts';
import type { ArtifactScanner, Detector, OpenEntry } from './detect/detector.ts';

export interface ScanOptions {
  /** Parts of the limits that differ from the defaults. */
  readonly limits?: Partial<WalkLimits>;
  readonly signal?: AbortSignal;
  /** The artifact's digest, where it is known: then it is not taken again. */
  readonly sha256?: string;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** What stands in an artifact, before anybody asked whether it is accepted. */
export interface ArtifactScan {
  readonly artifact: ScanReport['artifact'];
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Skipped[];
  readonly stats: ScanReport['stats'];
}

const HASH_BYTES = 1024 * 1024;

/**
 * Opens the artifact in memory and finds the candidates of all its entries. Bad content is never an error: what could not
 * be read is in `skipped`, and everything else was read. Where the medium itself fails, the digest is the empty string.
 *
 * @throws the signal's reason when it is aborted
 */
export async function scanArtifact(source: ByteSource, detector: Detector, options: ScanOptions = {}): Promise<ArtifactScan> {
  const { signal, now = () => performance.now() } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const began = now();
  const hashed = options.sha256 === undefined ? hashing(source) : known(source, options.sha256);
  const scanner = detector.artifact();
  const rows: Skipped[] = [];
  const stats = await walk(hashed.source, limits, visitor(scanner, rows), signal === undefined ? { now } : { now, signal });
  const sha256 = await hashed.digest(signal);
  const { candidates, skipped } = scanner.finish();
  return {
    artifact: { name: source.name, bytes: source.size, sha256 },
    candidates,
    skipped: [...rows, ...skipped],
    stats: { entries: stats.entries, bytes: stats.bytes, ms: Math.round(now() - began) },
  };
}

/** Hands every entry to a scanner of its own. A fault of ours in one entry is a row, and the other entries are read. */
function visitor(scanner: ArtifactScanner, rows: Skipped[]): Visitor {
  let open: { readonly path: readonly string[]; readonly entry: OpenEntry } | null = null;

  function guarded(work: (entry: OpenEntry) => void): void {
    if (open === null) return;
    try {
      work(open.entry);
    } catch {
      // The error is not kept: its message may hold content.
      rows.push({
        path: open.path,
        reason: 'scan-fault',
        detail: 'the scanner failed on this entry, which is a fault of the program',
      });
      open = null;
    }
  }

  return {
    open(path) {
      open = { path, entry: scanner.entry(path) };
    },
    data: (chunk) => guarded((entry) => entry.push(chunk)),
    close() {
      guarded((entry) => entry.end());
      open = null;
    },
    skipped: (row) => rows.push(row),
  };
}

interface Hashing {
  /** The same source, whose bytes are hashed while they are read in order. */
  readonly source: ByteSource;
  /** The digest of all bytes; those that were not read in order are read now. */
  digest(signal: AbortSignal | undefined): Promise<string>;
}

function known(source: ByteSource, sha256: string): Hashing {
  return { source, digest: async () => sha256 };
}

function hashing(source: ByteSource): Hashing {
  const hash = createHash('sha256');
  let hashed = 0;

  function take(offset: number, bytes: Uint8Array): void {
    if (offset > hashed || offset + bytes.length <= hashed) return;
    hash.update(bytes.subarray(hashed - offset));
    hashed = offset + bytes.length;
  }

  return {
    source: source.bytes
      ? source
      : {
          name: source.name,
          size: source.size,
          async read(offset, length, into) {
            const bytes = await source.read(offset, length, into);
            take(offset, bytes);
            return bytes;
          },
        },
    async digest(signal) {
      try {
        while (hashed < source.size) {
          signal?.throwIfAborted();
          const bytes = await source.read(hashed, HASH_BYTES);
          if (bytes.length === 0) return '';
          take(hashed, bytes);
        }
      } catch (error) {
        if (error instanceof UnreadableSource) return '';
        throw error;
      }
      return hash.digest('hex');
    },
  };
}
