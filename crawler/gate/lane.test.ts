import { describe, expect, test } from 'vitest';
import { createGates, type LaneLimits } from '../gate.ts';
import { memoryLedger } from '../memory-ledger.ts';
import { FAST, gatesInTime, HOST, run } from './test-kit.ts';

describe('connections', () => {
  test('never more than the concurrency, and a body that is read later keeps its place', async () => {
    const gates = createGates({ ledger: memoryLedger(), now: Date.now, random: () => 0 });
    const lane = gates.lane(HOST, HOST, { perSecond: 1000, concurrency: 2, per30Days: null });
    const bodies = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    let begun = 0;
    const passes = bodies.map((body) =>
      lane.pass(run, (turn) => {
        begun++;
        turn.hold(body.promise);
        return Promise.resolve();
      }),
    );
    await passes[1];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun).toBe(2);
    bodies[0]?.resolve();
    await passes[2];
    expect(begun).toBe(3);
    bodies[1]?.reject(new Error('the body broke off'));
    bodies[2]?.resolve();
    bodies[3]?.resolve();
    await Promise.all(passes);
    gates.close();
  });

  test.each<[Partial<LaneLimits>, RegExp]>([
    [{ perSecond: 0 }, /more than 0 requests per second, not 0/],
    [{ perSecond: -1 }, /not -1/],
    [{ perSecond: Number.NaN }, /not NaN/],
    [{ perSecond: Number.POSITIVE_INFINITY }, /not Infinity/],
    [{ concurrency: 0 }, /whole number from 1, not 0/],
    [{ concurrency: 1.5 }, /not 1.5/],
  ])('limits that are none are refused: %o', (limits, message) => {
    const { gates } = gatesInTime();
    expect(() => gates.lane(HOST, HOST, { ...FAST, ...limits })).toThrow(message);
  });

  test('closing rejects what waits and leaves nothing behind', async () => {
    const gates = createGates({ ledger: memoryLedger(), now: Date.now, random: () => 0 });
    const lane = gates.lane(HOST, HOST, { perSecond: 0.001, concurrency: 1, per30Days: null });
    await lane.pass(run, () => Promise.resolve());
    const waiting = lane.pass(run, () => Promise.resolve());
    setTimeout(() => gates.close(), 5);
    await expect(waiting).rejects.toThrow('the program is closing its connections');
    expect(gates.status()[0]).toMatchObject({ waiting: 0, inFlight: 0 });
  });
});
