/** The whole line end to end, as people start it: a process, a database file, a report. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Statistics } from '../../data/statistics/model.ts';
import { openReadOnly } from '../../data/open.ts';
import { runQuery } from '../../data/query.ts';
import { listRuns, readProgress } from '../../data/store/progress.ts';
import { startDemoWorld } from './world.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LIMIT = 240_000;
/** Smaller worlds than the one that people get, where only the way of working differs: seconds instead of minutes. */
const SMALL = ['--scale', '0.15'];
const TINY = ['--scale', '0.02'];
const folder = mkdtempSync(join(tmpdir(), 'incidence-demo-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo in a process of its own; with `killAfter`, kills it once the database has so many results. */
async function demo(name: string, more: readonly string[] = [], killAfter: number | null = null): Promise<Ended> {
  const db = join(folder, `${name}.db`);
  const args = ['scripts/launch.mjs', 'demo', '--db', db, '--out', join(folder, `${name}-report`), ...more];
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' } });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const ended = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  if (killAfter !== null) {
    while (child.exitCode === null && (await finished(db)) < killAfter) await new Promise((wait) => setTimeout(wait, 250));
    child.kill('SIGKILL');
  }
  const code = await ended;
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

async function finished(db: string): Promise<number> {
  if (!existsSync(db)) return 0;
  try {
    const database = await openReadOnly(db);
    const [run] = await listRuns(database);
    const registries = run === undefined ? [] : (await readProgress(database, run, Date.now())).registries;
    await database.close();
    return registries.reduce((sum, one) => sum + one.analysed + one.noRelease, 0);
  } catch {
    // Not made yet.
    return 0;
  }
}

function statisticsOf(name: string): Statistics {
  return JSON.parse(readFileSync(join(folder, `${name}-report`, 'statistics.json'), 'utf8')) as Statistics;
}

function filesBelow(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const inner = join(path, name);
    return statSync(inner).isDirectory() ? filesBelow(inner) : [inner];
  });
}

describe('the demo', () => {
  let whole: Ended;

  beforeAll(async () => {
    whole = await demo('whole');
  }, LIMIT);

  test('measures what is so, and ends with the path of the report', () => {
    expect(`${whole.stdout}\n${whole.stderr}`).toContain(
      'Measured and true incidence of the world agree, per registry, tier and verdict.',
    );
    expect(whole.code).toBe(0);
    const path = /^The report: (.+)$/m.exec(whole.stdout)?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toContain('<h1>SQ34401</h1>');
  });

  test('has packages in every tier, detections and undecided ones among them', () => {
    const covered = statisticsOf('whole').registries.filter((one) => one.status === 'analysed');
    expect(covered).toHaveLength(4);
    const tiers = covered.flatMap((one) => one.tiers);
    expect(new Set(tiers.filter((one) => one.population > 0).map((one) => one.tier)).size).toBe(4);
    expect(tiers.reduce((sum, one) => sum + one.detections, 0)).toBeGreaterThan(10);
    expect(tiers.reduce((sum, one) => sum + one.undecided, 0)).toBeGreaterThan(0);
  });

  test('answers the questions of people', async () => {
    const byRegistry = await runQuery(join(folder, 'whole.db'), 'select * from incidence_by_registry');
    const byTier = await runQuery(join(folder, 'whole.db'), 'select * from incidence_by_tier');
    expect(byRegistry.columns).toEqual(expect.arrayContaining(['registry', 'policy', 'analyzed', 'detections']));
    expect(byTier.columns).toContain('tier');
    expect(byTier.rows.length).toBeGreaterThan(byRegistry.rows.length);
  });

  test('leaves no planted token anywhere: database, report, stdout, stderr', async () => {
    const now = new Date(`${new Date(statisticsOf('whole').run.startedAt).toISOString().slice(0, 10)}T00:00:00Z`);
    const world = await startDemoWorld({ seed: 'demo', now });
    await world.close();
    const secrets = world.secrets.filter((secret) => secret.length >= 12);
    expect(secrets.length).toBeGreaterThan(100);
    const places = new Map(filesBelow(folder).map((file) => [file, readFileSync(file).toString('latin1')]));
    places.set('stdout', whole.stdout).set('stderr', whole.stderr);
    const found: string[] = [];
    for (const [place, content] of places) {
      for (const secret of secrets) {
        const forms = [secret, Buffer.from(secret).toString('base64').replace(/=+$/, ''), encodeURIComponent(secret)];
        if (forms.some((form) => content.includes(form))) found.push(`${place}: a secret of ${secret.length} characters`);
      }
    }
    expect(found).toEqual([]);
  });

  test('killed in the middle and started again, it measures what is so', { timeout: LIMIT }, async () => {
    const killed = await demo('killed', SMALL, 60);
    expect(killed.code).toBeNull();
    const again = await demo('killed', SMALL);
    expect(again.stdout).toContain('Measured and true incidence of the world agree');
  });

  // With a server, and while workers are killed: `chaos/chaos.test.ts`.
  test('by workers of their own it measures what is so as well', { timeout: LIMIT }, async () => {
    const ended = await demo('many', [...TINY, '--workers', '2']);
    expect(`${ended.stdout}\n${ended.stderr}`).toContain('Measured and true incidence of the world agree');
  });

  test('notices when a planted token was taken away', { timeout: LIMIT }, async () => {
    const tampered = await demo('tampered', [...TINY, '--tamper']);
    expect(tampered.code).toBe(1);
    expect(tampered.stdout).toMatch(/DISAGREE:\n.*detections: measured \d+, true \d+/);
  });
});
