/** The checks of an xz stream's blocks (The .xz File Format, 3.4 and 4). */
import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Takes a block's content as it comes, and then what the block says that it should be. */
export interface Check {
  update(bytes: Uint8Array): void;
  fits(stored: Uint8Array): boolean;
}

/** So many bytes the check of each kind takes. */
export function checkBytes(kind: number): number {
  return kind === 0 ? 0 : 4 * 2 ** Math.floor((kind - 1) / 3);
}

/** A check of a kind; one that nobody knows fits whatever comes. */
export function checkOf(kind: number): Check {
  if (kind === 1) return new Crc32();
  if (kind === 4) return new Crc64();
  if (kind === 10) return new Sha256();
  return { update() {}, fits: () => true };
}

class Crc32 implements Check {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }

  fits(stored: Uint8Array): boolean {
    return Buffer.from(stored).readUInt32LE() === this.#crc;
  }
}

/** CRC-64 of ECMA-182, reflected; its halves apart, for numbers of 64 bits are slow. */
class Crc64 implements Check {
  static readonly #tables = crc64Tables();
  #low = 0xffffffff;
  #high = 0xffffffff;

  update(bytes: Uint8Array): void {
    const { lows, highs } = Crc64.#tables;
    let low = this.#low;
    let high = this.#high;
    for (const byte of bytes) {
      const index = (low ^ byte) & 255;
      low = ((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0);
      high = (high >>> 8) ^ (highs[index] ?? 0);
    }
    this.#low = low;
    this.#high = high;
  }

  fits(stored: Uint8Array): boolean {
    const bytes = Buffer.from(stored);
    return bytes.readUInt32LE() === ~this.#low >>> 0 && bytes.readUInt32LE(4) === ~this.#high >>> 0;
  }
}

function crc64Tables(): { readonly lows: Uint32Array; readonly highs: Uint32Array } {
  const lows = new Uint32Array(256);
  const highs = new Uint32Array(256);
  for (let index = 0; index < 256; index += 1) {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit += 1) value = (value >> 1n) ^ ((value & 1n) * 0xc96c5795d7870f42n);
    lows[index] = Number(value & 0xffffffffn);
    highs[index] = Number(value >> 32n);
  }
  return { lows, highs };
}

class Sha256 implements Check {
  readonly #hash: Hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  fits(stored: Uint8Array): boolean {
    return this.#hash.digest().equals(stored);
  }
}
