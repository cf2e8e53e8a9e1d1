/**
 * A small .NET assembly: a PE file with a CLI header and a metadata root whose `#US` heap holds the given strings as
 * compilers write `ldstr` literals (ECMA-335 II.24.2.4: compressed length, UTF-16LE, one flag byte).
 */
const FILE_ALIGNMENT = 0x200;
const SECTION_RVA = 0x2000;
const CLI_HEADER_BYTES = 72;

export function assemblyOf(name: string, userStrings: readonly string[]): Uint8Array {
  const metadata = metadataRoot(name, userStrings);
  const section = Buffer.concat([cliHeader(metadata.length), metadata]);
  const raw = Buffer.alloc(aligned(section.length, FILE_ALIGNMENT));
  section.copy(raw);
  return Buffer.concat([peHeaders(section.length, raw.length), raw]);
}

function metadataRoot(name: string, userStrings: readonly string[]): Buffer {
  const strings = Buffer.from(`\0${name}\0<Module>\0`, 'utf8');
  const moduleName = 1;
  const typeName = 2 + Buffer.byteLength(name, 'utf8');
  const streams: readonly (readonly [string, Buffer])[] = [
    ['#~', tables(moduleName, typeName)],
    ['#Strings', padded(strings)],
    ['#US', padded(Buffer.concat([Buffer.of(0), ...userStrings.map(userString)]))],
    ['#GUID', Buffer.alloc(16, 0x5a)],
    ['#Blob', Buffer.alloc(4)],
  ];
  const version = padded(Buffer.from('v4.0.30319\0', 'latin1'));
  const head = Buffer.alloc(16);
  head.write('BSJB', 0, 'latin1');
  head.writeUInt16LE(1, 4);
  head.writeUInt16LE(1, 6);
  head.writeUInt32LE(version.length, 12);
  const names = streams.map(([stream]) => padded(Buffer.from(`${stream}\0`, 'latin1')));
  let offset = head.length + version.length + 4 + names.reduce((sum, one) => sum + 8 + one.length, 0);
  const list: Buffer[] = [Buffer.of(0, 0, streams.length, 0)];
  for (const [index, [, body]] of streams.entries()) {
    const place = Buffer.alloc(8);
    place.writeUInt32LE(offset, 0);
    place.writeUInt32LE(body.length, 4);
    list.push(place, names[index] ?? Buffer.alloc(0));
    offset += body.length;
  }
  return Buffer.concat([head, version, ...list, ...streams.map(([, body]) => body)]);
}

/** The `#~` stream with one row each in the tables Module, TypeDef and Assembly. */
function tables(moduleName: number, typeName: number): Buffer {
  const present = (1n << 0x00n) | (1n << 0x02n) | (1n << 0x20n);
  const head = Buffer.alloc(24 + 3 * 4);
  head.writeUInt8(2, 4);
  head.writeUInt8(1, 7);
  head.writeBigUInt64LE(present, 8);
  for (const row of [0, 1, 2]) head.writeUInt32LE(1, 24 + row * 4);
  const moduleRow = Buffer.alloc(10);
  moduleRow.writeUInt16LE(moduleName, 2);
  moduleRow.writeUInt16LE(1, 4);
  const typeRow = Buffer.alloc(14);
  typeRow.writeUInt16LE(typeName, 4);
  typeRow.writeUInt16LE(1, 10);
  typeRow.writeUInt16LE(1, 12);
  const assemblyRow = Buffer.alloc(22);
  assemblyRow.writeUInt32LE(0x8004, 0);
  assemblyRow.writeUInt16LE(1, 4);
  assemblyRow.writeUInt16LE(moduleName, 18);
  return padded(Buffer.concat([head, moduleRow, typeRow, assemblyRow]));
}

function userString(text: string): Buffer {
  const characters = Buffer.from(text, 'utf16le');
  const flag = Buffer.of(/^[\t-\r\x20-\x26\x28-\x2c\x2e-\x7e]*$/.test(text) ? 0 : 1);
  return Buffer.concat([compressedLength(characters.length + 1), characters, flag]);
}

/** ECMA-335 II.23.2: one, two or four bytes, the high bits saying which. */
function compressedLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x4000) return Buffer.of(0x80 | (length >> 8), length & 0xff);
  return Buffer.of(0xc0 | (length >> 24), (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

function cliHeader(metadataBytes: number): Buffer {
  const header = Buffer.alloc(CLI_HEADER_BYTES);
  header.writeUInt32LE(CLI_HEADER_BYTES, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(5, 6);
  header.writeUInt32LE(SECTION_RVA + CLI_HEADER_BYTES, 8);
  header.writeUInt32LE(metadataBytes, 12);
  header.writeUInt32LE(1, 16);
  return header;
}

function peHeaders(virtualBytes: number, rawBytes: number): Buffer {
  const headers = Buffer.alloc(FILE_ALIGNMENT);
  const pe = 0x80;
  headers.write('MZ', 0, 'latin1');
  headers.writeUInt32LE(pe, 0x3c);
  headers.write('!This program cannot be run in DOS mode.\r\r\n$', 0x4e, 'latin1');
  headers.write('PE\0\0', pe, 'latin1');
  const coff = pe + 4;
  headers.writeUInt16LE(0x14c, coff);
  headers.writeUInt16LE(1, coff + 2);
  headers.writeUInt16LE(0xe0, coff + 16);
  headers.writeUInt16LE(0x2102, coff + 18);
  const optional = coff + 20;
  headers.writeUInt16LE(0x10b, optional);
  headers.writeUInt32LE(rawBytes, optional + 4);
  headers.writeUInt32LE(SECTION_RVA, optional + 20);
  headers.writeUInt32LE(0x400000, optional + 28);
  headers.writeUInt32LE(0x2000, optional + 32);
  headers.writeUInt32LE(FILE_ALIGNMENT, optional + 36);
  headers.writeUInt16LE(4, optional + 40);
  headers.writeUInt16LE(4, optional + 48);
  headers.writeUInt32LE(SECTION_RVA + aligned(virtualBytes, 0x2000), optional + 56);
  headers.writeUInt32LE(FILE_ALIGNMENT, optional + 60);
  headers.writeUInt16LE(3, optional + 68);
  headers.writeUInt32LE(16, optional + 92);
  // Data directory 14: the CLI header, first in the section.
  headers.writeUInt32LE(SECTION_RVA, optional + 96 + 14 * 8);
  headers.writeUInt32LE(CLI_HEADER_BYTES, optional + 96 + 14 * 8 + 4);
  const section = optional + 0xe0;
  headers.write('.text', section, 'latin1');
  headers.writeUInt32LE(virtualBytes, section + 8);
  headers.writeUInt32LE(SECTION_RVA, section + 12);
  headers.writeUInt32LE(rawBytes, section + 16);
  headers.writeUInt32LE(FILE_ALIGNMENT, section + 20);
  headers.writeUInt32LE(0x60000020, section + 36);
  return headers;
}

function padded(bytes: Buffer): Buffer {
  const whole = Buffer.alloc(aligned(bytes.length, 4));
  bytes.copy(whole);
  return whole;
}

function aligned(length: number, to: number): number {
  return Math.ceil(length / to) * to;
}
