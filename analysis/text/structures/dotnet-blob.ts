/**
 * Strings in the `#Blob` heap of a .NET assembly: arguments of attributes, each behind its length (ECMA-335, II.23.3 and
 * II.24.2.4). The user strings of the `#US` heap are UTF-16, which is found in the bytes.
 */
import { textOf, type Extract, type Segment } from './segment.ts';

const SIGNATURE = 0x424a5342;
/** Every attribute's blob begins with this. */
const PROLOG = 0x0001;

export function dotnetBlob(file: Buffer): Extract {
  const segments: Segment[] = [];
  for (let root = file.indexOf('BSJB', 0, 'latin1'); root >= 0; root = file.indexOf('BSJB', root + 4, 'latin1')) {
    const heap = blobHeap(file, root);
    if (heap !== null) addBlobs(file, heap.start, heap.end, segments);
  }
  return { segments, complete: true };
}

/** Where the heap stands, by the metadata's root at `root` (II.24.2.1); null where no assembly's metadata begins there. */
function blobHeap(file: Buffer, root: number): { readonly start: number; readonly end: number } | null {
  if (root + 20 > file.length || file.readUInt32LE(root) !== SIGNATURE) return null;
  const versionLength = file.readUInt32LE(root + 12);
  let at = root + 16 + versionLength;
  if (versionLength > 255 || at + 4 > file.length) return null;
  const streams = file.readUInt16LE(at + 2);
  at += 4;
  for (let stream = 0; stream < streams && at + 12 <= file.length; stream++) {
    const start = root + file.readUInt32LE(at);
    const end = start + file.readUInt32LE(at + 4);
    const nameEnd = file.indexOf(0, at + 8);
    if (nameEnd < 0 || nameEnd > at + 40) return null;
    if (file.toString('latin1', at + 8, nameEnd) === '#Blob') return end <= file.length ? { start, end } : null;
    at += 8 + Math.ceil((nameEnd + 1 - at - 8) / 4) * 4;
  }
  return null;
}

function addBlobs(file: Buffer, start: number, end: number, segments: Segment[]): void {
  for (let at = start; at < end;) {
    const blob = counted(file, at, end);
    if (blob === null) return;
    if (blob.end - blob.start > 4 && file.readUInt16LE(blob.start) === PROLOG)
      addArguments(file, blob.start + 2, blob.end, segments);
    at = blob.end;
  }
}

/** Numbers and strings follow each other; where a length fits, a string stands, and elsewhere a byte is passed over. */
function addArguments(file: Buffer, start: number, end: number, segments: Segment[]): void {
  for (let at = start; at < end;) {
    const text = counted(file, at, end);
    if (text === null || text.end === text.start || !isText(file, text.start, text.end)) {
      at++;
      continue;
    }
    segments.push(textOf(file, text.start, text.end - text.start));
    at = text.end;
  }
}

/** What a packed length at `at` counts; null where that does not fit. */
function counted(file: Buffer, at: number, end: number): { readonly start: number; readonly end: number } | null {
  const first = file[at] ?? 0;
  const size = (first & 0x80) === 0 ? 1 : (first & 0xc0) === 0x80 ? 2 : 4;
  if (at + size > end) return null;
  const length = size === 1 ? first : size === 2 ? file.readUInt16BE(at) & 0x3fff : file.readUInt32BE(at) & 0x1fffffff;
  const start = at + size;
  return start + length > end ? null : { start, end: start + length };
}

function isText(file: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((file[at] ?? 0) < 9) return false;
  return true;
}
