/**
 * Limits that several processes keep together.
 *
 * A permit is the right to one request (of a rate), or to one connection. All permits of a lane lie in one place that every
 * process can reach; a process takes as many as it has requests waiting, uses each once, and gives it back with the time after
 * which it may be used again. That is the lane's own argument (`lane.ts`), which does not ask whose request a ticket served.
 *
 * Only the clock of the common place counts, so a process whose clock is wrong does no harm: every answer carries the place's time, and a
 * process knows from it what the place's clock shows, within bounds (`common-clock.ts`). So neither the way to the place nor back costs
 * any of the rate. Permits are taken a moment before they may be used, and wait here; and they are given back with the time at which
 * they may be used again, however late that word arrives.
 */
import { commonClock } from './common-clock.ts';
import type { World } from './world.ts';

/** What the processes know together of a host that is not to be asked now. */
export interface Trouble {
  /** Milliseconds until the host may be asked again. */
  readonly waitMs: number;
  /** How often in a row it asked to slow down; the next wait is longer. */
  readonly level: number;
  /** A slug that says why, where one was told. */
  readonly reason: string | null;
  /** Why the host is left alone altogether; null where it is not. */
  readonly switchedOff: string | null;
}

export interface Pool {
  /** The same in every process. */
  readonly key: string;
  /** Whose troubles hold the permits back; null for permits that troubles do not touch (connections). */
  readonly host: string | null;
  readonly size: number;
  /** A permit that is not given back is lost to its holder after this, unless renewed: a process may have died. */
  readonly leaseMs: number;
  /** … and free for others so much later, since it may have been used at the last moment. */
  readonly graceMs: number;
  /** Permits may be taken so long before they may be used. */
  readonly aheadMs: number;
}

export interface Taken {
  /** Each with the time at which it may be used, by the common place's clock in milliseconds; mostly gone by. */
  readonly permits: readonly { readonly permit: number; readonly usableAt: number }[];
  /** What the common place's clock showed. */
  readonly now: number;
  /** Milliseconds until the next permit is known to be free; null where nobody knows. */
  readonly nextMs: number | null;
  readonly trouble: Trouble | null;
}

/** The common place. The database implements it; every call may fail, and then nothing may be sent. */
export interface SharedLimits {
  /** Takes up to `wanted` permits under the mark `ticket`, which is this process's own and new. */
  take(pool: Pool, wanted: number, ticket: number): Promise<Taken>;
  /** Gives permits back that are still held under `ticket`; each can be used again at `freeAt` by the common place's clock. */
  giveBack(
    pool: Pool,
    permits: readonly { readonly permit: number; readonly ticket: number; readonly freeAt: number }[],
  ): Promise<void>;
  /** Holds permits for another `leaseMs`. */
  renew(pool: Pool, permits: readonly { readonly permit: number; readonly ticket: number }[]): Promise<void>;
  /** The host asked to wait. */
  slowDown(host: string, waitMs: number, level: number, reason?: string): Promise<void>;
  /** A request failed; so many in a row, of all processes, open the host's breaker for `breakerMs`, doubling up to `capMs`. */
  failed(host: string, limits: { readonly threshold: number; readonly breakerMs: number; readonly capMs: number }): Promise<void>;
  /** A good answer came after trouble. */
  recovered(host: string): Promise<void>;
  /** The host is to be left alone. */
  switchOff(host: string, reason: string): Promise<void>;
}

/** A place taken in the pool. */
export interface Permit {
  readonly permit: number;
  readonly ticket: number;
  /** Before this instant (of `performance.now`) nobody else can have it. */
  readonly until: number;
}

/** Where nothing is known of when a permit will be free, it is asked for at these distances. */
const SHORTEST_POLL_MS = 15;
const LONGEST_POLL_MS = 250;
/** Rates take their permits so long ahead. What a host says to anyone is heard so much later. */
export const AHEAD_MS = 150;
/** Where permits are taken ahead, it is looked for them so often within that time: many come with one statement. */
const LOOKS_AHEAD = 3;
/** Permits that come back together are told together. */
const GATHER_MS = 4;
/** A permit without a pause goes from hand to hand within the process for so long; then other processes have their chance. */
const HANDED_ON_MS = 500;
const MOST_AT_ONCE = 50;
/** So often it is looked whether the last connection was given back. */
const MOST_PAUSES = 100;

interface Waiter {
  readonly signal: AbortSignal;
  readonly resolve: (outcome: Permit | Trouble) => void;
  readonly reject: (error: unknown) => void;
  readonly stop: () => void;
}

/** One pool as this process uses it: everyone who waits is served by one statement after another. */
export class SharedPool {
  readonly #limits: SharedLimits;
  readonly #pool: Pool;
  readonly #world: Pick<World, 'log' | 'random'>;
  readonly #waiting: Waiter[] = [];
  readonly #returning: { readonly permit: number; readonly ticket: number; readonly freeAt: number }[] = [];
  readonly #clock = commonClock();
  /** Permits that wait here until they may be used. */
  readonly #early = new Set<Permit>();
  readonly #held = new Set<Permit>();
  #isServing = false;
  #isReturning = false;
  #returned: Promise<void> = Promise.resolve();
  #renewal: NodeJS.Timeout | null = null;

  constructor(limits: SharedLimits, pool: Pool, world: Pick<World, 'log' | 'random'>) {
    this.#limits = limits;
    this.#pool = pool;
    this.#world = world;
  }

