/** The fast way to survey a window, in WebAssembly; what it does is told in `prefilter/prefilter.as`. */
import { readFileSync } from 'node:fs';
import type { Haystack } from '../text/haystack.ts';
import { Hits } from './hits.ts';
import { literalTables, type LiteralTables } from './literal-tables.ts';
import { plainSurveyor, type Sought, type Survey, type WindowSurveyor } from './survey.ts';

// Neither the language's library nor Node's types name it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  flagsAt(): number;
  mostHashes(): number;
  leadsAt(): number;
  headsAt(): number;
  entriesAt(): number;
  mostEntries(): number;
  textsAt(): number;
  textBytes(): number;
  longestLiteral(): number;
  hitsAt(): number;
  runsAt(): number;
  hexRunsAt(): number;
  escapesAt(): number;
  windowsAt(): number;
  mostBytes(): number;
  countOfHits(): number;
  countOfRuns(): number;
  countOfHexRuns(): number;
  countOfEscapes(): number;
  countOfPlaces(): number;
  hasOverflown(): number;
  wideRangesAt(): number;
  countOfWideRanges(): number;
  hashOfThree(bytes: number, mask: number): number;
  hashOfFour(bytes: number, mask: number): number;
  setMasks(...masks: readonly number[]): void;
  prepare(before: number, behind: number, shortHex: boolean, stride: number): void;
  survey(window: number, length: number, from: number, to: number): void;
  narrow(window: number, length: number, even: number, odd: number): void;
  lines(window: number, length: number): number;
  decode(digits: number, count: number, into: number): void;
  decodeHex(digits: number, count: number, into: number): void;
}

const NAMES = [
  'flagsAt',
  'mostHashes',
  'leadsAt',
  'headsAt',
  'entriesAt',
  'mostEntries',
  'textsAt',
  'textBytes',
  'longestLiteral',
  'hitsAt',
  'runsAt',
  'hexRunsAt',
  'escapesAt',
  'windowsAt',
  'mostBytes',
  'countOfHits',
  'countOfRuns',
  'countOfHexRuns',
  'countOfEscapes',
  'countOfPlaces',
  'hasOverflown',
  'wideRangesAt',
  'countOfWideRanges',
  'hashOfThree',
  'hashOfFour',
  'setMasks',
  'prepare',
  'survey',
  'narrow',
  'lines',
  'decode',
  'decodeHex',
] as const satisfies readonly (keyof Exports)[];

const compiled = new WebAssembly.Module(readFileSync(new URL('prefilter/prefilter.wasm', import.meta.url)));

/** What is read past the end of a window, and what stands before it. */
const SLACK = 128;
const PAGE = 65_536;
/** Smaller haystacks are quicker looked through in plain TypeScript than copied. */
const SMALL = 512;

/**
 * A surveyor that finds everything that `plainSurveyor` finds and that leads to a token. One window at a time is surveyed
 * where it is; others are copied.
 *
 * @param windowBytes the most that a haystack has
 * @throws where there are too many literals, or one is too long, for the tables
 */
