/**
 * How a rule's literals can be found without looking everywhere: by the runs of characters that no match of its pattern can
 * be without. The numbers and alphabets are those of `scan/prefilter/`.
 */
import { isTelling, shapeOf, type CharacterSet, type Lead, type Shape } from './shape.ts';

/** Characters of the runs that the prefilter sees: those of base64 in both alphabets, and with them some signs of addresses. */
const RUN_CHARACTERS = charactersOf(/[A-Za-z0-9_\-+/]/);
const LONG_RUN_CHARACTERS = charactersOf(/[A-Za-z0-9_\-+/.%=:~]/);
const HEXADECIMAL = charactersOf(/[0-9A-Fa-f]/);
/** Behind one of these no word begins, unless they end an escape. */
const LETTERS_AND_DIGITS = charactersOf(/[A-Za-z0-9]/);
/** The least lengths of runs: for literals that begin them, for others, with the signs of addresses, of hexadecimal digits. */
const AT_START = 12;
const RUN = 20;
const LONG_RUN = 32;
const SHORT_HEXADECIMAL = 12;
const RUNS = [
  [RUN_CHARACTERS, RUN],
  [LONG_RUN_CHARACTERS, LONG_RUN],
] as const;
/** How far before a run a literal may begin to be looked for as if it stood in it. */
const INNER = 16;
/** Farther from its run a literal is looked for everywhere instead. */
const FARTHEST = 160;

/** Where a rule's literals are looked for. */
export type Gate =
  /** They begin the match, right where a word begins, in a run of at least 12 characters. */
  | { readonly kind: 'start' }
  /** They stand in a run of at least 20, begin up to 16 characters before it, or up to `behind` characters behind its end. */
  | { readonly kind: 'inner'; readonly behind: number }
  /** They begin up to `before` characters before a run, behind which its lead stands. */
  | { readonly kind: 'near'; readonly before: number; readonly shortHex: boolean; readonly lead: Lead | null }
  /** They begin up to `before` characters before a long run, or in it. */
  | { readonly kind: 'long'; readonly before: number }
  | { readonly kind: 'everywhere' };

interface Searched {
  readonly literals: readonly string[];
  readonly ignoreCase: boolean;
  readonly pattern: RegExp;
  readonly reach: number;
}

export function gateOf({ literals, ignoreCase, pattern, reach }: Searched): Gate {
  const shape = shapeOf(pattern);
  if (shape === null) return { kind: 'everywhere' };
  const first = shape.run(RUN_CHARACTERS, AT_START);
  const isGuarded = LETTERS_AND_DIGITS.isSubsetOf(shape.notBefore);
  if (first !== null && first.latest === 0 && reach === 0 && isGuarded) return { kind: 'start' };
  for (const [characters, least] of RUNS) {
    if (shape.holds(literals, ignoreCase, characters, least)) return { kind: 'inner', behind: 0 };
    const run = shape.run(characters, least);
    if (run === null) continue;
    // The literal begins at the match's start or up to `reach` behind it, the run between `earliest` and `latest`.
    const behind = Math.max(0, reach - run.earliest - run.least + 1);
    if (run.latest <= INNER && behind <= FARTHEST) return { kind: 'inner', behind };
  }
  const led = shape.isolatedRun(RUN_CHARACTERS, RUN);
  if (led !== null && led.latest <= FARTHEST && reach < led.earliest && led.lead !== null && isTelling(led.lead))
    return { kind: 'near', before: led.latest, shortHex: false, lead: led.lead };
  const long = shape.run(LONG_RUN_CHARACTERS, LONG_RUN);
  if (long !== null && long.latest <= FARTHEST && reach <= long.latest) return { kind: 'long', before: long.latest };
  const hexadecimal = shape.isolatedRun(HEXADECIMAL, SHORT_HEXADECIMAL);
  if (hexadecimal !== null && hexadecimal.latest <= FARTHEST && reach < hexadecimal.earliest && isAlone(shape))
    return { kind: 'near', before: hexadecimal.latest, shortHex: true, lead: hexadecimal.lead };
  return { kind: 'everywhere' };
}

/** True where the run of hexadecimal digits is where a run of token characters begins. */
function isAlone(shape: Shape): boolean {
  const run = shape.isolatedRun(RUN_CHARACTERS, SHORT_HEXADECIMAL);
  const hexadecimal = shape.isolatedRun(HEXADECIMAL, SHORT_HEXADECIMAL);
  return run !== null && hexadecimal !== null && run.earliest === hexadecimal.earliest && run.latest === hexadecimal.latest;
}

function charactersOf(pattern: RegExp): CharacterSet {
  return new Set(
    Array.from({ length: 256 }, (_, character) => character).filter((character) => pattern.test(String.fromCharCode(character))),
  );
}
