/**
 * The same world through one process that nobody disturbs, and through many workers on a server that are killed, stopped and cut off
 * from it while it is restarted: both must come to the same rows and the same statistics, and no token may be asked about twice.
 *
 * One thing cannot be had: where a worker is killed between a service's answer and writing it down, the answer is lost, and asking
 * again would be asking twice. The token is then undecided, as promised. Such questions are counted and shown, and what is expected
 * is the undisturbed run with exactly these tokens undecided; every other row has to be the same.
 */
import { mkdtempSync, rmSync, writeFileSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceStandIns } from '../../analysis/stand-in/engine/service-stand-ins.ts';
import { openDatabase, openReadOnly } from '../../data/open.ts';
import { policyOf } from '../../data/policies.ts';
import type { OwnServer } from '../../data/example.ts';
import { closeRun } from '../../data/store/close.ts';
import { differencesOf, rowsOf } from '../bench/rows.ts';
import { startDemoWorld, type DemoWorld } from '../demo/world.ts';
import { drawEvents, type ChaosEvent, type PlannedEvent } from './events.ts';
import { Fleet, startCommand } from './fleet.ts';

export interface ChaosOptions {
  readonly seed: string;
  /** Size of the world; 1 is some 1500 packages. */
  readonly scale: number;
  readonly workers: number;
  readonly events: number;
  readonly longestStopMs: number;
  readonly server: OwnServer;
  /** Told of each event, and of what else is going on. */
  readonly say: (line: string) => void;
}

export interface ChaosOutcome {
  readonly packages: number;
  /** Events that happened; fewer than planned where the run was over before. */
  readonly events: number;
  readonly byKind: Readonly<Record<ChaosEvent['kind'], number>>;
  /** Rows that were compared, and those that only one side has. */
  readonly rows: number;
  readonly differences: readonly string[];
  /** Questions whose answer was lost with its worker. */
  readonly interrupted: number;
  readonly questions: number;
  /** Tokens that were asked about more often than in the undisturbed run. */
  readonly askedTwice: number;
  /** Processes that ended by themselves with an error. */
  readonly failed: readonly string[];
  /** Seconds of the undisturbed run and of the other. */
  readonly calmSeconds: number;
  readonly seconds: number;
}

/** A run that has not moved for so long will not move again. */
const PATIENCE_MS = 10 * 60_000;
const LOOK_MS = 20;

