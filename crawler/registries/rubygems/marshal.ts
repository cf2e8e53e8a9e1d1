/**
 * Reads what lists of gems hold of Ruby's Marshal format, version 4.8: arrays, strings, small numbers and objects that were
 * dumped as one value (`Gem::Version`). Nothing is made of a class's name, so nothing foreign is ever called into being.
 */

export type MarshalValue = null | boolean | number | string | readonly MarshalValue[] | MarshalObject;

export interface MarshalObject {
  readonly class: string;
  readonly value: MarshalValue;
}

/** Deeper than any list of gems. */
const MAX_DEPTH = 16;

/** The value, or an Error that says at which byte something else than the above stands. */
export function readMarshal(bytes: Uint8Array): MarshalValue {
  return new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).read();
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  readonly #symbols: string[] = [];
  /** Everything but symbols, numbers, true, false and nil, in the order in which it begins: what links count. */
  readonly #objects: MarshalValue[] = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(): MarshalValue {
    if (this.#byte() !== 4 || this.#byte() !== 8) throw new Error('expected the bytes 4 and 8 of Marshal 4.8');
    return this.#value(0);
  }

  #value(depth: number): MarshalValue {
    if (depth > MAX_DEPTH) throw new Error(`more than ${MAX_DEPTH} levels at byte ${this.#at}`);
    const type = String.fromCharCode(this.#byte());
    switch (type) {
      case '0':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      case 'i':
        return this.#number();
      case ':':
      case ';':
        return this.#symbol(type);
      case '"':
        return this.#keep(this.#text());
      case 'I':
        return this.#withVariables(depth);
      case '[':
        return this.#array(depth);
      case 'U':
        return this.#object(depth);
      case '@':
        return this.#link();
      default:
        throw new Error(`a type that no list of gems has (${JSON.stringify(type)}) at byte ${this.#at - 1}`);
    }
  }

  /** A string with its encoding; the names of gems are ASCII, whatever it is. */
  #withVariables(depth: number): MarshalValue {
    const value = this.#value(depth + 1);
    for (let left = this.#length(2); left > 0; left -= 1) {
      this.#symbol(String.fromCharCode(this.#byte()));
      this.#value(depth + 1);
    }
    return value;
  }

  #array(depth: number): MarshalValue {
    const length = this.#length(1);
    const items: MarshalValue[] = [];
    this.#keep(items);
    for (let index = 0; index < length; index += 1) items.push(this.#value(depth + 1));
    return items;
  }

  #object(depth: number): MarshalValue {
    const name = this.#symbol(String.fromCharCode(this.#byte()));
    const place = this.#objects.length;
    this.#objects.push(null);
    const object: MarshalObject = { class: name, value: this.#value(depth + 1) };
    this.#objects[place] = object;
    return object;
  }

  #symbol(type: string): string {
    if (type === ':') {
      const text = this.#text();
      this.#symbols.push(text);
      return text;
    }
    const known = type === ';' ? this.#symbols[this.#number()] : undefined;
    if (known === undefined) throw new Error(`expected a symbol at byte ${this.#at}`);
    return known;
  }

  #link(): MarshalValue {
    const value = this.#objects[this.#number()];
    if (value === undefined) throw new Error(`a link to nothing at byte ${this.#at}`);
    return value;
  }

  #keep<T extends MarshalValue>(value: T): T {
    this.#objects.push(value);
    return value;
  }

  #text(): string {
    const length = this.#length(1);
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  /** A count of things of at least `size` bytes, all of which must still be there. */
  #length(size: number): number {
    const length = this.#number();
    if (length < 0 || length * size > this.#bytes.length - this.#at) {
      throw new Error(`a length of ${length} at byte ${this.#at}, where ${this.#bytes.length - this.#at} bytes are left`);
    }
    return length;
  }

  #number(): number {
    const first = this.#bytes.readInt8(this.#need(1));
    if (first === 0) return 0;
    const count = Math.abs(first);
    if (count > 4) return first > 0 ? first - 5 : first + 5;
    const value = this.#bytes.readUIntLE(this.#need(count), count);
    return first > 0 ? value : value - 256 ** count;
  }

  #byte(): number {
    return this.#bytes.readUInt8(this.#need(1));
  }

  #need(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new Error(`the data ends at byte ${this.#bytes.length}, within a value`);
    this.#at += count;
    return at;
  }
}
