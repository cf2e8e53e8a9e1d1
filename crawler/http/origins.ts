/** A registry's addresses as configured: which host a URL belongs to, how fast it may be asked, how far it is trusted. */
import { REGISTRY_LABELS } from '../../data/model.ts';
import type { HostBudget, Registry } from '../registry.ts';
import { NotAllowed, Refused } from '../errors.ts';
import type { LaneLimits } from '../gate.ts';
import type { Trust } from './agents.ts';
import { isLoopback } from './addresses.ts';

export interface Origins {
  /** Base URL of a role as configured, without a trailing slash. An unknown role is an error that names the known ones. */
  base(role: string): string;
  /** The same resource at the configured origin, for a URL that the registry hands out. */
  rebase(url: string): string;
  /** Where a URL belongs, and what it becomes there. */
  place(url: URL): Place;
  /** How a URL may be reached; throws Refused or NotAllowed where it may not. `from`: the URL that redirected to it. */
  trust(url: URL, from: URL | null): Trust;
}

export interface Place {
  /** Role of the origin that the URL is below, or null for a host that is none of the registry's. */
  readonly role: string | null;
  /** Names the lane: URLs below the same base share its rate. */
  readonly lane: string;
  readonly limits: LaneLimits;
  /** The URL to ask: at its scope's own registry, with the credentials of its configured origin where it has none. */
  readonly url: URL;
}

/** For what no budget speaks of, at the registry's own hosts. */
const UNSTATED: LaneLimits = { perSecond: 1, concurrency: 2, per30Days: null };
/** For hosts that a package names: whoever published it must not be able to keep us waiting. */
const STRANGER: LaneLimits = { perSecond: 1, concurrency: 2, per30Days: null, patienceMs: 30_000 };
/** To an origin of one's own whose rate was raised. */
const MOST_CONNECTIONS = 32;
const UNKNOWN_LOOPBACK: LaneLimits = { perSecond: 1000, concurrency: 8, per30Days: null };

interface Base {
  readonly role: string;
  readonly url: URL;
  readonly text: string;
}

export interface OriginSettings {
  /** By role, in place of the registry's own. */
  readonly origins: Readonly<Record<string, string>>;
  /** Requests per second by role. */
  readonly rates: Readonly<Record<string, number>>;
  readonly contact: string | undefined;
  /** npm's scoped registries: base URLs by scope (`@scope`), for packages of that scope in place of the role `registry`. */
  readonly scopes?: Readonly<Record<string, string>>;
}

