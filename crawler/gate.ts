/**
 * Politeness: one gate per host, and the single retry loop of the program.
 *
 * A request passes a lane. A lane has a rate and a number of connections; all lanes of a host share what the host said to
 * any of them: back-off, circuit breaker, off-switch and the 30-day request budget.
 *
 * How the rate is kept. A lane of R requests per second has k = ceil(R) tickets, and a ticket can be used again k/R seconds
 * after the answer to its last request began (less the shortest connection time seen, which that answer needed to travel).
 * The host saw that request before it answered, so two uses of a ticket reach it at least k/R seconds apart, and no window
 * of k/R seconds (one second for a whole R) ever holds more than k requests, however late single requests arrive. What this
 * costs is the time the host takes to answer: some milliseconds in a thousand. The tickets are a p-queue; a second p-queue
 * in strict mode spreads them, so that they are not all used in the first instant.
 */
import { circuitBreaker, CircuitState, ConsecutiveBreaker, BrokenCircuitError, handleWhen } from 'cockatiel';
import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import { CrawlError, Malformed, NotAllowed, Refused, Throttled, Unavailable } from './errors.ts';

/** Counts requests over any 30 days, durably and over all processes. The database implements it. */
export interface RequestLedger {
  /**
   * Books up to `wanted` requests to `host` at `now` (milliseconds since 1970) and returns how many were granted: 0 when the
   * ceiling is reached. Called before the requests are sent, so a crash counts too many and never too few. A ceiling of null
   * only counts.
   */
  reserve(host: string, wanted: number, ceiling: number | null, now: number): Promise<number>;
  /** Requests booked in the 30 days before `now`; for `status` and `plan`. */
  used?(host: string, now: number): Promise<number>;
}

export interface LaneLimits {
  readonly perSecond: number;
  readonly concurrency: number;
  readonly per30Days: number | null;
}

/** Waiting times in milliseconds. The defaults are for real hosts; tests make them short. */
export interface GateTuning {
  /** Back-off where the host asks to slow down without a time; doubles while it goes on asking. */
  readonly floorMs: number;
  readonly capMs: number;
  /** How long a host may go without one good answer before waiting requests are given up. */
  readonly patienceMs: number;
  /** Failures in a row (5xx, 429, network) that open the breaker, and how long it stays open at first. */
  readonly breakerThreshold: number;
  readonly breakerMs: number;
  /** First pause before a failed request is sent again; doubles, with jitter. */
  readonly retryMs: number;
  /** Refusals in a row after which the host is left alone, even where none was an explicit block. */
  readonly refusals: number;
}

export const DEFAULT_TUNING: GateTuning = {
  floorMs: 60_000,
  capMs: 3_600_000,
  patienceMs: 2 * 3_600_000,
  breakerThreshold: 8,
  breakerMs: 60_000,
  retryMs: 1000,
  refusals: 20,
};

export interface GateLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface GatesOptions {
  readonly ledger: RequestLedger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to below 1; for jitter. */
  readonly random: () => number;
  readonly log?: GateLog | undefined;
  readonly tuning?: Partial<GateTuning> | undefined;
  /** Waits; replaced in tests together with `now`. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

export interface HostStatus {
  /** Host and port. */
  readonly host: string;
  readonly requests: number;
  readonly retries: number;
  readonly throttled: number;
  readonly failed: number;
  /** When the back-off or the open breaker ends, in milliseconds since 1970; null when neither is on. */
  readonly backoffUntil: number | null;
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Why the host is left alone for the rest of this process; null when it is not. */
  readonly switchedOff: string | null;
  /** Requests left of the ceiling in these 30 days; null without ceiling or before the first request. */
  readonly budgetLeft: number | null;
  readonly waiting: number;
  readonly inFlight: number;
}

/** What a request tells its lane while it is under way. */
export interface Turn {
  /** The answer began. `roundTripMs`: a lower bound of the network's share, such as the time to connect. */
  arrived(roundTripMs?: number): void;
  /** Keeps the connection's place taken until `body` settles, for answers that are read later. */
  hold(body: Promise<unknown>): void;
}

export interface Lane {
  /** Sends one request when it may be sent. Rejects with NotAllowed when it never may, or with Throttled or Unavailable when the host lost our patience. */
  pass<T>(signal: AbortSignal, send: (turn: Turn) => Promise<T>): Promise<T>;
}

