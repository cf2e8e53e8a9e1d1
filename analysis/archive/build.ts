/**
 * Builds archives byte by byte, right ones and wrong ones, for tests: every field can be made to lie. Nothing of the
 * program itself uses this.
 */
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

const BLOCK = 512;

export function utf8(text: string): Uint8Array {
  return Buffer.from(text);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return concat(parts);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** Bytes that do not compress, the same every time. */
export function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

export interface TarMember {
  readonly name: string | Uint8Array;
  readonly body?: Uint8Array;
  /** A type flag; `0` is a file. */
  readonly type?: string;
  /** What the header states, where that is not the body's length: a number in octal, or the field's 12 bytes. */
  readonly size?: number | Uint8Array;
  readonly link?: string;
  readonly magic?: string;
  readonly prefix?: string;
  readonly checksum?: 'right' | 'signed' | 'wrong';
  /** Changes the header before its checksum is made. */
  readonly change?: (header: Uint8Array) => void;
}

/** Header, body and padding of one member. */
export function tarMember(member: TarMember): Uint8Array {
  const body = member.body ?? new Uint8Array();
  const padding = new Uint8Array((BLOCK - (body.length % BLOCK)) % BLOCK);
  return join(tarHeader(member, body.length), body, padding);
}

function tarHeader(member: TarMember, bodyBytes: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const { size = bodyBytes, checksum = 'right' } = member;
  header.set(typeof member.name === 'string' ? utf8(member.name).subarray(0, 100) : member.name.subarray(0, 100));
  header.set(utf8('0000644\0'), 100);
  header.set(utf8('0000000\0'), 108);
  header.set(utf8('0000000\0'), 116);
  header.set(typeof size === 'number' ? utf8(`${size.toString(8).padStart(11, '0')}\0`) : size, 124);
  header.set(utf8('00000000000\0'), 136);
  header.set(utf8(member.type ?? '0'), 156);
  header.set(utf8(member.link ?? '').subarray(0, 100), 157);
  header.set(utf8(member.magic ?? 'ustar\x0000'), 257);
  header.set(utf8(member.prefix ?? '').subarray(0, 155), 345);
  member.change?.(header);
  header.set(utf8('        '), 148);
  const bytes = checksum === 'signed' ? new Int8Array(header.buffer) : header;
  let sum = checksum === 'wrong' ? 7 : 0;
  for (const byte of bytes) sum += byte;
  header.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return header;
}

export const TAR_END = new Uint8Array(2 * BLOCK);

export function tar(...members: readonly (TarMember | Uint8Array)[]): Uint8Array {
  return tarOf(members);
}

export function tarOf(members: readonly (TarMember | Uint8Array)[]): Uint8Array {
  return concat([...members.map((member) => (member instanceof Uint8Array ? member : tarMember(member))), TAR_END]);
}

/** A size field in base 256, as GNU tar writes sizes of 8 GiB and more. */
export function base256(size: bigint): Uint8Array {
  const field = Buffer.alloc(12);
  field.writeBigUInt64BE(BigInt.asUintN(64, size), 4);
  field[0] = size < 0 ? 0xff : 0x80;
  if (size < 0) field.fill(0xff, 1, 4);
  return field;
}

/** A PAX header with these records, which applies to the member behind it (or, of type g, to all). */
export function pax(records: Readonly<Record<string, string | Uint8Array>>, type: 'x' | 'g' = 'x'): TarMember {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = join(utf8(` ${key}=`), typeof value === 'string' ? utf8(value) : value, utf8('\n'));
    let length = rest.length + 1;
    while (String(length).length + rest.length > length) length += 1;
    return join(utf8(String(length)), rest);
  });
  return { name: 'PaxHeaders/x', type, body: join(...lines) };
}

/** The GNU way to say a long name. */
export function gnuLongName(name: string | Uint8Array): TarMember {
  return { name: '././@LongLink', type: 'L', body: join(typeof name === 'string' ? utf8(name) : name, new Uint8Array(1)) };
}

export interface GzipParts {
  readonly extra?: Uint8Array;
  readonly name?: string;
  readonly comment?: string;
  readonly headerCrc?: boolean;
  readonly crc?: number;
  readonly size?: number;
}

