/** Values of a SQLite file, which stand in its pages one right behind the other: https://www.sqlite.org/fileformat2.html */
import { textFrom, textOf, type Extract, type Segment } from './segment.ts';

const INDEX_LEAF = 10;
const TABLE_LEAF = 13;
const LEAST = 12;
/** One value, put together from its pages. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_TOTAL_BYTES = 128 * 1024 * 1024;

interface Database {
  readonly file: Buffer;
  readonly pageSize: number;
  /** Bytes of a page that hold content. */
  readonly usable: number;
}

export function sqlite(file: Buffer): Extract {
  const segments: Segment[] = [];
  if (file.length < 512) return { segments, complete: false };
  const stated = file.readUInt16BE(16);
  const pageSize = stated === 1 ? 65_536 : stated;
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) return { segments, complete: false };
  const database = { file, pageSize, usable: pageSize - (file[20] ?? 0) };
  let total = 0;
  for (let page = 0; page + pageSize <= file.length; page += pageSize) {
    for (const segment of valuesOf(database, page)) {
      segments.push(segment);
      total += segment.size;
      if (total > MOST_TOTAL_BYTES) return { segments, complete: false };
    }
  }
  return { segments, complete: true };
}

/** The texts and blobs of a leaf page. */
function* valuesOf(database: Database, page: number): Generator<Segment> {
  const { file, pageSize } = database;
  // The first page begins with the header of the file.
  const header = page === 0 ? 100 : page;
  const type = file[header] ?? 0;
  if (type !== TABLE_LEAF && type !== INDEX_LEAF) return;
  const cells = file.readUInt16BE(header + 3);
  for (let cell = 0; cell < cells; cell++) {
    const pointer = header + 8 + 2 * cell;
    if (pointer + 2 > page + pageSize) return;
    const start = page + file.readUInt16BE(pointer);
    if (start < page + pageSize) yield* valuesOfCell(database, start, page + pageSize, type);
  }
}

function* valuesOfCell(database: Database, start: number, pageEnd: number, type: number): Generator<Segment> {
  const { file, usable } = database;
  const size = varint(file, start);
  const rowId = type === TABLE_LEAF ? varint(file, size.end) : null;
  const begin = rowId?.end ?? size.end;
  if (size.value > MOST_BYTES) return;
  // How much of the payload stands in the page itself ("Cell Payload Overflow Pages").
  const most = type === TABLE_LEAF ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((size.value - least) % (usable - 4));
  const local = size.value <= most ? size.value : fitting <= most ? fitting : least;
  if (begin + local > pageEnd) return;
  const isWhole = local === size.value;
  const payload = isWhole ? file.subarray(begin, begin + local) : withOverflow(database, begin, local, size.value);
  const length = varint(payload, 0);
  let at = length.value;
  for (let column = length.end; column < length.value;) {
    const serial = varint(payload, column);
    column = serial.end;
    const bytes = widthOf(serial.value);
    if (at + bytes > payload.length) return;
    if (serial.value >= 12 && bytes >= LEAST) {
      // What goes on in other pages stands where it begins.
      yield isWhole ? textOf(file, begin + at, bytes) : textFrom(payload.subarray(at, at + bytes), begin, local);
    }
    at += bytes;
  }
}

function withOverflow({ file, pageSize, usable }: Database, begin: number, local: number, size: number): Buffer {
  const pieces = [file.subarray(begin, begin + local)];
  let left = size - local;
  let page = begin + local + 4 <= file.length ? file.readUInt32BE(begin + local) : 0;
  while (left > 0 && page > 0) {
    const start = (page - 1) * pageSize;
    if (start + usable > file.length) break;
    const bytes = Math.min(left, usable - 4);
    pieces.push(file.subarray(start + 4, start + 4 + bytes));
    left -= bytes;
    page = file.readUInt32BE(start);
  }
  return Buffer.concat(pieces);
}

function varint(bytes: Buffer, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    const byte = bytes[at + index] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) return { value, end: at + index + 1 };
  }
  return { value: value * 256 + (bytes[at + 8] ?? 0), end: at + 9 };
}

/** Bytes of a value of this serial type. */
function widthOf(serial: number): number {
  if (serial >= 12) return Math.floor((serial - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][serial] ?? 0;
}
