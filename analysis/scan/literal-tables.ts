/** The literals as tables in the memory of the prefilter. */
import type { SoughtLiteral } from './survey.ts';

/** Places and hash of the tables, as the prefilter has them. */
export interface Layout {
  mostEntries(): number;
  textsAt(): number;
  textBytes(): number;
  longestLiteral(): number;
  hashOf(three: number): number;
}

export interface LiteralTables {
  /** A bit per hash of three bytes, and the first entry of each hash's chain. */
  readonly bits: Uint8Array;
  readonly heads: Uint16Array<ArrayBuffer>;
  /** The same for literals that may stand everywhere, with several entries for each. */
  readonly everywhereBits: Uint8Array;
  readonly everywhereHeads: Uint16Array<ArrayBuffer>;
  readonly entries: Uint8Array;
  readonly texts: Uint8Array;
  /** Every n-th byte is looked at for those; 0: there are none. */
  readonly stride: number;
}

const HASH_BITS = 18;
const ENTRY_BYTES = 16;
const WINDOW = 3;
/** The three bytes that are looked up stand among a literal's first ones. */
const MOST_LEAD = 13;
const MOST_STRIDE = 6;
/** Frequent in text, the most frequent last. Signs of escapes count as frequent, for many literals have them. */
const FREQUENT = '0.:/%\\&ux#hmpudclrsnioate';
/** A literal more in a chain is as bad as three bytes that are that much more frequent. */
const CHAIN_COST = 4;

/**
 * @throws where there are more literals than fit, or one is longer than can be found in encoded text
 */
export function literalTables(literals: readonly SoughtLiteral[], layout: Layout): LiteralTables {
  const found = chains(layout);
  const everywhere = chains(layout);
  const texts = new Uint8Array(layout.textBytes());
  const entries = new DataView(new ArrayBuffer(ENTRY_BYTES * (layout.mostEntries() + 1)));
  const stride = strideOf(literals);
  let textEnd = 0;
  let entry = 0;
  literals.forEach(({ text, ignoreCase, everywhere: anywhere }, literal) => {
    const bytes = Buffer.from(ignoreCase ? text.toLowerCase() : text, 'latin1');
    if (bytes.length > layout.longestLiteral() || bytes.length < WINDOW)
      throw new Error(
        `a literal has ${WINDOW} to ${layout.longestLiteral()} characters, and ${JSON.stringify(text)} has ${bytes.length}`,
      );
    if (textEnd + bytes.length > texts.length) throw new Error(`the literals have more than ${texts.length} characters together`);
    texts.set(bytes, textEnd);
    const add = (chain: Chains, lead: number): void => {
      entry++;
      if (entry > layout.mostEntries()) throw new Error(`there are more than ${layout.mostEntries()} literals`);
      const at = entry * ENTRY_BYTES;
      entries.setUint32(at, literal, true);
      entries.setUint32(at + 4, layout.textsAt() + textEnd, true);
      entries.setUint16(at + 8, bytes.length, true);
      entries.setUint16(at + 10, lead, true);
      entries.setUint16(at + 12, chain.add(bytes, lead, entry), true);
      entries.setUint16(at + 14, ignoreCase ? 1 : 0, true);
    };
    add(found, rarest(bytes, found));
    // One of so many neighbouring places is looked at, whatever the literal's own place.
    if (anywhere) for (let lead = 0; lead < stride; lead++) add(everywhere, lead);
    textEnd += bytes.length;
  });
  return {
    bits: found.bits,
    heads: found.heads,
    everywhereBits: everywhere.bits,
    everywhereHeads: everywhere.heads,
    entries: new Uint8Array(entries.buffer, 0, (entry + 1) * ENTRY_BYTES),
    texts: texts.subarray(0, textEnd),
    stride,
  };
}

function strideOf(literals: readonly SoughtLiteral[]): number {
  const lengths = literals.filter(({ everywhere }) => everywhere).map(({ text }) => text.length);
  return lengths.length === 0 ? 0 : Math.min(MOST_STRIDE, ...lengths.map((length) => length - WINDOW + 1));
}

interface Chains {
  readonly bits: Uint8Array;
  readonly heads: Uint16Array<ArrayBuffer>;
  /** How many literals have these three bytes. */
  length(bytes: Uint8Array, lead: number): number;
  /** Puts an entry in front of its chain. @returns the entry that was in front */
  add(bytes: Uint8Array, lead: number, entry: number): number;
}

function chains(layout: Layout): Chains {
  const bits = new Uint8Array(2 ** (HASH_BITS - 3));
  const heads = new Uint16Array(2 ** HASH_BITS);
  const lengths = new Map<number, number>();
  const hash = (bytes: Uint8Array, lead: number): number =>
    layout.hashOf((bytes[lead] ?? 0) | ((bytes[lead + 1] ?? 0) << 8) | ((bytes[lead + 2] ?? 0) << 16)) >>> 0;
  return {
    bits,
    heads,
    length: (bytes, lead) => lengths.get(hash(bytes, lead)) ?? 0,
    add(bytes, lead, entry) {
      const slot = hash(bytes, lead);
      const next = heads[slot] ?? 0;
      bits[slot >> 3] = (bits[slot >> 3] ?? 0) | (1 << (slot & 7));
      heads[slot] = entry;
      lengths.set(slot, (lengths.get(slot) ?? 0) + 1);
      return next;
    },
  };
}

/** Where in a literal the three bytes stand that ordinary text has least, and few other literals have. */
function rarest(bytes: Uint8Array, chain: Chains): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let lead = 0; lead + WINDOW <= bytes.length && lead <= MOST_LEAD; lead++) {
    let cost = CHAIN_COST * chain.length(bytes, lead);
    for (const byte of bytes.subarray(lead, lead + WINDOW)) cost += FREQUENT.indexOf(String.fromCharCode(byte).toLowerCase()) + 1;
    if (cost < least) {
      least = cost;
      best = lead;
    }
  }
  return best;
}
