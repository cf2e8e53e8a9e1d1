/**
 * The second door out: one question to one service, when neither the host nor the answer can be trusted.
 *
 * Host names may come out of a stranger's package, and the request carries a stranger's token. So: https on port 443 to a
 * host that the caller lists, at a public address (checked on the very answer of the resolver that the connection uses);
 * no redirect, retry, cookie, cache or proxy; little time and a small body. Errors name the host and a reason, never a
 * URL, a header or a body: a URL may hold the token.
 */
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import got, { type Response } from 'got';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';

export interface GuardedRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface GuardedLimits {
  /** Host names that this request may go to, exactly as in the URL (lower case, no port). */
  readonly hosts: readonly string[];
  /** Bytes of body, decompressed; 1 MB where nothing is said. */
  readonly maxBytes?: number;
}

export interface GuardedAnswer {
  /** Any status, redirects included: they are answers, not followed. */
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type GuardedSend = (request: GuardedRequest, limits: GuardedLimits) => Promise<GuardedAnswer>;

export interface GuardedSendOptions {
  /** Sent with every request; names the project and, where there is one, the contact. */
  readonly userAgent: string;
  /** Without a contact nothing leaves loopback. */
  readonly contact: string | undefined;
  /**
   * Hosts that the operator configured in place of a service's own (`https://gitlab.example.org`,
   * `http://127.0.0.1:8080/slack/{host}`). Their origins are the operator's word: any port, any address. Plain http only
   * on loopback, since it carries tokens.
   */
  readonly configured?: readonly string[];
  readonly timeouts?: { readonly connectMs?: number; readonly totalMs?: number };
  /** How names become addresses; the system's way by default. */
  readonly lookup?: Lookup;
}

export type Lookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void;

export type RefusalReason =
  | 'invalid-url'
  | 'not-https'
  | 'port'
  | 'credentials-in-url'
  | 'host-not-listed'
  | 'header-not-allowed'
  | 'address-not-public'
  | 'no-contact';

/** The request was not sent, and will not be when tried again. */
export class SendRefused extends Error {
  override readonly name = 'SendRefused';
  readonly reason: RefusalReason;
  readonly host: string | null;
  constructor(reason: RefusalReason, host: string | null, message: string) {
    super(message);
    this.reason = reason;
    this.host = host;
  }
}

export type FailureReason = 'timeout' | 'dns' | 'tls' | 'connection' | 'truncated' | 'body-too-long';

/** The request may have been sent, but there is no whole answer. */
export class SendFailed extends Error {
  override readonly name = 'SendFailed';
  readonly reason: FailureReason;
  readonly host: string;
  constructor(reason: FailureReason, host: string, message: string) {
    super(message);
    this.reason = reason;
    this.host = host;
  }
}

const DEFAULT_MAX_BYTES = 1_000_000;
const DEFAULT_TIMEOUTS = { connectMs: 5000, totalMs: 5000 };

/** Headers that belong to the door: a service that sets one could change where the request goes or where it ends. */
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'proxy-authorization',
  'user-agent',
]);

/** Public by its number, but at it Azure's virtual machines reach their own host. */
const HOST_OF_AZURE_VMS = '168.63.129.16';

/** The only block of IPv6 from which public addresses are given out (RFC 3513, section 2.5.4; IANA's registry). */
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet('2000::', 3, 'ipv6');

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Makes the door. Throws where a configured host is no URL, or is plain http elsewhere than on loopback. */
export function createGuardedSend(options: GuardedSendOptions): GuardedSend {
  const configured = new Set((options.configured ?? []).map(originOf));
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const lookup = options.lookup ?? defaultLookup;
  const toPublic = { https: new RequestFilteringHttpsAgent({ keepAlive: false }) };
  const open = { allowPrivateIPAddress: true, allowMetaIPAddress: true, keepAlive: false };
  const toConfigured = { http: new RequestFilteringHttpAgent(open), https: new RequestFilteringHttpsAgent(open) };

  return async function send(request, limits) {
    const url = parse(request.url);
    const host = withoutBrackets(url.hostname);
    const trusted = configured.has(url.origin);
    check(url, host, trusted, limits);
    for (const name of Object.keys(request.headers ?? {})) {
      if (OWN_HEADERS.has(name.toLowerCase()))
        throw new SendRefused('header-not-allowed', host, `the header ${name} is set by the program itself, not by a service`);
    }
    if (options.contact === undefined && !(trusted && isLoopback(host))) {
      throw new SendRefused(
        'no-contact',
        host,
        `nothing was sent to ${host}: without a contact nothing leaves this machine; set contact to a mail address or a URL`,
      );
    }
    const only = url.protocol === 'http:' ? isLoopbackAddress : trusted ? () => true : isPublic;
    if (isIP(host) !== 0 && !only(host)) throw notPublic(host);
    return exchange(url, request, limits.maxBytes ?? DEFAULT_MAX_BYTES, {
      agent: trusted ? toConfigured : toPublic,
      dnsLookup: filtered(lookup, only),
      timeouts,
      userAgent: options.userAgent,
    });
  };
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    // The error of `new URL` holds its input.
    throw new SendRefused('invalid-url', null, 'the request has no valid URL');
  }
}

function check(url: URL, host: string, trusted: boolean, limits: GuardedLimits): void {
  if (url.username !== '' || url.password !== '')
    throw new SendRefused(
      'credentials-in-url',
      host,
      `the URL for ${host} holds a user name or a password: send them as a header`,
    );
  if (!limits.hosts.includes(url.hostname) && !limits.hosts.includes(host))
    throw new SendRefused('host-not-listed', host, `${host} is not among the hosts of this check (${limits.hosts.join(', ')})`);
  if (trusted) return;
  if (url.protocol !== 'https:')
    throw new SendRefused('not-https', host, `a token is sent by https only, not by ${url.protocol.slice(0, -1)} (${host})`);
  if (url.port !== '') throw new SendRefused('port', host, `a token is sent to port 443 only, not to ${url.port} (${host})`);
}

