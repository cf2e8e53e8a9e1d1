/** What a process needs to work on runs of a database: made once from the configuration, given back at the end. */
import { randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createDetector } from '../analysis/detect/detector.ts';
import { createScanPool } from '../analysis/pool/scan-pool.ts';
import { inThisThread, type Scanner } from '../analysis/pool/scanner.ts';
import { Fingerprinter } from '../analysis/secret.ts';
import { seededRandom } from '../analysis/seeded-random.ts';
import { SERVICES } from '../analysis/services/index.ts';
import type { Service } from '../analysis/service.ts';
import { createValidator, type Validator } from '../analysis/validate.ts';
import { createGuardedSend } from '../crawler/guarded-send.ts';
import type { HostStatus } from '../crawler/gate.ts';
import { createHttp, type Http } from '../crawler/http.ts';
import { readNpmConfig } from '../crawler/npm-config.ts';
import { databaseClock, type DatabaseClock } from '../data/clock.ts';
import type { Database } from '../data/database.ts';
import { insist, insisting, isDatabaseAway, type InsistOptions } from '../data/insist.ts';
import { freeConnections, sharedLeases, type Leases } from '../data/leases.ts';
import { keyFileOf } from '../data/location.ts';
import type { RegistryId } from '../data/model.ts';
import { openDatabase, openQueue } from '../data/open.ts';
import type { Queue } from '../data/queue.ts';
import { sharedControls } from '../data/store/controls.ts';
import { thisHolder } from '../data/store/holder.ts';
import { requestLedger } from '../data/store/ledger.ts';
import { auditTrail } from '../data/store/validation.ts';
import { endWorker, reportWorker } from '../data/store/workers.ts';
import { sampleOf, type Config } from './config.ts';
import { keyFor } from './key.ts';
import { knownTokens } from './known-tokens.ts';
import { sharedMemory } from './memory.ts';
import type { Line, Tally, Track } from './pipeline.ts';
import type { Step } from './progress.ts';
import { createRoom } from './room.ts';
import { registryOf, runSpec } from './run-spec.ts';
import { settingsOf, userAgentOf, VERSION, walkLimits } from './setup.ts';
import { sharedTurns } from './turns.ts';
import { listenForStops, type Stops } from './stops.ts';

export interface WorkplaceOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** How long a database that does not answer is waited for at the start; not at all by default. */
  readonly patienceMs?: number;
  /** Replaces the services' list; for tests of the line. */
  readonly services?: readonly Service[];
}

