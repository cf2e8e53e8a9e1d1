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

/** Versions of Python 2 have greater numbers. */
const PYTHON_2 = 50_000;

/**
 * True for the first bytes of byte code: a number of the version, a line break that damage by text mode would change, and
 * behind the header a code object. Texts whose first line has two characters have the line break as well.
 */
export function isPythonCode(head: Buffer): boolean {
  const magic = head.readUInt16LE(0);
  const isVersion = magic >= PYTHON_2 || (magic >= 3000 && magic < 4000);
  if (!isVersion || head[2] !== 0x0d || head[3] !== 0x0a) return false;
  const { header } = versionOf(magic);
  // Of the flags that longer headers have there are two (PEP 552).
  return KINDS[(head[header] ?? 0) & 0x7f] === Kind.code && (header < 16 || head.readUInt32LE(4) < 4);
}

export function pythonCode(file: Buffer): Extract {
  const reader = new MarshalReader(file, versionOf(file.readUInt16LE(0)));
  const complete = reader.read(0);
  return { segments: reader.segments, complete };
}

/** By the magic number: 50823 to 62211 for Python 2, 3000 and more for Python 3, in order of the versions. */
function versionOf(magic: number): Version {
  const before311 = { before: 8, behind: 1 };
  if (magic >= PYTHON_2) return { header: 8, integers: 4, ...before311 };
  if (magic < 3190) return { header: 8, integers: 5, ...before311 };
  if (magic < 3390) return { header: 12, integers: 5, ...before311 };
  if (magic < 3400) return { header: 16, integers: 5, ...before311 };
  if (magic < 3450) return { header: 16, integers: 6, ...before311 };
  return { header: 16, integers: 5, before: 8, behind: 2 };
}

/** What follows the letter of an object's type. */
const Kind = {
  none: 0,
  alone: 1,
  fourBytes: 2,
  eightBytes: 3,
  sixteenBytes: 4,
  digits: 5,
  decimal: 6,
  twoDecimals: 7,
  text: 8,
  shortText: 9,
  few: 10,
  many: 11,
  slice: 12,
  pairs: 13,
  code: 14,
} as const;

/** The kind of each letter. There are thousands of objects in a file, and a table is sooner asked than letter by letter. */
const KINDS = kinds({
  '0NFTS.': Kind.alone,
  irR: Kind.fourBytes,
  Ig: Kind.eightBytes,
  y: Kind.sixteenBytes,
  l: Kind.digits,
  f: Kind.decimal,
  x: Kind.twoDecimals,
  stuaA: Kind.text,
  zZ: Kind.shortText,
  ')': Kind.few,
  '([<>': Kind.many,
  ':': Kind.slice,
  '{': Kind.pairs,
  c: Kind.code,
});

function kinds(letters: Readonly<Record<string, number>>): Uint8Array {
  const table = new Uint8Array(128);
  for (const [some, kind] of Object.entries(letters)) for (const letter of some) table[letter.charCodeAt(0)] = kind;
  return table;
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
    switch (KINDS[(this.#file[this.#at++] ?? 0) & 0x7f]) {
      case Kind.alone:
        return true;
      case Kind.fourBytes:
        return this.#skip(4);
      case Kind.eightBytes:
        return this.#skip(8);
      case Kind.sixteenBytes:
        return this.#skip(16);
      case Kind.digits:
        return this.#skip(2 * Math.abs(this.#int32()));
      case Kind.decimal:
        return this.#skip(this.#byte());
      case Kind.twoDecimals:
        return this.#skip(this.#byte()) && this.#skip(this.#byte());
      case Kind.text:
        return this.#text(this.#int32());
      case Kind.shortText:
        return this.#text(this.#byte());
      case Kind.few:
        return this.#all(this.#byte(), depth);
      case Kind.many:
        return this.#all(this.#int32(), depth);
      case Kind.slice:
        return this.#all(3, depth);
      case Kind.pairs:
        return this.#pairs(depth);
      case Kind.code:
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
