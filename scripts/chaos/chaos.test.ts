/** The storm of `bench/chaos.bench.ts` in small: one event of every kind. */
import { expect, test } from 'vitest';
import { ownServer } from '../../data/example.ts';
import { chaos } from './chaos.ts';
import { drawEvents } from './events.ts';

const SMALL = { seed: 'small 7033', scale: 0.02, workers: 2, events: 4, longestStopMs: 1000 };

test('the same seed disturbs in the same way, in the order of the work', () => {
  const plan = { seed: 'a', count: 100, longestStopMs: 30_000 };
  const drawn = drawEvents(plan);
  expect(drawEvents(plan)).toEqual(drawn);
  expect(drawEvents({ ...plan, seed: 'b' })).not.toEqual(drawn);
  expect(drawn.map((one) => one.after)).toEqual(drawn.map((one) => one.after).toSorted((a, b) => a - b));
  expect(new Set(drawn.map((one) => one.event.kind)).size).toBe(4);
});

test.skipIf(ownServer === null)(
  'workers that are killed, stopped and cut off from their server come to the rows of an undisturbed run (needs a database server)',
  { timeout: 180_000 },
  async () => {
    const server = await ownServer?.();
    if (server === undefined) return;
    await using _ = server;
    const said: string[] = [];
    const outcome = await chaos({ ...SMALL, server, say: (line) => void said.push(line) });
    expect(outcome, said.join('\n')).toMatchObject({ differences: [], failed: [], askedTwice: 0, events: SMALL.events });
    expect(outcome.byKind).toEqual({ kill: 1, stop: 1, restart: 1, cut: 1 });
    expect(outcome.rows).toBeGreaterThan(500);
    expect(outcome.questions).toBeGreaterThan(0);
  },
);
