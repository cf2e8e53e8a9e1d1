/** Runs the patterns around the literals that were found, and looks for the parts that stand near a token. */
import type { Hits } from '../scan/hits.ts';
import { Secret, type Parts } from '../secret.ts';
import type { Haystack, Reading } from '../text/haystack.ts';
import { byPreference } from './preference.ts';
import { GUARD, type CompiledCompanion, type Rule, type RuleSet } from './rules.ts';

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
  /**
   * All matches of the haystack around these hits.
   *
   * @param claims of the entry, to be given with each of its haystacks
   */
  match(haystack: Haystack, hits: Hits, claims: Claims, found: (match: Match) => void): void;
}

/** The parts that tokens of an entry have taken as their companions, each with the token that did. */
export type Claims = Map<string, string>;

/** A format whose own function failed; the match was left out. */
export type OnFault = (rule: Rule) => void;

export function createMatcher({ rules, rulesOf, literals }: RuleSet, onFault: OnFault): Matcher {
  /** Where the last match of each rule ended in the current haystack: as in a scan of the whole text, none overlaps it. */
  const ends = new Int32Array(rules.length);

  return {
    match(haystack, hits, claims, found) {
      if (hits.count === 0) return;
      ends.fill(0);
      for (let hit = 0; hit < hits.count; hit++) {
        const literal = hits.literal(hit);
        const start = hits.start(hit);
        const length = literals[literal]?.text.length ?? 0;
        for (const rule of rulesOf[literal] ?? []) {
          for (const reading of haystack.readingsAt(start)) {
            if (around({ rule, reading, literal: start, literalLength: length, ends, claims, found, onFault })) break;
          }
        }
      }
    },
  };
}

interface Spot {
  readonly rule: Rule;
  readonly reading: Reading;
  /** Where the literal stands, and its length. */
  readonly literal: number;
  readonly literalLength: number;
  readonly ends: Int32Array;
  readonly claims: Claims;
  readonly found: (match: Match) => void;
  readonly onFault: OnFault;
}

/** True where a match that holds the literal was found. */
function around({ rule, reading, literal, literalLength, ends, claims, found, onFault }: Spot): boolean {
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
      parts: withCompanions({ rule, parts, reading, start: tokenStart, end: tokenEnd, claims }),
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

/** A token whose companions are looked for. */
interface Token {
  readonly rule: Rule;
  readonly parts: Parts;
  readonly reading: Reading;
  readonly start: number;
  readonly end: number;
  readonly claims: Claims;
}

function withCompanions(token: Token): Parts {
  const { target } = token.rule;
  if (target.kind === 'companion') return token.parts;
  const all: Record<string, Secret> = { ...token.parts };
  for (const compiled of target.companions) {
    const value = nearest(compiled, all, token);
    if (value !== null) all[compiled.companion.name] = value;
  }
  return all;
}

/** The companion that stands nearest to the token, as far as it is not a neighbour's. */
function nearest({ companion, near }: CompiledCompanion, parts: Parts, token: Token): Secret | null {
  if (near === null) return null;
  const { reading, start, end, claims } = token;
  const first = Math.max(0, start - near.bytes);
  const last = Math.min(reading.length, end + near.bytes);
  const from = Math.max(0, first - GUARD);
  const text = reading.text(from, Math.min(reading.length, last + GUARD));
  const options = [...spans(near.pattern, text, first - from)]
    .filter((span) => from + span[1] <= last)
    .map(([one, other]) => ({ start: from + one, end: from + other, value: new Secret(text.slice(one, other)) }));
  if (options.length === 0) return null;
  const owner = identity(token.parts);
  const ordered = byPreference(token, otherTokens(token, text, from), options, ({ value }) => isTaken(claims, value, owner));
  const best = ordered.find(({ part: { value } }) => pairs(companion, { ...parts, [companion.name]: value }));
  if (best === undefined) return null;
  if (!best.foreign) claims.set(best.part.value.reveal(), owner);
  return best.part.value;
}

function isTaken(claims: Claims, value: Secret, owner: string): boolean {
  return (claims.get(value.reveal()) ?? owner) !== owner;
}

/** Spans of the named groups of all matches from `at` on. */
function* spans(pattern: RegExp, text: string, at: number): Generator<readonly [start: number, end: number]> {
  pattern.lastIndex = at;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[0] === '') pattern.lastIndex++;
    const span = spanOf(match);
    if (span !== null) yield span;
  }
}

/** Where other tokens of the same format begin. */
function otherTokens({ rule, parts, start, end }: Token, text: string, from: number): readonly number[] {
  const own = new Set(Object.values(parts).map((part) => part.reveal()));
  return [...spans(rule.pattern, text, 0)]
    .filter(([one, other]) => (from + other <= start || from + one >= end) && !own.has(text.slice(one, other)))
    .map(([one]) => from + one);
}

function identity(parts: Parts): string {
  return Object.values(parts)
    .map((part) => part.reveal())
    .join('\0');
}

/** False also where the companion's own check fails with an error: without a verdict there is no pair. */
export function pairs(companion: CompiledCompanion['companion'], parts: Parts): boolean {
  try {
    return companion.accepts?.(parts) ?? true;
  } catch {
    return false;
  }
}
