/**
 * A loopback server for stand-ins: real sockets, real HTTP, and a ledger of every request.
 *
 * A handler answers what its registry would answer and returns null for a request it does not know. An unknown request is
 * answered 501 and kept in `unknown`; whoever runs the stand-in (a test, the demo) fails when that list is not empty.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface StandInRequest {
  readonly method: string;
  /** Path as it came, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type Handler = (request: StandInRequest) => Answer | null | Promise<Answer | null>;

/** What goes wrong on the wire instead of, or with, the true answer. */
export type Fault =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Drops the connection without an answer. */
  | { readonly kind: 'reset' }
  /** Announces the whole length, sends the first `bytes` of the true body and drops the connection. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** Sends the true body with one bit turned. */
  | { readonly kind: 'flip'; readonly at: number }
  /** Sends the headers and the first byte, then nothing until the client gives up. */
  | { readonly kind: 'stall' }
  /** Sends the true body `bytes` at a time with a pause between. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number };

/** Chooses a fault for a request, or none. Called once per request, in order of arrival. */
export type FaultPlan = (request: StandInRequest, index: number) => Fault | null;

export interface LedgerRow {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly userAgent: string;
  readonly status: number;
}

export interface StandInServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly ledger: readonly LedgerRow[];
  /** Requests that no handler knew, as `METHOD path?query`. */
  readonly unknown: readonly string[];
  /** Replaces the fault plan. */
  faults(plan: FaultPlan | null): void;
  close(): Promise<void>;
}

/** Starts a server on a free loopback port. `handler` gets the server's own origin, for answers that name it. */
export async function startServer(
  handlerFor: (origin: string) => Handler,
  plan: FaultPlan | null = null,
): Promise<StandInServer> {
  const ledger: LedgerRow[] = [];
  const unknown: string[] = [];
  let faultPlan = plan;
  let count = 0;
  let handler: Handler = () => null;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const at = Date.now();
    const fault = faultPlan?.(request, count++) ?? null;
    const known = fault?.kind === 'answer' ? fault.answer : await handler(request);
    if (known === null)
      unknown.push(`${request.method} ${request.path}${request.query.size > 0 ? `?${request.query.toString()}` : ''}`);
    const answer = known ?? { status: 501, body: 'the stand-in does not know this request\n' };
    ledger.push({
      at,
      method: request.method,
      path: request.path,
      query: request.query.toString(),
      userAgent: request.headers['user-agent'] ?? '',
      status: answer.status,
    });
    await send(request, response, answer, fault);
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      unknown.push(`${incoming.method} ${incoming.url} failed: ${String(error)}`);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  handler = handlerFor(origin);

  return {
    origin,
    ledger,
    unknown,
    faults(next) {
      faultPlan = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<StandInRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?', 2);
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(pieces).toString('utf8'),
  };
}

async function send(request: StandInRequest, response: ServerResponse, answer: Answer, fault: Fault | null): Promise<void> {
  if (fault?.kind === 'reset') {
    response.destroy();
    return;
  }
  const headers: Record<string, string> = { ...answer.headers };
  let body = Buffer.from(answer.body ?? '');
  if (fault?.kind === 'flip' && body.length > 0) {
    body = Buffer.from(body);
    const at = fault.at % body.length;
    body[at] = (body[at] ?? 0) ^ 0x10;
  }
  const compressible =
    headers['content-encoding'] === undefined && answer.status === 200 && isText(headers['content-type'] ?? '');
  if (compressible && body.length > 256 && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
    body = gzipSync(body);
    headers['content-encoding'] = 'gzip';
    headers['vary'] ??= 'Accept-Encoding';
  }
  if (answer.status !== 304 && answer.status !== 204) headers['content-length'] ??= String(body.length);
  response.writeHead(answer.status, headers);
  if (request.method === 'HEAD' || answer.status === 304 || answer.status === 204) {
    response.end();
    return;
  }
  if (fault?.kind === 'cut') {
    response.write(body.subarray(0, Math.min(fault.bytes, Math.max(0, body.length - 1))), () => response.destroy());
    return;
  }
  if (fault?.kind === 'stall') {
    response.write(body.subarray(0, 1));
    return;
  }
  if (fault?.kind === 'drip') {
    for (let at = 0; at < body.length && !response.destroyed; at += fault.bytes) {
      response.write(body.subarray(at, at + fault.bytes));
      await new Promise((resolve) => setTimeout(resolve, fault.everyMs));
    }
  } else {
    response.write(body);
  }
  response.end();
}

function isText(contentType: string): boolean {
  return /json|text|html|xml|javascript/.test(contentType);
}
