/** Files that are one compressed content without a name of its own: .gz, .bz2, .xz, .zst, .br. */
import { openBrotli, openZstd } from './zlib-stream.ts';
import { openBzip2 } from './bzip2/bzip2.ts';
import { openGzip } from './gzip.ts';
import type { Problem, Reader } from './reader.ts';
import { RecordingReader } from './rewind.ts';
import type { At, Walker } from './walker.ts';
import { openXz } from './xz/xz.ts';

/** What a compressed file holds. `close` gives its memory back; the input then stands behind the compressed data. */
export interface Unpacked extends Reader {
  close(): void;
}

export const COMPRESSIONS = ['gzip', 'bzip2', 'xz', 'zstd', 'brotli'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

const OPENERS: Readonly<Record<Compression, (input: Reader, walker: Walker) => Unpacked>> = {
  gzip: openGzip,
  bzip2: openBzip2,
  xz: openXz,
  zstd: openZstd,
  brotli: openBrotli,
};

/**
 * Reads what is compressed in `reader`, as a member at `at`.
 *
 * @returns null, or, where not one byte came out of what seemed compressed, all of it once more, and why
 */
export async function readUnpacked(
  compression: Compression,
  reader: Reader,
  at: At,
  walker: Walker,
): Promise<{ readonly again: Reader; readonly problem: Problem } | null> {
  const recording = new RecordingReader(reader);
  const content = OPENERS[compression](recording, walker);
  try {
    if (!(await content.fill(1)) && content.problem) return { again: recording.rewound(), problem: content.problem };
    recording.forget();
    walker.counted('containers');
    await walker.member(content, at);
    await walker.drain(content);
    const { problem } = content;
    if (problem) walker.skipped(at.path, problem.reason, problem.detail);
    // Behind damage, too, text may stand; a limit ends it all.
    if (problem === null || problem.reason === 'corrupt') await readTrail(compression, reader, at, walker, problem);
    return null;
  } finally {
    content.close();
  }
}

/** What follows the compressed data is delivered as it is; zeros are padding. */
async function readTrail(
  compression: Compression,
  reader: Reader,
  at: At,
  walker: Walker,
  problem: Problem | null,
): Promise<void> {
  for (;;) {
    if (reader.available === 0 && !(await reader.fill(1))) return;
    const part = reader.peek();
    const junk = part.findIndex((byte) => byte !== 0);
    reader.skip(junk === -1 ? part.length : junk);
    if (junk !== -1) break;
  }
  const detail = `bytes follow the ${compression} data that do not belong to it; they were searched as they are`;
  if (!problem) walker.noted(at.path, 'trailing-data', detail);
  await walker.deliver(reader, [...at.path, `(after the ${compression} data)`], null);
}