/** One gzip member with every field of its header. */
export function gzipMember(body: Uint8Array, parts: GzipParts = {}): Uint8Array {
  const { extra, name, comment, headerCrc = false } = parts;
  const flags = (headerCrc ? 2 : 0) | (extra ? 4 : 0) | (name === undefined ? 0 : 8) | (comment === undefined ? 0 : 16);
  const fields: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3)];
  if (extra) fields.push(Uint8Array.of(extra.length & 255, extra.length >> 8), extra);
  if (name !== undefined) fields.push(utf8(`${name}\0`));
  if (comment !== undefined) fields.push(utf8(`${comment}\0`));
  if (headerCrc) fields.push(Uint8Array.of(0, 0));
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(parts.crc ?? crc32(body), 0);
  trailer.writeUInt32LE(parts.size ?? body.length % 2 ** 32, 4);
  return concat([...fields, deflateRawSync(body), trailer]);
}

export interface ZipMember {
  readonly name: string | Uint8Array;
  readonly body?: Uint8Array;
  /** 0 stores, 8 deflates; for others `data` holds the compressed bytes. */
  readonly method?: number;
  readonly data?: Uint8Array;
  readonly flags?: number;
  /** What the headers state, where that is not the truth. */
  readonly size?: number;
  readonly compressedSize?: number;
  readonly crc?: number;
  readonly extra?: Uint8Array;
  readonly comment?: Uint8Array;
  /** Sizes behind the data instead of in the local header: with or without a signature, of 4 or of 8 bytes. */
  readonly descriptor?: 'signed' | 'bare' | 'signed-wide' | 'bare-wide';
  /** Sizes in zip64 extra fields. */
  readonly zip64?: boolean;
  /** False leaves it out of the directory. */
  readonly listed?: boolean;
  /** Bytes in front of its local header. */
  readonly before?: Uint8Array;
  /** Places the entry elsewhere, by the directory's word. */
  readonly offset?: number;
  /** Changes a finished header. */
  readonly local?: (header: Buffer) => void;
  readonly central?: (header: Buffer) => void;
}

export interface ZipOptions {
  readonly prefix?: Uint8Array;
  /** True where the prefix came first and offsets count from the zip's own start. */
  readonly offsetsIgnorePrefix?: boolean;
  readonly suffix?: Uint8Array;
  /** What stands in front of the directory, in place of the members. */
  readonly body?: Uint8Array;
  readonly comment?: Uint8Array;
  readonly stated?: number;
  readonly zip64?: boolean;
  /** Changes the end record. */
  readonly end?: (record: Buffer) => void;
  /** False leaves out directory and end record. */
  readonly directory?: boolean;
}

export function zip(members: readonly ZipMember[], options: ZipOptions = {}): Uint8Array {
  const { prefix = new Uint8Array(), body } = options;
  const parts: Uint8Array[] = [prefix];
  const central: Uint8Array[] = [];
  let at = options.offsetsIgnorePrefix ? 0 : prefix.length;
  for (const member of members) {
    const { before = new Uint8Array() } = member;
    const local = localPart(member);
    if (!body) parts.push(before, local);
    if (member.listed !== false) central.push(centralHeader(member, member.offset ?? at + before.length));
    at += before.length + local.length;
  }
  if (body) {
    parts.push(body);
    at = prefix.length + body.length;
  }
  if (options.directory === false) return concat(parts);
  const directory = concat(central);
  const end = endRecords(options, central.length, directory.length, at);
  return concat([...parts, directory, ...end, options.suffix ?? new Uint8Array()]);
}

interface ZipFacts {
  readonly name: Uint8Array;
  readonly data: Uint8Array;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly compressedSize: number;
}

function factsOf(member: ZipMember): ZipFacts {
  const body = member.body ?? new Uint8Array();
  const method = member.method ?? 8;
  const data = member.data ?? (method === 8 ? deflateRawSync(body) : body);
  const { crc = crc32(body), size = body.length, compressedSize = data.length } = member;
  return { name: typeof member.name === 'string' ? utf8(member.name) : member.name, data, method, crc, size, compressedSize };
}

const WIDE = 0xffffffff;

function wideField(...values: readonly number[]): Uint8Array {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return field;
}

