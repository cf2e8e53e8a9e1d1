import { isIP } from 'node:net';
import type { Send } from '../../validate/contract.ts';

/** An error as the guarded way out gives it: a slug, and nothing of the request. */
class SendError extends Error {
  override readonly name = 'SendError';
  readonly reason: string;
  constructor(reason: string) {
    super(`the request was not answered: ${reason}`);
    this.reason = reason;
  }
}

/**
 * The way out of a test: real HTTP, to loopback and nowhere else. A test that means to reach a stand-in and has a wrong
 * address fails here instead of asking a real service.
 */
export function loopbackSend(timeoutMs = 1000): Send {
  return async (request, { hosts, maxBytes }) => {
    const url = new URL(request.url);
    if (isIP(url.hostname) === 0 || !url.hostname.startsWith('127.') || !hosts.includes(url.hostname))
      throw new SendError('host-not-listed');
    try {
      const response = await fetch(url, {
        method: request.method,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        ...(request.headers === undefined ? {} : { headers: request.headers }),
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      const body = await response.text();
      if (Buffer.byteLength(body) > maxBytes) throw new SendError('body-too-long');
      return { status: response.status, headers: Object.fromEntries(response.headers), body };
    } catch (error) {
      if (error instanceof SendError) throw error;
      const isTimeout = error instanceof Error && error.name === 'TimeoutError';
      // The cause is left out: it may repeat the URL.
      throw new SendError(isTimeout ? 'timeout' : 'connection');
    }
  };
}
