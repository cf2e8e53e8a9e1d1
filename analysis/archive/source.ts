import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';

/** Bytes that can be read anywhere, so that an artifact of any size never has to be in memory. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** All bytes, where they are in memory anyway. */
  readonly bytes?: Uint8Array;
  /**
   * The bytes from `offset`: at most `length`, none only at the end. The result may be a view of `into` (which then has at
   * least `length` bytes) or of the source's own memory: it must not be changed.
   *
   * @throws {UnreadableSource} when the medium fails
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
}

/** A source that cannot be read, with a slug and a sentence for `Skipped`. */
export class UnreadableSource extends Error {
  readonly reason: string;

  constructor(reason: string, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'UnreadableSource';
    this.reason = reason;
  }
}

export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    bytes,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

/** `length` bytes of another source from `offset`, as a source of its own. */
export function rangeSource(source: ByteSource, offset: number, length: number): ByteSource {
  const size = Math.max(0, Math.min(length, source.size - offset));
  const shared = { name: source.name, size };
  if (source.bytes) return bytesSource(source.name, source.bytes.subarray(offset, offset + size));
  return {
    ...shared,
    read(at, wanted, into) {
      const start = Math.min(at, size);
      return source.read(offset + start, Math.min(wanted, size - start), into);
    },
  };
}

export type FileSource = ByteSource & Disposable;

/**
 * Opens a regular file. Links, folders, devices, pipes and sockets are refused before anything is opened.
 *
 * It is read by this thread itself: whoever reads has nothing else to do meanwhile, and handing each read to another thread
 * takes several times as long as reading from the system's cache.
 *
 * @throws {UnreadableSource} reasons `not-a-file`, `link`, `not-found`, `unreadable`
 */
export function fileSource(path: string, name: string): FileSource {
  refuseSpecialFiles(opening(() => lstatSync(path)));
  // The file may have been replaced since: no link is followed, and opening a pipe does not wait.
  const file = opening(() => openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
  try {
    const stats = fstatSync(file);
    refuseSpecialFiles(stats);
    return openSource(file, name, stats.size);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function opening<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw cannotOpen(error);
  }
}

function refuseSpecialFiles(stats: Stats): void {
  if (stats.isFile()) return;
  if (stats.isSymbolicLink()) {
    throw new UnreadableSource('link', 'expected a file, found a symbolic link; links are not followed, give the file itself');
  }
  const kind = stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device';
  throw new UnreadableSource('not-a-file', `expected a file, found ${kind}`);
}

function cannotOpen(error: unknown): UnreadableSource {
  const code = codeOf(error);
  if (code === 'ENOENT') return new UnreadableSource('not-found', 'there is no such file', { cause: error });
  if (code === 'ELOOP') return new UnreadableSource('link', 'expected a file, found a symbolic link', { cause: error });
  return new UnreadableSource('unreadable', `the file cannot be opened (${code}); check its permissions`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

function openSource(file: number, name: string, size: number): FileSource {
  return {
    name,
    size,
    async read(offset, length, into) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const buffer = into ?? Buffer.allocUnsafeSlow(wanted);
      try {
        let got = 0;
        while (got < wanted) {
          const count = readSync(file, buffer, got, wanted - got, offset + got);
          if (count === 0) break;
          got += count;
        }
        return buffer.subarray(0, got);
      } catch (error) {
        throw new UnreadableSource('unreadable', `the file cannot be read further (${codeOf(error)})`, { cause: error });
      }
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}
