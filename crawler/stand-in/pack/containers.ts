/** Tar, gzip and zip with the same bytes for the same files: fixed times, fixed owners, fixed order. */
import { zipSync, type Zippable } from 'fflate';
import { gzipSync } from 'node:zlib';
import { pack as tarStream } from 'tar-stream';
import type { WorldFile } from '../world.ts';

/** The time that npm's own client writes into every entry; any fixed one would do. */
const MTIME = new Date('1985-10-26T08:15:00Z');

/** A ustar archive of the files, in their order. */
export async function tarOf(files: readonly WorldFile[], mode = 0o644): Promise<Uint8Array> {
  const archive = tarStream();
  for (const file of files) {
    const header = { name: file.path, mode, mtime: MTIME, uid: 0, gid: 0, uname: 'wheel', gname: 'wheel' };
    archive.entry(header, Buffer.from(bytesOf(file)));
  }
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces);
}

/** A zip archive of the files, deflated, in their order. */
export function zipOf(files: readonly WorldFile[]): Uint8Array {
  const entries: Zippable = {};
  for (const file of files) entries[file.path] = bytesOf(file);
  // fflate writes local time, as zip wants it: this date is the same wall clock in every time zone.
  return zipSync(entries, { mtime: new Date(1985, 9, 26, 8, 15), level: 6 });
}

/** gzip with no file name and no time in its header. */
export function gzipOf(bytes: Uint8Array | string): Uint8Array {
  return gzipSync(bytes);
}

export function bytesOf(file: WorldFile): Uint8Array {
  return typeof file.content === 'string' ? Buffer.from(file.content, 'utf8') : file.content;
}
