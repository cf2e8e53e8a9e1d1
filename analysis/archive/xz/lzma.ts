/**
 * The LZMA decoder (as in the LZMA SDK's specification, public domain) over a circular dictionary, for the chunks of
 * LZMA2: input and output of a chunk are known and at hand, so it never has to wait.
 */
import { Damage } from '../damage.ts';

const STATES = 12;
const POSITION_STATES = 16;
const HALF = 1024;

const LENGTH_LOW = 2;
const LENGTH_MID = LENGTH_LOW + (POSITION_STATES << 3);
const LENGTH_HIGH = LENGTH_MID + (POSITION_STATES << 3);
const LENGTH_PROBABILITIES = LENGTH_HIGH + 256;

/** Where each kind of probability begins in one array. */
const IS_MATCH = 0;
const IS_REPEAT = IS_MATCH + STATES * POSITION_STATES;
const IS_REPEAT_0 = IS_REPEAT + STATES;
const IS_REPEAT_1 = IS_REPEAT_0 + STATES;
const IS_REPEAT_2 = IS_REPEAT_1 + STATES;
const IS_REPEAT_0_LONG = IS_REPEAT_2 + STATES;
const POSITION_SLOT = IS_REPEAT_0_LONG + STATES * POSITION_STATES;
const POSITION_SPECIAL = POSITION_SLOT + 4 * 64;
const POSITION_ALIGN = POSITION_SPECIAL + 115;
const LENGTH = POSITION_ALIGN + 16;
const REPEAT_LENGTH = LENGTH + LENGTH_PROBABILITIES;
const LITERAL = REPEAT_LENGTH + LENGTH_PROBABILITIES;

export class LzmaDecoder {
  readonly #dictionary: Uint8Array;
  /** Where the next byte goes, and how many bytes behind it are valid. */
  #at = 0;
  #filled = 0;
  #probabilities = new Uint16Array(0);
  #literalContextBits = 0;
  #literalPositionMask = 0;
  #positionMask = 0;
  #state = 0;
  /** The last four distances, each less by one. */
  #distance0 = 0;
  #distance1 = 0;
  #distance2 = 0;
  #distance3 = 0;
  #position = 0;
  #pendingLength = 0;
  #input: Uint8Array = new Uint8Array();
  #inputAt = 0;
  #range = 0;
  #code = 0;

  constructor(dictionaryBytes: number) {
    this.#dictionary = new Uint8Array(dictionaryBytes);
  }

  forgetDictionary(): void {
    this.#filled = 0;
    this.#position = 0;
  }

  /** @param properties as in the byte: (pb * 5 + lp) * 9 + lc */
  setProperties(properties: number): void {
    const literalContextBits = properties % 9;
    const rest = Math.floor(properties / 9);
    const literalPositionBits = rest % 5;
    const positionBits = Math.floor(rest / 5);
    if (positionBits > 4 || literalContextBits + literalPositionBits > 4) throw new Damage('its properties are impossible');
    this.#literalContextBits = literalContextBits;
    this.#literalPositionMask = (1 << literalPositionBits) - 1;
    this.#positionMask = (1 << positionBits) - 1;
    this.#probabilities = new Uint16Array(LITERAL + (0x300 << (literalContextBits + literalPositionBits)));
    this.resetState();
  }

  resetState(): void {
    this.#probabilities.fill(HALF);
    this.#state = 0;
    this.#distance0 = 0;
    this.#distance1 = 0;
    this.#distance2 = 0;
    this.#distance3 = 0;
    this.#pendingLength = 0;
  }

