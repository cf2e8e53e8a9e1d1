/** Segments of a file, joined into haystacks: one behind the other, with a line break between them. */
import { lastAtMost } from '../ascending.ts';
import { onlyReading, type Haystack, type Reading } from '../haystack.ts';
import type { Segment } from './segment.ts';
import type { Structure } from './structure.ts';

/**
 * Positions from here on are those of decoded segments, counted through all of them: what was compressed together stands at
 * the same bytes of the file, and is not the same for that.
 */
const DECODED = 2 ** 40;

export interface Joined {
  readonly haystack: Haystack;
  /** The bytes of the file at which the positions [start, end) of the haystack's reading stand. */
  locate(start: number, end: number): { readonly start: number; readonly end: number };
}

/**
 * @param most characters of one haystack; longer segments are cut, with `overlap` characters in common
 */
export function* joined({ id }: Structure, segments: readonly Segment[], most: number, overlap: number): Generator<Joined> {
  let batch: Piece[] = [];
  let length = 0;
  let decoded = DECODED;
  for (const segment of segments) {
    const { size } = segment;
    // Most files have thousands of segments of a few bytes, and no list is made for one of those.
    const pieces = size < most ? null : cut(segment, decoded, most, overlap);
    for (let index = 0; index < (pieces?.length ?? 1); index++) {
      const piece = pieces?.[index] ?? whole(segment, decoded);
      if (length + piece.size + 1 > most && batch.length > 0) {
        yield joinedPieces(id, batch, length);
        batch = [];
        length = 0;
      }
      batch.push(piece);
      length += piece.size + 1;
    }
    decoded += size + 1;
  }
  if (batch.length > 0) yield joinedPieces(id, batch, length);
}

interface Piece {
  /** Its bytes in the segment's source. */
  readonly from: number;
  readonly size: number;
  /** The position of the first character. */
  readonly position: number;
  readonly segment: Segment;
}

function whole(segment: Segment, decoded: number): Piece {
  const { from, size, offset, length } = segment;
  return { from, size, position: length === null ? offset : decoded, segment };
}

function cut(segment: Segment, decoded: number, most: number, overlap: number): readonly Piece[] {
  const { from, size, position } = whole(segment, decoded);
  const step = most - overlap - 1;
  return Array.from({ length: Math.ceil(size / step) }, (_, index) => ({
    from: from + index * step,
    size: Math.min(size - index * step, most - 1),
    position: position + index * step,
    segment,
  }));
}

const LINE_FEED = 10;

/** Shorter texts are sooner copied byte by byte than by a call. */
const SHORT = 48;

function copy({ from, size, segment: { source } }: Piece, into: Buffer, at: number): void {
  if (size > SHORT) into.set(source.subarray(from, from + size), at);
  else for (let index = 0; index < size; index++) into[at + index] = source[from + index] ?? 0;
}

function joinedPieces(id: string, pieces: readonly Piece[], length: number): Joined {
  const bytes = Buffer.allocUnsafe(length);
  const starts: number[] = [];
  let end = 0;
  for (const piece of pieces) {
    starts.push(end);
    copy(piece, bytes, end);
    end += piece.size;
    bytes[end++] = LINE_FEED;
  }

  /** The position of the character at `index`. */
  function positionOf(index: number): number {
    const at = lastAtMost(starts, index);
    return (pieces[at]?.position ?? 0) + index - (starts[at] ?? 0);
  }

  const reading: Reading = {
    decoding: [id],
    length,
    text: (from, to) => bytes.toString('latin1', from, to),
    start: positionOf,
    end: (index) => positionOf(Math.max(0, index - 1)) + 1,
  };
  return {
    haystack: { bytes, length, from: 0, to: length, zone: { from: 0, to: Number.POSITIVE_INFINITY }, ...onlyReading(reading) },
    locate(start, end) {
      if (start < DECODED) return { start, end };
      const piece = pieces.findLast(({ position }) => position >= DECODED && position <= start);
      const { offset = 0, length = 0 } = piece?.segment ?? {};
      return { start: offset, end: offset + (length ?? 0) };
    },
  };
}
