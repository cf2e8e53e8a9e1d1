/**
 * The queue on PostgreSQL: pg-boss, in the same database and over the same connections, so that a job can enter in the transaction of
 * what it belongs to. It brings what many workers need: each job to one of them, another try after a worker's death, and failed
 * jobs kept with their reasons. Workers ask for jobs; rows say what is left, so nothing is lost where a job is.
 */
import { sql } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Database, Tx } from './database.ts';
import { JOB_LEASE_MS, MOST_TRIES, type HeldJob, type JobPayload, type Queue, type QueueState } from './queue.ts';
import { detailText, text } from './store/rows.ts';

const SCHEMA = 'pgboss';
/** What is done is of no interest for longer than this. */
const KEPT_SECONDS = 3600;
const RETRY_SECONDS = 5;

export async function bossQueue({ db }: Database): Promise<Queue> {
  const boss = new PgBoss({
    db: executor(db),
    schema: SCHEMA,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
    superviseIntervalSeconds: 30,
  });
  // It reports what its own timers meet, such as a server that restarts; our calls throw what they meet themselves.
  boss.on('error', () => {});
  await boss.start();

  return {
    async prepare(queues) {
      for (const queue of queues) {
        await boss.createQueue(queue, {
          policy: 'short',
          retryLimit: MOST_TRIES - 1,
          retryDelay: RETRY_SECONDS,
          retryBackoff: true,
          heartbeatSeconds: JOB_LEASE_MS / 1000,
          expireInSeconds: 24 * 3600 - 1,
          deleteAfterSeconds: KEPT_SECONDS,
        });
      }
    },

    async add(tx, jobs) {
      for (const [queue, some] of Map.groupBy(jobs, (one) => one.queue)) {
        const rows = some.map(({ key, payload, afterMs = 0 }) => ({
          data: payload,
          singletonKey: text(key),
          startAfter: Math.ceil(afterMs / 1000),
        }));
        await existing(boss.insert(queue, rows, { db: executor(tx) }));
      }
    },

    async take(queue) {
      const [job] = (await existing(boss.fetch<JobPayload>(queue, { batchSize: 1, includeMetadata: true }))) ?? [];
      return job === undefined ? null : { id: job.id, queue, key: job.singletonKey ?? '', payload: job.data };
    },

    async renew(jobs) {
      for (const [queue, ids] of idsByQueue(jobs)) await existing(boss.touch(queue, ids));
    },

    async finish(tx, job) {
      await existing(boss.complete(job.queue, job.id, null, { db: executor(tx) }));
    },

    async fail(job, reason) {
      await existing(boss.fail(job.queue, job.id, { reason: detailText(reason) }));
    },

    async drop(queues) {
      for (const queue of queues) await boss.deleteQueue(queue);
    },

    async close() {
      await boss.stop({ graceful: false, close: false });
    },
  };
}

/** See `queueStates` of `open.ts`. */
export async function bossStates({ db }: Database, queues: readonly string[]): Promise<readonly QueueState[]> {
  // Before the first run is planned there are no queues at all.
  const made = await sql<{ table: string | null }>`select to_regclass(${`${SCHEMA}.job`})::text as table`.execute(db);
  if (queues.length === 0 || made.rows[0]?.table === null)
    return queues.map((queue) => ({ queue, waiting: 0, held: 0, parked: [] }));
  const { rows } = await sql<{ name: string; state: string; key: string | null; reason: string | null }>`
        select name, state::text as state, singleton_key as key, output ->> 'reason' as reason
        from ${sql.table(`${SCHEMA}.job`)} where name in (${sql.join(queues)}) and state <> 'completed'
        order by created_on`.execute(db);
  return queues.map((queue) => {
    const own = rows.filter((one) => one.name === queue);
    return {
      queue,
      waiting: own.filter((one) => one.state === 'created' || one.state === 'retry').length,
      held: own.filter((one) => one.state === 'active').length,
      parked: own
        .filter((one) => one.state === 'failed')
        .map(({ key, reason }) => ({ key: key ?? '', reason: reason ?? 'its workers ended without a word' })),
    };
  });
}

/** pg-boss' statements over a connection or transaction of ours; it binds structures, our driver takes their text alone. */
function executor(db: Database['db'] | Tx): ReturnType<typeof fromKysely> {
  const inner = fromKysely(db);
  return { executeSql: async (statement, values) => inner.executeSql(statement, values?.map(plain)) };
}

function plain(value: unknown): unknown {
  const isStructure = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
  return isStructure ? JSON.stringify(value) : value;
}

/** A queue that is gone has no jobs, and needs none: its run was closed meanwhile, by another worker. */
async function existing<T>(done: Promise<T>): Promise<T | null> {
  try {
    return await done;
  } catch (error) {
    if (error instanceof Error && /^Queue .* does not exist$/.test(error.message)) return null;
    throw error;
  }
}

function idsByQueue(jobs: readonly HeldJob[]): readonly (readonly [string, string[]])[] {
  return [...Map.groupBy(jobs, (one) => one.queue)].map(([queue, some]) => [queue, some.map((one) => one.id)]);
}
