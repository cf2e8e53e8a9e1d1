import { crc32 } from 'node:zlib';
import type { Budget } from '../budget.ts';
import { CountingReader } from '../counting-reader.ts';
import { Damage } from '../damage.ts';
import { FeedReader, take, type Feed, type Problem, type Reader } from '../reader.ts';
import type { Unpacked } from '../unpack.ts';
import type { Walker } from '../walker.ts';
import { LzmaDecoder } from './lzma.ts';

/** An xz file: its streams one after another are one content. Of the checks, CRC-32 is checked; of the filters, LZMA2 is read. */
export function openXz(input: Reader, walker: Walker): Unpacked {
  const feed = new XzFeed(input, walker.budget);
  return Object.assign(new FeedReader(feed), { close: () => feed.close() });
}

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);
const FOOTER_BYTES = 12;
const FILTER_LZMA2 = 0x21;
/** Filters that make programs smaller by turning relative addresses into absolute ones; texts stay as they are. */
const BRANCH_FILTERS = { first: 4, last: 11 } as const;
const CHECK_CRC32 = 1;
/** A chunk's output goes out in pieces, so that it need not fit into anyone's window. */
const PIECE_BYTES = 64 * 1024;

/** Something that is not read, as opposed to damage. */
class Unsupported extends Error {}

class XzFeed implements Feed {
  readonly #input: CountingReader;
  readonly #budget: Budget;
  #problem: Problem | null = null;
  #decoder: LzmaDecoder | null = null;
  #dictionaryBytes = 0;
  #state: 'stream' | 'block' | 'chunk' | 'ended' = 'stream';
  #check = 0;
  #streams = 0;
  #crc = 0;
  #chunkLeft = 0;
  #stored = false;
  #blockStart = 0;
  #bytesOut = 0;

  constructor(input: Reader, budget: Budget) {
    this.#input = new CountingReader(input);
    this.#budget = budget;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  close(): void {
    this.#budget.release(this.#dictionaryBytes);
    this.#dictionaryBytes = 0;
    this.#decoder = null;
  }

