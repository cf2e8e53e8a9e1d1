/**
 * Reads a JSON document too large to hold: the items of one member come out one by one, everything else is kept small.
 *
 * Registries publish their name lists as one document of up to some hundred megabytes. Only item boundaries are found
 * here, byte by byte; each item is then given to `JSON.parse`. Every structural character of JSON is ASCII and no byte of
 * a longer UTF-8 sequence is, so a chunk may end anywhere, even in the middle of a character.
 */
import { Malformed } from './errors.ts';

export interface JsonItemsOptions {
  /** The top-level member whose items are wanted, an array or an object; null: the document itself. */
  readonly member: string | null;
  /** Bytes of one item, key included, above which it is skipped. */
  readonly maxItemBytes?: number;
  /** False: a document without the member is no error. */
  readonly required?: boolean;
  /** Named in errors. */
  readonly url?: string;
}

export type JsonPiece =
  /** An item of the member; `key` is its name in an object, null in an array. */
  | { readonly kind: 'item'; readonly key: string | null; readonly value: unknown }
  /** Any other top-level member, where it is small enough. */
  | { readonly kind: 'field'; readonly name: string; readonly value: unknown }
  /** An item or field that was stepped over: larger than the limit, or no JSON between its brackets. */
  | { readonly kind: 'skipped'; readonly name: string | null; readonly reason: 'too-large' | 'not-json'; readonly bytes: number };

const MEBIBYTE = 1024 * 1024;

/**
 * Yields the pieces of the document in its own order. Memory: one item and one chunk.
 *
 * Throws `Malformed` where the document is no JSON between its items, ends early, or lacks the member.
 */
export async function* jsonItems(source: AsyncIterable<Uint8Array>, options: JsonItemsOptions): AsyncGenerator<JsonPiece> {
  const splitter = new Splitter(options);
  for await (const chunk of source) {
    for (const piece of splitter.feed(chunk)) yield piece;
  }
  splitter.end();
}

type State =
  /** Before the document's first bracket. */
  | 'start'
  /** A key, or the end of an object that has no entry yet. */
  | 'first-key'
  | 'key'
  | 'colon'
  /** An item, or the end of an array that has no item yet. */
  | 'first-value'
  | 'value'
  /** Within a key or value that is collected. */
  | 'in-string'
  | 'in-brackets'
  | 'in-scalar'
  | 'comma'
  | 'done';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

class Splitter {
  readonly #member: string | null;
  readonly #limit: number;
  readonly #required: boolean;
  readonly #url: string | undefined;
  #state: State = 'start';
  /** What encloses the place where we are: the root, or the root and the member's brackets. */
  readonly #open: ('object' | 'array')[] = [];
  #key: string | null = null;
  #collectsKey = false;
  #found = false;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  /** Pieces of the value so far, from earlier chunks; empty once it is over the limit. */
  #pieces: Uint8Array[] = [];
  #length = 0;
  #offset = 0;

  constructor(options: JsonItemsOptions) {
    this.#member = options.member;
    this.#limit = options.maxItemBytes ?? MEBIBYTE;
    this.#required = options.required ?? true;
    this.#url = options.url;
  }

  /** The pieces that end in this chunk. */
  feed(chunk: Uint8Array): JsonPiece[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const pieces: JsonPiece[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#isCollecting()) {
        const stop = this.#collect(bytes, at);
        if (stop.complete) {
          const piece = this.#take(bytes, at, stop.at);
          if (piece !== null) pieces.push(piece);
        } else this.#keep(bytes, at);
        at = stop.at;
        continue;
      }
      const byte = bytes[at] ?? 0;
      if (isSpace(byte) || (this.#state === 'start' && isByteOrderMark(byte))) at += 1;
      else at += this.#step(byte, at);
    }
    this.#offset += bytes.length;
    return pieces;
  }

  /** The document is over: says so where it should not be. */
  end(): void {
    if (this.#state !== 'done') throw this.#malformed(`a JSON document that ends, but it stops in the middle`);
    if (this.#required && !this.#found) throw this.#malformed(`a member "${this.#member}", but there is none`);
  }

  #isCollecting(): boolean {
    return this.#state === 'in-string' || this.#state === 'in-brackets' || this.#state === 'in-scalar';
  }

  /** Looks at one structural byte; gives how many bytes it used: 0 where the byte begins something that is collected. */
  #step(byte: number, at: number): 0 | 1 {
    switch (this.#state) {
      case 'start':
        return this.#start(byte, at);
      case 'first-key':
        if (byte === CLOSE_OBJECT) return this.#close();
        return this.#beginKey(byte, at);
      case 'key':
        return this.#beginKey(byte, at);
      case 'colon':
        if (byte !== COLON) throw this.#malformed('a colon after a key', at);
        this.#state = 'value';
        return 1;
      case 'first-value':
        if (byte === CLOSE_ARRAY) return this.#close();
        return this.#beginValue(byte, at);
      case 'value':
        return this.#beginValue(byte, at);
      case 'comma':
        return this.#afterValue(byte, at);
      default:
        throw this.#malformed('nothing after the end of the JSON document', at);
    }
  }

  #start(byte: number, at: number): 1 {
    const wantsItems = this.#member === null;
    if (byte !== OPEN_OBJECT && !(wantsItems && byte === OPEN_ARRAY)) {
      throw this.#malformed(wantsItems ? 'a JSON array or object' : 'a JSON object', at);
    }
    if (wantsItems) this.#found = true;
    this.#enter(byte);
    return 1;
  }

