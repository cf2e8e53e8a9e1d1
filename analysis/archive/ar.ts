import { showName } from './names.ts';
import { PartReader, take, type Reader } from './reader.ts';
import { inside, type At, type Walker } from './walker.ts';

const MAGIC_BYTES = 8;
const HEADER_BYTES = 60;

/** An ar archive, which is what a Debian package is: its members' headers are text of fixed width. */
export async function readAr(reader: Reader, at: At, walker: Walker): Promise<void> {
  reader.skip(MAGIC_BYTES);
  for (;;) {
    if (reader.available === 0 && !(await reader.fill(1))) return;
    const header = await take(reader, HEADER_BYTES);
    const text = Buffer.from(header ?? []).toString('latin1');
    const size = Number(text.slice(48, 58).trimEnd());
    if (text.slice(58) !== '`\n' || !Number.isSafeInteger(size) || size < 0) {
      if (!reader.problem)
        walker.skipped(at.path, header ? 'corrupt' : 'truncated', 'the archive goes on with something that is no member');
      return;
    }
    const pause = walker.budget.enter();
    if (pause) await pause;
    // GNU closes names by a slash, BSD by spaces.
    const { name } = showName(
      Buffer.from(text.slice(0, 16).trimEnd().replace(/\/$/, ''), 'latin1'),
      walker.budget.limits.nameBytes,
    );
    const part = new PartReader(reader, size);
    await walker.member(part, { ...inside(at, name, size), inEnvelope: at.depth === 0 && !at.unpacked });
    await walker.drain(part);
    if (part.left > 0) {
      if (!reader.problem)
        walker.skipped([...at.path, name], 'truncated', `${part.left} of ${size} bytes are missing at the end`);
      return;
    }
    if (size % 2 === 1 && (await reader.fill(1))) reader.skip(1);
  }
}
