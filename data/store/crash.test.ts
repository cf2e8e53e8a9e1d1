import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../open.ts';
import { collectStatistics } from '../statistics/collect.ts';

/** Processes have to start; on a busy machine that takes its time. */
const PATIENCE = 120_000;
const WORKER = new URL('crash-example.ts', import.meta.url);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incidence-crash-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Runs the example on a database, to its end or until it is killed so many milliseconds after its start; what it said, or null. */
async function work(path: string, options: { readonly seed?: string; readonly killAfter?: number } = {}): Promise<string | null> {
  const child = spawn(process.execPath, [fileURLToPath(WORKER), path, options.seed ?? 'seed'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  const gone = once(child, 'exit');
  if (options.killAfter !== undefined) {
    await Promise.race([once(child.stdout, 'data'), gone]);
    await Promise.race([sleep(options.killAfter), gone]);
    child.kill('SIGKILL');
  }
  await gone;
  return child.exitCode === 0 ? (await said).replace('begun\n', '').trim() : null;
}

/** Everything that must be the same, however often the work was begun: rows without times, attempts and numbers given by the database. */
async function resultOf(path: string, run: number): Promise<unknown> {
  const database = await openDatabase(path);
  try {
    const { run: facts, history, ...statistics } = await collectStatistics(database, { policy: 'SQ34401', run });
    expect(facts.closedAt).not.toBe(null);
    expect(history.length).toBeGreaterThan(0);
    const rows = async (query: string) => (await sql.raw(query).execute(database.db)).rows;
    return {
      statistics,
      sample: await rows(
        `select package.name, position, state, reason, partial from selection join package on package.id = package_id where run_id = ${run} order by name`,
      ),
      findings: await rows(
        `select package.name, fingerprint, path, line, verdict.verdict from verdict join token on token.id = verdict.token_id
         join occurrence on occurrence.token_id = token.id join analysis on analysis.scan_id = occurrence.scan_id and analysis.run_id = verdict.run_id
         join package on package.id = analysis.package_id where verdict.run_id = ${run} order by name, fingerprint`,
      ),
      dropped: await rows(`select reason, count from dropped_item where run_id = ${run}`),
      scans: await rows('select count(*) as n from scan'),
      integrity: await rows('pragma integrity_check'),
      orphans: await rows('pragma foreign_key_check'),
    };
  } finally {
    await database.close();
  }
}

describe('a run that is killed', () => {
  test(
    'again and again at any moment ends as the undisturbed one',
    async () => {
      const calm = join(folder, 'calm.sqlite');
      expect(await work(calm)).toBe('done');
      const killed = join(folder, 'killed.sqlite');
      let kills = 0;
      let said: string | null = null;
      for (let round = 0; said === null && round < 8; round += 1) {
        // From before the first transaction to deep in the work; each process gets on a little.
        said = await work(killed, { killAfter: (round * 37) % 150 });
        if (said === null) kills += 1;
      }
      said ??= await work(killed);
      expect(said).toBe('done');
      expect(kills).toBeGreaterThan(2);
      expect(await resultOf(killed, 1)).toEqual(await resultOf(calm, 1));
    },
    PATIENCE,
  );
});

describe('two processes on one database', () => {
  test(
    'on one run: the second is refused, the first goes on',
    async () => {
      const path = join(folder, 'same.sqlite');
      const said = await Promise.all([work(path), sleep(40).then(() => work(path))]);
      // Whoever came second found the run held, or already closed and began the next one.
      expect(said).toContain('done');
      expect(said.every((one) => one === 'done' || one === 'busy')).toBe(true);
    },
    PATIENCE,
  );

  test(
    'on two runs: both end, and each is what it would be alone',
    async () => {
      const path = join(folder, 'two.sqlite');
      expect(await Promise.all([work(path, { seed: 'one' }), work(path, { seed: 'two' })])).toEqual(['done', 'done']);
      const [first, second] = [await resultOf(path, 1), await resultOf(path, 2)];
      expect(second).toEqual(first);
    },
    PATIENCE,
  );
});
