/**
 * Exactly as fast as allowed: the whole door against a server in a process of its own that counts arrivals by its own clock
 * and answers 429 to whatever is too much. Run it with `node crawler/gate.bench.ts`; it fails when a bound is not kept.
 *
 * First as it is, then with a 429 slipped in every 400 requests: those cost a second of waiting each, which is left out of the
 * rate and not out of the windows.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { RegistryId } from '../data/model.ts';
import { createHttp, type Http } from './http.ts';
import { memoryLedger } from './memory-ledger.ts';
import type { Registry } from './registry.ts';
import { startServer, type Answer } from './stand-in/server.ts';
import { mostInWindow } from './stand-in/windows.ts';

const PER_SECOND = 200;
const REQUESTS = 2000;
const LEAST_SHARE = 0.97;

interface Seen {
  readonly requests: number;
  readonly refused: number;
  /** Most arrivals within any second. */
  readonly most: number;
  readonly seconds: number;
}

if (process.argv[2] === 'server') await serve(Number(process.argv[3]));
else await measure();

async function measure(): Promise<void> {
  let isKept = true;
  process.stdout.write('client  429 every  requests  a second  of allowed  fullest second  429s  CPU per request\n');
  for (const every of [0, 400]) {
    for (const id of ['npm', 'pypi'] as const) {
      const row = await run(id, every);
      const share = row.rate / PER_SECOND;
      isKept &&= row.most <= PER_SECOND && share >= LEAST_SHARE && row.refused === row.injected;
      const cells = [
        id === 'npm' ? 'npm' : 'got',
        every || 'never',
        row.requests,
        row.rate.toFixed(1),
        `${(share * 100).toFixed(1)} %`,
        row.most,
        row.refused,
        `${row.cpuMs.toFixed(2)} ms`,
      ];
      const widths = [6, 9, 8, 8, 10, 14, 4, 15];
      process.stdout.write(`${cells.map((cell, index) => String(cell).padStart(widths[index] ?? 0)).join('  ')}\n`);
    }
  }
  if (!isKept) {
    process.stdout.write(
      `not kept: at most ${PER_SECOND} in any second, at least ${LEAST_SHARE * 100} % of that, no 429 but those slipped in\n`,
    );
    process.exitCode = 1;
  }
}

async function run(
  id: RegistryId,
  every: number,
): Promise<Seen & { readonly rate: number; readonly injected: number; readonly cpuMs: number }> {
  const child = spawn(process.execPath, [import.meta.filename, 'server', String(every)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const origin = String((await lines.next()).value);
  const http = createHttp({ version: '0', contact: undefined, now: Date.now, random: Math.random, ledger: memoryLedger() });
  const before = process.cpuUsage();
  await ask(http, id, origin);
  const { user, system } = process.cpuUsage(before);
  http.close();
  child.stdin.end();
  const seen = JSON.parse(String((await lines.next()).value)) as Seen;
  await once(child, 'exit');
  const injected = every === 0 ? 0 : Math.floor(seen.requests / every);
  // A 429 asks for a second; up to a tenth more is the gate's own chance.
  return {
    ...seen,
    injected,
    rate: seen.requests / (seen.seconds - injected * 1.05),
    cpuMs: (user + system) / 1000 / seen.requests,
  };
}

async function ask(http: Http, id: RegistryId, origin: string): Promise<void> {
  const registry: Registry = {
    id,
    origins: { registry: origin },
    budgets: [{ origin: 'registry', perSecond: PER_SECOND, concurrency: 8, per30Days: null, source: 'the benchmark' }],
    rankings: [],
    key: (name) => name,
    names: () => nothing(),
    changes: () => nothing(),
    latest: (name) => Promise.resolve({ registry: id, name, reason: 'not-found', detail: 'the benchmark has no packages' }),
  };
  const io = http.io(registry, { signal: new AbortController().signal });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next++ < REQUESTS) await io.json(`${origin}/package-${next}/latest`);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

async function* nothing(): AsyncGenerator<never> {}

/** Tells its origin on the first line and what it saw on the second, when its input ends. */
async function serve(every: number): Promise<void> {
  const arrivals: number[] = [];
  let refused = 0;
  let oldest = 0;
  const slowDown: Answer = {
    status: 429,
    headers: { 'retry-after': '1', 'content-type': 'text/html' },
    body: '<h1>error 1015</h1>',
  };
  const answer: Answer = {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"name":"package","version":"1.0.0"}',
  };
  const server = await startServer(() => () => {
    const now = Date.now();
    arrivals.push(now);
    while (now - (arrivals[oldest] ?? now) >= 1000) oldest++;
    const inWindow = arrivals.length - oldest;
    if (inWindow <= PER_SECOND && (every === 0 || arrivals.length % every !== 0)) return answer;
    refused++;
    return slowDown;
  });
  process.stdout.write(`${server.origin}\n`);
  process.stdin.resume();
  await once(process.stdin, 'end');
  const seconds = ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000;
  process.stdout.write(
    `${JSON.stringify({ requests: arrivals.length, refused, most: mostInWindow(arrivals), seconds } satisfies Seen)}\n`,
  );
  await server.close();
}
