/** Reading bodies within limits of bytes and time. */
import { CrawlError, TooLarge, Unavailable } from '../errors.ts';

export interface BodyLimits {
  /** Bytes, decompressed. */
  readonly maxBytes: number;
  /** Longest wait for the next piece. */
  readonly idleMs: number;
  /** Slowest transfer that is put up with, once `graceMs` have been spent waiting. */
  readonly minBytesPerSecond: number;
  readonly graceMs: number;
  /** Longest pause of a reader, after which the connection is given up: it must not stay taken for ever. */
  readonly abandonMs: number;
}

/**
 * The pieces of `source`, or TooLarge, or Unavailable where the transfer stalls, crawls or breaks. Only time spent waiting
 * for the network counts: a reader may take its time, up to `abandonMs`. `stop` is called exactly once, with true where the
 * body was read to its end. `signal` must end `source` too; it only says why.
 */
export function limited(
  source: AsyncIterable<Uint8Array>,
  url: string,
  limits: BodyLimits,
  signal: AbortSignal,
  stop: (complete: boolean) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let hasStopped = false;
  function stopOnce(complete: boolean): void {
    if (hasStopped) return;
    hasStopped = true;
    clearTimeout(abandoned);
    stop(complete);
  }
  // Also runs when the body is never looked at: a generator that was not started ends nothing by itself.
  // It is no reason for a process to live on whose connections are closed.
  const abandoned = setTimeout(() => stopOnce(false), limits.abandonMs).unref();

  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = source[Symbol.asyncIterator]();
    let bytes = 0;
    let waitedMs = 0;
    let isComplete = false;
    try {
      for (;;) {
        if (hasStopped)
          throw new Unavailable(`the answer was not read for ${limits.abandonMs / 1000} s and was given up`, { url });
        const before = performance.now();
        const next = await within(limits.idleMs, iterator.next(), () => stalled(url, bytes, limits.idleMs));
        waitedMs += performance.now() - before;
        if (next.done === true) {
          isComplete = true;
          return;
        }
        bytes += next.value.byteLength;
        if (bytes > limits.maxBytes) throw tooLarge(url, limits.maxBytes, null);
        if (waitedMs > limits.graceMs + (bytes / limits.minBytesPerSecond) * 1000) throw tooSlow(url, bytes, waitedMs);
        abandoned.refresh();
        yield next.value;
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof CrawlError) throw error;
      throw new Unavailable(`the answer broke off after ${bytes} bytes (${reasonOf(error)})`, { url });
    } finally {
      stopOnce(isComplete);
    }
  }

  const generator = pieces();
  const end = generator.return.bind(generator);
  // A generator that has not started runs no `finally`.
  generator.return = (value) => {
    stopOnce(false);
    return end(value);
  };
  return generator;
}

export function tooLarge(url: string, maxBytes: number, announced: number | null): TooLarge {
  const size = announced === null ? `more than ${maxBytes}` : String(announced);
  return new TooLarge(`the answer has ${size} bytes, above the limit of ${maxBytes}`, { url });
}

/** Code of a system error, or its class: never its message, which may quote the answer. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function stalled(url: string, bytes: number, idleMs: number): Unavailable {
  return new Unavailable(`the answer stalled after ${bytes} bytes: nothing came for ${idleMs / 1000} s`, { url });
}

function tooSlow(url: string, bytes: number, waitedMs: number): Unavailable {
  return new Unavailable(`the answer came too slowly: ${bytes} bytes in ${Math.round(waitedMs / 1000)} s of waiting`, { url });
}

export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
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

/**
 * Reads a body that nobody asked for (of an error, of a redirect) to its end, so that the connection can serve the next
 * request; gives it up where it is long or slow. Returns what came. Never throws.
 */
export async function drain(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
  maxBytes: number,
  maxMs: number,
): Promise<Buffer> {
  const all: Uint8Array[] = [];
  let bytes = 0;
  const deadline = performance.now() + maxMs;
  try {
    while (bytes < maxBytes) {
      const next = await within(Math.max(1, deadline - performance.now()), pieces.next(), () => new Unavailable('too slow'));
      if (next.done === true) break;
      all.push(next.value);
      bytes += next.value.byteLength;
    }
  } catch {
    // An error whose page breaks off is still the same error.
  }
  // Not awaited: where a piece is still outstanding, the end of the generator waits for it.
  void pieces.return().catch(() => undefined);
  return Buffer.concat(all).subarray(0, maxBytes);
}
