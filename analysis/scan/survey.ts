/**
 * The first look at a haystack: where literals stand, and where encoded texts may begin. Whatever may lead to a token is
 * in it; what is in it need not lead to one.
 */
import { decodeBase64 } from '../text/base64.ts';
import { BEGINNINGS } from '../text/dense-escapes.ts';
import type { Decode, Haystack } from '../text/haystack.ts';
import { decodeHex } from '../text/hex.ts';
import { narrowed } from '../text/utf16.ts';
import { Hits } from './hits.ts';
import { literalFinder, type Literal } from './literals.ts';

/**
 * Where a literal is looked for: where words begin in runs of token characters, in longer runs, before them, in or before
 * those that are long, or everywhere.
 * Around escapes all literals are looked for.
 */
export type Place = 'start' | 'inner' | 'near' | 'long' | 'everywhere';

export interface SoughtLiteral extends Literal {
  /** Empty for the forms that literals have in escaped text. */
  readonly places: readonly Place[];
}

/** Everything that is looked for. */
export interface Sought {
  readonly literals: readonly SoughtLiteral[];
  /** Characters before a run within which the literals begin that are near one, and behind a run those that are in one. */
  readonly before: number;
  readonly behind: number;
  /** True where a match may have fewer than nine characters. */
  readonly hasShortMatches: boolean;
  /** True where literals near runs are also looked for before runs of 12 to 19 hexadecimal digits. */
  readonly shortHex: boolean;
  /** What stands between literals and the runs they are near: one of the signs, and what may stand behind that. */
  readonly leads: readonly { readonly signs: ReadonlySet<number>; readonly between: ReadonlySet<number> }[];
}

export interface Survey {
  /** Literals by their index, in order of their start. Valid until the next survey. */
  readonly hits: Hits;
  /** Where escapes begin that may be part of a text of nothing but escapes. */
  readonly escapes: readonly number[];
  /**
   * Of each run of base64, or of hexadecimal digits, that may hold something, the offset of a character and up to where the
   * run is known to go on; null: any run may.
   */
  readonly base64: readonly number[] | null;
  readonly hex: readonly number[] | null;
  /**
   * Where text in UTF-16 is, as offsets of beginnings and ends in turns, in ascending order: a token in UTF-16 reaches into
   * one of these stretches.
   */
  readonly wide: readonly number[];
  /** How many places literals were looked up at, for measurements. */
  readonly places: number;
}

export interface Surveyor {
  survey(haystack: Haystack): Survey;
  /** Decodes the digits of base64 in [from, to), of either alphabet. */
  readonly decode: Decode;
  /** Decodes the hexadecimal digits in [from, to). */
  readonly decodeHex: Decode;
}

/** A surveyor that keeps the windows that the entries are read into. */
export interface WindowSurveyor extends Surveyor {
  takeWindow(): Buffer;
  giveWindow(window: Buffer): void;
  /** The two alignments of a haystack as UTF-16; valid until the next call. */
  narrow(haystack: Haystack): readonly [even: Buffer, odd: Buffer];
  /** Line feeds among the first `length` bytes. */
  lines(window: Buffer, length: number): number;
}

/**
 * Looks everywhere for everything: the plain way, by which the fast one is judged.
 *
 * @param windowBytes the most that an entry's window has
 */
export function plainSurveyor({ literals }: Sought, windowBytes: number): WindowSurveyor {
  const finder = literalFinder([...literals, ...BEGINNINGS.map((text) => ({ text, ignoreCase: true }))]);
  const all = new Hits();
  const hits = new Hits();
  const windows: Buffer[] = [];
  return {
    takeWindow: () => windows.pop() ?? Buffer.allocUnsafe(windowBytes),
    giveWindow: (window) => windows.push(window),
    narrow: narrowed,
    decode: decodeBase64,
    decodeHex,
    lines(window, length) {
      let count = 0;
      for (let at = window.indexOf(10); at >= 0 && at < length; at = window.indexOf(10, at + 1)) count++;
      return count;
    },
    survey({ bytes, from, to, length }) {
      all.clear();
      hits.clear();
      finder.find(bytes, from, to, length, all);
      const escapes: number[] = [];
      for (let hit = 0; hit < all.count; hit++) {
        if (all.literal(hit) < literals.length) hits.add(all.literal(hit), all.start(hit));
        else escapes.push(all.start(hit));
      }
      return {
        hits,
        escapes,
        base64: null,
        hex: null,
        wide: bytes.subarray(0, length).includes(0) ? [0, length] : [],
        places: to - from,
      };
    },
  };
}
