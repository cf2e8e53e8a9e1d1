import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeOnEach } from '../kinds-in-tests.ts';
import { openDatabase } from '../open.ts';
import { dropDatabase, emptyDatabase } from '../postgres/test-server.ts';
import { collectStatistics } from '../statistics/collect.ts';

/** Processes have to start; on a busy machine that takes its time. */
const PATIENCE = 120_000;
const WORKER = new URL('crash-example.ts', import.meta.url);

let folder: string;
/** What nobody disturbed, in a file. */
let calm: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incidence-crash-'));
  calm = join(folder, 'calm.sqlite');
  if ((await work(calm)) !== 'done') throw new Error('the undisturbed run did not end');
}, PATIENCE);
afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Kill {
  /** Transactions that the process gets on with, … */
  readonly after: number;
  /** … and so many milliseconds more, in the midst of another one. */
  readonly ms: number;
}

/** Runs the example on a database, to its end or until it is killed; what it said at its end, or null. */
async function work(path: string, { seed = 'seed', kill }: { readonly seed?: string; readonly kill?: Kill } = {}) {
  const child = spawn(process.execPath, [fileURLToPath(WORKER), path, seed], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let said = '';
  for await (const some of child.stdout.setEncoding('utf8')) {
    said += String(some);
    if (kill === undefined || child.killed || said.split('.').length <= kill.after) continue;
    await sleep(kill.ms);
    child.kill('SIGKILL');
  }
  await gone;
  return child.exitCode === 0 ? said.replace(/begun\n|\./g, '').trim() : null;
}

/** Everything that must be the same, however often the work was begun: rows without times, attempts and numbers given by the database. */
async function resultOf(path: string, run: number): Promise<unknown> {
  const database = await openDatabase(path);
  try {
    // History and queries depend on what other runs there are.
    const { run: facts, history, queries: _, ...statistics } = await collectStatistics(database, { policy: 'SQ34401', run });
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
    };
  } finally {
    await database.close();
  }
}

/** What a file says of itself; a server keeps both by itself. */
async function damageIn(path: string): Promise<unknown> {
  const database = await openDatabase(path);
  try {
    const check = async (name: string) => (await sql.raw(`pragma ${name}`).execute(database.db)).rows;
    return { integrity: await check('integrity_check'), orphans: await check('foreign_key_check') };
  } finally {
    await database.close();
  }
}

describeOnEach('a run that is killed', (kind) => {
  test(
    'again and again at any moment ends as the undisturbed one',
    async () => {
      const isFile = kind === 'sqlite';
      const killed = isFile ? join(folder, 'killed.sqlite') : await emptyDatabase();
      // While the database is made, while names are listed, while the sample is drawn or packages are finished, and late.
      for (const kill of [
        { after: 0, ms: 30 },
        { after: 2, ms: 1 },
        { after: 6, ms: 3 },
        { after: 40, ms: 2 },
      ])
        expect(await work(killed, { kill })).toBe(null);
      expect(await work(killed)).toBe('done');
      expect(await resultOf(killed, 1)).toEqual(await resultOf(calm, 1));
      if (isFile) expect(await damageIn(killed)).toEqual({ integrity: [{ integrity_check: 'ok' }], orphans: [] });
      else await dropDatabase(killed);
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
