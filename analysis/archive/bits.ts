import type { Reader } from './reader.ts';

/**
 * Bits of a reader, the highest of each byte first. `ensure` brings bytes to hand and may have to wait; reading never
 * waits and gives zeros behind the end, which `short` then tells.
 */
export class BitReader {
  readonly #input: Reader;
  #view: Uint8Array = new Uint8Array();
  /** Next byte of the view; beyond its end where zeros were given. */
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(input: Reader) {
    this.#input = input;
  }

  /** True when more bits were read than there were. */
  get short(): boolean {
    return this.#at - (this.#count >> 3) > this.#view.length;
  }

  /** Bytes that can be read without waiting, or all that are left. */
  ensure(bytes: number): Promise<void> | undefined {
    if (this.#view.length - this.#at >= bytes) return undefined;
    this.release();
    const filled = this.#input.fill(bytes);
    if (typeof filled !== 'boolean') return this.#ensureLater(filled);
    this.#view = this.#input.peek();
    return undefined;
  }

  async #ensureLater(filled: Promise<boolean>): Promise<void> {
    await filled;
    this.#view = this.#input.peek();
  }

  /** The next `count` bits (at most 24), which stay in place. */
  look(count: number): number {
    while (this.#count < count) {
      this.#bits = (this.#bits << 8) | (this.#view[this.#at] ?? 0);
      this.#at += 1;
      this.#count += 8;
    }
    return (this.#bits >>> (this.#count - count)) & ((1 << count) - 1);
  }

  drop(count: number): void {
    this.#count -= count;
  }

  read(count: number): number {
    const value = this.look(count);
    this.#count -= count;
    return value;
  }

  /** Drops bits up to the next whole byte. */
  align(): void {
    this.#count -= this.#count & 7;
  }

  /** Leaves the input behind the last byte of which bits were read. */
  release(): void {
    const passed = Math.min(this.#at - (this.#count >> 3), this.#view.length);
    // The bytes read last are the lowest bits.
    this.#bits >>>= this.#count & 24;
    this.#count &= 7;
    this.#input.skip(passed);
    this.#view = this.#view.subarray(passed);
    this.#at = 0;
  }
}
