/** From the readings of several requests to one verdict, and from an undecided one to the time of the next look. */
import type { Reading } from '../service.ts';
import { unknown } from './answer.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Passing troubles: worth another look soon. A service that asks for patience is asked again when it is over. */
const PASSING = new Set([
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

/** A refusal that a good token of another kind gets as well (`self-hosted-possible`): the next one says no more. */
const DECIDES_NOTHING = /-possible$/;

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

export interface Patience {
  /** How often in a row the token was asked about before and stayed undecided: each time doubles the wait. */
  readonly looks: number;
  /** The wait never exceeds the period in which a token is asked about once. */
  readonly periodMs: number;
  /** Until when the service does not want to be asked at all; null where it said nothing. */
  readonly pausedUntil: Date | null;
}

/** When an undecided token is worth asking about again; null where asking again cannot decide it. */
export function lookAgainAt(reading: Reading, askedAt: Date, { looks, periodMs, pausedUntil }: Patience): Date | null {
  if (reading.verdict !== 'unknown' || DECIDES_NOTHING.test(reading.reason)) return null;
  if (reading.reason === 'interrupted') return new Date(askedAt.getTime() + periodMs);
  const wait = Math.min(periodMs, firstWait(reading.reason) * 2 ** looks);
  return new Date(Math.max(askedAt.getTime() + wait, pausedUntil?.getTime() ?? 0));
}

function firstWait(reason: string): number {
  if (reason === 'rate-limited') return MINUTE;
  return PASSING.has(reason) ? HOUR : DAY;
}
