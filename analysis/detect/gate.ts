/**
 * How a rule's literals can be found without looking everywhere: by the runs of characters that no match of its pattern can
 * be without. The numbers and alphabets are those of `prefilter.as`.
 */
import { shapeOf, type CharacterSet } from './shape.ts';

/** Characters of the runs that the prefilter sees: those of base64 in both alphabets, and with them some signs of addresses. */
const RUN_CHARACTERS = charactersOf(/[A-Za-z0-9_\-+/]/);
const LONG_RUN_CHARACTERS = charactersOf(/[A-Za-z0-9_\-+/.%=:~]/);
/** Literals that stand within a run are found in runs of this length, others near longer ones. */
const WITHIN = 12;
const NEAR = 20;
const NEAR_LONG = 32;
/** Farther from its run a literal is looked for everywhere instead. */
const FARTHEST = 160;

/** Where a rule's literals begin: up to `before` characters before a run, and up to `behind` characters behind its end. */
export interface Gate {
  readonly before: number;
  readonly behind: number;
}

interface Searched {
  readonly pattern: RegExp;
  readonly reach: number;
}

/** The gate of a rule; null: its literals may stand anywhere. */
export function gateOf({ pattern, reach }: Searched): Gate | null {
  const shape = shapeOf(pattern);
  if (shape === null) return null;
  const within = shape.run(RUN_CHARACTERS, WITHIN);
  if (within !== null && within.latest === 0 && reach < within.least) return { before: 0, behind: 0 };
  for (const [characters, least] of [
    [RUN_CHARACTERS, NEAR],
    [LONG_RUN_CHARACTERS, NEAR_LONG],
  ] as const) {
    const run = shape.run(characters, least);
    if (run === null) continue;
    // The literal begins at the match's start or up to `reach` behind it, the run between `earliest` and `latest`.
    const gate = { before: run.latest, behind: Math.max(0, reach - run.earliest - least + 1) };
    if (gate.before <= FARTHEST && gate.behind <= FARTHEST) return gate;
  }
  return null;
}

function charactersOf(pattern: RegExp): CharacterSet {
  return new Set(
    Array.from({ length: 256 }, (_, character) => character).filter((character) => pattern.test(String.fromCharCode(character))),
  );
}
