import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { databaseClock } from './clock.ts';
import { temporaryDatabase } from './example.ts';
import { describeOnEach } from './kinds-in-tests.ts';
import { sharedLeases, type Leased, type LeasePool } from './leases.ts';

const HOST = 'registry.test';
const POOL: LeasePool = { key: 'lane', host: HOST, size: 3, leaseMs: 150, graceMs: 50, aheadMs: 0 };
const positions = ({ permits }: Leased): readonly number[] => permits.map((one) => one.permit).toSorted((a, b) => a - b);

describeOnEach('permits', (kind) => {
  test('are no more than there are, however many ask at once', async () => {
    await using made = await temporaryDatabase(kind);
    const workers = Array.from({ length: 4 }, (_, index) => sharedLeases(made.database, `worker ${index}`));
    const taken = await Promise.all(workers.map((one) => one.take({ ...POOL, leaseMs: 60_000 }, 2, 1)));
    expect(taken.flatMap(positions).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  test('come back when their time has come', async () => {
    await using made = await temporaryDatabase(kind);
    const leases = sharedLeases(made.database, 'one');
    const { now } = await leases.take({ ...POOL, leaseMs: 60_000 }, 3, 1);
    const back = [0, 1].map((permit) => ({ permit, ticket: 1, freeAt: now + 1000 * (2 - permit) - 700 }));
    await leases.giveBack(POOL, back);
    const { permits, nextMs } = await leases.take({ ...POOL, leaseMs: 60_000 }, 1, 2);
    expect(permits).toEqual([]);
    expect(nextMs).toBeGreaterThan(0);
    expect(nextMs).toBeLessThanOrEqual(300);
    // A moment before, for whoever waits until then.
    const early = await leases.take({ ...POOL, leaseMs: 60_000, aheadMs: 400 }, 3, 3);
    expect(early.permits).toEqual([{ permit: 1, usableAt: now + 300 }]);
    await leases.giveBack(POOL, [{ permit: 1, ticket: 3, freeAt: early.now + 100 }]);
    await sleep(110);
    expect(positions(await leases.take(POOL, 3, 4))).toEqual([1]);
  });

  test('of a process that died are free after their lease, and what it gives back then is nobody else’s', async () => {
    await using made = await temporaryDatabase(kind);
    const [dead, alive] = [sharedLeases(made.database, 'dead'), sharedLeases(made.database, 'alive')];
    expect((await dead.take(POOL, 3, 1)).permits).toHaveLength(3);
    expect((await alive.take(POOL, 1, 1)).permits).toEqual([]);
    await sleep(220);
    const [permit] = positions(await alive.take({ ...POOL, leaseMs: 60_000 }, 1, 2));
    // It was only paused, and wakes up.
    await dead.giveBack(POOL, [{ permit: permit ?? 0, ticket: 1, freeAt: 0 }]);
    expect((await alive.take(POOL, 3, 3)).permits).toHaveLength(2);
  });

  test('stay with a process that renews them', async () => {
    await using made = await temporaryDatabase(kind);
    const [one, other] = [sharedLeases(made.database, 'one'), sharedLeases(made.database, 'other')];
    const [permit] = positions(await one.take(POOL, 1, 1));
    for (let time = 0; time < 4; time++) {
      await sleep(80);
      await one.renew(POOL, [{ permit: permit ?? 0, ticket: 1 }]);
    }
    expect((await other.take(POOL, 3, 1)).permits).toHaveLength(2);
  });

  test('are held back while the host is in trouble, and one alone tries when it is over', async () => {
    await using made = await temporaryDatabase(kind);
    const [one, other] = [sharedLeases(made.database, 'one'), sharedLeases(made.database, 'other')];
    await one.slowDown(HOST, 100, 2);
    expect((await other.take(POOL, 1, 1)).trouble).toMatchObject({ level: 2, reason: 'throttled', switchedOff: null });
    await sleep(110);
    expect((await other.take(POOL, 1, 2)).permits).toHaveLength(1);
    const breaker = { threshold: 2, breakerMs: 100, capMs: 1000 };
    await one.failed(HOST, breaker);
    await other.failed(HOST, breaker);
    expect((await one.take(POOL, 1, 1)).permits).toEqual([]);
    await sleep(110);
    const tries = [await one.take(POOL, 1, 2), await other.take(POOL, 1, 3)];
    expect(tries.map((taken) => taken.permits.length)).toEqual([1, 0]);
    await one.recovered(HOST);
    expect((await other.take(POOL, 1, 4)).permits).toHaveLength(1);
  });
});

describeOnEach('the clock', (kind) => {
  test('is the database’s, whatever this machine’s says', async () => {
    await using made = await temporaryDatabase(kind);
    const clock = await databaseClock(made.database);
    expect(Math.abs(clock.skewMs())).toBeLessThan(2000);
    const first = clock.now();
    await sleep(30);
    expect(clock.now() - first).toBeGreaterThanOrEqual(25);
    clock.close();
  });
});
