/** Several processes on one database, each with gates of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { temporaryDatabase } from '../../data/example.ts';
import { sharedLeases } from '../../data/leases.ts';
import type { Database } from '../../data/database.ts';
import { Refused, Throttled, Unavailable } from '../errors.ts';
import { createGates, type Gates, type GateTuning, type LaneLimits } from '../gate.ts';
import { memoryLedger } from '../memory-ledger.ts';
import { mostInWindow } from '../stand-in/windows.ts';
import { FAST, HOST, run } from './test-kit.ts';

/** Gates as a process has them whose clock goes `skewMs` wrong. */
function worker(
  database: Database,
  name: string,
  { skewMs = 0, tuning = {} }: { readonly skewMs?: number; readonly tuning?: Partial<GateTuning> } = {},
): Gates {
  const shared = sharedLeases(database, name);
  const now = (): number => Date.now() + skewMs;
  return createGates({ ledger: memoryLedger(), shared, now, random: Math.random, tuning });
}

describe('several processes at one host', () => {
  test.each([0, 3_600_000])('keep its rate together, also with a clock that is off by %d ms', async (skewMs) => {
    await using made = await temporaryDatabase();
    const limits: LaneLimits = { perSecond: 25, concurrency: 12, per30Days: null };
    const workers = [worker(made.database, 'a'), worker(made.database, 'b', { skewMs }), worker(made.database, 'c')];
    const sent: number[] = [];
    const by = new Set<number>();
    const until = performance.now() + 1600;
    const ask = async (gates: Gates, index: number): Promise<void> => {
      const lane = gates.lane(HOST, HOST, limits);
      while (performance.now() < until) {
        await lane.pass(run, async () => {
          sent.push(performance.now());
          by.add(index);
          await sleep(2);
        });
      }
    };
    await Promise.all(workers.flatMap((gates, index) => Array.from({ length: 8 }, () => ask(gates, index))));
    for (const gates of workers) gates.close();
    expect(mostInWindow(sent)).toBeLessThanOrEqual(25);
    expect(sent.length).toBeGreaterThan(25);
    expect(by).toEqual(new Set([0, 1, 2]));
  });

  test('keep its number of connections together', async () => {
    await using made = await temporaryDatabase();
    const workers = [worker(made.database, 'a'), worker(made.database, 'b')];
    let open = 0;
    let most = 0;
    const asks = workers.flatMap((gates) =>
      Array.from({ length: 6 }, () =>
        gates.lane(HOST, HOST, { ...FAST, concurrency: 2 }).pass(run, async () => {
          most = Math.max(most, ++open);
          await sleep(20);
          open--;
        }),
      ),
    );
    await Promise.all(asks);
    for (const gates of workers) gates.close();
    expect(most).toBe(2);
  });

  test('what one is told holds back the others', async () => {
    await using made = await temporaryDatabase();
    const [told, other] = [worker(made.database, 'a'), worker(made.database, 'b', { skewMs: -3_600_000 })];
    const slow = new Throttled('slow down', { status: 429, retryAfter: 0.4 });
    await expect(told.lane(HOST, HOST, FAST).pass(run, () => Promise.reject(slow))).rejects.toThrow(Throttled);
    const asked = performance.now();
    await other.lane('another lane', HOST, FAST).pass(run, () => Promise.resolve());
    expect(performance.now() - asked).toBeGreaterThan(350);
    told.close();
    other.close();
  });

  test('failures of all open the breaker, and one request alone tries whether the host is back', async () => {
    await using made = await temporaryDatabase();
    const tuning = { breakerThreshold: 4, breakerMs: 300, retryMs: 1 };
    const workers = [worker(made.database, 'a', { tuning }), worker(made.database, 'b', { tuning })];
    const fail = (gates: Gates): Promise<unknown> =>
      gates.lane(HOST, HOST, FAST).pass(run, () => Promise.reject(new Unavailable('500')));
    for (let time = 0; time < 4; time++) await fail(workers[time % 2] as Gates).catch(() => {});
    const opened = performance.now();
    const trying = Promise.withResolvers<void>();
    let sent = 0;
    const asks = workers.flatMap((gates) =>
      Array.from({ length: 3 }, () =>
        gates.lane(HOST, HOST, FAST).pass(run, async () => {
          sent++;
          await trying.promise;
        }),
      ),
    );
    await sleep(1200);
    expect(sent).toBe(1);
    trying.resolve();
    await Promise.all(asks);
    expect(sent).toBe(6);
    expect(performance.now() - opened).toBeGreaterThan(300);
    for (const gates of workers) gates.close();
  });

  test('a host that sends one away is left alone by all', async () => {
    await using made = await temporaryDatabase();
    const [told, other] = [worker(made.database, 'a'), worker(made.database, 'b')];
    const block = new Refused('blocked', { status: 403, block: true });
    await expect(told.lane(HOST, HOST, FAST).pass(run, () => Promise.reject(block))).rejects.toThrow('blocked');
    await expect(other.lane(HOST, HOST, FAST).pass(run, () => Promise.resolve())).rejects.toThrow(/is left alone.*blocked/);
    told.close();
    other.close();
  });
});
