import type { ByteSource } from './source.ts';

/** Why a reader ended before its content did: a slug and a sentence for `Skipped`. */
export interface Problem {
  readonly reason: string;
  readonly detail: string;
}

/**
 * Bytes in order, seen through a window, so that parsers look at the inflated bytes where they are and nothing is copied.
 *
 * `fill` answers at once where it can and with a promise where it has to wait: a parser that met its bytes in the window
 * does not pay for a promise per entry.
 */
export interface Reader {
  /** How many bytes are at hand. */
  readonly available: number;
  /** Why the bytes ended early, once they have; null while there are more, or when they ended as they should. */
  readonly problem: Problem | null;
  /** The bytes at hand, at most `limit`; the view is valid until the next `fill`. */
  peek(limit?: number): Uint8Array;
  /** Brings at least `bytes` bytes (at most 192 KiB, which every window has room for) to hand; false: fewer are left, and those are at hand. */
  fill(bytes: number): boolean | Promise<boolean>;
  /** Passes over bytes at hand. */
  skip(bytes: number): void;
}

/** A level's window: large enough that refilling costs little, small enough to stay in the processor's cache. */
export const WINDOW_BYTES = 256 * 1024;

/** Writes bytes into `into` from index `from` on and says how many; 0 is the end. */
export interface Feed {
  readonly problem: Problem | null;
  pull(into: Uint8Array, from: number): number | Promise<number>;
}

/** Reads what a feed (a decompressor) gives. */
export class FeedReader implements Reader {
  readonly #feed: Feed;
  readonly #window: Uint8Array;
  #start = 0;
  #end = 0;
  #ended = false;

  constructor(feed: Feed, window: Uint8Array = new Uint8Array(WINDOW_BYTES)) {
    this.#feed = feed;
    this.#window = window;
  }

  get available(): number {
    return this.#end - this.#start;
  }

  get problem(): Problem | null {
    return this.#ended ? this.#feed.problem : null;
  }

  peek(limit = Number.POSITIVE_INFINITY): Uint8Array {
    return this.#window.subarray(this.#start, Math.min(this.#end, this.#start + limit));
  }

  skip(bytes: number): void {
    this.#start += bytes;
  }

  fill(bytes: number): boolean | Promise<boolean> {
    if (this.available >= bytes) return true;
    while (!this.#ended) {
      this.#makeRoom(bytes);
      const got = this.#feed.pull(this.#window, this.#end);
      if (typeof got !== 'number') return this.#fillLater(got, bytes);
      if (this.#took(got, bytes)) return true;
    }
    return false;
  }

  async #fillLater(pending: Promise<number>, bytes: number): Promise<boolean> {
    if (this.#took(await pending, bytes)) return true;
    return this.#ended ? false : this.fill(bytes);
  }

  #took(got: number, bytes: number): boolean {
    this.#end += got;
    if (got === 0) this.#ended = true;
    return this.available >= bytes;
  }

  #makeRoom(bytes: number): void {
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    } else if (this.#window.length - this.#start < bytes) {
      this.#window.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
  }
}

/** Reads a source from `position` on; going back or ahead costs nothing while it stays within the window. */
export class SourceReader implements Reader {
  readonly source: ByteSource;
  readonly problem = null;
  readonly #own: Uint8Array | undefined;
  #window: Uint8Array;
  /** Where in the source the window begins. */
  #base = 0;
  #start = 0;

  constructor(source: ByteSource) {
    this.source = source;
    if (source.bytes) {
      this.#window = source.bytes;
    } else {
      this.#own = new Uint8Array(Math.min(WINDOW_BYTES, source.size));
      this.#window = this.#own.subarray(0, 0);
    }
  }

  get position(): number {
    return this.#base + this.#start;
  }

  get available(): number {
    return this.#window.length - this.#start;
  }

  peek(limit = Number.POSITIVE_INFINITY): Uint8Array {
    return this.#window.subarray(this.#start, Math.min(this.#window.length, this.#start + limit));
  }

  skip(bytes: number): void {
    this.#start += bytes;
  }

  /** @param position at most the source's size */
  seek(position: number): void {
    const start = position - this.#base;
    if (start >= 0 && start <= this.#window.length) {
      this.#start = start;
      return;
    }
    this.#base = position;
    this.#start = 0;
    this.#window = this.#window.subarray(0, 0);
  }

