/** What a host said to any of its lanes counts for all of them: back-off, circuit breaker, off-switch, numbers. */
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import type PQueue from 'p-queue';
import { CrawlError, NotAllowed, Refused, Throttled, Unavailable } from '../errors.ts';
import type { Budget } from './budget.ts';
import type { Trouble } from './shared.ts';
import { givingUp, type World } from './world.ts';

export interface HostStatus {
  /** Name and port. */
  readonly host: string;
  /** Sent so far, retries, redirects and HEADs included. */
  readonly requests: number;
  readonly retries: number;
  readonly throttled: number;
  readonly failed: number;
  /** When the back-off or the open breaker ends, in milliseconds since 1970; null when neither is on. */
  readonly backoffUntil: number | null;
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Why the host is left alone for the rest of this process; null when it is not. */
  readonly switchedOff: string | null;
  /** Requests left of the ceiling in these 30 days; null without a ceiling or before the first request. */
  readonly budgetLeft: number | null;
  readonly waiting: number;
  readonly inFlight: number;
}

interface ObservedLane {
  readonly connections: PQueue;
  readonly budget: Budget;
}

/** cockatiel's form of a waiting time and the one after it. */
interface Break {
  readonly duration: number;
  next(): Break;
}

/** So many answers before the fastest of them means something. */
const ENOUGH_ANSWERS = 20;

export class Host {
  readonly name: string;
  readonly #world: World;
  readonly #lanes: ObservedLane[] = [];
  readonly #breaker;
  #requests = 0;
  #retries = 0;
  #throttled = 0;
  #failed = 0;
  /** Milliseconds since 1970 before which nothing is sent. */
  #backoffUntil = 0;
  /** When the last back-off began: requests sent before it that come back throttled say nothing new. */
  #backoffSince = 0;
  #backoffLevel = 0;
  #goodSinceThrottled = 0;
  #breakerUntil = 0;
  #breakerLevel = 0;
  /** Since when no request has been answered well; null after a good answer. */
  #silentSince: number | null = null;
  #refusals = 0;
  #switchedOff: string | null = null;
  #fastestMs = Number.POSITIVE_INFINITY;
  #learned = 0;
  /** Other processes believe the host to be in trouble, because we said so or heard so. */
  #isTrouble = false;

