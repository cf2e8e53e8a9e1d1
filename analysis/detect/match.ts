/** Runs the patterns around the literals that were found. */
import type { Hits } from '../scan/hits.ts';
import { Secret, type Parts } from '../secret.ts';
import { mayBeEscaped, mayGoOn, unescaped, type Unescaped } from '../text/escapes.ts';
import type { Haystack, Reading } from '../text/haystack.ts';
import { FITS, isEscapeAt, SignAhead } from './check.ts';
import { spanOf, withCompanions, type Claims } from './near.ts';
import { GUARD, type Rule, type RuleSet } from './rules.ts';

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

/** What is kept over all haystacks of an entry. */
export interface Session {
  readonly claims: Claims;
  /** Characters that patterns may still be run on in vain; below zero, nothing more is looked for in the entry. */
  work: number;
}

/** What a pattern costs that does not match, at most; what a match costs besides its length; and each character unescaped. */
const MOST_IN_VAIN = 1024;
const MATCH_IN_VAIN = 256;
const UNESCAPING = 8;
/** What a text costs that was decoded, whatever is in it: many short ones take longer than their bytes. */
const DECODING = 1024;
/** And each look at what stands around a literal, whether or not a pattern is then tried. */
const LOOKING = 128;

/** How much was looked at, for measurements; the numbers grow for as long as the detector lives. */
export interface Counts {
  /** Places where literals were looked up. */
  places: number;
  /** Literals found. */
  literals: number;
  /** Patterns run. */
  tries: number;
}

export interface Matcher {
  /** All matches of the haystack around these hits. */
  match(haystack: Haystack, hits: Hits, session: Session, found: (match: Match) => void): void;
}

/** A format whose own function failed; the match was left out. */
export type OnFault = (rule: Rule) => void;

export function createMatcher({ rules, leads }: RuleSet, counts: Counts, onFault: OnFault): Matcher {
  /** Where the last match of each rule ended in the current haystack: as in a scan of the whole text, none overlaps it. */
  const ends = new Int32Array(rules.length);
  /** Up to where matches of each rule have been tried to begin. */
  const tried = new Int32Array(rules.length);
  /** The rules of which there is something to forget before the next haystack. */
  const touched = new Set<Rule>();
  const ahead = rules.map(({ gate }) =>
    gate.kind === 'near' && gate.lead !== null ? new SignAhead(gate.lead.signs, gate.before) : null,
  );

  function matchRule(
    rule: Rule,
    haystack: Haystack,
    at: number,
    length: number,
    isForm: boolean,
    session: Session,
  ): readonly Match[] {
    const { bytes, length: size } = haystack;
    const sign = ahead[rule.index];
    if (sign !== null && sign !== undefined && !isForm && !sign.comes(bytes, size, at)) return [];
    const starts: number[] = [];
    // Where only escapes keep the text from fitting, or may.
    let isHidden = isForm;
    for (let start = Math.max(at - rule.reach, tried[rule.index] ?? 0, ends[rule.index] ?? 0, 0); start <= at; start++) {
      const stop = rule.check.at(bytes, size, start);
      if (stop === FITS) starts.push(start);
      else if (stop >= 0 && isEscapeAt(bytes, size, start + stop)) isHidden = true;
    }
    tried[rule.index] = at + 1;
    if (starts.length === 0 && !isHidden) return [];
    const hit: Hit = { rule, at, length, session, counts, onFault };
    for (const reading of haystack.readingsAt(at)) {
      const plain = searchPlain(hit, reading, starts);
      if (plain.found !== null) ends[rule.index] = plain.found.end;
      const matches = plain.found === null ? [] : [plain.found.match];
      if (plain.isSure || !(isHidden || plain.mayBeHidden)) {
        if (matches.length > 0) return matches;
        continue;
      }
      const open = searchUnescaped(hit, reading);
      if (open !== null) matches.push(open);
      if (matches.length > 0) return matches;
    }
    return [];
  }

  return {
    match(haystack, hits, session, found) {
      if (haystack.reading.decoding.length > 0) session.work -= DECODING;
      if (hits.count === 0) return;
      counts.literals += hits.count;
      for (const rule of touched) {
        ends[rule.index] = 0;
        tried[rule.index] = 0;
        ahead[rule.index]?.reset();
        rule.check.reset();
      }
      touched.clear();
      for (let hit = 0; hit < hits.count; hit++) {
        const lead = leads[hits.literal(hit)];
        if (lead === undefined) continue;
        const at = hits.start(hit);
        const isForm = lead.length !== lead.literal.text.length;
        for (const rule of lead.rules) {
          if (session.work < 0) return;
          if (at < (ends[rule.index] ?? 0)) continue;
          touched.add(rule);
          session.work -= LOOKING;
          for (const match of matchRule(rule, haystack, at, lead.length, isForm, session)) found(match);
        }
      }
    },
  };
}

