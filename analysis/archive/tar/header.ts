/** The 512 bytes in front of every tar member (POSIX ustar, v7, GNU, star), read as leniently as is safe. */
export interface TarHeader {
  /** A view of the block, valid as long as it is. */
  readonly name: Uint8Array;
  readonly size: number;
  /** The type flag as a character; NUL for the oldest tars. */
  readonly type: string;
  /** For old GNU sparse files: their map goes on in the next block. */
  readonly sparseMapGoesOn: boolean;
}

export const BLOCK = 512;

const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
const MAGIC_AT = 257;
/** "ustar\0"; GNU has a space in place of the NUL, and times in place of the prefix. */
const POSIX_MAGIC = Buffer.from('ustar\0');
const SPACE = 0x20;

/** True where the block's checksum is right: the sum of its bytes, signed or unsigned, with spaces in its own field. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < BLOCK) return false;
  const stated = readNumber(block, CHECKSUM_AT, CHECKSUM_BYTES);
  if (stated === null) return false;
  let sum = CHECKSUM_BYTES * SPACE;
  // A check for `undefined` would double the time, and no index is out of range.
  for (let at = 0; at < BLOCK; at += 1) sum += block[at] as number;
  for (let at = CHECKSUM_AT; at < CHECKSUM_AT + CHECKSUM_BYTES; at += 1) sum -= block[at] ?? 0;
  if (sum === stated) return true;
  // Early tars summed signed bytes.
  let high = 0;
  for (const byte of block.subarray(0, BLOCK)) high += byte >> 7;
  return sum - 256 * high === stated;
}

/** Null where the block is no header. */
export function readTarHeader(block: Uint8Array): TarHeader | null {
  if (!isTarHeader(block)) return null;
  const size = readNumber(block, 124, 12);
  if (size === null || size < 0 || !Number.isSafeInteger(size)) return null;
  return { name: readFullName(block), size, type: String.fromCharCode(block[156] ?? 0), sparseMapGoesOn: block[482] !== 0 };
}

function readFullName(block: Uint8Array): Uint8Array {
  const name = upToNul(block.subarray(0, 100));
  if (block[345] === 0 || !POSIX_MAGIC.every((byte, at) => block[MAGIC_AT + at] === byte)) return name;
  return Buffer.concat([upToNul(block.subarray(345, 500)), Buffer.from('/'), name]);
}

export function upToNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** Octal digits between spaces and NULs, or base 256 with the first bit set; null for anything else. An empty field is 0. */
function readNumber(block: Uint8Array, at: number, length: number): number | null {
  const first = block[at] ?? 0;
  if (first & 0x80) return readBase256(block, at, length);
  let value = 0;
  let begun = false;
  for (let index = at; index < at + length; index += 1) {
    const byte = block[index] ?? 0;
    if (byte >= 0x30 && byte <= 0x37) {
      value = value * 8 + (byte - 0x30);
      begun = true;
    } else if (byte !== SPACE && byte !== 0) {
      return null;
    } else if (begun) {
      break;
    }
  }
  return value;
}

function readBase256(block: Uint8Array, at: number, length: number): number | null {
  const first = block[at] ?? 0;
  if (first & 0x40) return null;
  let value = first & 0x3f;
  for (let index = at + 1; index < at + length; index += 1) value = value * 256 + (block[index] ?? 0);
  return value;
}
