/** What a status means: the class of error that decides what happens next. */
import { Gone, Malformed, Refused, Throttled, Unavailable, type CrawlError } from '../errors.ts';

export interface Head {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The error for an answer that was not asked for. `start`: the first bytes of its body, looked at and forgotten. */
export function errorOf(head: Head, url: string, start: string, now: number): CrawlError {
  const { status } = head;
  const details = { url, status };
  if (status === 429 || (status === 503 && head.headers['retry-after'] !== undefined)) {
    return new Throttled(`the host asks to slow down (${status})`, {
      ...details,
      // A date is one by the host's clock, which it shows; ours may be wrong.
      retryAfter: retryAfter(head.headers['retry-after'], timeOf(head.headers['date'] ?? '') ?? now),
    });
  }
  if (status === 404 || status === 410) return new Gone(`the host says there is no such thing (${status})`, details);
  if (status === 403 && /quota exceeded/i.test(start)) {
    return new Throttled('the host says that the quota is used up (403)', { ...details, retryAfter: null });
  }
  if (status === 401) return new Refused('the host wants credentials (401); where this is a mirror, configure them', details);
  if (status === 403 || status === 407 || status === 451) {
    const block = isBlockPage(head, start);
    return new Refused(`the host refuses (${status})${block ? ' with a page that says we are blocked' : ''}`, {
      ...details,
      block,
    });
  }
  if (status >= 500 || status === 408 || status === 425) return new Unavailable(`the host failed (${status})`, details);
  if (status === 304) return new Malformed('got 304 (not modified) without having asked for it', details);
  return new Malformed(`expected 200, got ${status}`, details);
}

/**
 * Seconds to wait from `now` on, from either form of Retry-After (RFC 9110, 10.2.3): a number of seconds or a date. Null where
 * it is missing, unreadable, zero or in the past: those say that one should wait, not how long.
 */
export function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : ((timeOf(text) ?? Number.NaN) - now) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

/** A date in any of HTTP's three forms (RFC 9110, 5.6.7), of which the oldest names no zone; it is UTC like the others. */
function timeOf(text: string): number | null {
  if (!/^[A-Za-z]/.test(text)) return null;
  const time = Date.parse(/\s\d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(time) ? null : time;
}

const BLOCK_WORDS =
  /\b(?:been blocked|been banned|banned your access|access denied|error (?:code:? ?)?10(?:06|07|08|09|10|12|15|20)|acceptable use|attention required|automated (?:requests|access|traffic)|enable javascript and cookies to continue)\b/i;

/**
 * A page for people that says we are shut out, as content networks and firewalls send it. A refusal in the registry's own
 * words (JSON, the XML of an object store) is about the item, and an HTML page without these words may be.
 */
function isBlockPage(head: Head, start: string): boolean {
  if (!/html/i.test(head.headers['content-type'] ?? '')) return false;
  return BLOCK_WORDS.test(start);
}
