/**
 * Formats and companions compiled into rules: what the detector looks for, checked once at the start, so that a format
 * that cannot work is an error of the program and never a silent miss.
 */
import type { Family } from '../../data/model.ts';
import type { Literal } from '../scan/literals.ts';
import type { Place, Sought, SoughtLiteral } from '../scan/survey.ts';
import type { Companion, Format, Service } from '../service.ts';
import { checkOf, type Check } from './check.ts';
import { gateOf, type Gate } from './gate.ts';
import { shapeOf } from './shape.ts';
import { escapedForms } from '../text/escapes.ts';

/** What the guards of a pattern may look at beyond the match, in characters, on both sides. */
export const GUARD = 64;
/** How much longer than its text the context of a token may be that is written with escapes. */
const ESCAPED = 32;
/** Text in UTF-16 is looked for in binaries where so many characters stand in a row. */
const LEAST_WIDE = 9;
/** A few characters more behind a run, for the same reason. */
const BESIDE = 8;
/** Longest match, and farthest companion. A window holds this much on both sides of a token, and four times it for encodings. */
const MOST_REACH = 32_768;

/** A pattern with the literals that lead to it. */
export interface Rule {
  readonly index: number;
  readonly literals: readonly Literal[];
  /** Flags `d` and `g`, and `i` where the format has it. */
  readonly pattern: RegExp;
  /** The same with the flag `y` in place of `g`. */
  readonly sticky: RegExp;
  readonly check: Check;
  readonly reach: number;
  readonly maxLength: number;
  readonly gate: Gate;
  readonly target: FormatTarget | CompanionTarget;
}

export interface FormatTarget {
  readonly kind: 'format';
  readonly service: Service;
  readonly format: Format;
  readonly family: Family;
  readonly companions: readonly CompiledCompanion[];
}

/** Matches are kept for the formats of the artifact that wait for this companion. */
export interface CompanionTarget {
  readonly kind: 'companion';
  readonly key: string;
}

export interface CompiledCompanion {
  /** Names the companion in the artifact: `<format>/<companion>`. */
  readonly key: string;
  readonly companion: Companion;
  readonly near: { readonly pattern: RegExp; readonly bytes: number } | null;
}

/** A literal that leads to rules. */
export interface Lead {
  readonly literal: SoughtLiteral;
  /** Characters of the literal when its escapes are undone. */
  readonly length: number;
  readonly rules: readonly Rule[];
}

export interface RuleSet {
  readonly rules: readonly Rule[];
  /** All different literals of the rules, as they are and in the forms in which their signs are escaped. */
  readonly leads: readonly Lead[];
  /** Characters that a match, its guards and its companions may need before and after its literal. */
  readonly context: number;
  /** Characters of the shortest match of any pattern. */
  readonly shortest: number;
  /** What the survey looks for: a literal per lead. */
  readonly sought: Sought;
}

/**
 * @throws where a format breaks its contract, with what was expected and what came
 */
export function compileRules(services: readonly Service[]): RuleSet {
  const rules: Rule[] = [];
  const ids = new Set<string>();
  let near = 0;
  for (const service of services) {
    for (const format of service.formats) {
      if (ids.has(format.id)) throw new Error(`two formats have the id ${format.id}; each needs its own`);
      ids.add(format.id);
      const companions = (format.companions ?? []).map((companion) => compileCompanion(format, companion));
      const family = format.family ?? service.family;
      rules.push(rule(rules.length, format.id, format, { kind: 'format', service, format, family, companions }));
      for (const { companion, key } of companions) {
        near = Math.max(near, companion.near?.bytes ?? 0);
        if (companion.anywhere !== undefined) rules.push(rule(rules.length, key, companion.anywhere, { kind: 'companion', key }));
      }
    }
  }
  const matches = rules.map(({ reach, maxLength }) => reach + maxLength);
  const leads = leadsOf(rules);
  const gates = rules.map(({ gate }) => gate);
  const shortest = Math.min(...rules.map(({ pattern }) => shapeOf(pattern)?.shortest ?? 1));
  const sought: Sought = {
    literals: leads.map(({ literal }) => literal),
    before: Math.max(0, ...gates.map((gate) => (gate.kind === 'near' || gate.kind === 'long' ? gate.before + ESCAPED : 0))),
    behind: Math.max(0, ...gates.map((gate) => (gate.kind === 'inner' ? gate.behind : 0))) + BESIDE,
    hasShortMatches: shortest < LEAST_WIDE,
    shortHex: gates.some((gate) => gate.kind === 'near' && gate.shortHex),
    leads: gates.flatMap((gate) => (gate.kind === 'near' ? (gate.lead ?? []) : [])),
  };
  return { rules, leads, sought, context: Math.max(0, ...matches) + near + 2 * GUARD, shortest };
}

