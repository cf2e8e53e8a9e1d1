/**
 * Exactly as fast as allowed, and never faster.
 *
 * A lane of R requests per second has k = ceil(R) tickets. A ticket can be used again k/R seconds after the answer to its
 * last request began. The host saw that request before it answered, so two uses of a ticket reach it at least k/R seconds
 * apart, and no window of k/R seconds (one second for a whole R) ever holds more than k requests, however much single
 * requests are delayed on their way. Pacing by the moment of sending alone cannot promise that: requests that were sent
 * apart may arrive together.
 *
 * The price is the time until an answer begins: 3 ms are 0.3 % of the rate, 100 ms would be 9 %. But no answer begins before
 * the fastest one: that much of the time is certainly travel and work after the host saw the request, and travel before it
 * sees the next one, and can be taken off (`Host.certainMs`). What remains is by how much an answer is slower than that.
 *
 * The tickets are places in a p-queue. A second p-queue in strict mode spreads them, a tenth faster than they come back, so
 * that a lane that was idle does not use all of them in one instant.
 *
 * Where several processes share the host, a request needs a ticket and a connection of the common ones as well (`shared.ts`).
 * Those come back by the same rule, but without what is taken off above: the next one to use it may be nearer to the host.
 */
import { BrokenCircuitError } from 'cockatiel';
import PQueue from 'p-queue';
import { Budget } from './budget.ts';
import type { Host } from './host.ts';
import { AHEAD_MS, isPermit, SharedPool, type Permit } from './shared.ts';
import type { World } from './world.ts';

export interface LaneLimits {
  readonly perSecond: number;
  readonly concurrency: number;
  /** Requests in any 30 days, over all lanes of the host; null without a ceiling. */
  readonly per30Days: number | null;
  /** Milliseconds that the host may go without a good answer, where that is less than for other hosts. */
  readonly patienceMs?: number;
}

/** What a request tells its lane while it is under way. */
export interface Turn {
  /** The answer began. `isOpen`: over a connection to a host elsewhere that was open before, so that its time is travel and work alone. */
  arrived(isOpen?: boolean): void;
  /** Keeps the connection's place taken until `body` settles, for answers that are read later. */
  hold(body: Promise<unknown>): void;
}

export interface Lane {
  /**
   * Sends one request as soon as it may be sent. Rejects with NotAllowed when it never may, and with Throttled or
   * Unavailable when the host lost our patience. `send` runs at most once.
   */
  pass<T>(signal: AbortSignal, send: (turn: Turn) => Promise<T>): Promise<T>;
  /** Resolves when other processes can have all that this one took of the common limits. */
  settled(): Promise<void>;
}

/** Common tickets of a lane at most; more would be more rows and no more rate. */
const MOST_TICKETS = 100;
/** A request is answered, or known to have arrived, within this time. */
const TICKET_LEASE_MS = 15_000;
const CONNECTION_LEASE_MS = 30_000;
/** Kept between the last moment at which a ticket is used and the end of its lease. */
const MARGIN_MS = 2_000;

