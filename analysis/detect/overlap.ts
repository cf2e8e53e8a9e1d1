/**
 * What to do where several matches claim the same bytes.
 *
 * 1. The same token of one format, seen in two readings of the same bytes, is one match: the one with the fewest decodings.
 *    Matches of one format in one reading do not overlap either: the first stays. In different readings the one with more
 *    parts stays, then the longer one: an escape may cut a token short.
 * 2. A match that covers another one and has more fixed text of its own takes its bytes: `ghs_…` with a JWT inside is no
 *    JWT, and a key with a vendor's long prefix is no key of the vendor whose prefix is the beginning of it.
 * 3. Formats of one service never claim the same bytes twice: the one that covers the other stays, or the one listed first.
 * 4. Whatever else overlaps stays, and each names the formats of the other services: nobody can tell whom to ask.
 */
import type { Match } from './match.ts';

/** A match with offsets in its entry. */
export interface Claim {
  readonly match: Match;
  readonly start: number;
  readonly end: number;
}

export interface Settled<C extends Claim> {
  readonly claim: C;
  /** Ids of other services' formats, sorted. */
  readonly ambiguousWith: readonly string[];
}

/** Settles the claims of one entry; the result is in order of their start. */
export function settle<C extends Claim>(claims: readonly C[]): readonly Settled<C>[] {
  // Of nearly every entry.
  if (claims.length < 2) return claims.map((claim) => ({ claim, ambiguousWith: [] }));
  const ordered = [...claims].sort((one, other) => one.start - other.start || other.end - one.end);
  const lost = new Set<C>();
  for (const [one, other] of overlaps(ordered)) {
    const loser = loserOf(one, other);
    if (loser !== null) lost.add(loser);
  }
  const rivals = new Map<C, Set<string>>();
  const remaining = ordered.filter((claim) => !lost.has(claim));
  for (const [one, other] of overlaps(remaining)) {
    if (serviceOf(one) === serviceOf(other)) continue;
    note(rivals, one, idOf(other));
    note(rivals, other, idOf(one));
  }
  return remaining.map((claim) => ({ claim, ambiguousWith: [...(rivals.get(claim) ?? [])].sort() }));
}

/** All pairs that share bytes. */
function* overlaps<C extends Claim>(ordered: readonly C[]): Generator<readonly [C, C]> {
  let open: C[] = [];
  for (const claim of ordered) {
    open = open.filter(({ end }) => end > claim.start);
    for (const other of open) yield [other, claim];
    open.push(claim);
  }
}

function loserOf<C extends Claim>(one: C, other: C): C | null {
  if (one.match.rule === other.match.rule) {
    if (sameParts(one, other)) return weakest(one, other, steps);
    if (one.match.decoding.join() === other.match.decoding.join()) return other;
    return weakest(
      one,
      other,
      (claim) => -count(claim),
      (claim) => claim.start - claim.end,
      steps,
    );
  }
  const [outer, inner] = covers(one, other) ? [one, other] : covers(other, one) ? [other, one] : [null, null];
  if (outer === null || inner === null) return null;
  if (outer.match.fixed > inner.match.fixed) return inner;
  if (covers(inner, outer) && inner.match.fixed > outer.match.fixed) return outer;
  if (serviceOf(outer) !== serviceOf(inner)) return null;
  if (!covers(inner, outer)) return inner;
  return outer.match.rule.index <= inner.match.rule.index ? inner : outer;
}

/** The first measure in which they differ decides, and the greater one is weaker; the later one if none does. */
function weakest<C extends Claim>(one: C, other: C, ...measures: readonly ((claim: C) => number)[]): C {
  for (const measure of measures) {
    if (measure(one) !== measure(other)) return measure(one) > measure(other) ? one : other;
  }
  return other;
}

function steps({ match }: Claim): number {
  return match.decoding.length;
}

function count({ match }: Claim): number {
  return Object.keys(match.parts).length;
}

function covers(outer: Claim, inner: Claim): boolean {
  return outer.start <= inner.start && outer.end >= inner.end;
}

function sameParts(one: Claim, other: Claim): boolean {
  const names = Object.keys(one.match.parts);
  if (names.length !== Object.keys(other.match.parts).length) return false;
  return names.every((name) => one.match.parts[name]?.reveal() === other.match.parts[name]?.reveal());
}

function serviceOf({ match }: Claim): string {
  return match.rule.target.kind === 'format' ? match.rule.target.service.id : '';
}

function idOf({ match }: Claim): string {
  return match.rule.target.kind === 'format' ? match.rule.target.format.id : '';
}

function note<C extends Claim>(rivals: Map<C, Set<string>>, claim: C, id: string): void {
  const those = rivals.get(claim);
  if (those === undefined) rivals.set(claim, new Set([id]));
  else those.add(id);
}