export interface Gates {
  /** The lane `key` of `host` (name and port), made at its first use. `account` is the name under which its requests are counted. */
  lane(key: string, host: string, limits: LaneLimits, account?: string): Lane;
  /** The retry loop: runs `attempt` until it succeeds or its class of error has used up its tries. */
  retrying<T>(host: string, signal: AbortSignal, attempt: (tried: number) => Promise<T>): Promise<T>;
  status(): readonly HostStatus[];
  close(): void;
}

/** How often a request is tried again, by reason of its error; what is not listed is not tried again. */
const RETRIES: Readonly<Record<string, number>> = { unavailable: 4, malformed: 1, 'digest-mismatch': 1 };

/** A request that has met only throttling for this many tries in a row is given up, whatever the clock says. */
const MAX_THROTTLES = 50;

/** Errors by which a gate says that it has waited long enough: the retry loop lets them through. */
const givenUp = new WeakSet<CrawlError>();

export function createGates(options: GatesOptions): Gates {
  const world: World = {
    ...options,
    tuning: { ...DEFAULT_TUNING, ...options.tuning },
    sleep: options.sleep ?? ((ms, signal) => delay(ms, undefined, { signal })),
    closing: new AbortController(),
  };
  const hosts = new Map<string, Host>();
  const lanes = new Map<string, Lane>();

  function hostOf(name: string): Host {
    const known = hosts.get(name);
    if (known !== undefined) return known;
    const host = new Host(name, world);
    hosts.set(name, host);
    return host;
  }

  return {
    lane(key, hostName, limits, account = hostName) {
      const known = lanes.get(key);
      if (known !== undefined) return known;
      const lane = createLane(hostOf(hostName), limits, account, world);
      lanes.set(key, lane);
      return lane;
    },
    retrying: (hostName, signal, attempt) => retrying(hostOf(hostName), world, signal, attempt),
    status: () => [...hosts.values()].map((host) => host.status()),
    close() {
      world.closing.abort(new NotAllowed('the program is closing its connections'));
    },
  };
}

interface World extends GatesOptions {
  readonly tuning: GateTuning;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly closing: AbortController;
}

async function retrying<T>(host: Host, world: World, signal: AbortSignal, attempt: (tried: number) => Promise<T>): Promise<T> {
  const used: Record<string, number> = {};
  let throttledSince: number | null = null;
  let throttles = 0;
  for (let tried = 0; ; tried++) {
    try {
      return await attempt(tried);
    } catch (error) {
      if (!(error instanceof CrawlError) || signal.aborted) throw error;
      if (error instanceof Throttled) {
        throttledSince ??= world.now();
        throttles++;
        const waitedMs = world.now() - throttledSince;
        if (givenUp.has(error) || waitedMs > world.tuning.patienceMs || throttles > MAX_THROTTLES) throw error;
        host.retries++;
        continue;
      }
      const before = used[error.reason] ?? 0;
      if (before >= (RETRIES[error.reason] ?? 0) || isFinal(error)) throw error;
      used[error.reason] = before + 1;
      host.retries++;
      world.log?.info({ host: host.name, reason: error.reason, attempt: tried + 1 }, `trying again: ${error.message}`);
      const pause = world.tuning.retryMs * 2 ** before;
      await world.sleep(pause / 2 + world.random() * pause, AbortSignal.any([signal, world.closing.signal]));
    }
  }
}

/** An answer that another try would only repeat: the host understood and said no. */
function isFinal(error: CrawlError): boolean {
  if (givenUp.has(error)) return true;
  return error instanceof Malformed && error.status !== null && error.status >= 400 && error.status < 500;
}

