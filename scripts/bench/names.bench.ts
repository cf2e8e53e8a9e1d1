/**
 * Lists and stores npm at full size with flat memory: `node scripts/bench/names.bench.ts [names] [folder]`
 *
 * A stand-in in a process of its own pages through invented names, 5 000 000 unless told otherwise, as npm's replication service
 * does. The command `run`, started as `npm run incidence` starts it, lists them into a database and draws from them; there is
 * no ranking, and nothing is selected. Fails above 400 MB of resident memory.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { startServer } from '../../crawler/stand-in/server.ts';
import { openReadOnly } from '../../data/open.ts';
import { readProgress } from '../../data/store/progress.ts';

const MOST_MB = 400;
const ROOT = resolve(import.meta.dirname, '../..');
/** Says at the end how much memory the process had at most. */
const PEAK = `data:text/javascript,process.on('exit',()=>console.error('peak',process.resourceUsage().maxRSS))`;
const isServer = process.argv[2] === 'server';
const NAMES = Number(process.argv[isServer ? 3 : 2] ?? 5_000_000);

if (isServer) await serve();
else await measure(process.argv[3] ?? tmpdir());

async function measure(parent: string): Promise<void> {
  const server = spawn(process.execPath, [import.meta.filename, 'server', String(NAMES)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const origin = String((await once(createInterface({ input: server.stdout }), 'line'))[0]);
  const folder = mkdtempSync(join(parent, 'incidence-names-'));
  const db = join(folder, 'names.db');
  try {
    const began = performance.now();
    const { code, peakMb } = await run(db, origin);
    const seconds = (performance.now() - began) / 1000;
    const size = code === 0 ? await frameSize(db) : 0;
    process.stdout.write(
      `${size} names listed, stored and drawn from in ${seconds.toFixed(0)} s, at most ${peakMb.toFixed(0)} MB resident, ` +
        `${(statSync(db).size / 1e6).toFixed(0)} MB of database\n`,
    );
    if (size === NAMES && peakMb < MOST_MB) return;
    process.stdout.write(`not kept: all ${NAMES} names, below ${MOST_MB} MB\n`);
    process.exitCode = 1;
  } finally {
    server.stdin.end();
    rmSync(folder, { recursive: true });
  }
}

/** Runs the command line with the options of Node that package.json gives it. */
async function run(db: string, origin: string): Promise<{ readonly code: number | null; readonly peakMb: number }> {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { incidence: string } };
  const [, ...node] = scripts.incidence.split(' ');
  const args = ['--import', PEAK, ...node, 'run', '--registry', 'npm', '--sample', '0', '--db', db];
  const origins = { REGISTRY: `${origin}/r`, REPLICATE: `${origin}/replicate`, API: origin, ECOSYSTEMS: origin };
  const settings = Object.entries(origins).map(([role, url]) => [`INCIDENCE_REGISTRIES__NPM__ORIGINS__${role}`, url]);
  const env = { ...process.env, ...Object.fromEntries(settings), INCIDENCE_REGISTRIES__NPM__RATES__REPLICATE: '200' };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number | null]>]);
  const peak = /^peak (\d+)$/m.exec(said)?.[1];
  if (code !== 0 || peak === undefined) process.stderr.write(said);
  return { code, peakMb: Number(peak ?? Number.NaN) / 1024 };
}

async function frameSize(db: string): Promise<number> {
  const database = await openReadOnly(db);
  try {
    return (await readProgress(database, 1, Date.now())).registries[0]?.frameSize ?? 0;
  } finally {
    await database.close();
  }
}

/** Names ascend, and a page begins with the name it was asked to start from. */
async function serve(): Promise<void> {
  const server = await startServer(() => ({ path, query }) => {
    if (path === '/replicate/') return json(`{"update_seq":${NAMES}}`);
    if (path !== '/replicate/_all_docs') return { status: 404, body: '' };
    const first = Number(/\d+/.exec(query.get('startkey') ?? '')?.[0] ?? 0);
    const count = Math.max(0, Math.min(Number(query.get('limit')), NAMES - first));
    const rows = Array.from({ length: count }, (_, at) => {
      const name = `invented-package-${String(first + at).padStart(8, '0')}`;
      return `{"id":"${name}","key":"${name}","value":{"rev":"1-0"}}`;
    });
    return json(`{"total_rows":${NAMES},"offset":${first},"rows":[${rows.join(',')}]}`);
  });
  process.stdout.write(`${server.origin}\n`);
  process.stdin.resume();
  await once(process.stdin, 'end');
  await server.close();
}

function json(body: string) {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
