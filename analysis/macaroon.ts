/**
 * Macaroons, version 2, binary: a location, an identifier, caveats and a signature, in fields of type, length and bytes.
 * Source: https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt
 */
export interface Macaroon {
  readonly location: string;
  readonly identifier: string;
  /** First-party caveats, as text. */
  readonly caveats: readonly string[];
  readonly signature: Uint8Array;
}

const VERSION = 2;
const END = 0;
const LOCATION = 1;
const IDENTIFIER = 2;
const SIGNATURE = 6;
const SIGNATURE_BYTES = 32;

/** The macaroon behind unpadded base64url, or null where the bytes are none from first to last. */
export function decodeMacaroon(encoded: string): Macaroon | null {
  const bytes = Buffer.from(encoded, 'base64url');
  if (bytes[0] !== VERSION) return null;
  const reader = new FieldReader(bytes.subarray(1));
  const head = reader.section();
  if (head === null) return null;
  const location = head.get(LOCATION);
  const identifier = head.get(IDENTIFIER);
  if (location === undefined || identifier === undefined) return null;
  const caveats: string[] = [];
  for (;;) {
    const caveat = reader.section();
    if (caveat === null) return null;
    if (caveat.size === 0) break;
    caveats.push(caveat.get(IDENTIFIER)?.toString('utf8') ?? '');
  }
  const signature = reader.field();
  if (signature?.type !== SIGNATURE || signature.bytes.length !== SIGNATURE_BYTES || !reader.atEnd) return null;
  return {
    location: location.toString('latin1'),
    identifier: identifier.toString('latin1'),
    caveats,
    signature: signature.bytes,
  };
}

/** Unpadded base64url of a macaroon. */
export function encodeMacaroon({ location, identifier, caveats, signature }: Macaroon): string {
  return Buffer.concat([
    Buffer.from([VERSION]),
    encodeField(LOCATION, location),
    encodeField(IDENTIFIER, identifier),
    Buffer.from([END]),
    ...caveats.flatMap((caveat) => [encodeField(IDENTIFIER, caveat), Buffer.from([END])]),
    Buffer.from([END]),
    encodeField(SIGNATURE, signature),
  ]).toString('base64url');
}

class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Fields by type up to the end mark; empty where the section is; null where the bytes end before it does. */
  section(): Map<number, Buffer> | null {
    const fields = new Map<number, Buffer>();
    while (this.#bytes[this.#at] !== END) {
      const field = this.field();
      if (field === null) return null;
      fields.set(field.type, field.bytes);
    }
    this.#at++;
    return fields;
  }

  field(): { readonly type: number; readonly bytes: Buffer } | null {
    const type = this.#varint();
    const length = this.#varint();
    if (type === null || length === null || this.#at + length > this.#bytes.length) return null;
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return { type, bytes };
  }

  #varint(): number | null {
    let value = 0;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return null;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return null;
  }
}

function encodeField(type: number, value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
  return Buffer.concat([Buffer.from([type, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)];
}
