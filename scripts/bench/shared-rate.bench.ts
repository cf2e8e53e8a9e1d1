/**
 * Exactly as fast as allowed, by many workers together: processes of their own ask one server in another process, which counts
 * arrivals by its own clock.
 *
 *   node scripts/bench/shared-rate.bench.ts [workers] [requests]
 *
 * As it is; then with a 429 slipped in now and then; then with one worker whose clock is an hour ahead (where faketime is installed).
 * On a server, where one is installed; else on a file, whose clock is that of its one machine, so that no worker's can be wrong.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createHttp } from '../../crawler/http.ts';
import type { Registry } from '../../crawler/registry.ts';
import { startServer, type Answer } from '../../crawler/stand-in/server.ts';
import { mostInWindow, shareOfRate, type Span } from '../../crawler/stand-in/windows.ts';
import { databaseClock } from '../../data/clock.ts';
import { ownServer, temporaryDatabase } from '../../data/example.ts';
import { sharedLeases } from '../../data/leases.ts';
import { openDatabase } from '../../data/open.ts';
import { thisHolder } from '../../data/store/holder.ts';
import { requestLedger } from '../../data/store/ledger.ts';

const PER_SECOND = 50;
const LEAST_SHARE = 0.95;
/** A 429 asks for so many seconds of silence, and up to a tenth more is the gate's own chance. */
const ASKED_SECONDS = 2;
const LONGEST_SHARE = 1.1;

interface Seen {
  readonly requests: number;
  /** Most arrivals within any second. */
  readonly most: number;
  /** Arrivals in the middle of a silence that was asked for, later than what was under way then. */
  readonly tooEarly: number;
  readonly seconds: number;
  /** Of the rate outside of silences; see `shareOfRate`. Null where all was over within a second. */
  readonly share: number | null;
}

const [role = '', ...args] = process.argv.slice(2);
if (role === 'server') await serve(Number(args[0]));
else if (role === 'worker') await ask(args[0] ?? '', args[1] ?? '', Number(args[2]));
else await measure(Number(process.argv[2] ?? 4), Number(process.argv[3] ?? 1000));

async function measure(workers: number, requests: number): Promise<void> {
  await using server = (await ownServer?.()) ?? null;
  await using file = server === null ? await temporaryDatabase() : null;
  const database = file?.path ?? (await server?.createDatabase()) ?? '';
  await (await openDatabase(database)).close();
  const canBeWrong = server !== null && spawnSync('faketime', ['--version']).status === 0;
  const cases = [
    { name: 'as it is', every: 0, ahead: false },
    { name: 'with 429s', every: 250, ahead: false },
    ...(canBeWrong ? [{ name: 'one clock an hour ahead', every: 0, ahead: true }] : []),
  ];
  let isKept = true;
  process.stdout.write(`${workers} workers, ${PER_SECOND} requests a second allowed\n`);
  for (const { name, every, ahead } of cases) {
    const seen = await run(database, { workers, requests, every, ahead });
    const share = seen.share ?? 0;
    isKept &&= seen.most <= PER_SECOND && share >= LEAST_SHARE && seen.tooEarly === 0;
    process.stdout.write(
      `${name}: ${seen.requests} requests in ${seen.seconds.toFixed(1)} s, ${(share * 100).toFixed(1)} % of what is allowed, ` +
        `fullest second ${seen.most}, in silences ${seen.tooEarly}\n`,
    );
  }
  if (!isKept) process.exitCode = 1;
}

