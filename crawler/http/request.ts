/** A request with everything that belongs to it: gate, redirects, statuses, limits; and its answer read as it is wanted. */
import { isUtf8 } from 'node:buffer';
import { Malformed, Refused, Throttled, type CrawlError } from '../errors.ts';
import type { Gates } from '../gate.ts';
import type { Ask } from '../registry.ts';
import type { Agents } from './agents.ts';
import { collect, drain, limited, tooLarge, type BodyLimits } from './body.ts';
import { parse, type Origins } from './origins.ts';
import { errorOf } from './status.ts';
import { REDIRECTS, type Incoming, type PhaseTimeouts, type Transport } from './transport.ts';

export interface RequestContext {
  readonly gates: Gates;
  readonly agents: Agents;
  readonly origins: Origins;
  readonly userAgent: string;
  /** The client for a role's URLs. */
  readonly transportOf: (role: string | null) => Transport;
  /** Throws where a page made for people may not be asked for. */
  readonly checkPage: (context: RequestContext, url: URL) => Promise<void>;
  readonly timeouts: PhaseTimeouts;
  readonly body: Omit<BodyLimits, 'maxBytes'>;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface Wanted extends Ask {
  readonly accept: string;
  readonly maxBytes: number;
  /** False hands the bytes on as they came. */
  readonly decompress: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** After redirects, without credentials. */
  readonly url: string;
  /** Within limits; reading it may throw. */
  readonly pieces: AsyncGenerator<Uint8Array, void, undefined>;
}

const MAX_REDIRECTS = 3;
/** How much of an error's page is read, and how long that may take. */
const DRAIN_BYTES = 64 * 1024;
const DRAIN_MS = 2000;
/** Speed that is asked of a host which a package names: it must not be able to keep a connection for hours. */
const STRANGER_BODY = { minBytesPerSecond: 500_000, graceMs: 30_000 };
/** The only request headers that follow a redirect to another origin: nothing that could be a credential. */
const PORTABLE = /^(accept|accept-encoding|user-agent|range|if-range|if-none-match|if-modified-since|cache-control)$/;

/** Sends with retries and redirects; `read` turns the answer into a value and is repeated with it. */
export async function request<T>(
  context: RequestContext,
  text: string,
  wanted: Wanted,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  const url = parse(text);
  return context.gates.retrying(url.host, context.signal, () => follow(context, url, wanted, read));
}

/**
 * One try, over its redirects. `read` runs while the connection's place is taken; a body that outlives `read` keeps the
 * place until it ends.
 */
export async function follow<T>(
  context: RequestContext,
  start: URL,
  wanted: Wanted,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  let from: URL | null = null;
  let url = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const outcome: Outcome<T> = await hopTo(context, { url, from, isElsewhere: url.origin !== start.origin }, wanted, read);
    if ('value' in outcome) return outcome.value;
    from = url;
    url = outcome.redirect;
  }
  throw new Refused(`more than ${MAX_REDIRECTS} redirects`, { url: start.href });
}

interface Hop {
  readonly url: URL;
  /** The URL that redirected here; null for the first hop. */
  readonly from: URL | null;
  /** True at another origin than the one that was asked for: nothing that could be a credential goes there. */
  readonly isElsewhere: boolean;
}

type Outcome<T> = { readonly value: T } | { readonly redirect: URL };