export async function chaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const { seed, scale, server, say } = options;
  const folder = mkdtempSync(join(tmpdir(), 'incidence-chaos-'));
  const requests = { count: 0 };
  const count = (): null => {
    requests.count += 1;
    return null;
  };
  const demo = await startDemoWorld({ seed, now: new Date(), scale, faults: count });
  try {
    const calmFile = join(folder, 'calm.db');
    const calmBegan = performance.now();
    const config = configFor(demo, folder, seed);
    const calmRun = await startCommand(['run', '--config', config(calmFile)]).ended;
    if (calmRun.code !== 0 && calmRun.code !== 3)
      throw new Error(`the undisturbed run ended with ${calmRun.code}: ${calmRun.said}`);
    const calmSeconds = (performance.now() - calmBegan) / 1000;
    const calmCalls = demo.services.calls.length;
    say(`undisturbed: ${demo.world.packages.length} packages in ${calmSeconds.toFixed(0)} s, ${requests.count} requests`);

    const url = await server.createDatabase();
    const began = performance.now();
    const storm = new Storm(options, url, { total: requests.count, since: requests.count, requests });
    const failed = await storm.through(config(url));
    const seconds = (performance.now() - began) / 1000;

    const interrupted = await interruptedTokens(url);
    const expected = await rowsOf(await withUndecided(calmFile, interrupted));
    const differences = differencesOf(expected, await rowsOf(url));
    return {
      packages: demo.world.packages.length,
      events: storm.happened,
      byKind: storm.byKind,
      rows: [...expected.values()].reduce((sum, rows) => sum + rows.length, 0),
      differences,
      interrupted: interrupted.length,
      questions: demo.services.calls.slice(calmCalls).filter((call) => call.tokens.length > 0).length,
      askedTwice: askedTwice(demo.services, calmCalls),
      failed,
      calmSeconds,
      seconds,
    };
  } finally {
    await demo.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the configuration for a database; both runs have the same key, and never ask twice. */
function configFor({ settings }: DemoWorld, folder: string, seed: string): (db: string) => string {
  let files = 0;
  return (db) => {
    files += 1;
    const file = join(folder, `config-${files}.json`);
    const validation = { ...settings.validation, askInterrupted: false };
    const keyFile = join(folder, 'all.key');
    writeFileSync(file, JSON.stringify({ ...settings, validation, db, keyFile, seed, sample: 'all', period: 'one' }));
    return file;
  };
}

interface Progress {
  /** Requests to the registries of the whole undisturbed run. */
  readonly total: number;
  readonly since: number;
  readonly requests: { readonly count: number };
}

/** Events that happen to whatever is at work, as the work goes on. */
class Storm {
  readonly #options: ChaosOptions;
  readonly #url: string;
  readonly #progress: Progress;
  readonly #planned: PlannedEvent[];
  readonly #began = performance.now();
  happened = 0;
  readonly byKind = { kill: 0, stop: 0, restart: 0, cut: 0 };

  constructor(options: ChaosOptions, url: string, progress: Progress) {
    this.#options = options;
    this.#url = url;
    this.#progress = progress;
    this.#planned = [...drawEvents({ seed: options.seed, count: options.events, longestStopMs: options.longestStopMs })];
  }

  /** Plans the run and works through it; tells which processes failed. */
  async through(config: string): Promise<readonly string[]> {
    const planner = await this.#during([{ name: 'planner', args: ['run', '--detach', '--config', config] }]);
    if (planner.length > 0) return planner;
    const workers = Array.from({ length: this.#options.workers }, (_, index) => ({
      name: `worker ${index + 1}`,
      args: ['work', '--run', '1', '--config', config],
    }));
    return await this.#during(workers);
  }

  async #during(commands: ConstructorParameters<typeof Fleet>[0]['commands']): Promise<readonly string[]> {
    const fleet = new Fleet({ commands, goodCodes: [0, 3] });
    const all = { isDone: false };
    const done = fleet.done().finally(() => {
      all.isDone = true;
    });
    let moved = { at: performance.now(), count: this.#progress.requests.count };
    while (!all.isDone) {
      await this.#happen(fleet);
      const { count } = this.#progress.requests;
      if (count !== moved.count) moved = { at: performance.now(), count };
      if (performance.now() - moved.at > PATIENCE_MS) {
        fleet.end();
        return [...fleet.failed, `nothing was asked of any registry for ${PATIENCE_MS / 60_000} minutes`];
      }
      await Promise.race([sleep(LOOK_MS), done]);
    }
    await done;
    fleet.end();
    return fleet.failed;
  }

  async #happen(fleet: Fleet): Promise<void> {
    const { total, since, requests } = this.#progress;
    const [next] = this.#planned;
    if (next === undefined || (requests.count - since) / total < next.after) return;
    const what = await this.#perform(next.event, fleet);
    // Nobody is there to be disturbed at this moment: the same event a moment later.
    if (what === null) return;
    this.#planned.shift();
    this.happened += 1;
    this.byKind[next.event.kind] += 1;
    const at = ((performance.now() - this.#began) / 1000).toFixed(1);
    const share = ((100 * (requests.count - since)) / total).toFixed(0);
    this.#options.say(
      `${String(this.happened).padStart(3)}  ${at.padStart(6)} s  ${share.padStart(3)} %  ${next.event.kind.padEnd(7)}  ${what}`,
    );
  }

  async #perform(event: ChaosEvent, fleet: Fleet): Promise<string | null> {
    const { server } = this.#options;
    if (event.kind === 'kill') {
      const name = fleet.kill(event.who, event.restartAfterMs);
      return name === null ? null : `${name}, back after ${event.restartAfterMs} ms`;
    }
    if (event.kind === 'stop') {
      const name = fleet.stop(event.who, event.ms);
      return name === null ? null : `${name}, for ${(event.ms / 1000).toFixed(1)} s`;
    }
    if (event.kind === 'cut') return `${await server.cut(this.#url, (backend) => backend % event.of === 0)} connections`;
    await server.restart(event.how);
    return event.how === 'fast' ? 'orderly' : 'as after a crash';
  }
}

/** Tokens that were asked about and whose answer was never written down. */
async function interruptedTokens(url: string): Promise<readonly string[]> {
  const database = await openReadOnly(url);
  try {
    const rows = await database.db.selectFrom('validation').select('fingerprint').where('settled_at', 'is', null).execute();
    return rows.map((row) => row.fingerprint);
  } finally {
    await database.close();
  }
}

/** A copy of the undisturbed run in which these tokens are undecided, counted anew. */
async function withUndecided(file: string, fingerprints: readonly string[]): Promise<string> {
  if (fingerprints.length === 0) return file;
  const copy = `${file.slice(0, -'.db'.length)}-undecided.db`;
  cpSync(file, copy);
  const database = await openDatabase(copy);
  const { db } = database;
  try {
    const tokens = await db
      .selectFrom('verdict')
      .innerJoin('token', 'token.id', 'verdict.token_id')
      .select(['token.id', 'verdict.family'])
      .where('token.fingerprint', 'in', fingerprints)
      .execute();
    for (const { id, family } of tokens) {
      const undecided = {
        verdict: 'unknown',
        reason: 'interrupted',
        policy: policyOf(family, 'unknown'),
        precedence: 1,
      } as const;
      await db.updateTable('verdict').set(undecided).where('token_id', '=', id).execute();
    }
    for (const table of [
      'run_tier_incidence',
      'run_incidence',
      'run_verdict',
      'run_reason',
      'run_service_cell',
      'run_cluster',
    ] as const)
      await db.deleteFrom(table).execute();
    await db.updateTable('run').set({ state: 'open', closed_at: null }).execute();
    await closeRun(database, 1, Date.now());
    return copy;
  } finally {
    await database.close();
  }
}

/** By the stand-ins' own count, which no program of ours has a say in. */
function askedTwice({ calls }: ServiceStandIns, calmCalls: number): number {
  const counted = (some: typeof calls): Map<object, number> => {
    const counts = new Map<object, number>();
    for (const { tokens } of some) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    return counts;
  };
  const calm = counted(calls.slice(0, calmCalls));
  return [...counted(calls.slice(calmCalls))].filter(([token, count]) => count > (calm.get(token) ?? 0)).length;
}
