/**
 * Kill -9 at any moment repeats work and changes nothing: `node scripts/bench/kills.bench.ts [kills] [scale] [seed]`
 *
 * The demo's world is crawled twice: once undisturbed, and again by processes that are killed at random moments (50 times unless
 * told otherwise) while answers fail, break off and come damaged. A run that gets to its end between two kills is compared, and
 * the next begins in a new database. What is compared: `rows.ts`. Fails at the first difference.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { seededRandom } from '../../analysis/seeded-random.ts';
import type { Fault, FaultPlan } from '../../crawler/stand-in/server.ts';
import { startDemoWorld } from '../demo/world.ts';
import { differencesOf, rowsOf } from './rows.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const [KILLS = 50, SCALE = 1] = process.argv.slice(2, 4).map(Number);
const SEED = process.argv[4] ?? 'kills';
/** A request fails the first time it is asked for, in so many of a thousand cases. */
const FAULTS_IN_1000 = 40;

// Two sources: the moments of the kills must not depend on how many requests there were.
const kill = seededRandom(`${SEED} kills`);
const chance = seededRandom(`${SEED} faults`);
const faulty = { on: false, met: 0 };
const folder = mkdtempSync(join(tmpdir(), 'incidence-kills-'));
const demo = await startDemoWorld({ seed: SEED, now: new Date(), scale: SCALE, faults: faultPlan() });
try {
  await measure();
} finally {
  await demo.close();
  rmSync(folder, { recursive: true });
}

async function measure(): Promise<void> {
  const began = performance.now();
  if (!(await crawl('calm', null))) throw new Error('the undisturbed run did not end');
  const calmMs = performance.now() - began;
  const calm = await rowsOf(join(folder, 'calm.db'));
  const rows = [...calm.values()].reduce((sum, table) => sum + table.length, 0);
  process.stdout.write(`undisturbed: ${(calmMs / 1000).toFixed(0)} s, ${rows} rows in ${calm.size} tables to compare\n`);
  faulty.on = true;
  let kills = 0;
  let runs = 0;
  while (kills < KILLS) {
    const name = `killed-${runs}`;
    while (!(await crawl(name, kills < KILLS ? kill.int(Math.ceil(calmMs / 2)) : null))) kills += 1;
    runs += 1;
    const differences = differencesOf(calm, await rowsOf(join(folder, `${name}.db`)));
    process.stdout.write(
      `run ${runs}: ${kills} kills and ${faulty.met} faults so far, ${differences.length || 'no'} differences\n`,
    );
    if (differences.length === 0) continue;
    process.stdout.write(`${differences.slice(0, 20).join('\n')}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(
    `${kills} kills, ${faulty.met} faults, ${runs} runs: every one ended as the undisturbed run, row by row\n`,
  );
}

/** Runs the command until it ends (true) or is killed after so many milliseconds (false). */
async function crawl(name: string, killAfterMs: number | null): Promise<boolean> {
  const config = join(folder, `${name}.json`);
  const { settings } = demo;
  const run = {
    ...settings,
    db: join(folder, `${name}.db`),
    keyFile: join(folder, 'all.key'),
    seed: SEED,
    sample: 'all',
    period: 'one',
  };
  writeFileSync(config, JSON.stringify(run));
  const env = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !/^npm_config_|_proxy$/i.test(variable)));
  const args = ['scripts/launch.mjs', 'run', '--config', config, '--log-level', 'error'];
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  if (killAfterMs !== null) {
    await Promise.race([sleep(killAfterMs), ended]);
    child.kill('SIGKILL');
  }
  const [code] = await ended;
  if (code === null) return false;
  // 3: something of the world cannot be analysed, which is so.
  if (code !== 0 && code !== 3) throw new Error(`the run ended with ${code}:\n${(await said).join('\n')}`);
  return true;
}

/** Some of the requests fail once, and never again: what is asked for is there in the end. */
function faultPlan(): FaultPlan {
  const failed = new Set<string>();
  const kinds: readonly Fault[] = [
    { kind: 'reset' },
    { kind: 'answer', answer: { status: 503, body: 'unavailable' } },
    { kind: 'cut', bytes: 50 },
    { kind: 'flip', at: 30 },
    { kind: 'drip', bytes: 2000, everyMs: 1 },
    { kind: 'answer', answer: { status: 429, headers: { 'retry-after': '1' }, body: 'slow down' } },
  ];
  return ({ path, query }) => {
    const asked = `${path}?${query.toString()}`;
    if (!faulty.on || failed.has(asked) || chance.int(1000) >= FAULTS_IN_1000) return null;
    const fault = kinds[chance.int(kinds.length)] ?? null;
    // A bit that is turned in a list is nobody's to notice: only artifacts have digests.
    if (fault?.kind === 'flip' && !/\.(gem|nupkg|whl|tgz|tar\.gz|zip)$/.test(path)) return null;
    failed.add(asked);
    faulty.met += 1;
    return fault;
  };
}
