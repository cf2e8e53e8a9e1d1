/**
 * Lists and stores npm at full size with flat memory: `node scripts/bench/names.bench.ts [names] [folder]`
 *
 * A stand-in in a process of its own pages through invented names, 5 000 000 unless told otherwise, as npm's replication service
 * does; the adapter reads them through the door and every page goes into a database. Fails above 400 MB of resident memory.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createHttp } from '../../crawler/http.ts';
import { npm } from '../../crawler/registries/npm/index.ts';
import { startServer } from '../../crawler/stand-in/server.ts';
import { openExampleRun } from '../../data/example.ts';
import { openDatabase } from '../../data/open.ts';
import { finishFrame, saveNamePage } from '../../data/store/frame.ts';
import { requestLedger } from '../../data/store/ledger.ts';

const MOST_MB = 400;
const isServer = process.argv[2] === 'server';
const NAMES = Number(process.argv[isServer ? 3 : 2] ?? 5_000_000);

if (isServer) await serve();
else await measure(process.argv[3] ?? tmpdir());

async function measure(parent: string): Promise<void> {
  const child = spawn(process.execPath, [import.meta.filename, 'server', String(NAMES)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const origin = String((await once(createInterface({ input: child.stdout }), 'line'))[0]);
  const folder = mkdtempSync(join(parent, 'incidence-names-'));
  const database = await openDatabase(join(folder, 'names.db'));
  const ledger = requestLedger(database);
  const http = createHttp({ version: '0', contact: undefined, now: Date.now, random: Math.random, ledger });
  try {
    const run = await openExampleRun(database, { registries: ['npm'] });
    const io = http.io(npm, {
      origins: { registry: `${origin}/r`, replicate: `${origin}/replicate`, api: origin, ecosystems: origin },
      rates: { replicate: 200 },
      signal: new AbortController().signal,
    });
    const began = performance.now();
    for await (const page of npm.names(null, io)) await saveNamePage(database, run, 'npm', page);
    const size = await finishFrame(database, run, 'npm', { takenAt: Date.now(), by: 'listed' });
    const seconds = (performance.now() - began) / 1000;
    const megabytes = process.resourceUsage().maxRSS / 1024;
    process.stdout.write(
      `${size} names listed and stored in ${seconds.toFixed(0)} s, at most ${megabytes.toFixed(0)} MB resident\n`,
    );
    if (size === NAMES && megabytes < MOST_MB) return;
    process.stdout.write(`not kept: all ${NAMES} names, below ${MOST_MB} MB\n`);
    process.exitCode = 1;
  } finally {
    http.close();
    child.stdin.end();
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

/** Names ascend, and a page begins with the name it was asked to start from. */
async function serve(): Promise<void> {
  const server = await startServer(() => ({ path, query }) => {
    if (!path.endsWith('/_all_docs')) return json(`{"update_seq":${NAMES}}`);
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
