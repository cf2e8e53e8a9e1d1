import { describe, expect, test } from 'vitest';
import { Unavailable, type CrawlError } from '../errors.ts';
import { type LaneLimits } from '../gate.ts';
import { memoryLedger } from '../memory-ledger.ts';
import { ask, gatesInTime, HOST, run } from './test-kit.ts';

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
