/**
 * Jobs: announcements of work to whoever listens. The work itself are rows of the run (`store/work.ts`), so a job that comes twice,
 * late or never loses and doubles nothing; what a queue adds is that workers need not search for work, that a job whose worker died is
 * given to another, and that one that fails again and again is set aside where people see it.
 */
import type { Tx } from './database.ts';

/** Ids and positions alone: by its type no text of a package, and no token, can get into a queue. */
export type JobPayload = Readonly<Record<string, number>>;

export interface Job {
  readonly queue: string;
  /** One job of a queue and a key waits at a time; adding it again changes nothing. */
  readonly key: string;
  readonly payload: JobPayload;
  /** Nobody takes it before so many milliseconds have passed. */
  readonly afterMs?: number;
}

export interface HeldJob {
  readonly id: string;
  readonly queue: string;
  readonly key: string;
  readonly payload: JobPayload;
}

export interface QueueState {
  readonly queue: string;
  readonly waiting: number;
  readonly held: number;
  /** Failed too often; each with the reason of its last failure. */
  readonly parked: readonly { readonly key: string; readonly reason: string }[];
}

/** A queue that was dropped takes no jobs and has none: whoever comes late to a run that was closed meanwhile does no harm. */
export interface Queue {
  /** Makes queues where there are none; before the first `add` to them. */
  prepare(queues: readonly string[]): Promise<void>;
  /** Adds jobs in the transaction of what they belong to: both are there, or neither. */
  add(tx: Tx, jobs: readonly Job[]): Promise<void>;
  /** The next job, held until it is finished, failed, or not renewed for a minute; null where none is due. */
  take(queue: string): Promise<HeldJob | null>;
  /** The sign of life, at least every 20 seconds. */
  renew(jobs: readonly HeldJob[]): Promise<void>;
  /** The job is done, in the transaction of what follows from it. */
  finish(tx: Tx, job: HeldJob): Promise<void>;
  /** The job failed; it is given out again a little later, five times in all. */
  fail(job: HeldJob, reason: string): Promise<void>;
  /** Removes queues with whatever is left in them. */
  drop(queues: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A job that failed so often is parked. */
export const MOST_TRIES = 5;
/** A job whose worker gives no sign of life for so long is given to another. */
export const JOB_LEASE_MS = 60_000;
