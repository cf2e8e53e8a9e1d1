/** All texts that hide in a stretch of bytes, and in those again. */
import { base64, type Phase } from './base64.ts';
import { denseEscapes } from './dense-escapes.ts';
import type { Haystack } from './haystack.ts';
import { hex } from './hex.ts';
import { utf16 } from './utf16.ts';

/** Encodings within encodings that are followed: a base64 text in a base64 text, and no further. */
const MOST_ENCODINGS = 2;

interface Options {
  /** Bytes on both sides of the zone that a match may need. */
  readonly context: number;
  /** The phase of a base64 run that the zone begins in. */
  readonly carried: Phase | null;
}

/** @returns where in the haystack the beginnings of escapes stand (`BEGINNINGS`), in order */
export type Visit = (haystack: Haystack) => readonly number[];

/**
 * Calls `visit` with the haystack itself and with every text that is found in it.
 *
 * @returns the phase of a base64 run that reaches past the zone, to be given to the call for the next zone
 */
export function eachView(top: Haystack, { context, carried }: Options, visit: Visit): Phase | null {
  const { found, carry } = base64(top, { context, carried });
  visitEncoded(top, visit(top), found, context, 1, visit);
  for (const text of utf16(top)) visitText(text, context, 1, visit);
  return carry;
}

/** A text, and what is encoded in it as far as that is followed. */
function visitText(text: Haystack, context: number, level: number, visit: Visit): void {
  const beginnings = visit(text);
  if (level <= MOST_ENCODINGS) visitEncoded(text, beginnings, base64(text, { context }).found, context, level, visit);
}

function visitEncoded(
  text: Haystack,
  beginnings: readonly number[],
  runs: readonly Haystack[],
  context: number,
  level: number,
  visit: Visit,
): void {
  for (const inner of [...runs, ...hex(text, context), ...denseRuns(text, beginnings, context)]) {
    visitText(inner, context, level + 1, visit);
    for (const wide of utf16(inner)) visitText(wide, context, level + 1, visit);
  }
}

function denseRuns(text: Haystack, beginnings: readonly number[], context: number): readonly Haystack[] {
  const found: Haystack[] = [];
  let end = 0;
  for (const start of beginnings) {
    if (start < end) continue;
    const run = denseEscapes(text, start, context);
    if (run === null) continue;
    found.push(run.haystack);
    end = run.end;
  }
  return found;
}
