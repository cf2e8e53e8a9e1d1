/** How often a service is asked about a token, through the whole line: registries and services on loopback, runs as they are. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, describe, expect, test } from 'vitest';
import { slack } from '../analysis/services/slack.ts';
import { createServiceStandIns, type IssuedToken } from '../analysis/stand-in/engine/service-stand-ins.ts';
import type { AnswerClass } from '../analysis/stand-in/service-stand-in.ts';
import { slack as slackStandIn } from '../analysis/stand-in/slack.ts';
import { handmade, worldOf } from '../crawler/stand-in/handmade.ts';
import { npmOrigins, npmStandIn } from '../crawler/stand-in/npm.ts';
import { startServer, type StandInServer } from '../crawler/stand-in/server.ts';
import type { WorldPackage } from '../crawler/stand-in/world.ts';
import { temporaryDatabase, type TestKind } from '../data/example.ts';
import { describeOnEach } from '../data/kinds-in-tests.ts';
import { readConfig } from './config.ts';
import { createLog } from './log.ts';
import { research } from './research.ts';

/** A run in a process of its own, to be killed. */
const RUNS = `
  const load = (path) => import(new URL(path, process.env.HERE).href);
  const { readConfig } = await load('./config.ts');
  const { createLog } = await load('./log.ts');
  const { research } = await load('./research.ts');
  const { slack } = await load('../analysis/services/slack.ts');
  const config = readConfig({ env: {}, options: JSON.parse(process.env.SETTINGS) });
  await research({
    config, registries: ['npm'], named: null, env: {}, log: createLog('trace'), stderr: process.stderr, services: [slack],
  });
`;
/** SAME_TOKEN_PACKAGES=1000 makes it a thousand. */
const CARRIERS = Number(process.env['SAME_TOKEN_PACKAGES'] ?? 20);
const HOUR_MS = 3_600_000;

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function serve(...args: Parameters<typeof startServer>): Promise<StandInServer> {
  const server = await startServer(...args);
  closers.push(async () => server.close());
  return server;
}

function carrying(name: string, { snippet }: IssuedToken): WorldPackage {
  const made = handmade('npm', name, ['1.0.0']);
  const releases = made.releases.map((release) => ({
    ...release,
    artifacts: release.artifacts.map((artifact) => ({ ...artifact, files: [{ path: 'index.js', content: snippet }] })),
  }));
  return { ...made, releases };
}

interface Carried {
  readonly answer: AnswerClass;
  readonly packages: readonly string[];
}

/** A registry of packages that carry one token or another, and the service that knows the tokens. */
async function world<Name extends string>(carried: Readonly<Record<Name, Carried>>, kind?: TestKind) {
  const made = await temporaryDatabase(kind);
  closers.push(async () => made[Symbol.asyncDispose]());
  const { folder, path: db, database } = made;
  const standIns = await createServiceStandIns({ standIns: [slackStandIn], services: [slack], now: new Date() });
  const outage = { questions: 0 };
  let downloads = 0;
  const service = await serve(
    () => (request) => {
      const answer = standIns.handler(request);
      const isAboutToken = (standIns.calls.at(-1)?.tokens.length ?? 0) > 0;
      if (!isAboutToken || outage.questions === 0) return answer;
      outage.questions -= 1;
      return { status: 500, headers: { 'content-type': 'application/json' }, body: '{"error":"outage"}' };
    },
    standIns.faults,
  );
  const plants = Object.entries<Carried>(carried).map(([seed, { answer, packages }]) => {
    return { seed, packages, token: standIns.issue('slack', { seed, verdict: null, answer, format: 'slack.bot-token' }) };
  });
  const packages = plants.flatMap((one) => one.packages.map((name) => carrying(name, one.token)));
  const registry = await serve(npmStandIn(worldOf(packages)));
  const origins = npmOrigins(registry.origin);
  const settings = {
    db,
    keyFile: join(folder, 'run.key'),
    sample: 'all',
    registries: { npm: { origins, rates: Object.fromEntries(Object.keys(origins).map((role) => [role, 10_000])) } },
    validation: { mode: 'live', services: { slack: { host: `${service.origin}/slack/{host}` } } },
  };
  return {
    folder,
    settings,
    outage,
    callsFor: (name: Name) =>
      plants.filter(({ seed }) => seed === name).reduce((sum, { token }) => sum + standIns.callsFor(token), 0),
    secrets: plants.flatMap(({ token }) => token.secrets),
    downloads: () => downloads,
    run: async (seed: string): Promise<void> => {
      const config = readConfig({ env: {}, options: { ...settings, seed } });
      const result = await research({
        config,
        registries: ['npm'],
        named: null,
        env: {},
        log: createLog('error'),
        stderr: process.stderr,
        services: [slack],
      });
      downloads += result.tally.downloaded;
      expect(result).toMatchObject({ outcome: 'done', problems: [] });
    },
    /** Rows of the database, or a change to it. */
    ask: async (text: string): Promise<readonly unknown[]> => (await sql.raw(text).execute(database.db)).rows,
    /** All that is in the database, and in the files beside it. */
    written: async (): Promise<string> => {
      const tables = await database.db.introspection.getTables();
      const rows = await Promise.all(tables.map(async ({ name }) => sql`select * from ${sql.table(name)}`.execute(database.db)));
      const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
      return [...rows.map((one) => JSON.stringify(one.rows)), ...files].join('\n');
    },
  };
}

