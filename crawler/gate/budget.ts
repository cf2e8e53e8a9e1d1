/** Counting requests against ceilings that outlive the process. */
import { NotAllowed } from '../errors.ts';
import type { LaneLimits } from './lane.ts';
import type { World } from './world.ts';

/** Counts requests over any 30 days, durably and over all processes. The database implements it. */
export interface RequestLedger {
  /**
   * Books up to `wanted` requests to `host` at `now` (milliseconds since 1970) and returns how many were granted, 0 when the
   * ceiling is reached. Called before the requests are sent, so a crash counts too many and never too few. A ceiling of null
   * only counts.
   */
  reserve(host: string, wanted: number, ceiling: number | null, now: number): Promise<number>;
  /** Requests booked in the 30 days before `now`; for `status` and `plan`. */
  used?(host: string, now: number): Promise<number>;
}

/** Requests are booked for this many seconds at a time, so that not each of them writes to the database. */
const BLOCK_SECONDS = 10;
const MAX_BLOCK = 200;

/** A lane's requests to its host, booked in blocks. What is in hand when the process dies stays counted. */
export class Budget {
  readonly #host: string;
  readonly #limits: LaneLimits;
  readonly #world: World;
  #inHand = 0;
  /** Left in the ledger, without those in hand; null where nobody can say. */
  #left: number | null = null;
  #booking: Promise<void> | null = null;
  constructor(host: string, limits: LaneLimits, world: World) {
    this.#host = host;
    this.#limits = limits;
    this.#world = world;
  }

  /** Takes one request, or NotAllowed when the ceiling is reached. */
  async take(signal: AbortSignal): Promise<void> {
    while (this.#inHand === 0) {
      signal.throwIfAborted();
      this.#booking ??= this.#book().finally(() => {
        this.#booking = null;
      });
      await this.#booking;
    }
    this.#inHand--;
  }

  /** The request was not sent after all. */
  putBack(): void {
    this.#inHand++;
  }

  /** Requests left of the ceiling; null without one, or where the ledger cannot say. */
  left(): number | null {
    return this.#left === null ? null : this.#left + this.#inHand;
  }

  async #book(): Promise<void> {
    const { perSecond, per30Days } = this.#limits;
    const { ledger } = this.#world;
    const wanted = Math.min(MAX_BLOCK, Math.max(1, Math.ceil(perSecond * BLOCK_SECONDS)));
    const now = this.#world.now();
    const granted = await ledger.reserve(this.#host, wanted, per30Days, now);
    if (per30Days !== null && ledger.used !== undefined)
      this.#left = Math.max(0, per30Days - (await ledger.used(this.#host, now)));
    if (granted < 1) {
      throw new NotAllowed(
        `the ceiling of ${per30Days ?? 0} requests in any 30 days to ${this.#host} is reached; ` +
          'run again when older requests have passed out of the 30 days: what is done stays done',
      );
    }
    this.#inHand += granted;
  }
}
