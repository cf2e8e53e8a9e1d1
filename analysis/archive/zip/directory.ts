import { readFully } from '../reader.ts';
import type { ByteSource } from '../source.ts';

/** One entry as the central directory states it. */
export interface ZipEntry {
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Where its local header stands in the source. */
  readonly offset: number;
}

export interface ZipDirectory {
  /** Where the directory stands in the source, and where the entries that it lists end. */
  readonly start: number;
  readonly listEnd: number;
  /** Where the records that end the directory begin, and where they end, comment included. */
  readonly recordsStart: number;
  readonly end: number;
  readonly entries: readonly ZipEntry[];
  /** How many entries the end record promises. */
  readonly stated: number;
  readonly comment: Uint8Array;
}

export const SIGNATURE = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  descriptor: 0x08074b50,
  zip64End: 0x06064b50,
} as const;

const END_BYTES = 22;
const ZIP64_LOCATOR_BYTES = 20;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** How far from the end of the file the end record is looked for: a comment's 64 KiB, and data that was put behind. */
const TAIL_BYTES = 1024 * 1024;
const NEAR_BYTES = 4096;
const READ_BYTES = 1024 * 1024;
/** A file made of end records must not be read again for each. */
const TRIED_RECORDS = 64;

/**
 * The central directory of a zip (APPNOTE 6.3), also of one with data before or behind it; null where none is found.
 *
 * @param maxEntries how many entries are read at most; `stated` tells when there were more
 */
export async function readZipDirectory(source: ByteSource, maxEntries: number): Promise<ZipDirectory | null> {
  const tailStart = Math.max(0, source.size - TAIL_BYTES);
  const near = Math.max(tailStart, source.size - NEAR_BYTES);
  // The usual case first: no comment or a short one.
  const directory = await findDirectory(source, near, maxEntries);
  if (directory?.end === source.size || near === tailStart) return directory;
  return (await findDirectory(source, tailStart, maxEntries)) ?? directory;
}

/** The last end record from `start` on that leads to a directory, but rather one that ends where the file ends. */
async function findDirectory(source: ByteSource, start: number, maxEntries: number): Promise<ZipDirectory | null> {
  const tail = toBuffer(await readFully(source, start, source.size - start));
  let best: ZipDirectory | null = null;
  for (let at = tail.length - END_BYTES, tried = 0; at >= 0 && tried < TRIED_RECORDS; at -= 1) {
    at = tail.lastIndexOf('PK\u0005\u0006', at, 'latin1');
    if (at < 0) break;
    const endsFile = at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length;
    if (best && !endsFile) continue;
    tried += 1;
    const directory = await directoryOf(source, tail, at, start, maxEntries);
    if (directory && endsFile) return directory;
    best ??= directory;
  }
  return best;
}

async function directoryOf(
  source: ByteSource,
  tail: Buffer,
  at: number,
  tailStart: number,
  maxEntries: number,
): Promise<ZipDirectory | null> {
  const endAt = tailStart + at;
  const comment = tail.subarray(at + END_BYTES, at + END_BYTES + tail.readUInt16LE(at + 20));
  const short: DirectoryPlace = {
    stated: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
    directoryEnd: endAt,
  };
  for (const place of [...(await readZip64Ends(source, endAt)), short]) {
    const found = await entriesOf(source, place, maxEntries);
    if (!found) continue;
    return { ...found, recordsStart: place.directoryEnd, end: endAt + END_BYTES + comment.length, stated: place.stated, comment };
  }
  return null;
}

interface DirectoryPlace {
  readonly stated: number;
  readonly size: number;
  readonly offset: number;
  /** Where the directory must end, by the place of the record behind it. */
  readonly directoryEnd: number;
}

/** The zip64 records that an end record may have: the one that its locator states, and the one that stands before it. */
async function readZip64Ends(source: ByteSource, endAt: number): Promise<readonly DirectoryPlace[]> {
  const locatorAt = endAt - ZIP64_LOCATOR_BYTES;
  if (locatorAt < 0) return [];
  const locator = toBuffer(await readFully(source, locatorAt, ZIP64_LOCATOR_BYTES));
  if (locator.length < ZIP64_LOCATOR_BYTES || locator.readUInt32LE(0) !== 0x07064b50) return [];
  const found: DirectoryPlace[] = [];
  // Data put in front of the zip shifts the record; it normally has 56 bytes and stands right before the locator.
  for (const recordAt of new Set([Number(locator.readBigUInt64LE(8)), locatorAt - 56])) {
    if (recordAt < 0 || recordAt + 56 > locatorAt) continue;
    const record = toBuffer(await readFully(source, recordAt, 56));
    if (record.length < 56 || record.readUInt32LE(0) !== SIGNATURE.zip64End) continue;
    found.push({
      stated: Number(record.readBigUInt64LE(32)),
      size: Number(record.readBigUInt64LE(40)),
      offset: Number(record.readBigUInt64LE(48)),
      directoryEnd: recordAt,
    });
  }
  return found;
}

async function entriesOf(source: ByteSource, place: DirectoryPlace, maxEntries: number): Promise<EntryList | null> {
  if (place.stated === 0 && place.size === 0) return { start: place.directoryEnd, listEnd: place.directoryEnd, entries: [] };
  let best: EntryList | null = null;
  // The stated size counted back from the end holds for zips with data in front; the stated offset for all others.
  for (const start of new Set([place.directoryEnd - place.size, place.offset])) {
    if (!Number.isSafeInteger(start) || start < 0 || start + CENTRAL_BYTES > place.directoryEnd) continue;
    const { entries, listEnd } = await readEntries(source, start, place.directoryEnd, maxEntries);
    if (entries.length > (best?.entries.length ?? 0)) best = { start, listEnd, entries };
    if (entries.length === place.stated) break;
  }
  if (!best) return null;
  return { ...best, entries: await shifted(source, best.entries, best.start - place.offset) };
}