function createLane(host: Host, limits: LaneLimits, account: string, world: World): Lane {
  const { perSecond, concurrency } = checked(limits, host.name);
  const tickets = Math.ceil(perSecond);
  const periodMs = (tickets / perSecond) * 1000;
  const connections = new PQueue({ concurrency });
  const window = new PQueue({ concurrency: tickets });
  const pace = new PQueue({ strict: true, ...spread(perSecond) });
  const budget = host.budget(account, limits);
  host.queues.push({ waiting: connections, inFlight: window });

  async function pass<T>(outer: AbortSignal, send: (turn: Turn) => Promise<T>): Promise<T> {
    const signal = AbortSignal.any([outer, world.closing.signal]);
    const disconnect = await enter(connections, signal);
    let holding: Promise<unknown> | null = null;
    try {
      for (;;) {
        await host.clearance(signal);
        await budget.take(signal);
        const giveBack = await enter(window, signal);
        try {
          await pace.add(() => undefined, { signal });
          // What the host said to another request while this one waited for its turn.
          if (!host.isClear()) {
            budget.putBack();
            giveBack();
            continue;
          }
        } catch (error) {
          budget.putBack();
          giveBack();
          throw error;
        }
        let answered = false;
        const settleTicket = (roundTripMs = 0): void => {
          if (answered) return;
          answered = true;
          const credit = host.credit(roundTripMs);
          const timer = setTimeout(done, Math.max(0, periodMs - credit));
          function done(): void {
            clearTimeout(timer);
            world.closing.signal.removeEventListener('abort', done);
            giveBack();
          }
          world.closing.signal.addEventListener('abort', done, { once: true });
        };
        const turn: Turn = {
          arrived: settleTicket,
          hold(body) {
            holding = body;
          },
        };
        try {
          return await host.send(() => send(turn));
        } catch (error) {
          if (!(error instanceof BrokenCircuitError)) throw error;
          budget.putBack();
        } finally {
          settleTicket();
        }
      }
    } finally {
      if (holding === null) disconnect();
      else void Promise.resolve(holding as Promise<unknown>).then(disconnect, disconnect);
    }
  }

  return { pass };
}

/** Waits for a place in a queue; the place is taken until the returned function is called. */
function enter(queue: PQueue, signal: AbortSignal): Promise<() => void> {
  // p-queue frees a running task's place when its signal aborts; here a place that was taken stays taken, so the signal
  // only counts while the task waits.
  const waiting = new AbortController();
  const stopWaiting = (): void => waiting.abort(signal.reason);
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    signal.addEventListener('abort', stopWaiting, { once: true });
    queue
      .add(
        () => {
          signal.removeEventListener('abort', stopWaiting);
          return new Promise<void>((leave) => resolve(leave));
        },
        { signal: waiting.signal },
      )
      .catch((error: unknown) => {
        signal.removeEventListener('abort', stopWaiting);
        reject(error);
      });
  });
}

/** Strict p-queue settings that spread requests a little faster than the tickets come back, in steps no timer is too coarse for. */
function spread(perSecond: number): { readonly interval: number; readonly intervalCap: number } {
  const faster = perSecond * 1.1;
  const intervalCap = Math.max(1, Math.ceil((faster * 20) / 1000));
  return { interval: (intervalCap * 1000) / faster, intervalCap };
}

function checked(limits: LaneLimits, host: string): LaneLimits {
  if (!Number.isFinite(limits.perSecond) || limits.perSecond <= 0)
    throw new RangeError(`the rate for ${host} must be more than 0 requests per second, not ${limits.perSecond}`);
  if (!Number.isInteger(limits.concurrency) || limits.concurrency < 1)
    throw new RangeError(`the concurrency for ${host} must be a whole number from 1, not ${limits.concurrency}`);
  return limits;
}

/** Requests reserved from the ledger in blocks, so that not every request writes to the database. */
class Budget {
  readonly #account: string;
  readonly #limits: LaneLimits;
  readonly #world: World;
  #inHand = 0;
  #left: number | null = null;
  #reserving: Promise<void> | null = null;
  constructor(account: string, limits: LaneLimits, world: World) {
    this.#account = account;
    this.#limits = limits;
    this.#world = world;
  }

  async take(signal: AbortSignal): Promise<void> {
    while (this.#inHand === 0) {
      signal.throwIfAborted();
      this.#reserving ??= this.#reserve().finally(() => {
        this.#reserving = null;
      });
      await this.#reserving;
    }
    this.#inHand--;
    if (this.#left !== null) this.#left--;
  }

  /** The request was not sent after all. */
  putBack(): void {
    this.#inHand++;
    if (this.#left !== null) this.#left++;
  }

  left(): number | null {
    return this.#left;
  }

  async #reserve(): Promise<void> {
    const { perSecond, per30Days } = this.#limits;
    const wanted = Math.min(100, Math.max(1, Math.ceil(perSecond * 10)));
    const now = this.#world.now();
    const granted = await this.#world.ledger.reserve(this.#account, wanted, per30Days, now);
    if (per30Days !== null && this.#world.ledger.used !== undefined)
      this.#left = Math.max(0, per30Days - (await this.#world.ledger.used(this.#account, now))) + granted;
    if (granted === 0) {
      throw new NotAllowed(
        `the ceiling of ${per30Days ?? 0} requests in 30 days to ${this.#account} is used up; ` +
          'wait until older requests are 30 days old and run again: what is done stays done',
      );
    }
    this.#inHand += granted;
  }
}

