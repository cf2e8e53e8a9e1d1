/**
 * Ways to read the bytes of an entry: as they are, and as the texts that hide in them (UTF-16, base64, …).
 *
 * Everything works on text in which one character is one byte. A haystack is searched for literals; where one stands, its
 * readings give the text around it for the patterns, and tell which bytes of the entry a piece of that text came from.
 */

/** One way to read a haystack: characters by index, each with its bytes in the entry. */
export interface Reading {
  /** What was done to get this text, outermost first; empty for plain bytes. */
  readonly decoding: readonly string[];
  readonly length: number;
  /** The characters [from, to), each below 256. */
  text(from: number, to: number): string;
  /** Offset in the window of the first byte that the character at `index` came from. Never falls as the index grows. */
  start(index: number): number;
  /** Offset in the window past the last byte that the character before `index` came from. */
  end(index: number): number;
}

/** The bytes that the digits in [from, to) of an encoding stand for. */
export type Decode = (bytes: Buffer, from: number, to: number) => Buffer;

export interface Haystack {
  /** One character per byte; only these are searched for literals. */
  readonly bytes: Buffer;
  /** Characters of `bytes` that count. */
  readonly length: number;
  /** Literals count that start in [from, to): the characters that came from the zone. */
  readonly from: number;
  readonly to: number;
  readonly zone: Zone;
  /** The ways to read the bytes around a literal at this index, the likeliest first: the first one with a match counts. */
  readingsAt(index: number): readonly Reading[];
  /** How the bytes are read where nothing else is known. */
  readonly reading: Reading;
}

/**
 * Bytes of the window, [from, to), whose tokens are looked for now. What stands around them is there for context: each
 * byte of an entry is in exactly one zone, so each token is found exactly once.
 */
export interface Zone {
  readonly from: number;
  readonly to: number;
}

/** The first `length` bytes of a window, as they are. */
export function plain(bytes: Buffer, length: number, zone: Zone): Haystack {
  const reading: Reading = {
    decoding: [],
    length,
    text: (start, end) => bytes.toString('latin1', start, end),
    start: (index) => index,
    end: (index) => index,
  };
  return { bytes, length, from: zone.from, to: zone.to, zone, ...onlyReading(reading) };
}

/** A haystack of decoded bytes with one reading; its zone is what came from the parent's zone. */
export function decoded(parent: Haystack, bytes: Buffer, places: Pick<Reading, 'start' | 'end'>, step: string): Haystack {
  const outer = parent.reading;
  const reading: Reading = {
    decoding: [...outer.decoding, step],
    length: bytes.length,
    text: (from, to) => bytes.toString('latin1', from, to),
    start: (index) => outer.start(places.start(index)),
    end: (index) => outer.end(places.end(index)),
  };
  return {
    bytes,
    length: bytes.length,
    from: reading.start(0) >= parent.zone.from ? 0 : indexAt(reading, parent.zone.from),
    to: reading.start(bytes.length - 1) < parent.zone.to ? bytes.length : indexAt(reading, parent.zone.to),
    zone: parent.zone,
    ...onlyReading(reading),
  };
}

export function onlyReading(reading: Reading): Pick<Haystack, 'reading' | 'readingsAt'> {
  const readings = [reading];
  return { reading, readingsAt: () => readings };
}

/** The first index in [0, length] whose character came from `offset` or later. */
export function indexAt(reading: Pick<Reading, 'length' | 'start'>, offset: number): number {
  let low = 0;
  let high = reading.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reading.start(middle) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
