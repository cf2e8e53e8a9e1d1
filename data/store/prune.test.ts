import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  exampleResult,
  finding,
  openExampleRun,
  prepareRegistry,
  temporaryDatabase,
  analysed,
  HOLDING,
  SPEC,
  type TestDatabase,
  type TestKind,
} from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { collectStatistics } from '../statistics/collect.ts';
import { closeRun } from './close.ts';
import { compact, prune } from './prune.ts';
import { openOrResumeRun } from './run.ts';
import { savePackageResult } from './work.ts';

const NOW = 1_000_000;
/** Of each registry in each run. */
const SELECTED = 12;
const RANKED = 4;

/** Three closed runs of other periods: each has a token and an artifact of its own, and one that all share. */
async function threeRuns(kind: TestKind): Promise<TestDatabase & { readonly runs: readonly number[] }> {
  const made = await temporaryDatabase(kind);
  const runs: number[] = [];
  for (const period of ['2026-09', '2026-10', '2026-11']) {
    const run = await openExampleRun(made.database, { period });
    for (const registry of ['rubygems', 'npm'] as const) {
      const frame = await prepareRegistry(made.database, run, registry, { count: 20, ranked: RANKED, sample: SELECTED - RANKED });
      for (const [index, { packageId, name }] of frame.slice(0, SELECTED).entries()) {
        const result =
          index === 9
            ? analysed(registry, `${name}-${period}`, [finding(`only in ${period}`), finding('in all')])
            : exampleResult(registry, name, index);
        await savePackageResult(made.database, run, packageId, result, { now: 5_000 + index });
      }
    }
    await closeRun(made.database, run, 9_000 + runs.length);
    runs.push(run);
  }
  return { ...made, runs };
}

async function count({ database }: TestDatabase, table: 'selection' | 'verdict' | 'token' | 'scan' | 'place' | 'artifact') {
  const { n } = await database.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return n;
}

describeOnEach('pruning', (kind) => {
  let made: Awaited<ReturnType<typeof threeRuns>>;
  beforeAll(async () => {
    made = await threeRuns(kind);
  });
  afterAll(async () => made[Symbol.asyncDispose]());

  test('with no run at all kept: refused', async () => {
    await expect(prune(made.database, { keep: 0, now: NOW })).rejects.toThrow(/at least one/);
  });

  test('as a dry run counts and changes nothing', async () => {
    const dry = await prune(made.database, { keep: 2, now: NOW, dryRun: true });
    expect(dry.runs).toEqual(made.runs.slice(0, 1));
    expect(dry.rows['selection']).toBe(2 * SELECTED);
    expect(await count(made, 'selection')).toBe(3 * 2 * SELECTED);
  });

  test('while somebody works on a run: refused', async () => {
    await openOrResumeRun(made.database, { ...SPEC, period: '2026-12' }, { ...HOLDING, holder: 'elsewhere:1:a', now: NOW });
    await expect(prune(made.database, { keep: 1, now: NOW + 1 })).rejects.toThrow(/run 4 is being worked on by elsewhere:1:a/);
    expect(await count(made, 'selection')).toBe(3 * 2 * SELECTED);
  });

  test('when the lease is over: drops what only old runs needed, and keeps every figure, and every row of the newest', async () => {
    const { database, runs } = made;
    const figures = async () => Promise.all(runs.map(async (run) => collectStatistics(database, { policy: 'SQ34401', run })));
    const newest = async () =>
      Promise.all(
        (['selection', 'analysis', 'verdict', 'package_skip'] as const).map(async (table) =>
          database.db
            .selectFrom(table)
            .selectAll()
            .where('run_id', '=', runs[2] ?? 0)
            .execute(),
        ),
      );
    const before = { figures: await figures(), newest: await newest() };
    const [tokens, scans] = [await count(made, 'token'), await count(made, 'scan')];

    const pruned = await prune(database, { keep: 1, now: NOW + HOLDING.leaseMs + 1 });

    expect(pruned.runs).toEqual(runs.slice(0, 2));
    expect(pruned.rows['selection']).toBe(2 * 2 * SELECTED);
    expect({ figures: await figures(), newest: await newest() }).toEqual(before);
    expect([await count(made, 'token'), await count(made, 'scan')]).toEqual([tokens - 2, scans - 2 * 2]);
    expect([await count(made, 'selection'), await count(made, 'place')]).toEqual([2 * SELECTED, 2 * RANKED]);
  });

  test('twice is once; a database without anything old stays as it is', async () => {
    const later = NOW + HOLDING.leaseMs + 1;
    expect(await prune(made.database, { keep: 1, now: later })).toEqual({ runs: [], rows: {} });
    await compact(made.database);
    expect(await prune(made.database, { keep: 3, now: later })).toEqual({ runs: [], rows: {} });
  });

  test('a run that nobody will finish is given up, and takes its rows along: its period is free', async () => {
    const { database } = made;
    const spec = { ...SPEC, period: '2027-01' };
    const open = await openExampleRun(database, { period: spec.period });
    await prepareRegistry(database, open, 'npm', { count: 20, ranked: RANKED, sample: SELECTED - RANKED });
    const now = NOW + 3 * HOLDING.leaseMs;
    await expect(prune(database, { keep: 9, now, giveUp: made.runs[2] })).rejects.toThrow(/run 3 is not open/);
    const dry = await prune(database, { keep: 9, now, giveUp: open, dryRun: true });
    expect(dry).toEqual({ runs: [open], rows: { selection: SELECTED } });
    const before = await count(made, 'selection');
    expect((await prune(database, { keep: 9, now, giveUp: open })).runs).toEqual([open]);
    expect(await count(made, 'selection')).toBe(before - SELECTED);
    expect(await openOrResumeRun(database, { ...spec, seed: 'another' }, { ...HOLDING, now })).toMatchObject({
      outcome: 'opened',
    });
  });
});
