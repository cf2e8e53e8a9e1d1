/** The parts of a pair that stand near their token. */
import { Secret, type Parts } from '../secret.ts';
import type { Reading } from '../text/haystack.ts';
import { byPreference } from './preference.ts';
import { GUARD, type CompiledCompanion, type Rule } from './rules.ts';

/** The parts that tokens of an entry have taken as their companions, each with the token that did. */
export type Claims = Map<string, string>;

/** A token whose companions are looked for. */
export interface Token {
  readonly rule: Rule;
  readonly parts: Parts;
  readonly reading: Reading;
  readonly start: number;
  readonly end: number;
  readonly claims: Claims;
}

/** The parts of a token with those of its companions that stand near. */
export function withCompanions(token: Token): Parts {
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

/** From the first group's start to the last group's end, in the text. */
export function spanOf(match: RegExpExecArray): readonly [start: number, end: number] | null {
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
