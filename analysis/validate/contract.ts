/** What the validation engine is given, and what it gives back. */
import type { Family, Verdict } from '../../data/model.ts';
import type { ProbeRequest, Reading } from '../service.ts';

/**
 * - off: no network. Judges by the bytes alone: known examples, canaries, expiry, public keys. Same input, same verdicts.
 * - offline: no network either, but answers that were got within the period are remembered and used.
 * - live: asks, by the least that each service allows.
 */
export type ValidationMode = 'off' | 'offline' | 'live';

export interface ServiceSettings {
  /** False: never asked, `untested` with reason `check-disabled`. */
  readonly enabled?: boolean;
  /**
   * Where to ask in place of the service's own hosts: an https URL, or http on loopback. `{host}` in its path stands for
   * the host that would have been asked.
   */
  readonly host?: string;
  /** Counts the service's tokens under another family. */
  readonly family?: Family;
  /** Allows a check whose effect is more than reading. */
  readonly allowEffects?: boolean;
}

/** An answer of a service; `headers` with lower-case names. */
export interface SendAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The guarded way out. Rejects with an error that has a slug as `reason` (`timeout`, `dns`, `body-too-long`,
 * `address-not-public`, …) and holds no token. Always settles within a few seconds.
 */
export type Send = (
  request: ProbeRequest,
  limits: { readonly hosts: readonly string[]; readonly maxBytes: number },
) => Promise<SendAnswer>;

/** What is remembered of the last question about a token. */
export interface Remembered {
  readonly askedAt: Date;
  /** Null where the question was begun and never settled: the program was stopped in between, or is still waiting. */
  readonly reading: Reading | null;
  /** When an undecided token is to be asked about again; null where never, or decided. */
  readonly lookAfter: Date | null;
  /** How many answers in a row, up to the last, left it undecided. */
  readonly looks: number;
}

export interface Question {
  readonly service: string;
  readonly fingerprint: string;
  readonly at: Date;
  /** When the question was asked that this one replaces; null where none is remembered. */
  readonly replaces: Date | null;
}

/** Which tokens were asked about; outlives the process. Holds fingerprints, never tokens. */
export interface Memory {
  recall(fingerprint: string): Promise<Remembered | null>;
  /** Like `recall`, but waits for the answer where somebody else is asking at this moment. */
  await?(fingerprint: string): Promise<Remembered | null>;
  /**
   * Writes down, durably, that a question is about to be asked. False, and nothing written, where what is remembered is not
   * what `replaces` says: someone else asks at this moment.
   */
  begin(question: Question): Promise<boolean>;
  settle(fingerprint: string, reading: Reading, lookAfter: Date | null): Promise<void>;
}

/** The pace at which a service is asked, where several processes keep it together. */
export interface Turns {
  /** The turn to send one request, or the pause that the service asked any process for. */
  take(pace: Pace, signal: AbortSignal): Promise<Turn | { readonly pausedMs: number; readonly reason: string }>;
  /** The service is not to be asked for so many milliseconds, by anyone. */
  pause(service: string, ms: number, reason: string): Promise<void>;
}

export interface Pace {
  readonly service: string;
  readonly perSecond: number;
  readonly concurrency: number;
}

export interface Turn {
  /** The answer came, or none will. */
  done(): void;
}

/** One control probe per run and service, where several processes work on a run: what `ask` finds, or has found elsewhere. */
export interface Controls {
  once(service: string, ask: () => Promise<ControlState>): Promise<ControlState>;
}

/** One request that was sent: who was asked, when, what came back, which row of which table decided. No token, no body. */
export interface AuditRow {
  readonly kind: 'token' | 'control';
  readonly service: string;
  /** Null for a control probe: its token is random and belongs to nobody. */
  readonly fingerprint: string | null;
  readonly at: Date;
  /** The host as the service file lists it (`*.example.com` for a tenant's), and the path with parts as `{token}`. */
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** Null where no answer came. */
  readonly status: number | null;
  readonly contentType: string | null;
  readonly verdict: Verdict;
  readonly reason: string;
}

export interface ValidationLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** A verdict, and when it is worth looking again (for `unknown` alone; null: never). */
export interface Outcome extends Reading {
  readonly lookAfter: Date | null;
}

/**
 * - refused: a random token was refused, as it must be
 * - accepted: a random token was accepted; the check is switched off
 * - undecided: no answer that says anything; the check goes on, and this is said
 * - impossible: no random token can be asked about (with the service's own reason, or for lack of a fitting sample)
 */
export type ControlState = 'refused' | 'accepted' | 'undecided' | 'impossible';

export interface ValidationSummary {
  readonly mode: ValidationMode;
  /** First and last request sent; null where none was. */
  readonly from: Date | null;
  readonly to: Date | null;
  /** Requests sent for tokens, control probes left out. */
  readonly requests: number;
  /** Checks that were off, with the reason: a failed control probe, the configuration. */
  readonly switchedOff: readonly { readonly service: string; readonly reason: string }[];
  readonly controls: readonly { readonly service: string; readonly state: ControlState }[];
}
