/** Requests booked per host and hour: what a registry's terms allow in 30 days is shared by all runs and processes. */
import type { Database, Reader } from '../database.ts';
import { text } from './rows.ts';

const HOUR_MS = 3_600_000;
const WINDOW_HOURS = 30 * 24;

export interface RequestBook {
  /**
   * Books up to `wanted` requests to `host` and returns how many were granted: 0 when the ceiling of any 30 days is reached.
   * A ceiling of null only counts. Booked before sending, so that a crash counts too many and never too few.
   */
  reserve(host: string, wanted: number, ceiling: number | null, now: number): Promise<number>;
  /** Requests booked in the 30 days before `now`. */
  used(host: string, now: number): Promise<number>;
}

export function requestLedger({ db }: Database): RequestBook {
  return {
    async reserve(host, wanted, ceiling, now) {
      return await db.transaction().execute(async (tx) => {
        // The row of the host is written first: whoever else books for it waits here.
        await tx
          .insertInto('host')
          .values({ host: text(host), touched_at: now })
          .onConflict((oc) => oc.column('host').doUpdateSet({ touched_at: now }))
          .execute();
        const left = ceiling === null ? wanted : ceiling - (await usedIn(tx, host, now));
        const granted = Math.max(0, Math.min(wanted, left));
        if (granted === 0) return 0;
        await tx
          .insertInto('request')
          .values({ host: text(host), hour: hourOf(now), count: granted })
          .onConflict((oc) => oc.columns(['host', 'hour']).doUpdateSet((eb) => ({ count: eb('request.count', '+', granted) })))
          .execute();
        return granted;
      });
    },
    async used(host, now) {
      return await usedIn(db, host, now);
    },
  };
}

/** Requests booked in the 30 days before `now`, by host. */
export async function bookedRequests({ db }: Database, now: number): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('request')
    .select('host')
    .select((eb) => eb.fn.sum<number>('count').as('sum'))
    .where('hour', '>=', hourOf(now) - WINDOW_HOURS)
    .groupBy('host')
    .execute();
  return new Map(rows.map(({ host, sum }) => [host, sum]));
}

/** Whole hours, the one that began 30 days ago included: never fewer than the exact window would count. */
async function usedIn(db: Reader, host: string, now: number): Promise<number> {
  const { sum } = await db
    .selectFrom('request')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('count'), eb.lit(0)).as('sum'))
    .where('host', '=', host)
    .where('hour', '>=', hourOf(now) - WINDOW_HOURS)
    .executeTakeFirstOrThrow();
  return sum;
}

function hourOf(now: number): number {
  return Math.floor(now / HOUR_MS);
}
