import type { Skipped } from '../../data/model.ts';
import { readAr } from './ar.ts';
import { readAsar } from './asar.ts';
import { Budget, Exhausted } from './budget.ts';
import type { WalkLimits } from './limits.ts';
import { SourceReader, type Reader } from './reader.ts';
import { RewoundReader, gather } from './rewind.ts';
import { SNIFF_BYTES, describeUnreadable, mayHoldZip, sniff, type Kind } from './sniff.ts';
import { bytesSource, UnreadableSource, type ByteSource } from './source.ts';
import { readTar } from './tar/tar.ts';
import { COMPRESSIONS, readUnpacked, type Compression } from './unpack.ts';
import type { At, Walker } from './walker.ts';
import { readZipDirectory } from './zip/directory.ts';
import { readLocalHeader } from './zip/stream.ts';
import { readZip, readZipForward } from './zip/zip.ts';

/** Bytes that the visitor gets at a time, at most: enough to make calls cheap, little enough to stay in the cache. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Gets what the walk finds, one file after another, each as `open`, any number of `data`, `close`. All calls are
 * synchronous; what they throw ends the walk.
 */
export interface Visitor {
  /**
   * A file begins. A path element in round brackets stands for bytes that belong to no file, such as data behind a gzip
   * stream.
   *
   * @param path one element per nesting level, the artifact's file name first
   * @param declaredSize bytes as the archive states them, where it does; it may lie
   */
  open(path: readonly string[], declaredSize: number | null): void;
  /** The next bytes; `chunk` must not be kept or changed, its memory is used again when the call returns. */
  data(chunk: Uint8Array): void;
  /** The file ends. `complete` is false where bytes are missing, for a reason that `skipped` is told. */
  close(outcome: { readonly bytes: number; readonly complete: boolean }): void;
  /** Something was not read, or not for certain. May come while a file is open. */
  skipped(row: Skipped): void;
  /** Something is odd and was read all the same, such as entries that a zip's directory hides. */
  noted?(row: Skipped): void;
}

export interface WalkStats {
  /**
   * Files delivered, at any depth. An archive inside the artifact counts by its files, not by itself; a compressed file
   * counts once; folders, links and bytes that belong to no file do not count. So a wheel, a .nupkg or an npm tarball has
   * as many as its own tool lists files, and a gem two more than `gem` (its metadata and its checksums).
   */
  readonly entries: number;
  /** Bytes delivered. */
  readonly bytes: number;
  /** Archives and compressed files opened. */
  readonly containers: number;
  readonly folders: number;
  readonly links: number;
  readonly devices: number;
}

export interface WalkOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Reads everything in an artifact: opens by content, in memory, nested to a depth, and tells the visitor every file's
 * bytes. Nothing is written, followed or executed. Broken and hostile parts become rows (`Visitor.skipped`), and what can
 * be read of the rest is read.
 *
 * @throws what the visitor throws, and the signal's reason when it is aborted
 */
export async function walk(
  source: ByteSource,
  limits: WalkLimits,
  visitor: Visitor,
  options: WalkOptions = {},
): Promise<WalkStats> {
  const budget = new Budget(limits, source.size, options.now ?? (() => performance.now()), options.signal);
  const walker = new ArtifactWalker(budget, visitor);
  try {
    await walker.artifact(source);
  } catch (error) {
    // Anything else is the visitor's, the caller's or a mistake of ours.
    if (!(error instanceof Exhausted) && !(error instanceof UnreadableSource)) throw error;
    walker.skipped(walker.lastPath ?? [source.name], error.reason, error.message);
  }
  walker.closeRows(source.name);
  return walker.stats;
}

class ArtifactWalker implements Walker {
  readonly budget: Budget;
  readonly #visitor: Visitor;
  readonly #stats = { entries: 0, bytes: 0, containers: 0, folders: 0, links: 0, devices: 0 };
  readonly #untold = new Map<string, { readonly kind: 'skipped' | 'noted'; readonly row: Skipped; readonly count: number }>();
  #rows = 0;
  lastPath: readonly string[] | null = null;

