/**
 * What every match of a pattern holds, read from the pattern itself: how long a match can be, which runs of characters it
 * cannot be without, and what can stand at its beginning. The fast prefilter looks only where these are.
 */
import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** A set of characters below 256. */
export type CharacterSet = ReadonlySet<number>;

/** `least` to `most` characters of a set. Without a set: something whose characters are not known one by one. */
interface Piece {
  readonly set: CharacterSet | null;
  readonly least: number;
  readonly most: number;
}

/** One of the ways in which a pattern can match: pieces one after another. */
type Way = readonly Piece[];

/** What stands before a run: signs of which one must, and what may stand between that and the run. Soft signs say little. */
export interface Lead {
  readonly signs: CharacterSet;
  readonly between: CharacterSet;
}

/** A run that every match holds: where it begins at the earliest and at the latest, from the match's start on. */
export interface Run {
  readonly earliest: number;
  readonly latest: number;
  /** Characters that it has at least. */
  readonly least: number;
  /** What stands before it; null: anything may. */
  readonly lead: Lead | null;
}

export interface Shape {
  /** Characters of the shortest match. */
  readonly shortest: number;
  /** Characters of the longest match; infinite where a repetition has no end. */
  readonly longest: number;
  /** A run of at least `least` characters of the set that every match holds, the one that begins soonest; null: there is none. */
  run(set: CharacterSet, least: number): Run | null;
  /** The same of runs that have a lead. */
  isolatedRun(set: CharacterSet, least: number): Run | null;
  /** True where every match holds one of these texts within a run of at least `least` characters of the set. */
  holds(texts: readonly string[], ignoreCase: boolean, set: CharacterSet, least: number): boolean;
  /** For each of the first characters, `most` at most and as far as they are known one by one, those that can stand there. */
  beginning(most: number): readonly CharacterSet[];
  /** Where every match is a run as long as it can be: of these characters, none of which may follow; null where it is not so. */
  readonly whole: CharacterSet | null;
  /** Characters that, standing before, make a match impossible; unless they end an escape, for patterns that say so. */
  readonly notBefore: CharacterSet;
}

/** More ways than that are not looked at one by one. */
const MOST_WAYS = 4096;
const OPAQUE_MOST = 1e9;

/** The shape of a pattern, or null where it is too complex to tell. */
export function shapeOf(pattern: RegExp): Shape | null {
  const parsed = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern.source);
  const ways = waysOfAny(parsed.alternatives, pattern.flags.includes('i') ? 'is' : 's');
  if (ways === null) return null;
  return {
    shortest: Math.min(...ways.map((way) => way.reduce((sum, { least }) => sum + least, 0))),
    longest: Math.max(0, ...ways.map((way) => way.reduce((sum, { most }) => sum + most, 0))),
    run: (set, least) => runOf(ways, set, least, false),
    isolatedRun: (set, least) => runOf(ways, set, least, true),
    holds: (texts, ignoreCase, set, least) => ways.every((way) => holds(way, texts, ignoreCase, set, least)),
    beginning: (most) => beginningOf(ways, most),
    whole: wholeOf(ways, parsed, pattern.flags),
    notBefore: notBefore(parsed, pattern.flags),
  };
}

/** Every combination of the ways of the parts; null: too many, or something whose matches cannot be told. */
function waysOfAny(alternatives: readonly AST.Alternative[], flags: string): readonly Way[] | null {
  const all: Way[] = [];
  for (const { elements } of alternatives) {
    let ways: readonly Way[] = [[]];
    for (const element of elements) {
      const next = waysOf(element, flags);
      if (next === null || ways.length * next.length > MOST_WAYS) return null;
      if (next.length === 1 && next[0]?.length === 0) continue;
      ways = combined(ways, next);
    }
    all.push(...ways);
    if (all.length > MOST_WAYS) return null;
  }
  return all;
}

function combined(ways: readonly Way[], next: readonly Way[]): readonly Way[] {
  return ways.flatMap((way) => next.map((more) => way.concat(more)));
}

function waysOf(element: AST.Element, flags: string): readonly Way[] | null {
  switch (element.type) {
    case 'Assertion':
      return [[]];
    case 'Group':
    case 'CapturingGroup':
      return waysOfAny(element.alternatives, flags);
    case 'Quantifier':
      return repeated(element, flags);
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return [[{ set: membersOf(element.raw, flags), least: 1, most: 1 }]];
    default:
      return null;
  }
}

