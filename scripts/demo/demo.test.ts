/** The whole line end to end, as people start it: a process, a database file, a report. */
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Service } from '../../analysis/service.ts';
import { SERVICES } from '../../analysis/services/index.ts';
import { DEFAULT_DATABASE } from '../../data/location.ts';
import type { Statistics } from '../../data/statistics/model.ts';
import { openDatabase, openReadOnly } from '../../data/open.ts';
import { runQuery } from '../../data/query.ts';
import { listRuns, readProgress } from '../../data/store/progress.ts';
import { EXIT } from '../errors.ts';
import { exportPublic } from '../export.ts';
import { scanAsGate } from '../scan-gate.ts';
import { databaseOf } from './database.ts';
import { leaksIn } from './leaks.ts';
import { startDemoWorld } from './world.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LIMIT = 240_000;
/** Smaller worlds than the one that people get, where only the way of working differs: seconds instead of minutes. */
const HALF = ['--scale', '0.5'];
const SMALL = ['--scale', '0.15'];
const TINY = ['--scale', '0.02'];
const folder = mkdtempSync(join(tmpdir(), 'incidence-demo-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that was printed. */
const said = new Map<string, string>();

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo in a process of its own; with `killAfter`, kills it once the database has so many results. */
async function demo(
  name: string,
  more: readonly string[] = [],
  killAfter: number | null = null,
  options: readonly string[] = [],
): Promise<Ended> {
  const db = join(folder, `${name}.db`);
  const args = ['scripts/launch.mjs', 'demo', '--db', db, '--out', join(folder, `${name}-report`), ...more];
  const child = spawn(process.execPath, [...options, ...args], { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' } });
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
  const end = { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
  said.set(`stdout of ${name}, ${said.size}`, end.stdout).set(`stderr of ${name}, ${said.size}`, end.stderr);
  return end;
}

/** Options of Node that let a process die of an exception that nobody catches, which holds a token that was just read. */
function crashing(at: number): readonly string[] {
  const crash = `
    import { isMainThread } from 'node:worker_threads';
    import { Secret } from ${JSON.stringify(pathToFileURL(join(ROOT, 'analysis/secret.ts')).href)};
    const reveal = Secret.prototype.reveal;
    let reveals = 0;
    if (isMainThread) Secret.prototype.reveal = function () {
      const error = Object.assign(new Error('forced', { cause: this }), { token: this, parts: { token: this } });
      const isToAsk = /\\/validate\\//.test(error.stack);
      if (isToAsk && ++reveals === ${at}) process.nextTick(() => { throw error; });
      return reveal.call(this);
    };`;
  const reports = ['--report-uncaught-exception', `--report-directory=${folder}`, '--trace-uncaught'];
  return [...reports, '--import', `data:text/javascript,${encodeURIComponent(crash)}`];
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
    whole = await demo('whole', [...HALF, '--log-level', 'trace']);
  }, LIMIT);

  test('measures what is so, and ends with the path of the report', () => {
    expect(`${whole.stdout}\n${whole.stderr}`).toContain(
      'Measured and true incidence of the world agree, per registry, tier and verdict.',
    );
    expect(whole.code).toBe(0);
    const path = /^The report: (.+)$/m.exec(whole.stdout)?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toContain('<h1>SQ34401</h1>');
  });

  test('has packages in several tiers, detections and undecided ones among them', () => {
    const covered = statisticsOf('whole').registries.filter((one) => one.status === 'analysed');
    expect(covered).toHaveLength(4);
    const tiers = covered.flatMap((one) => one.tiers);
    expect(new Set(tiers.filter((one) => one.population > 0).map((one) => one.tier)).size).toBe(3);
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

  test('killed in the middle, started again, crashed and started again, it measures what is so', { timeout: LIMIT }, async () => {
    const killed = await demo('killed', SMALL, 60);
    expect(killed.code).toBeNull();
    // What is in the log beside the database has not reached the database yet.
    for (const end of ['db', 'db-wal']) copyFileSync(join(folder, `killed.${end}`), join(folder, `then.${end}`));
    expect(statSync(join(folder, 'then.db-wal')).size).toBeGreaterThan(10_000);
    const crashed = await demo('killed', [...SMALL, '--log-level', 'trace'], null, crashing(50));
    expect(crashed.stderr).toContain('Error: forced');
    expect(crashed.stderr).toContain('Secret {}');
    expect(readdirSync(folder).filter((name) => /^report\..*\.json$/.test(name))).toHaveLength(1);
    const again = await demo('killed', SMALL);
    expect(again.stdout).toContain('Measured and true incidence of the world agree');
  });

  // With a server, and while workers are killed: `chaos/chaos.test.ts`.
  test('by workers of their own it measures what is so as well', { timeout: LIMIT }, async () => {
    const ended = await demo('many', [...TINY, '--workers', '2']);
    expect(`${ended.stdout}\n${ended.stderr}`).toContain('Measured and true incidence of the world agree');
  });

  test('keeps to a database of its own world: figures of others do not mix with it', { timeout: LIMIT }, async () => {
    const other = await demo('whole', [...TINY]);
    expect(other).toMatchObject({ code: EXIT.usage, stdout: '' });
    expect(other.stderr).toMatch(/holds run 1 of demo-demo-0\.5-.*give another database with --db/);
    const worlds = [
      { seed: 'demo', scale: 1 },
      { seed: 'demo', scale: 2 },
      { seed: '../x', scale: 1 },
    ].map(databaseOf);
    expect(worlds.map((path) => join(dirname(path), basename(path, extname(path))))).toEqual([
      'data/demo',
      'data/demo-demo-2',
      'data/demo-.._x-1',
    ]);
  });

  test('is what commands that only read show as long as nothing else was run, and they say so', async () => {
    const home = join(folder, 'newcomer');
    mkdirSync(join(home, 'data'), { recursive: true });
    copyFileSync(join(folder, 'whole.db'), join(home, databaseOf({ seed: 'demo', scale: 1 })));
    const ask = () => {
      const args = [join(ROOT, 'scripts/cli.ts'), 'query', 'select count(*) as runs from run', '--format', 'csv'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: home, encoding: 'utf8' });
      return [status, stdout.trim().split(/\s+/), stderr];
    };
    expect(ask()).toEqual([0, ['runs', '1'], expect.stringContaining(`There is no ${DEFAULT_DATABASE} yet`)]);
    const own = await openDatabase(join(home, DEFAULT_DATABASE));
    await own.close();
    expect(ask()).toEqual([0, ['runs', '0'], '']);
  });

  test('notices when a planted token was taken away', { timeout: LIMIT }, async () => {
    const tampered = await demo('tampered', [...TINY, '--tamper']);
    expect(tampered.code).toBe(1);
    expect(tampered.stdout).toMatch(/DISAGREE:\n.*detections: measured \d+, true \d+/);
  });

  test('leaves no planted token anywhere: database and its log, report, copy, scan, what was printed, a crash', async () => {
    const now = new Date(`${new Date(statisticsOf('whole').run.startedAt).toISOString().slice(0, 10)}T00:00:00Z`);
    const world = await startDemoWorld({ seed: 'demo', now, scale: Number(HALF[1]) });
    const smaller = await startDemoWorld({ seed: 'demo', now, scale: Number(SMALL[1]) });
    const planted = mkdtempSync(join(tmpdir(), 'incidence-planted-'));
    try {
      const plants = world.world.packages.flatMap((one) => one.plants);
      for (const [index, { snippet }] of plants.entries()) writeFileSync(join(planted, `planted-${index}.txt`), snippet);
      for (const format of ['sarif', 'text']) {
        const write = (text: string): unknown => said.set(`scan as ${format}`, `${said.get(`scan as ${format}`) ?? ''}${text}`);
        const io = { env: {}, stdout: { write }, stderr: { write }, signal: new AbortController().signal };
        expect(await scanAsGate({ what: planted, format, validate: 'off' }, io)).toBe(EXIT.violated);
      }
    } finally {
      rmSync(planted, { recursive: true });
      await Promise.all([world.close(), smaller.close()]);
    }
    const database = await openDatabase(join(folder, 'whole.db'));
    const files = await exportPublic(database, join(folder, 'copy'), '0').finally(async () => database.close());
    for (const path of files.filter((name) => name.endsWith('.parquet'))) {
      const rows = await parquetReadObjects({ file: new Uint8Array(readFileSync(path)).buffer });
      said.set(
        `rows of ${path}`,
        JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
      );
    }
    // Ends of host names, such as the one of a cloud that an account is in, are no secrets: services list them.
    const hosts = SERVICES.flatMap((service: Service) => service.probe?.hosts ?? []);
    const secrets = [...new Set([...world.secrets, ...smaller.secrets])].filter(
      (secret) => !hosts.some((host) => host.endsWith(`.${secret}`)),
    );
    expect(secrets.length).toBeGreaterThan(50);
    const places = new Map<string, string | Buffer>([
      ...said,
      ...filesBelow(folder).map((file) => [file, readFileSync(file)] as const),
    ]);
    const kinds = new Set([...places.keys()].map((name) => extname(name.split(',')[0] ?? '')));
    expect([...kinds]).toEqual(expect.arrayContaining(['.db', '.db-wal', '.html', '.md', '.csv', '.json', '.svg', '.parquet']));
    expect(leaksIn(places, secrets)).toEqual([]);
    // The search finds what is there, in whatever form.
    const [secret = ''] = secrets.filter((one) => one.length >= 12);
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex')];
    const shifted = ['', 'a', 'ab'].map((lead) => Buffer.from(`${lead}${secret}${lead}`).toString('base64'));
    for (const form of [...forms, ...shifted]) expect(leaksIn(new Map([['here', `x${form}y`]]), secrets)).not.toEqual([]);
  });
});
