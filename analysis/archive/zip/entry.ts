import { openBzip2 } from '../bzip2/bzip2.ts';
import { giveDecoder, takeDecoder } from '../inflate/decoder.ts';
import { InflateReader } from '../inflate/inflate-reader.ts';
import { showName } from '../names.ts';
import type { Reader } from '../reader.ts';
import type { ByteSource } from '../source.ts';
import type { Unpacked } from '../unpack.ts';
import { inside, type At, type Walker } from '../walker.ts';
import { openXz } from '../xz/xz.ts';
import { openZstd } from '../zlib-stream.ts';

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

export interface ZipOutcome {
  /** How many bytes of data there were, where the data itself told; null where only the headers know. */
  readonly taken: number | null;
  /** How many bytes the entry gave. */
  readonly given: number;
}

const ENCRYPTED = 1;
export const METHOD = { stored: 0, deflated: 8, aes: 99 } as const;
const NOTHING: ZipOutcome = { taken: null, given: 0 };

/** Methods that are rare enough to be read by whoever reads the file format. */
const RARE_METHODS: ReadonlyMap<number, (input: Reader, walker: Walker) => Unpacked> = new Map([
  [12, openBzip2],
  [93, openZstd],
  [95, openXz],
]);

/** Where a member stands, as it is shown. */
export function pathOf({ nameBytes }: Pick<ZipMember, 'nameBytes'>, { at, walker }: ZipPlace): readonly string[] {
  return [...at.path, showName(nameBytes, walker.budget.limits.nameBytes).name];
}

/** Whether the data of such a member is read. */
export function isReadable({ flags, method }: Pick<ZipMember, 'flags' | 'method'>): boolean {
  return !(flags & ENCRYPTED) && (method === METHOD.stored || method === METHOD.deflated || RARE_METHODS.has(method));
}

/** Reads the data of one member, at which `reader` stands. */
export async function readZipData(reader: Reader, member: ZipMember, place: ZipPlace, data: ZipData): Promise<ZipOutcome> {
  const { at, walker } = place;
  const { name, shortened } = showName(member.nameBytes, walker.budget.limits.nameBytes);
  const here = inside(at, name, member.size, data.source);
  if (shortened) walker.noted(here.path, 'limit-name', `the name has ${member.nameBytes.length} bytes and is shown shortened`);
  const pause = walker.budget.enter();
  if (pause) await pause;
  if (member.flags & ENCRYPTED || member.method === METHOD.aes) {
    walker.skipped(here.path, 'encrypted', 'the entry is encrypted; it cannot be read without its password');
    return NOTHING;
  }
  if (member.method === METHOD.stored) {
    await readContent(reader, here, walker);
    return { taken: member.compressedSize, given: member.compressedSize ?? 0 };
  }
  if (member.method === METHOD.deflated) return readDeflated(reader, member, here, walker, data.maxOut);
  const open = RARE_METHODS.get(member.method);
  if (open) return readRare(open(reader, walker), here, walker);
  walker.skipped(here.path, 'compression-unsupported', `the entry is compressed by method ${member.method}, which is not read`);
  return NOTHING;
}

/** A name that ends with a slash is a folder, unless it has bytes all the same. */
async function readContent(content: Reader, here: At, walker: Walker): Promise<void> {
  const isFolder = here.path.at(-1)?.endsWith('/') && !(await content.fill(1)) && content.problem === null;
  if (isFolder) walker.counted('folders');
  else await walker.member(content, here);
}

async function readDeflated(reader: Reader, member: ZipMember, here: At, walker: Walker, maxOut: number): Promise<ZipOutcome> {
  const decoder = takeDecoder();
  try {
    const content = new InflateReader(reader, decoder, walker.budget, maxOut);
    await readContent(content, here, walker);
    // What a limit kept from being read is passed over by the headers' word, without inflating it.
    if (content.available === 0) await content.fill(1);
    if (content.problem) walker.skipped(here.path, content.problem.reason, content.problem.detail);
    // Behind damage the headers' word counts for nothing: what they say belongs to the entry may be entries of its own.
    if (content.problem?.reason === 'corrupt') return { taken: content.bytesIn, given: content.bytesOut };
    if (!content.ended) return { taken: null, given: content.bytesOut };
    checkWord(member, content, here, walker);
    return { taken: content.bytesIn, given: content.bytesOut };
  } finally {
    giveDecoder(decoder);
  }
}

async function readRare(content: Unpacked, here: At, walker: Walker): Promise<ZipOutcome> {
  try {
    await readContent(content, here, walker);
    await walker.drain(content);
    if (content.problem) walker.skipped(here.path, content.problem.reason, content.problem.detail);
    return NOTHING;
  } finally {
    content.close();
  }
}

function checkWord(member: ZipMember, content: InflateReader, here: At, walker: Walker): void {
  const { bytesIn, bytesOut, crc } = content;
  if (member.size !== null && member.size !== bytesOut) {
    walker.noted(here.path, 'size-mismatch', `the zip states ${member.size} bytes, the entry has ${bytesOut}; all were read`);
  } else if (member.compressedSize !== null && member.compressedSize !== bytesIn) {
    const stated = `the zip states ${member.compressedSize} compressed bytes, the entry has ${bytesIn}`;
    walker.noted(here.path, 'size-mismatch', `${stated}; all were read`);
  } else if (member.crc !== null && member.crc !== crc) {
    walker.skipped(here.path, 'corrupt', 'the content does not fit its checksum');
  }
}
