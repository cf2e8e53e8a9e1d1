import { WINDOW_BYTES, type Problem, type Reader } from './reader.ts';

/**
 * All bytes of a reader, at most `limit`; `whole` tells whether these were all.
 *
 * @param expected how many there will probably be
 */
export async function gather(
  reader: Reader,
  limit: number,
  expected: number | null,
): Promise<{ readonly bytes: Uint8Array; readonly whole: boolean }> {
  let held = new Uint8Array(Math.min(limit, expected ?? WINDOW_BYTES));
  let length = 0;
  for (;;) {
    if (reader.available === 0 && !(await reader.fill(1))) return { bytes: held.subarray(0, length), whole: true };
    if (length === limit) return { bytes: held.subarray(0, length), whole: false };
    if (length === held.length) {
      const larger = new Uint8Array(Math.min(limit, Math.max(held.length * 2, WINDOW_BYTES)));
      larger.set(held);
      held = larger;
    }
    const part = reader.peek(held.length - length);
    held.set(part, length);
    length += part.length;
    reader.skip(part.length);
  }
}

/** Bytes that were read already, and then the reader that they came from. */
export class RewoundReader implements Reader {
  readonly #rest: Reader;
  #bytes: Uint8Array;

  constructor(bytes: Uint8Array, rest: Reader) {
    this.#bytes = bytes;
    this.#rest = rest;
  }

  get available(): number {
    return this.#bytes.length > 0 ? this.#bytes.length : this.#rest.available;
  }

  get problem(): Problem | null {
    return this.#rest.problem;
  }

  peek(limit?: number): Uint8Array {
    return this.#bytes.length > 0 ? this.#bytes.subarray(0, limit) : this.#rest.peek(limit);
  }

  skip(bytes: number): void {
    if (this.#bytes.length > 0) this.#bytes = this.#bytes.subarray(bytes);
    else this.#rest.skip(bytes);
  }

  fill(bytes: number): boolean | Promise<boolean> {
    if (this.#bytes.length === 0) return this.#rest.fill(bytes);
    if (this.#bytes.length >= bytes) return true;
    return this.#join(bytes);
  }

  /** At the seam, the few bytes that are asked for are put together. */
  async #join(bytes: number): Promise<boolean> {
    await this.#rest.fill(bytes - this.#bytes.length);
    const next = this.#rest.peek(bytes - this.#bytes.length);
    const joined = new Uint8Array(this.#bytes.length + next.length);
    joined.set(this.#bytes);
    joined.set(next, this.#bytes.length);
    this.#rest.skip(next.length);
    this.#bytes = joined;
    return joined.length >= bytes;
  }
}

/**
 * Another reader, whose bytes are kept as they are passed over, until it is told to forget them: so that a file which
 * turns out to be something else than it seemed can be read from its start once more.
 */
export class RecordingReader implements Reader {
  readonly #reader: Reader;
  #kept: Uint8Array[] | null = [];

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  get available(): number {
    return this.#reader.available;
  }

  get problem(): Problem | null {
    return this.#reader.problem;
  }

  peek(limit?: number): Uint8Array {
    return this.#reader.peek(limit);
  }

  fill(bytes: number): boolean | Promise<boolean> {
    return this.#reader.fill(bytes);
  }

  skip(bytes: number): void {
    if (this.#kept && bytes > 0) this.#kept.push(this.#reader.peek(bytes).slice());
    this.#reader.skip(bytes);
  }

  /** Keeps nothing from now on. */
  forget(): void {
    this.#kept = null;
  }

  /** Everything once more, from where the recording began. */
  rewound(): Reader {
    const kept = Buffer.concat(this.#kept ?? []);
    this.#kept = null;
    return new RewoundReader(kept, this.#reader);
  }
}
