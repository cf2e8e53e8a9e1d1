import { describe, expect, test } from 'vitest';
import { Gone, NotAllowed, Refused, Throttled, Unavailable } from '../errors.ts';
import { createGates } from '../gate.ts';
import { Host } from './host.ts';
import { worldOf } from './world.ts';
import { memoryLedger } from '../memory-ledger.ts';
import { ask, FAST, gatesInTime, HOST, run, throttled } from './test-kit.ts';

describe('back-off', () => {
  test('waits as long as the host asks', async () => {
    const { gates, clock } = gatesInTime();
    await ask(gates, [throttled(7), 'ok']).result;
    expect(clock.slept).toEqual([7000]);
  });

  test.each([null, 0])('starts at a minute where the host says %s, and doubles up to an hour', async (retryAfter) => {
    const { gates, clock } = gatesInTime({ tuning: { patienceMs: 24 * 3_600_000, breakerThreshold: 100 } });
    await ask(gates, [...Array.from({ length: 9 }, () => throttled(retryAfter)), 'ok']).result;
    expect(clock.slept.map((ms) => ms / 60_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('is capped at an hour even where the host asks for a year', async () => {
    const { gates, clock } = gatesInTime();
    await ask(gates, [throttled(365 * 86_400), 'ok']).result;
    expect(clock.slept).toEqual([3_600_000]);
  });

  test('is a little longer than asked, by chance', async () => {
    const { gates, clock } = gatesInTime({ random: () => 0.5 });
    await ask(gates, [throttled(100), 'ok']).result;
    expect(clock.slept).toEqual([105_000]);
  });

  test('holds back every request to the host, whatever its lane', async () => {
    const { gates, clock } = gatesInTime();
    const started = clock.now;
    const other = gates.lane('another lane', HOST, FAST);
    const first = ask(gates, [throttled(30), 'ok']);
    await first.result;
    expect(await other.pass(run, () => Promise.resolve(clock.now - started))).toBeGreaterThanOrEqual(30_000);
    const elsewhere = gates.lane('other host', 'elsewhere.test', FAST);
    await elsewhere.pass(run, () => Promise.resolve());
    expect(gates.status().find((one) => one.host === 'elsewhere.test')).toMatchObject({ throttled: 0, backoffUntil: null });
  });

  test('holds back what was already waiting for its turn', async () => {
    const gates = createGates({ ledger: memoryLedger(), now: Date.now, random: () => 0, tuning: { floorMs: 250 } });
    // A turn about every 90 ms: the second request waits for its own when the first one is told to slow down.
    const lane = gates.lane(HOST, HOST, { perSecond: 10, concurrency: 8, per30Days: null });
    const sent: number[] = [];
    const first = lane.pass(run, () => {
      sent.push(Date.now());
      return Promise.reject(throttled(null));
    });
    const second = lane.pass(run, () => {
      sent.push(Date.now());
      return Promise.resolve();
    });
    await expect(first).rejects.toThrow(Throttled);
    await second;
    expect((sent[1] ?? 0) - (sent[0] ?? 0)).toBeGreaterThanOrEqual(250);
    gates.close();
  });

  test('counts what several requests under way are told as one step', async () => {
    const { gates, clock } = gatesInTime();
    const lane = gates.lane(HOST, HOST, FAST);
    const together = Promise.withResolvers<void>();
    let underWay = 0;
    const tries = Array.from({ length: 5 }, () => {
      let sent = 0;
      return gates.retrying(HOST, run, () =>
        lane.pass(run, async () => {
          if (sent++ > 0) return 'answer';
          if (++underWay === 5) together.resolve();
          await together.promise;
          throw throttled(null);
        }),
      );
    });
    await Promise.all(tries);
    // Five sleepers, one minute: in this clock each moves it, but none sleeps for a doubled time.
    expect(Math.max(...clock.slept)).toBe(60_000);
    expect(gates.status()[0]?.throttled).toBe(5);
  });

  test('starts from the floor again after enough good answers, and not after one', async () => {
    const { gates, clock } = gatesInTime({ tuning: { recovery: 3 } });
    await ask(gates, [throttled(null), throttled(null), 'ok']).result;
    await ask(gates, [throttled(null), 'ok']).result;
    expect(clock.slept.map((ms) => ms / 60_000)).toEqual([1, 2, 4]);
    for (let good = 0; good < 3; good++) await ask(gates, ['ok']).result;
    await ask(gates, [throttled(null), 'ok']).result;
    expect(clock.slept.at(-1)).toBe(60_000);
  });

  test('ends when patience does: what waits is given up, and the error says when to come back', async () => {
    const { gates, clock } = gatesInTime({ tuning: { patienceMs: 10 * 60_000, breakerThreshold: 1000 } });
    const asked = ask(gates, [throttled(null)]);
    await expect(asked.result).rejects.toThrow(Throttled);
    await expect(asked.result).rejects.toThrow(
      /registry\.test has been asking to slow down for 7 minutes; run again after 2026-01-01T00:15/,
    );
    // 1 + 2 + 4 minutes; the next wait would have passed the tenth.
    expect(clock.slept.map((ms) => ms / 60_000)).toEqual([1, 2, 4]);
    const next = ask(gates, ['ok']);
    await expect(next.result).rejects.toThrow(Throttled);
    expect(next.sent()).toBe(0);
    // Once the time has come one may try again.
    clock.now += 8 * 60_000;
    await expect(ask(gates, ['ok']).result).resolves.toBe('answer');
  });

  test('of a host that deserves less patience is not waited for', async () => {
    const { gates, clock } = gatesInTime();
    const lane = gates.lane(HOST, HOST, { ...FAST, patienceMs: 30_000 });
    let sent = 0;
    const asked = gates.retrying(HOST, run, () =>
      lane.pass(run, () => {
        sent++;
        return Promise.reject(throttled(3600));
      }),
    );
    await expect(asked).rejects.toThrow(Throttled);
    expect(sent).toBe(1);
    expect(clock.slept).toEqual([]);
  });

  test('can be left by the signal', async () => {
    const gates = createGates({ ledger: memoryLedger(), now: Date.now, random: () => 0 });
    const stop = new AbortController();
    const lane = gates.lane(HOST, HOST, FAST);
    const waiting = gates.retrying(HOST, stop.signal, () => lane.pass(stop.signal, () => Promise.reject(throttled(3600))));
    setTimeout(() => stop.abort(new Error('the run was stopped')), 30);
    await expect(waiting).rejects.toThrow('the run was stopped');
    expect(gates.status()[0]).toMatchObject({ waiting: 0, inFlight: 0 });
    gates.close();
  });
});

describe('the circuit breaker', () => {
  test('opens after failures in a row, lets one request try, and closes when that one is answered', async () => {
    const gates = createGates({
      ledger: memoryLedger(),
      now: Date.now,
      random: () => 0,
      tuning: { breakerThreshold: 3, breakerMs: 60, retryMs: 1 },
    });
    const failing = ask(gates, [new Unavailable('500'), new Unavailable('500'), new Unavailable('500'), 'ok']);
    const before = Date.now();
    await expect(failing.result).resolves.toBe('answer');
    expect(Date.now() - before).toBeGreaterThanOrEqual(58);
    expect(gates.status()[0]).toMatchObject({ breaker: 'closed', failed: 3, requests: 4 });
    gates.close();
  });

  test('lets only one request try while the others wait for what it finds', async () => {
    const gates = createGates({
      ledger: memoryLedger(),
      now: Date.now,
      random: () => 0,
      tuning: { breakerThreshold: 2, breakerMs: 40, retryMs: 1 },
    });
    const lane = gates.lane(HOST, HOST, FAST);
    let isDown = true;
    let underWay = 0;
    let mostWhileDown = 0;
    let sent = 0;
    const answers = Array.from({ length: 6 }, () =>
      gates.retrying(HOST, run, () =>
        lane.pass(run, async () => {
          sent++;
          underWay++;
          if (sent > 6) mostWhileDown = Math.max(mostWhileDown, isDown ? underWay : 0);
          await new Promise((resolve) => setTimeout(resolve, 5));
          underWay--;
          if (sent >= 8) isDown = false;
          if (isDown) throw new Unavailable('500');
          return 'answer';
        }),
      ),
    );
    await expect(Promise.all(answers)).resolves.toHaveLength(6);
    expect(mostWhileDown).toBe(1);
    gates.close();
  });

  test('is not moved by what is only about the item', async () => {
    const { gates } = gatesInTime({ tuning: { breakerThreshold: 2 } });
    for (let time = 0; time < 10; time++)
      await expect(ask(gates, [new Gone('404', { status: 404 })]).result).rejects.toThrow(Gone);
    expect(gates.status()[0]).toMatchObject({ breaker: 'closed', requests: 10 });
  });

  test('gives up what waits for a host that stays away', async () => {
    const gates = createGates({
      ledger: memoryLedger(),
      now: Date.now,
      random: () => 0,
      tuning: { breakerThreshold: 2, breakerMs: 50, patienceMs: 120, retryMs: 1 },
    });
    const errors = await Promise.allSettled(Array.from({ length: 4 }, () => ask(gates, [new Unavailable('500')]).result));
    expect(errors.every((one) => one.status === 'rejected' && one.reason instanceof Unavailable)).toBe(true);
    expect(gates.status()[0]?.breaker).toBe('open');
    const next = ask(gates, ['ok']);
    await expect(next.result).rejects.toThrow(/has given no good answer/);
    expect(next.sent()).toBe(0);
    gates.close();
  });
});

describe('the off-switch', () => {
  test('an explicit block is final for the host, also for what was waiting, and says what to do', async () => {
    const { gates } = gatesInTime();
    await expect(ask(gates, [new Refused('403', { status: 403, block: true })]).result).rejects.toThrow(Refused);
    const next = ask(gates, ['ok']);
    await expect(next.result).rejects.toThrow(NotAllowed);
    await expect(next.result).rejects.toThrow(/left alone: it answered 403 with a page that says we are blocked/);
    expect(next.sent()).toBe(0);
    expect(gates.status()[0]?.switchedOff).toMatch(/blocked/);
  });

  test('so are refusals in a row, but not refusals between good answers', async () => {
    const { gates } = gatesInTime({ tuning: { refusals: 3 } });
    const refused = new Refused('403', { status: 403 });
    for (let time = 0; time < 4; time++) {
      await expect(ask(gates, [refused]).result).rejects.toBe(refused);
      await expect(ask(gates, [refused]).result).rejects.toBe(refused);
      await ask(gates, ['ok']).result;
    }
    for (let time = 0; time < 3; time++) await expect(ask(gates, [refused]).result).rejects.toBe(refused);
    await expect(ask(gates, ['ok']).result).rejects.toThrow(/refused 3 requests in a row/);
  });

  test('not so packages that were taken down, however many in a row', async () => {
    const { gates } = gatesInTime({ tuning: { refusals: 3 } });
    const takenDown = new Refused('451', { status: 451 });
    for (let time = 0; time < 4; time++) await expect(ask(gates, [takenDown]).result).rejects.toBe(takenDown);
    await ask(gates, ['ok']).result;
    await expect(ask(gates, [new Refused('451', { status: 451, block: true })]).result).rejects.toThrow(Refused);
    await expect(ask(gates, ['ok']).result).rejects.toThrow(/left alone/);
  });
});

test('what every answer takes at least is known after enough of them, and never overrated', () => {
  const host = new Host(HOST, worldOf({ ledger: memoryLedger(), now: Date.now, random: () => 0 }));
  for (let seen = 0; seen < 19; seen++) host.learn(100 + seen);
  expect(host.certainMs()).toBe(0);
  host.learn(200);
  expect(host.certainMs()).toBe(70);
  host.learn(50.9);
  expect(host.certainMs()).toBe(30);
  host.learn(3);
  expect(host.certainMs()).toBe(0);
});