export interface Workplace {
  readonly config: Config;
  readonly log: Logger;
  readonly services: readonly Service[];
  readonly database: Database;
  /** The database's time. */
  readonly now: () => number;
  /** Names this process. */
  readonly holder: string;
  readonly keyId: string;
  readonly queue: Queue;
  readonly stops: Stops;
  readonly insist: <T>(action: () => Promise<T>) => Promise<T>;
  /** What the worker does, for people who look; told to the database every few seconds. */
  says(note: string): void;
  /** The line of one run. */
  line(run: { readonly id: number; readonly seed: string }, report: (step: Step) => void): Line;
  track(registry: RegistryId, named: readonly string[] | null): Track;
  /** What this process saw of every host it asked. */
  hosts(): readonly HostStatus[];
  close(): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;
const SIGN_OF_LIFE_MS = 10_000;
const START_PAUSE_MS = 1000;

export async function openWorkplace(options: WorkplaceOptions): Promise<Workplace> {
  const { config, log, services = SERVICES } = options;
  // A database that is refused leaves no key behind.
  const database = await openPatiently(options);
  const key = await keyFor(database, config.keyFile ?? keyFileOf(config.db)).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const fingerprinter = new Fingerprinter(key);
  const stops = listenForStops(log);
  const signal = stops.hard.signal;
  const insistence: InsistOptions = { signal, log };
  const holder = thisHolder();
  const closing: (() => void | Promise<void>)[] = [() => database.close(), () => stops.dispose()];
  async function close(): Promise<void> {
    for (const step of closing.splice(0).reverse()) await step();
  }
  try {
    const clock = await insist(() => databaseClock(database), insistence);
    closing.push(() => clock.close());
    const queue = insisting(await insist(() => openQueue(database, holder), insistence), insistence);
    closing.push(() => queue.close());
    await insist(() => freeConnections(database), insistence);
    const leases = insisting(sharedLeases(database, holder), insistence);
    const http = await httpOf(options, database, leases, clock, insistence);
    closing.push(async () => {
      http.close();
      await http.settled();
    });
    const scanner = scannerOf(options, key);
    closing.push(async () => scanner[Symbol.asyncDispose]());
    const { detectorStamp, codeVersion } = runSpec({ config, registries: [], named: null }, services, fingerprinter.keyId);
    const signs = signsOfLife(database, { holder, detectorStamp, codeVersion }, clock);
    closing.push(() => signs.end());
    const context: LineContext = { options, services, database, clock, holder, keyId: fingerprinter.keyId, leases, insistence };
    return {
      config,
      log,
      services,
      database,
      now: clock.now,
      holder,
      keyId: fingerprinter.keyId,
      queue,
      stops,
      insist: (action) => insist(action, insistence),
      says: (note) => signs.say(note),
      line: (run, report) => lineOf(context, run, { queue, scanner, stops, report }),
      track(id, named) {
        const registry = registryOf(id);
        const settings = config.registries[id];
        return {
          registry,
          sample: sampleOf(config, id),
          named,
          io: (onDrop) => http.io(registry, { origins: settings?.origins, rates: settings?.rates, signal, onDrop }),
        };
      },
      hosts: () => http.hosts(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A service that starts with its machine may be there before its database is; only that is waited for. */
async function openPatiently({ config, log, patienceMs = 0 }: WorkplaceOptions): Promise<Database> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await openDatabase(config.db);
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() > until) throw error;
      log.warn({ reason: error instanceof Error ? error.message : '' }, 'the database does not answer; waiting for it');
      await sleep(START_PAUSE_MS);
    }
  }
}

/** Threads where there are cores for them; this one where a test brings its own services. */
function scannerOf({ config, services }: WorkplaceOptions, key: Uint8Array): Scanner {
  const limits = walkLimits(config);
  const threads = availableParallelism();
  if (services === undefined && threads > 1) return createScanPool({ key, threads, limits });
  return inThisThread(createDetector(services ?? SERVICES, { fingerprinter: new Fingerprinter(key) }), limits);
}

export interface LineContext {
  readonly options: WorkplaceOptions;
  readonly services: readonly Service[];
  readonly database: Database;
  readonly clock: DatabaseClock;
  readonly holder: string;
  readonly keyId: string;
  readonly leases: Leases;
  readonly insistence: InsistOptions;
}

function lineOf(
  context: LineContext,
  run: { readonly id: number; readonly seed: string },
  parts: { readonly queue: Queue; readonly scanner: Scanner; readonly stops: Stops; readonly report: (step: Step) => void },
): Line {
  const { options, database, clock, holder, insistence } = context;
  const { config, log } = options;
  const tally: Tally = { downloaded: 0, known: 0 };
  return {
    database,
    run: run.id,
    holder,
    queue: parts.queue,
    insist: (action) => insist(action, insistence),
    seed: run.seed,
    scanner: parts.scanner,
    room: createRoom(2 * config.limits.artifactBytes),
    validator: validatorOf(context, run.id),
    artifacts: config.artifacts,
    limits: { artifactBytes: config.limits.artifactBytes, concurrency: config.limits.concurrency },
    verdictAgeMs: config.validation.periodDays * DAY_MS,
    now: clock.now,
    tally,
    report: parts.report,
    log,
    draining: parts.stops.draining.signal,
    signal: parts.stops.hard.signal,
  };
}

/** The door to the registries, with the budgets and leases that all processes of the database share. */
export async function httpOf(
  { config, env, log }: WorkplaceOptions,
  database: Database,
  shared: Leases,
  clock: DatabaseClock,
  insistence: InsistOptions,
): Promise<Http> {
  return createHttp({
    version: VERSION,
    contact: config.contact,
    now: clock.now,
    random: Math.random,
    ledger: insisting(requestLedger(database), insistence),
    shared,
    log,
    npmOptions: await readNpmConfig({ env, cwd: process.cwd(), execPath: process.execPath }),
    proxyEnv: env,
  });
}

/** @param run whose questions these are; null outside of a run, where every process makes its own control probes */
export function validatorOf(
  { options, services, database, clock, holder, keyId, leases, insistence }: LineContext,
  run: number | null,
): Validator {
  const { config, log } = options;
  const { signal } = insistence;
  const settings = config.validation.services;
  const configured = Object.values(settings).flatMap(({ host }) => (host === undefined ? [] : [host]));
  const audit = auditTrail(database, { run, keyId });
  return createValidator({
    services,
    mode: config.validation.mode,
    send: createGuardedSend({ userAgent: userAgentOf(config), contact: config.contact, configured }),
    memory: sharedMemory(database, { run, keyId, holder, now: clock.now, insistence }),
    now: () => new Date(clock.now()),
    random: seededRandom(randomBytes(16).toString('hex')),
    settings: settingsOf(config),
    ...knownTokens(config),
    periodDays: config.validation.periodDays,
    ...(config.validation.askInterrupted ? { askInterruptedBefore: new Date(clock.now()) } : {}),
    audit(row) {
      const request = { ...row, mark: randomUUID() };
      return insist(() => audit(request), insistence);
    },
    ...(run === null ? {} : { controls: insisting(sharedControls(database, { run, holder, signal }), insistence) }),
    turns: sharedTurns(leases, log),
    log,
    signal,
  });
}

interface Signs {
  say(note: string): void;
  end(): Promise<void>;
}

function signsOfLife(
  database: Database,
  worker: { readonly holder: string; readonly detectorStamp: string; readonly codeVersion: string },
  clock: DatabaseClock,
): Signs {
  let said: string | null = null;
  // Nothing depends on it: a sign that was lost is followed by the next one.
  const tell = (): void => void reportWorker(database, worker, clock.now(), said).catch(() => {});
  const timer = setInterval(tell, SIGN_OF_LIFE_MS).unref();
  return {
    say(note) {
      if (note === said) return;
      said = note;
      tell();
    },
    async end() {
      clearInterval(timer);
      await endWorker(database, worker.holder, clock.now(), said).catch(() => {});
    },
  };
}