  constructor(name: string, world: World) {
    this.name = name;
    this.#world = world;
    this.#breaker = circuitBreaker(
      handleWhen((error) => error instanceof Throttled || error instanceof Unavailable),
      { breaker: new ConsecutiveBreaker(world.tuning.breakerThreshold), halfOpenAfter: { next: () => this.#break() } },
    );
  }

  /** Adds a lane's numbers to the status. */
  observe(lane: ObservedLane): void {
    this.#lanes.push(lane);
  }

  retried(): void {
    this.#retries++;
  }

  /** True where a request may be sent this very moment. */
  isClear(): boolean {
    if (this.#switchedOff !== null) return false;
    const now = this.#world.now();
    if (now < this.#backoffUntil) return false;
    const { state } = this.#breaker;
    return state === CircuitState.Closed || (state === CircuitState.Open && now >= this.#breakerUntil);
  }

  /** Waits until a request may be sent. NotAllowed: never; Throttled, Unavailable: not within `patienceMs`. */
  async clearance(signal: AbortSignal, patienceMs: number): Promise<void> {
    while (!this.isClear()) {
      signal.throwIfAborted();
      if (this.#switchedOff !== null) throw new NotAllowed(`${this.name} is left alone: ${this.#switchedOff}`);
      const now = this.#world.now();
      if (this.#breaker.state === CircuitState.HalfOpen && now >= this.#backoffUntil) {
        // One request is trying whether the host is back; the others wait for what it finds.
        await this.#decision(signal);
        continue;
      }
      const until = Math.max(this.#backoffUntil, this.#breaker.state === CircuitState.Open ? this.#breakerUntil : 0);
      this.#checkPatience(now, until, patienceMs);
      await this.#world.sleep(Math.max(1, until - now), signal);
    }
  }

  /** Sends through the breaker and learns from the outcome. cockatiel's BrokenCircuitError means that nothing was sent. */
  async send<T>(request: () => Promise<T>): Promise<T> {
    const sentAt = this.#world.now();
    const outcome = await this.#breaker.execute(async () => {
      this.#requests++;
      try {
        const value = await request();
        this.#refusals = 0;
        await this.#answered();
        return { value };
      } catch (error) {
        if (error instanceof Throttled) throw await this.#slowDown(error, sentAt);
        if (error instanceof Unavailable) throw await this.#failure(error);
        // A 451 without a block page is about the item, as of a package that was taken down: many in a row say nothing about us.
        const isAboutUs = error instanceof Refused && (error.block || error.status !== 451);
        if (isAboutUs) await this.#refusal(error);
        else if (error instanceof CrawlError) await this.#answered();
        // For the breaker this is an answer like any other: the host is there.
        return { error };
      }
    });
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** What another process was told counts here as well. */
  hear({ waitMs, level, switchedOff }: Trouble): void {
    this.#isTrouble = true;
    this.#switchedOff ??= switchedOff;
    const now = this.#world.now();
    if (now + waitMs <= this.#backoffUntil) return;
    this.#backoffUntil = now + waitMs;
    this.#backoffSince = now;
    this.#backoffLevel = Math.max(this.#backoffLevel, level);
  }

  /** The others are told before this process goes on. Where they cannot be told, it goes by itself. */
  async #tell(said: Promise<void> | undefined): Promise<void> {
    if (said === undefined) return;
    this.#isTrouble = true;
    try {
      await said;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#world.log?.warn({ host: this.name, reason }, 'the other processes could not be told what a host said');
    }
  }

  async #answered(): Promise<void> {
    this.#silentSince = null;
    this.#breakerLevel = 0;
    if (++this.#goodSinceThrottled >= this.#world.tuning.recovery) this.#backoffLevel = 0;
    if (!this.#isTrouble) return;
    await this.#tell(this.#world.shared?.recovered(this.name));
    this.#isTrouble = false;
  }

  async #failure(error: Unavailable): Promise<Unavailable> {
    this.#silentSince ??= this.#world.now();
    this.#failed++;
    const { breakerThreshold: threshold, breakerMs, capMs } = this.#world.tuning;
    await this.#tell(this.#world.shared?.failed(this.name, { threshold, breakerMs, capMs }));
    return error;
  }

  async #slowDown(error: Throttled, sentAt: number): Promise<Throttled> {
    const now = this.#world.now();
    this.#silentSince ??= now;
    this.#throttled++;
    const { floorMs, capMs } = this.#world.tuning;
    const asked = error.retryAfter !== null && error.retryAfter > 0 ? error.retryAfter * 1000 : null;
    // Requests that were under way together are all told the same: that is one step, not many.
    const isNews = sentAt >= this.#backoffSince && sentAt >= this.#backoffUntil;
    if (isNews) {
      this.#backoffLevel++;
      this.#backoffSince = now;
      this.#goodSinceThrottled = 0;
    } else if (asked === null) {
      return error;
    }
    const wanted = asked ?? floorMs * 2 ** Math.min(30, Math.max(0, this.#backoffLevel - 1));
    // Up to a tenth later, so that many clients that were told the same do not return in the same instant.
    const until = now + Math.min(capMs, wanted) * (1 + this.#world.random() * 0.1);
    if (until <= this.#backoffUntil) return error;
    this.#backoffUntil = until;
    this.#world.log?.warn(
      { host: this.name, status: error.status, retryAfter: error.retryAfter, until: new Date(until).toISOString() },
      `${this.name} asks to slow down: nothing is sent to it for ${Math.ceil((until - now) / 1000)} s`,
    );
    await this.#tell(this.#world.shared?.slowDown(this.name, until - now, this.#backoffLevel));
    return error;
  }

  async #refusal(error: Refused): Promise<void> {
    this.#refusals++;
    if (this.#switchedOff !== null || (!error.block && this.#refusals < this.#world.tuning.refusals)) return;
    const status = error.status ?? 'a connection that was closed';
    this.#switchedOff = error.block
      ? `it answered ${status} with a page that says we are blocked. Find out why before running again: its operators may have asked for it`
      : `it refused ${this.#refusals} requests in a row, the last one with ${status}. Check contact, credentials and addresses before running again`;
    this.#world.log?.warn({ host: this.name, status: error.status }, `${this.name} is left alone: ${this.#switchedOff}`);
    await this.#tell(this.#world.shared?.switchOff(this.name, this.#switchedOff));
  }

  /** The breaker opens: for `breakerMs` at first, twice as long every time that it opens again without a good answer between. */
  #break(): Break {
    const { breakerMs, capMs } = this.#world.tuning;
    const duration = Math.min(capMs, breakerMs * 2 ** Math.min(30, this.#breakerLevel));
    this.#breakerLevel++;
    this.#breakerUntil = this.#world.now() + duration;
    this.#world.log?.warn(
      { host: this.name, seconds: duration / 1000 },
      `${this.name} failed too often in a row: left alone for a while`,
    );
    return { duration, next: () => this.#break() };
  }

  #checkPatience(now: number, until: number, patienceMs: number): void {
    if (this.#silentSince === null || until - this.#silentSince <= patienceMs) return;
    const minutes = Math.round((now - this.#silentSince) / 60_000);
    const advice = `run again after ${new Date(until).toISOString()}: what is done stays done`;
    if (this.#backoffUntil >= this.#breakerUntil) {
      const retryAfter = Math.ceil((until - now) / 1000);
      throw givingUp(
        new Throttled(`${this.name} has been asking to slow down for ${minutes} minutes; ${advice}`, { retryAfter }),
      );
    }
    throw givingUp(new Unavailable(`${this.name} has given no good answer for ${minutes} minutes; ${advice}`));
  }

  #decision(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const subscription = this.#breaker.onStateChange(decided);
      signal.addEventListener('abort', stopped, { once: true });
      function decided(): void {
        subscription.dispose();
        signal.removeEventListener('abort', stopped);
        resolve();
      }
      function stopped(): void {
        subscription.dispose();
        reject(signal.reason as Error);
      }
    });
  }

  /** An answer began `answerMs` after its request was sent over an open connection. */
  learn(answerMs: number): void {
    this.#learned++;
    this.#fastestMs = Math.min(this.#fastestMs, answerMs);
  }

  /**
   * Milliseconds in which this host certainly does not answer, as far as it is known: 0 until it has been seen often enough.
   * A fifth and ten milliseconds are kept back, since the fastest answer seen is seldom the fastest there is, and a busy
   * machine sees every answer late.
   */
  certainMs(): number {
    return this.#learned < ENOUGH_ANSWERS ? 0 : Math.max(0, Math.floor(this.#fastestMs * 0.8 - 10));
  }

  status(): HostStatus {
    const { state } = this.#breaker;
    const until = Math.max(this.#backoffUntil, state === CircuitState.Open ? this.#breakerUntil : 0);
    const left = this.#lanes.map(({ budget }) => budget.left()).filter((one) => one !== null);
    return {
      host: this.name,
      requests: this.#requests,
      retries: this.#retries,
      throttled: this.#throttled,
      failed: this.#failed,
      backoffUntil: until > this.#world.now() ? until : null,
      breaker: state === CircuitState.Open ? 'open' : state === CircuitState.HalfOpen ? 'half-open' : 'closed',
      switchedOff: this.#switchedOff,
      budgetLeft: left.length === 0 ? null : Math.min(...left),
      waiting: this.#lanes.reduce((sum, { connections }) => sum + connections.size, 0),
      inFlight: this.#lanes.reduce((sum, { connections }) => sum + connections.pending, 0),
    };
  }
}
