/** Runs the patterns around the literals that were found, and looks for the parts that stand near a token. */
import type { Hits } from '../scan/hits.ts';
import { Secret, type Parts } from '../secret.ts';
import type { Haystack, Reading } from '../text/haystack.ts';
import { GUARD, type CompiledCompanion, type FormatTarget, type Rule, type RuleSet } from './rules.ts';

/** A match of a rule, with offsets in the window. */
export interface Match {
  readonly rule: Rule;
  /** The named groups, and the companions that stand near. */
  readonly parts: Parts;
  /** The bytes that all groups together came from. */
  readonly start: number;
  readonly end: number;
  readonly decoding: readonly string[];
  /** Characters of the found literal that are part of the token: how specific the match is. */
  readonly fixed: number;
}

export interface Matcher {
  /** All matches of the haystack around these hits. */
  match(haystack: Haystack, hits: Hits, found: (match: Match) => void): void;
}

/** A format whose own function failed; the match was left out. */
export type OnFault = (rule: Rule) => void;

export function createMatcher({ rules, rulesOf, literals }: RuleSet, onFault: OnFault): Matcher {
  /** Where the last match of each rule ended in the current haystack: as in a scan of the whole text, none overlaps it. */
  const ends = new Int32Array(rules.length);

  return {
    match(haystack, hits, found) {
      if (hits.count === 0) return;
      ends.fill(0);
      for (let hit = 0; hit < hits.count; hit++) {
        const literal = hits.literal(hit);
        const start = hits.start(hit);
        const length = literals[literal]?.text.length ?? 0;
        for (const rule of rulesOf[literal] ?? []) {
          for (const reading of haystack.readingsAt(start)) {
            if (around(rule, reading, start, length, ends, found, onFault)) break;
          }
        }
      }
    },
  };
}

/** True where a match that holds the literal was found. */
function around(
  rule: Rule,
  reading: Reading,
  literal: number,
  literalLength: number,
  ends: Int32Array,
  found: (match: Match) => void,
  onFault: OnFault,
): boolean {
  const { pattern, reach, maxLength } = rule;
  const first = Math.max(literal - reach, ends[rule.index] ?? 0);
  if (first > literal) return false;
  const from = Math.max(0, first - GUARD);
  const text = reading.text(from, Math.min(reading.length, literal + maxLength + GUARD));
  pattern.lastIndex = first - from;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = from + match.index;
    const end = start + match[0].length;
    if (start > literal) return false;
    // Overlapping matches are tried until one is taken, so that a bad one never hides a good one.
    pattern.lastIndex = match.index + 1;
    const span = spanOf(match);
    if (span === null || end < literal + literalLength) continue;
    const parts = secretsOf(match);
    if (!accepted(rule, parts, onFault)) continue;
    const tokenStart = from + span[0];
    const tokenEnd = from + span[1];
    ends[rule.index] = end;
    found({
      rule,
      parts: rule.target.kind === 'format' ? withCompanions(rule.target, parts, reading, tokenStart, tokenEnd) : parts,
      start: reading.start(tokenStart),
      end: reading.end(tokenEnd),
      decoding: reading.decoding,
      fixed: Math.max(0, Math.min(tokenEnd, literal + literalLength) - Math.max(tokenStart, literal)),
    });
    return true;
  }
  return false;
}

/** From the first group's start to the last group's end, in the text. */
function spanOf(match: RegExpExecArray): readonly [start: number, end: number] | null {
  let start = Number.POSITIVE_INFINITY;
  let end = -1;
  for (const span of Object.values(match.indices?.groups ?? {})) {
    // Groups that took no part in the match have no span, whatever the type says.
    if (span === undefined) continue;
    start = Math.min(start, span[0]);
    end = Math.max(end, span[1]);
  }
  return end > start ? [start, end] : null;
}

function secretsOf(match: RegExpExecArray): Parts {
  const parts: Record<string, Secret> = {};
  for (const [name, value] of Object.entries(match.groups ?? {})) {
    if (value !== undefined) parts[name] = new Secret(value);
  }
  return parts;
}

function accepted(rule: Rule, parts: Parts, onFault: OnFault): boolean {
  if (rule.target.kind === 'companion') return true;
  try {
    return rule.target.format.accepts?.(parts) ?? true;
  } catch {
    // The error is not kept: it may hold the token.
    onFault(rule);
    return false;
  }
}

function withCompanions(target: FormatTarget, parts: Parts, reading: Reading, start: number, end: number): Parts {
  const all: Record<string, Secret> = { ...parts };
  for (const compiled of target.companions) {
    const value = nearest(compiled, all, reading, start, end);
    if (value !== null) all[compiled.companion.name] = value;
  }
  return all;
}

/** The companion's part that stands nearest to the token [start, end), before or after it. */
function nearest(
  { companion, near }: CompiledCompanion,
  parts: Parts,
  reading: Reading,
  start: number,
  end: number,
): Secret | null {
  if (near === null) return null;
  const first = Math.max(0, start - near.bytes);
  const last = Math.min(reading.length, end + near.bytes);
  const from = Math.max(0, first - GUARD);
  const text = reading.text(from, Math.min(reading.length, last + GUARD));
  const { pattern } = near;
  pattern.lastIndex = first - from;
  let best: Secret | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[0] === '') pattern.lastIndex++;
    const span = spanOf(match);
    if (span === null || from + span[1] > last) continue;
    const distance = Math.max(start - (from + span[1]), from + span[0] - end);
    if (distance < 0 || distance >= least) continue;
    const value = new Secret(text.slice(...span));
    if (!pairs(companion, { ...parts, [companion.name]: value })) continue;
    best = value;
    least = distance;
  }
  return best;
}

/** False also where the companion's own check fails with an error: without a verdict there is no pair. */
export function pairs(companion: CompiledCompanion['companion'], parts: Parts): boolean {
  try {
    return companion.accepts?.(parts) ?? true;
  } catch {
    return false;
  }
}
