/** What a structure gives: texts with their places in the file. */

/** A text out of a file. */
export interface Segment {
  /** Its bytes are those of `source` from `from` on; a list for each of thousands of texts would cost more than the texts. */
  readonly source: Uint8Array;
  readonly from: number;
  readonly size: number;
  /** Where it stands in the file; what was decoded stands where the encoded bytes stand. */
  readonly offset: number;
  /** The bytes of the file that were decoded; null: the segment's bytes are the file's own. */
  readonly length: number | null;
}

/** A text that stands in the file as it is. */
export function textOf(file: Uint8Array, from: number, size: number): Segment {
  return { source: file, from, size, offset: from, length: null };
}

/** A text that was decoded from `length` bytes of the file. */
export function textFrom(bytes: Uint8Array, offset: number, length: number): Segment {
  return { source: bytes, from: 0, size: bytes.length, offset, length };
}

/** A text with a byte of text beside it, or one that was decoded. The others are found where they stand, among the file's bytes. */
export function isHidden({ source, from, size, length }: Segment): boolean {
  return length !== null || isText(source[from - 1] ?? 0) || isText(source[from + size] ?? 0);
}

/** Printable, of ASCII: whatever could belong to a token or to what must not stand beside one. */
function isText(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

export interface Extract {
  readonly segments: readonly Segment[];
  /** False where a limit or damage left something out. */
  readonly complete: boolean;
}
