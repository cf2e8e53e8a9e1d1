/** From the readings of several requests to one verdict, and from an undecided one to the time of the next look. */
import type { Reading } from '../service.ts';
import { unknown } from './answer.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Passing troubles: worth another look soon. */
const PASSING = new Set([
  'rate-limited',
  'unavailable',
  'server-error',
  'timeout',
  'dns',
  'tls',
  'connection',
  'truncated',
  'network',
  'asked-elsewhere',
]);

/** Whether the service recognises the token: nothing that another host says can take that back. */
export function isAccepting(reading: Reading): boolean {
  return reading.verdict !== 'inactive' && reading.verdict !== 'unknown';
}

/**
 * One verdict of several: the first that accepts. Without one, anything undecided leaves the whole undecided; a token is
 * inactive only when all refuse.
 */
export function decide(readings: readonly Reading[]): Reading {
  return (
    readings.find(isAccepting) ??
    readings.find((reading) => reading.verdict === 'unknown') ??
    readings[0] ??
    unknown('no-question')
  );
}

/** When an undecided token is worth asking about again; null where asking again cannot decide it. */
export function lookAgainAt(reading: Reading, askedAt: Date, periodMs: number): Date | null {
  if (reading.verdict !== 'unknown' || reading.reason === 'self-hosted-possible') return null;
  if (reading.reason === 'interrupted') return new Date(askedAt.getTime() + periodMs);
  return new Date(askedAt.getTime() + (PASSING.has(reading.reason) ? HOUR : DAY));
}