  #enter(bracket: number): void {
    const isObject = bracket === OPEN_OBJECT;
    this.#open.push(isObject ? 'object' : 'array');
    this.#state = isObject ? 'first-key' : 'first-value';
    this.#key = null;
  }

  #close(): 1 {
    this.#open.pop();
    this.#state = this.#open.length === 0 ? 'done' : 'comma';
    return 1;
  }

  #beginKey(byte: number, at: number): 0 {
    if (byte !== QUOTE) throw this.#malformed('a key in quotes', at);
    this.#collectsKey = true;
    this.#state = 'in-string';
    return 0;
  }

  #beginValue(byte: number, at: number): 0 | 1 {
    const opens = byte === OPEN_OBJECT || byte === OPEN_ARRAY;
    if (this.#atMember()) {
      if (opens) {
        this.#found = true;
        this.#enter(byte);
        return 1;
      }
      if (this.#required) throw this.#malformed(`an array or object as "${this.#member}"`, at);
    }
    if (byte === COMMA || byte === COLON || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) throw this.#malformed('a value', at);
    this.#collectsKey = false;
    this.#state = opens ? 'in-brackets' : byte === QUOTE ? 'in-string' : 'in-scalar';
    return 0;
  }

  #afterValue(byte: number, at: number): 1 {
    const isObject = this.#open.at(-1) === 'object';
    if (byte === COMMA) {
      this.#state = isObject ? 'key' : 'value';
      return 1;
    }
    if (byte === (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return this.#close();
    throw this.#malformed(`a comma or ${isObject ? '}' : ']'} after a value`, at);
  }

  #atMember(): boolean {
    return this.#member !== null && this.#open.length === 1 && this.#key === this.#member;
  }

  /** Runs to the end of the value that is collected, or of the chunk. */
  #collect(chunk: Buffer, from: number): { readonly at: number; readonly complete: boolean } {
    if (this.#state === 'in-scalar') {
      let at = from;
      while (at < chunk.length && !endsScalar(chunk[at] ?? 0)) at += 1;
      return { at, complete: at < chunk.length };
    }
    const isString = this.#state === 'in-string';
    let depth = this.#depth;
    let quoted = this.#quoted;
    let escaped = this.#escaped;
    let at = from;
    let complete = false;
    while (at < chunk.length && !complete) {
      const byte = chunk[at] ?? 0;
      at += 1;
      if (escaped) escaped = false;
      else if (quoted) {
        if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          quoted = false;
          complete = isString;
        }
      } else if (byte === QUOTE) quoted = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth -= 1;
        complete = depth === 0;
      }
    }
    this.#depth = depth;
    this.#quoted = quoted;
    this.#escaped = escaped;
    return { at, complete };
  }

  /** Keeps the rest of the chunk: a copy, since a view would hold the memory of all of it. */
  #keep(bytes: Buffer, from: number): void {
    this.#length += bytes.length - from;
    if (this.#length > this.#limit) this.#pieces = [];
    else this.#pieces.push(Uint8Array.prototype.slice.call(bytes, from));
  }

  /** Turns what was collected, and this end of it, into a piece; a key gives none. */
  #take(bytes: Buffer, from: number, to: number): JsonPiece | null {
    const length = this.#length + to - from;
    const text = length > this.#limit ? null : this.#decode(bytes, from, to);
    this.#pieces = [];
    this.#length = 0;
    if (this.#collectsKey) {
      this.#key = keyOf(text);
      this.#state = 'colon';
      return null;
    }
    this.#state = 'comma';
    const isItem = this.#open.length === (this.#member === null ? 1 : 2);
    const name = this.#key;
    if (text === null) return { kind: 'skipped', name, reason: 'too-large', bytes: length };
    const value = parse(text);
    if (value === undefined) return { kind: 'skipped', name, reason: 'not-json', bytes: length };
    if (isItem) return { kind: 'item', key: name, value };
    return { kind: 'field', name: name ?? '', value };
  }

  /** As one string, so that a character cut by the edge of a chunk is whole again. */
  #decode(bytes: Buffer, from: number, to: number): string {
    if (this.#pieces.length === 0) return bytes.toString('utf8', from, to);
    return Buffer.concat([...this.#pieces, bytes.subarray(from, to)]).toString('utf8');
  }

  #malformed(expected: string, at?: number): Malformed {
    const where = at === undefined ? `after ${this.#offset} bytes` : `at byte ${this.#offset + at}`;
    return new Malformed(`expected ${expected} (${where})`, this.#url === undefined ? {} : { url: this.#url });
  }
}

/** A key that is too long or no string is nobody's name; its value is still an item. */
function keyOf(text: string | null): string | null {
  if (text !== null && !text.includes('\\')) return text.slice(1, -1);
  const value = text === null ? null : parse(text);
  return typeof value === 'string' ? value : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsScalar(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT || isSpace(byte);
}

/** One of the three bytes that some servers put before a document. */
function isByteOrderMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf;
}
