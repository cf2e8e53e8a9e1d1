import { PartReader, SourceReader, type Reader } from '../reader.ts';
import { rangeSource, type ByteSource } from '../source.ts';
import type { ZipDirectory, ZipEntry } from './directory.ts';
import { METHOD, isReadable, pathOf, readZipData, type ZipPlace } from './entry.ts';
import { readLocalEntries, readLocalHeader, skipDescriptor } from './stream.ts';
import type { At, Walker } from '../walker.ts';

/**
 * A zip, read by its central directory. Bytes that the directory does not account for are read too: entries that it does
 * not list, data in front, between and behind.
 */
export async function readZip(source: ByteSource, directory: ZipDirectory, at: At, walker: Walker): Promise<void> {
  // The short end record counts modulo 65 536.
  if (directory.entries.length !== directory.stated && directory.entries.length % 65_536 !== directory.stated) {
    walker.skipped(
      at.path,
      'corrupt',
      `the zip states ${directory.stated} entries, its directory lists ${directory.entries.length}`,
    );
  }
  const zip = new ListedZip(source, directory, { at, walker });
  await zip.read();
}

/** A zip that cannot be read anywhere, only from front to back. */
export async function readZipForward(reader: Reader, at: At, walker: Walker): Promise<void> {
  await readLocalEntries(reader, { at, walker }, null);
}

class ListedZip {
  readonly #source: ByteSource;
  readonly #directory: ZipDirectory;
  readonly #place: ZipPlace;
  readonly #reader: SourceReader;
  /** Up to here the bytes of the source are accounted for, by this entry. */
  #claimed = 0;
  #claimedBy: ZipEntry | null = null;
  #overlapLeft: number;

  constructor(source: ByteSource, directory: ZipDirectory, place: ZipPlace) {
    this.#source = source;
    this.#directory = directory;
    this.#place = place;
    this.#reader = new SourceReader(source);
    this.#overlapLeft = place.walker.budget.limits.overlapBytes;
  }

  async read(): Promise<void> {
    const { start, end, comment } = this.#directory;
    const entries = this.#directory.entries.toSorted((one, other) => one.offset - other.offset);
    for (const [index, entry] of entries.entries()) {
      await this.#gap(this.#claimed, Math.min(entry.offset, start));
      await this.#entry(entry, entries[index + 1]?.offset ?? start);
    }
    await this.#gap(this.#claimed, start);
    await this.#gap(this.#directory.listEnd, this.#directory.recordsStart);
    if (comment.length > 0) await this.#deliver(end - comment.length, end, '(zip comment)');
    await this.#gap(end, this.#source.size);
  }

  #report(entry: ZipEntry, reason: string, detail: string): void {
    this.#place.walker.skipped(pathOf(entry, this.#place), reason, detail);
  }

  async #entry(entry: ZipEntry, next: number): Promise<void> {
    const overlaps = this.#claimedBy !== null && entry.offset < this.#claimed;
    if (overlaps && this.#reportOverlap(entry)) return;
    if (entry.offset < 0 || entry.offset >= this.#source.size) {
      this.#report(entry, 'corrupt', `the directory places the entry at byte ${entry.offset} of ${this.#source.size}`);
      return;
    }
    this.#reader.seek(entry.offset);
    const header = await readLocalHeader(this.#reader);
    if (!header) {
      this.#report(entry, 'corrupt', `no entry begins at byte ${entry.offset}, where the directory places it`);
      return;
    }
    this.#reader.skip(header.length);
    // Where only one of its two headers says how to read it, that one is believed.
    const member = isReadable(entry) || !isReadable(header) ? entry : { ...entry, flags: header.flags, method: header.method };
    const end = await this.#data(member, next, overlaps);
    if (end > this.#claimed) this.#claimedBy = entry;
    this.#claimed = Math.max(this.#claimed, header.sizesFollow ? await this.#behindDescriptor(end) : end);
  }

  /** True where the entry is not read (again). */
  #reportOverlap(entry: ZipEntry): boolean {
    const { at, walker } = this.#place;
    const other = this.#claimedBy;
    if (!other) return false;
    const name = pathOf(other, this.#place).at(-1);
    if (entry.offset === other.offset && entry.method === other.method && entry.compressedSize <= other.compressedSize) {
      walker.noted(pathOf(entry, this.#place), 'overlap', `the entry is made of the same bytes as ${name}, where they were read`);
      return true;
    }
    if (this.#overlapLeft <= 0) {
      this.#report(entry, 'overlap', `the bytes of the entry lie within those of ${name}; of such entries no more are read`);
      return true;
    }
    walker.noted(
      [...at.path, ...pathOf(entry, this.#place).slice(-1)],
      'overlap',
      `the bytes of the entry lie within those of ${name}`,
    );
    return false;
  }

  /** Where the data ends in the source. */
  async #data(entry: ZipEntry, next: number, overlaps: boolean): Promise<number> {
    const start = this.#reader.position;
    const farthest = start < this.#directory.start ? this.#directory.start : this.#source.size;
    const stated = Math.min(start + entry.compressedSize, farthest);
    // A compressed stream knows its end better than the directory does.
    const limit = entry.method === METHOD.stored ? stated : Math.max(stated, Math.min(next, farthest));
    const maxOut = overlaps ? this.#overlapLeft : Number.POSITIVE_INFINITY;
    const length = entry.method === METHOD.stored ? Math.min(limit - start, maxOut) : limit - start;
    const part = new PartReader(this.#reader, length);
    const source = entry.method === METHOD.stored ? rangeSource(this.#source, start, length) : null;
    const { taken, given } = await readZipData(part, entry, this.#place, { source, maxOut });
    if (entry.method === METHOD.stored) this.#checkStored(entry, length, maxOut);
    // A stored entry gives what is there, not what it states.
    if (overlaps) this.#overlapLeft -= Math.min(given, entry.method === METHOD.stored ? length : given);
    if (!isReadable(entry)) return Math.min(stated, Math.max(next, start));
    return entry.method === METHOD.stored || taken === null ? stated : start + taken;
  }

  #checkStored(entry: ZipEntry, length: number, maxOut: number): void {
    if (entry.compressedSize <= length) return;
    const stated = `the directory states ${entry.compressedSize} bytes`;
    if (length < maxOut) this.#report(entry, 'truncated', `${stated}, only ${length} are there`);
    else this.#report(entry, 'overlap', `${stated} that lie within those of another entry; of such entries no more are read`);
  }

  async #behindDescriptor(end: number): Promise<number> {
    this.#reader.seek(Math.min(end, this.#source.size));
    return end + (await skipDescriptor(this.#reader));
  }

  /** Bytes that belong to no listed entry. */
  async #gap(start: number, end: number): Promise<void> {
    if (start >= end || (await this.#isPadding(start, end))) return;
    this.#reader.seek(start);
    await readLocalEntries(new PartReader(this.#reader, end - start), this.#place, start);
  }

  /** Aligned zips have zeros between their entries. */
  async #isPadding(start: number, end: number): Promise<boolean> {
    if (end - start > 65_536) return false;
    this.#reader.seek(start);
    await this.#reader.fill(end - start);
    return this.#reader.peek(end - start).every((byte) => byte === 0);
  }

  async #deliver(start: number, end: number, name: string): Promise<void> {
    const { at, walker } = this.#place;
    this.#reader.seek(start);
    await walker.deliver(new PartReader(this.#reader, end - start), [...at.path, name], end - start);
  }
}
