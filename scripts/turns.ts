/** The pace of each service, kept by all workers together: the engine's words on one side, the shared permits on the other. */
import type { Logger } from 'pino';
import type { Turns } from '../analysis/validate/contract.ts';
import { AHEAD_MS, isPermit, SharedPool, type SharedLimits } from '../crawler/gate/shared.ts';

const LEASE_MS = 30_000;
/** Rates above are for one's own machine, where order is all that counts. */
const MOST_TICKETS = 100;

export function sharedTurns(limits: SharedLimits, log: Logger): Turns {
  const pools = new Map<string, { readonly tickets: SharedPool; readonly places: SharedPool; readonly periodMs: number }>();
  const world = { log, random: Math.random };

  function poolsOf(service: string, perSecond: number, concurrency: number) {
    const known = pools.get(service);
    if (known !== undefined) return known;
    const size = Math.min(MOST_TICKETS, Math.ceil(perSecond));
    const periodMs = (size / perSecond) * 1000;
    const host = hostOf(service);
    const made = {
      periodMs,
      tickets: new SharedPool(
        limits,
        { key: `${host} rate`, host, size, leaseMs: LEASE_MS, graceMs: Math.ceil(periodMs), aheadMs: AHEAD_MS },
        world,
      ),
      places: new SharedPool(
        limits,
        { key: `${host} places`, host: null, size: concurrency, leaseMs: LEASE_MS, graceMs: 0, aheadMs: 0 },
        world,
      ),
    };
    pools.set(service, made);
    return made;
  }

  return {
    async take({ service, perSecond, concurrency }, signal) {
      const { tickets, places, periodMs } = poolsOf(service, perSecond, concurrency);
      const place = await places.take(signal);
      if (!isPermit(place)) throw new Error('places know no pause');
      places.keep(place);
      try {
        const ticket = await tickets.take(signal);
        if (!isPermit(ticket)) {
          places.giveBack(place, 0);
          return { pausedMs: ticket.waitMs, reason: ticket.reason ?? 'rate-limited' };
        }
        return {
          done() {
            tickets.giveBack(ticket, periodMs);
            places.giveBack(place, 0);
          },
        };
      } catch (error) {
        places.giveBack(place, 0);
        throw error;
      }
    },
    pause: (service, ms, reason) => limits.slowDown(hostOf(service), ms, 0, reason),
  };
}

function hostOf(service: string): string {
  return `service ${service}`;
}
