/** A research run from its configuration: everything that the line needs is made here, and given back at the end. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { createDetector } from '../analysis/detect/detector.ts';
import { createScanPool } from '../analysis/pool/scan-pool.ts';
import { inThisThread, type Scanner } from '../analysis/pool/scanner.ts';
import { detectorStamp } from '../analysis/detect/stamp.ts';
import { Fingerprinter } from '../analysis/secret.ts';
import { seededRandom } from '../analysis/seeded-random.ts';
import { SERVICES } from '../analysis/services/index.ts';
import type { Service } from '../analysis/service.ts';
import { createValidator, type Validator } from '../analysis/validate.ts';
import type { Memory } from '../analysis/validate/contract.ts';
import { createGuardedSend } from '../crawler/guarded-send.ts';
import { createHttp, type Http } from '../crawler/http.ts';
import { readNpmConfig } from '../crawler/npm-config.ts';
import { REGISTRIES } from '../crawler/registries/index.ts';
import type { Registry } from '../crawler/registry.ts';
import { databaseClock, type DatabaseClock } from '../data/clock.ts';
import type { Database } from '../data/database.ts';
import { forgetSwitches, sharedLeases } from '../data/leases.ts';
import { keyFileOf } from '../data/location.ts';
import type { RegistryId } from '../data/model.ts';
import { openDatabase } from '../data/open.ts';
import { closeRun } from '../data/store/close.ts';
import { thisHolder } from '../data/store/holder.ts';
import { requestLedger } from '../data/store/ledger.ts';
import { readProgress, type RunProgress } from '../data/store/progress.ts';
import { abandonRun, openOrResumeRun, releaseRun, renewRun, switchOffService, type RunSpec } from '../data/store/run.ts';
import { auditTrail, validationMemory } from '../data/store/validation.ts';
import { freeAbandoned } from '../data/store/work.ts';
import { sampleOf, type Config } from './config.ts';
import { EXIT, UsageError } from './errors.ts';
import { readKey } from './key.ts';
import { knownTokens } from './known-tokens.ts';
import type { MetricsSources } from './metrics.ts';
import { follow, type Line, type Tally, type Track } from './pipeline.ts';
import { refuseOverCeiling } from './planning.ts';
import { createProgress } from './progress.ts';
import { createRoom } from './room.ts';
import { settingsOf, userAgentOf, VERSION, walkLimits } from './setup.ts';

export interface ResearchOptions {
  readonly config: Config;
  readonly registries: readonly RegistryId[];
  /** Packages in place of a sample. */
  readonly named: readonly string[] | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly stderr: NodeJS.WriteStream;
  /** Replaces the services' list; for tests of the line. */
  readonly services?: readonly Service[];
  /** Called when the work begins, for whoever wants to watch it; closed when it ends. */
  readonly observe?: (sources: MetricsSources) => Promise<{ close(): Promise<void> }>;
}

export interface ResearchResult {
  readonly run: number;
  /** `done`: everything selected was looked at; `partial`: something could not be analysed; `stopped`: run again to go on. */
  readonly outcome: 'done' | 'partial' | 'stopped' | 'already-closed';
  readonly progress: RunProgress;
  readonly tally: Tally;
  /** Registries whose work ended with an error, in words. */
  readonly problems: readonly string[];
}

const RUN_LEASE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

/** Runs, or resumes, the research run that the configuration describes. The first SIGINT drains, the second stops. */
export async function research(options: ResearchOptions): Promise<ResearchResult> {
  const { config, log, services = SERVICES } = options;
  const key = readKey(config.keyFile ?? keyFileOf(config.db));
  const fingerprinter = new Fingerprinter(key);
  const database = await openDatabase(config.db);
  const stops = listenForStops(log);
  const holder = thisHolder();
  let clock: DatabaseClock | undefined;
  let http: Http | undefined;
  let observer: { close(): Promise<void> } | undefined;
  try {
    clock = await databaseClock(database);
    const { now } = clock;
    const spec = specOf(options, services, fingerprinter.keyId);
    const { id: run, outcome } = await openOrResumeRun(database, spec, { holder, now: now(), leaseMs: RUN_LEASE_MS });
    if (outcome === 'already-closed')
      return {
        run,
        outcome,
        progress: await readProgress(database, run, now()),
        tally: { downloaded: 0, known: 0 },
        problems: [],
      };
    await freeAbandoned(database, run);
    await forgetSwitches(database);
    await refuseCostly(options, database, run, outcome === 'opened', now());
    const renewal = holdRun(database, run, holder, stops, log, now);
    const progress = createProgress({ stream: options.stderr, now: Date.now });
    const validator = validatorOf(config, services, database, run, fingerprinter.keyId, stops.hard.signal, log, now);
    try {
      await using scanner = scannerOf(options, key);
      http = await httpOf(options, database, holder, now);
      const line: Line = {
        database,
        run,
        holder,
        seed: config.seed,
        scanner,
        room: createRoom(2 * config.limits.artifactBytes),
        validator,
        artifacts: config.artifacts,
        limits: { artifactBytes: config.limits.artifactBytes, concurrency: config.limits.concurrency },
        verdictAgeMs: config.validation.periodDays * DAY_MS,
        now,
        tally: { downloaded: 0, known: 0 },
        report: (step) => progress.report(step),
        log,
        draining: stops.draining.signal,
        signal: stops.hard.signal,
      };
      const door = http;
      observer = await options.observe?.({
        progress: async () => readProgress(database, run, now()),
        hosts: () => door.hosts(),
        tally: line.tally,
      });
      const problems = await followAll(line, options, http);
      await recordSwitches(database, run, validator);
      return { ...(await conclude(database, run, problems, stops.draining.signal.aborted, now)), tally: line.tally };
    } finally {
      progress.finish();
      clearInterval(renewal);
      await releaseRun(database, run, holder);
    }
  } finally {
    stops.dispose();
    await observer?.close();
    http?.close();
    clock?.close();
    await database.close();
  }
}

