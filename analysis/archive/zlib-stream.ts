import { createBrotliDecompress, createZstdDecompress } from 'node:zlib';
import type { Budget } from './budget.ts';
import { FeedReader, type Feed, type Problem, type Reader } from './reader.ts';
import type { Unpacked } from './unpack.ts';
import type { Walker } from './walker.ts';

/** Compressed bytes that are given at a time: at damage, what came of the last ones is lost. */
const GIVEN_BYTES = 16 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** A Zstandard file, by node:zlib: its frames one after another are one content. */
export function openZstd(input: Reader, walker: Walker): Unpacked {
  return open(input, 'zstd', () => createZstdDecompress({ chunkSize: CHUNK_BYTES }), walker.budget);
}

/** A brotli file, by node:zlib. */
export function openBrotli(input: Reader, walker: Walker): Unpacked {
  return open(input, 'brotli', () => createBrotliDecompress({ chunkSize: CHUNK_BYTES }), walker.budget);
}

type Decompressor = ReturnType<typeof createZstdDecompress> | ReturnType<typeof createBrotliDecompress>;

function open(input: Reader, format: 'zstd' | 'brotli', create: () => Decompressor, budget: Budget): Unpacked {
  const feed = new StreamFeed(input, format, create, budget);
  return Object.assign(new FeedReader(feed), { close: () => feed.close() });
}

/**
 * Gives input and takes output strictly in turns: the input is shared with others, who go on with it behind the last byte
 * that belongs to the compressed data, so nothing may read it in the background as a pipeline would.
 */
class StreamFeed implements Feed {
  readonly #input: Reader;
  readonly #format: 'zstd' | 'brotli';
  readonly #create: () => Decompressor;
  readonly #budget: Budget;
  #decompressor: Decompressor;
  #rest: Uint8Array = new Uint8Array();
  #bytesIn = 0;
  #bytesOut = 0;
  #problem: Problem | null = null;
  #state: 'open' | 'closing' | 'ended' = 'open';
  #writing = false;
  #error: unknown = null;
  #wake: () => void = () => {};

  constructor(input: Reader, format: 'zstd' | 'brotli', create: () => Decompressor, budget: Budget) {
    this.#input = input;
    this.#format = format;
    this.#create = create;
    this.#budget = budget;
    this.#decompressor = this.#begin();
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  close(): void {
    this.#decompressor.destroy();
  }

  async pull(into: Uint8Array, from: number): Promise<number> {
    while (this.#rest.length === 0) {
      if (this.#problem || !(await this.#next())) return 0;
    }
    const given = this.#rest.subarray(0, into.length - from);
    into.set(given, from);
    this.#rest = this.#rest.subarray(given.length);
    return given.length;
  }

  #begin(): Decompressor {
    const decompressor = this.#create();
    const ended = (error: unknown): void => {
      if (decompressor !== this.#decompressor) return;
      this.#state = 'ended';
      this.#error ??= error;
      // After an error the write in progress is never answered.
      if (error) this.#writing = false;
      this.#wake();
    };
    decompressor.on('readable', () => this.#wake());
    decompressor.on('end', () => ended(null));
    decompressor.on('error', ended);
    decompressor.on('close', () => ended(null));
    return decompressor;
  }

  /** False at the end. */
  async #next(): Promise<boolean> {
    for (;;) {
      const chunk: unknown = this.#decompressor.read();
      if (chunk instanceof Uint8Array) {
        this.#took(chunk);
        return true;
      }
      if (this.#state === 'ended' && !this.#writing) {
        if (this.#error) this.#problem = this.#problemOf(this.#error);
        if (this.#error || !(await this.#anotherFrame())) return false;
      }
      if (this.#state === 'open' && !this.#writing) await this.#give();
      await this.#somethingToHappen();
    }
  }

  /** node:zlib ends with the first frame; so each one gets a decompressor of its own. */
  async #anotherFrame(): Promise<boolean> {
    if (this.#format !== 'zstd') return false;
    await this.#input.fill(4);
    const [first = 0, second = 0, third, fourth] = this.#input.peek(4);
    const isFrame = first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd;
    const isSkippable = first >> 4 === 5 && second === 0x2a && third === 0x4d && fourth === 0x18;
    if (!isFrame && !isSkippable) return false;
    this.#decompressor.destroy();
    this.#decompressor = this.#begin();
    this.#state = 'open';
    return true;
  }

  #took(chunk: Uint8Array): void {
    this.#rest = chunk;
    this.#bytesOut += chunk.length;
    if (!this.#budget.isBomb(this.#bytesIn, this.#bytesOut)) return;
    const detail = `${this.#bytesIn} compressed bytes gave ${this.#bytesOut} and more; the rest was not read`;
    this.#problem = { reason: 'limit-ratio', detail };
  }

  async #give(): Promise<void> {
    const decompressor = this.#decompressor;
    if (this.#input.available === 0 && !(await this.#input.fill(1))) {
      this.#state = 'closing';
      decompressor.end();
      return;
    }
    // A copy: a decompressor that is closed early may still be at work in its thread.
    const part = this.#input.peek(GIVEN_BYTES).slice();
    const before = decompressor.bytesWritten;
    this.#writing = true;
    decompressor.write(part, () => {
      this.#writing = false;
      const taken = Math.min(part.length, decompressor.bytesWritten - before);
      this.#bytesIn += taken;
      this.#input.skip(taken);
      // What it leaves is not its own: the end is about to be told.
      if (taken < part.length && this.#state === 'open') this.#state = 'closing';
      this.#wake();
    });
  }

  async #somethingToHappen(): Promise<void> {
    if (!this.#writing && this.#state !== 'closing') return;
    if (this.#decompressor.readableLength > 0) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #problemOf(error: unknown): Problem {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'Z_BUF_ERROR' && code !== 'ERR__ERROR_FORMAT_UNEXPECTED_END') {
      return { reason: 'corrupt', detail: `the ${this.#format} data is damaged after ${this.#bytesOut} bytes of content` };
    }
    const detail = `the ${this.#format} data ends early, after ${this.#bytesOut} bytes of content`;
    return this.#input.problem ?? { reason: 'truncated', detail };
  }
}
