/** The literals as tables in the memory of the prefilter. */
import type { Place, SoughtLiteral } from './survey.ts';

/** Places and hashes of the tables, as the prefilter has them. */
export interface Layout {
  mostEntries(): number;
  textsAt(): number;
  textBytes(): number;
  longestLiteral(): number;
  mostHashes(): number;
  hashOfThree(bytes: number, mask: number): number;
  hashOfFour(bytes: number, mask: number): number;
}

export interface LiteralTables {
  /** A flag per hash, and the first entry of each hash's chain; of all tables, one after another. */
  readonly flags: Uint8Array;
  readonly heads: Uint32Array<ArrayBuffer>;
  readonly entries: Uint8Array;
  readonly texts: Uint8Array;
  /** What is left of a hash, for each table. */
  readonly masks: readonly number[];
  /** Every n-th byte is looked at for the literals that may stand everywhere; 0: there are none. */
  readonly stride: number;
}

/** In the order in which they lie in memory. */
const TABLES = ['all', 'start', 'inner', 'near', 'long', 'everywhere'] as const satisfies readonly (Place | 'all')[];
type Table = (typeof TABLES)[number];

/** A table has at least so many hashes, and so many times its literals: fewer would lead to too many false finds. */
const LEAST_BITS = 13;
const SPARSE = 64;
const ENTRY_BYTES = 16;
const SHORTEST = 3;
/** The bytes that are looked up stand among a literal's first ones. */
const MOST_LEAD = 12;
const MOST_INNER_LEAD = 4;
const MOST_STRIDE = 6;
/** Frequent in text, the most frequent last. Signs of escapes count as frequent, for many literals have them. */
const FREQUENT = '0%\\&ux#.hmpud:/clrsnioate';
/** A literal more in a chain is as bad as bytes that are that much more frequent. */
const CHAIN_COST = 4;
/** A byte that may be any is worse than everything else: hundreds of hashes lead to the literal then. */
const ANY_COST = 1000;

interface Writer {
  readonly layout: Layout;
  readonly flags: Uint8Array;
  readonly heads: Uint32Array<ArrayBuffer>;
  readonly entries: DataView;
  readonly masks: readonly number[];
  /** How many entries each chain has, by its place among the heads. */
  readonly lengths: Map<number, number>;
  count: number;
}

/** A literal in memory. */
interface Stored {
  readonly literal: number;
  readonly bytes: Buffer;
  readonly at: number;
  readonly ignoreCase: boolean;
}

/**
 * @throws where there are more literals than fit, or one is longer than can be found in encoded text
 */
export function literalTables(literals: readonly SoughtLiteral[], layout: Layout): LiteralTables {
  const texts = new Uint8Array(layout.textBytes());
  const stride = strideOf(literals);
  const writer: Writer = {
    layout,
    flags: new Uint8Array(TABLES.length * layout.mostHashes()),
    heads: new Uint32Array(TABLES.length * layout.mostHashes()),
    masks: TABLES.map((table) => 2 ** bitsOf(table, literals, layout) - 1),
    entries: new DataView(new ArrayBuffer(ENTRY_BYTES * (layout.mostEntries() + 1))),
    lengths: new Map(),
    count: 0,
  };
  let end = 0;
  literals.forEach(({ text, ignoreCase, places }, literal) => {
    const bytes = Buffer.from(ignoreCase ? text.toLowerCase() : text, 'latin1');
    if (bytes.length > layout.longestLiteral() || bytes.length < SHORTEST)
      throw new Error(
        `a literal has ${SHORTEST} to ${layout.longestLiteral()} characters, and ${JSON.stringify(text)} has ${bytes.length}`,
      );
    if (end + bytes.length > texts.length) throw new Error(`the literals have more than ${texts.length} characters together`);
    texts.set(bytes, end);
    const stored = { literal, bytes, at: layout.textsAt() + end, ignoreCase };
    end += bytes.length;
    const put = (table: Table, size: 3 | 4, lead: number): void =>
      add(writer, slotsOf(writer, table, bytes, lead, size), stored, lead);
    put('all', 3, rarest(writer, 'all', bytes, 3, 1));
    if (places.includes('start')) put('start', 3, 0);
    if (places.includes('inner')) put('inner', 3, rarest(writer, 'inner', bytes, 3, 1));
    // One of two, or of several, neighbouring places is looked at, whatever the literal's own place.
    for (const table of ['near', 'long'] as const) {
      if (!places.includes(table)) continue;
      const lead = bytes.length === SHORTEST ? -1 : rarest(writer, table, bytes, 4, 2);
      for (const one of [lead, lead + 1]) put(table, 4, one);
    }
    if (!places.includes('everywhere')) return;
    for (let lead = 0; lead < stride; lead++) put('everywhere', 4, lead);
  });
  const { flags, heads, entries, masks, count } = writer;
  return {
    flags,
    heads,
    entries: new Uint8Array(entries.buffer, 0, (count + 1) * ENTRY_BYTES),
    texts: texts.subarray(0, end),
    masks,
    stride,
  };
}

