/** Reading bodies within limits of bytes and time. */
import { CrawlError, TooLarge, Unavailable } from '../errors.ts';

export interface BodyLimits {
  /** Bytes, decompressed. */
  readonly maxBytes: number;
  /** Longest wait for the next piece. */
  readonly idleMs: number;
  /** Slowest transfer that is put up with, after `graceMs` of waiting. */
  readonly minBytesPerSecond: number;
  readonly graceMs: number;
}

/**
 * The pieces of `source`, or TooLarge, or Unavailable where the transfer stalls, crawls or breaks. Only the time spent
 * waiting for the network counts: a reader may take its time. `stop` is called once, however the reading ends.
 */
export async function* limited(
  source: AsyncIterable<Uint8Array>,
  url: string,
  limits: BodyLimits,
  stop: (complete: boolean) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = source[Symbol.asyncIterator]();
  let bytes = 0;
  let waitedMs = 0;
  let complete = false;
  try {
    for (;;) {
      const before = performance.now();
      const next = await within(limits.idleMs, pieces.next(), () => stalled(url, bytes, limits.idleMs));
      waitedMs += performance.now() - before;
      if (next.done === true) {
        complete = true;
        return;
      }
      bytes += next.value.byteLength;
      if (bytes > limits.maxBytes) throw tooLarge(url, limits.maxBytes, null);
      if (waitedMs > limits.graceMs + (bytes / limits.minBytesPerSecond) * 1000) {
        throw new Unavailable(
          `the answer came too slowly: ${bytes} bytes in ${Math.round(waitedMs / 1000)} s; tried again later`,
          { url },
        );
      }
      yield next.value;
    }
  } catch (error) {
    if (error instanceof CrawlError) throw error;
    throw new Unavailable(`the answer broke off after ${bytes} bytes (${reasonOf(error)})`, { url });
  } finally {
    stop(complete);
  }
}

export function tooLarge(url: string, maxBytes: number, announced: number | null): TooLarge {
  const size = announced === null ? `more than ${maxBytes}` : String(announced);
  return new TooLarge(`the answer has ${size} bytes, above the limit of ${maxBytes}`, { url });
}

/** Code of a system error, or its class: never its message, which may quote the answer. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : error.name;
}

function stalled(url: string, bytes: number, idleMs: number): Unavailable {
  return new Unavailable(`the answer stalled after ${bytes} bytes: nothing came for ${idleMs / 1000} s`, { url });
}

async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