/** cockatiel's idea of a waiting time and the one after it. */
interface Break {
  readonly duration: number;
  next(): Break;
}

/** What all lanes of a host share. */
class Host {
  readonly name: string;
  readonly queues: { readonly waiting: PQueue; readonly inFlight: PQueue }[] = [];
  retries = 0;
  readonly #world: World;
  readonly #budgets = new Map<string, Budget>();
  readonly #breaker;
  #requests = 0;
  #throttled = 0;
  #failed = 0;
  /** Milliseconds since 1970 before which nothing is sent. */
  #backoffUntil = 0;
  /** When the last back-off began: older requests that come back throttled say nothing new. */
  #backoffSince = 0;
  #backoffLevel = 0;
  #breakerUntil = 0;
  #breakerLevel = 0;
  /** Since when no request has been answered well; null after a good answer. */
  #silentSince: number | null = null;
  #refusals = 0;
  #switchedOff: string | null = null;
  #shortestTrip = Number.POSITIVE_INFINITY;

  constructor(name: string, world: World) {
    this.name = name;
    this.#world = world;
    this.#breaker = circuitBreaker(
      handleWhen((error) => error instanceof Throttled || error instanceof Unavailable),
      {
        breaker: new ConsecutiveBreaker(world.tuning.breakerThreshold),
        // The first break lasts `breakerMs`; each one that follows without a good answer twice as long.
        halfOpenAfter: { next: () => this.#break() },
      },
    );
  }

