/** What a file is, judged by its first bytes alone. */
export type Kind = 'zip' | 'tar' | 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'ar' | 'asar' | 'opaque';

/** Enough bytes to tell every kind. */
export const SNIFF_BYTES = 512;

const SIGNATURES: readonly (readonly [kind: Kind, signature: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 8]],
  ['zip', [0x50, 0x4b, 3, 4]],
  ['zip', [0x50, 0x4b, 5, 6]],
  ['zip', [0x50, 0x4b, 7, 8, 0x50, 0x4b, 3, 4]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  // Only a Debian package is worth opening: the members of a library (.a) are not compressed.
  ['ar', [...Buffer.from('!<arch>\ndebian-binary')]],
];

export function sniff(head: Uint8Array): Kind | null {
  const first = head[0];
  for (const [kind, signature] of SIGNATURES) {
    if (signature[0] === first && signature.every((byte, at) => head[at] === byte)) return kind;
  }
  return null;
}
