/** Strings of a pickle of Python, protocol 2 to 5. Source: Lib/pickletools.py of CPython. */
import { textOf, type Extract, type Segment } from './segment.ts';

/** Bytes behind each opcode of a fixed size. */
const FIXED: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    Array.from('(.012NQRabd}]elopstu\x85\x86\x87\x88\x89\x81\x8f\x90\x91\x92\x93\x94\x97\x98)', (opcode) => [opcode, 0]),
  ),
  ...Object.fromEntries(Array.from('Khq\x80\x82', (opcode) => [opcode, 1])),
  ...Object.fromEntries(Array.from('M\x83', (opcode) => [opcode, 2])),
  ...Object.fromEntries(Array.from('Jjr\x84', (opcode) => [opcode, 4])),
  ...Object.fromEntries(Array.from('G\x95', (opcode) => [opcode, 8])),
};
/** Bytes of the length of strings, byte strings and long numbers. */
const COUNTED: Readonly<Record<string, 1 | 4 | 8>> = {
  U: 1,
  C: 1,
  '\x8c': 1,
  '\x8a': 1,
  T: 4,
  X: 4,
  B: 4,
  '\x8b': 4,
  '\x8d': 8,
  '\x8e': 8,
  '\x96': 8,
};
/** Lines that follow. */
const LINES: Readonly<Record<string, 1 | 2>> = { I: 1, L: 1, F: 1, S: 1, V: 1, P: 1, g: 1, p: 1, c: 2, i: 2 };

export function pickle(file: Buffer): Extract {
  const segments: Segment[] = [];
  for (let at = 0; at < file.length;) {
    const opcode = String.fromCharCode(file[at++] ?? 0);
    if (opcode === '.') return { segments, complete: true };
    const fixed = FIXED[opcode];
    const counted = COUNTED[opcode];
    const lines = LINES[opcode];
    if (fixed !== undefined) {
      at += fixed;
    } else if (counted !== undefined) {
      const start = at + counted;
      if (start > file.length) break;
      const length =
        counted === 1 ? file.readUInt8(at) : counted === 4 ? file.readUInt32LE(at) : Number(file.readBigUInt64LE(at));
      if (start + length > file.length) break;
      segments.push(textOf(file, start, length));
      at = start + length;
    } else if (lines === undefined) {
      break;
    } else {
      for (let line = 0; line < lines && at > 0; line++) at = file.indexOf(10, at) + 1;
      if (at === 0) break;
    }
  }
  return { segments, complete: false };
}
