import type { Budget } from './budget.ts';
import type { Reader } from './reader.ts';
import type { ByteSource } from './source.ts';

/** Where a reader of archives stands. */
export interface At {
  /** Names from the artifact down to this file. */
  readonly path: readonly string[];
  /** How many archives this file lies in, the artifact's own layers not counted. */
  readonly depth: number;
  /** Bytes of the file, where the archive says so. */
  readonly size: number | null;
  /** The same bytes for reading anywhere, where that is possible. */
  readonly source: ByteSource | null;
  /** True for what came out of a bare compression (a .gz), which adds no name of its own. */
  readonly unpacked: boolean;
  /** True for a member of the artifact's outermost plain tar: a gem's data.tar.gz is a part of the gem, not an archive in it. */
  readonly inEnvelope: boolean;
}

/** What the readers of the archive formats may do. */
export interface Walker {
  readonly budget: Budget;
  /** Opens what `reader` holds by its content, or delivers it. Bytes may be left unread. */
  member(reader: Reader, at: At): Promise<void>;
  /** Delivers bytes as they are, as a file of this path. */
  deliver(reader: Reader, path: readonly string[], size: number | null): Promise<void>;
  /** Passes over what is left in `reader`. */
  drain(reader: Reader): Promise<void>;
  /** Records what was not read, or not for certain. */
  skipped(path: readonly string[], reason: string, detail: string): void;
  /** Records what is odd and was read all the same. */
  noted(path: readonly string[], reason: string, detail: string): void;
  counted(what: 'containers' | 'folders' | 'links' | 'devices'): void;
}

/** A member of the archive at `at`. */
export function inside(at: At, name: string, size: number | null, source: ByteSource | null = null): At {
  return { path: [...at.path, name], depth: at.depth + 1, size, source, unpacked: false, inEnvelope: false };
}