  constructor(budget: Budget, visitor: Visitor) {
    this.budget = budget;
    this.#visitor = visitor;
  }

  get stats(): WalkStats {
    return { ...this.#stats };
  }

  async artifact(source: ByteSource): Promise<void> {
    const reader = new SourceReader(source);
    const path = [source.name];
    if (!(await reader.fill(1))) {
      this.skipped(path, 'empty', 'the file is empty');
      return;
    }
    await this.member(reader, { path, depth: 0, size: source.size, source, unpacked: false, inEnvelope: false });
    if (this.#stats.containers === 0) {
      this.skipped(path, 'not-an-archive', 'the file is no archive that can be read; it was searched as it is');
    }
  }

  async member(reader: Reader, at: At): Promise<void> {
    if (reader.available < SNIFF_BYTES) {
      const filled = reader.fill(SNIFF_BYTES);
      if (typeof filled !== 'boolean') await filled;
    }
    const head = reader.peek(SNIFF_BYTES);
    const name = at.path.at(-1) ?? '';
    // The name of a brotli file has told what it had to tell.
    const kind = sniff(head, at.unpacked ? '' : name);
    // An artifact is looked at closely, whatever its name.
    if (kind === null && at.depth > 0 && !mayHoldZip(head, name)) return this.#leaf(reader, at);
    const compressed = COMPRESSIONS.some((compression) => compression === kind);
    const level = at.inEnvelope && compressed ? at.depth - 1 : at.depth;
    if (level <= this.budget.limits.depth) return this.#open(kind ?? 'program', reader, at);
    if (kind !== null && kind !== 'brotli') {
      const { depth } = this.budget.limits;
      this.skipped(at.path, 'limit-depth', `the archive lies deeper than ${depth} levels; it was searched as it is, not opened`);
    }
    return this.#leaf(reader, at);
  }

  async #open(kind: Kind | 'program', reader: Reader, at: At): Promise<void> {
    switch (kind) {
      case 'tar':
        return this.#counted(() => readTar(reader, at, this));
      case 'ar':
        return this.#counted(() => readAr(reader, at, this));
      case 'asar':
        return this.#counted(() => readAsar(reader, at, this));
      case 'zip':
      case 'program':
        return this.#zip(kind, reader, at);
      case 'unreadable':
        return this.#unreadable(reader, at);
      default:
        return this.#compressed(kind, reader, at);
    }
  }

