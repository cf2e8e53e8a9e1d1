import { describe, expect, test } from 'vitest';
import {
  DigestMismatch,
  Gone,
  Malformed,
  NotAllowed,
  Refused,
  Throttled,
  TooLarge,
  Unavailable,
  type CrawlError,
} from './errors.ts';
import { createGates, type Gates, type GatesOptions, type LaneLimits } from './gate.ts';
import { memoryLedger } from './memory-ledger.ts';

const HOST = 'registry.test';
const FAST: LaneLimits = { perSecond: 1000, concurrency: 8, per30Days: null };
const run = new AbortController().signal;

/** Gates in a time of their own: sleeping is instant and moves the clock. */
function gatesInTime(options: Partial<GatesOptions> = {}): {
  readonly gates: Gates;
  readonly clock: { now: number; readonly slept: number[] };
} {
  const clock = { now: Date.parse('2026-01-01T00:00:00Z'), slept: [] as number[] };
  const gates = createGates({
    ledger: memoryLedger(),
    now: () => clock.now,
    random: () => 0,
    sleep(ms, signal) {
      signal.throwIfAborted();
      clock.slept.push(ms);
      clock.now += ms;
      return Promise.resolve();
    },
    ...options,
  });
  return { gates, clock };
}

/** One request with the program's retry loop, answered by `answers` in turn. */
function ask(
  gates: Gates,
  answers: readonly (CrawlError | 'ok')[],
  limits = FAST,
): { readonly result: Promise<string>; sent(): number } {
  let sent = 0;
  const lane = gates.lane(HOST, HOST, limits);
  const result = gates.retrying(HOST, run, () =>
    lane.pass(run, () => {
      const answer = answers[Math.min(sent, answers.length - 1)] ?? 'ok';
      sent++;
      return answer === 'ok' ? Promise.resolve('answer') : Promise.reject(answer);
    }),
  );
  return { result, sent: () => sent };
}

const throttled = (retryAfter: number | null): Throttled => new Throttled('slow down', { status: 429, retryAfter });

describe('the retry loop', () => {
  test.each<[CrawlError, number]>([
    [new Unavailable('500'), 5],
    [new Malformed('HTML', { status: 200 }), 2],
    [new Malformed('bad request', { status: 400 }), 1],
    [new DigestMismatch('other bytes'), 2],
    [new Gone('404', { status: 404 }), 1],
    [new Refused('403', { status: 403 }), 1],
    [new TooLarge('1 GB'), 1],
    [new NotAllowed('no contact'), 1],
  ])('%o is sent %i times', async (error, times) => {
    const { gates } = gatesInTime();
    const asked = ask(gates, [error]);
    await expect(asked.result).rejects.toBe(error);
    expect(asked.sent()).toBe(times);
  });

  test('pauses twice as long every time, with jitter around it', async () => {
    const { gates, clock } = gatesInTime({ random: () => 0.5 });
    await expect(ask(gates, [new Unavailable('500')]).result).rejects.toThrow('500');
    expect(clock.slept).toEqual([1000, 2000, 4000, 8000]);
  });

  test('an error that is not of the crawler is a mistake of ours and passes untouched', async () => {
    const { gates } = gatesInTime();
    const lane = gates.lane(HOST, HOST, FAST);
    await expect(gates.retrying(HOST, run, () => lane.pass(run, () => Promise.reject(new TypeError('oops'))))).rejects.toThrow(
      TypeError,
    );
  });

  test('being throttled costs no try', async () => {
    const { gates } = gatesInTime();
    const asked = ask(gates, [throttled(1), throttled(1), throttled(1), throttled(1), throttled(1), throttled(1), 'ok']);
    await expect(asked.result).resolves.toBe('answer');
    expect(gates.status()[0]).toMatchObject({ requests: 7, throttled: 6, retries: 6 });
  });
});

test('tries do not multiply where one loop runs within another', async () => {
  const { gates } = gatesInTime();
  const lane = gates.lane(HOST, HOST, FAST);
  let sent = 0;
  const inner = (): Promise<never> =>
    gates.retrying(HOST, run, () =>
      lane.pass(run, () => {
        sent++;
        return Promise.reject(new Unavailable('500'));
      }),
    );
  await expect(gates.retrying(null, run, inner)).rejects.toThrow(Unavailable);
  expect(sent).toBe(5);
});

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
});

describe('the ledger', () => {
  test('counts every request, retries included, and never grants more than the ceiling', async () => {
    const { gates } = gatesInTime();
    const limits: LaneLimits = { perSecond: 1, concurrency: 1, per30Days: 7 };
    const lane = gates.lane(HOST, HOST, { ...limits, perSecond: 500 });
    let sent = 0;
    const answers: (CrawlError | 'ok')[] = [new Unavailable('500'), new Unavailable('500'), 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'];
    const one = (): Promise<string> =>
      gates.retrying(HOST, run, () =>
        lane.pass(run, () => {
          const answer = answers[sent++] ?? 'ok';
          return answer === 'ok' ? Promise.resolve('answer') : Promise.reject(answer);
        }),
      );
    for (let time = 0; time < 5; time++) await one();
    expect(sent).toBe(7);
    await expect(one()).rejects.toThrow(/the ceiling of 7 requests in any 30 days to registry\.test is reached; run again when/);
    expect(sent).toBe(7);
    expect(gates.status()[0]).toMatchObject({ requests: 7, budgetLeft: 0 });
  });

  test('books before it sends, so a crash counts too many and never too few', async () => {
    const order: string[] = [];
    const ledger = memoryLedger();
    const { gates } = gatesInTime({
      ledger: {
        reserve(host, wanted, ceiling, now) {
          order.push('booked');
          return ledger.reserve(host, wanted, ceiling, now);
        },
      },
    });
    await gates.lane(HOST, HOST, { perSecond: 0.05, concurrency: 1, per30Days: null }).pass(run, () => {
      order.push('sent');
      return Promise.resolve();
    });
    expect(order).toEqual(['booked', 'sent']);
    gates.close();
  });

  test('forgets what is older than 30 days', async () => {
    const ledger = memoryLedger();
    const day = 86_400_000;
    expect(await ledger.reserve(HOST, 6, 10, 0)).toBe(6);
    expect(await ledger.reserve(HOST, 6, 10, 10 * day)).toBe(4);
    expect(await ledger.reserve(HOST, 6, 10, 29 * day)).toBe(0);
    expect(await ledger.reserve(HOST, 6, 10, 30 * day)).toBe(6);
    expect(await ledger.used(HOST, 31 * day)).toBe(10);
  });

  test('a ledger that fails stops the request instead of letting it pass uncounted', async () => {
    const { gates } = gatesInTime({ ledger: { reserve: () => Promise.reject(new Error('the disk is full')) } });
    const asked = ask(gates, ['ok']);
    await expect(asked.result).rejects.toThrow('the disk is full');
    expect(asked.sent()).toBe(0);
    expect(gates.status()[0]).toMatchObject({ inFlight: 0 });
  });
});

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
