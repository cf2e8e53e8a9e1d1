/** Python's own readers as references: one long-lived process, asked over a pipe (`reference.py` says how). */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

export type PythonReader = 'xz' | 'bzip2' | 'zip' | 'tar' | 'ar' | 'asar' | 'nested';

export interface Answer {
  /** Whether it was read, and whether bytes follow that do not belong to it. */
  readonly state: 'refused' | 'read' | 'read-in-part';
  readonly files: readonly (readonly [name: string, body: string])[];
}

export const hasPython = spawnSync('python3', ['-c', 'import bz2, lzma, tarfile, zipfile']).status === 0;

interface Python {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** The next bytes of what it answers. */
  readonly take: (length: number) => Promise<Buffer>;
}

let python: Python | null = null;

function start(): Python {
  const child = spawn('python3', [join(import.meta.dirname, 'reference.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks: AsyncIterator<Buffer> = child.stdout[Symbol.asyncIterator]();
  let left: Buffer = Buffer.alloc(0);
  return {
    child,
    async take(length) {
      const parts = [left];
      for (let have = left.length; have < length;) {
        const { value, done } = await chunks.next();
        if (done === true) throw new Error('the reference ended, which is a fault of reference.py');
        parts.push(value);
        have += value.length;
      }
      const all = Buffer.concat(parts);
      left = all.subarray(length);
      return all.subarray(0, length);
    },
  };
}

/** What Python reads in these bytes; one question at a time. */
export async function askPython(reader: PythonReader, archive: Uint8Array): Promise<Answer> {
  python ??= start();
  const { child, take } = python;
  const head = Buffer.alloc(12, ' ');
  head.write(reader, 'latin1');
  head.writeUInt32LE(archive.length, 8);
  child.stdin.write(Buffer.concat([head, archive]));
  const answer = await take(5);
  const state = answer.readUInt8();
  const files: [string, string][] = [];
  for (let left = answer.readUInt32LE(1); left > 0; left -= 1) {
    const name = await take((await take(4)).readUInt32LE());
    const body = await take((await take(4)).readUInt32LE());
    files.push([name.toString(), body.toString('latin1')]);
  }
  return { state: state === 0 ? 'refused' : state === 1 ? 'read' : 'read-in-part', files };
}

/** Ends the process; a later question starts another. */
export function closePython(): void {
  python?.child.stdin.end();
  python = null;
}
