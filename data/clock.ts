/** The database's clock: the one time that all workers agree on. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface DatabaseClock {
  /** Milliseconds since 1970 by the database's clock, to within a round trip. Never by this machine's clock, which may be wrong. */
  readonly now: () => number;
  /** By how much this machine's clock is ahead of the database's, in milliseconds. */
  readonly skewMs: () => number;
  /** Asks the database again; what was known stays where it does not answer. */
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}

/** Between questions only time that passed on this machine is added, by a clock that nobody sets. */
const REFRESH_MS = 20_000;

export async function databaseClock({ db, words }: Database): Promise<DatabaseClock> {
  let at = 0;
  let base = 0;
  async function ask(): Promise<void> {
    const before = performance.now();
    const { rows } = await sql<{ now: number }>`select ${sql.raw(words.now)} as now`.execute(db);
    const after = performance.now();
    at = (before + after) / 2;
    base = rows[0]?.now ?? Date.now();
  }
  await ask();
  const refresh = (): Promise<void> => ask().catch(() => {});
  const timer = setInterval(() => void refresh(), REFRESH_MS).unref();
  const now = (): number => Math.round(base + performance.now() - at);
  return { now, skewMs: () => Date.now() - now(), refresh, close: () => clearInterval(timer) };
}
