/** What many services share: requests with the token in a header, and verdicts read from a table. */
import type { Verdict } from '../data/model.ts';
import type { Parts } from './secret.ts';
import type { Probe, ProbeRequest, ProbeResponse, Reading } from './service.ts';

/** The text of a part; a part that the format promises and the engine did not bring is a fault of ours. */
export function reveal(parts: Parts, name = 'token'): string {
  const part = parts[name];
  if (part === undefined) throw new Error(`a finding came without its part "${name}"; it has ${Object.keys(parts).join(', ')}`);
  return part.reveal();
}

/** GET with the token in `Authorization: <scheme> <token>`. */
export function authorized(url: string, scheme = 'Bearer', headers: Readonly<Record<string, string>> = {}): Probe['requests'] {
  return (parts) => [get(url, { ...headers, authorization: `${scheme} ${reveal(parts)}` })];
}

/** GET with the token alone in a header. */
export function inHeader(url: string, header: string, headers: Readonly<Record<string, string>> = {}): Probe['requests'] {
  return (parts) => [get(url, { ...headers, [header]: reveal(parts) })];
}

export function get(url: string, headers: Readonly<Record<string, string>> = {}): ProbeRequest {
  return { method: 'GET', url, headers: { accept: 'application/json', ...headers } };
}

export function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): ProbeRequest {
  return {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  };
}

export function postJson(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): ProbeRequest {
  return {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** Value of the Authorization header for Basic authentication (RFC 7617). */
export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/** For `unconfirmed`: where the verdict table was written from general knowledge of an interface. */
export const ANSWERS_NOT_COMPARED = 'the words of its answers: they were not yet compared with the documentation';

/** A sign in an answer that only the service gives. */
export type Marker = (response: ProbeResponse) => boolean;

/** One row of a service's verdict table. */
export interface Row {
  readonly verdict: Verdict;
  /** Slug that is stored with the finding. */
  readonly reason: string;
  readonly status: readonly number[];
  /** All of them; never none, for a status alone proves nothing. */
  readonly markers: Markers;
  /** Where this is said: a page of the provider, the provider's source, or what was seen. */
  readonly evidence: string;
}

type Markers = readonly [Marker, ...Marker[]];

export function active(reason: string, status: number | readonly number[], markers: Markers, evidence: string): Row {
  return row('active', reason, status, markers, evidence);
}

export function restricted(reason: string, status: number | readonly number[], markers: Markers, evidence: string): Row {
  return row('restricted', reason, status, markers, evidence);
}

export function inactive(reason: string, status: number | readonly number[], markers: Markers, evidence: string): Row {
  return row('inactive', reason, status, markers, evidence);
}

/** A refusal that good tokens of another kind get as well. Reasons end in `-possible`: to ask again says no more. */
export function undecided(
  reason: `${string}-possible`,
  status: number | readonly number[],
  markers: Markers,
  evidence: string,
): Row {
  return row('unknown', reason, status, markers, evidence);
}

export function publicByDesign(reason: string, status: number | readonly number[], markers: Markers, evidence: string): Row {
  return row('public-by-design', reason, status, markers, evidence);
}

function row(verdict: Verdict, reason: string, status: number | readonly number[], markers: Markers, evidence: string): Row {
  return { verdict, reason, status: typeof status === 'number' ? [status] : status, markers, evidence };
}

/** The verdict of the first row that fits; an answer that fits none is `unknown`. */
export function verdictTable(rows: readonly Row[]): (response: ProbeResponse) => Reading {
  return (response) => {
    for (const { verdict, reason, status, markers } of rows) {
      if (status.includes(response.status) && markers.every((holds) => holds(response))) return { verdict, reason };
    }
    return { verdict: 'unknown', reason: 'unexpected-answer' };
  };
}

/** The value at a dotted path of the JSON body (`error.code`, `errors.0.id`), or undefined. */
export function at(json: unknown, path: string): unknown {
  let value = json;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** The JSON body has one of these values at the path. */
export function field(path: string, ...values: readonly (string | number | boolean)[]): Marker {
  return ({ json }) => values.some((value) => at(json, path) === value);
}

/** The JSON body has a non-empty text, or a number, at the path: an id, a name. */
export function names(path: string): Marker {
  return ({ json }) => {
    const value = at(json, path);
    return typeof value === 'number' || (typeof value === 'string' && value !== '');
  };
}

/** The JSON body has a list at the path; the empty path is the body itself. */
export function lists(path = ''): Marker {
  return ({ json }) => Array.isArray(path === '' ? json : at(json, path));
}

/** The JSON body has an object at the path. */
export function holds(path: string): Marker {
  return ({ json }) => {
    const value = at(json, path);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  };
}

/** The text at the path of the JSON body matches. */
export function saysAt(path: string, pattern: RegExp): Marker {
  return ({ json }) => {
    const value = at(json, path);
    return typeof value === 'string' && pattern.test(value);
  };
}

/** The body matches. */
export function says(pattern: RegExp): Marker {
  return ({ body }) => pattern.test(body);
}

export function header(name: string, pattern: RegExp): Marker {
  return ({ headers }) => pattern.test(headers[name] ?? '');
}

/**
 * The answer is an API's, not a web page's: JSON, or a challenge to authenticate. Enough beside a 401, which firewalls
 * and moved hosts do not send; never enough beside a 200 or a 403.
 */
export const apiAnswer: Marker = ({ json, headers }) =>
  (typeof json === 'object' && json !== null) || headers['www-authenticate'] !== undefined;
