/** One request, one answer: no retry, no redirect, no limit of its own but the time until the answer begins. */
import { once } from 'node:events';
import got from 'got';
import { RequestError } from 'got';
import type { AgentPair } from './agents.ts';
import { reasonOf } from './body.ts';
import { CrawlError, Refused, Unavailable } from '../errors.ts';

/** Statuses that name another place to ask. */
export const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface Outgoing {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** False hands the bytes on as they came, for ranges and artifacts. */
  readonly decompress: boolean;
  readonly agents: AgentPair;
  readonly timeouts: PhaseTimeouts;
  readonly signal: AbortSignal;
}

/** Milliseconds for each phase until the answer begins. */
export interface PhaseTimeouts {
  readonly lookupMs: number;
  readonly connectMs: number;
  readonly secureConnectMs: number;
  readonly sendMs: number;
  readonly responseMs: number;
}

export interface Incoming {
  readonly status: number;
  /** Lower-case names; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** True where the connection was open before this request. */
  readonly isOpen: boolean;
  /** Drops the connection, for a body that is not read to its end. */
  destroy(): void;
}

export type Transport = (outgoing: Outgoing) => Promise<Incoming>;

/** Sends with got. */
export const sendWithGot: Transport = async (outgoing) => {
  const { url, timeouts } = outgoing;
  const stream = got.stream(url, {
    method: outgoing.method,
    headers: { ...outgoing.headers },
    ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
    decompress: outgoing.decompress,
    agent: outgoing.agents,
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    http2: false,
    timeout: {
      lookup: timeouts.lookupMs,
      connect: timeouts.connectMs,
      secureConnect: timeouts.secureConnectMs,
      send: timeouts.sendMs,
      response: timeouts.responseMs,
    },
    signal: outgoing.signal,
  });
  // An error after the answer began reaches whoever reads the body; without a reader it must not end the process.
  stream.on('error', () => undefined);
  try {
    await once(stream, 'response');
  } catch (error) {
    stream.destroy();
    throw outgoing.signal.aborted ? outgoing.signal.reason : asCrawlError(error, url);
  }
  const { response } = stream;
  if (response === undefined) throw new Unavailable('the connection closed without an answer', { url: url.href });
  return {
    status: response.statusCode,
    headers: plainHeaders(response.headers),
    body: stream as AsyncIterable<Uint8Array>,
    isOpen: stream.reusedSocket ?? false,
    destroy: () => stream.destroy(),
  };
};

/** A failure below HTTP. The filtering agent's refusal is only to be told by its message. */
export function asCrawlError(error: unknown, url: URL): CrawlError {
  if (error instanceof CrawlError) return error;
  if (error instanceof Error && /is not allowed\. Because,? it is/i.test(error.message)) {
    return new Refused(`${url.host} is not a public address; only hosts that are configured may be elsewhere`, { url: url.href });
  }
  const reason = error instanceof RequestError ? error.code : reasonOf(error);
  // No cause: got's errors carry the request with its headers.
  return new Unavailable(`${url.host} could not be reached (${reason})`, { url: url.href });
}

export function plainHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return plain;
}
