/** Runs the patterns around the literals that were found, and looks for the parts that stand near a token. */
import type { Hits } from '../scan/hits.ts';
import { Secret, type Parts } from '../secret.ts';
import { mayBeEscaped, mayGoOn, unescaped } from '../text/escapes.ts';
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

export function createMatcher({ rules, leads }: RuleSet, onFault: OnFault): Matcher {
  /** Where the last match of each rule ended in the current haystack: as in a scan of the whole text, none overlaps it. */
  const ends = new Int32Array(rules.length);

  return {
    match(haystack, hits, claims, found) {
      if (hits.count === 0) return;
      ends.fill(0);
      for (let hit = 0; hit < hits.count; hit++) {
        const lead = leads[hits.literal(hit)];
        if (lead === undefined) continue;
        const at = hits.start(hit);
        for (const rule of lead.rules) {
          for (const match of matchesAt(rule, haystack, {
            at,
            length: lead.length,
            end: ends[rule.index] ?? 0,
            claims,
            onFault,
          })) {
            if (match.last > 0) ends[rule.index] = match.last;
            found(match.match);
          }
        }
      }
    },
  };
}

/** A literal that was found, and what is known there. */
interface Lead {
  readonly at: number;
  /** Characters of the literal. */
  readonly length: number;
  /** Where the last match of the rule ended. */
  readonly end: number;
  readonly claims: Claims;
  readonly onFault: OnFault;
}

/** A match and where it ended in the haystack; 0 where it was found in unescaped text. */
interface Outcome {
  readonly match: Match;
  readonly last: number;
}

/** The match that holds the literal, in the text as it is and, where escapes may hide or cut it, in the text without them. */
function* matchesAt(rule: Rule, haystack: Haystack, lead: Lead): Generator<Outcome> {
  if (lead.at < lead.end) return;
  for (const reading of haystack.readingsAt(lead.at)) {
    const { from, text } = regionOf(rule, reading, lead.at, lead.end);
    const found = search(rule, reading, lead, { from, text });
    if (found !== null) yield { match: found.match, last: found.end };
    const isSure = found !== null && isComplete(rule, found.match) && !mayGoOn(text, found.end - from);
    if (!isSure && mayBeEscaped(text)) {
      const match = searchUnescaped(rule, reading, lead);
      if (match !== null) yield { match, last: 0 };
    }
    if (found !== null) return;
  }
}

/** The text in which the match must lie, with what its guards may look at. */
interface Region {
  readonly from: number;
  readonly text: string;
}

function regionOf({ reach, maxLength }: Rule, reading: Reading, at: number, end: number): Region {
  const from = Math.max(0, Math.max(at - reach, end) - GUARD);
  return { from, text: reading.text(from, Math.min(reading.length, at + maxLength + GUARD)) };
}

function isComplete({ target }: Rule, { parts }: Match): boolean {
  return target.kind === 'companion' || target.companions.every(({ companion }) => parts[companion.name] !== undefined);
}

/** Escapes can be undone twice: a string within a string. */
function searchUnescaped(rule: Rule, reading: Reading, lead: Lead): Match | null {
  const near = nearOf(rule);
  const first = Math.max(0, lead.at - 2 * rule.reach - 2 * GUARD - near);
  const last = Math.min(reading.length, lead.at + 2 * rule.maxLength + 4 * GUARD + near);
  const once = unescaped(reading, first, last);
  if (once === null) return null;
  const at = once.from(lead.at);
  const region = regionOf(rule, once, at, 0);
  const found = search(rule, once, { ...lead, at, end: 0 }, region)?.match ?? null;
  if ((found !== null && isComplete(rule, found)) || !mayBeEscaped(region.text)) return found;
  const twice = unescaped(once, 0, once.length);
  if (twice === null) return found;
  const again = { ...lead, at: twice.from(at), end: 0 };
  const better = search(rule, twice, again, regionOf(rule, twice, again.at, 0))?.match ?? null;
  return better !== null && (found === null || isComplete(rule, better)) ? better : found;
}

function nearOf({ target }: Rule): number {
  return target.kind === 'companion' ? 0 : Math.max(0, ...target.companions.map(({ near }) => near?.bytes ?? 0));
}

/** The match that holds the literal, and where it ends. */
function search(
  rule: Rule,
  reading: Reading,
  lead: Lead,
  { from, text }: Region,
): { readonly match: Match; readonly end: number } | null {
  const { pattern, reach } = rule;
  const { at, length, claims, onFault } = lead;
  pattern.lastIndex = Math.max(at - reach, lead.end, from) - from;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = from + match.index;
    const end = start + match[0].length;
    if (start > at) return null;
    // Overlapping matches are tried until one is taken, so that a bad one never hides a good one.
    pattern.lastIndex = match.index + 1;
    const span = spanOf(match);
    if (span === null || end < at + length) continue;
    const parts = secretsOf(match);
    if (!accepted(rule, parts, onFault)) continue;
    const tokenStart = from + span[0];
    const tokenEnd = from + span[1];
    const found: Match = {
      rule,
      parts: withCompanions({ rule, parts, reading, start: tokenStart, end: tokenEnd, claims }),
      start: reading.start(tokenStart),
      end: reading.end(tokenEnd),
      decoding: reading.decoding,
      fixed: Math.max(0, Math.min(tokenEnd, at + length) - Math.max(tokenStart, at)),
    };
    return { match: found, end };
  }
  return null;
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
