import type { Reader } from './reader.ts';

/** Another reader with the place that it has come to. */
export class CountingReader implements Reader {
  readonly #reader: Reader;
  position: number;

  constructor(reader: Reader, position = 0) {
    this.#reader = reader;
    this.position = position;
  }

  get available(): number {
    return this.#reader.available;
  }

  get problem(): Reader['problem'] {
    return this.#reader.problem;
  }

  peek(limit?: number): Uint8Array {
    return this.#reader.peek(limit);
  }

  fill(bytes: number): boolean | Promise<boolean> {
    return this.#reader.fill(bytes);
  }

  skip(bytes: number): void {
    this.#reader.skip(bytes);
    this.position += bytes;
  }
}