function repeated({ element, min, max }: AST.Quantifier, flags: string): readonly Way[] | null {
  const ways = waysOf(element, flags);
  if (ways === null) return null;
  const [only] = ways;
  if (ways.length === 1 && only?.length === 1 && only[0]?.least === 1 && only[0].most === 1)
    return [[{ set: only[0].set, least: min, most: Math.min(max, OPAQUE_MOST) }]];
  const longest = Math.max(0, ...ways.map((way) => way.reduce((sum, { most }) => sum + most, 0)));
  const rest: Piece = { set: null, least: 0, most: Math.min(OPAQUE_MOST, longest * (max - min)) };
  let sure: readonly Way[] = [[]];
  for (let times = 0; times < min; times++) {
    if (sure.length * ways.length > MOST_WAYS) return null;
    sure = combined(sure, ways);
  }
  return rest.most === 0 ? sure : combined(sure, [[rest]]);
}

/** The characters below 256 that a single-character piece of a pattern matches. */
function membersOf(raw: string, flags: string): CharacterSet {
  const key = `${flags} ${raw}`;
  const known = KNOWN_SETS.get(key) ?? matchedBy(raw, flags);
  KNOWN_SETS.set(key, known);
  return known;
}

/** The same few sets stand in all patterns. */
const KNOWN_SETS = new Map<string, CharacterSet>();

function matchedBy(raw: string, flags: string): CharacterSet {
  const pattern = new RegExp(`^${raw}$`, flags);
  const members = new Set<number>();
  for (let character = 0; character < 256; character++) if (pattern.test(String.fromCharCode(character))) members.add(character);
  return members;
}

function runOf(ways: readonly Way[], set: CharacterSet, least: number, isolated: boolean): Run | null {
  let run: Run = {
    earliest: Number.POSITIVE_INFINITY,
    latest: 0,
    least: Number.POSITIVE_INFINITY,
    lead: { signs: NONE, between: NONE },
  };
  for (const way of ways) {
    const first = firstRun(way, set, least, isolated);
    if (first === null) return null;
    run = {
      earliest: Math.min(run.earliest, first.earliest),
      latest: Math.max(run.latest, first.latest),
      least: Math.min(run.least, first.least),
      lead: run.lead === null || first.lead === null ? null : joined(run.lead, first.lead),
    };
  }
  return run;
}

function firstRun(way: Way, set: CharacterSet, least: number, isolated: boolean): Run | null {
  let earliest = 0;
  let latest = 0;
  for (const [index, end] of stretches(way, set)) {
    const pieces = way.slice(index, end);
    const length = pieces.reduce((sum, piece) => sum + piece.least, 0);
    const isRun = pieces[0]?.set !== null && isWithin(pieces[0]?.set ?? NONE, set) && length >= least;
    if (isRun) {
      const lead = leadOf(way.slice(0, index), set);
      if (!isolated || lead !== null) return { earliest, latest, least: length, lead };
    }
    for (const piece of pieces) {
      earliest += piece.least;
      latest += piece.most;
    }
  }
  return null;
}

const NONE: CharacterSet = new Set();

/** Where stretches of pieces begin and end that are all within the set, and the single pieces between them. */
function* stretches(way: Way, set: CharacterSet): Generator<readonly [begin: number, end: number]> {
  let begin = 0;
  for (const [index, piece] of way.entries()) {
    if (piece.set !== null && isWithin(piece.set, set)) continue;
    if (index > begin) yield [begin, index];
    yield [index, index + 1];
    begin = index + 1;
  }
  if (begin < way.length) yield [begin, way.length];
}

/** Quotes and blanks tell little: what stands in front of them is the sign, if anything is known of it. */
const SOFT: CharacterSet = new Set(Array.from('"\'`\\ \t\r\n\f\v\u00a0', (character) => character.charCodeAt(0)));

/** What stands right before the run, none of which is in its set; null where something of the set can stand there. */
function leadOf(before: Way, set: CharacterSet): Lead | null {
  let between = NONE;
  let soft: Lead | null = null;
  for (const piece of before.toReversed()) {
    if (piece.set === null || !piece.set.isDisjointFrom(set)) break;
    if (piece.least > 0 && !isWithin(piece.set, SOFT)) return { signs: piece.set, between };
    if (piece.least > 0) soft ??= { signs: piece.set, between };
    between = between.union(piece.set);
  }
  return soft;
}

function joined(one: Lead, other: Lead): Lead {
  return { signs: one.signs.union(other.signs), between: one.between.union(other.between) };
}