type Searchable = Pick<Format, 'literals' | 'ignoreCase' | 'reach' | 'pattern' | 'maxLength'>;

function rule(index: number, id: string, searchable: Searchable, target: Rule['target']): Rule {
  const { literals, ignoreCase = false, reach = 0, pattern, maxLength } = searchable;
  if (literals.length === 0) throw new Error(`${id} has no literals; each format needs a text by which it is found`);
  for (const text of literals) {
    if (text.length < 3 || /[^\x20-\x7e]/.test(text))
      throw new Error(`${id} has the literal ${JSON.stringify(text)}; literals have at least 3 printable ASCII characters`);
  }
  if (reach < 0 || maxLength < 1 || reach + maxLength > MOST_REACH)
    throw new Error(`${id} has reach ${reach} and longest match ${maxLength}; together they may be ${MOST_REACH} bytes`);
  return {
    index,
    literals: literals.map((text) => ({ text, ignoreCase })),
    pattern: searching(id, pattern),
    sticky: new RegExp(pattern.source, `dy${pattern.flags}`),
    check: checkOf(pattern),
    reach,
    maxLength,
    gate: gateOf({ literals, ignoreCase, pattern, reach }),
    target,
  };
}

function compileCompanion(format: Format, companion: Companion): CompiledCompanion {
  const key = `${format.id}/${companion.name}`;
  const { near, anywhere } = companion;
  if (near === undefined && anywhere === undefined) throw new Error(`${key} is looked for nowhere; it needs near or anywhere`);
  if (near !== undefined && (near.bytes < 1 || near.bytes > MOST_REACH))
    throw new Error(`${key} is looked for within ${near.bytes} bytes; 1 to ${MOST_REACH} are possible`);
  return { key, companion, near: near === undefined ? null : { pattern: searching(key, near.pattern), bytes: near.bytes } };
}

/** The pattern for searching, with the places of its groups. */
function searching(id: string, pattern: RegExp): RegExp {
  if (!/^i?$/.test(pattern.flags)) throw new Error(`the pattern of ${id} has the flags ${pattern.flags}; only i is allowed`);
  if (!/\(\?<[A-Za-z]/.test(pattern.source))
    throw new Error(`the pattern of ${id} has no named group; its parts are named groups`);
  return new RegExp(pattern.source, `dg${pattern.flags}`);
}

function leadsOf(rules: readonly Rule[]): readonly Lead[] {
  const leads = new Map<string, { literal: SoughtLiteral; readonly length: number; readonly rules: Rule[] }>();

  function add(text: string, ignoreCase: boolean, length: number, rule: Rule, place: Place | null): void {
    const folded = ignoreCase ? text.toLowerCase() : text;
    const key = `${ignoreCase} ${length} ${folded}`;
    const lead = leads.get(key) ?? { literal: { text: folded, ignoreCase, places: [] }, length, rules: [] };
    leads.set(key, lead);
    if (lead.rules.includes(rule)) return;
    lead.rules.push(rule);
    const { places } = lead.literal;
    if (place !== null && !places.includes(place)) lead.literal = { ...lead.literal, places: [...places, place] };
  }

  for (const rule of rules) {
    for (const { text, ignoreCase } of rule.literals) {
      add(text, ignoreCase, text.length, rule, rule.gate.kind);
      // The digits of an escape may have either case; what the case of the rest says, the pattern sees.
      for (const form of escapedForms(text)) add(form, true, text.length, rule, null);
    }
  }
  return [...leads.values()];
}