  budget(account: string, limits: LaneLimits): Budget {
    const known = this.#budgets.get(account);
    if (known !== undefined) return known;
    const budget = new Budget(account, limits, this.#world);
    this.#budgets.set(account, budget);
    return budget;
  }

  isClear(): boolean {
    if (this.#switchedOff !== null) return false;
    const now = this.#world.now();
    if (now < this.#backoffUntil) return false;
    const { state } = this.#breaker;
    return state === CircuitState.Closed || (state === CircuitState.Open && now >= this.#breakerUntil);
  }

  /** Waits until the host may be asked again. */
  async clearance(signal: AbortSignal): Promise<void> {
    while (!this.isClear()) {
      signal.throwIfAborted();
      if (this.#switchedOff !== null) throw new NotAllowed(`${this.name} is left alone: ${this.#switchedOff}`);
      const now = this.#world.now();
      if (this.#breaker.state === CircuitState.HalfOpen && now >= this.#backoffUntil) {
        // One request tries whether the host is back; the others wait for what it finds.
        await this.#decision(signal);
        continue;
      }
      const until = Math.max(this.#backoffUntil, this.#breaker.state === CircuitState.Open ? this.#breakerUntil : 0);
      this.#losePatience(now, until);
      await this.#world.sleep(until - now, signal);
    }
  }

  #losePatience(now: number, until: number): void {
    const { patienceMs } = this.#world.tuning;
    if (this.#silentSince === null || until - this.#silentSince <= patienceMs) return;
    const minutes = Math.round((now - this.#silentSince) / 60_000);
    const advice = `run again after ${new Date(until).toISOString()}: what is done stays done`;
    const error =
      this.#backoffUntil >= this.#breakerUntil
        ? new Throttled(`${this.name} has been asking to wait for ${minutes} minutes; ${advice}`, {
            retryAfter: Math.ceil((until - now) / 1000),
          })
        : new Unavailable(`${this.name} has given no good answer for ${minutes} minutes; ${advice}`);
    givenUp.add(error);
    throw error;
  }

  #decision(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const subscription = this.#breaker.onStateChange(() => {
        subscription.dispose();
        signal.removeEventListener('abort', stop);
        resolve();
      });
      function stop(): void {
        subscription.dispose();
        reject(signal.reason as Error);
      }
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Sends through the breaker and learns from the outcome. */
  async send<T>(request: () => Promise<T>): Promise<T> {
    const sentAt = this.#world.now();
    const outcome = await this.#breaker.execute(async () => {
      this.#requests++;
      try {
        return { value: await request() };
      } catch (error) {
        if (error instanceof Throttled || error instanceof Unavailable) throw this.#failure(error, sentAt);
        if (error instanceof Refused) this.#refusal(error);
        else if (error instanceof CrawlError) this.#goodAnswer();
        // Not the host's fault: for the breaker an answer like any other.
        return { error };
      }
    });
    if ('error' in outcome) throw outcome.error;
    this.#refusals = 0;
    this.#goodAnswer();
    return outcome.value;
  }

  #goodAnswer(): void {
    this.#silentSince = null;
    this.#backoffLevel = 0;
    this.#breakerLevel = 0;
  }

  #failure(error: Throttled | Unavailable, sentAt: number): Throttled | Unavailable {
    const now = this.#world.now();
    this.#silentSince ??= now;
    if (error instanceof Unavailable) {
      this.#failed++;
      return error;
    }
    this.#throttled++;
    const { floorMs, capMs } = this.#world.tuning;
    // Several requests that were under way together are told the same thing: that is one step, not many.
    const isNews = sentAt >= this.#backoffSince;
    if (isNews) {
      this.#backoffLevel++;
      this.#backoffSince = now;
    }
    const asked = error.retryAfter !== null && error.retryAfter > 0 ? error.retryAfter * 1000 : null;
    const own = floorMs * 2 ** (Math.max(1, this.#backoffLevel) - 1);
    // Up to a tenth later than asked, so that many clients told the same thing do not come back in the same instant.
    const wait = Math.min(capMs, asked ?? own) * (1 + this.#world.random() * 0.1);
    if (isNews || asked !== null) this.#backoffUntil = Math.max(this.#backoffUntil, now + wait);
    this.#world.log?.warn(
      { host: this.name, status: error.status, until: new Date(this.#backoffUntil).toISOString() },
      `${this.name} asks to slow down; nothing is sent to it until then`,
    );
    return error;
  }

  #refusal(error: Refused): void {
    this.#refusals++;
    if (!error.block && this.#refusals < this.#world.tuning.refusals) return;
    this.#switchedOff = error.block
      ? `it answered ${error.status ?? ''} with a page that says we are blocked; ask its operators before running again`
      : `it refused ${this.#refusals} requests in a row, the last with ${error.status ?? 'no status'}`;
    this.#world.log?.warn({ host: this.name, status: error.status }, `${this.name} is left alone: ${this.#switchedOff}`);
  }

  #break(): Break {
    const { breakerMs, capMs } = this.#world.tuning;
    const duration = Math.min(capMs, breakerMs * 2 ** this.#breakerLevel);
    this.#breakerLevel++;
    this.#breakerUntil = this.#world.now() + duration;
    this.#world.log?.warn(
      { host: this.name },
      `${this.name} failed too often in a row; it is left alone for ${duration / 1000} s`,
    );
    return { duration, next: () => this.#break() };
  }

  /** Milliseconds of network travel that are certain for every request to this host, as far as we have seen. */
  credit(roundTripMs: number): number {
    if (roundTripMs > 0) this.#shortestTrip = Math.min(this.#shortestTrip, roundTripMs);
    return Number.isFinite(this.#shortestTrip) ? Math.floor(this.#shortestTrip) : 0;
  }

  status(): HostStatus {
    const now = this.#world.now();
    const open = this.#breaker.state === CircuitState.Open;
    const until = Math.max(this.#backoffUntil, open ? this.#breakerUntil : 0);
    const budgets = [...this.#budgets.values()].map((one) => one.left()).filter((left) => left !== null);
    return {
      host: this.name,
      requests: this.#requests,
      retries: this.retries,
      throttled: this.#throttled,
      failed: this.#failed,
      backoffUntil: until > now ? until : null,
      breaker: open ? 'open' : this.#breaker.state === CircuitState.HalfOpen ? 'half-open' : 'closed',
      switchedOff: this.#switchedOff,
      budgetLeft: budgets.length === 0 ? null : Math.min(...budgets),
      waiting: this.queues.reduce((sum, one) => sum + one.waiting.size, 0),
      inFlight: this.queues.reduce((sum, one) => sum + one.waiting.pending, 0),
    };
  }
}
