/** Objects of git, loose and in packs: https://git-scm.com/docs/gitformat-pack */
import { inflateSync } from 'node:zlib';
import { textFrom, type Extract, type Segment } from './segment.ts';

/** One object, and all objects of a pack together. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_PACK_BYTES = 128 * 1024 * 1024;
/** Objects that are kept as bases of others. */
const MOST_KEPT_BYTES = 64 * 1024 * 1024;

const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;

/** A loose object, or any file that is one zlib stream. */
export function gitObject(file: Buffer): Extract {
  const inflated = inflate(file, MOST_BYTES);
  if (inflated === null) return { segments: [], complete: true };
  return { segments: [textFrom(inflated.bytes, 0, inflated.consumed)], complete: true };
}

export function gitPack(file: Buffer): Extract {
  const segments: Segment[] = [];
  const kept = new Map<number, Uint8Array>();
  let keptBytes = 0;
  let total = 0;
  let at = 12;
  const count = file.readUInt32BE(8);
  for (let index = 0; index < count; index++) {
    const header = headerAt(file, at);
    const inflated = header === null ? null : inflate(file.subarray(header.end), MOST_BYTES);
    // Without the end of this object the next one cannot be found.
    if (header === null || inflated === null || total > MOST_PACK_BYTES) return { segments, complete: false };
    const base = header.base === null ? undefined : kept.get(header.base);
    // Without its base, what a delta inserts is a text all the same.
    const bytes = base === undefined ? inflated.bytes : (applied(base, inflated.bytes) ?? inflated.bytes);
    const end = header.end + inflated.consumed;
    segments.push(textFrom(bytes, at, end - at));
    total += bytes.length;
    const isWhole = header.type < OFFSET_DELTA || base !== undefined;
    if (isWhole && keptBytes + bytes.length <= MOST_KEPT_BYTES) {
      kept.set(at, bytes);
      keptBytes += bytes.length;
    }
    at = end;
  }
  return { segments, complete: true };
}

interface Header {
  readonly type: number;
  /** Where the object stands that a delta is based on, if that is told. */
  readonly base: number | null;
  readonly end: number;
}

function headerAt(file: Buffer, start: number): Header | null {
  let at = start;
  let byte = file[at++] ?? 0;
  const type = (byte >> 4) & 7;
  while ((byte & 0x80) !== 0) byte = file[at++] ?? 0;
  if (at >= file.length) return null;
  if (type === REFERENCE_DELTA) return { type, base: null, end: at + 20 };
  if (type !== OFFSET_DELTA) return { type, base: null, end: at };
  byte = file[at++] ?? 0;
  let distance = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    byte = file[at++] ?? 0;
    distance = (distance + 1) * 128 + (byte & 0x7f);
  }
  return { type, base: start - distance, end: at };
}

/** The base with the instructions of a delta carried out; null where they do not fit. */
function applied(base: Uint8Array, delta: Uint8Array): Uint8Array | null {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let factor = 1; at < delta.length; factor *= 128) {
      const byte = delta[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if ((byte & 0x80) === 0) break;
    }
    return value;
  };
  const bits = (instruction: number, first: number, count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index++)
      if ((instruction & (1 << (first + index))) !== 0) value += (delta[at++] ?? 0) * 256 ** index;
    return value;
  };
  if (number() !== base.length) return null;
  const size = number();
  if (size > MOST_BYTES) return null;
  const result = Buffer.alloc(size);
  let end = 0;
  while (at < delta.length) {
    const instruction = delta[at++] ?? 0;
    const isCopy = (instruction & 0x80) !== 0;
    const from = isCopy ? bits(instruction, 0, 4) : at;
    const length = isCopy ? bits(instruction, 4, 3) || 0x10000 : instruction;
    const source = isCopy ? base : delta;
    if (length === 0 || from + length > source.length || end + length > size) return null;
    result.set(source.subarray(from, from + length), end);
    end += length;
    if (!isCopy) at += length;
  }
  return end === size ? result : null;
}

function inflate(input: Uint8Array, most: number): { readonly bytes: Uint8Array; readonly consumed: number } | null {
  try {
    const result: unknown = inflateSync(input, { info: true, maxOutputLength: most });
    if (typeof result !== 'object' || result === null || !('buffer' in result) || !('engine' in result)) return null;
    const { buffer, engine } = result;
    if (!(buffer instanceof Uint8Array) || typeof engine !== 'object' || engine === null || !('bytesWritten' in engine))
      return null;
    return typeof engine.bytesWritten === 'number' ? { bytes: buffer, consumed: engine.bytesWritten } : null;
  } catch {
    return null;
  }
}
