import { InflateFeed } from './inflate.ts';
import { showName } from './names.ts';
import { FeedReader, type Reader } from './reader.ts';
import type { ByteSource } from './source.ts';
import { inside, type At, type Walker } from './walker.ts';

/** A member of a zip, as far as its headers tell. */
export interface ZipMember {
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly compressedSize: number | null;
  readonly size: number | null;
  readonly crc: number | null;
}

/** What is shared by the entries of one zip. */
export interface ZipPlace {
  readonly at: At;
  readonly walker: Walker;
  /** Window for inflated bytes. */
  readonly window: Uint8Array;
}

export interface ZipData {
  /** The stored bytes for reading anywhere, where that is possible. */
  readonly source: ByteSource | null;
  /** Bytes to read at most. */
  readonly maxOut: number;
}

const ENCRYPTED = 1;
export const METHOD = { stored: 0, deflated: 8, aes: 99 } as const;

/**
 * Reads the data of one member, at which `reader` stands.
 *
 * @returns how many bytes of data there were, where the data itself told; null where only the headers know
 */
export async function readZipData(reader: Reader, member: ZipMember, place: ZipPlace, data: ZipData): Promise<number | null> {
  const { at, walker } = place;
  const { name, shortened } = showName(member.nameBytes, walker.budget.limits.nameBytes);
  const here = inside(at, name, member.size, data.source);
  if (shortened) walker.skipped(here.path, 'limit-name', `the name has ${member.nameBytes.length} bytes and is shown shortened`);
  walker.budget.enter();
  if (member.flags & ENCRYPTED || member.method === METHOD.aes) {
    walker.skipped(here.path, 'encrypted', 'the entry is encrypted; it cannot be read without its password');
    return null;
  }
  if (name.endsWith('/') && !member.size && !member.compressedSize) {
    walker.counted('folders');
    return member.method === METHOD.stored ? 0 : null;
  }
  if (member.method === METHOD.stored) {
    await walker.member(reader, here);
    return member.compressedSize;
  }
  if (member.method === METHOD.deflated) return readDeflated(reader, member, here, place, data.maxOut);
  walker.skipped(here.path, 'compression-unsupported', `the entry is compressed by method ${member.method}, which is not read`);
  return null;
}

async function readDeflated(
  reader: Reader,
  member: ZipMember,
  here: At,
  place: ZipPlace,
  maxOut: number,
): Promise<number | null> {
  const { walker, window } = place;
  const inflater = walker.inflaters.take();
  try {
    const feed = new InflateFeed(reader, inflater, walker.budget, maxOut);
    const content = new FeedReader(feed, window);
    await walker.member(content, here);
    // What a limit kept from being read is passed over by the headers' word, without inflating it.
    if (!feed.ended && feed.problem === null && content.available === 0) await content.fill(1);
    if (feed.problem) walker.skipped(here.path, feed.problem.reason, feed.problem.detail);
    if (!feed.ended) return null;
    checkWord(member, feed, here, walker);
    return feed.bytesIn;
  } finally {
    walker.inflaters.give(inflater);
  }
}

function checkWord(member: ZipMember, feed: InflateFeed, here: At, walker: Walker): void {
  if (member.size !== null && member.size !== feed.bytesOut) {
    walker.skipped(
      here.path,
      'size-mismatch',
      `the zip states ${member.size} bytes, the entry has ${feed.bytesOut}; all of them were read`,
    );
  } else if (member.compressedSize !== null && member.compressedSize !== feed.bytesIn) {
    const words = `the zip states ${member.compressedSize} compressed bytes, the entry has ${feed.bytesIn}; all of them were read`;
    walker.skipped(here.path, 'size-mismatch', words);
  } else if (member.crc !== null && member.crc !== feed.crc) {
    walker.skipped(here.path, 'corrupt', 'the content does not fit its checksum');
  }
}
