/** What an answer says before the service reads it, and what of it may be written down. */
import type { Parts } from '../secret.ts';
import type { Probe, ProbeRequest, ProbeResponse, Reading } from '../service.ts';
import type { SendAnswer } from './contract.ts';

export function toResponse(answer: SendAnswer): ProbeResponse {
  return { ...answer, json: parseJson(answer.body) };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * What no service means for a token: `unknown`, or null where the service shall read the answer itself. Too many requests
 * are `unknown` for every service, the rest for those that do not read everything themselves.
 */
export function readByForm(response: ProbeResponse, request: ProbeRequest, probe: Probe): Reading | null {
  const { status } = response;
  if (isThrottled(response, probe)) return unknown('rate-limited');
  if (probe.readsAnything === true) return null;
  if (status >= 500) return unknown('server-error');
  if (status >= 300 && status < 400) return unknown('redirect');
  if (isHtml(response)) return unknown('html');
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && request.method !== 'HEAD' && response.body.trim() === '') return unknown('empty');
  return null;
}

export function unknown(reason: string): Reading {
  return { verdict: 'unknown', reason };
}

/** 429, a refusal that says when to come again or that nothing is left until then, or the service's own words for it. */
export function isThrottled(response: ProbeResponse, probe: Probe): boolean {
  const { status, headers } = response;
  if (status === 429 || ((status === 403 || status === 503) && (headers['retry-after'] ?? '') !== '')) return true;
  return (status === 403 && headers['x-ratelimit-remaining'] === '0') || (probe.asksForPatience?.(response) ?? false);
}

/** Seconds that the answer asks to wait: by Retry-After, or until there is something left again; null where it does not say. */
export function pauseSeconds(headers: ProbeResponse['headers'], now: Date): number | null {
  const asked = retryAfterSeconds(headers['retry-after'], now);
  if (asked !== null || headers['x-ratelimit-remaining'] !== '0') return asked;
  // Most services give the time in seconds since 1970; a small number may mean many things.
  const reset = /^\d{10}$/.test(headers['x-ratelimit-reset'] ?? '') ? Number(headers['x-ratelimit-reset']) : Number.NaN;
  const seconds = reset - now.getTime() / 1000;
  return seconds > 0 ? Math.min(LONGEST_PAUSE_SECONDS, seconds) : null;
}

const LONGEST_PAUSE_SECONDS = 24 * 3600;

/** Seconds of a Retry-After header (RFC 9110, section 10.2.3: a number or a date), at most a day; null where there is none. */
export function retryAfterSeconds(header: string | undefined, now: Date): number | null {
  if (header === undefined || header.trim() === '') return null;
  const text = header.trim();
  // Date.parse reads more than dates: of anything else that is no number, a weekday must come first.
  const isDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text);
  const seconds = /^\d+$/.test(text) ? Number(text) : isDate ? (Date.parse(text) - now.getTime()) / 1000 : Number.NaN;
  return Number.isFinite(seconds) ? Math.min(LONGEST_PAUSE_SECONDS, Math.max(0, seconds)) : null;
}

function isHtml({ headers, body }: ProbeResponse): boolean {
  if (/^\s*(?:text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '')) return true;
  return /^\s*(?:<!doctype html|<html)/i.test(body.slice(0, 1000));
}

/** `application/json` of `application/json; charset=utf-8`; `other` for what is no media type. */
export function mediaType(headers: Readonly<Record<string, string>>): string | null {
  const header = headers['content-type'];
  if (header === undefined) return null;
  const [type = ''] = header.split(';', 1);
  return /^[a-z0-9.+-]{1,40}\/[a-z0-9.+-]{1,60}$/i.test(type.trim()) ? type.trim().toLowerCase() : 'other';
}

/**
 * A reading whose reason is a slug. A service may take the reason from an answer, and an answer may hold anything: what is
 * no slug, or has a part of the token in it, is not kept.
 */
export function withCleanReason(reading: Reading, parts: Parts): Reading {
  const isSlug = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/i.test(reading.reason);
  const folded = reading.reason.toLowerCase();
  const leaks = Object.values(parts).some((part) => part.length >= 6 && folded.includes(part.reveal().toLowerCase()));
  return isSlug && !leaks ? reading : { verdict: reading.verdict, reason: 'other' };
}

/** The slug of an error of `send`; anything else that goes wrong there is a `network` failure. */
export function failureReason(error: unknown): string {
  const reason = typeof error === 'object' && error !== null && 'reason' in error ? error.reason : null;
  return typeof reason === 'string' && /^[a-z][a-z0-9-]{0,40}$/.test(reason) ? reason : 'network';
}