  /** Begins a chunk: `input` is all of its compressed bytes. */
  begin(input: Uint8Array): void {
    if (this.#probabilities.length === 0) throw new Damage('a chunk has no properties');
    this.#input = input;
    this.#range = 0xffffffff;
    this.#code = new DataView(input.buffer, input.byteOffset).getUint32(1);
    this.#inputAt = 5;
    if (input[0] !== 0) throw new Damage('a chunk begins wrongly');
  }

  /** True when the chunk's bytes were used up exactly. */
  get isAtEnd(): boolean {
    return this.#inputAt === this.#input.length && this.#code === 0 && this.#pendingLength === 0;
  }

  /** Stored bytes, which go through the dictionary like all others. */
  store(bytes: Uint8Array): void {
    for (const byte of bytes) this.#put(byte);
  }

  /** Copies the last `length` bytes of the dictionary into `into`. */
  copyLast(length: number, into: Uint8Array, at: number): void {
    const start = this.#at - length;
    if (start >= 0) {
      into.set(this.#dictionary.subarray(start, this.#at), at);
    } else {
      into.set(this.#dictionary.subarray(this.#dictionary.length + start), at);
      into.set(this.#dictionary.subarray(0, this.#at), at - start);
    }
  }

  #put(byte: number): void {
    this.#dictionary[this.#at] = byte;
    this.#at = this.#at + 1 === this.#dictionary.length ? 0 : this.#at + 1;
    if (this.#filled < this.#dictionary.length) this.#filled += 1;
    this.#position += 1;
  }

  #byteBack(distance: number): number {
    const at = this.#at - 1 - distance;
    return this.#dictionary[at < 0 ? at + this.#dictionary.length : at] ?? 0;
  }

  #bit(index: number): number {
    const probability = this.#probabilities[index] ?? 0;
    const bound = (this.#range >>> 11) * probability;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      this.#probabilities[index] = probability + ((2048 - probability) >> 5);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      this.#probabilities[index] = probability - (probability >> 5);
      bit = 1;
    }
    if (this.#range < 0x1000000) this.#normalize();
    return bit;
  }

  #normalize(): void {
    if (this.#inputAt >= this.#input.length) throw new Damage('a chunk ends early');
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | (this.#input[this.#inputAt] ?? 0)) >>> 0;
    this.#inputAt += 1;
  }

  #directBits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      this.#range >>>= 1;
      let bit = 0;
      if (this.#code >= this.#range) {
        this.#code -= this.#range;
        bit = 1;
      }
      value = value * 2 + bit;
      if (this.#range < 0x1000000) this.#normalize();
    }
    return value;
  }

  #tree(from: number, bits: number): number {
    let node = 1;
    for (let left = bits; left > 0; left -= 1) node = (node << 1) | this.#bit(from + node);
    return node - (1 << bits);
  }

  #reverseTree(from: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let at = 0; at < bits; at += 1) {
      const bit = this.#bit(from + node);
      node = (node << 1) | bit;
      value |= bit << at;
    }
    return value;
  }

  /** Decodes exactly `count` bytes of the chunk into the dictionary; a match that goes on is continued by the next call. */
  decode(count: number): void {
    const end = this.#position + count;
    this.#copyPending(end);
    while (this.#position < end) {
      const positionState = this.#position & this.#positionMask;
      if (this.#bit(IS_MATCH + (this.#state << 4) + positionState) === 0) {
        this.#literal();
        continue;
      }
      this.#match(positionState);
      this.#copyPending(end);
    }
  }

  #literal(): void {
    const previous = this.#filled > 0 ? this.#byteBack(0) : 0;
    const context =
      ((this.#position & this.#literalPositionMask) << this.#literalContextBits) + (previous >> (8 - this.#literalContextBits));
    const from = LITERAL + 0x300 * context;
    let symbol = 1;
    if (this.#state >= 7) {
      let match = this.#byteBack(this.#distance0);
      do {
        const matchBit = (match >> 7) & 1;
        match <<= 1;
        const bit = this.#bit(from + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(from + symbol);
    this.#put(symbol & 255);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  #match(positionState: number): void {
    const state = this.#state;
    if (this.#bit(IS_REPEAT + state) === 0) {
      const length = this.#length(LENGTH, positionState);
      this.#state = state < 7 ? 7 : 10;
      this.#distance3 = this.#distance2;
      this.#distance2 = this.#distance1;
      this.#distance1 = this.#distance0;
      this.#distance0 = this.#distance(length);
      this.#pendingLength = length + 2;
    } else if (this.#isShortRepeat(positionState)) {
      this.#state = state < 7 ? 9 : 11;
      this.#pendingLength = 1;
    } else {
      this.#pendingLength = this.#length(REPEAT_LENGTH, positionState) + 2;
      this.#state = state < 7 ? 8 : 11;
    }
    if (this.#distance0 >= this.#filled) throw new Damage('a distance reaches behind the beginning');
  }

  /** Chooses one of the last distances; true for the last one with a length of one byte. */
  #isShortRepeat(positionState: number): boolean {
    const state = this.#state;
    if (this.#bit(IS_REPEAT_0 + state) === 0) return this.#bit(IS_REPEAT_0_LONG + (state << 4) + positionState) === 0;
    let chosen = this.#distance1;
    if (this.#bit(IS_REPEAT_1 + state) === 1) {
      chosen = this.#distance2;
      if (this.#bit(IS_REPEAT_2 + state) === 1) {
        chosen = this.#distance3;
        this.#distance3 = this.#distance2;
      }
      this.#distance2 = this.#distance1;
    }
    this.#distance1 = this.#distance0;
    this.#distance0 = chosen;
    return false;
  }

  #length(from: number, positionState: number): number {
    if (this.#bit(from) === 0) return this.#tree(from + LENGTH_LOW + (positionState << 3), 3);
    if (this.#bit(from + 1) === 0) return 8 + this.#tree(from + LENGTH_MID + (positionState << 3), 3);
    return 16 + this.#tree(from + LENGTH_HIGH, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(POSITION_SLOT + (Math.min(length, 3) << 6), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + this.#reverseTree(POSITION_SPECIAL + base - slot, bits);
    return base + this.#directBits(bits - 4) * 16 + this.#reverseTree(POSITION_ALIGN, 4);
  }

  #copyPending(end: number): void {
    const distance = this.#distance0;
    while (this.#pendingLength > 0 && this.#position < end) {
      this.#put(this.#byteBack(distance));
      this.#pendingLength -= 1;
    }
  }
}
