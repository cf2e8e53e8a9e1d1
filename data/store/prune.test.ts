import { describe, expect, test } from 'vitest';
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
} from '../example.ts';
import { collectStatistics } from '../statistics/collect.ts';
import { closeRun } from './close.ts';
import { compact, prune } from './prune.ts';
import { openOrResumeRun } from './run.ts';
import { savePackageResult } from './work.ts';

const NOW = 1_000_000;

/** Three closed runs of other periods: each has a token and an artifact of its own, and one that all share. */
async function threeRuns(): Promise<TestDatabase & { readonly runs: readonly number[] }> {
  const made = await temporaryDatabase();
  const runs: number[] = [];
  for (const period of ['2026-09', '2026-10', '2026-11']) {
    const run = await openExampleRun(made.database, { period });
    for (const registry of ['rubygems', 'npm'] as const) {
      const frame = await prepareRegistry(made.database, run, registry, { count: 60, ranked: 20, sample: 20 });
      for (const [index, { packageId, name }] of frame.slice(0, 40).entries()) {
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

describe('pruning', () => {
  test('keeps the figures of every run, and every row of the newest', async () => {
    await using made = await threeRuns();
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

    const pruned = await prune(database, { keep: 1, now: NOW });

    expect(pruned.runs).toEqual(runs.slice(0, 2));
    expect(pruned.rows['selection']).toBe(2 * 80);
    expect({ figures: await figures(), newest: await newest() }).toEqual(before);
  });

  test('drops what only old runs needed, and nothing that a kept one needs', async () => {
    await using made = await threeRuns();
    const tokens = await count(made, 'token');
    const scans = await count(made, 'scan');
    await prune(made.database, { keep: 1, now: NOW });
    expect(await count(made, 'token')).toBe(tokens - 2);
    expect(await count(made, 'scan')).toBe(scans - 2 * 2);
    expect(await count(made, 'selection')).toBe(80);
    expect(await count(made, 'place')).toBe(40);
  });

  test('twice is once; a database without anything old stays as it is', async () => {
    await using made = await threeRuns();
    await prune(made.database, { keep: 1, now: NOW });
    expect(await prune(made.database, { keep: 1, now: NOW })).toEqual({ runs: [], rows: {} });
    await compact(made.database);
    expect(await prune(made.database, { keep: 3, now: NOW })).toEqual({ runs: [], rows: {} });
  });

  test('a dry run counts and changes nothing', async () => {
    await using made = await threeRuns();
    const dry = await prune(made.database, { keep: 2, now: NOW, dryRun: true });
    expect(dry.runs).toEqual(made.runs.slice(0, 1));
    expect(dry.rows['selection']).toBe(80);
    expect(await count(made, 'selection')).toBe(3 * 80);
  });

  test('while somebody works on a run: refused; when the lease is over: done', async () => {
    await using made = await threeRuns();
    await openOrResumeRun(made.database, { ...SPEC, period: '2026-12' }, { ...HOLDING, holder: 'elsewhere:1:a', now: NOW });
    await expect(prune(made.database, { keep: 1, now: NOW + 1 })).rejects.toThrow(/run 4 is being worked on by elsewhere:1:a/);
    expect((await prune(made.database, { keep: 1, now: NOW + HOLDING.leaseMs + 1 })).runs).toHaveLength(2);
  });

  test('no run at all kept: refused', async () => {
    await using made = await temporaryDatabase();
    await expect(prune(made.database, { keep: 0, now: NOW })).rejects.toThrow(/at least one/);
  });
});
