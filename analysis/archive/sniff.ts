import { isAsar } from './asar.ts';
import { isTarHeader } from './tar/header.ts';
import type { Compression } from './unpack.ts';

/** What a file is, judged by its first bytes. */
export type Kind = Compression | 'zip' | 'tar' | 'ar' | 'asar' | 'unreadable';

/** Enough bytes to tell every kind. */
export const SNIFF_BYTES = 512;

const SIGNATURES: readonly (readonly [kind: Kind, signature: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 8]],
  ['zip', [...Buffer.from('PK\u0003\u0004')]],
  ['zip', [...Buffer.from('PK\u0005\u0006')]],
  ['zip', [...Buffer.from('PK\u0007\u0008PK\u0003\u0004')]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ['bzip2', [...Buffer.from('BZh'), -1, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]],
  ['bzip2', [...Buffer.from('BZh'), -1, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90]],
  // Only a Debian package is worth opening: the members of a library (.a) are not compressed.
  ['ar', [...Buffer.from('!<arch>\ndebian-binary')]],
  ['unreadable', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['unreadable', [...Buffer.from('Rar!\u001a\u0007')]],
  ['unreadable', [...Buffer.from('MSCF\u0000\u0000\u0000\u0000')]],
  ['unreadable', [0xed, 0xab, 0xee, 0xdb]],
  ['unreadable', [0x1f, 0x9d]],
];

/** Of brotli nothing can be told by its first bytes: only its name says that it may be worth a try. */
const BROTLI_NAME = /\.br$/i;

/** Names of files that are zips with something in front of them, if they are zips at all. */
const ZIP_NAME = /\.(?:zip|jar|war|ear|aar|apk|xpi|crx|vsix|nupkg|snupkg|whl|egg|pyz|pyzw|pex|par|phar|exe)$/i;
const SCRIPT = [...Buffer.from('#!')];

/** Null where the bytes are of no archive or compressed file. */
export function sniff(head: Uint8Array, name: string): Kind | null {
  const first = head[0];
  for (const [kind, signature] of SIGNATURES) {
    if (signature[0] === first && startsWith(head, signature)) return kind;
  }
  if (isTarHeader(head)) return 'tar';
  if (isAsar(head)) return 'asar';
  return BROTLI_NAME.test(name) ? 'brotli' : null;
}

/** Whether a file that is nothing else may be a zip with a program in front, which only its end can tell. */
export function mayHoldZip(head: Uint8Array, name: string): boolean {
  return startsWith(head, SCRIPT) || ZIP_NAME.test(name);
}

/** -1 stands for any byte. */
function startsWith(head: Uint8Array, signature: readonly number[]): boolean {
  return head.length >= signature.length && signature.every((byte, at) => byte === -1 || head[at] === byte);
}

/** What people call the kinds that are known and not opened. */
export function describeUnreadable(head: Uint8Array): string {
  switch (head[0]) {
    case 0x37:
      return 'a 7z archive';
    case 0x52:
      return 'a RAR archive';
    case 0x4d:
      return 'a Windows cabinet';
    case 0xed:
      return 'an RPM package';
    default:
      return 'a file compressed by compress (.Z)';
  }
}