/** The bits of a table's hashes. */
function bitsOf(table: Table, literals: readonly SoughtLiteral[], layout: Layout): number {
  const chosen = literals.filter(({ places }) => table === 'all' || places.includes(table));
  const count =
    table === 'near' || table === 'long' ? chosen.reduce((sum, { text }) => sum + waysInPairs(text), 0) : chosen.length;
  return Math.max(LEAST_BITS, Math.min(Math.log2(layout.mostHashes()), Math.ceil(Math.log2(SPARSE * (count + 1)))));
}

/** In how many ways the bytes can stand that lead to a literal near a run. */
function waysInPairs({ length }: string): number {
  return length > 4 ? 2 : (5 - length) * TEXT.length;
}

function strideOf(literals: readonly SoughtLiteral[]): number {
  const lengths = literals.filter(({ places }) => places.includes('everywhere')).map(({ text }) => text.length);
  return lengths.length === 0 ? 0 : Math.max(1, Math.min(MOST_STRIDE, ...lengths.map((length) => length - 3)));
}

/** The slots, counted over all tables, of these bytes of a literal in every way in which they may stand there. */
function slotsOf({ layout, masks }: Writer, table: Table, bytes: Buffer, lead: number, size: 3 | 4): readonly number[] {
  const index = TABLES.indexOf(table);
  const mask = masks[index] ?? 0;
  const hash = (way: number): number => (size === 3 ? layout.hashOfThree(way, mask) : layout.hashOfFour(way, mask)) >>> 0;
  return [...new Set(waysOf(bytes, lead, size).map((way) => index * layout.mostHashes() + hash(way)))];
}

/** The bytes from `lead` on as the processor reads them. One may stand before or behind the literal: it may be any of text. */
function waysOf(bytes: Buffer, lead: number, size: 3 | 4): readonly number[] {
  let ways = [0];
  for (let index = 0; index < size; index++) {
    const byte = bytes[lead + index];
    const possible = byte === undefined ? TEXT : [byte];
    ways = ways.flatMap((way) => possible.map((one) => way | (one << (8 * index))));
  }
  return ways;
}

/** Bytes that may stand beside a literal within a match: printable ones, and a tab. */
const TEXT = [9, ...Array.from({ length: 95 }, (_, index) => 32 + index)];

function add(writer: Writer, slots: readonly number[], { literal, bytes, at, ignoreCase }: Stored, lead: number): void {
  const { flags, heads, entries, lengths, layout } = writer;
  for (const slot of slots) {
    writer.count++;
    if (writer.count > layout.mostEntries()) throw new Error(`the literals need more than ${layout.mostEntries()} entries`);
    const entry = writer.count * ENTRY_BYTES;
    entries.setUint32(entry, literal, true);
    entries.setUint32(entry + 4, at, true);
    entries.setUint32(entry + 8, heads[slot] ?? 0, true);
    entries.setUint8(entry + 12, bytes.length);
    entries.setInt8(entry + 13, lead);
    entries.setUint16(entry + 14, ignoreCase ? 1 : 0, true);
    heads[slot] = writer.count;
    flags[slot] = 1;
    lengths.set(slot, (lengths.get(slot) ?? 0) + 1);
  }
}

/**
 * Where in a literal the bytes stand that ordinary text has least and few other literals have.
 *
 * @param size bytes that are looked up
 * @param places how many neighbouring places of them are needed
 */
function rarest(writer: Writer, table: 'all' | 'inner' | 'near' | 'long', bytes: Buffer, size: 3 | 4, places: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (
    let lead = 0;
    lead + SHORTEST + places - 1 <= bytes.length && lead + places - 1 <= (table === 'inner' ? MOST_INNER_LEAD : MOST_LEAD);
    lead++
  ) {
    let cost = 0;
    for (let place = lead; place < lead + places; place++) {
      cost += CHAIN_COST * (writer.lengths.get(slotsOf(writer, table, bytes, place, size)[0] ?? 0) ?? 0);
      // A byte that is not the literal's may be any.
      if (place + size > bytes.length) cost += ANY_COST;
      for (const byte of bytes.subarray(place, place + size))
        cost += FREQUENT.indexOf(String.fromCharCode(byte).toLowerCase()) + 1;
    }
    if (cost < least) {
      least = cost;
      best = lead;
    }
  }
  return best;
}
