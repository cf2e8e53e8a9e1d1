/** What the tests of the gates share: time of their own, and requests whose answers are given. */
import { Throttled, type CrawlError } from '../errors.ts';
import { createGates, type Gates, type GatesOptions, type LaneLimits } from '../gate.ts';
import { memoryLedger } from '../memory-ledger.ts';

export const HOST = 'registry.test';
export const FAST: LaneLimits = { perSecond: 1000, concurrency: 8, per30Days: null };
export const run = new AbortController().signal;

/** Gates in a time of their own: sleeping is instant and moves the clock. */
export function gatesInTime(options: Partial<GatesOptions> = {}): {
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
export function ask(
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

export const throttled = (retryAfter: number | null): Throttled => new Throttled('slow down', { status: 429, retryAfter });
