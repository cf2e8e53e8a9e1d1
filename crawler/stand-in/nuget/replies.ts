/** Answers and failures in nuget.org's own words. */
import { json } from '../replies.ts';
import type { Answer } from '../server.ts';

/** Where a host of the registry is, as its own documents say. */
export interface Place {
  readonly base: string;
}

/** Too many requests. */
export function tooManyRequests(retryAfter: number | null): Answer {
  const message = 'Rate limit is exceeded. Try again in 56 seconds.';
  return json({ statusCode: 429, message }, retryAfter === null ? {} : { 'retry-after': String(retryAfter) }, 429);
}

export const QUOTA_EXCEEDED: Answer = json({ statusCode: 403, message: 'Quota exceeded.' }, {}, 403);

/** The store behind api.nuget.org has no such blob. */
export function blobNotFound(): Answer {
  return {
    status: 404,
    headers: { 'content-type': 'application/xml', 'cache-control': 'public, max-age=10' },
    body: '<?xml version="1.0" encoding="utf-8"?><Error><Code>BlobNotFound</Code><Message>The specified blob does not exist.</Message></Error>',
  };
}
