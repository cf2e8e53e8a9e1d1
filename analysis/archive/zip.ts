import { PartReader, SourceReader, type Reader } from './reader.ts';
import { rangeSource, type ByteSource } from './source.ts';
import { readZipDirectory, type ZipDirectory, type ZipEntry } from './zip-directory.ts';
import { METHOD, readZipData, type ZipPlace } from './zip-entry.ts';
import { readLocalEntries, readLocalHeader, skipDescriptor } from './zip-stream.ts';
import { showName } from './names.ts';
import type { At, Walker } from './walker.ts';

/**
 * A zip, read by its central directory. Bytes that the directory does not account for are read too: entries that it does
 * not list, data in front, between and behind. Without a directory it is read from front to back.
 */
export async function readZip(source: ByteSource, at: At, walker: Walker): Promise<void> {
  const directory = await readZipDirectory(source, walker.budget.limits.entries + 1);
  if (!directory) {
    walker.skipped(
      at.path,
      'truncated',
      'the zip has no central directory; it was read from front to back, files may be missing',
    );
    await readLocalEntries(new SourceReader(source), { at, walker }, () => {});
    return;
  }
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
  await readLocalEntries(reader, { at, walker }, () => {});
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
    if (comment.length > 0) await this.#deliver(end - comment.length, end, '(zip comment)');
    await this.#gap(end, this.#source.size);
  }

  #path(entry: ZipEntry): readonly string[] {
    const { at, walker } = this.#place;
    return [...at.path, showName(entry.nameBytes, walker.budget.limits.nameBytes).name];
  }

  #report(entry: ZipEntry, reason: string, detail: string): void {
    this.#place.walker.skipped(this.#path(entry), reason, detail);
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
    const end = await this.#data(entry, next, overlaps);
    if (end > this.#claimed) this.#claimedBy = entry;
    this.#claimed = Math.max(this.#claimed, header.sizesFollow ? await this.#behindDescriptor(end) : end);
  }

  /** True where the entry must not be read (again). */
  #reportOverlap(entry: ZipEntry): boolean {
    const other = this.#claimedBy;
    if (!other) return false;
    const name = this.#path(other).at(-1);
    if (entry.offset === other.offset && entry.method === other.method && entry.compressedSize <= other.compressedSize) {
      this.#report(entry, 'overlap', `the entry is made of the same bytes as ${name}, where they were read`);
      return true;
    }
    this.#report(entry, 'overlap', `the bytes of the entry lie within those of ${name}`);
    return this.#overlapLeft <= 0;
  }

  /** Where the data ends in the source. */
  async #data(entry: ZipEntry, next: number, overlaps: boolean): Promise<number> {
    const start = this.#reader.position;
    const stated = Math.min(start + entry.compressedSize, this.#source.size);
    // A compressed stream knows its end better than the directory does.
    const limit = entry.method === METHOD.stored ? stated : Math.max(stated, Math.min(next, this.#directory.start));
    const maxOut = overlaps ? this.#overlapLeft : Number.POSITIVE_INFINITY;
    const length = entry.method === METHOD.stored ? Math.min(limit - start, maxOut) : limit - start;
    const part = new PartReader(this.#reader, length);
    const source = rangeSource(this.#source, start, length);
    const taken = await readZipData(part, entry, this.#place, { source: entry.method === METHOD.stored ? source : null, maxOut });
    if (entry.method === METHOD.stored && start + entry.compressedSize > this.#source.size) {
      this.#report(entry, 'truncated', `the directory states ${entry.compressedSize} bytes, only ${stated - start} are there`);
    }
    if (overlaps) this.#overlapLeft -= Math.max(taken ?? entry.compressedSize, Math.min(entry.size, this.#overlapLeft));
    return taken === null ? stated : start + taken;
  }

  async #behindDescriptor(end: number): Promise<number> {
    this.#reader.seek(Math.min(end, this.#source.size));
    return end + (await skipDescriptor(this.#reader));
  }

  /** Bytes that belong to no listed entry. */
  async #gap(start: number, end: number): Promise<void> {
    if (start >= end || (await this.#isPadding(start, end))) return;
    const { at, walker } = this.#place;
    this.#reader.seek(start);
    await readLocalEntries(
      new PartReader(this.#reader, end - start),
      this.#place,
      (kind, offset, name) => {
        if (kind === 'other')
          walker.skipped(at.path, 'extra-data', `bytes from ${offset} on belong to no entry; they were searched as they are`);
        else
          walker.skipped(
            [...at.path, showName(name ?? new Uint8Array(), walker.budget.limits.nameBytes).name],
            'unlisted',
            'the directory of the zip does not list this entry; it was read all the same',
          );
      },
      start,
    );
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