/** A literal that was found. */
interface Hit {
  readonly rule: Rule;
  readonly at: number;
  /** Characters of the literal. */
  readonly length: number;
  readonly session: Session;
  readonly counts: Counts;
  readonly onFault: OnFault;
}

interface Found {
  readonly match: Match;
  readonly end: number;
}

interface PlainSearch {
  readonly found: Found | null;
  /** True where the match is all there is, whatever the escapes around it. */
  readonly isSure: boolean;
  /** True where the match, or a better one, may be hidden by escapes. */
  readonly mayBeHidden: boolean;
}

const NOTHING: PlainSearch = { found: null, isSure: false, mayBeHidden: false };

/** The match that begins at one of these places and holds the literal, in the text as it is. */
function searchPlain(hit: Hit, reading: Reading, starts: readonly number[]): PlainSearch {
  const [first] = starts;
  if (first === undefined) return NOTHING;
  const { rule, at } = hit;
  const from = Math.max(0, first - GUARD);
  const text = reading.text(from, Math.min(reading.length, at + rule.maxLength + GUARD));
  const found = searchText(hit, reading, text, from, starts);
  if (found === null) return { found, isSure: false, mayBeHidden: mayBeEscaped(text) };
  const isSure = isComplete(rule, found.match) && !mayGoOn(text, found.end - from);
  return { found, isSure, mayBeHidden: !isSure && mayBeEscaped(text) };
}

/** @param from the index in the reading at which the text begins */
function searchText(hit: Hit, reading: Reading, text: string, from: number, starts: Iterable<number>): Found | null {
  const { rule, at, length, session } = hit;
  for (const start of starts) {
    hit.counts.tries++;
    rule.sticky.lastIndex = start - from;
    const match = rule.sticky.exec(text);
    if (match === null) {
      session.work -= Math.min(rule.maxLength, MOST_IN_VAIN);
      if (session.work < 0) return null;
      continue;
    }
    session.work -= match[0].length + MATCH_IN_VAIN;
    const end = start + match[0].length;
    const span = spanOf(match);
    if (span === null || end < at + length) continue;
    const parts = secretsOf(match);
    if (!accepted(rule, parts, hit.onFault)) continue;
    session.work += match[0].length + MATCH_IN_VAIN;
    const tokenStart = from + span[0];
    const tokenEnd = from + span[1];
    const token = { rule, parts, reading, start: tokenStart, end: tokenEnd, claims: session.claims };
    return {
      match: {
        rule,
        parts: withCompanions(token),
        start: reading.start(tokenStart),
        end: reading.end(tokenEnd),
        decoding: reading.decoding,
        fixed: Math.max(0, Math.min(tokenEnd, at + length) - Math.max(tokenStart, at)),
      },
      end,
    };
  }
  return null;
}

function isComplete({ target }: Rule, { parts }: Match): boolean {
  return target.kind === 'companion' || target.companions.every(({ companion }) => parts[companion.name] !== undefined);
}

/** The match in the text without its escapes. They can be undone twice: a string within a string. */
function searchUnescaped(hit: Hit, reading: Reading): Match | null {
  const { rule, session } = hit;
  const near = nearOf(rule);
  const first = Math.max(0, hit.at - 2 * rule.reach - 2 * GUARD - near);
  const last = Math.min(reading.length, hit.at + 2 * rule.maxLength + 4 * GUARD + near);
  session.work -= UNESCAPING * (last - first);
  const once = unescaped(reading, first, last);
  if (once === null) return null;
  const at = once.from(hit.at);
  const found = searchOpen({ ...hit, at }, once);
  if (found.match !== null && isComplete(rule, found.match)) return found.match;
  const twice = found.mayBeHidden ? unescaped(once, 0, once.length) : null;
  if (twice === null) return found.match;
  const better = searchOpen({ ...hit, at: twice.from(at) }, twice).match;
  return better !== null && (found.match === null || isComplete(rule, better)) ? better : found.match;
}

function searchOpen(hit: Hit, reading: Unescaped): { readonly match: Match | null; readonly mayBeHidden: boolean } {
  const { rule, at } = hit;
  const first = Math.max(0, at - rule.reach);
  const from = Math.max(0, first - GUARD);
  const text = reading.text(from, Math.min(reading.length, at + rule.maxLength + GUARD));
  const bytes = Buffer.from(text, 'latin1');
  const starts: number[] = [];
  // The text is another one than the haystack's.
  rule.check.reset();
  for (let start = first; start <= at; start++) if (rule.check.at(bytes, bytes.length, start - from) === FITS) starts.push(start);
  rule.check.reset();
  // A text that does not fit may fit once what is still escaped is undone.
  return { match: searchText(hit, reading, text, from, starts)?.match ?? null, mayBeHidden: mayBeEscaped(text) };
}

function nearOf({ target }: Rule): number {
  return target.kind === 'companion' ? 0 : Math.max(0, ...target.companions.map(({ near }) => near?.bytes ?? 0));
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
