/**
 * Names as people see them. A hostile name must neither hide an entry nor speak to a terminal: bytes that are no UTF-8
 * are read as Latin-1, control characters and the marks that turn text around are shown as escapes, nothing is resolved.
 */
export interface ShownName {
  readonly name: string;
  /** True where the name was longer than allowed and is shown shortened. */
  readonly shortened: boolean;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const PLAIN = /^[\x20-\x7e]*$/;

export function showName(bytes: Uint8Array, limit: number): ShownName {
  const shortened = bytes.length > limit;
  const name = decodeName(shortened ? bytes.subarray(0, limit) : bytes);
  return { name: shortened ? `${name}…` : name, shortened };
}

function decodeName(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (PLAIN.test(latin1)) return latin1;
  return (decodeUtf8(bytes) ?? latin1).replace(UNSAFE, escapeCharacter);
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
