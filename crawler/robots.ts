/**
 * robots.txt, read as RFC 9309 says: which paths of a host a crawler may ask for. Pure.
 *
 * It binds us on pages made for people. For the registries' documented APIs their own documentation and terms speak
 * (crawler/README.md).
 */

export interface Robots {
  /** `path`: path and query of a URL, percent-encoded as in the URL. */
  allows(path: string): boolean;
}

export const ALLOW_ALL: Robots = { allows: () => true };

/** Bytes of a robots.txt that are read; RFC 9309 asks for at least 500 KiB. */
export const MAX_ROBOTS_BYTES = 512 * 1024;

interface Rule {
  readonly allow: boolean;
  /** Length of the pattern: the longest that matches decides. */
  readonly length: number;
  /** The texts between the stars. */
  readonly pieces: readonly string[];
  readonly isAnchored: boolean;
}

/** The rules for `product` (the name before the slash of a User-Agent), else those for everyone. Lines that are none are passed over. */
export function parseRobots(text: string, product: string): Robots {
  const groups = new Map<string, Rule[]>();
  let agents: string[] = [];
  let isNaming = false;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const [, field = '', value = ''] = /^\s*([A-Za-z-]+)\s*:\s*(.*?)\s*$/.exec(line.replace(/#.*$/, '')) ?? [];
    const name = field.toLowerCase();
    if (name === 'user-agent') {
      // Lines of agents that follow one another share the rules after them.
      agents = isNaming ? [...agents, agentOf(value)] : [agentOf(value)];
      isNaming = true;
      for (const agent of agents) if (!groups.has(agent)) groups.set(agent, []);
    } else if (name === 'allow' || name === 'disallow') {
      isNaming = false;
      const rule = ruleOf(value, name === 'allow');
      if (rule !== null) for (const agent of agents) groups.get(agent)?.push(rule);
    }
  }
  const rules = groups.get(product.toLowerCase()) ?? groups.get('*') ?? [];
  return { allows: (path) => path === '/robots.txt' || decide(rules, normalise(path)) };
}

function agentOf(value: string): string {
  return value === '*' ? '*' : (/^[A-Za-z_-]+/.exec(value)?.[0] ?? '').toLowerCase();
}

function decide(rules: readonly Rule[], path: string): boolean {
  let best: Rule | null = null;
  for (const rule of rules) {
    if (!matches(rule, path)) continue;
    // Of two equally long ones the one that allows counts.
    if (best === null || rule.length > best.length || (rule.length === best.length && rule.allow)) best = rule;
  }
  return best?.allow ?? true;
}

/** An empty value is no rule. `*` stands for any characters, `$` at the end for the end of the path. */
function ruleOf(value: string, allow: boolean): Rule | null {
  if (value === '') return null;
  const isAnchored = value.endsWith('$');
  const pieces = normalise(isAnchored ? value.slice(0, -1) : value).split('*');
  return { allow, length: value.length, pieces, isAnchored };
}

/** Each piece at its first place after the one before: no way back, so no pattern takes long. */
function matches({ pieces, isAnchored }: Rule, path: string): boolean {
  const [first = '', ...others] = pieces;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = isAnchored ? others.pop() : undefined;
  for (const piece of others) {
    const found = path.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  if (!isAnchored) return true;
  return last === undefined ? at === path.length : path.length - last.length >= at && path.endsWith(last);
}

/** One spelling for each character: unreserved ones plain, everything else percent-encoded with capital digits. */
function normalise(path: string): string {
  return path
    .replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : whole.toUpperCase();
    })
    .replace(/[^\u0021-\u007e]/gu, (character) => encodeURIComponent(character.toWellFormed()));
}
