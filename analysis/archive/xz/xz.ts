import { crc32 } from 'node:zlib';
import type { Budget } from '../budget.ts';
import { CountingReader } from '../counting-reader.ts';
import { Damage } from '../damage.ts';
import { FeedReader, take, type Feed, type Problem, type Reader } from '../reader.ts';
import type { Unpacked } from '../unpack.ts';
import type { Walker } from '../walker.ts';
import { checkBytes, checkOf, type Check } from './check.ts';
import { LzmaDecoder } from './lzma.ts';

/**
 * An xz file: its streams one after another are one content. Of the filters, LZMA2 is read. Where headers, checks or the index
 * do not fit what was read, it goes on, and says so at the end.
 */
export function openXz(input: Reader, walker: Walker): Unpacked {
  const feed = new XzFeed(input, walker.budget);
  return Object.assign(new FeedReader(feed), { close: () => feed.close() });
}

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);
const FOOTER_BYTES = 12;
const FILTER_LZMA2 = 0x21;
/**
 * Filters that make programs smaller by turning relative addresses into absolute ones. They are not undone, which is said:
 * most leave texts as they are, but what the one for PowerPC takes for a branch may be letters.
 */
const BRANCH_FILTERS = { first: 4, last: 11 } as const;
/** A block must tell these properties of its decoder before it is of use. */
const FIRST_CHUNK = { dictionary: 0xe0, properties: 0xc0, stored: 1 } as const;
/** A chunk's output goes out in pieces, so that it need not fit into anyone's window. */
const PIECE_BYTES = 64 * 1024;

/** Something that is not read, as opposed to damage. */
class Unsupported extends Error {}

class XzFeed implements Feed {
  readonly #input: CountingReader;
  readonly #budget: Budget;
  #problem: Problem | null = null;
  /** What does not fit, and did not keep anything from being read. */
  #doubt: Problem | null = null;
  #decoder: LzmaDecoder | null = null;
  #dictionaryBytes = 0;
  #state: 'stream' | 'block' | 'chunk' | 'ended' = 'stream';
  /** The second byte of the stream's flags: which check its blocks have. */
  #checkKind = 0;
  #check: Check = checkOf(0);
  #streams = 0;
  #index = new IndexSum();
  #statedPacked: number | null = null;
  #statedSize: number | null = null;
  #headerBytes = 0;
  #blockBytes = 0;
  #needs: 'dictionary' | 'properties' | null = null;
  #chunkLeft = 0;
  #stored = false;
  #blockStart = 0;
  #bytesOut = 0;

  constructor(input: Reader, budget: Budget) {
    this.#input = new CountingReader(input);
    this.#budget = budget;
  }

  get problem(): Problem | null {
    return this.#problem ?? this.#doubt;
  }

