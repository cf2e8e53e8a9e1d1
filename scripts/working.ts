/**
 * The work of a run, shared by as many workers as there are. A job of the queue is a batch of packages; what is left to do of it
 * are rows of the run, each taken with a lease. So a job only says where to look: one that is given out twice, or whose worker
 * died, finds what is left and doubles nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CrawlError } from '../crawler/errors.ts';
import type { RegistryId } from '../data/model.ts';
import type { HeldJob } from '../data/queue.ts';
import { closeRun } from '../data/store/close.ts';
import { registryCounts } from '../data/store/progress.ts';
import { isRunOpen, RunError, switchOffService } from '../data/store/run.ts';
import {
  claimPackages,
  freeAbandoned,
  freeUnknown,
  isAllDone,
  nextClaimAt,
  renewPackages,
  returnPackages,
  savePackageResult,
  type Batch,
  type ClaimedPackage,
} from '../data/store/work.ts';
import { batchQueue, closeJob, closeQueue, jobOf } from './jobs.ts';
import { traceOf } from './errors.ts';
import { finish, isPassing, MAX_ATTEMPTS, type Line, type Track } from './pipeline.ts';
import { lookAgain } from './second-look.ts';

const LEASE_MS = 3 * 60_000;
const JOB_RENEWAL_MS = 15_000;
const RETRY_AFTER_MS = 60_000;
/** A package that an error of this program stopped is tried again after this time, by whoever comes. */
const MISHAP_RETRY_MS = 5_000;
/** So many packages in a row cannot all be at fault: the program is. */
const MISHAPS_IN_A_ROW = 20;
/**
 * Where no job is due, the queue is asked at growing distances. The rows themselves are asked at the first time, since whoever died had
 * a job that nobody else gets before its lease is over, and then after a while again and again.
 */
const IDLE_MS = 30;
const LONGEST_IDLE_MS = 1000;
const ROWS_AFTER_MS = 5_000;
/** All of a registry. */
const EVERYTHING: Batch = { from: 1, to: Number.MAX_SAFE_INTEGER };
const COUNT_EVERY_MS = 5_000;

/** Works on a registry until nothing is left to do of it, until the run is closed, or until asked to stop. */
export async function workThrough(line: Line, track: Track): Promise<void> {
  const batches = new Batches(line, track.registry.id);
  const counter = await Counter.start(line, track.registry.id);
  const mishaps = { inARow: 0 };
  const renewal = setInterval(() => batches.renew(), Math.min(JOB_RENEWAL_MS, LEASE_MS / 3));
  try {
    await Promise.all(
      Array.from({ length: line.limits.concurrency }, async () => {
        for (;;) {
          const taken = await batches.next();
          if (taken === null) return;
          try {
            await attempt(line, track, taken.claimed, mishaps);
            counter.done += 1;
          } finally {
            await batches.leave(taken);
          }
          await counter.report();
        }
      }),
    );
  } finally {
    clearInterval(renewal);
    await batches.stop();
  }
}

