import type { Skipped } from '../../data/model.ts';
import { Budget, Exhausted } from './budget.ts';
import { readGzip } from './gzip.ts';
import type { WalkLimits } from './limits.ts';
import { RewoundReader, SourceReader, gather, type Reader } from './reader.ts';
import { SNIFF_BYTES, sniff } from './sniff.ts';
import { bytesSource, UnreadableSource, type ByteSource } from './source.ts';
import { readTar } from './tar.ts';
import { isTarHeader } from './tar-header.ts';
import type { At, Walker } from './walker.ts';
import { readZip, readZipForward } from './zip.ts';
import { readZipDirectory } from './zip-directory.ts';

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
  /** Something could not be read, or only differently than its archive promises. May come while a file is open. */
  skipped(row: Skipped): void;
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
  readonly #unshown = new Map<string, number>();
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
    await reader.fill(SNIFF_BYTES);
    const head = reader.peek(SNIFF_BYTES);
    const path = [source.name];
    if (head.length === 0) {
      this.skipped(path, 'empty', 'the file is empty');
      return;
    }
    const at: At = { path, depth: 0, size: source.size, source, unpacked: false, inEnvelope: false };
    if (sniff(head) === null && !isTarHeader(head)) {
      if (await readZipDirectory(source, 1)) return this.#counted(() => readZip(source, at, this));
      this.skipped(path, 'not-an-archive', 'the file is no archive that can be read; it was searched as it is');
      return this.#leaf(reader, path, source.size);
    }
    await this.member(reader, at);
  }

  async member(reader: Reader, at: At): Promise<void> {
    if (reader.available < SNIFF_BYTES) {
      const filled = reader.fill(SNIFF_BYTES);
      if (typeof filled !== 'boolean') await filled;
    }
    const head = reader.peek(SNIFF_BYTES);
    const kind = sniff(head) ?? (isTarHeader(head) ? 'tar' : null);
    if (kind === null) return this.#leaf(reader, at.path, at.size);
    if (at.depth > this.budget.limits.depth) {
      this.skipped(
        at.path,
        'limit-depth',
        `the archive lies deeper than ${this.budget.limits.depth} levels; it was searched as it is, not opened`,
      );
      return this.#leaf(reader, at.path, at.size);
    }
    switch (kind) {
      case 'tar':
        return this.#counted(() => readTar(reader, at, this));
      case 'zip':
        return this.#zip(reader, at);
      case 'gzip':
        return this.#counted(() => readGzip(reader, this.#unpacked(at), this));
      default:
        this.skipped(
          at.path,
          'compression-unsupported',
          `the file is of the kind ${kind}, which is not opened; it was searched as it is`,
        );
        return this.#leaf(reader, at.path, at.size);
    }
  }

  /** What comes out of a bare compression: a level deeper only where it came out of one itself. */
  #unpacked(at: At): At {
    const depth = at.depth + (at.unpacked ? 1 : 0) - (at.inEnvelope ? 1 : 0);
    return { ...at, depth, size: null, source: null, unpacked: true, inEnvelope: false };
  }

  async #counted(read: () => Promise<void>): Promise<void> {
    this.#stats.containers += 1;
    await read();
  }

  async #zip(reader: Reader, at: At): Promise<void> {
    const { source } = at;
    if (source) return this.#counted(() => readZip(source, at, this));
    const held = this.budget.hold(at.size);
    try {
      const { bytes, whole } = await gather(reader, held);
      const name = at.path.at(-1) ?? '';
      if (whole) await this.#counted(() => readZip(bytesSource(name, bytes), at, this));
      else await this.#counted(() => readZipForward(new RewoundReader(bytes, reader), at, this));
    } finally {
      this.budget.release(held);
    }
  }

  async deliver(reader: Reader, path: readonly string[], size: number | null): Promise<void> {
    await this.#read(reader, path, size);
  }

  async #leaf(reader: Reader, path: readonly string[], size: number | null): Promise<void> {
    this.#stats.entries += 1;
    await this.#read(reader, path, size);
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
        const chunk = reader.peek(entryBytes - bytes);
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
    this.#rows += 1;
    if (this.#rows <= this.budget.limits.rows) this.#visitor.skipped({ path, reason, detail });
    else this.#unshown.set(reason, (this.#unshown.get(reason) ?? 0) + 1);
  }

  closeRows(name: string): void {
    for (const [reason, count] of this.#unshown) {
      this.#visitor.skipped({ path: [name], reason, detail: `${count} more of this kind in the artifact` });
    }
  }

  counted(what: 'containers' | 'folders' | 'links' | 'devices'): void {
    this.#stats[what] += 1;
  }
}
