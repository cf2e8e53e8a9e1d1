/** Runs of hexadecimal digits, decoded: two digits are a byte. */
import { decoded, type Decode, type Haystack } from './haystack.ts';

/** Shorter runs hold no token: 32 digits are 16 bytes. */
const LEAST_RUN = 32;

const NONE = 255;
const VALUES = values();

function values(): Uint8Array {
  const table = new Uint8Array(256).fill(NONE);
  for (let value = 0; value < 16; value++) {
    const digit = value.toString(16);
    table[digit.charCodeAt(0)] = value;
    table[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return table;
}

/**
 * The decoded runs that reach into the zone.
 *
 * A run has two phases. From its start it is decoded always; from its second digit (a digit of what stands before belongs
 * to the same run) only where that gives text, and so where its start is no longer in the window.
 *
 * @param places in each run that is to be decoded the offset of a digit, and up to where the run is known to go on, in order;
 *   null: all are
 */
export function hex(
  parent: Haystack,
  context: number,
  places: readonly number[] | null = null,
  decode: Decode = decodeHex,
): readonly Haystack[] {
  const { bytes, length, from, to } = parent;
  const found: Haystack[] = [];
  if (length < LEAST_RUN) return found;
  const values = VALUES;
  let floor = 0;
  const all = places ?? everywhere(parent);
  for (let index = 0; index < all.length; index += 2) {
    const at = all[index] ?? 0;
    if (at < floor || !isDigit(bytes, at)) continue;
    // Runs can be as long as the window, checks for `undefined` would double the time, and no index is out of range.
    let start = at;
    while (start > floor && values[bytes[start - 1] as number] !== NONE) start--;
    let end = all[index + 1] ?? at;
    while (end < length && values[bytes[end] as number] !== NONE) end++;
    floor = end;
    if (end - start < LEAST_RUN || end <= from || start >= to) continue;
    const last = Math.min(end, to + context);
    for (const phase of [0, 1]) {
      const first = start + phase + 2 * Math.max(0, Math.floor((from - context - start) / 2));
      if (phase === 1 && !isText(decode(bytes, first, first + LEAST_RUN - 2))) continue;
      const place = (index: number): number => first + 2 * index;
      found.push(decoded(parent, decode(bytes, first, last), { start: place, end: place }, 'hex'));
    }
  }
  return found;
}

/** Every run of LEAST_RUN digits has one at every LEAST_RUN-th place. */
function everywhere({ length, from, to }: Haystack): readonly number[] {
  const places: number[] = [];
  for (let at = from; at < Math.min(length, to + LEAST_RUN); at += LEAST_RUN) places.push(at, at + 1);
  return places;
}

function isDigit(bytes: Buffer, at: number): boolean {
  return (VALUES[bytes[at] ?? 0] ?? NONE) !== NONE;
}

export function decodeHex(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.from(bytes.toString('latin1', from, to), 'hex');
}

function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => (byte >= 32 && byte < 127) || byte === 0 || byte === 9 || byte === 10 || byte === 13);
}