/** @param key the same for this lane in every process */
export function createLane(key: string, host: Host, limits: LaneLimits, world: World): Lane {
  const { perSecond, concurrency } = checked(limits, host.name);
  const tickets = Math.ceil(perSecond);
  const periodMs = (tickets / perSecond) * 1000;
  const connections = new PQueue({ concurrency });
  const window = new PQueue({ concurrency: tickets });
  const pace = new PQueue({ strict: true, ...spread(perSecond) });
  const budget = new Budget(host.name, limits, world);
  const common = commonOf(key, host, limits, world);
  host.observe({ connections, budget });

  async function pass<T>(outer: AbortSignal, send: (turn: Turn) => Promise<T>): Promise<T> {
    const signal = world.untilClosed(outer);
    const disconnect = await connect(signal);
    let body: Promise<unknown> = Promise.resolve();
    const hold = (until: Promise<unknown>): void => {
      body = until;
    };
    try {
      for (;;) {
        await host.clearance(signal, limits.patienceMs ?? world.tuning.patienceMs);
        const ticket = await takeTicket(signal);
        if (ticket === null) continue;
        try {
          return await host.send(() => {
            const sentAt = performance.now();
            return send({
              arrived(isOpen = false) {
                if (isOpen) host.learn(performance.now() - sentAt);
                giveBack(ticket);
              },
              hold,
            });
          });
        } catch (error) {
          if (!(error instanceof BrokenCircuitError)) throw error;
          // The breaker opened in this very moment: nothing was sent.
          budget.putBack();
        } finally {
          giveBack(ticket);
        }
      }
    } finally {
      void body.then(disconnect, disconnect);
    }
  }

  /** A connection of this process, and one of the common ones. */
  async function connect(signal: AbortSignal): Promise<() => void> {
    const leave = await enter(connections, signal);
    if (common === null) return leave;
    try {
      const permit = await common.connections.take(signal);
      if (!isPermit(permit)) throw new Error('connections know no trouble');
      common.connections.keep(permit);
      return () => {
        common.connections.giveBack(permit, 0);
        leave();
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** A ticket when it is this request's turn; null where the host has meanwhile asked to wait. */
  async function takeTicket(signal: AbortSignal): Promise<Ticket | null> {
    const leave = await enter(window, signal);
    let permit: Permit | null = null;
    try {
      await pace.add(() => undefined, { signal });
      await budget.take(signal);
      try {
        permit = await takeCommon(signal);
      } catch (error) {
        budget.putBack();
        throw error;
      }
    } catch (error) {
      leave();
      throw error;
    }
    if (host.isClear() && (common === null || permit !== null)) return { leave, permit, isSpent: false };
    if (permit !== null) common?.tickets.giveBack(permit, 0);
    budget.putBack();
    leave();
    return null;
  }

  async function takeCommon(signal: AbortSignal): Promise<Permit | null> {
    if (common === null) return null;
    const outcome = await common.tickets.take(signal);
    if (!isPermit(outcome)) {
      host.hear(outcome);
      return null;
    }
    // This process was held up for so long that the ticket may be another's by now.
    return performance.now() < outcome.until - MARGIN_MS ? outcome : null;
  }

  function giveBack(ticket: Ticket): void {
    if (ticket.isSpent) return;
    ticket.isSpent = true;
    if (ticket.permit !== null) common?.tickets.giveBack(ticket.permit, common.periodMs);
    const timer = setTimeout(free, Math.max(0, periodMs - host.certainMs()));
    world.closing.addEventListener('abort', free, { once: true });
    function free(): void {
      clearTimeout(timer);
      world.closing.removeEventListener('abort', free);
      ticket.leave();
    }
  }

  return {
    pass,
    async settled() {
      await Promise.all([common?.tickets.settled(), common?.connections.settled()]);
    },
  };
}

interface Common {
  readonly tickets: SharedPool;
  readonly connections: SharedPool;
  /** After which a common ticket may be used again. */
  readonly periodMs: number;
}

function commonOf(key: string, host: Host, { perSecond, concurrency }: LaneLimits, world: World): Common | null {
  if (world.shared === null) return null;
  const size = Math.min(MOST_TICKETS, Math.ceil(perSecond));
  const periodMs = (size / perSecond) * 1000;
  const [rate, connections] = [
    { key: `${key} rate`, host: host.name, size, leaseMs: TICKET_LEASE_MS, graceMs: Math.ceil(periodMs), aheadMs: AHEAD_MS },
    { key: `${key} connections`, host: null, size: concurrency, leaseMs: CONNECTION_LEASE_MS, graceMs: 0, aheadMs: 0 },
  ];
  return {
    tickets: new SharedPool(world.shared, rate, world),
    connections: new SharedPool(world.shared, connections, world),
    periodMs,
  };
}

interface Ticket {
  readonly leave: () => void;
  readonly permit: Permit | null;
  isSpent: boolean;
}

/** Waits for a place in a queue; it stays taken until the returned function is called. */
function enter(queue: PQueue, signal: AbortSignal): Promise<() => void> {
  // p-queue also frees the place of a running task when its signal aborts. Here a place that was taken stays taken (the
  // request was sent), so the signal counts only while the task waits.
  const waiting = new AbortController();
  const stopWaiting = (): void => waiting.abort(signal.reason);
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    signal.addEventListener('abort', stopWaiting, { once: true });
    const task = (): Promise<void> => {
      signal.removeEventListener('abort', stopWaiting);
      return new Promise<void>((leave) => resolve(leave));
    };
    queue.add(task, { signal: waiting.signal }).catch((error: unknown) => {
      signal.removeEventListener('abort', stopWaiting);
      reject(error);
    });
  });
}

/** Strict settings a tenth above the rate, in steps of at least 20 ms: timers are too coarse for shorter ones. */
function spread(perSecond: number): { readonly interval: number; readonly intervalCap: number } {
  const faster = perSecond * 1.1;
  const intervalCap = Math.max(1, Math.ceil(faster * 0.02));
  return { interval: (intervalCap * 1000) / faster, intervalCap };
}

function checked(limits: LaneLimits, host: string): LaneLimits {
  if (!Number.isFinite(limits.perSecond) || limits.perSecond <= 0) {
    throw new RangeError(`the rate for ${host} must be more than 0 requests per second, not ${limits.perSecond}`);
  }
  if (!Number.isInteger(limits.concurrency) || limits.concurrency < 1) {
    throw new RangeError(`the concurrency for ${host} must be a whole number from 1, not ${limits.concurrency}`);
  }
  return limits;
}
