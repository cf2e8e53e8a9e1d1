import { giveDecoder, takeDecoder } from './inflate/decoder.ts';
import { InflateReader } from './inflate/inflate-reader.ts';
import { take, type Problem, type Reader } from './reader.ts';
import type { Unpacked } from './unpack.ts';
import type { Walker } from './walker.ts';

const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/** How many bytes a name or comment in a gzip header may have. */
const HEADER_TEXT_BYTES = 64 * 1024;

/** A gzip file (RFC 1952): its members one after another are one content. */
export function openGzip(input: Reader, walker: Walker): Unpacked {
  return new GunzipReader(input, walker);
}

class GunzipReader implements Unpacked {
  readonly #input: Reader;
  readonly #decoder = takeDecoder();
  readonly #inflated: InflateReader;
  #members = 0;
  #ended = false;
  #problem: Problem | null = null;
  /** A wrong checksum, after which the members behind it are read all the same. */
  #doubt: Problem | null = null;

  constructor(input: Reader, walker: Walker) {
    this.#input = input;
    this.#inflated = new InflateReader(input, this.#decoder, walker.budget);
  }

  close(): void {
    giveDecoder(this.#decoder);
  }

  get problem(): Problem | null {
    return this.#problem ?? (this.#ended ? this.#doubt : null);
  }

  get available(): number {
    return this.#inflated.available;
  }

  peek(limit?: number): Uint8Array {
    return this.#inflated.peek(limit);
  }

  skip(bytes: number): void {
    this.#inflated.skip(bytes);
  }

  fill(bytes: number): boolean | Promise<boolean> {
    if (this.available >= bytes) return true;
    if (this.#ended) return false;
    if (this.#members === 0) return this.#fillFromNext(bytes);
    const filled = this.#inflated.fill(bytes);
    if (filled === true) return true;
    return filled === false ? this.#fillFromNext(bytes) : this.#fillLater(filled, bytes);
  }

  async #fillLater(pending: Promise<boolean>, bytes: number): Promise<boolean> {
    return (await pending) || this.#fillFromNext(bytes);
  }

  /** The current member has no more; goes on with those behind it. */
  async #fillFromNext(bytes: number): Promise<boolean> {
    while (!this.#ended) {
      await this.#nextMember();
      if (!this.#ended && (await this.#inflated.fill(bytes))) return true;
    }
    return this.available >= bytes;
  }

  async #nextMember(): Promise<void> {
    if (this.#members > 0) await this.#closeMember(this.#inflated);
    if (this.#ended) return;
    if (!(await this.#readHeader())) {
      this.#ended = true;
      return;
    }
    this.#members += 1;
    this.#inflated.restart();
  }

  async #closeMember(member: InflateReader): Promise<void> {
    if (!member.ended) return this.#fail(member.problem);
    const trailer = await take(this.#input, 8);
    if (!trailer) return this.#fail({ reason: 'truncated', detail: 'the gzip data ends without its checksum' });
    const view = new DataView(trailer.buffer);
    if (view.getUint32(0, true) !== member.crc || view.getUint32(4, true) !== member.bytesOut % 2 ** 32) {
      // What stands behind it may be whole.
      this.#doubt ??= { reason: 'corrupt', detail: 'the content does not fit the checksum of the gzip data' };
    }
  }

  #fail(problem: Problem | null): void {
    this.#problem = problem;
    this.#ended = true;
  }

  /** False where no further member begins; nothing is taken then, unless the data ends within the header. */
  async #readHeader(): Promise<boolean> {
    const input = this.#input;
    await input.fill(10);
    const head = input.peek(10);
    if (head.length < 3 || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8) return false;
    const flags = head[3] ?? 0;
    input.skip(head.length);
    const complete =
      head.length === 10 &&
      (!(flags & FLAG_EXTRA) || (await this.#skipExtra())) &&
      (!(flags & FLAG_NAME) || (await this.#skipText())) &&
      (!(flags & FLAG_COMMENT) || (await this.#skipText())) &&
      (!(flags & FLAG_HEADER_CRC) || (await take(input, 2)) !== null);
    if (!complete) this.#fail({ reason: 'truncated', detail: 'the gzip data ends within its header' });
    return complete;
  }

  async #skipExtra(): Promise<boolean> {
    const length = await take(this.#input, 2);
    if (!length) return false;
    return (await take(this.#input, (length[0] ?? 0) + (length[1] ?? 0) * 256)) !== null;
  }

  async #skipText(): Promise<boolean> {
    for (let passed = 0; passed < HEADER_TEXT_BYTES;) {
      if (this.#input.available === 0 && !(await this.#input.fill(1))) return false;
      const part = this.#input.peek();
      const end = part.indexOf(0);
      const length = end === -1 ? part.length : end + 1;
      this.#input.skip(length);
      if (end !== -1) return true;
      passed += length;
    }
    return false;
  }
}
