import { BitReader } from '../bits.ts';
import type { Budget } from '../budget.ts';
import { FeedReader, type Feed, type Problem, type Reader } from '../reader.ts';
import { CountingReader } from '../counting-reader.ts';
import type { Unpacked } from '../unpack.ts';
import type { Walker } from '../walker.ts';
import { readBlock, type Block } from './block.ts';
import { Damage } from '../damage.ts';

/** A bzip2 file: its streams one after another are one content. */
export function openBzip2(input: Reader, walker: Walker): Unpacked {
  const content = new FeedReader(new Bzip2Feed(input, walker.budget));
  return Object.assign(content, { close() {} });
}

const BLOCK_START = 0x314159;
const BLOCK_START_REST = 0x265359;
const STREAM_END = 0x177245;
const STREAM_END_REST = 0x385090;
/** More bytes than the header of a stream or of a block takes. */
const ENOUGH = 64;

class Bzip2Feed implements Feed {
  readonly #bits: BitReader;
  readonly #budget: Budget;
  #problem: Problem | null = null;
  #ended = false;
  #begun = false;
  #streamCrc = 0;
  #bytesOut = 0;
  #blocks = 0;
  readonly #input: CountingReader;
  #block: Block | null = null;
  #vector = new Uint32Array(0);

  constructor(input: Reader, budget: Budget) {
    this.#input = new CountingReader(input);
    this.#bits = new BitReader(this.#input);
    this.#budget = budget;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  async pull(into: Uint8Array, from: number): Promise<number> {
    while (!this.#ended) {
      const given = this.#block?.give(into, from) ?? 0;
      this.#bytesOut += given;
      if (given > 0) {
        this.#checkRatio();
        return given;
      }
      await this.#next();
    }
    return 0;
  }

  #checkRatio(): void {
    if (!this.#budget.isBomb(this.#input.position, this.#bytesOut)) return;
    this.#fail('limit-ratio', `${this.#input.position} compressed bytes gave ${this.#bytesOut} and more; the rest was not read`);
  }

  #fail(reason: string, detail: string): void {
    this.#problem = { reason, detail };
    this.#ended = true;
  }

  async #next(): Promise<void> {
    this.#budget.check();
    try {
      this.#closeBlock();
      if (this.#begun) await this.#readBlock();
      else await this.#readStreamHeader();
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      if (this.#bits.short) this.#fail('truncated', `the bzip2 data ends early, after ${this.#bytesOut} bytes of content`);
      else this.#fail('corrupt', `the bzip2 data is damaged after ${this.#bytesOut} bytes of content: ${error.message}`);
    }
    if (this.#ended) this.#bits.release();
  }

  #closeBlock(): void {
    if (!this.#block) return;
    const { crc, stated } = this.#block;
    this.#block = null;
    this.#streamCrc = (((this.#streamCrc << 1) | (this.#streamCrc >>> 31)) ^ crc) >>> 0;
    if (crc !== stated) throw new Damage('the content of a block does not fit its checksum');
  }

  async #readStreamHeader(): Promise<void> {
    await this.#bits.ensure(ENOUGH);
    const level = this.#bits.look(24) === 0x425a68 ? this.#levelBehind() : 0;
    if (level === 0) {
      // Behind the first stream this is the end; what follows does not belong to it.
      if (this.#blocks === 0) throw new Damage('no stream begins');
      this.#ended = true;
      return;
    }
    if (this.#vector.length < level * 100_000) this.#vector = new Uint32Array(level * 100_000);
    this.#begun = true;
    this.#streamCrc = 0;
  }

  #levelBehind(): number {
    this.#bits.drop(24);
    const level = this.#bits.read(8) - 0x30;
    if (level < 1 || level > 9) throw new Damage('a stream has no block size');
    return level;
  }

  async #readBlock(): Promise<void> {
    const bits = this.#bits;
    await bits.ensure(ENOUGH);
    const start = bits.read(24);
    const rest = bits.read(24);
    const crc = read32(bits);
    if (start === STREAM_END && rest === STREAM_END_REST) {
      bits.align();
      if (bits.short) throw new Damage('the stream has no end');
      if (crc !== this.#streamCrc) throw new Damage('the content does not fit its checksum');
      this.#begun = false;
      this.#blocks += 1;
      return;
    }
    if (start !== BLOCK_START || rest !== BLOCK_START_REST) throw new Damage('no block begins where one should');
    this.#block = await readBlock(bits, this.#vector, crc);
    this.#blocks += 1;
  }
}

function read32(bits: BitReader): number {
  return bits.read(16) * 65_536 + bits.read(16);
}
