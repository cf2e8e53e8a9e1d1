/** Where a request of a service goes, and how that is written down without its token. */
import { hostMatches } from '../hosts.ts';
import type { Parts } from '../secret.ts';
import type { ProbeRequest } from '../service.ts';

export interface Target {
  readonly request: ProbeRequest;
  /** The one host name that the request may go to. */
  readonly host: string;
}

/**
 * The request as it is sent: to the service's own host, which must be on its list and reached by https on the usual port,
 * or to the configured one. Null where the host is not on the list: a part of the token led astray.
 */
export function targetOf(request: ProbeRequest, hosts: readonly string[], configured: string | undefined): Target | null {
  const url = parse(request.url);
  if (url === null || url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return null;
  if (!hostMatches(hosts, url.hostname)) return null;
  if (configured === undefined) return { request, host: url.hostname };
  const moved = new URL(configured.replaceAll('{host}', url.hostname).replace(/\/+$/, '') + url.pathname + url.search);
  return { request: { ...request, url: moved.href }, host: moved.hostname };
}

/** What is wrong with a configured host, in words that say what it takes; null where it can be used. */
export function hostProblem(host: string): string | null {
  const url = parse(host);
  const isLoopback = url !== null && /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname);
  const usable = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback));
  const starInName = url !== null && /\{|%7b/i.test(url.host);
  // A user or a password would be sent to the log of whoever answers there, and is printed nowhere.
  const hasLogin = url !== null && (url.username !== '' || url.password !== '');
  if (usable && !starInName && !hasLogin && url.search === '' && url.hash === '') return null;
  const shown = hasLogin ? 'one with a login in it' : JSON.stringify(host);
  return `takes an https URL (or http on loopback), with {host} in its path at most, not ${shown}`;
}

/** Checks a configured host; the error says what it takes. */
export function checkConfiguredHost(service: string, host: string): void {
  const problem = hostProblem(host);
  if (problem !== null) throw new Error(`validation.services.${service}.host ${problem}`);
}

/** Whether a configured host is on this machine, where nobody needs politeness. */
export function isOnLoopback(configured: string | undefined): boolean {
  return configured?.startsWith('http:') ?? false;
}

/** The entry of the service's list that allows the host: a tenant's name is part of what was found, the list is not. */
export function listedHost(request: ProbeRequest, hosts: readonly string[]): string {
  const hostname = parse(request.url)?.hostname ?? '';
  return hosts.find((pattern) => hostMatches([pattern], hostname)) ?? 'unlisted';
}

/** No segment of a path that a service fixes itself is longer; a longer one may be a token in another form. */
const LONGEST_SEGMENT = 32;

/** The path with every part replaced by its name: `/bot{token}/getMe`. No query. */
export function pathTemplate(request: ProbeRequest, parts: Parts): string {
  let path = parse(request.url)?.pathname ?? '';
  const longestFirst = Object.entries(parts).toSorted(([, a], [, b]) => b.length - a.length);
  for (const [name, part] of longestFirst) {
    const text = part.reveal();
    if (text === '') continue;
    for (const form of new Set([text, encodeURIComponent(text), encodeURI(text)])) path = path.replaceAll(form, `{${name}}`);
  }
  return path
    .split('/')
    .map((segment) => (segment.length > LONGEST_SEGMENT ? '{…}' : segment))
    .join('/');
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}
