/** Work goes on when the database was away: restarted, or cut off from us in the middle of a transaction. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Transaction } from 'kysely';
import { DatabaseError } from './database.ts';

export interface InsistOptions {
  readonly signal: AbortSignal;
  readonly log: { warn(fields: object, message: string): void };
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** Connection errors of the server's and of the system's own words: nothing is known of what the statement did. */
const LOST = /^(57P0[123]|08\w{3}|53300|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EAI_AGAIN|SQLITE_BUSY\w*)$/;
/** Two transactions that waited for each other, or saw each other's halves: the server ended one of them, to be done again. */
const AGAIN = /^(40001|40P01)$/;
const LOST_IN_WORDS =
  /connection terminated|client has encountered a connection error|not queryable|connection timeout|connection ended/i;

/** True where the database was not there, or ended the transaction for reasons of its own: the same may work again. */
export function isDatabaseAway(error: unknown): boolean {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    if (one instanceof DatabaseError && (one.reason === 'busy' || one.reason === 'unreachable')) return true;
    const code = 'code' in one && typeof one.code === 'string' ? one.code : '';
    if (LOST.test(code) || AGAIN.test(code) || LOST_IN_WORDS.test(one.message)) return true;
  }
  return false;
}

/**
 * Does it again as long as the database is away; for whatever can be repeated, which every write of the store can. Whether a
 * transaction was committed whose connection broke is not known, so the second time may find it done.
 */
export async function insist<T>(action: () => Promise<T>, { signal, log }: InsistOptions): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await action();
    } catch (error) {
      if (signal.aborted || !isDatabaseAway(error)) throw error;
      if (pause > 1000)
        log.warn({ reason: error instanceof Error ? error.message : '' }, 'the database does not answer; waiting for it');
    }
    await sleep(pause * (0.5 + Math.random()), undefined, { signal });
  }
}

/**
 * The same object, all of whose methods insist, but for calls in a transaction: one whose connection broke is over, and only from its
 * beginning can it be done again. That is for whoever began it.
 */
export function insisting<T extends object>(target: T, options: InsistOptions): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        const call = async (): Promise<unknown> => (await Reflect.apply(value, object, args)) as unknown;
        return args.some((one) => one instanceof Transaction) ? call() : insist(call, options);
      };
    },
  });
}