async function run(
  database: string,
  how: { readonly workers: number; readonly requests: number; readonly every: number; readonly ahead: boolean },
): Promise<Seen> {
  const server = start(['server', String(how.every)]);
  const lines = createInterface({ input: server.stdout ?? process.stdin })[Symbol.asyncIterator]();
  const origin = String((await lines.next()).value);
  const children = Array.from({ length: how.workers }, (_, index) =>
    start(['worker', database, origin, String(Math.ceil(how.requests / how.workers))], how.ahead && index === 0),
  );
  // All begin together: otherwise the start of processes would count as time in which less was sent than allowed.
  await Promise.all(children.map(async (child) => once(child.stdout ?? process.stdin, 'data')));
  for (const child of children) child.stdin?.end();
  await Promise.all(children.map(async (child) => once(child, 'exit')));
  server.stdin?.end();
  return JSON.parse(String((await lines.next()).value)) as Seen;
}

function start(parameters: readonly string[], isAhead = false): ChildProcess {
  const command = [process.execPath, import.meta.filename, ...parameters];
  const [program = '', ...rest] = isAhead ? ['faketime', '-f', '+1h', ...command] : command;
  return spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Asks as fast as it may. */
async function ask(url: string, origin: string, requests: number): Promise<void> {
  const database = await openDatabase(url);
  const clock = await databaseClock(database);
  const shared = sharedLeases(database, thisHolder());
  const http = createHttp({
    version: '0',
    contact: undefined,
    now: clock.now,
    random: Math.random,
    ledger: requestLedger(database),
    shared,
  });
  const registry: Registry = {
    id: 'pypi',
    origins: { index: origin },
    budgets: [{ origin: 'index', perSecond: PER_SECOND, concurrency: 64, per30Days: null, source: 'the benchmark' }],
    rankings: [],
    key: (name) => name,
    names: () => nothing(),
    changes: () => nothing(),
    latest: (name) => Promise.resolve({ registry: 'pypi', name, reason: 'not-found', detail: 'the benchmark has no packages' }),
  };
  const io = http.io(registry, { signal: new AbortController().signal });
  process.stdout.write(`ready ${Math.round(clock.skewMs() / 1000)}\n`);
  await once(process.stdin.resume(), 'end');
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next++ < requests) await io.json(`${origin}/package-${next}`);
  };
  await Promise.all(Array.from({ length: 24 }, worker));
  http.close();
  clock.close();
  await database.close();
}

async function* nothing(): AsyncGenerator<never> {}

/** Tells its origin on the first line and what it saw on the second, when its input ends. */
async function serve(every: number): Promise<void> {
  const arrivals: number[] = [];
  const silences: Span[] = [];
  const slowDown: Answer = { status: 429, headers: { 'retry-after': String(ASKED_SECONDS) }, body: 'slow down' };
  const answer: Answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"name":"package"}' };
  const server = await startServer(() => () => {
    const now = performance.now();
    arrivals.push(now);
    if (every === 0 || arrivals.length % every !== 0) return answer;
    silences.push({ from: now, to: now + ASKED_SECONDS * 1000 });
    return slowDown;
  });
  process.stdout.write(`${server.origin}\n`);
  process.stdin.resume();
  await once(process.stdin, 'end');
  const most = mostInWindow(arrivals);
  // What had its ticket when the word came arrives within moments; everything later knew of it.
  const tooEarly = arrivals.filter((at) => silences.some(({ from, to }) => at > from + 300 && at < to)).length;
  const seconds = ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000;
  const share = shareOfRate(arrivals, PER_SECOND, between(silences, arrivals));
  process.stdout.write(`${JSON.stringify({ requests: arrivals.length, most, tooEarly, seconds, share } satisfies Seen)}\n`);
  await server.close();
}

/** From the first arrival to the last without the silences, each of which lasts as long as the gate of any worker may wait. */
function between(silences: readonly Span[], arrivals: readonly number[]): readonly Span[] {
  const ends = silences.map((one) => one.from + ASKED_SECONDS * LONGEST_SHARE * 1000);
  const froms = [arrivals[0] ?? 0, ...ends];
  const tos = [...silences.map((one) => one.from), arrivals.at(-1) ?? 0];
  return froms.map((from, index) => ({ from, to: tos[index] ?? from }));
}
