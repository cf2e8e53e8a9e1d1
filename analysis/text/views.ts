/** All texts that hide in a stretch of bytes, and in those again. */
import type { Hits } from '../scan/hits.ts';
import type { Survey, Surveyor } from '../scan/survey.ts';
import { base64, type Phase } from './base64.ts';
import { denseEscapes } from './dense-escapes.ts';
import type { Haystack, Zone } from './haystack.ts';
import { hex } from './hex.ts';
import { narrowed, utf16, type Narrow } from './utf16.ts';

/** Encodings within encodings that are followed: a base64 text in a base64 text, and no further. */
const MOST_ENCODINGS = 2;

export interface ViewOptions {
  readonly surveyor: Surveyor;
  /** Bytes on both sides of the zone that a match may need. */
  readonly context: number;
  /** The phase of a base64 run that the zone begins in. */
  readonly carried: Phase | null;
  /** A quicker way to narrow the window itself. */
  readonly narrow?: Narrow;
}

/** @param hits literals that stand in the haystack; valid during the call */
export type Visit = (haystack: Haystack, hits: Hits) => void;

/**
 * Calls `visit` with the haystack itself and with every text that is found in it.
 *
 * @returns the phase of a base64 run that reaches past the zone, to be given to the call for the next zone
 */
export function eachView(top: Haystack, options: ViewOptions, visit: Visit): Phase | null {
  const { surveyor, context, carried, narrow } = options;
  const { decode } = surveyor;
  const survey = surveyor.survey(top);
  visit(top, survey.hits);
  const { found, carry } = base64(top, { context, carried, decode, places: survey.base64 });
  const wide = survey.wide.length === 0 ? [] : utf16(top, narrow, around(survey.wide, context));
  visitEncoded(top, survey, found, options, 1, visit);
  for (const text of wide) visitText(text, options, 1, visit);
  return carry;
}

/** Stretches, as beginnings and ends in turns, with `context` on both sides; those that meet are one. */
function around(stretches: readonly number[], context: number): readonly Zone[] {
  const zones: Zone[] = [];
  for (let at = 0; at < stretches.length; at += 2) {
    const zone = { from: (stretches[at] ?? 0) - context, to: (stretches[at + 1] ?? 0) + context };
    const last = zones.at(-1);
    if (last !== undefined && zone.from <= last.to) zones[zones.length - 1] = { from: last.from, to: zone.to };
    else zones.push(zone);
  }
  return zones;
}

/**
 * A text, and what is encoded in it as far as that is followed.
 *
 * @returns where it may hold text in UTF-16
 */
function visitText(text: Haystack, options: ViewOptions, level: number, visit: Visit): readonly Zone[] {
  const { surveyor, context } = options;
  const { decode } = surveyor;
  const survey = surveyor.survey(text);
  visit(text, survey.hits);
  if (level <= MOST_ENCODINGS)
    visitEncoded(text, survey, base64(text, { context, decode, places: survey.base64 }).found, options, level, visit);
  return around(survey.wide, context);
}

function visitEncoded(
  text: Haystack,
  survey: Survey,
  runs: readonly Haystack[],
  options: ViewOptions,
  level: number,
  visit: Visit,
): void {
  const { context } = options;
  const escaped = survey.escapes.length === 0 ? [] : denseRuns(text, survey.escapes, context);
  for (const inner of [...runs, ...hex(text, context, survey.hex, options.surveyor.decodeHex), ...escaped]) {
    const wide = visitText(inner, options, level + 1, visit);
    if (wide.length === 0) continue;
    for (const text of utf16(inner, narrowed, wide)) visitText(text, options, level + 1, visit);
  }
}

function denseRuns(text: Haystack, escapes: readonly number[], context: number): readonly Haystack[] {
  const found: Haystack[] = [];
  let end = 0;
  for (const start of escapes) {
    if (start < end) continue;
    const run = denseEscapes(text, start, context);
    if (run === null) continue;
    found.push(run.haystack);
    end = run.end;
  }
  return found;
}