  /** A permit when one is free; what the host said where it is not to be asked now. */
  take(signal: AbortSignal): Promise<Permit | Trouble> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const waiter: Waiter = {
        signal,
        resolve,
        reject,
        stop: () => {
          const at = this.#waiting.indexOf(waiter);
          if (at >= 0) this.#waiting.splice(at, 1);
          reject(signal.reason as Error);
        },
      };
      signal.addEventListener('abort', waiter.stop, { once: true });
      this.#waiting.push(waiter);
      if (!this.#isServing) void this.#serve();
    });
  }

  /** Held until it is given back, for longer than its lease. */
  keep(held: Permit): void {
    this.#held.add(held);
    this.#renewal ??= setInterval(() => {
      this.#limits.renew(this.#pool, [...this.#held]).catch((error: unknown) => this.#say(error, 'could not be renewed'));
    }, this.#pool.leaseMs / 3).unref();
  }

  /** The permit may be used again `afterMs` from now. */
  giveBack(held: Permit, afterMs: number): void {
    this.#held.delete(held);
    if (this.#held.size === 0 && this.#renewal !== null) {
      clearInterval(this.#renewal);
      this.#renewal = null;
    }
    if (afterMs === 0 && performance.now() < held.until - this.#pool.leaseMs + HANDED_ON_MS) {
      const waiter = this.#waiting.shift();
      if (waiter !== undefined) {
        answer(waiter, held);
        return;
      }
    }
    const freeAt = afterMs === 0 ? 0 : Math.ceil(this.#clock.latest(performance.now()) + afterMs);
    this.#returning.push({ permit: held.permit, ticket: held.ticket, freeAt });
    if (!this.#isReturning) this.#returned = this.#return();
  }

  /** Resolves when everything that was taken is given back, so that whoever comes next need not wait for a lease to end. */
  async settled(): Promise<void> {
    // What is still being read is broken off by whoever closes, which takes a moment.
    for (let at = 0; at < MOST_PAUSES && this.#held.size + this.#early.size > 0; at += 1)
      await new Promise((resolve) => setTimeout(resolve, SHORTEST_POLL_MS));
    await this.#returned;
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    let poll = SHORTEST_POLL_MS;
    try {
      while (this.#waiting.length > 0) {
        const wanted = Math.min(this.#waiting.length, MOST_AT_ONCE);
        const ticket = nextTicket();
        const until = performance.now() + this.#pool.leaseMs;
        const sentAt = performance.now();
        const { permits, now, nextMs, trouble } = await this.#limits.take(this.#pool, wanted, ticket);
        const answeredAt = performance.now();
        this.#clock.heard(sentAt, now, answeredAt);
        for (const { permit, usableAt } of permits.toSorted((a, b) => a.usableAt - b.usableAt)) {
          const held = { permit, ticket, until };
          const waiter = this.#waiting.shift();
          if (waiter === undefined) this.giveBack(held, 0);
          else this.#hand(waiter, held, usableAt - this.#clock.earliest(answeredAt));
        }
        if (trouble !== null) for (const waiter of this.#waiting.splice(0)) answer(waiter, trouble);
        if (this.#waiting.length === 0) break;
        poll = permits.length > 0 ? SHORTEST_POLL_MS : Math.min(LONGEST_POLL_MS, poll * 1.5);
        const { aheadMs } = this.#pool;
        const shortest = Math.max(1, aheadMs / LOOKS_AHEAD);
        const pause =
          nextMs === null ? poll * (0.5 + this.#world.random()) : Math.min(1000, Math.max(shortest, nextMs - aheadMs));
        if (permits.length < wanted) await new Promise((resolve) => setTimeout(resolve, pause));
      }
    } catch (error) {
      for (const waiter of this.#waiting.splice(0)) {
        waiter.signal.removeEventListener('abort', waiter.stop);
        waiter.reject(error);
      }
    } finally {
      this.#isServing = false;
    }
  }

  /** Hands a permit over when it may be used. Whoever gave up meanwhile leaves it unused. */
  #hand(waiter: Waiter, held: Permit, waitMs: number): void {
    if (waitMs <= 0) {
      answer(waiter, held);
      return;
    }
    this.#early.add(held);
    setTimeout(() => {
      this.#early.delete(held);
      if (waiter.signal.aborted) this.giveBack(held, 0);
      else answer(waiter, held);
    }, Math.ceil(waitMs));
  }

  async #return(): Promise<void> {
    this.#isReturning = true;
    // They say themselves when they are free, so that they may come a little late.
    const gatherMs = Math.max(GATHER_MS, this.#pool.aheadMs / LOOKS_AHEAD);
    await new Promise((resolve) => setTimeout(resolve, this.#waiting.length === 0 ? GATHER_MS : gatherMs));
    while (this.#returning.length > 0) {
      const some = this.#returning.splice(0, MOST_AT_ONCE);
      try {
        await this.#limits.giveBack(this.#pool, some);
      } catch (error) {
        // It comes back when its lease ends.
        this.#say(error, 'could not be given back');
      }
    }
    this.#isReturning = false;
  }

  #say(error: unknown, what: string): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#world.log?.warn({ lane: this.#pool.key, reason }, `a permit ${what}`);
  }
}

export function isPermit(outcome: Permit | Trouble): outcome is Permit {
  return 'permit' in outcome;
}

function answer(waiter: Waiter, outcome: Permit | Trouble): void {
  waiter.signal.removeEventListener('abort', waiter.stop);
  waiter.resolve(outcome);
}

let tickets = 0;

function nextTicket(): number {
  tickets += 1;
  return tickets;
}
