/**
 * What many workers bring, and what the queue costs: `node scripts/bench/scale.bench.ts [packages]`
 *
 * The demo's world, whose stand-ins limit nothing, through one process with a file, and through 1, 2 and 4 workers on a server:
 * packages a second, from the first result to the last, so that the start of processes does not count. Stand-ins, server and workers
 * share this machine, so with as many workers as cores there is nothing left to win; compare within one run. Then the queue by itself:
 * jobs and claims of packages that need no work.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openExampleRun, ownServer, prepareRegistry, temporaryDatabase } from '../../data/example.ts';
import { openDatabase, openQueue, openReadOnly } from '../../data/open.ts';
import { claimPackages, nextClaimAt } from '../../data/store/work.ts';
import { startCommand } from '../chaos/fleet.ts';
import { startDemoWorld } from '../demo/world.ts';
import { batchQueue, jobsOf } from '../jobs.ts';

/** Packages of the world at scale 1. */
const WORLD = 1564;
const PACKAGES = Number(process.argv[2] ?? 800);
const QUEUED = 1000;

const folder = mkdtempSync(join(tmpdir(), 'incidence-scale-'));
await using server = (await ownServer?.()) ?? null;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  await measureWorkers();
  await measureQueue();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureWorkers(): Promise<void> {
  const demo = await startDemoWorld({ seed: 'scale', now: new Date(), scale: PACKAGES / WORLD });
  try {
    const row = async (name: string, db: string, workers: number, first: number | null): Promise<number> => {
      const config = join(folder, `${name.replaceAll(' ', '-')}.json`);
      const settings = { ...demo.settings, db, keyFile: join(folder, 'all.key'), seed: 'scale', sample: 'all', period: 'one' };
      writeFileSync(config, JSON.stringify(settings));
      await ended(['run', '--detach', '--config', config]);
      await Promise.all(Array.from({ length: workers }, async () => ended(['work', '--run', '1', '--config', config])));
      const rate = await rateOf(db);
      const ratio = first === null ? '' : `, ${(rate / first).toFixed(2)} times the first`;
      say(`${name}: ${rate.toFixed(1)} packages a second${ratio}`);
      return rate;
    };
    say(`${demo.world.packages.length} packages, ${availableParallelism()} cores for stand-ins, database and workers`);
    const first = await row('1 worker on a file', join(folder, 'scale.db'), 1, null);
    if (server === null) return;
    for (const workers of [1, 2, 4])
      await row(`${workers} worker${workers === 1 ? '' : 's'} on a server`, await server.createDatabase(), workers, first);
  } finally {
    await demo.close();
  }
}

async function ended(args: readonly string[]): Promise<void> {
  const { code, said } = await startCommand(args).ended;
  if (code !== 0 && code !== 3) throw new Error(`${args[0]} ended with ${code}: ${said}`);
}

/** From the first result to the last. */
async function rateOf(db: string): Promise<number> {
  const database = await openReadOnly(db);
  try {
    const { rows } = await sql<{ n: number; ms: number }>`
      select count(*) as n, max(finished_at) - min(finished_at) as ms from selection`.execute(database.db);
    const [{ n, ms } = { n: 0, ms: 1 }] = rows;
    return ((n - 1) * 1000) / ms;
  } finally {
    await database.close();
  }
}

/** Packages that are taken and need no work: what is left is the queue. */
async function measureQueue(): Promise<void> {
  const homes = [
    { name: 'a file', url: null },
    ...(server === null ? [] : [{ name: 'a server', url: await server.createDatabase() }]),
  ];
  for (const { name, url } of homes) {
    await using file = url === null ? await temporaryDatabase() : null;
    const database = url === null ? file?.database : await openDatabase(url);
    if (database === undefined) continue;
    const run = await openExampleRun(database, { registries: ['npm'] });
    await prepareRegistry(database, run, 'npm', { count: QUEUED, ranked: 10 });
    const queue = await openQueue(database, 'the benchmark');
    const line = batchQueue(run, 'npm');
    await queue.prepare([line]);
    await database.db.transaction().execute(async (tx) => queue.add(tx, await jobsOf(tx, run, 'npm')));
    const spent = { jobs: 0, claims: 0, number: 0, packages: 0 };
    const timed = async <T>(what: 'jobs' | 'claims', act: () => Promise<T>): Promise<T> => {
      const began = performance.now();
      const result = await act();
      spent[what] += performance.now() - began;
      return result;
    };
    for (let job = await queue.take(line); job !== null; job = await timed('jobs', () => queue.take(line))) {
      const held = job;
      const { from = 0, to = 0 } = held.payload;
      const claim = { holder: 'the benchmark', now: Date.now(), leaseMs: 600_000, limit: 1, maxAttempts: 5 };
      for (let some = [null as unknown]; some.length > 0; spent.packages += some.length)
        some = [...(await timed('claims', () => claimPackages(database, run, 'npm', claim, { from, to })))];
      await timed('jobs', () =>
        database.db.transaction().execute(async (tx) => {
          await queue.finish(tx, held);
          await nextClaimAt({ db: tx }, run, 'npm', { from, to });
        }),
      );
      spent.number += 1;
    }
    const each = (ms: number): string => (ms / spent.packages).toFixed(2);
    say(
      `queue on ${name}: ${spent.packages} packages in ${spent.number} jobs; for each package ${each(spent.jobs)} ms of jobs ` +
        `and ${each(spent.claims)} ms of claiming`,
    );
    await queue.close();
    if (url !== null) await database.close();
  }
}
