/** What all parts of the gates share: clock, chance, ledger, log, and the waiting times. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CrawlError } from '../errors.ts';
import type { RequestLedger } from './budget.ts';
import type { SharedLimits } from './shared.ts';

/** Times in milliseconds. The defaults are for real hosts; tests make them short. */
export interface GateTuning {
  /** Back-off where the host asks to slow down without saying for how long; doubles while it goes on asking. */
  readonly floorMs: number;
  /** Longest back-off, the host's own word included: after an hour one question more is no burden. */
  readonly capMs: number;
  /** How long a host may go without one good answer before what waits for it is given up. */
  readonly patienceMs: number;
  /** Good answers after which the next back-off starts from the floor again. */
  readonly recovery: number;
  /** Failures in a row (5xx, 429, network) that open the breaker, and how long it stays open at first; doubles. */
  readonly breakerThreshold: number;
  readonly breakerMs: number;
  /** First pause before a failed request is sent again; doubles. */
  readonly retryMs: number;
  /** Refusals in a row after which the host is left alone, even where none was an explicit block. */
  readonly refusals: number;
}

export const DEFAULT_TUNING: GateTuning = {
  floorMs: 60_000,
  capMs: 3_600_000,
  patienceMs: 2 * 3_600_000,
  recovery: 20,
  breakerThreshold: 8,
  breakerMs: 60_000,
  retryMs: 1000,
  refusals: 20,
};

/** The part of a logger that is used here; pino fits. */
export interface GateLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface GatesOptions {
  readonly ledger: RequestLedger;
  /** Where several processes keep their limits together; without it each process keeps them by itself. */
  readonly shared?: SharedLimits | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to below 1; for jitter. */
  readonly random: () => number;
  readonly log?: GateLog | undefined;
  readonly tuning?: Partial<GateTuning> | undefined;
  /** Waits; replaced in tests together with `now`. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

export interface World {
  readonly ledger: RequestLedger;
  readonly shared: SharedLimits | null;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: GateLog | undefined;
  readonly tuning: GateTuning;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly closing: AbortSignal;
  /** A signal that also aborts when the gates close. */
  untilClosed(signal: AbortSignal): AbortSignal;
}

export function worldOf(options: GatesOptions, closing: AbortSignal = new AbortController().signal): World {
  const withClosing = new WeakMap<AbortSignal, AbortSignal>();
  return {
    ledger: options.ledger,
    shared: options.shared ?? null,
    now: options.now,
    random: options.random,
    log: options.log,
    tuning: { ...DEFAULT_TUNING, ...options.tuning },
    sleep: options.sleep ?? sleep,
    closing,
    untilClosed(signal) {
      // Once per run and not per request: a signal keeps something of every signal that was ever made from it.
      const known = withClosing.get(signal);
      if (known !== undefined) return known;
      const both = AbortSignal.any([signal, closing]);
      withClosing.set(signal, both);
      return both;
    },
  };
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    // Why the signal was aborted says more than that it was.
    throw signal.aborted ? signal.reason : error;
  }
}

const final = new WeakSet<CrawlError>();

/** Marks an error after which nothing is tried again: tries or patience are used up. The retry loop lets it through. */
export function givingUp<T extends CrawlError>(error: T): T {
  final.add(error);
  return error;
}

export function hasGivenUp(error: CrawlError): boolean {
  return final.has(error);
}