/** Threads where there are cores for them; here, where a test brings its own services. */
function scannerOf({ config, services }: ResearchOptions, key: Uint8Array): Scanner {
  const limits = walkLimits(config);
  const threads = availableParallelism();
  if (services === undefined && threads > 1) return createScanPool({ key, threads, limits });
  return inThisThread(createDetector(services ?? SERVICES, { fingerprinter: new Fingerprinter(key) }), limits);
}

/** Refuses a sample that passes a ceiling; a run that was opened for it is given up, so that its period is free again. */
async function refuseCostly(
  options: ResearchOptions,
  database: Database,
  run: number,
  isNew: boolean,
  now: number,
): Promise<void> {
  const { config, env, named, registries } = options;
  if (named !== null || config.allowMultiplePeriods) return;
  const { registry: npmRegistry } = await readNpmConfig({ env, cwd: process.cwd(), execPath: process.execPath });
  try {
    for (const id of registries) await refuseOverCeiling({ config, registry: registryOf(id), database, run, now, npmRegistry });
  } catch (error) {
    if (isNew && error instanceof UsageError) await abandonRun(database, run, 'refused: more requests than a ceiling has left');
    throw error;
  }
}

/** The exit code of a run's outcome. */
export function exitOf({ outcome, problems }: ResearchResult): number {
  if (problems.length > 0) return EXIT.failed;
  return outcome === 'partial' || outcome === 'stopped' ? EXIT.partial : EXIT.done;
}

async function followAll(line: Line, options: ResearchOptions, http: Http): Promise<string[]> {
  const tracks = options.registries.map((id) => trackOf(options, registryOf(id), http, line.signal));
  const ends = await Promise.allSettled(tracks.map(async (track) => follow(line, track)));
  return ends.flatMap((end, index) => {
    if (end.status === 'fulfilled' || line.draining.aborted) return [];
    const label = tracks[index]?.registry.id ?? '';
    line.log.debug(
      { registry: label, error: end.reason instanceof Error ? end.reason.stack : String(end.reason) },
      'a registry was given up',
    );
    return [`${label}: ${end.reason instanceof Error ? end.reason.message : String(end.reason)}`];
  });
}

/** A run in which every selected package has its result is closed; any other stays open, to be resumed. */
async function conclude(
  database: Database,
  run: number,
  problems: readonly string[],
  stopped: boolean,
  now: () => number,
): Promise<Omit<ResearchResult, 'tally'>> {
  const before = await readProgress(database, run, now());
  const complete = problems.length === 0 && before.registries.every((one) => one.frameSize !== null && one.pending === 0);
  if (complete) await closeRun(database, run, now());
  const progress = await readProgress(database, run, now());
  const missed = progress.registries.some((one) => one.failed > 0 || one.partial > 0);
  const outcome = complete ? (missed ? 'partial' : 'done') : stopped || problems.length === 0 ? 'stopped' : 'partial';
  return { run, outcome, progress, problems };
}