  #doubts(detail: string): void {
    this.#doubt ??= { reason: 'corrupt', detail: `the xz data was read, but ${detail}` };
  }

  #leavesFilter(id: number): void {
    const detail = `the xz data was read, but its filter of kind ${id} was not undone: addresses in machine code may differ`;
    this.#doubt ??= { reason: 'compression-unsupported', detail };
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
    this.#checkKind = header[7] ?? 0;
    this.#index = new IndexSum();
    this.#streams += 1;
    if (this.#state === 'ended') return;
    if (!endsWithItsCrc(header.subarray(6)) || header[6] !== 0 || this.#checkKind > 15)
      this.#doubts("a stream's header does not fit its checksum");
    this.#state = 'block';
  }

  async #blockHeader(): Promise<void> {
    const [size = 0] = await this.#take(1);
    if (this.#state === 'ended') return;
    if (size === 0) return this.#readIndex();
    const header = await this.#take(size * 4 + 3);
    if (this.#problem) return;
    if (!endsWithItsCrc(Buffer.concat([Uint8Array.of(size), header]))) this.#doubts("a block's header does not fit its checksum");
    this.#openBlock(header.subarray(0, -4));
    this.#headerBytes = header.length + 1;
    this.#blockStart = this.#input.position;
    this.#blockBytes = 0;
    this.#needs = 'dictionary';
    this.#check = checkOf(this.#checkKind & 15);
    this.#state = 'chunk';
  }

  /** @param header without its size in front and its checksum behind */
  #openBlock(header: Uint8Array): void {
    const flags = header[0] ?? 0;
    const numbers = new Numbers(header, 1);
    this.#statedPacked = flags & 0x40 ? numbers.next() : null;
    this.#statedSize = flags & 0x80 ? numbers.next() : null;
    if (flags & 0x3c) this.#doubts('a block has unknown flags');
    let last = -1;
    for (let filter = 0; filter <= (flags & 3); filter += 1) {
      const id = numbers.next();
      const properties = numbers.bytes(numbers.next());
      if (id === FILTER_LZMA2) this.#openDictionary(properties[0] ?? 0);
      else if (id >= BRANCH_FILTERS.first && id <= BRANCH_FILTERS.last) this.#leavesFilter(id);
      else throw new Unsupported(`the xz data has a filter of kind ${id}, which is not read`);
      last = id;
    }
    if (last !== FILTER_LZMA2 || numbers.rest.some((byte) => byte !== 0)) this.#doubts("a block's header is not as it should be");
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
    if (control === FIRST_CHUNK.stored || control >= FIRST_CHUNK.dictionary) this.#needs &&= 'properties';
    if (control >= FIRST_CHUNK.properties && this.#needs === 'properties') this.#needs = null;
    if (this.#needs === 'dictionary' || (this.#needs !== null && control >= 0x80))
      throw new Damage('a block begins in its middle');
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
    this.#blockBytes += length;
    this.#check.update(into.subarray(from, from + length));
    if (this.#chunkLeft === 0 && !stored && !decoder.isAtEnd) throw new Damage('a chunk does not end where it should');
    if (this.#budget.isBomb(this.#input.position, this.#bytesOut)) {
      this.#state = 'ended';
      const detail = `${this.#input.position} compressed bytes gave ${this.#bytesOut} and more; the rest was not read`;
      this.#problem = { reason: 'limit-ratio', detail };
    }
    return length;
  }

  async #closeBlock(): Promise<void> {
    const packed = this.#input.position - this.#blockStart;
    const padding = await this.#take((4 - (packed % 4)) % 4);
    const size = checkBytes(this.#checkKind & 15);
    const check = await this.#take(size);
    if (this.#problem) return;
    if (padding.some((byte) => byte !== 0)) this.#doubts('a block is not filled up with zeros');
    if (!this.#check.fits(check)) this.#doubts('a block does not fit its checksum');
    if ((this.#statedPacked ?? packed) !== packed || (this.#statedSize ?? this.#blockBytes) !== this.#blockBytes)
      this.#doubts('a block does not have the size that it states');
    this.#index.add(this.#headerBytes + packed + size, this.#blockBytes);
    this.#state = 'block';
  }

  /** The index says again what the blocks said; it leads to the stream's end. */
  async #readIndex(): Promise<void> {
    const index = new IndexBytes();
    const records = await this.#number(index);
    const stated = new IndexSum();
    for (let left = records; left > 0 && !this.#problem; left -= 1)
      stated.add(await this.#number(index), await this.#number(index));
    index.add(await this.#take((4 - (index.length % 4)) % 4));
    const crc = await this.#take(4);
    const footer = await this.#take(FOOTER_BYTES);
    if (this.#problem) return;
    if (!stated.equals(this.#index)) this.#doubts('its index does not list its blocks');
    if (!index.isPadded || toBuffer(crc).readUInt32LE() !== index.crc) this.#doubts('its index does not fit its checksum');
    this.#checkFooter(toBuffer(footer), index.length);
    this.#state = 'stream';
  }

  #checkFooter(footer: Buffer, indexBytes: number): void {
    const fits =
      footer.readUInt32LE() === crc32(footer.subarray(4, 10)) &&
      footer.readUInt32LE(4) * 4 === indexBytes &&
      footer[8] === 0 &&
      footer[9] === this.#checkKind &&
      footer.toString('latin1', 10) === 'YZ';
    if (!fits) this.#doubts("a stream's end does not fit its beginning");
  }

  async #number(index: IndexBytes): Promise<number> {
    let value = 0;
    for (let at = 0; at < 9; at += 1) {
      const taken = await this.#take(1);
      index.add(taken);
      const [byte = 0] = taken;
      value += (byte & 127) * 2 ** (7 * at);
      if (byte === 0 && at > 0) this.#doubts('a number is longer than it need be');
      if (byte < 128) return value;
    }
    throw new Damage('a number has no end');
  }
}

/** Whether the last four bytes are the checksum of those before. */
function endsWithItsCrc(bytes: Uint8Array): boolean {
  return toBuffer(bytes).readUInt32LE(bytes.length - 4) === crc32(bytes.subarray(0, -4));
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** What an index lists, however long it is, in little memory. */
class IndexSum {
  #records = 0;
  #digest = 0;

  add(packed: number, size: number): void {
    this.#records += 1;
    this.#digest = crc32(`${packed} ${size};`, this.#digest);
  }

  equals(other: IndexSum): boolean {
    return this.#records === other.#records && this.#digest === other.#digest;
  }
}

/** The bytes of an index as they are read, the zero included that tells it from a block. */
class IndexBytes {
  length = 1;
  crc = crc32(Uint8Array.of(0));
  /** Whether the last bytes that were added are zeros. */
  isPadded = true;

  add(bytes: Uint8Array): void {
    this.length += bytes.length;
    this.crc = crc32(bytes, this.crc);
    this.isPadded = bytes.every((byte) => byte === 0);
  }
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

  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  bytes(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }
}
