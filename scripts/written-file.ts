/** A YAML or JSON file that people write, with the line of each of its settings: a mistake is named where it stands. */
import { closeSync, openSync, readSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { UsageError } from './errors.ts';

export interface WrittenFile {
  readonly value: unknown;
  /** The 1-based line of the setting with this path, or of the nearest one around it; null where the file has none of them. */
  lineOf(path: readonly PropertyKey[]): number | null;
}

/**
 * Reads and parses a file; what it must hold is for the caller to check.
 *
 * @param what how people call the file, such as "config file"
 * @throws UsageError where it cannot be read, or is neither YAML nor JSON; with the line, never with text of the file
 */
export function readWrittenFile(path: string, what: string): WrittenFile {
  const lines = new LineCounter();
  const document = parseDocument(readText(path, what), { lineCounter: lines, prettyErrors: false });
  const [wrong] = document.errors;
  if (wrong !== undefined) {
    const { line } = lines.linePos(wrong.pos[0]);
    throw new UsageError(`the ${what} ${path} is neither YAML nor JSON: ${wrong.code.toLowerCase()} in line ${line}`);
  }
  return {
    value: valueOf(() => document.toJS({ maxAliasCount: 10 }), path, what),
    lineOf(wanted) {
      let node: unknown = document.contents;
      let line: number | null = null;
      for (const key of wanted) {
        const found = stepInto(node, key);
        if (found === null) break;
        line = found.offset === null ? line : lines.linePos(found.offset).line;
        node = found.node;
      }
      return line;
    },
  };
}

/** More than anybody writes. */
const MOST_BYTES = 64e6;
const PIECE_BYTES = 64 * 1024;

/** The bytes of a file or pipe, and never much more than `most` of them: a device goes on for ever. */
export function readBytes(path: string, most: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const pieces: Buffer[] = [];
    for (let total = 0; total <= most;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const length = readSync(file, piece);
      if (length === 0) break;
      pieces.push(piece.subarray(0, length));
      total += length;
    }
    return Buffer.concat(pieces);
  } finally {
    closeSync(file);
  }
}

/** The text of a file that people write; a UsageError where it cannot be read. */
export function readText(path: string, what: string): string {
  let bytes: Buffer;
  try {
    bytes = readBytes(path, MOST_BYTES);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new UsageError(`the ${what} ${path} cannot be read (${code}); give an existing file`, { cause: error });
  }
  if (bytes.length > MOST_BYTES)
    throw new UsageError(`the ${what} ${path} has more than ${MOST_BYTES / 1e6} MB, so it is none; give another file`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`the ${what} ${path} is not UTF-8 text: see line ${lineOfBadByte(bytes)}`);
  }
}

function lineOfBadByte(bytes: Buffer): number {
  const lines = bytes.toString('latin1').split('\n');
  const bad = lines.findIndex((line) => Buffer.from(line, 'latin1').toString('utf8').includes('\uFFFD'));
  return Math.max(0, bad) + 1;
}

function valueOf(read: () => unknown, path: string, what: string): unknown {
  try {
    return read();
  } catch {
    throw new UsageError(`the ${what} ${path} repeats itself through aliases more often than is allowed`);
  }
}

function stepInto(node: unknown, key: PropertyKey): { readonly node: unknown; readonly offset: number | null } | null {
  if (isMap(node)) {
    const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === String(key));
    if (pair === undefined) return null;
    return { node: pair.value, offset: isScalar(pair.key) ? (pair.key.range?.[0] ?? null) : null };
  }
  if (isSeq(node) && typeof key === 'number') {
    const item = node.items[key];
    const range = typeof item === 'object' && item !== null && 'range' in item ? item.range : null;
    return { node: item, offset: Array.isArray(range) && typeof range[0] === 'number' ? range[0] : null };
  }
  return null;
}