  async #unreadable(reader: Reader, at: At): Promise<void> {
    const what = describeUnreadable(reader.peek(SNIFF_BYTES));
    this.skipped(at.path, 'compression-unsupported', `the file is ${what}, which is not opened; it was searched as it is`);
    await this.#leaf(reader, at);
  }

  async #compressed(kind: Compression, reader: Reader, at: At): Promise<void> {
    const failed = await readUnpacked(kind, reader, unpackedFrom(at), this);
    if (!failed) return;
    // A name alone is no promise.
    if (kind !== 'brotli') {
      const { reason, detail } = failed.problem;
      this.skipped(at.path, reason, `the file begins like ${kind} data, but ${detail}; it was searched as it is`);
    }
    await this.#leaf(failed.again, at);
  }

  async #counted(read: () => Promise<void>): Promise<void> {
    this.#stats.containers += 1;
    await read();
  }

  /** A zip is read by the directory at its end: where it is not in memory or in a file anyway, it is held in memory. */
  async #zip(kind: 'zip' | 'program', reader: Reader, at: At): Promise<void> {
    if (at.source) return this.#zipIn(kind, at.source, at);
    const held = this.budget.hold(at.size);
    try {
      const { bytes, whole } = await gather(reader, held, at.size);
      if (whole) await this.#zipIn(kind, bytesSource(at.path.at(-1) ?? '', bytes), at);
      else if (kind === 'zip') await this.#counted(() => readZipForward(new RewoundReader(bytes, reader), at, this));
      else await this.#leaf(new RewoundReader(bytes, reader), at);
    } finally {
      this.budget.release(held);
    }
  }

  async #zipIn(kind: 'zip' | 'program', source: ByteSource, at: At): Promise<void> {
    const directory = await readZipDirectory(source, this.budget.limits.entries + 1);
    if (directory && (kind === 'zip' || directory.entries.length > 0)) {
      return this.#counted(() => readZip(source, directory, at, this));
    }
    const reader = new SourceReader(source);
    if (kind === 'zip' && (await readLocalHeader(reader))) {
      this.skipped(
        at.path,
        'truncated',
        'the zip has no central directory; it was read from front to back, files may be missing',
      );
      return this.#counted(() => readZipForward(reader, at, this));
    }
    if (kind === 'zip') this.skipped(at.path, 'corrupt', 'the file begins like a zip, but is none; it was searched as it is');
    await this.#leaf(reader, at);
  }

  async deliver(reader: Reader, path: readonly string[], size: number | null): Promise<void> {
    await this.#read(reader, path, size);
  }

  async #leaf(reader: Reader, at: At): Promise<void> {
    this.#stats.entries += 1;
    await this.#read(reader, at.path, at.size);
  }

  async #read(reader: Reader, path: readonly string[], size: number | null): Promise<void> {
    const { entryBytes } = this.budget.limits;
    const visitor = this.#visitor;
    let bytes = 0;
    let complete = false;
    this.lastPath = path;
    visitor.open(path, size);
    try {
      for (;;) {
        if (reader.available === 0) {
          const more = reader.fill(1);
          if (!(typeof more === 'boolean' ? more : await more)) break;
        }
        const chunk = reader.peek(Math.min(CHUNK_BYTES, entryBytes - bytes));
        if (chunk.length === 0) break;
        visitor.data(chunk);
        reader.skip(chunk.length);
        bytes += chunk.length;
        this.#stats.bytes += chunk.length;
        const pause = this.budget.spend(chunk.length);
        if (pause) await pause;
      }
      complete = reader.available === 0 && reader.problem === null;
    } finally {
      visitor.close({ bytes, complete });
    }
    if (reader.available > 0)
      this.skipped(path, 'limit-entry-bytes', `the file has more than ${entryBytes} bytes; the rest was not read`);
  }

  async drain(reader: Reader): Promise<void> {
    for (;;) {
      if (reader.available === 0 && !(await reader.fill(1))) return;
      const bytes = reader.available;
      reader.skip(bytes);
      const pause = this.budget.spend(bytes);
      if (pause) await pause;
    }
  }

  skipped(path: readonly string[], reason: string, detail: string): void {
    this.#row('skipped', { path, reason, detail });
  }

  noted(path: readonly string[], reason: string, detail: string): void {
    this.#row('noted', { path, reason, detail });
  }

  #row(kind: 'skipped' | 'noted', row: Skipped): void {
    this.#rows += 1;
    if (this.#rows <= this.budget.limits.rows) return this.#tell(kind, row);
    const key = `${kind} ${row.reason}`;
    this.#untold.set(key, { kind, row, count: (this.#untold.get(key)?.count ?? 0) + 1 });
  }

  #tell(kind: 'skipped' | 'noted', row: Skipped): void {
    if (kind === 'skipped') this.#visitor.skipped(row);
    else this.#visitor.noted?.(row);
  }

  closeRows(name: string): void {
    for (const { kind, row, count } of this.#untold.values()) {
      this.#tell(kind, { path: [name], reason: row.reason, detail: `${count} more of this kind in the artifact` });
    }
  }

  counted(what: 'containers' | 'folders' | 'links' | 'devices'): void {
    this.#stats[what] += 1;
  }
}

/** What comes out of a bare compression: a level deeper only where it came out of one itself. */
function unpackedFrom(at: At): At {
  const depth = at.depth + (at.unpacked ? 1 : 0) - (at.inEnvelope ? 1 : 0);
  return { ...at, depth, size: null, source: null, unpacked: true, inEnvelope: false };
}
