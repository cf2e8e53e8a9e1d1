import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE, type Outcome } from './hostile.ts';

/** Of one process that walks through all of them, its own 60 MiB and the making of the archives included. Seen: 294. */
const MOST_MIB = 400;

/** As the program itself is started: the engine would rather grow than collect what is young. */
const YOUNG = '--max-semi-space-size=4';

const outcomes = new Map<string, Outcome>();

beforeAll(() => {
  // A process of its own: its memory can be measured, and it can be ended when it hangs.
  const { stdout, stderr, status } = spawnSync(process.execPath, [YOUNG, join(import.meta.dirname, 'hostile.ts')], {
    encoding: 'utf8',
    timeout: 240_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const line of stdout.split('\n').filter(Boolean)) {
    const outcome: Outcome = JSON.parse(line);
    outcomes.set(outcome.name, outcome);
  }
  if (status !== 0) throw new Error(`after ${outcomes.size} archives: ${stderr}`);
}, 250_000);

test('at least sixty archives, each with a name of its own, and bounded memory', () => {
  expect(HOSTILE.length).toBeGreaterThanOrEqual(60);
  expect(outcomes.size).toBe(HOSTILE.length);
  expect(Math.max(...[...outcomes.values()].map(({ peakMiB }) => peakMiB))).toBeLessThan(MOST_MIB);
});

describe('what is whole is had, what is not is on record', () => {
  test.each(HOSTILE)('$name', ({ name, skips = [], notes = [], shows = [], entries = 0 }) => {
    const outcome = outcomes.get(name);
    expect(outcome).toBeDefined();
    expect(outcome?.missing).toEqual([]);
    expect(outcome?.skips).toEqual(expect.arrayContaining([...skips]));
    expect(outcome?.notes).toEqual(expect.arrayContaining([...notes]));
    expect(outcome?.paths).toEqual(expect.arrayContaining([...shows]));
    expect(outcome?.entries).toBeGreaterThanOrEqual(entries);
    expect(outcome?.milliseconds).toBeLessThan(5000);
  });
});
