/** String constants of Python byte code. Source: Python/marshal.c and Lib/importlib/_bootstrap_external.py of CPython. */
import { textOf, type Extract, type Segment } from './segment.ts';

/** Deeper nesting than any compiler writes. */
const MOST_DEPTH = 200;

/** What differs from version to version. */
interface Version {
  readonly header: number;
  /** Integers in front of a code object's first object, and objects before and behind its first line number. */
  readonly integers: number;
  readonly before: number;
  readonly behind: number;
}

export function pythonCode(file: Buffer): Extract {
  const reader = new MarshalReader(file, versionOf(file.readUInt16LE(0)));
  const complete = reader.read(0);
  return { segments: reader.segments, complete };
}

/** By the magic number: 62xxx for Python 2, 3000 and more for Python 3, in order of the versions. */
function versionOf(magic: number): Version {
  const before311 = { before: 8, behind: 1 };
  if (magic > 20_000) return { header: 8, integers: 4, ...before311 };
  if (magic < 3190) return { header: 8, integers: 5, ...before311 };
  if (magic < 3390) return { header: 12, integers: 5, ...before311 };
  if (magic < 3400) return { header: 16, integers: 5, ...before311 };
  if (magic < 3450) return { header: 16, integers: 6, ...before311 };
  return { header: 16, integers: 5, before: 8, behind: 2 };
}

class MarshalReader {
  readonly segments: Segment[] = [];
  readonly #file: Buffer;
  readonly #version: Version;
  #at: number;

  constructor(file: Buffer, version: Version) {
    this.#file = file;
    this.#version = version;
    this.#at = version.header;
  }

  /** Reads one object. False where the bytes are no object, or end. */
  read(depth: number): boolean {
    if (depth > MOST_DEPTH || this.#at >= this.#file.length) return false;
    // The highest bit says that the object is referred to later.
    const type = String.fromCharCode((this.#file[this.#at++] ?? 0) & 0x7f);
    switch (type) {
      case '0':
      case 'N':
      case 'F':
      case 'T':
      case 'S':
      case '.':
        return true;
      case 'i':
      case 'r':
      case 'R':
        return this.#skip(4);
      case 'I':
      case 'g':
        return this.#skip(8);
      case 'y':
        return this.#skip(16);
      case 'l':
        return this.#skip(2 * Math.abs(this.#int32()));
      case 'f':
        return this.#skip(this.#byte());
      case 'x':
        return this.#skip(this.#byte()) && this.#skip(this.#byte());
      case 's':
      case 't':
      case 'u':
      case 'a':
      case 'A':
        return this.#text(this.#int32());
      case 'z':
      case 'Z':
        return this.#text(this.#byte());
      case ')':
        return this.#all(this.#byte(), depth);
      case '(':
      case '[':
      case '<':
      case '>':
        return this.#all(this.#int32(), depth);
      case ':':
        return this.#all(3, depth);
      case '{':
        return this.#pairs(depth);
      case 'c':
        return this.#code(depth);
      default:
        return false;
    }
  }

  #all(count: number, depth: number): boolean {
    if (count < 0) return false;
    for (let index = 0; index < count; index++) if (!this.read(depth + 1)) return false;
    return true;
  }

  /** Keys and values, up to a null. */
  #pairs(depth: number): boolean {
    while (this.#at < this.#file.length) {
      if (this.#file[this.#at] === 0x30) return this.#skip(1);
      if (!this.#all(2, depth)) return false;
    }
    return false;
  }

  #code(depth: number): boolean {
    const { integers, before, behind } = this.#version;
    return this.#skip(4 * integers) && this.#all(before, depth) && this.#skip(4) && this.#all(behind, depth);
  }

  #text(length: number): boolean {
    const start = this.#at;
    if (!this.#skip(length)) return false;
    if (length > 0) this.segments.push(textOf(this.#file, start, length));
    return true;
  }

  #skip(bytes: number): boolean {
    if (bytes < 0 || this.#at + bytes > this.#file.length) return false;
    this.#at += bytes;
    return true;
  }

  #byte(): number {
    return this.#file[this.#at++] ?? 0;
  }

  /** -1 where the file ends. */
  #int32(): number {
    if (this.#at + 4 > this.#file.length) return -1;
    this.#at += 4;
    return this.#file.readInt32LE(this.#at - 4);
  }
}
