import { describe, expect, test } from 'vitest';
import { DigestMismatch, Gone, Malformed, NotAllowed, Refused, TooLarge, Unavailable, type CrawlError } from './errors.ts';
import { ask, FAST, gatesInTime, HOST, run, throttled } from './gate/test-kit.ts';

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
