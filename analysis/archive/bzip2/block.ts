import type { BitReader } from '../bits.ts';
import { Damage } from '../damage.ts';
import { LONGEST_CODE, huffmanTable, readSymbol, type HuffmanTable } from './huffman.ts';

const GROUP = 50;
const RUN_A = 0;
const RUN_B = 1;
/** More bytes than a group of 50 symbols can take. */
const ENOUGH = 256;
/** More bytes than the code tables of a block with its 18 002 selectors can take. */
const ENOUGH_FOR_TABLES = 32 * 1024;

/** Decodes one block up to its reversed order; `vector` holds it then. */
export async function readBlock(bits: BitReader, vector: Uint32Array, stated: number): Promise<Block> {
  if (bits.read(1) === 1) throw new Damage('the block is of the kind of bzip2 0.9, which is not read');
  const origin = bits.read(24);
  await bits.ensure(ENOUGH_FOR_TABLES);
  const alphabet = readAlphabet(bits);
  const { selectors, tables } = readTables(bits, alphabet.length + 2);
  const length = await readSymbols(bits, vector, alphabet, selectors, tables);
  if (origin >= length) throw new Damage('the block has no beginning');
  return new Block(vector, length, origin, stated);
}

function readAlphabet(bits: BitReader): number[] {
  const rows = bits.read(16);
  const alphabet: number[] = [];
  for (let row = 0; row < 16; row += 1) {
    if (!(rows & (0x8000 >> row))) continue;
    const used = bits.read(16);
    for (let column = 0; column < 16; column += 1) if (used & (0x8000 >> column)) alphabet.push(row * 16 + column);
  }
  if (alphabet.length === 0) throw new Damage('the block uses no bytes');
  return alphabet;
}

function readTables(bits: BitReader, symbols: number): { selectors: Uint8Array; tables: HuffmanTable[] } {
  const count = bits.read(3);
  const selectorCount = bits.read(15);
  if (count < 2 || count > 6 || selectorCount === 0) throw new Damage('the block has no code tables');
  const order = Array.from({ length: count }, (_, index) => index);
  const selectors = new Uint8Array(selectorCount);
  for (let at = 0; at < selectorCount; at += 1) {
    let place = 0;
    while (bits.read(1) === 1) place += 1;
    const table = order[place];
    if (table === undefined) throw new Damage('a code table is chosen that is not there');
    order.splice(place, 1);
    order.unshift(table);
    selectors[at] = table;
  }
  return { selectors, tables: order.map(() => readTable(bits, symbols)) };
}

function readTable(bits: BitReader, symbols: number): HuffmanTable {
  const lengths = new Uint8Array(symbols);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    while (bits.read(1) === 1) {
      length += bits.read(1) === 1 ? -1 : 1;
      if (length < 1 || length > LONGEST_CODE) throw new Damage('a code has an impossible length');
    }
    if (length < 1 || length > LONGEST_CODE) throw new Damage('a code has an impossible length');
    lengths[symbol] = length;
  }
  return huffmanTable(lengths);
}

/** Symbols to bytes (move to front, runs); returns how many bytes the block has. */
async function readSymbols(
  bits: BitReader,
  vector: Uint32Array,
  alphabet: readonly number[],
  selectors: Uint8Array,
  tables: readonly HuffmanTable[],
): Promise<number> {
  const recent = Uint8Array.from(alphabet);
  const end = alphabet.length + 1;
  let length = 0;
  let run = 0;
  let weight = 1;
  for (const selector of selectors) {
    const wait = bits.ensure(ENOUGH);
    if (wait) await wait;
    const table = tables[selector];
    if (!table) throw new Damage('a code table is chosen that is not there');
    for (let index = 0; index < GROUP; index += 1) {
      const symbol = readSymbol(bits, table);
      if (symbol <= RUN_B) {
        run += weight << (symbol === RUN_A ? 0 : 1);
        weight <<= 1;
        if (run > vector.length) throw new Damage('a block is larger than its stream allows');
        continue;
      }
      if (run > 0) {
        if (length + run > vector.length) throw new Damage('a block is larger than its stream allows');
        vector.fill(recent[0] ?? 0, length, length + run);
        length += run;
        run = 0;
        weight = 1;
      }
      if (symbol === end) {
        if (bits.short) throw new Damage('the block has no end');
        return length;
      }
      if (length >= vector.length) throw new Damage('a block is larger than its stream allows');
      const place = symbol - 1;
      const byte = recent[place] ?? 0;
      recent.copyWithin(1, 0, place);
      recent[0] = byte;
      vector[length] = byte;
      length += 1;
    }
    if (bits.short) throw new Damage('the block has no end');
  }
  throw new Damage('the block has no end');
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

/** A decoded block, which gives its bytes in their right order and with its runs of equal bytes written out. */
export class Block {
  readonly stated: number;
  readonly #vector: Uint32Array;
  #left: number;
  #next: number;
  #crc = 0xffffffff;
  #byte = -1;
  /** Equal bytes in a row so far; behind four of them a count follows. */
  #equal = 0;
  #repeat = 0;

  /** Undoes the Burrows-Wheeler transform: `vector` holds bytes, then also where each one's successor stands. */
  constructor(vector: Uint32Array, length: number, origin: number, stated: number) {
    this.stated = stated;
    this.#vector = vector;
    this.#left = length;
    const starts = new Uint32Array(256);
    for (let at = 0; at < length; at += 1) {
      const byte = (vector[at] ?? 0) & 255;
      starts[byte] = (starts[byte] ?? 0) + 1;
    }
    let sum = 0;
    for (let byte = 0; byte < 256; byte += 1) {
      const count = starts[byte] ?? 0;
      starts[byte] = sum;
      sum += count;
    }
    for (let at = 0; at < length; at += 1) {
      const byte = (vector[at] ?? 0) & 255;
      const place = starts[byte] ?? 0;
      starts[byte] = place + 1;
      vector[place] = (vector[place] ?? 0) | (at << 8);
    }
    this.#next = (vector[origin] ?? 0) >>> 8;
  }

  get crc(): number {
    return ~this.#crc >>> 0;
  }

  give(into: Uint8Array, from: number): number {
    let at = from;
    let crc = this.#crc;
    while (at < into.length) {
      if (this.#repeat > 0) {
        this.#repeat -= 1;
      } else {
        if (this.#left === 0) break;
        this.#left -= 1;
        const cell = this.#vector[this.#next] ?? 0;
        this.#next = cell >>> 8;
        const byte = cell & 255;
        if (this.#equal === 4) {
          this.#repeat = byte;
          this.#equal = 0;
          continue;
        }
        this.#equal = byte === this.#byte ? this.#equal + 1 : 1;
        this.#byte = byte;
      }
      into[at] = this.#byte;
      at += 1;
      crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ this.#byte] ?? 0);
    }
    this.#crc = crc;
    return at - from;
  }
}
