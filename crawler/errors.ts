/**
 * The errors of the crawler: the class says what happens next, so nobody looks at a status code twice.
 *
 * Messages say what was expected, what came and what to do. They never hold a body, credentials of a URL, or a token.
 */

interface Details {
  readonly url?: string;
  readonly status?: number;
  readonly cause?: unknown;
}

export abstract class CrawlError extends Error {
  /** A stable slug that is stored and counted. */
  abstract readonly reason: string;
  readonly url: string | null;
  readonly status: number | null;
  constructor(message: string, details: Details = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.url = details.url === undefined ? null : withoutCredentials(details.url);
    this.status = details.status ?? null;
  }
}

/** The host asks to wait (429, or 503 with Retry-After): retried after the host's back-off, at no cost. */
export class Throttled extends CrawlError {
  readonly reason = 'throttled';
  /** Seconds that the host asked for; null where it did not say. */
  readonly retryAfter: number | null;
  constructor(message: string, details: Details & { readonly retryAfter: number | null }) {
    super(message, details);
    this.retryAfter = details.retryAfter;
  }
}

/** 5xx, a broken connection, a stalled or truncated body: retried a few times, then the item is set aside. */
export class Unavailable extends CrawlError {
  readonly reason = 'unavailable';
}

/** 404, 410: the host says there is no such thing. Not retried; not proof of deletion. */
export class Gone extends CrawlError {
  readonly reason = 'gone';
}

/** 401, 403, 451 or a policy page: the host refuses. The item is set aside; an explicit block switches the host off. */
export class Refused extends CrawlError {
  readonly reason = 'refused';
  /** True where the answer is addressed to us (a block or policy page), not to the item that was asked for. */
  readonly block: boolean;
  constructor(message: string, details: Details & { readonly block?: boolean } = {}) {
    super(message, details);
    this.block = details.block ?? false;
  }
}

/** An answer in another shape than the protocol's (HTML for JSON, a missing field): retried once, then set aside. */
export class Malformed extends CrawlError {
  readonly reason = 'malformed';
}

/** A body above the cap: set aside with its size, never retried. */
export class TooLarge extends CrawlError {
  readonly reason = 'too-large';
}

/** The bytes are not those that the registry published: one fresh try, then set aside. */
export class DigestMismatch extends CrawlError {
  readonly reason = 'digest-mismatch';
}

/** Nothing may leave: no contact is configured, the request budget is used up, or the host is switched off. Stops the run. */
export class NotAllowed extends CrawlError {
  readonly reason = 'not-allowed';
}

function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}
