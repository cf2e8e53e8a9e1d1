/** The queue as one table: for the embedded database, which has a single writer and needs no more. */
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { JOB_LEASE_MS, MOST_TRIES, type HeldJob, type Queue, type QueueState } from './queue.ts';
import { isGone } from './store/holder.ts';
import { chunks, detailText, json, text } from './store/rows.ts';

const RETRY_MS = 5_000;

export function tableQueue({ db, words }: Database, holder: string): Queue {
  const now = sql<number>`${sql.raw(words.now)}`;

  /** Jobs in the hands of processes that are gone are free at once; any other's when their time is over. */
  async function freeGone(queue: string): Promise<void> {
    const held = await db
      .selectFrom('job')
      .select('holder')
      .distinct()
      .where('queue', '=', queue)
      .where('holder', 'is not', null)
      .execute();
    for (const one of held) {
      if (one.holder === null || !isGone(one.holder)) continue;
      await db.updateTable('job').set({ holder: null, not_before: 0 }).where('holder', '=', one.holder).execute();
    }
  }

  async function take(queue: string): Promise<HeldJob | null> {
    for (;;) {
      const { rows } = await sql<{ id: number; key: string; payload: string; attempts: number }>`
        update job set holder = ${holder}, attempts = attempts + 1, not_before = ${now} + ${JOB_LEASE_MS}
        where id in (select id from job where queue = ${queue} and parked = 0 and not_before <= ${now}
          order by not_before, id limit 1) returning id, key, payload, attempts`.execute(db);
      const [row] = rows;
      if (row === undefined) return null;
      if (row.attempts <= MOST_TRIES)
        return { id: String(row.id), queue, key: row.key, payload: JSON.parse(row.payload) as HeldJob['payload'] };
      await park(row.id, 'its workers ended without a word');
    }
  }

  async function park(id: number, reason: string): Promise<void> {
    await db
      .updateTable('job')
      .set({ parked: 1, holder: null, reason: detailText(reason) })
      .where('id', '=', id)
      .execute();
  }

  return {
    async prepare() {},

    async add(tx, jobs) {
      const rows = jobs.map(({ queue, key, payload, afterMs = 0 }) => ({
        queue: text(queue),
        key: text(key),
        payload: json(payload),
        not_before: sql<number>`${now} + ${Math.ceil(afterMs)}`,
        attempts: 0,
        holder: null,
        reason: null,
        parked: 0 as const,
      }));
      for (const chunk of chunks(rows, 8)) {
        await tx
          .insertInto('job')
          .values(chunk)
          .onConflict((oc) => oc.columns(['queue', 'key']).doNothing())
          .execute();
      }
    },

    async take(queue) {
      const job = await take(queue);
      if (job !== null) return job;
      await freeGone(queue);
      return await take(queue);
    },

    async renew(jobs) {
      for (const some of chunks(jobs, 1)) {
        await db
          .updateTable('job')
          .set({ not_before: sql<number>`${now} + ${JOB_LEASE_MS}` })
          .where(
            'id',
            'in',
            some.map((one) => Number(one.id)),
          )
          .where('holder', '=', holder)
          .execute();
      }
    },

    async finish(tx, job) {
      await tx.deleteFrom('job').where('id', '=', Number(job.id)).where('holder', '=', holder).execute();
    },

    async fail(job, reason) {
      await db
        .updateTable('job')
        .set((eb) => ({
          holder: null,
          reason: detailText(reason),
          not_before: sql<number>`${now} + ${RETRY_MS} * attempts`,
          parked: eb.case().when('attempts', '>=', MOST_TRIES).then<0 | 1>(1).else<0 | 1>(0).end(),
        }))
        .where('id', '=', Number(job.id))
        .where('holder', '=', holder)
        .execute();
    },

    async drop(queues) {
      if (queues.length > 0) await db.deleteFrom('job').where('queue', 'in', queues).execute();
    },

    async close() {},
  };
}

/** See `queueStates` of `open.ts`. */
export async function tableStates({ db }: Database, queues: readonly string[]): Promise<readonly QueueState[]> {
  if (queues.length === 0) return [];
  const rows = await db.selectFrom('job').selectAll().where('queue', 'in', queues).orderBy('id').execute();
  return queues.map((queue) => {
    const own = rows.filter((one) => one.queue === queue);
    return {
      queue,
      waiting: own.filter((one) => one.parked === 0 && one.holder === null).length,
      held: own.filter((one) => one.holder !== null).length,
      parked: own.filter((one) => one.parked === 1).map(({ key, reason }) => ({ key, reason: reason ?? '' })),
    };
  });
}
