/** The demo with workers: this process plans, others do the work, as on many machines. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { Config } from '../config.ts';
import { research, type ResearchOptions, type ResearchResult } from '../research.ts';

const COMMAND = join(import.meta.dirname, '..', 'launch.mjs');

/** Plans the run, starts workers, waits until they have ended, and tells what came of it. */
export async function withWorkers(options: ResearchOptions, count: number): Promise<ResearchResult> {
  const planned = await research({ ...options, detach: true });
  if (planned.outcome !== 'planned') return planned;
  const folder = await mkdtemp(join(tmpdir(), 'incidence-demo-'));
  try {
    const workers = Array.from({ length: count }, async () => startWorker(options, planned.run, folder));
    const codes = await Promise.all(workers);
    const failed = codes.filter((code) => code !== 0);
    if (failed.length > 0) options.log.warn({ codes: failed }, 'workers ended with an error; what they left is done here');
    // Nothing is left to do, unless workers failed; this also says what came of it.
    const ended = await research(options);
    return ended.outcome === 'already-closed' ? { ...ended, outcome: outcomeOf(ended) } : ended;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function outcomeOf({ progress }: ResearchResult): ResearchResult['outcome'] {
  return progress.registries.some((one) => one.failed > 0 || one.partial > 0) ? 'partial' : 'done';
}

async function startWorker({ config, env }: ResearchOptions, run: number, folder: string): Promise<number | null> {
  const file = await configFile(config, folder);
  // The address may hold a password, so it does not go onto the command line.
  const variables = { ...env, INCIDENCE_DB: config.db };
  const child = spawn(process.execPath, [COMMAND, 'work', '--run', String(run), '--config', file], {
    env: variables,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

/** What the workers must know of the world; nothing of it is secret. */
export async function configFile(config: Config, folder: string): Promise<string> {
  const { db: _, ...settings } = config;
  const file = join(folder, 'workers.json');
  await writeFile(file, JSON.stringify(settings));
  return file;
}