type EntryList = Pick<ZipDirectory, 'start' | 'listEnd' | 'entries'>;

/** So many entries are asked where they begin, when the first ones do not agree. */
const ASKED_ENTRIES = 10_000;

/**
 * The entries where they stand when the whole zip is shifted by data in front. A directory that lies about its own place is
 * no sign of that, and where bytes got lost in the middle only some are shifted: so the entries are asked.
 */
async function shifted(source: ByteSource, entries: readonly ZipEntry[], shift: number): Promise<readonly ZipEntry[]> {
  if (shift === 0) return entries;
  let moved = 0;
  let unmoved = 0;
  for (const entry of entries.slice(0, 16)) {
    moved += await likenessAt(source, entry, entry.offset + shift);
    unmoved += await likenessAt(source, entry, entry.offset);
  }
  if (unmoved === 0) return entries.map((entry) => movedBy(entry, shift));
  if (moved === 0) return entries;
  const placed: ZipEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    const stays =
      index >= ASKED_ENTRIES ||
      (await likenessAt(source, entry, entry.offset)) >= (await likenessAt(source, entry, entry.offset + shift));
    placed.push(stays ? entry : movedBy(entry, shift));
  }
  return placed;
}

function movedBy(entry: ZipEntry, shift: number): ZipEntry {
  return { ...entry, offset: entry.offset + shift };
}

/**
 * How much what stands there is like the entry: 0 is no local header, 1 one of another name, 2 its own. Where a zip lost its
 * directory, that of a zip stored in it comes last, and at the entry's place stands the header of the outer zip.
 */
async function likenessAt(source: ByteSource, { nameBytes }: ZipEntry, offset: number): Promise<number> {
  if (offset < 0 || offset >= source.size) return 0;
  const bytes = toBuffer(await readFully(source, offset, LOCAL_BYTES + nameBytes.length));
  if (bytes.length < LOCAL_BYTES || bytes.readUInt32LE(0) !== SIGNATURE.local) return 0;
  return bytes.readUInt16LE(26) === nameBytes.length && bytes.subarray(LOCAL_BYTES).equals(nameBytes) ? 2 : 1;
}

async function readEntries(
  source: ByteSource,
  start: number,
  end: number,
  maxEntries: number,
): Promise<{ readonly listEnd: number; readonly entries: readonly ZipEntry[] }> {
  const entries: ZipEntry[] = [];
  let buffer: Buffer = Buffer.alloc(0);
  let bufferAt = start;
  let at = start;
  while (at + CENTRAL_BYTES <= end && entries.length < maxEntries) {
    // An entry has at most three times 64 KiB of name, extra field and comment.
    if (at + 4 * 65_536 > bufferAt + buffer.length && bufferAt + buffer.length < end) {
      buffer = toBuffer(await readFully(source, at, Math.min(end - at, READ_BYTES)));
      bufferAt = at;
    }
    const record = buffer.subarray(at - bufferAt);
    if (record.length < CENTRAL_BYTES || record.readUInt32LE(0) !== SIGNATURE.central) break;
    const extraAt = CENTRAL_BYTES + record.readUInt16LE(28);
    const extraEnd = extraAt + record.readUInt16LE(30);
    entries.push(entryOf(record, record.subarray(extraAt, extraEnd)));
    at += extraEnd + record.readUInt16LE(32);
  }
  return { entries, listEnd: Math.min(at, end) };
}

function entryOf(record: Buffer, extra: Buffer): ZipEntry {
  const sizes = { size: record.readUInt32LE(24), compressedSize: record.readUInt32LE(20), offset: record.readUInt32LE(42) };
  const { size, compressedSize, offset } = widen(sizes, extra);
  return {
    nameBytes: new Uint8Array(record.subarray(CENTRAL_BYTES, CENTRAL_BYTES + record.readUInt16LE(28))),
    flags: record.readUInt16LE(8),
    method: record.readUInt16LE(10),
    crc: record.readUInt32LE(16),
    compressedSize,
    size,
    offset,
  };
}

interface Sizes {
  readonly size: number;
  readonly compressedSize: number;
  readonly offset: number;
}

const WIDE = 0xffffffff;

/** The zip64 extra field holds, in this order, those values that did not fit into 32 bits. */
export function widen(sizes: Sizes, extra: Buffer): Sizes {
  if (sizes.size !== WIDE && sizes.compressedSize !== WIDE && sizes.offset !== WIDE) return sizes;
  for (let at = 0; at + 4 <= extra.length;) {
    const id = extra.readUInt16LE(at);
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (id === 1) return widenFrom(sizes, extra.subarray(at + 4, end));
    at = end;
  }
  return sizes;
}

function widenFrom(sizes: Sizes, field: Buffer): Sizes {
  let at = 0;
  function wide(value: number): number {
    if (value !== WIDE || at + 8 > field.length) return value;
    at += 8;
    return Number(field.readBigUInt64LE(at - 8));
  }
  const size = wide(sizes.size);
  const compressedSize = wide(sizes.compressedSize);
  return { size, compressedSize, offset: wide(sizes.offset) };
}

export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
