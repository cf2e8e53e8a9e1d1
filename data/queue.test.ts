import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { temporaryDatabase } from './example.ts';
import { insist, insisting } from './insist.ts';
import { describeOnEach } from './kinds-in-tests.ts';
import { openQueue, queueStates } from './open.ts';
import { administer, isServerMissing } from './postgres/test-server.ts';
import { MOST_TRIES, type HeldJob, type Job, type Queue } from './queue.ts';

const QUEUE = 'run-1.npm';
const job = (number: number, afterMs = 0): Job => ({
  queue: QUEUE,
  key: `${number}`,
  payload: { run: 1, from: number, to: number },
  afterMs,
});

describeOnEach('the queue', (kind) => {
  async function use(act: (queue: Queue, database: Database) => Promise<void>): Promise<void> {
    await using made = await temporaryDatabase(kind);
    const queue = await openQueue(made.database, 'a worker');
    try {
      await queue.prepare([QUEUE]);
      await act(queue, made.database);
    } finally {
      await queue.close();
    }
  }
  const add = async (queue: Queue, { db }: Database, jobs: readonly Job[]): Promise<void> =>
    db.transaction().execute(async (tx) => queue.add(tx, jobs));
  const finish = async (queue: Queue, { db }: Database, held: HeldJob): Promise<void> =>
    db.transaction().execute(async (tx) => queue.finish(tx, held));

  test('gives each job to one worker, and none twice', async () => {
    await use(async (queue, database) => {
      await add(queue, database, [job(1), job(2), job(1)]);
      const other = await openQueue(database, 'another worker');
      const taken = [await queue.take(QUEUE), await other.take(QUEUE), await queue.take(QUEUE)];
      expect(new Set(taken.map((one) => one?.key ?? null))).toEqual(new Set(['1', '2', null]));
      expect(taken[0]?.payload).toEqual({ run: 1, from: Number(taken[0]?.key), to: Number(taken[0]?.key) });
      for (const one of taken) if (one !== null) await finish(queue, database, one);
      await other.close();
      expect(await queueStates(database, [QUEUE])).toMatchObject([{ waiting: 0, parked: [] }]);
    });
  });

  test('takes a job with the transaction that it belongs to, or not at all', async () => {
    await use(async (queue, database) => {
      const failed = database.db.transaction().execute(async (tx) => {
        await queue.add(tx, [job(1)]);
        throw new Error('thought better of it');
      });
      await expect(failed).rejects.toThrow('thought better of it');
      expect(await queue.take(QUEUE)).toBe(null);
    });
  });

  test('a job for later comes later, and may follow the same one that is being finished', async () => {
    await use(async (queue, database) => {
      await add(queue, database, [job(1)]);
      const held = await queue.take(QUEUE);
      await database.db.transaction().execute(async (tx) => {
        if (held !== null) await queue.finish(tx, held);
        await queue.add(tx, [job(1, 900)]);
      });
      expect(await queue.take(QUEUE)).toBe(null);
      await sleep(1100);
      expect((await queue.take(QUEUE))?.key).toBe('1');
    });
  });

  test('a job that fails is kept with its reason and given out again', async () => {
    await use(async (queue, database) => {
      await add(queue, database, [job(1)]);
      const held = await queue.take(QUEUE);
      expect(held).not.toBe(null);
      if (held !== null) await queue.fail(held, 'the reason');
      expect(MOST_TRIES).toBe(5);
      expect(await queueStates(database, [QUEUE])).toEqual([{ queue: QUEUE, waiting: 1, held: 0, parked: [] }]);
    });
  });

  test('a queue that is dropped is empty', async () => {
    await use(async (queue, database) => {
      await add(queue, database, [job(1)]);
      const held = await queue.take(QUEUE);
      await queue.drop([QUEUE]);
      expect(await queue.take(QUEUE)).toBe(null);
      // A worker that had not heard of it.
      if (held === null) throw new Error('there was no job');
      await queue.renew([held]);
      await queue.fail(held, 'too late');
      await finish(queue, database, held);
    });
  });
});

test.skipIf(isServerMissing)(
  'a transaction whose connection breaks before a job is added is begun anew, once and not for ever',
  async () => {
    await using made = await temporaryDatabase('postgres');
    const { database, path } = made;
    const insistence = { signal: new AbortController().signal, log: { warn: () => {} } };
    const queue = insisting(await openQueue(database, 'a worker'), insistence);
    await queue.prepare([QUEUE]);
    let begun = 0;
    const adding = async (): Promise<void> =>
      database.db.transaction().execute(async (tx) => {
        begun += 1;
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
        if (begun === 1) await administer(path, `select pg_terminate_backend(${rows[0]?.pid ?? 0})`);
        await queue.add(tx, [job(1)]);
      });
    await insist(adding, insistence);
    expect(begun).toBe(2);
    expect(await queueStates(database, [QUEUE])).toMatchObject([{ waiting: 1 }]);
    await queue.close();
  },
);
