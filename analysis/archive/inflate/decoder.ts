import { readFileSync } from 'node:fs';

/** Why the decoder stopped. */
export const STOPPED = { needsInput: 0, outputFull: 1, ended: 2, corrupt: 3, truncated: 4 } as const;

/** Bytes of compressed input and of inflated output that the module has room for, as in `inflate.as`. */
export const INPUT_BYTES = 64 * 1024;
const WINDOW_BYTES = 384 * 1024;
/** A match of 258 bytes may begin right in front of the limit, and its copy may pass its end. */
const SLACK_BYTES = 512;
const KEPT_DECODERS = 16;
/** How far back a match may reach. */
export const HISTORY_BYTES = 32 * 1024;

// Neither the language's library nor Node's types name it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  inputAt(): number;
  windowAt(): number;
  inputLeftAt(): number;
  outputLeftAt(): number;
  reset(): void;
  run(from: number, end: number, oldest: number, to: number, limit: number, closing: number): number;
}

const NUMBERS = ['inputAt', 'windowAt', 'inputLeftAt', 'outputLeftAt', 'reset', 'run'] as const;

const compiled = new WebAssembly.Module(readFileSync(new URL('inflate.wasm', import.meta.url)));

/**
 * One raw inflate with its memory. The window is read where it is: bytes are never copied out.
 *
 * Why not node:zlib: it has no public call that inflates into memory of the caller. Its streams and its `Sync` functions
 * allocate for every chunk, and the page faults of that cost more than inflating. And at damage it throws away what it
 * had decoded since the call began, which is exactly what is looked for here.
 */
export class Decoder {
  readonly #exports: Exports;
  readonly #input: Uint8Array;
  readonly #inputAt: number;
  readonly #windowAt: number;
  /** Inflated bytes, at indices from 0 to `limit` and a little over. */
  readonly window: Uint8Array;
  /** Where the output stops. */
  readonly limit = WINDOW_BYTES - SLACK_BYTES;
  #inputStart = 0;
  #inputEnd = 0;

  constructor() {
    const { exports } = new WebAssembly.Instance(compiled);
    if (!isExports(exports)) throw new Error('inflate.wasm is not what inflate.as compiles to; run inflate/build.ts');
    this.#exports = exports;
    this.#inputAt = exports.inputAt();
    this.#windowAt = exports.windowAt();
    this.#input = new Uint8Array(exports.memory.buffer, this.#inputAt, INPUT_BYTES);
    this.window = new Uint8Array(exports.memory.buffer, this.#windowAt, WINDOW_BYTES);
  }

  /** Ready for a new stream; input that was given and not taken is forgotten. */
  reset(): void {
    this.#exports.reset();
    this.#inputStart = 0;
    this.#inputEnd = 0;
  }

  /** Bytes that were given and are not yet taken. */
  get held(): number {
    return this.#inputEnd - this.#inputStart;
  }

  /** Gives input, as much as there is room for; returns how many bytes that were. */
  give(bytes: Uint8Array): number {
    this.#input.copyWithin(0, this.#inputStart, this.#inputEnd);
    this.#inputEnd -= this.#inputStart;
    this.#inputStart = 0;
    const part = bytes.subarray(0, INPUT_BYTES - this.#inputEnd);
    this.#input.set(part, this.#inputEnd);
    this.#inputEnd += part.length;
    return part.length;
  }

  /**
   * Goes on to inflate to index `to` of the window.
   *
   * @param oldest index of the first byte in the window that belongs to the stream
   * @param closing true when no more input will come
   * @returns why it stopped, how many bytes of input it took, and to which index the output went
   */
  run(oldest: number, to: number, closing: boolean): { readonly why: number; readonly taken: number; readonly end: number } {
    const at = this.#windowAt;
    const from = this.#inputAt + this.#inputStart;
    const why = this.#exports.run(from, this.#inputAt + this.#inputEnd, at + oldest, at + to, at + this.limit, closing ? 1 : 0);
    const taken = this.#exports.inputLeftAt() - from;
    this.#inputStart += taken;
    return { why, taken, end: this.#exports.outputLeftAt() - at };
  }
}

function isExports(value: object): value is Exports {
  const memory: unknown = Reflect.get(value, 'memory');
  if (typeof memory !== 'object' || memory === null || !(Reflect.get(memory, 'buffer') instanceof ArrayBuffer)) return false;
  return NUMBERS.every((name) => typeof Reflect.get(value, name) === 'function');
}

/**
 * Decoders for reuse: making one costs more than inflating a small file. As many are kept as the deepest nesting that was
 * seen needs, some 600 kB each.
 */
const free: Decoder[] = [];

export function takeDecoder(): Decoder {
  const decoder = free.pop() ?? new Decoder();
  decoder.reset();
  return decoder;
}

export function giveDecoder(decoder: Decoder): void {
  if (free.length < KEPT_DECODERS) free.push(decoder);
}
