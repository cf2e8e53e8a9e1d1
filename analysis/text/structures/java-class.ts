/** String constants of a Java class: JVM specification, 4.4 (the constant pool). */
import { textOf, type Extract, type Segment } from './segment.ts';

const UTF8 = 1;
/** Bytes behind the tag of each kind of constant. */
const SIZES: Readonly<Record<number, number>> = {
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 2,
  8: 2,
  9: 4,
  10: 4,
  11: 4,
  12: 4,
  15: 3,
  16: 2,
  17: 4,
  18: 4,
  19: 2,
  20: 2,
};

export function javaClass(file: Buffer): Extract {
  const segments: Segment[] = [];
  const count = file.readUInt16BE(8);
  let at = 10;
  for (let index = 1; index < count; index++) {
    if (at + 3 > file.length) return { segments, complete: false };
    const tag = file[at] ?? 0;
    if (tag === UTF8) {
      const length = file.readUInt16BE(at + 1);
      if (at + 3 + length > file.length) return { segments, complete: false };
      if (length > 0) segments.push(textOf(file, at + 3, length));
      at += 3 + length;
      continue;
    }
    const size = SIZES[tag];
    if (size === undefined) return { segments, complete: false };
    // Numbers of eight bytes take two places.
    if (tag === 5 || tag === 6) index++;
    at += 1 + size;
  }
  return { segments, complete: true };
}
