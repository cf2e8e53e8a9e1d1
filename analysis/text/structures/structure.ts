/**
 * Files in which the pieces of text that belong together do not stand apart in the bytes: lengths and types touch them,
 * other values follow at once, or they are compressed. Their texts are taken out and searched as well as the bytes.
 */
import { dotnetBlob } from './dotnet-blob.ts';
import { gitObject, gitPack } from './git.ts';
import { javaClass } from './java-class.ts';
import { pythonCode } from './marshal.ts';
import { pickle } from './pickle.ts';
import type { Extract } from './segment.ts';
import { sqlite } from './sqlite.ts';

export interface Structure {
  /** The step in a place's decoding. */
  readonly id: string;
  /** Never fails: broken files give what can be read of them. */
  extract(file: Buffer): Extract;
}

/** Bytes at the start that tell the structure. */
export const HEAD_BYTES = 16;

/** How a file that begins like this is taken apart, or null. */
export function structureOf(head: Buffer): Structure | null {
  if (head.length < 8) return null;
  if (head.toString('latin1', 0, 15) === 'SQLite format 3') return { id: 'sqlite', extract: sqlite };
  if (head.toString('latin1', 0, 4) === 'PACK') return { id: 'git-pack', extract: gitPack };
  // A zlib stream (RFC 1950) with the window and at the levels that git uses.
  if (head[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(head[1] ?? 0)) return { id: 'git-object', extract: gitObject };
  if (head.readUInt32BE(0) === 0xcafebabe) return { id: 'java-class', extract: javaClass };
  // Byte code of Python: a number of the version, and a line break that damage by text mode would change.
  if (head[2] === 0x0d && head[3] === 0x0a) return { id: 'pyc', extract: pythonCode };
  if (head[0] === 0x4d && head[1] === 0x5a) return { id: 'dotnet-blob', extract: dotnetBlob };
  // The opcode PROTO of pickle, versions 2 to 5.
  if (head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5) return { id: 'pickle', extract: pickle };
  return null;
}
