/** Answers that several stand-ins give in the same words, and failures as the hosts in front of registries send them. */
import type { Answer } from './server.ts';

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function redirect(location: string, status: 301 | 302 | 308 = 301): Answer {
  return { status, headers: { location, 'content-type': 'text/html' }, body: '' };
}

/** Fastly, when the origin behind it does not answer. */
export const FASTLY_503: Answer = {
  status: 503,
  headers: { 'content-type': 'text/html; charset=utf-8', 'retry-after': '0' },
  body: '<!DOCTYPE html><html><head><title>503 Backend fetch failed</title></head><body><h1>Error 503 Backend fetch failed</h1></body></html>',
};

/** Cloudflare's page for too many requests; its Retry-After says nothing, or is missing. */
export function cloudflare1015(retryAfter: string | null = '0'): Answer {
  return {
    status: 429,
    headers: {
      'content-type': 'text/html; charset=UTF-8',
      'cf-ray': '8f00000000000000-TST',
      ...(retryAfter === null ? {} : { 'retry-after': retryAfter }),
    },
    body: '<!DOCTYPE html><html lang="en-US"><head><title>Access denied | Error 1015</title></head><body><h1>Error 1015</h1><p>You are being rate limited</p></body></html>',
  };
}

/** Cloudflare, when the origin does not answer: a status of its own and no body. */
export const CLOUDFLARE_522: Answer = { status: 522, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: '' };

/**
 * A file as a file host gives it out: whole, or one range of it. It never changes, so `If-Range` is always met; other conditions
 * are as if not there.
 */
export function file(bytes: Uint8Array, range: string | undefined, headers: Readonly<Record<string, string>> = {}): Answer {
  const common = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', ...headers };
  const asked = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  if (asked === null) return { status: 200, headers: common, body: bytes };
  const start = Number(asked[1]);
  const end = asked[2] === '' ? bytes.length - 1 : Math.min(Number(asked[2]), bytes.length - 1);
  if (start > end) return { status: 416, headers: { 'content-range': `bytes */${bytes.length}` }, body: '' };
  return {
    status: 206,
    headers: { ...common, 'content-range': `bytes ${start}-${end}/${bytes.length}` },
    body: bytes.subarray(start, end + 1),
  };
}