  async pull(into: Uint8Array, from: number): Promise<number> {
    try {
      while (this.#state !== 'ended') {
        this.#budget.check();
        if (this.#chunkLeft > 0) return this.#give(into, from, await this.#storedPiece(into.length - from));
        if (this.#state === 'stream') await this.#streamHeader();
        else if (this.#state === 'block') await this.#blockHeader();
        else await this.#chunkHeader();
      }
    } catch (error) {
      this.#state = 'ended';
      this.#problem = this.#problemOf(error);
    }
    return 0;
  }

  #problemOf(error: unknown): Problem {
    if (error instanceof Unsupported) return { reason: 'compression-unsupported', detail: error.message };
    if (!(error instanceof Damage)) throw error;
    return { reason: 'corrupt', detail: `the xz data is damaged after ${this.#bytesOut} bytes of content: ${error.message}` };
  }

  /** The next bytes, or the end of the reading with `truncated`. */
  async #take(length: number): Promise<Uint8Array> {
    const bytes = await take(this.#input, length);
    if (bytes) return bytes;
    this.#state = 'ended';
    this.#chunkLeft = 0;
    const detail = `the xz data ends early, after ${this.#bytesOut} bytes of content`;
    this.#problem = this.#input.problem ?? { reason: 'truncated', detail };
    return new Uint8Array(length);
  }

  async #streamHeader(): Promise<void> {
    await this.#input.fill(MAGIC.length);
    if (!MAGIC.equals(this.#input.peek(MAGIC.length))) {
      if (this.#streams === 0) throw new Damage('no stream begins');
      // Behind a stream there may be zeros in fours and another stream.
      await this.#input.fill(4);
      const padding = this.#input.peek(4);
      if (padding.length === 4 && padding.every((byte) => byte === 0)) this.#input.skip(4);
      else this.#state = 'ended';
      return;
    }
    const header = await this.#take(12);
    this.#check = (header[7] ?? 0) & 15;
    this.#streams += 1;
    if (this.#state !== 'ended') this.#state = 'block';
  }

  async #blockHeader(): Promise<void> {
    const [size = 0] = await this.#take(1);
    if (this.#state === 'ended') return;
    if (size === 0) return this.#index();
    const header = await this.#take(size * 4 + 3);
    if (this.#problem) return;
    this.#openBlock(header.subarray(0, -4));
    this.#blockStart = this.#input.position;
    this.#crc = 0;
    this.#state = 'chunk';
  }

  /** @param header without its size in front and its checksum behind */
  #openBlock(header: Uint8Array): void {
    const flags = header[0] ?? 0;
    const numbers = new Numbers(header, 1);
    if (flags & 0x40) numbers.next();
    if (flags & 0x80) numbers.next();
    for (let filter = 0; filter <= (flags & 3); filter += 1) {
      const id = numbers.next();
      const properties = numbers.bytes(numbers.next());
      if (id === FILTER_LZMA2) this.#openDictionary(properties[0] ?? 0);
      else if (id < BRANCH_FILTERS.first || id > BRANCH_FILTERS.last)
        throw new Unsupported(`the xz data has a filter of kind ${id}, which is not read`);
    }
  }

  #openDictionary(property: number): void {
    if (property > 40) throw new Damage('the dictionary has an impossible size');
    const bytes = property === 40 ? 2 ** 32 - 1 : (2 | (property & 1)) * 2 ** ((property >> 1) + 11);
    if (bytes === this.#dictionaryBytes && this.#decoder) return;
    this.close();
    if (!this.#budget.tryHold(bytes))
      throw new Unsupported(`the xz data needs ${bytes} bytes of memory for its dictionary, which is too much`);
    this.#dictionaryBytes = bytes;
    this.#decoder = new LzmaDecoder(bytes);
  }

  async #chunkHeader(): Promise<void> {
    const decoder = this.#decoder;
    if (!decoder) throw new Unsupported('the xz data is compressed by something else than LZMA2, which is not read');
    const [control = 0] = await this.#take(1);
    if (this.#problem) return;
    if (control === 0) return this.#closeBlock();
    if (control < 3) {
      const [high = 0, low = 0] = await this.#take(2);
      if (control === 1) decoder.forgetDictionary();
      this.#stored = true;
      this.#chunkLeft = this.#problem ? 0 : high * 256 + low + 1;
      return;
    }
    if (control < 0x80) throw new Damage('a chunk is of no known kind');
    const [high = 0, low = 0, packedHigh = 0, packedLow = 0] = await this.#take(4);
    const reset = (control >> 5) & 3;
    if (reset === 3) decoder.forgetDictionary();
    if (reset >= 2) decoder.setProperties((await this.#take(1))[0] ?? 0);
    else if (reset === 1) decoder.resetState();
    const packed = await this.#take(packedHigh * 256 + packedLow + 1);
    if (this.#problem) return;
    if (packed.length < 5) throw new Damage('a chunk is too short');
    decoder.begin(packed);
    this.#stored = false;
    this.#chunkLeft = (control & 31) * 65_536 + high * 256 + low + 1;
  }

  async #storedPiece(room: number): Promise<Uint8Array | null> {
    return this.#stored ? this.#take(Math.min(this.#chunkLeft, room, PIECE_BYTES)) : null;
  }

  #give(into: Uint8Array, from: number, stored: Uint8Array | null): number {
    const decoder = this.#decoder;
    if (!decoder || this.#problem) return 0;
    const length = stored ? stored.length : Math.min(this.#chunkLeft, into.length - from, PIECE_BYTES);
    if (stored) decoder.store(stored);
    else decoder.decode(length);
    decoder.copyLast(length, into, from);
    this.#chunkLeft -= length;
    this.#bytesOut += length;
    if (this.#check === CHECK_CRC32) this.#crc = crc32(into.subarray(from, from + length), this.#crc);
    if (this.#chunkLeft === 0 && !stored && !decoder.isAtEnd) throw new Damage('a chunk does not end where it should');
    if (this.#budget.isBomb(this.#input.position, this.#bytesOut)) {
      this.#state = 'ended';
      const detail = `${this.#input.position} compressed bytes gave ${this.#bytesOut} and more; the rest was not read`;
      this.#problem = { reason: 'limit-ratio', detail };
    }
    return length;
  }

  async #closeBlock(): Promise<void> {
    const padding = (4 - ((this.#input.position - this.#blockStart) % 4)) % 4;
    await this.#take(padding);
    const check = await this.#take(checkBytes(this.#check));
    if (this.#problem) return;
    if (this.#check === CHECK_CRC32 && new DataView(check.buffer).getUint32(0, true) !== this.#crc)
      throw new Damage('a block does not fit its checksum');
    this.#state = 'block';
  }

  /** The index says again what the blocks said; it is passed over to find the stream's end. */
  async #index(): Promise<void> {
    const start = this.#input.position - 1;
    const records = await this.#number();
    for (let left = records * 2; left > 0 && !this.#problem; left -= 1) await this.#number();
    await this.#take((4 - ((this.#input.position - start) % 4)) % 4);
    await this.#take(4 + FOOTER_BYTES);
    if (!this.#problem) this.#state = 'stream';
  }

  async #number(): Promise<number> {
    let value = 0;
    for (let at = 0; at < 9; at += 1) {
      const [byte = 0] = await this.#take(1);
      value += (byte & 127) * 2 ** (7 * at);
      if (byte < 128) return value;
    }
    throw new Damage('a number has no end');
  }
}

function checkBytes(check: number): number {
  return check === 0 ? 0 : 4 * 2 ** Math.floor((check - 1) / 3);
}

/** The variable-length numbers of a block's header. */
class Numbers {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  next(): number {
    let value = 0;
    for (let shift = 0; shift < 63; shift += 7) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new Damage('a number has no end');
  }

  bytes(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }
}
