import { crc32 } from 'node:zlib';
import type { Budget } from '../budget.ts';
import type { Problem, Reader } from '../reader.ts';
import { HISTORY_BYTES, STOPPED, type Decoder } from './decoder.ts';

/**
 * What a raw deflate stream holds, from the input's position on. The input is left right behind the stream's last byte.
 *
 * Bytes are given to the decoder ahead of time, but passed over in the input only when the decoder took them: that is
 * how the end is known to the byte.
 */
export class InflateReader implements Reader {
  readonly #input: Reader;
  readonly #decoder: Decoder;
  readonly #budget: Budget;
  readonly #maxOut: number;
  /** Indices in the decoder's window: bytes at hand, and the first byte that belongs to the stream. */
  #start = 0;
  #end = 0;
  #oldest = 0;
  #state: 'open' | 'ended' | 'failed' = 'open';
  #problem: Problem | null = null;
  /** Compressed bytes taken, inflated bytes given, and their CRC-32, all of the current stream. */
  bytesIn = 0;
  bytesOut = 0;
  crc = 0;

  /** @param maxOut bytes it gives at most; then it ends with the problem `overlap` */
  constructor(input: Reader, decoder: Decoder, budget: Budget, maxOut = Number.POSITIVE_INFINITY) {
    this.#input = input;
    this.#decoder = decoder;
    this.#budget = budget;
    this.#maxOut = maxOut;
  }

  /** True once the stream came to its own end, whether or not all of its bytes were read. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get available(): number {
    return this.#end - this.#start;
  }

  peek(limit = Number.POSITIVE_INFINITY): Uint8Array {
    return this.#decoder.window.subarray(this.#start, Math.min(this.#end, this.#start + limit));
  }

  skip(bytes: number): void {
    this.#start += bytes;
  }

  /** Goes on with another stream in the input, behind the one that ended; bytes at hand stay at hand. */
  restart(): void {
    this.#decoder.reset();
    this.#oldest = this.#end;
    this.#state = 'open';
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.crc = 0;
  }

  fill(bytes: number): boolean | Promise<boolean> {
    while (this.available < bytes) {
      if (this.#state !== 'open') return false;
      this.#makeRoom();
      if (!this.#run(false)) continue;
      const more = this.#giveInput();
      if (typeof more !== 'boolean') return this.#fillLater(more, bytes);
      if (!more) this.#run(true);
    }
    return true;
  }

  async #fillLater(pending: Promise<boolean>, bytes: number): Promise<boolean> {
    if (await pending) this.#giveFrom();
    else this.#run(true);
    return this.fill(bytes);
  }

  /** True when the decoder wants more input than it was given. */
  #run(closing: boolean): boolean {
    this.#budget.check();
    const from = this.#end;
    const { why, taken, end } = this.#decoder.run(this.#oldest, from, closing);
    this.#input.skip(taken);
    this.bytesIn += taken;
    this.bytesOut += end - from;
    this.#end = end;
    if (end > from) this.crc = crc32(this.#decoder.window.subarray(from, end), this.crc);
    switch (why) {
      case STOPPED.ended:
        this.#state = 'ended';
        break;
      case STOPPED.corrupt:
        this.#fail({ reason: 'corrupt', detail: `the compressed data is damaged after ${this.bytesOut} bytes of content` });
        break;
      case STOPPED.truncated:
        this.#fail(
          this.#input.problem ?? {
            reason: 'truncated',
            detail: `the compressed data ends early, after ${this.bytesOut} bytes of content`,
          },
        );
        break;
      default:
        this.#checkLimits();
    }
    return why === STOPPED.needsInput && this.#state === 'open';
  }

  #fail(problem: Problem): void {
    this.#problem = problem;
    this.#state = 'failed';
  }

  #checkLimits(): void {
    if (this.bytesOut > this.#maxOut) {
      this.#fail({ reason: 'overlap', detail: 'entries that overlap others hold more bytes than are read of such entries' });
    } else if (this.#budget.isBomb(this.bytesIn, this.bytesOut)) {
      const detail = `${this.bytesIn} compressed bytes gave ${this.bytesOut} and more, which looks like a bomb; the rest was not read`;
      this.#fail({ reason: 'limit-ratio', detail });
    }
  }

  #giveInput(): boolean | Promise<boolean> {
    if (this.#giveFrom()) return true;
    const more = this.#input.fill(this.#decoder.held + 1);
    if (more === true) this.#giveFrom();
    return more;
  }

  /** True when there were bytes at hand in the input that the decoder had not been given. */
  #giveFrom(): boolean {
    const { held } = this.#decoder;
    if (this.#input.available <= held) return false;
    this.#decoder.give(this.#input.peek().subarray(held));
    return true;
  }

  /** Keeps the bytes at hand and those that a match may reach back to. */
  #makeRoom(): void {
    if (this.#end < this.#decoder.limit) return;
    const history = Math.min(HISTORY_BYTES, this.#end - this.#oldest);
    const from = this.#end - Math.max(history, this.available);
    this.#decoder.window.copyWithin(0, from, this.#end);
    this.#start -= from;
    this.#end -= from;
    this.#oldest = Math.max(0, this.#oldest - from);
  }
}
