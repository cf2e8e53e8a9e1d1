import { giveDecoder, takeDecoder } from './inflate/decoder.ts';
import { InflateReader } from './inflate/inflate-reader.ts';
import { showName } from './names.ts';
import type { Reader } from './reader.ts';
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
  const { walker } = place;
  const decoder = takeDecoder();
  try {
    const content = new InflateReader(reader, decoder, walker.budget, maxOut);
    await walker.member(content, here);
    // What a limit kept from being read is passed over by the headers' word, without inflating it.
    if (content.available === 0) await content.fill(1);
    if (content.problem) walker.skipped(here.path, content.problem.reason, content.problem.detail);
    if (!content.ended) return null;
    checkWord(member, content, here, walker);
    return content.bytesIn;
  } finally {
    giveDecoder(decoder);
  }
}

function checkWord(member: ZipMember, content: InflateReader, here: At, walker: Walker): void {
  if (member.size !== null && member.size !== content.bytesOut) {
    walker.skipped(
      here.path,
      'size-mismatch',
      `the zip states ${member.size} bytes, the entry has ${content.bytesOut}; all of them were read`,
    );
  } else if (member.compressedSize !== null && member.compressedSize !== content.bytesIn) {
    const words = `the zip states ${member.compressedSize} compressed bytes, the entry has ${content.bytesIn}; all of them were read`;
    walker.skipped(here.path, 'size-mismatch', words);
  } else if (member.crc !== null && member.crc !== content.crc) {
    walker.skipped(here.path, 'corrupt', 'the content does not fit its checksum');
  }
}