/** One package, to its result or back to where it came from. Throws what ends the work on the registry. */
async function attempt(line: Line, track: Track, claimed: ClaimedPackage, mishaps: { inARow: number }): Promise<void> {
  try {
    await finish(line, track, claimed);
    mishaps.inARow = 0;
  } catch (error) {
    // Others were faster with this package, and with all that was left.
    if (isClosed(error)) return;
    if (isPassing(error)) {
      await giveBack(line, claimed, RETRY_AFTER_MS * claimed.attempt, true);
      return;
    }
    if (error instanceof CrawlError || error instanceof RunError || line.signal.aborted) {
      await giveBack(line, claimed, 0, false);
      throw error;
    }
    line.log.warn(
      { registry: track.registry.id, package: claimed.name, try: claimed.attempt, reason: traceOf(error) },
      'a package could not be worked on',
    );
    if (++mishaps.inARow >= MISHAPS_IN_A_ROW) {
      await giveBack(line, claimed, 0, false);
      throw error;
    }
    if (claimed.attempt < MAX_ATTEMPTS) await giveBack(line, claimed, MISHAP_RETRY_MS, true);
    else await park(line, claimed, error);
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof RunError && error.reason === 'not-open';
}

async function giveBack(line: Line, { packageId }: ClaimedPackage, afterMs: number, counted: boolean): Promise<void> {
  const { database, run, holder } = line;
  const give = async (): Promise<void> =>
    returnPackages(database, run, [packageId], { holder, after: line.now() + afterMs, counted });
  // Who is told to stop does not wait for a database that is away; the lease ends by itself.
  await (line.signal.aborted ? give().catch(() => {}) : line.insist(give));
}

/** Set aside after five tries. Only the kind of error is kept: its words may be the package's. */
async function park(line: Line, { packageId }: ClaimedPackage, error: unknown): Promise<void> {
  const kind = error instanceof Error ? error.name : typeof error;
  const detail = `an error of this program (${kind}) in each of ${MAX_ATTEMPTS} tries; the log has more`;
  const result = { state: 'failed', reason: 'internal-error', detail } as const;
  await line.insist(() => savePackageResult(line.database, line.run, packageId, result, { now: line.now() }));
}

interface OpenJob {
  /** Null for work that was found in the rows, and that no job speaks of. */
  readonly job: HeldJob | null;
  readonly batch: Batch;
  inHand: number;
  /** Nothing more can be taken from it now. */
  isExhausted: boolean;
}

interface TakenPackage {
  readonly claimed: ClaimedPackage;
  readonly from: OpenJob;
}

/** The jobs in this worker's hands, and the packages in them, one registry's. */
class Batches {
  readonly #line: Line;
  readonly #registry: RegistryId;
  readonly #jobs = new Set<OpenJob>();
  readonly #inHand = new Set<number>();
  #turn: Promise<unknown> = Promise.resolve();
  #isEnd = false;
  /** When the rows are asked, if no job is due then. */
  #rowsAt = 0;

  constructor(line: Line, registry: RegistryId) {
    this.#line = line;
    this.#registry = registry;
  }

  /** The next package, one caller at a time; null when the work is over. */
  next(): Promise<TakenPackage | null> {
    const next = this.#turn.then(async () => this.#find());
    this.#turn = next.catch(() => {});
    return next;
  }

  async leave({ claimed, from }: TakenPackage): Promise<void> {
    this.#inHand.delete(claimed.packageId);
    from.inHand -= 1;
    if (from.isExhausted && from.inHand === 0) await this.#conclude(from);
  }

  renew(): void {
    const { database, run, holder, queue, log, now } = this.#line;
    const lease = { holder, now: now(), leaseMs: LEASE_MS };
    const jobs = [...this.#jobs].flatMap(({ job }) => job ?? []);
    Promise.all([renewPackages(database, run, [...this.#inHand], lease), queue.renew(jobs)]).catch((error: unknown) =>
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'leases could not be renewed'),
    );
  }

  /** What is left of the jobs in hand is announced anew, so that others need not wait for their leases to end. */
  async stop(): Promise<void> {
    for (const one of this.#jobs) await this.#conclude(one).catch(() => {});
  }

  async #find(): Promise<TakenPackage | null> {
    const { draining, queue, now } = this.#line;
    let pause = IDLE_MS;
    while (!draining.aborted && !this.#isEnd) {
      const taken = await this.#takeFromJobs();
      if (taken !== null) return taken;
      const job = await queue.take(batchQueue(this.#line.run, this.#registry));
      if (job !== null) {
        const { from = 0, to = 0 } = job.payload;
        this.#jobs.add({ job, batch: { from, to }, inHand: 0, isExhausted: false });
        pause = IDLE_MS;
        continue;
      }
      this.#isEnd = await this.#isOver();
      if (this.#isEnd) break;
      if (now() >= this.#rowsAt) {
        this.#rowsAt = now() + ROWS_AFTER_MS;
        if (await this.#isAnythingFree()) {
          this.#jobs.add({ job: null, batch: EVERYTHING, inHand: 0, isExhausted: false });
          continue;
        }
      }
      await sleep(pause, undefined, { signal: draining }).catch(() => {});
      pause = Math.min(2 * pause, LONGEST_IDLE_MS);
    }
    return null;
  }

  async #takeFromJobs(): Promise<TakenPackage | null> {
    const { database, run, holder, insist, now } = this.#line;
    for (const one of this.#jobs) {
      if (one.isExhausted) continue;
      const [claimed] = await insist(async () => {
        const claim = { holder, now: now(), leaseMs: LEASE_MS, limit: 1, maxAttempts: MAX_ATTEMPTS };
        return claimPackages(database, run, this.#registry, claim, one.batch);
      }).catch((error: unknown) => {
        // While we waited for the database the others have done the rest: nothing to complain of.
        if (!isClosed(error)) throw error;
        this.#isEnd = true;
        return [];
      });
      if (claimed !== undefined) {
        one.inHand += 1;
        this.#inHand.add(claimed.packageId);
        return { claimed, from: one };
      }
      one.isExhausted = true;
      if (one.inHand === 0) await this.#conclude(one);
    }
    return null;
  }

  /** The job is done. What waits in it for another try, or is in other hands, is announced for then; the last one closes the run. */
  async #conclude(one: OpenJob): Promise<void> {
    this.#jobs.delete(one);
    const { job, batch } = one;
    const { database, run, queue, insist, now } = this.#line;
    await insist(async () =>
      database.db.transaction().execute(async (tx) => {
        if (job !== null) await queue.finish(tx, job);
        const next = await nextClaimAt({ db: tx }, run, this.#registry, batch);
        if (next !== null && job !== null) {
          const afterMs = Math.min(60_000, Math.max(200, next - now()));
          await queue.add(tx, [jobOf(run, this.#registry, batch, afterMs)]);
        } else if (await isAllDone(tx, run)) {
          await queue.add(tx, [closeJob(run)]);
        }
      }),
    );
  }

  async #isOver(): Promise<boolean> {
    const { database, run, insist } = this.#line;
    if (this.#jobs.size > 0) return false;
    return await insist(async () => {
      if (!(await isRunOpen(database, run))) return true;
      const { selected } = await registryCounts(database, run, this.#registry);
      return selected && (await nextClaimAt(database, run, this.#registry)) === null;
    });
  }

  /**
   * Jobs can be lost with whoever held them, or speak of a time that a death has overtaken; the rows cannot. What this process holds
   * without knowing, and what the dead of this machine held, is free first.
   */
  async #isAnythingFree(): Promise<boolean> {
    const { database, run, holder, insist, now } = this.#line;
    return await insist(async () => {
      await freeUnknown(database, run, holder, { registry: this.#registry, inHand: [...this.#inHand] });
      await freeAbandoned(database, run);
      const next = await nextClaimAt(database, run, this.#registry);
      return next !== null && next <= now();
    });
  }
}

/** How far the registry is, whoever does it: counted now and then, and by one's own work in between. */
class Counter {
  readonly #line: Line;
  readonly #registry: RegistryId;
  done = 0;
  #total = 0;
  #nextCount = 0;

  private constructor(line: Line, registry: RegistryId) {
    this.#line = line;
    this.#registry = registry;
  }

  static async start(line: Line, registry: RegistryId): Promise<Counter> {
    const counter = new Counter(line, registry);
    await counter.report();
    return counter;
  }

  async report(): Promise<void> {
    const { now, report } = this.#line;
    if (now() >= this.#nextCount) await this.#count();
    report({ registry: this.#registry, stage: 'analyzing', done: this.done, total: this.#total });
  }

  async #count(): Promise<void> {
    const { database, run, now, insist } = this.#line;
    const began = now();
    this.#nextCount = Number.POSITIVE_INFINITY;
    const { done, total } = await insist(() => registryCounts(database, run, this.#registry));
    this.done = done;
    this.#total = total;
    // Of a census, counting takes a while: then it is done less often.
    this.#nextCount = now() + Math.max(COUNT_EVERY_MS, 50 * (now() - began));
  }
}

/** Checks that are off for this run, with their reasons; before the run is closed. */
export async function recordSwitches({ database, run, validator, insist }: Line): Promise<void> {
  for (const { service, reason } of validator.summary().switchedOff)
    await insist(() => switchOffService(database, run, service, reason));
}

/**
 * Closes a run of which nothing is left to do, by whoever comes first; undecided tokens that are due are looked at again before.
 *
 * @returns `closed`: it is, by this worker or another; `closing`: another is at it; `open`: something is left to do
 */
export async function closeWhenDone(line: Line, tracks: readonly Track[]): Promise<'closed' | 'closing' | 'open'> {
  const { database, run, queue, insist, now } = line;
  if (!(await insist(() => isRunOpen(database, run)))) return 'closed';
  if (!(await insist(() => isAllDone(database.db, run)))) return 'open';
  await insist(async () => database.db.transaction().execute(async (tx) => queue.add(tx, [closeJob(run)])));
  const job = await queue.take(closeQueue(run));
  if (job === null) return 'closing';
  const renewal = setInterval(() => void queue.renew([job]).catch(() => {}), JOB_RENEWAL_MS);
  const finishJob = async (): Promise<void> => database.db.transaction().execute(async (tx) => queue.finish(tx, job));
  try {
    if (!(await lookAgain(line, tracks))) {
      await insist(finishJob);
      return 'open';
    }
    // A second look may be the first to ask a service anything.
    await recordSwitches(line);
    await insist(() => closeRun(database, run, now()));
  } catch (error) {
    if (!isClosed(error)) {
      await queue.fail(job, error instanceof Error ? error.message : String(error));
      throw error;
    }
  } finally {
    clearInterval(renewal);
  }
  await insist(finishJob);
  return 'closed';
}