async function hopTo<T>(
  context: RequestContext,
  { url, from, isElsewhere }: Hop,
  wanted: Wanted,
  read: (answer: Answer) => Promise<T>,
): Promise<Outcome<T>> {
  const { origins, gates, signal } = context;
  const place = origins.place(url);
  const trust = origins.trust(place.url, from);
  if (wanted.page === true) await context.checkPage(context, url);
  const lane = gates.lane(place.lane, place.url.host, place.limits);
  const isStranger = trust === 'public';
  const bodyLimits = { ...context.body, ...(isStranger ? STRANGER_BODY : {}), maxBytes: wanted.maxBytes };
  const passing = lane.pass(signal, async (turn) => {
    const incoming = await context.transportOf(isElsewhere ? null : place.role)({
      url: place.url,
      method: wanted.method ?? 'GET',
      headers: headersOf(context, wanted, isElsewhere),
      body: wanted.body,
      decompress: wanted.decompress,
      agents: context.agents.of(trust),
      timeouts: context.timeouts,
      signal,
    });
    // On this machine nothing travels: an answer's time there is the machine's own slowness.
    turn.arrived(trust !== 'loopback' && incoming.isOpen);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    turn.hold(ended);
    const pieces = limited(incoming.body, url.href, bodyLimits, signal, (isComplete) => {
      if (!isComplete) incoming.destroy();
      end();
    });
    try {
      if (!isWanted(incoming, wanted)) {
        const start = await drain(pieces, DRAIN_BYTES, DRAIN_MS);
        const redirect = redirectOf(incoming, url);
        if (redirect !== null && wanted.method === 'POST') {
          throw new Refused(`a POST is not sent on to where it was redirected (${incoming.status})`, {
            url: url.href,
            status: incoming.status,
          });
        }
        if (redirect !== null) return { redirect };
        throw errorOf(incoming, withoutCredentials(url), start.toString('latin1'), context.now());
      }
      checkLength(incoming, url, wanted);
      // Over with its headers: whoever asked may see no reason to read on, and would keep the connection.
      if (incoming.status === 304) await drain(pieces, DRAIN_BYTES, DRAIN_MS);
      return { value: await read({ status: incoming.status, headers: incoming.headers, url: withoutCredentials(url), pieces }) };
    } catch (error) {
      void pieces.return().catch(() => undefined);
      throw error;
    }
  });
  if (!isStranger) return passing;
  return passing.catch((error: unknown) => {
    if (!(error instanceof Throttled)) throw error;
    throw new Refused(`${url.host}, which is none of the registry's hosts, asks to wait; it is not waited for`, {
      url: url.href,
    });
  });
}

function headersOf(context: RequestContext, wanted: Wanted, isElsewhere: boolean): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(wanted.headers ?? {})) headers[name.toLowerCase()] = value;
  headers['accept'] = wanted.accept;
  headers['user-agent'] = context.userAgent;
  headers['accept-encoding'] = wanted.decompress ? 'gzip' : 'identity';
  if (wanted.etag !== undefined) headers['if-none-match'] = wanted.etag;
  if (wanted.range !== undefined) headers['range'] = `bytes=${wanted.range.start}-${wanted.range.end ?? ''}`;
  if (!isElsewhere) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => PORTABLE.test(name)));
}

function redirectOf(incoming: Incoming, url: URL): URL | null {
  if (!REDIRECTS.has(incoming.status)) return null;
  const bytes = Buffer.from(incoming.headers['location'] ?? '', 'latin1');
  // Names outside of ASCII come as they are from some servers, and Node reads each of their bytes as a character.
  const location = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  if (location === '' || !URL.canParse(location, url.href)) {
    throw new Malformed(`redirected (${incoming.status}) without a usable Location`, { url: url.href });
  }
  const target = parse(new URL(location, url).href);
  // What a redirect brings along of its own is no credential of ours.
  target.username = '';
  target.password = '';
  target.hash = '';
  return target;
}

/** True where the answer is one that was asked for. */
function isWanted({ status }: Incoming, wanted: Wanted): boolean {
  if (status === 200) return true;
  if (status === 206) return wanted.range !== undefined;
  if (status !== 304) return false;
  return (
    wanted.etag !== undefined || Object.keys(wanted.headers ?? {}).some((name) => /^if-(none-match|modified-since)$/i.test(name))
  );
}

function checkLength(incoming: Incoming, url: URL, wanted: Wanted): void {
  const announced = Number(incoming.headers['content-length'] ?? Number.NaN);
  if (wanted.method !== 'HEAD' && announced > wanted.maxBytes)
    throw tooLarge(withoutCredentials(url), wanted.maxBytes, announced);
}

/** The body as text: UTF-8, a byte order mark dropped. */
export async function readText(answer: Answer): Promise<string> {
  return new TextDecoder().decode(await collect(answer.pieces));
}

/** The body parsed; Malformed says what came instead, without a word of it. */
export async function readJson(answer: Answer, method: string): Promise<unknown> {
  const text = await readText(answer);
  if (answer.status === 304 || method === 'HEAD') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformedJson(answer, text);
  }
}

function malformedJson(answer: Answer, text: string): CrawlError {
  const type = answer.headers['content-type'];
  const what =
    text.trim() === ''
      ? 'an empty answer'
      : /^\s*<(!doctype html|html|\?xml|head|body)/i.test(text)
        ? 'a page of HTML or XML'
        : `${text.length} characters that are not`;
  return new Malformed(
    `expected JSON, got ${what}${type === undefined ? '' : ` (${type.slice(0, 80)})`}; where this is a mirror, check that it speaks the registry's protocol`,
    { url: answer.url, status: answer.status },
  );
}

export function withoutCredentials(url: URL): string {
  if (url.username === '' && url.password === '') return url.href;
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  return clean.href;
}
