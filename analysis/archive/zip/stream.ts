import { SIGNATURE, toBuffer, widen } from './directory.ts';
import { METHOD, pathOf, readZipData, type ZipMember, type ZipPlace } from './entry.ts';
import { CountingReader } from '../counting-reader.ts';
import { PartReader, UntilReader, type Reader } from '../reader.ts';

const LOCAL_BYTES = 30;
const SIGNATURE_BYTES = 4;
const SIZES_FOLLOW = 8;

/** A local header, which stands in front of the data of each member. */
export interface LocalHeader extends ZipMember {
  /** Bytes of the header with its name and extra field. */
  readonly length: number;
  /** True where sizes and checksum stand behind the data. */
  readonly sizesFollow: boolean;
}

/**
 * Members one after another by their local headers: for zips without a directory, zips too large to be held, and the
 * bytes of which a directory says nothing. Bytes that are no member are delivered as they are.
 *
 * @param hidden where in the zip these bytes stand of which its directory says nothing, which is then noted; null where
 *   there is no directory to say anything
 */
export async function readLocalEntries(reader: Reader, place: ZipPlace, hidden: number | null): Promise<void> {
  const { at, walker } = place;
  const counter = new CountingReader(reader, hidden ?? 0);
  while (counter.available > 0 || (await counter.fill(1))) {
    const from = counter.position;
    const header = await readLocalHeader(counter);
    if (header) {
      if (hidden !== null) {
        const unlisted = 'the directory of the zip does not list this entry; it was read all the same';
        walker.noted(pathOf(header, place), 'unlisted', unlisted);
      }
      await readMember(counter, header, place);
      continue;
    }
    if (hidden !== null)
      walker.noted(at.path, 'extra-data', `bytes from ${from} on belong to no entry; they were searched as they are`);
    const other = otherBytes(counter);
    await walker.deliver(other, [...at.path, `(bytes at ${from})`], null);
    await walker.drain(other);
  }
}

/** Null where none stands there; the header is then left in place. */
export async function readLocalHeader(reader: Reader): Promise<LocalHeader | null> {
  if (reader.available < LOCAL_BYTES && !(await reader.fill(LOCAL_BYTES))) return null;
  const head = toBuffer(reader.peek(LOCAL_BYTES));
  if (head.readUInt32LE(0) !== SIGNATURE.local) return null;
  const nameLength = head.readUInt16LE(26);
  const length = LOCAL_BYTES + nameLength + head.readUInt16LE(28);
  // With a name and an extra field of 64 KiB each it still fits into a window.
  if (reader.available < length && !(await reader.fill(length))) return null;
  const record = toBuffer(reader.peek(length));
  const flags = record.readUInt16LE(6);
  const sizesFollow = (flags & SIZES_FOLLOW) !== 0;
  const { size, compressedSize } = widen(
    { size: record.readUInt32LE(22), compressedSize: record.readUInt32LE(18), offset: 0 },
    record.subarray(LOCAL_BYTES + nameLength),
  );
  // With sizes behind the data these fields are zero, or right in the files of careful writers.
  const known = !sizesFollow || compressedSize > 0;
  return {
    nameBytes: new Uint8Array(record.subarray(LOCAL_BYTES, LOCAL_BYTES + nameLength)),
    flags,
    method: record.readUInt16LE(8),
    compressedSize: known ? compressedSize : null,
    size: known ? size : null,
    crc: known ? record.readUInt32LE(14) : null,
    length,
    sizesFollow,
  };
}

async function readMember(reader: CountingReader, header: LocalHeader, place: ZipPlace): Promise<void> {
  reader.skip(header.length);
  const start = reader.position;
  const { compressedSize } = header;
  const bounded =
    header.method === METHOD.deflated
      ? reader
      : compressedSize === null
        ? otherBytes(reader)
        : new PartReader(reader, compressedSize);
  const { taken } = await readZipData(bounded, header, place, { source: null, maxOut: Number.POSITIVE_INFINITY });
  if (bounded !== reader) await place.walker.drain(bounded);
  else if (taken === null) await passOver(reader, start, compressedSize, place);
  if (bounded instanceof PartReader && bounded.left > 0) {
    const missing = `its header states ${compressedSize} bytes, and ${bounded.left} of them are missing`;
    place.walker.skipped(pathOf(header, place), 'truncated', missing);
  }
  if (header.sizesFollow) await skipDescriptor(reader);
}

/** To where the headers say that the data ends, or else to the next thing that looks like a part of a zip. */
async function passOver(reader: CountingReader, start: number, compressedSize: number | null, place: ZipPlace): Promise<void> {
  const left = compressedSize === null ? -1 : start + compressedSize - reader.position;
  await place.walker.drain(left >= 0 ? new PartReader(reader, left) : otherBytes(reader));
}

/** Behind the data: checksum and sizes, with or without a signature, with sizes of four or of eight bytes. */
export async function skipDescriptor(reader: Reader): Promise<number> {
  await reader.fill(28);
  const bytes = toBuffer(reader.peek(28));
  const signed = bytes.length >= 4 && bytes.readUInt32LE(0) === SIGNATURE.descriptor;
  const [narrow, wide] = signed ? [16, 24] : [12, 20];
  const length = [narrow, wide].find(
    (length) => bytes.length === length || (bytes[length] === 0x50 && bytes[length + 1] === 0x4b),
  );
  const passed = length ?? (signed ? Math.min(narrow, bytes.length) : 0);
  reader.skip(passed);
  return passed;
}

/** The bytes up to the next local header or data descriptor; at least one. */
function otherBytes(reader: Reader): UntilReader {
  return new UntilReader(reader, SIGNATURE_BYTES, (view, known, isFirst) => {
    const found = nextSignature(toBuffer(view), isFirst ? Math.max(known, 1) : known);
    // The last bytes may be the beginning of a signature.
    return found === -1 ? view.length - SIGNATURE_BYTES + 1 : found;
  });
}

function nextSignature(view: Buffer, from: number): number {
  for (
    let at = view.indexOf('PK', from, 'latin1');
    at !== -1 && at + SIGNATURE_BYTES <= view.length;
    at = view.indexOf('PK', at + 1, 'latin1')
  ) {
    const signature = view.readUInt32LE(at);
    if (signature === SIGNATURE.local || signature === SIGNATURE.descriptor) return at;
  }
  return -1;
}