/** True where no sign is a quote, a blank or a dot, with which much of ordinary text would be led. */
export function isTelling({ signs }: Lead): boolean {
  return signs.isDisjointFrom(SOFT) && !signs.has(46);
}

function holds(way: Way, texts: readonly string[], ignoreCase: boolean, set: CharacterSet, least: number): boolean {
  for (const [begin, end] of stretches(way, set)) {
    const pieces = way.slice(begin, end);
    if (pieces.reduce((sum, piece) => sum + piece.least, 0) < least) continue;
    const spelled = pieces
      .map(({ set, least: times, most }) => (set?.size === 1 && times === 1 && most === 1 ? String.fromCharCode(...set) : '\0'))
      .join('');
    if (texts.some((text) => (ignoreCase ? spelled.toLowerCase().includes(text.toLowerCase()) : spelled.includes(text))))
      return true;
  }
  return false;
}

const KNOWN_ANSWERS = new WeakMap<CharacterSet, WeakMap<CharacterSet, boolean>>();

function isWithin(part: CharacterSet, whole: CharacterSet): boolean {
  const answers = KNOWN_ANSWERS.get(part) ?? new WeakMap<CharacterSet, boolean>();
  KNOWN_ANSWERS.set(part, answers);
  const answer = answers.get(whole) ?? part.isSubsetOf(whole);
  answers.set(whole, answer);
  return answer;
}

function beginningOf(ways: readonly Way[], most: number): readonly CharacterSet[] {
  const firsts = ways.map((way) => firstKnown(way, most));
  const known = Math.min(most, ...firsts.map((sets) => sets.length));
  return Array.from({ length: known }, (_, index) => {
    const sets = [...new Set(firsts.flatMap((sets) => sets[index] ?? []))];
    return sets.reduce((all, set) => all.union(set));
  });
}

/** The sets of a way's first characters, up to the first piece of which there may be more or fewer. */
function firstKnown(way: Way, most: number): readonly CharacterSet[] {
  const sets: CharacterSet[] = [];
  for (const { set, least, most: longest } of way) {
    if (set === null) break;
    for (let index = 0; index < least && sets.length < most; index++) sets.push(set);
    if (least !== longest || sets.length >= most) break;
  }
  return sets;
}

/** The characters of all pieces, if none of them may follow the match. */
function wholeOf(ways: readonly Way[], pattern: AST.Pattern, flags: string): CharacterSet | null {
  const [alternative] = pattern.alternatives;
  const last = alternative?.elements.at(-1);
  if (pattern.alternatives.length !== 1 || last?.type !== 'Assertion' || last.kind !== 'lookahead' || !last.negate) return null;
  const [only] = last.alternatives;
  const [element] = only?.elements ?? [];
  if (last.alternatives.length !== 1 || only?.elements.length !== 1 || element === undefined) return null;
  const after = setOf(element, flags);
  if (after === null) return null;
  let all = NONE;
  for (const piece of new Set(ways.flat())) {
    if (piece.set === null || !isWithin(piece.set, after)) return null;
    all = isWithin(piece.set, all) ? all : all.union(piece.set);
  }
  return all;
}

function setOf(element: AST.Element, flags: string): CharacterSet | null {
  const isSet = element.type === 'Character' || element.type === 'CharacterSet' || element.type === 'CharacterClass';
  return isSet ? membersOf(element.raw, flags.includes('i') ? 'is' : 's') : null;
}

/**
 * The set of a negative look-behind with which the pattern begins, alone (`(?<![…])…`) or beside one for what may stand
 * before all the same (`(?:(?<![…])|(?<=…))…`).
 */
function notBefore(pattern: AST.Pattern, flags: string): CharacterSet {
  const none: CharacterSet = new Set();
  const [alternative] = pattern.alternatives;
  const [first] = alternative?.elements ?? [];
  if (first === undefined || pattern.alternatives.length > 1) return none;
  const guard = first.type === 'Group' ? first.alternatives[0]?.elements[0] : first;
  if (first.type === 'Group' && !first.alternatives.every(({ elements }) => elements.every(({ type }) => type === 'Assertion')))
    return none;
  if (guard?.type !== 'Assertion' || guard.kind !== 'lookbehind' || !guard.negate) return none;
  const [only] = guard.alternatives;
  const [set] = only?.elements ?? [];
  if (guard.alternatives.length !== 1 || only?.elements.length !== 1 || set === undefined) return none;
  return setOf(set, flags) ?? none;
}