export function resolveOrigins(registry: Registry, settings: OriginSettings): Origins {
  const { origins: overrides, rates, contact, scopes = {} } = settings;
  const label = REGISTRY_LABELS[registry.id];
  const roles = Object.keys(registry.origins);
  for (const role of [...Object.keys(overrides), ...Object.keys(rates)]) {
    if (!roles.includes(role)) throw new NotAllowed(`${label} has no origin named ${role}; it has ${roles.join(', ')}`);
  }
  const bases: readonly Base[] = roles.map((role) => toBase(registry, role, overrides[role] ?? registry.origins[role] ?? ''));
  const published: readonly Base[] = roles.map((role) => toBase(registry, role, registry.origins[role] ?? ''));
  const scoped = new Map(Object.entries(scopes).map(([scope, url]) => [scope, toBase(registry, 'registry', url)]));
  const known = [...bases, ...scoped.values()];
  const longestFirst = known.toSorted((a, b) => b.url.pathname.length - a.url.pathname.length);
  const publishedLongestFirst = published.toSorted((a, b) => b.url.pathname.length - a.url.pathname.length);
  const allLoopback = bases.every((one) => isLoopback(one.url));

  function limitsOf(base: Base): LaneLimits {
    // Roles at one base are one lane, and the strictest of them counts.
    const roles = new Set([base.role, ...bases.filter((one) => one.text === base.text).map((one) => one.role)]);
    const sharing = [...roles].map(limitsOfRole);
    return {
      perSecond: Math.min(...sharing.map((one) => one.perSecond)),
      concurrency: Math.min(...sharing.map((one) => one.concurrency)),
      per30Days: sharing.reduce<number | null>(
        (least, one) => (one.per30Days === null ? least : Math.min(least ?? Number.POSITIVE_INFINITY, one.per30Days)),
        null,
      ),
    };
  }

  /** Of what lies below none of the bases. */
  function limitsElsewhere(url: URL): LaneLimits {
    if (isLoopback(url)) return UNKNOWN_LOOPBACK;
    return known.some((one) => one.url.origin === url.origin) ? UNSTATED : STRANGER;
  }

  function limitsOfRole(role: string): LaneLimits {
    const budget: HostBudget | undefined = registry.budgets.find((one) => one.origin === role);
    const limits = budget ?? UNSTATED;
    const wanted = rates[role];
    if (wanted === undefined) return limits;
    const isOnesOwn = (overrides[role] ?? registry.origins[role]) !== registry.origins[role];
    if (!isOnesOwn || wanted <= limits.perSecond) return { ...limits, perSecond: Math.min(wanted, limits.perSecond) };
    // A rate that few connections cannot reach would be no rate: they grow with it.
    const grown = Math.ceil((limits.concurrency * wanted) / limits.perSecond);
    return { ...limits, perSecond: wanted, concurrency: Math.min(MOST_CONNECTIONS, grown) };
  }

  function below(list: readonly Base[], url: URL): Base | undefined {
    return list.find((one) => one.url.host === url.host && isBelow(url.pathname, one.url.pathname));
  }

  /** A package of a scope that has a registry of its own is there. */
  function inScope(url: URL): URL {
    const base = bases.find((one) => one.role === 'registry');
    if (scoped.size === 0 || base === undefined || below([base], url) === undefined) return url;
    const rest = url.pathname.slice(base.url.pathname.replace(/\/$/, '').length);
    const scope = /^\/(@[^/%]+)(?:\/|%2f)/i.exec(rest)?.[1];
    const own = scope === undefined ? undefined : scoped.get(scope);
    return own === undefined ? url : new URL(`${own.text}${rest}${url.search}`);
  }

  return {
    base(role) {
      const found = bases.find((one) => one.role === role);
      if (found === undefined) throw new NotAllowed(`${label} has no origin named ${role}; it has ${roles.join(', ')}`);
      return found.text;
    },
    rebase(text) {
      const url = parse(text);
      const from = below(publishedLongestFirst, url);
      const to = bases.find((one) => one.role === from?.role);
      if (from === undefined || to === undefined || from.text === to.text) return text;
      const rest = url.pathname.slice(from.url.pathname.replace(/\/$/, '').length);
      return `${to.text}${rest}${url.search}`;
    },
    place(asked) {
      const url = inScope(asked);
      const base = below(longestFirst, url);
      if (base === undefined) {
        return { role: null, lane: url.host, limits: limitsElsewhere(url), url };
      }
      const sent = new URL(url);
      if (sent.username === '' && base.url.username !== '' && sent.protocol === base.url.protocol) {
        sent.username = base.url.username;
        sent.password = base.url.password;
      }
      return { role: base.role, lane: `${base.url.host}${base.url.pathname}`, limits: limitsOf(base), url: sent };
    },
    trust(url, from) {
      const isConfigured = known.some((one) => one.url.origin === url.origin);
      if (isLoopback(url)) {
        if (isConfigured ? from === null || isLoopback(from) : from === null ? allLoopback : isLoopback(from)) return 'loopback';
        throw new Refused(`${label} sent us to this machine itself (${url.host}); that is not followed`, { url: url.href });
      }
      if (allLoopback) {
        throw new Refused(`every origin of ${label} is on this machine, so ${url.host} is not asked`, { url: url.href });
      }
      if (contact === undefined) {
        throw new NotAllowed(
          `nothing leaves this machine without a contact: ${url.host} was to be asked. Set \`contact\` in the config file, ` +
            'or INCIDENCE_CONTACT, to a mail address or URL at which the operators of registries can reach you',
          { url: url.href },
        );
      }
      if (isConfigured) return 'configured';
      if (url.protocol === 'https:') return 'public';
      throw new Refused(`${label} sent us to ${url.host} without encryption; only https is followed to other hosts`, {
        url: url.href,
      });
    },
  };
}

function toBase(registry: Registry, role: string, text: string): Base {
  const trimmed = text.replace(/\/+$/, '');
  if (!URL.canParse(trimmed) || !/^https?:$/.test(new URL(trimmed).protocol)) {
    throw new NotAllowed(`the origin ${role} of ${REGISTRY_LABELS[registry.id]} must be an http or https URL`);
  }
  return { role, text: trimmed, url: new URL(trimmed) };
}

function isBelow(path: string, base: string): boolean {
  const folder = base.endsWith('/') ? base : `${base}/`;
  return path === base || path.startsWith(folder);
}

export function parse(text: string): URL {
  if (!URL.canParse(text)) throw new Refused('the registry handed out something that is no URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Refused(`only http and https are followed, not ${url.protocol}`, { url: text });
  return url;
}
