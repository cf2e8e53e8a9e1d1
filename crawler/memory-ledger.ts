/** The request ledger of one process that keeps nothing: for tests, and for work on loopback that counts for nobody. */
import type { RequestLedger } from './gate.ts';

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000;

export function memoryLedger(): Required<RequestLedger> {
  const bookings = new Map<string, { readonly at: number; readonly count: number }[]>();

  function within(host: string, now: number): { readonly at: number; readonly count: number }[] {
    const recent = (bookings.get(host) ?? []).filter(({ at }) => at > now - THIRTY_DAYS_MS);
    bookings.set(host, recent);
    return recent;
  }
  function sum(host: string, now: number): number {
    return within(host, now).reduce((total, { count }) => total + count, 0);
  }

  return {
    reserve(host, wanted, ceiling, now) {
      const granted = ceiling === null ? wanted : Math.max(0, Math.min(wanted, ceiling - sum(host, now)));
      if (granted > 0) within(host, now).push({ at: now, count: granted });
      return Promise.resolve(granted);
    },
    used: (host, now) => Promise.resolve(sum(host, now)),
  };
}
