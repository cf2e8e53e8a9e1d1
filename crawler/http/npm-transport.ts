/**
 * npm's registry through npm's own client, which knows its credentials, certificates and manners.
 *
 * npm-registry-fetch is told not to retry. It follows redirects by itself and cannot be told not to, so each call gets an
 * agent that lets its first request pass and stops a second one: the redirect is then handed back as the answer it is, and
 * passes gate and guard like any other. The agent also sees the request itself, which carries the time limits.
 */
import { Agent as HttpAgent, type AgentOptions, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import registryFetch from 'npm-registry-fetch';
import { NotAllowed, Unavailable } from '../errors.ts';
import type { NpmOptions } from '../npm-config.ts';
import { isLoopback } from './addresses.ts';
import type { AgentPair } from './agents.ts';
import {
  asCrawlError,
  plainHeaders,
  REDIRECTS,
  type Incoming,
  type Outgoing,
  type PhaseTimeouts,
  type Transport,
} from './transport.ts';

/** Bytes of an error page on the wire, above which the connection is dropped: npm's client reads it whole. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Sends with npm-registry-fetch. `options`: the user's npm configuration; null for npm's defaults. */
export function sendWithNpm(options: NpmOptions | null): Transport {
  const ownAgents = agentsOf(options);
  return (outgoing) => {
    // This machine itself is never asked through a proxy.
    const pair = ownAgents === null || isLoopback(outgoing.url) ? outgoing.agents : ownAgents;
    return send(outgoing, outgoing.url.protocol === 'https:' ? pair.https : pair.http, options);
  };
}

async function send(outgoing: Outgoing, agent: HttpAgent, options: NpmOptions | null): Promise<Incoming> {
  const { url, signal } = outgoing;
  signal.throwIfAborted();
  const controller = new AbortController();
  const forward = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  const only = new OnlyRequest(agent, outgoing.timeouts, url.href);
  try {
    const response = await registryFetch(url.href, {
      ...options?.fetch,
      method: outgoing.method,
      headers: { ...outgoing.headers },
      ...(outgoing.body === undefined ? {} : { body: Buffer.from(outgoing.body) }),
      userAgent: outgoing.headers['user-agent'] ?? '',
      fetchRetries: 0,
      agent: only.agent,
      signal: controller.signal,
    });
    return {
      status: response.status,
      headers: plainHeaders(response.headers.raw()),
      body: bytesOf(response.body ?? [], () => signal.removeEventListener('abort', forward)),
      isOpen: only.isOpen,
      destroy() {
        signal.removeEventListener('abort', forward);
        controller.abort();
      },
    };
  } catch (error) {
    signal.removeEventListener('abort', forward);
    controller.abort();
    if (signal.aborted) throw signal.reason;
    if (only.redirect !== null) return answerOf(only.redirect.status, only.redirect.headers, null, only);
    if (isHttpError(error)) return answerOf(error.statusCode, plainHeaders(error.headers), error.body, only);
    throw only.failure ?? asCrawlError(error, url);
  }
}

/** Stands before the agent for one call: lets one request pass within the time limits, and stops the next. */
class OnlyRequest {
  readonly agent: HttpAgent;
  /** True where the connection was open before. */
  isOpen = false;
  /** The answer, where it is a redirect. */
  redirect: { readonly status: number; readonly headers: Record<string, string> } | null = null;
  failure: Unavailable | null = null;
  readonly #timeouts: PhaseTimeouts;
  readonly #url: string;
  #hasPassed = false;

  constructor(agent: HttpAgent, timeouts: PhaseTimeouts, url: string) {
    this.#timeouts = timeouts;
    this.#url = url;
    const addRequest = (request: ClientRequest, ...rest: readonly unknown[]): void => {
      if (this.#hasPassed) throw new Error('a second request is not sent here');
      this.#hasPassed = true;
      this.#watch(request);
      (agent as unknown as RequestQueue).addRequest(request, ...rest);
    };
    // Everything but the entry of requests is the agent's own: its sockets, its settings.
    this.agent = Object.create(agent, { addRequest: { value: addRequest } }) as HttpAgent;
  }

  #watch(request: ClientRequest): void {
    const { lookupMs, connectMs, secureConnectMs, sendMs, responseMs } = this.#timeouts;
    let timer = this.#limit(request, 'no connection', lookupMs + connectMs + secureConnectMs);
    const answerWithin = (): void => {
      clearTimeout(timer);
      timer = this.#limit(request, 'no answer', sendMs + responseMs);
    };
    request.once('socket', (socket) => {
      if (!socket.connecting) {
        this.isOpen = request.reusedSocket;
        answerWithin();
        return;
      }
      socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', answerWithin);
    });
    request.once('close', () => clearTimeout(timer));
    request.prependOnceListener('response', (response: IncomingMessage) => {
      clearTimeout(timer);
      const status = response.statusCode ?? 0;
      if (REDIRECTS.has(status)) this.redirect = { status, headers: plainHeaders(response.headers) };
      if (status >= 400) limitErrorPage(response);
    });
  }

  #limit(request: ClientRequest, what: string, ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.failure = new Unavailable(`${what} within ${ms / 1000} s`, { url: this.#url });
      request.destroy(this.failure);
    }, ms);
  }
}

/** The method by which Node's requests reach their agent. */
interface RequestQueue {
  addRequest(request: ClientRequest, ...rest: readonly unknown[]): void;
}

function limitErrorPage(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (piece: Uint8Array) => {
    bytes += piece.byteLength;
    if (bytes > MAX_ERROR_BYTES) response.destroy();
  });
}

/** Agents for the proxies and the local address of npm's own configuration; null where it names none. */
function agentsOf(options: NpmOptions | null): AgentPair | null {
  const { proxy, httpsProxy, noProxy, localAddress } = options?.fetch ?? {};
  const proxyUrl = textOf(httpsProxy) ?? textOf(proxy);
  const address = textOf(localAddress);
  if (proxyUrl === undefined && address === undefined) return null;
  if (proxyUrl !== undefined && !/^https?:\/\//i.test(proxyUrl)) {
    throw new NotAllowed("npm's configuration names a proxy that is neither http nor https; configure one of those");
  }
  const direct = Array.isArray(noProxy) ? noProxy.join(',') : textOf(noProxy);
  const settings: AgentOptions = {
    keepAlive: true,
    maxFreeSockets: 16,
    ...(address === undefined ? {} : { localAddress: address }),
    ...(proxyUrl === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl, NO_PROXY: direct } }),
  };
  return { http: new HttpAgent(settings), https: new HttpsAgent(settings) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** npm's client throws statuses from 400 on; here they are answers like any other. */
interface HttpError {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Parsed where it was JSON, else bytes. */
  readonly body: unknown;
}

function isHttpError(error: unknown): error is HttpError {
  return (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    'headers' in error &&
    typeof error.headers === 'object' &&
    error.headers !== null
  );
}

function answerOf(status: number, headers: Record<string, string>, body: unknown, only: OnlyRequest): Incoming {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body === null || body === undefined ? '' : JSON.stringify(body));
  return { status, headers, body: bytesOf([bytes], () => undefined), isOpen: only.isOpen, destroy: () => undefined };
}

async function* bytesOf(pieces: AsyncIterable<unknown> | Iterable<unknown>, done: () => void): AsyncGenerator<Uint8Array, void> {
  for await (const piece of pieces) if (piece instanceof Uint8Array) yield piece;
  done();
}