const VERDICTS = 'select run_id as run, verdict, reason, looks from verdict order by run_id, token_id';

describe('a run', () => {
  test(`asks once about a token that ${CARRIERS} packages carry`, { timeout: 120_000 }, async () => {
    const packages = Array.from({ length: CARRIERS }, (_, index) => `carrier-${index}`);
    const { run, callsFor, ask } = await world({ shared: { answer: 'active', packages } });
    await run('one');
    expect(callsFor('shared')).toBe(1);
    expect(await ask("select count(*) as packages from detections where policy = 'SQ34401'")).toEqual([{ packages: CARRIERS }]);
  });

  test('asks again before it is closed about what is due by then', async () => {
    const { run, callsFor, ask, outage, downloads } = await world({
      shared: { answer: 'active', packages: ['first', 'second'] },
      refused: { answer: 'inactive:invalid_auth', packages: ['third'] },
    });
    outage.questions = 2;
    // In this database every wait is over at once.
    const over = 'set look_after = 0 where look_after > 0';
    await ask(`create trigger a after update on validation begin update validation ${over}; end`);
    await ask(`create trigger b after insert on verdict begin update verdict ${over}; end`);
    await run('one');
    expect([callsFor('shared'), callsFor('refused'), downloads()]).toEqual([2, 2, 5]);
    expect(await ask(VERDICTS)).toEqual(
      expect.arrayContaining([
        { run: 1, verdict: 'active', reason: 'ok-true', looks: 2 },
        { run: 1, verdict: 'inactive', reason: expect.any(String), looks: 2 },
      ]),
    );
    expect(await ask("select count(*) as packages from detections where policy = 'SQ34401'")).toEqual([{ packages: 2 }]);
  });

  test('leaves to a later one what is not due, which asks when it is, fetching nothing before', async () => {
    const { run, callsFor, ask, outage, downloads } = await world({
      shared: { answer: 'active', packages: ['first', 'second'] },
    });
    outage.questions = 2;
    const seen: unknown[] = [];
    const pass = async (hours: number): Promise<void> => {
      const earlier = (column: string) => `${column} = ${column} - ${hours * HOUR_MS}`;
      await ask(`update validation set ${earlier('look_after')}, ${earlier('asked_at')}`);
      await ask(`update verdict set ${earlier('look_after')}, ${earlier('decided_at')}`);
    };
    for (const [index, hours] of [0, 0.9, 0.2, 1.1, 1].entries()) {
      await pass(hours);
      await run(`seed ${index}`);
      seen.push([callsFor('shared'), downloads()]);
    }
    // An hour after the first question, and two hours after the second.
    expect(seen).toEqual([
      [1, 2],
      [1, 2],
      [2, 4],
      [2, 4],
      [3, 6],
    ]);
    const verdicts = (await ask(VERDICTS)) as readonly { readonly verdict: string }[];
    expect(verdicts.map((one) => one.verdict)).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'active']);
    const newest = "select detections, undecided from incidence_by_registry where registry = 'npm' and policy = 'SQ34401'";
    expect(await ask(newest)).toEqual([{ detections: 2, undecided: 0 }]);
  });
});

describeOnEach('a run', (kind) => {
  test('that is killed with a question open goes on without asking twice, and leaves no token behind', async () => {
    const carried = {
      stalled: { answer: 'stall', packages: ['first', 'second'] },
      answered: { answer: 'active', packages: ['third', 'fourth'] },
    } as const;
    const { run, callsFor, ask, settings, secrets, written } = await world(carried, kind);
    const child = spawn(process.execPath, ['--input-type=module', '-e', RUNS], {
      env: { ...process.env, SETTINGS: JSON.stringify({ ...settings, seed: 'killed' }), HERE: import.meta.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => said.push(String(bytes)));
    const gone = once(child, 'exit');
    const patience = { timeout: 20_000, interval: 20 };
    await expect.poll(() => callsFor('stalled'), patience).toBe(1);
    // What was answered is to be on record before the kill: an answer that is lost with its process is not asked for again.
    await expect.poll(async () => ask("select 1 as n from validation where verdict = 'active'"), patience).toEqual([{ n: 1 }]);
    child.kill('SIGKILL');
    expect([await gone, said.join('')]).toEqual([[null, 'SIGKILL'], expect.any(String)]);
    await run('killed');
    expect([callsFor('stalled'), callsFor('answered')]).toEqual([1, 1]);
    expect(await ask(VERDICTS)).toEqual(
      expect.arrayContaining([
        { run: 1, verdict: 'unknown', reason: 'interrupted', looks: 1 },
        { run: 1, verdict: 'active', reason: 'ok-true', looks: 1 },
      ]),
    );
    const all = `${said.join('')}\n${await written()}`;
    expect(all).toContain('third');
    for (const secret of secrets) {
      for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]) {
        expect(all.includes(form)).toBe(false);
      }
    }
  });
});
