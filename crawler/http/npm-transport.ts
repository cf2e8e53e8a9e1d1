/**
 * npm's registry through npm's own client, which knows its credentials, certificates and manners.
 *
 * npm-registry-fetch is told not to retry, and follows redirects by itself; so each call gets an agent that lets its first
 * request pass and stops a second one. Where that would have gone is handed back as the redirect it is, and passes gate and
 * guard like any other.
 */
import { Agent as HttpAgent, type AgentOptions, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import registryFetch from 'npm-registry-fetch';
import type { NpmOptions } from '../npm-config.ts';
import { NotAllowed, Unavailable } from '../errors.ts';
import { isLoopback } from './addresses.ts';
import type { AgentPair } from './agents.ts';
import { asCrawlError, plainHeaders, type Incoming, type Transport } from './transport.ts';

/** Bytes of an error page that are read; npm's client would take any amount into memory. */
const MAX_ERROR_BYTES = 64 * 1024;

export function sendWithNpm(options: NpmOptions | null): Transport {
  const ownAgents = agentsOf(options);
  return async (outgoing) => {
    const { url, timeouts } = outgoing;
    const controller = new AbortController();
    const signal = AbortSignal.any([outgoing.signal, controller.signal]);
    const isSecure = url.protocol === 'https:';
    // This machine itself is never asked through a proxy.
    const pair = ownAgents === null || isLoopback(url) ? outgoing.agents : ownAgents;
    const probe = new Probe();
    const limitMs = timeouts.lookupMs + timeouts.connectMs + timeouts.secureConnectMs + timeouts.sendMs + timeouts.responseMs;
    const late = setTimeout(() => controller.abort(new Unavailable('no answer in time', { url: url.href })), limitMs);
    try {
      const response = await registryFetch(url.href, {
        ...options?.fetch,
        method: outgoing.method,
        headers: { ...outgoing.headers },
        ...(outgoing.body === undefined ? {} : { body: Buffer.from(outgoing.body) }),
        userAgent: outgoing.headers['user-agent'] ?? '',
        fetchRetries: 0,
        timeout: limitMs,
        agent: probe.watch(isSecure ? pair.https : pair.http),
        signal,
      });
      return {
        status: response.status,
        headers: plainHeaders(response.headers.raw()),
        body: response.body as unknown as AsyncIterable<Uint8Array>,
        connectMs: probe.connectMs,
        destroy: () => controller.abort(),
      };
    } catch (error) {
      if (outgoing.signal.aborted) throw outgoing.signal.reason;
      if (error instanceof RedirectStopped || probe.redirect !== null) return redirect(probe, controller);
      const answer = httpError(error);
      if (answer !== null) return { ...answer, connectMs: probe.connectMs, destroy: () => controller.abort() };
      throw controller.signal.aborted ? controller.signal.reason : asCrawlError(error, url);
    } finally {
      clearTimeout(late);
    }
  };
}

/** Agents for the proxies and local address of npm's own configuration; null where it names none. */
function agentsOf(options: NpmOptions | null): AgentPair | null {
  const { proxy, httpsProxy, noProxy, localAddress } = options?.fetch ?? {};
  const proxyUrl = text(httpsProxy) ?? text(proxy);
  const address = text(localAddress);
  if (proxyUrl === undefined && address === undefined) return null;
  if (proxyUrl !== undefined && !/^https?:\/\//i.test(proxyUrl)) {
    throw new NotAllowed("npm's configuration names a proxy that is not http or https; only those are supported");
  }
  const settings: AgentOptions = {
    keepAlive: true,
    maxFreeSockets: 16,
    ...(address === undefined ? {} : { localAddress: address }),
    ...(proxyUrl === undefined
      ? {}
      : {
          proxyEnv: {
            HTTP_PROXY: proxyUrl,
            HTTPS_PROXY: proxyUrl,
            NO_PROXY: Array.isArray(noProxy) ? noProxy.join(',') : (text(noProxy) ?? ''),
          },
        }),
  };
  return { http: new HttpAgent(settings), https: new HttpsAgent(settings) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The method by which Node's requests reach their agent. */
interface QueueingAgent {
  addRequest(request: ClientRequest, ...rest: readonly unknown[]): void;
}

class RedirectStopped extends Error {}

/** Stands before the agent of one call: lets one request pass, notes how the connection opened, and stops the next. */
class Probe {
  connectMs: number | undefined;
  redirect: string | null = null;
  status = 302;
  #requests = 0;

  watch(agent: HttpAgent): HttpAgent {
    const addRequest = (
      request: ClientRequest,
      options: { readonly port?: number | string },
      ...rest: readonly unknown[]
    ): void => {
      if (this.#requests++ > 0) {
        const host = request.host.includes(':') ? `[${request.host}]` : request.host;
        this.redirect = `${request.protocol}//${host}:${options.port ?? ''}${request.path}`;
        throw new RedirectStopped('a redirect is not followed here');
      }
      this.#observe(request);
      (agent as unknown as QueueingAgent).addRequest(request, options, ...rest);
    };
    return Object.create(agent, { addRequest: { value: addRequest } }) as HttpAgent;
  }

  #observe(request: ClientRequest): void {
    request.once('socket', (socket) => {
      if (!socket.connecting) return;
      const before = performance.now();
      socket.once('connect', () => {
        this.connectMs = performance.now() - before;
      });
    });
    request.prependOnceListener('response', (response: IncomingMessage) => {
      this.status = response.statusCode ?? 0;
      if (this.status < 400) return;
      let bytes = 0;
      response.on('data', (piece: Uint8Array) => {
        bytes += piece.byteLength;
        if (bytes > MAX_ERROR_BYTES) response.destroy();
      });
    });
  }
}

function redirect(probe: Probe, controller: AbortController): Incoming {
  controller.abort();
  return {
    status: [301, 302, 303, 307, 308].includes(probe.status) ? probe.status : 302,
    headers: { location: probe.redirect ?? '' },
    body: nothing(),
    connectMs: probe.connectMs,
    destroy: () => undefined,
  };
}

/** npm's client throws statuses from 400 on; here they are answers like any other. */
function httpError(error: unknown): Pick<Incoming, 'status' | 'headers' | 'body'> | null {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return null;
  const raw = 'headers' in error && typeof error.headers === 'object' && error.headers !== null ? error.headers : {};
  const body = 'body' in error ? error.body : null;
  return {
    status: error.statusCode,
    headers: plainHeaders(raw as Record<string, readonly string[]>),
    body: pieceOf(Buffer.isBuffer(body) ? body : Buffer.from(body === null || body === undefined ? '' : JSON.stringify(body))),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* pieceOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