/** Local header and data. */
export function localPart(member: ZipMember): Uint8Array {
  const { name, data, method, crc, size, compressedSize } = factsOf(member);
  const { descriptor, zip64 = false } = member;
  const extra = join(member.extra ?? new Uint8Array(), zip64 && !descriptor ? wideField(size, compressedSize) : new Uint8Array());
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(zip64 ? 45 : 20, 4);
  header.writeUInt16LE((member.flags ?? 0x800) | (descriptor ? 8 : 0), 6);
  header.writeUInt16LE(method, 8);
  if (!descriptor) {
    header.writeUInt32LE(crc, 14);
    header.writeUInt32LE(zip64 ? WIDE : compressedSize, 18);
    header.writeUInt32LE(zip64 ? WIDE : size, 22);
  }
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  member.local?.(header);
  return join(header, name, extra, data, descriptor ? descriptorOf(descriptor, crc, compressedSize, size) : new Uint8Array());
}

function descriptorOf(
  kind: 'signed' | 'bare' | 'signed-wide' | 'bare-wide',
  crc: number,
  compressedSize: number,
  size: number,
): Uint8Array {
  const wide = kind.endsWith('wide');
  const record = Buffer.alloc(wide ? 24 : 16);
  record.writeUInt32LE(0x08074b50, 0);
  record.writeUInt32LE(crc, 4);
  if (wide) {
    record.writeBigUInt64LE(BigInt(compressedSize), 8);
    record.writeBigUInt64LE(BigInt(size), 16);
  } else {
    record.writeUInt32LE(compressedSize, 8);
    record.writeUInt32LE(size, 12);
  }
  return kind.startsWith('signed') ? record : record.subarray(4);
}

function centralHeader(member: ZipMember, offset: number): Uint8Array {
  const { name, method, crc, size, compressedSize } = factsOf(member);
  const { zip64 = false, comment = new Uint8Array() } = member;
  const extra = join(member.extra ?? new Uint8Array(), zip64 ? wideField(size, compressedSize, offset) : new Uint8Array());
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(zip64 ? 45 : 20, 6);
  header.writeUInt16LE((member.flags ?? 0x800) | (member.descriptor ? 8 : 0), 8);
  header.writeUInt16LE(method, 10);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(zip64 ? WIDE : compressedSize, 20);
  header.writeUInt32LE(zip64 ? WIDE : size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt16LE(comment.length, 32);
  header.writeUInt32LE(zip64 ? WIDE : offset, 42);
  member.central?.(header);
  return join(header, name, extra, comment);
}

function endRecords(options: ZipOptions, count: number, directoryBytes: number, directoryAt: number): Uint8Array[] {
  const { zip64 = false, comment = new Uint8Array(), stated = count } = options;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : stated % 65_536, 8);
  end.writeUInt16LE(zip64 ? 0xffff : stated % 65_536, 10);
  end.writeUInt32LE(zip64 ? WIDE : directoryBytes, 12);
  end.writeUInt32LE(zip64 ? WIDE : directoryAt, 16);
  end.writeUInt16LE(comment.length, 20);
  options.end?.(end);
  if (!zip64) return [end, comment];
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(stated), 24);
  record.writeBigUInt64LE(BigInt(stated), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryAt), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(directoryAt + directoryBytes), 64);
  record.writeUInt32LE(1, 72);
  return [record, end, comment];
}

/** Files by name, as the ecosystems pack them. */
export type Files = Readonly<Record<string, Uint8Array>>;

const members = (files: Files): { name: string; body: Uint8Array }[] =>
  Object.entries(files).map(([name, body]) => ({ name, body }));

export function tgz(files: Files): Uint8Array {
  return new Uint8Array(gzipSync(tarOf(members(files)), { level: 1 }));
}

export function gem(files: Files): Uint8Array {
  return tar(
    { name: 'metadata.gz', body: gzipMember(utf8('--- !ruby/object:Gem::Specification\nname: thing\n')) },
    { name: 'data.tar.gz', body: tgz(files) },
    { name: 'checksums.yaml.gz', body: gzipMember(utf8('---\nSHA256:\n  metadata.gz: 00\n')) },
  );
}

export function zipOf(files: Files): Uint8Array {
  return zip(members(files));
}
