/**
 * UTF-16 text, whole files and islands in binaries, at even and odd offsets, in both byte orders.
 *
 * The user strings of a .NET assembly (ECMA-335, II.24.2.4) are UTF-16LE behind a length of one to four bytes, so they
 * stand at odd offsets as often as at even ones.
 */
import type { Haystack, Reading, Zone } from './haystack.ts';

/** Stands for what is no character below 256. It is in no literal and belongs to no word. */
const NO_CHARACTER = 0xff;

/** Makes one byte of each unit: its character where the byte behind it or the one before it is NUL, and 255 elsewhere. */
export type Narrow = (parent: Haystack) => readonly [even: Buffer, odd: Buffer];

/**
 * The haystacks of both alignments of a haystack that has NULs.
 *
 * @param stretches bytes of the parent in which literals are looked for
 */
export function utf16(parent: Haystack, narrow: Narrow = narrowed, stretches: readonly Zone[] = [parent]): readonly Haystack[] {
  const [even, odd] = narrow(parent);
  return [...stretches.map((one) => aligned(parent, 0, even, one)), ...stretches.map((one) => aligned(parent, 1, odd, one))];
}

export function narrowed(parent: Haystack): readonly [even: Buffer, odd: Buffer] {
  return [narrowedFrom(parent, 0), narrowedFrom(parent, 1)];
}

function narrowedFrom({ bytes, length }: Haystack, alignment: 0 | 1): Buffer {
  const units = Buffer.allocUnsafe(Math.max(0, Math.floor((length - alignment + 1) / 2)));
  for (let unit = 0, at = alignment; unit < units.length; unit++, at += 2) {
    const isCharacter = bytes[at + 1] === 0 || (at > 0 && bytes[at - 1] === 0);
    units[unit] = isCharacter ? (bytes[at] ?? NO_CHARACTER) : NO_CHARACTER;
  }
  return units;
}

function aligned(parent: Haystack, alignment: 0 | 1, units: Buffer, stretch: Zone): Haystack {
  const little = reading(parent, alignment, 1);
  const big = reading(parent, alignment, -1);
  const isBig = endsInCharacter(parent);
  return {
    bytes: units,
    length: units.length,
    from: unitAt(Math.max(parent.from, stretch.from), alignment),
    to: Math.min(units.length, unitAt(Math.min(parent.to, stretch.to), alignment)),
    zone: parent.zone,
    reading: little,
    readingsAt: (index) => (isBig(2 * index + alignment) ? [big, little] : [little, big]),
  };
}

/** The first unit whose character stands at `offset` or later. */
function unitAt(offset: number, alignment: 0 | 1): number {
  return Math.max(0, Math.ceil((offset - alignment) / 2));
}

/**
 * Tells the byte orders apart, where both fit because NULs stand on both sides of every character: text in big endian ends
 * in a character, text in little endian in the NUL that belongs to its last one.
 */
function endsInCharacter({ bytes, length }: Haystack): (at: number) => boolean {
  // Hits come in order, and all hits of one text have the same end.
  let start = 0;
  let end = -1;
  return (at) => {
    if (at < start || at > end) {
      start = at;
      end = at;
      while (end + 1 < length && bytes[end + 1] === 0) end += 2;
    }
    // A text that is longer than the window is a file of its own, whose units stand at even offsets.
    if (end + 1 === length && at % 2 === 1) return true;
    const byte = end < length ? (bytes[end] ?? 0) : 0;
    return (byte >= 0x20 && byte < 0x7f) || byte === 10 || byte === 13;
  };
}

/** @param high where the upper half of a unit stands: after its character (little endian) or before it */
function reading(parent: Haystack, alignment: 0 | 1, high: 1 | -1): Reading {
  const { bytes, length } = parent;
  const outer = parent.reading;
  const first = high === 1 ? 0 : -1;
  return {
    decoding: [...outer.decoding, high === 1 ? 'utf-16le' : 'utf-16be'],
    length: Math.max(0, Math.floor((length - alignment + 1) / 2)),
    text(from, to) {
      const text = Buffer.allocUnsafe(Math.max(0, to - from));
      for (let index = 0; index < text.length; index++) {
        const at = 2 * (from + index) + alignment;
        const partner = at + high;
        const isCharacter = partner >= 0 && partner < length && bytes[partner] === 0;
        text[index] = isCharacter ? (bytes[at] ?? NO_CHARACTER) : NO_CHARACTER;
      }
      return text.toString('latin1');
    },
    start: (index) => outer.start(Math.max(0, 2 * index + alignment + first)),
    end: (index) => outer.end(Math.min(length, 2 * index + alignment + first)),
  };
}