  fill(bytes: number): boolean | Promise<boolean> {
    if (this.available >= bytes) return true;
    if (this.#base + this.#window.length >= this.source.size) return false;
    return this.#refill(bytes);
  }

  async #refill(bytes: number): Promise<boolean> {
    const own = this.#own;
    if (!own) return false;
    if (this.available > 0) own.set(this.peek());
    this.#window = own.subarray(0, this.available);
    this.#base += this.#start;
    this.#start = 0;
    while (this.available < bytes) {
      const have = this.available;
      const read = await this.source.read(this.#base + have, own.length - have, own.subarray(have));
      if (read.length === 0) return false;
      if (read.buffer !== own.buffer || read.byteOffset !== own.byteOffset + have) own.set(read, have);
      this.#window = own.subarray(0, have + read.length);
    }
    return true;
  }
}

/** The next `length` bytes of another reader. Whoever made it passes over what was left unread with `drain`. */
export class PartReader implements Reader {
  readonly #whole: Reader;
  #left: number;
  #cut = false;

  constructor(whole: Reader, length: number) {
    this.#whole = whole;
    this.#left = length;
  }

  /** Bytes that are still to come. */
  get left(): number {
    return this.#left;
  }

  get available(): number {
    return Math.min(this.#left, this.#whole.available);
  }

  get problem(): Problem | null {
    if (!this.#cut) return null;
    return this.#whole.problem ?? { reason: 'truncated', detail: `${this.#left} bytes are missing at the end` };
  }

  peek(limit = Number.POSITIVE_INFINITY): Uint8Array {
    return this.#whole.peek(Math.min(limit, this.#left));
  }

  skip(bytes: number): void {
    this.#whole.skip(bytes);
    this.#left -= bytes;
  }

  fill(bytes: number): boolean | Promise<boolean> {
    const wanted = Math.min(bytes, this.#left);
    const filled = this.#whole.fill(wanted);
    if (typeof filled !== 'boolean') return this.#fillLater(filled, bytes);
    return this.#filled(filled, bytes);
  }

  async #fillLater(pending: Promise<boolean>, bytes: number): Promise<boolean> {
    return this.#filled(await pending, bytes);
  }

  #filled(filled: boolean, bytes: number): boolean {
    if (!filled) this.#cut = true;
    return filled && bytes <= this.#left;
  }
}

/** The bytes of another reader up to where something else begins. */
export class UntilReader implements Reader {
  readonly #whole: Reader;
  readonly #ahead: number;
  readonly #farther: (view: Uint8Array, known: number, isFirst: boolean) => number;
  #known = 0;
  #passed = 0;

  /**
   * @param ahead bytes that are needed to tell that something else begins
   * @param farther given the bytes at hand, how many of them are known to be before it: at least `known`; `isFirst` where
   *   none was passed over yet
   */
  constructor(whole: Reader, ahead: number, farther: (view: Uint8Array, known: number, isFirst: boolean) => number) {
    this.#whole = whole;
    this.#ahead = ahead;
    this.#farther = farther;
  }

  /** Bytes that were passed over. */
  get passed(): number {
    return this.#passed;
  }

  get available(): number {
    return this.#known;
  }

  get problem(): Problem | null {
    return this.#whole.problem;
  }

  peek(limit = Number.POSITIVE_INFINITY): Uint8Array {
    return this.#whole.peek(Math.min(limit, this.#known));
  }

  skip(bytes: number): void {
    this.#whole.skip(bytes);
    this.#known -= bytes;
    this.#passed += bytes;
  }

  async fill(bytes: number): Promise<boolean> {
    if (this.#known >= bytes) return true;
    const isMore = await this.#whole.fill(this.#known + this.#ahead);
    const view = this.#whole.peek();
    this.#known = isMore ? this.#farther(view, this.#known, this.#passed === 0) : view.length;
    return this.#known >= bytes;
  }
}

/** The bytes of a source from `offset`, fewer than `length` only at its end. */
export async function readFully(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const first = await source.read(offset, length);
  if (first.length === length || first.length === 0) return first;
  const parts = [first];
  let got = first.length;
  while (got < length) {
    const part = await source.read(offset + got, length - got);
    if (part.length === 0) break;
    parts.push(part);
    got += part.length;
  }
  return Buffer.concat(parts);
}

/** A copy of the next `length` bytes, or null where fewer are left (which are then taken). */
export async function take(reader: Reader, length: number): Promise<Uint8Array | null> {
  const taken = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    if (reader.available === 0 && !(await reader.fill(1))) return null;
    const part = reader.peek(length - at);
    taken.set(part, at);
    at += part.length;
    reader.skip(part.length);
  }
  return taken;
}
