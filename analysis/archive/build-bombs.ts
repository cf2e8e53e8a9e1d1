/** Archives that are much larger than they look, for tests. */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { concat, join, localPart, utf8, zip, type ZipMember } from './build.ts';

const PIECE_BYTES = 4_000_000;

/** Deflated zeros, a thousandth of `bytes`: one piece again and again, each ending at a whole byte. */
export function deflatedZeros(bytes: number): Uint8Array {
  const piece = deflateRawSync(new Uint8Array(PIECE_BYTES), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const rest = deflateRawSync(new Uint8Array(bytes % PIECE_BYTES));
  return concat([...Array<Uint8Array>(Math.floor(bytes / PIECE_BYTES)).fill(piece), rest]);
}

/** Zips in zips, each holding `width` copies of the next one down to a deflated run of zeros. */
export function nestedBomb(depth: number, width: number, bytes: number): Uint8Array {
  let inner: Uint8Array = new Uint8Array(bytes);
  for (let level = 0; level < depth; level += 1) {
    const data = deflateRawSync(inner);
    const facts = { data, size: inner.length, crc: crc32(inner) };
    inner = zip(Array.from({ length: width }, (_, index) => ({ name: `${index}.${level === 0 ? 'bin' : 'zip'}`, ...facts })));
  }
  return inner;
}

/**
 * Entries that overlap: each one quotes the local header of the next in a stored block and goes on into it, so that all of
 * them share one run of zeros (David Fifield's construction).
 */
export function overlappingBomb(entries: number, bytes: number): Uint8Array {
  let size = bytes;
  let data: Uint8Array = deflateRawSync(new Uint8Array(bytes), { level: 9 });
  let file = data;
  const listed: { member: ZipMember; fromEnd: number }[] = [];
  for (let index = entries - 1; index >= 0; index -= 1) {
    const member = { name: String(index), size, compressedSize: data.length, data: new Uint8Array(), crc: 0 };
    const header = localPart(member);
    file = join(header, data);
    listed.push({ member, fromEnd: file.length });
    data = join(storedBlockOf(header.length), file);
    size += header.length;
  }
  const members = listed.map(({ member, fromEnd }) => Object.assign(member, { offset: file.length - fromEnd }));
  return zip(members, { body: file });
}

/** The head of a stored block of `length` bytes, which stand behind it. */
function storedBlockOf(length: number): Uint8Array {
  return Uint8Array.of(0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255);
}

/** A zip of many small stored files, made in little memory: names and texts of one length each. */
export function crowdedZip(entries: number): Uint8Array {
  const width = String(entries).length;
  const local = 30 + width + 5 + width;
  const central = 46 + width;
  const archive = Buffer.alloc(entries * (local + central) + 22);
  const directory = entries * local;
  for (let index = 0; index < entries; index += 1) {
    const text = `word ${String(index).padEnd(width)}`;
    const facts = Buffer.alloc(16);
    facts.writeUInt32LE(crc32(text), 0);
    facts.writeUInt32LE(text.length, 4);
    facts.writeUInt32LE(text.length, 8);
    facts.writeUInt16LE(width, 12);
    const at = index * local;
    archive.writeUInt32LE(0x04034b50, at);
    facts.copy(archive, at + 14);
    archive.write(`${String(index).padEnd(width, 'f')}${text}`, at + 30, 'latin1');
    const listed = directory + index * central;
    archive.writeUInt32LE(0x02014b50, listed);
    facts.copy(archive, listed + 16);
    archive.writeUInt32LE(at, listed + 42);
    archive.write(String(index).padEnd(width, 'f'), listed + 46, 'latin1');
  }
  const end = entries * (local + central);
  archive.writeUInt32LE(0x06054b50, end);
  archive.writeUInt16LE(entries % 65_536, end + 8);
  archive.writeUInt16LE(entries % 65_536, end + 10);
  archive.writeUInt32LE(entries * central, end + 12);
  archive.writeUInt32LE(directory, end + 16);
  return archive;
}

/**
 * A gzip file whose content is the file itself, after Russ Cox: a program of "print the next n bytes" (stored blocks) and
 * "print the last n bytes again" (blocks of matches), each instruction five bytes long, so that it can print itself. Its
 * checksum is not right, which no reader knows before it has gone down.
 */
export function gzipQuine(): Uint8Array {
  const header = join(Uint8Array.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3), utf8('r.gz\0'));
  const print = storedBlockOf;
  const again20 = repeatBlock(10, 10);
  const again18 = repeatBlock(8, 10);
  const trailer = join(Uint8Array.of(1, 0, 0, 0xff, 0xff), new Uint8Array(8));
  const four = join(again20, print(5), print(5), print(20));
  const more = join(again20, print(20), again20, print(20));
  const close = join(again20, print(0), print(0), print(18));
  const tail = join(again18, trailer);
  return join(
    join(header, print(20), header, print(20)),
    join(again20, print(5), again20, print(5), print(5)),
    join(print(20), four, again20),
    join(print(20), more, again20),
    join(print(20), close, again20, print(0), print(0)),
    join(print(18), tail, tail),
  );
}

/** A block of two matches, together as long as they reach back (17 to 20 bytes): 40 bits in all. */
function repeatBlock(first: number, second: number): Uint8Array {
  let bits = 0n;
  let count = 0n;
  function put(value: number, width: number): void {
    bits |= BigInt(value) << count;
    count += BigInt(width);
  }
  function putCode(code: number, width: number): void {
    for (let bit = width - 1; bit >= 0; bit -= 1) put((code >> bit) & 1, 1);
  }
  put(0b010, 3);
  for (const length of [first, second]) {
    // Lengths 3 to 10 are the symbols 257 to 264, of seven bits; distances 17 to 24 the symbol 8 with three extra bits.
    putCode(length - 2, 7);
    putCode(8, 5);
    put(first + second - 17, 3);
  }
  putCode(0, 7);
  const block = Buffer.alloc(8);
  block.writeBigUInt64LE(bits);
  return new Uint8Array(block.subarray(0, 5));
}