export function createPrefilter(sought: Sought, windowBytes: number): WindowSurveyor {
  const exports = instance();
  const tables = literalTables(sought.literals, exports);
  if (windowBytes > exports.mostBytes()) throw new Error(`a window has at most ${exports.mostBytes()} bytes, not ${windowBytes}`);
  const size = Math.ceil(windowBytes / SLACK) * SLACK;
  const own = exports.windowsAt() + SLACK;
  const copy = own + size + SLACK;
  const even = copy + size + SLACK;
  const odd = even + size / 2 + SLACK;
  const decoded = odd + size / 2 + 2 * SLACK;
  exports.memory.grow(Math.max(0, Math.ceil((decoded + size) / PAGE) - exports.memory.buffer.byteLength / PAGE));
  fill(exports, tables, sought);
  exports.prepare(sought.before, sought.behind, sought.shortHex, tables.stride);

  const { buffer } = exports.memory;
  const memory = new Uint8Array(buffer);
  const numbers = new Uint32Array(buffer);
  const plain = plainSurveyor(sought, windowBytes);
  const hits = new Hits();
  const window = Buffer.from(buffer, own, windowBytes);
  let isFree = true;

  function addressOf({ bytes, length }: Haystack): number {
    if (bytes.buffer === buffer) return bytes.byteOffset;
    memory.set(bytes.length === length ? bytes : bytes.subarray(0, length), copy);
    return copy;
  }

  function digitsOf(bytes: Buffer, from: number, to: number): number {
    if (bytes.buffer === buffer) return bytes.byteOffset + from;
    memory.set(bytes.subarray(from, to), copy);
    return copy;
  }

  /** What was decoded last, in memory of its own. */
  function copied(length: number): Buffer {
    const out = Buffer.allocUnsafe(length);
    out.set(memory.subarray(decoded, decoded + length));
    return out;
  }

  return {
    takeWindow() {
      if (!isFree) return plain.takeWindow();
      isFree = false;
      return window;
    },
    giveWindow(given) {
      if (given === window) isFree = true;
      else plain.giveWindow(given);
    },
    survey(haystack) {
      if (haystack.length < SMALL && haystack.bytes.buffer !== buffer) return plain.survey(haystack);
      exports.survey(addressOf(haystack), haystack.length, haystack.from, haystack.to);
      if (exports.hasOverflown() !== 0) return plain.survey(haystack);
      return result(exports, numbers, hits, sought.hasShortMatches ? haystack.length : null);
    },
    narrow(haystack) {
      const { length } = haystack;
      if (length > size || length < SMALL) return plain.narrow(haystack);
      exports.narrow(addressOf(haystack), length, even, odd);
      const units = (alignment: number): number => Math.max(0, Math.floor((length - alignment + 1) / 2));
      return [Buffer.from(buffer, even, units(0)), Buffer.from(buffer, odd, units(1))];
    },
    decode(bytes, from, to) {
      const count = to - from;
      if (count > size || count < SMALL) return plain.decode(bytes, from, to);
      exports.decode(digitsOf(bytes, from, to), count, decoded);
      return copied(Math.floor((count * 3) / 4));
    },
    decodeHex(bytes, from, to) {
      const count = to - from;
      if (count > size || count < SMALL) return plain.decodeHex(bytes, from, to);
      exports.decodeHex(digitsOf(bytes, from, to), count, decoded);
      return copied(Math.floor(count / 2));
    },
    lines(bytes, length) {
      if (bytes.buffer === buffer) return exports.lines(bytes.byteOffset, length);
      return plain.lines(bytes, length);
    },
  };
}

/** @param everywhere the end of the haystack, where it is to be read as UTF-16 whatever was found */
function result(exports: Exports, numbers: Uint32Array, hits: Hits, everywhere: number | null): Survey {
  hits.clear();
  const first = exports.hitsAt() / 4;
  const last = first + 2 * exports.countOfHits();
  for (let index = first; index < last; index += 2) hits.add(numbers[index] ?? 0, numbers[index + 1] ?? 0);
  hits.sort();
  return {
    hits,
    escapes: listed(numbers, exports.escapesAt(), exports.countOfEscapes()),
    base64: listed(numbers, exports.runsAt(), 2 * exports.countOfRuns()),
    hex: listed(numbers, exports.hexRunsAt(), 2 * exports.countOfHexRuns()),
    wide: everywhere === null ? listed(numbers, exports.wideRangesAt(), 2 * exports.countOfWideRanges()) : [0, everywhere],
    places: exports.countOfPlaces(),
  };
}

const NOTHING: readonly number[] = [];

function listed(numbers: Uint32Array, at: number, count: number): readonly number[] {
  return count === 0 ? NOTHING : Array.from(numbers.subarray(at / 4, at / 4 + count));
}

function fill(exports: Exports, { flags, heads, entries, texts, masks }: LiteralTables, { leads }: Sought): void {
  const memory = new Uint8Array(exports.memory.buffer);
  memory.set(flags, exports.flagsAt());
  memory.set(new Uint8Array(heads.buffer), exports.headsAt());
  memory.set(entries, exports.entriesAt());
  memory.set(texts, exports.textsAt());
  exports.setMasks(...masks);
  const table = new Uint8Array(256);
  for (const { between } of leads) for (const byte of between) table[byte] = 1;
  // In front of a quote that is escaped; and what ends an escape, which then is a sign itself.
  table[92] = 1;
  for (const { signs } of leads) for (const byte of signs) table[byte] = 2;
  for (const byte of [37, 59]) table[byte] = 2;
  memory.set(table, exports.leadsAt());
}

function instance(): Exports {
  const { exports } = new WebAssembly.Instance(compiled);
  if (!isComplete(exports))
    throw new Error('analysis/scan/prefilter/prefilter.wasm is of another version than prefilter.ts; compile it again');
  return exports;
}

function isComplete(exports: object): exports is Exports {
  return (
    'memory' in exports &&
    NAMES.every((name) => name in exports && typeof Object.entries(exports).find(([key]) => key === name)?.[1] === 'function')
  );
}
