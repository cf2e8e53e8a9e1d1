/**
 * Files in which the pieces of text that belong together do not stand apart in the bytes: lengths and types touch them,
 * other values follow at once, or they are compressed. Their texts are taken out and searched as well as the bytes.
 */
import { dotnetBlob } from './dotnet-blob.ts';
import { gitObject, gitPack } from './git.ts';
import { javaClass } from './java-class.ts';
import { isPythonCode, pythonCode } from './marshal.ts';
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
export const HEAD_BYTES = 17;

/**
 * How a file that begins like this is taken apart, or null. A wrong guess would be a file that "could not be taken apart", so
 * a few first bytes alone, which ordinary texts have too, tell nothing.
 */
export function structureOf(head: Buffer): Structure | null {
  if (head.length < HEAD_BYTES) return null;
  if (head.toString('latin1', 0, 15) === 'SQLite format 3') return { id: 'sqlite', extract: sqlite };
  // There are packs of version 2 and 3; PACKAGES are something else.
  if (head.toString('latin1', 0, 4) === 'PACK' && [2, 3].includes(head.readUInt32BE(4)))
    return { id: 'git-pack', extract: gitPack };
  // A zlib stream (RFC 1950) with the window and at the levels that git uses.
  if (head[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(head[1] ?? 0)) return { id: 'git-object', extract: gitObject };
  // Versions of class files begin with 45; programs of macOS for several processors say there how many.
  if (head.readUInt32BE(0) === 0xcafebabe && head.readUInt16BE(6) >= 45) return { id: 'java-class', extract: javaClass };
  if (isPythonCode(head)) return { id: 'pyc', extract: pythonCode };
  if (head[0] === 0x4d && head[1] === 0x5a) return { id: 'dotnet-blob', extract: dotnetBlob };
  // The opcode PROTO of pickle, versions 2 to 5.
  if (head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5) return { id: 'pickle', extract: pickle };
  return null;
}
