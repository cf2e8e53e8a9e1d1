import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import type { Budget } from './budget.ts';
import type { Feed, Problem, Reader } from './reader.ts';

/** `ended`: the deflate stream came to its end; `corrupt`: what comes is no deflate data; `open`: give more room or more input. */
type State = 'open' | 'ended' | 'corrupt';

/** The one part of zlib's binding that is used: inflate from here to there, now. */
interface Binding {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
  reset(): void;
}

/**
 * A raw inflate that writes into a buffer of the caller.
 *
 * node:zlib has no public call for that: its streams allocate fresh memory for every chunk and hop through the thread
 * pool, `inflateRawSync` does the same for a whole entry, and page faults then cost more than inflating (the bench in
 * `walk.bench.ts` shows it). So this talks to the binding below `InflateRaw`, as pngjs and minizlib have for years, and
 * says so plainly where a future Node has another shape.
 */
export class Inflater {
  readonly #stream: InflateRaw;
  readonly #binding: Binding;
  readonly #left: Uint32Array;
  state: State = 'open';
  /** Bytes taken and given by the last `run`. */
  consumed = 0;
  produced = 0;

  constructor() {
    this.#stream = createInflateRaw();
    const internals = internalsOf(this.#stream);
    this.#binding = internals.binding;
    this.#left = internals.left;
    Reflect.set(internals.binding, 'onerror', () => {
      this.state = 'corrupt';
    });
  }

  /** Ready for another deflate stream. */
  reset(): void {
    this.#binding.reset();
    this.state = 'open';
  }

  run(input: Uint8Array, output: Uint8Array, outputOffset: number): void {
    const room = output.length - outputOffset;
    this.#binding.writeSync(0, input, 0, input.length, output, outputOffset, room);
    if (this.state === 'corrupt') {
      this.consumed = 0;
      this.produced = 0;
      return;
    }
    const [roomLeft = 0, inputLeft = 0] = this.#left;
    this.consumed = input.length - inputLeft;
    this.produced = room - roomLeft;
    // Zlib leaves input and room untouched only behind the last block.
    if (inputLeft > 0 && roomLeft > 0) this.state = 'ended';
  }

  close(): void {
    this.#stream.close();
  }
}

function internalsOf(stream: InflateRaw): { binding: Binding; left: Uint32Array } {
  const binding: unknown = Reflect.get(stream, '_handle');
  const left: unknown = Reflect.get(stream, '_writeState');
  if (!isBinding(binding) || !(left instanceof Uint32Array)) {
    throw new Error(`Node ${process.version} has another zlib binding than the archive reader knows; use Node 24`);
  }
  return { binding, left };
}

function isBinding(value: unknown): value is Binding {
  if (typeof value !== 'object' || value === null) return false;
  return typeof Reflect.get(value, 'writeSync') === 'function' && typeof Reflect.get(value, 'reset') === 'function';
}

/** Inflaters for reuse: making one costs more than inflating a small file. */
export class InflaterPool {
  readonly #free: Inflater[] = [];

  take(): Inflater {
    const inflater = this.#free.pop();
    if (!inflater) return new Inflater();
    inflater.reset();
    return inflater;
  }

  give(inflater: Inflater): void {
    this.#free.push(inflater);
  }

  [Symbol.dispose](): void {
    for (const inflater of this.#free.splice(0)) inflater.close();
  }
}

const ONE_BYTE = new Uint8Array(1);
const NOWHERE = new Uint8Array(1);

/** One raw deflate stream, from the input's position on. The input is left right behind its last byte. */
export class InflateFeed implements Feed {
  readonly #input: Reader;
  readonly #inflater: Inflater;
  readonly #budget: Budget;
  #problem: Problem | null = null;
  bytesIn = 0;
  bytesOut = 0;
  /** CRC-32 of all bytes given so far. */
  crc = 0;
  readonly #maxOut: number;

  /** @param maxOut bytes it gives at most; then it ends with the problem `overlap` */
  constructor(input: Reader, inflater: Inflater, budget: Budget, maxOut = Number.POSITIVE_INFINITY) {
    this.#input = input;
    this.#inflater = inflater;
    this.#budget = budget;
    this.#maxOut = maxOut;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  /** True once the stream came to its own end. */
  get ended(): boolean {
    return this.#inflater.state === 'ended' && this.#problem === null;
  }

  pull(into: Uint8Array, from: number): number | Promise<number> {
    while (this.#problem === null && this.#inflater.state === 'open') {
      if (this.#input.available === 0) {
        const more = this.#input.fill(1);
        if (typeof more !== 'boolean') return this.#pullLater(more, into, from);
        if (!more) return this.#inputEnded();
      }
      const produced = this.#step(into, from);
      if (produced > 0) return produced;
    }
    return 0;
  }

  async #pullLater(more: Promise<boolean>, into: Uint8Array, from: number): Promise<number> {
    if (!(await more)) return this.#inputEnded();
    return this.pull(into, from);
  }

  #step(into: Uint8Array, from: number): number {
    const inflater = this.#inflater;
    inflater.run(this.#input.peek(), into, from);
    this.#input.skip(inflater.consumed);
    this.bytesIn += inflater.consumed;
    this.bytesOut += inflater.produced;
    if (inflater.produced > 0) this.crc = crc32(into.subarray(from, from + inflater.produced), this.crc);
    if (inflater.state === 'corrupt') {
      this.#problem = { reason: 'corrupt', detail: `the compressed data is damaged after ${this.bytesOut} bytes` };
    } else if (this.bytesOut > this.#maxOut) {
      this.#problem = { reason: 'overlap', detail: 'entries that overlap others hold more bytes than are read of such entries' };
    } else if (this.#budget.isBomb(this.bytesIn, this.bytesOut)) {
      const { ratio } = this.#budget.limits;
      this.#problem = {
        reason: 'limit-ratio',
        detail: `${this.bytesIn} compressed bytes gave ${this.bytesOut} and more, over ${ratio} times as many; the rest was not read`,
      };
    }
    return inflater.produced;
  }

  #inputEnded(): number {
    // Whether the last block is complete shows when zlib is offered one more byte.
    this.#inflater.run(ONE_BYTE, NOWHERE, 0);
    if (this.#inflater.state === 'ended') return 0;
    this.#problem = this.#input.problem ?? {
      reason: 'truncated',
      detail: `the compressed data ends early, after ${this.bytesOut} bytes of content`,
    };
    return 0;
  }
}