function specOf({ config, registries, named }: ResearchOptions, services: readonly Service[], keyId: string): RunSpec {
  const { seed, artifacts, limits, validation } = config;
  return {
    scope: named === null ? 'registry' : 'named',
    period: config.period ?? null,
    registries,
    config: {
      artifacts,
      limits,
      sample: Object.fromEntries(registries.map((id) => [id, named === null ? sampleOf(config, id) : named])),
      periodDays: validation.periodDays,
    },
    environment: {
      origins: Object.fromEntries(registries.map((id) => [id, { ...registryOf(id).origins, ...config.registries[id]?.origins }])),
      node: process.versions.node,
    },
    seed,
    detectorStamp: detectorStamp(services),
    codeVersion: VERSION,
    keyId,
    validation: validation.mode,
    services: services.map((service) => {
      const settings = validation.services[service.id];
      const reads = service.probe !== undefined && (service.probe.effect === 'reads' || settings?.allowEffects === true);
      const families = service.formats.map((format) => settings?.family ?? format.family ?? service.family);
      return {
        id: service.id,
        label: service.label,
        families: [...new Set(families)],
        checked: reads && settings?.enabled !== false,
      };
    }),
  };
}

function registryOf(id: RegistryId): Registry {
  const registry = REGISTRIES.find((one) => one.id === id);
  if (registry === undefined)
    throw new UsageError(`there is no registry ${id}; there are ${REGISTRIES.map((one) => one.id).join(', ')}`);
  return registry;
}

function trackOf({ config, named }: ResearchOptions, registry: Registry, http: Http, signal: AbortSignal): Track {
  const settings = config.registries[registry.id];
  return {
    registry,
    sample: sampleOf(config, registry.id),
    named,
    io: (onDrop) => http.io(registry, { origins: settings?.origins, rates: settings?.rates, signal, onDrop }),
  };
}

async function httpOf(
  { config, env, log }: ResearchOptions,
  database: Database,
  holder: string,
  now: () => number,
): Promise<Http> {
  return createHttp({
    version: VERSION,
    contact: config.contact,
    now,
    random: Math.random,
    ledger: requestLedger(database),
    shared: sharedLeases(database, holder),
    log,
    npmOptions: await readNpmConfig({ env, cwd: process.cwd(), execPath: process.execPath }),
    proxyEnv: env,
  });
}

function validatorOf(
  config: Config,
  services: readonly Service[],
  database: Database,
  run: number,
  keyId: string,
  signal: AbortSignal,
  log: Logger,
  now: () => number,
): Validator {
  const settings = config.validation.services;
  const configured = Object.values(settings).flatMap(({ host }) => (host === undefined ? [] : [host]));
  return createValidator({
    services,
    mode: config.validation.mode,
    send: createGuardedSend({ userAgent: userAgentOf(config), contact: config.contact, configured }),
    memory: memoryOf(database, run, keyId, now),
    now: () => new Date(now()),
    random: seededRandom(randomBytes(16).toString('hex')),
    settings: settingsOf(config),
    ...knownTokens(config),
    periodDays: config.validation.periodDays,
    ...(config.validation.askInterrupted ? { askInterruptedBefore: new Date(now()) } : {}),
    audit: auditTrail(database, { run, keyId }),
    log,
    signal,
  });
}

/** The database's memory in the words of the validation engine. */
function memoryOf(database: Database, run: number, keyId: string, now: () => number): Memory {
  const memory = validationMemory(database, { run, keyId });
  return {
    async recall(fingerprint) {
      const known = await memory.recall(fingerprint);
      if (known === null) return null;
      const reading = known.state === 'settled' ? { verdict: known.verdict, reason: known.reason } : null;
      return { askedAt: new Date(known.askedAt), reading };
    },
    async begin({ service, fingerprint, at, replaces }) {
      return memory.begin(service, fingerprint, at.getTime(), replaces === null ? 0 : replaces.getTime() + 1);
    },
    settle: async (fingerprint, reading) => memory.settle(fingerprint, reading, now()),
  };
}

async function recordSwitches(database: Database, run: number, validator: Validator): Promise<void> {
  for (const { service, reason } of validator.summary().switchedOff) await switchOffService(database, run, service, reason);
}

interface Stops {
  readonly draining: AbortController;
  readonly hard: AbortController;
  dispose(): void;
}

function listenForStops(log: Logger): Stops {
  const draining = new AbortController();
  const hard = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (draining.signal.aborted) {
      hard.abort(new Error(`stopped by ${signal}`));
      return;
    }
    log.warn({ signal }, 'finishing the packages in hand; once more stops at once');
    draining.abort(new Error(`asked to stop by ${signal}`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    draining,
    hard,
    dispose() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}

/** Keeps the run ours while we live, and stops when it was lost to another process. */
function holdRun(database: Database, run: number, holder: string, stops: Stops, log: Logger, now: () => number): NodeJS.Timeout {
  return setInterval(() => {
    renewRun(database, run, { holder, now: now(), leaseMs: RUN_LEASE_MS })
      .then((ours) => {
        if (!ours) stops.hard.abort(new Error('another process took the run over'));
      })
      .catch((error: unknown) =>
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the run could not be renewed'),
      );
  }, RUN_LEASE_MS / 3);
}