interface Transport {
  readonly agent: { readonly http?: RequestFilteringHttpAgent; readonly https: RequestFilteringHttpsAgent };
  readonly dnsLookup: Lookup;
  readonly timeouts: typeof DEFAULT_TIMEOUTS;
  readonly userAgent: string;
}

async function exchange(url: URL, request: GuardedRequest, maxBytes: number, transport: Transport): Promise<GuardedAnswer> {
  const host = withoutBrackets(url.hostname);
  const { connectMs, totalMs } = transport.timeouts;
  const stream = got.stream(url, {
    method: request.method,
    headers: { ...request.headers, 'user-agent': transport.userAgent },
    // A POST without a body would wait for somebody to write one.
    ...(request.method === 'POST' ? { body: request.body ?? '' } : {}),
    agent: transport.agent,
    dnsLookup: transport.dnsLookup,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    http2: false,
    https: { rejectUnauthorized: true },
    // The whole has its limit below, which knows of a process that stood still.
    timeout: { lookup: connectMs, connect: connectMs, secureConnect: connectMs },
  });
  const endLimit = afterAwake(totalMs, () => stream.destroy(new SendFailed('timeout', host, timeoutMessage(host, totalMs))));
  let answered: Response | undefined;
  stream.on('response', (response: Response) => {
    answered = response;
  });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      bytes += piece.byteLength;
      if (bytes > maxBytes) throw new SendFailed('body-too-long', host, `the answer of ${host} is longer than ${maxBytes} bytes`);
      pieces.push(piece);
    }
  } catch (error) {
    throw translate(error, host, totalMs, answered !== undefined);
  } finally {
    endLimit();
    stream.destroy();
  }
  if (answered === undefined) throw new SendFailed('connection', host, `${host} closed the connection without an answer`);
  return { status: answered.statusCode, headers: flatten(answered.headers), body: Buffer.concat(pieces).toString('utf8') };
}

/** A timer that comes so late was not late by itself: the process stood still. */
const STOOD_STILL_MS = 1000;
/** … and then has so long to read what came meanwhile. */
const AWAKE_MS = 1000;

/**
 * Calls `act` after `ms` in which this process was awake. A process that was stopped finds its timers due and its answers unread, in this
 * order: an answer that came in time would be thrown away, and a token would stay undecided that was asked about. Returns what stops it.
 */
function afterAwake(ms: number, act: () => void): () => void {
  let due = performance.now() + ms;
  let timer = setTimeout(look, ms);
  function look(): void {
    if (performance.now() - due < STOOD_STILL_MS) {
      act();
      return;
    }
    due = performance.now() + AWAKE_MS;
    timer = setTimeout(look, AWAKE_MS);
  }
  return () => clearTimeout(timer);
}

/** A short error in place of got's, which carries the URL, the headers and the body in its `options`: no cause is kept. */
function translate(error: unknown, host: string, totalMs: number, answering: boolean): SendRefused | SendFailed {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof SendRefused || at instanceof SendFailed) return at;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : '';
  // The agent's refusal is known by its words alone.
  if (/is not allowed\. Because/.test(message)) return notPublic(host);
  if (code === 'ETIMEDOUT' || code === 'ERR_GOT_TIMEOUT') return new SendFailed('timeout', host, timeoutMessage(host, totalMs));
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/.test(code))
    return new SendFailed('dns', host, `the name ${host} has no address (${code})`);
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO)/.test(code))
    return new SendFailed('tls', host, `no secure connection to ${host} (${code})`);
  if (answering) return new SendFailed('truncated', host, `the answer of ${host} broke off`);
  return new SendFailed('connection', host, `no connection to ${host}${/^[A-Z0-9_]+$/.test(code) ? ` (${code})` : ''}`);
}

function timeoutMessage(host: string, totalMs: number): string {
  return `${host} did not answer within ${totalMs / 1000} s`;
}

function notPublic(host: string): SendRefused {
  return new SendRefused('address-not-public', host, `${host} is not at a public address: nothing was sent`);
}

/** Checks the resolver's answer that the connection will use; one address that may not be asked refuses them all. */
function filtered(lookup: Lookup, allows: (address: string) => boolean): Lookup {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      if (error !== null) {
        callback(error, address, family);
        return;
      }
      const addresses = typeof address === 'string' ? [address] : address.map((one) => one.address);
      if (addresses.every(allows)) callback(null, address, family);
      else callback(notPublic(hostname), address, family);
    });
  };
}

function defaultLookup(...[hostname, options, callback]: Parameters<Lookup>): void {
  systemLookup(hostname, options, callback);
}

/** On top of the kinds of private address that the agent refuses. */
function isPublic(address: string): boolean {
  return isIP(address) === 6 ? GLOBAL_IPV6.check(address, 'ipv6') : address !== HOST_OF_AZURE_VMS;
}

function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && isLoopbackAddress(host));
}

function originOf(template: string): string {
  let url: URL;
  try {
    url = new URL(template);
  } catch {
    throw new Error(`a service's host must be an http or https URL such as https://gitlab.example.org, not "${template}"`);
  }
  if (decodeURIComponent(url.host).includes('{'))
    throw new Error(`a service's host may have {host} in its path only, not in its name: "${template}"`);
  if (url.protocol === 'https:') return url.origin;
  if (url.protocol === 'http:' && isLoopback(withoutBrackets(url.hostname))) return url.origin;
  throw new Error(`a service's host must be an https URL, or http on loopback, since tokens are sent to it; not "${template}"`);
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
