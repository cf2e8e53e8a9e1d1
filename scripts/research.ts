/** A research run from its configuration: planned, worked through together with whoever else works on it, and closed. */
import type { Logger } from 'pino';
import type { Service } from '../analysis/service.ts';
import { CrawlError } from '../crawler/errors.ts';
import { readNpmConfig } from '../crawler/npm-config.ts';
import { forgetSwitches } from '../data/leases.ts';
import type { RegistryId } from '../data/model.ts';
import { readProgress, type RunProgress } from '../data/store/progress.ts';
import { abandonRun, openOrResumeRun, releaseRun, renewRun } from '../data/store/run.ts';
import { freeAbandoned } from '../data/store/work.ts';
import type { Config } from './config.ts';
import { EXIT, UsageError } from './errors.ts';
import { queuesOf } from './jobs.ts';
import type { MetricsSources } from './metrics.ts';
import { prepare, type Line, type Tally, type Track } from './pipeline.ts';
import { refuseOverCeiling } from './planning.ts';
import { createProgress } from './progress.ts';
import { registryOf, runSpec } from './run-spec.ts';
import { closeWhenDone, recordSwitches, workThrough } from './working.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

export interface ResearchOptions {
  readonly config: Config;
  readonly registries: readonly RegistryId[];
  /** Packages in place of a sample. */
  readonly named: readonly string[] | null;
  /** Plan alone, and leave the work to workers. */
  readonly detach?: boolean;
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
  /**
   * `done`: everything selected was looked at; `partial`: something could not be analysed; `stopped`: run again to go on;
   * `planned`: its jobs wait for workers.
   */
  readonly outcome: 'done' | 'partial' | 'stopped' | 'planned' | 'already-closed';
  readonly progress: RunProgress;
  /** Of this process alone. */
  readonly tally: Tally;
  /** Registries whose work ended with an error, in words. */
  readonly problems: readonly string[];
}

const RUN_LEASE_MS = 60_000;
/** How often it is looked whether another worker has closed the run. */
const CLOSING_POLL_MS = 200;

/** Runs, or resumes, the research run that the configuration describes. The first SIGINT drains, the second stops. */
export async function research(options: ResearchOptions): Promise<ResearchResult> {
  const place = await openWorkplace(options);
  const { database, now, holder, insist } = place;
  try {
    const spec = runSpec(options, place.services, place.keyId);
    const { id: run, outcome } = await insist(() =>
      openOrResumeRun(database, spec, { holder, now: now(), leaseMs: RUN_LEASE_MS }),
    );
    if (outcome === 'already-closed') {
      const progress = await readProgress(database, run, now());
      return { run, outcome, progress, tally: { downloaded: 0, known: 0 }, problems: [] };
    }
    await insist(() => freeAbandoned(database, run));
    await insist(() => forgetSwitches(database));
    await refuseCostly(options, place, run, outcome === 'opened');
    const renewal = holdRun(place, run);
    const progress = createProgress({ stream: options.stderr, now: Date.now });
    let observer: { close(): Promise<void> } | undefined;
    try {
      const line = place.line({ id: run, seed: spec.seed }, (step) => progress.report(step));
      place.says(`plans run ${run} and works on it`);
      await place.queue.prepare(queuesOf(run));
      observer = await options.observe?.({
        progress: async () => readProgress(database, run, now()),
        hosts: () => place.hosts(),
        tally: line.tally,
      });
      const tracks = options.registries.map((id) => place.track(id, options.named));
      const problems = await followAll(line, tracks, options);
      await recordSwitches(line);
      if (options.detach === true && problems.length === 0) {
        const planned = line.draining.aborted ? 'stopped' : 'planned';
        return {
          run,
          outcome: planned,
          progress: await insist(() => readProgress(database, run, now())),
          tally: line.tally,
          problems,
        };
      }
      return { ...(await conclude(line, tracks, problems)), tally: line.tally };
    } finally {
      await observer?.close();
      progress.finish();
      clearInterval(renewal);
      // Whoever is told to stop does not wait for a database that is away; the lease ends by itself.
      await insist(() => releaseRun(database, run, holder)).catch(() => {});
    }
  } finally {
    await place.close();
  }
}

/** Refuses a sample that passes a ceiling; a run that was opened for it is given up, so that its period is free again. */
async function refuseCostly(options: ResearchOptions, place: Workplace, run: number, isNew: boolean): Promise<void> {
  const { config, env, named, registries } = options;
  const { database, now, insist } = place;
  if (named !== null || config.allowMultiplePeriods) return;
  const { registry: npmRegistry } = await readNpmConfig({ env, cwd: process.cwd(), execPath: process.execPath });
  try {
    for (const id of registries)
      await insist(() => refuseOverCeiling({ config, registry: registryOf(id), database, run, now: now(), npmRegistry }));
  } catch (error) {
    if (isNew && error instanceof UsageError) await abandonRun(database, run, `refused: ${error.message}`);
    throw error;
  }
}

/** The exit code of a run's outcome. */
export function exitOf({ outcome, problems }: Pick<ResearchResult, 'outcome' | 'problems'>): number {
  if (problems.length > 0) return EXIT.failed;
  return outcome === 'partial' || outcome === 'stopped' ? EXIT.partial : EXIT.done;
}

async function followAll(line: Line, tracks: readonly Track[], options: ResearchOptions): Promise<string[]> {
  return await problemsOf(line, tracks, async (track) => {
    // What was planned is not planned again, so it can be begun again where the database was away.
    await line.insist(async () => prepare(line, track));
    if (options.detach !== true) await workThrough(line, track);
  });
}

/** Every registry by itself: one that cannot go on does not stop the others. What ended with an error, in words. */
export async function problemsOf(
  line: Pick<Line, 'log' | 'draining'>,
  tracks: readonly Track[],
  work: (track: Track) => Promise<void>,
): Promise<string[]> {
  const ends = await Promise.allSettled(tracks.map(work));
  return ends.flatMap((end, index) => {
    if (end.status === 'fulfilled' || line.draining.aborted) return [];
    const label = tracks[index]?.registry.id ?? '';
    const reason: unknown = end.reason;
    line.log.debug(
      { registry: label, error: reason instanceof Error ? reason.stack : String(reason) },
      'a registry was given up',
    );
    return [`${label}: ${wordsOf(reason)}`];
  });
}

/** What a registry could not be read for, and where: of a wrong mirror the address tells most. */
function wordsOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  const url = reason instanceof CrawlError ? reason.url : null;
  return url === null || reason.message.includes(url) ? reason.message : `${reason.message}; asked for ${url}`;
}

/** A run in which every selected package has its result is closed; any other stays open, to be resumed. */
async function conclude(
  line: Line,
  tracks: readonly Track[],
  problems: readonly string[],
): Promise<Omit<ResearchResult, 'tally'>> {
  const { database, run, now, insist } = line;
  const stopped = line.draining.aborted;
  const complete = problems.length === 0 && (await waitForClosing(line, tracks));
  const progress = await insist(() => readProgress(database, run, now()));
  const missed = progress.registries.some((one) => one.failed > 0 || one.partial > 0);
  const outcome = complete ? (missed ? 'partial' : 'done') : stopped || problems.length === 0 ? 'stopped' : 'partial';
  return { run, outcome, progress, problems };
}

/** True when the run is closed, by this process or by another; false where something is left to do. */
export async function waitForClosing(line: Line, tracks: readonly Track[]): Promise<boolean> {
  for (;;) {
    const state = await closeWhenDone(line, tracks);
    if (state !== 'closing') {
      if (state === 'closed') await line.queue.drop(queuesOf(line.run));
      return state === 'closed';
    }
    if (line.signal.aborted) return false;
    await new Promise((resolve) => setTimeout(resolve, CLOSING_POLL_MS));
  }
}

/** Keeps the run ours while we live, and stops when it was lost to another process. */
function holdRun({ database, holder, now, stops, log }: Workplace, run: number): NodeJS.Timeout {
  return setInterval(() => {
    renewRun(database, run, { holder, now: now(), leaseMs: RUN_LEASE_MS })
      .then(async (ours) => {
        // A worker may have closed it; then there is nothing left to hold.
        if (ours || (await readProgress(database, run, now())).state === 'closed') return;
        stops.hard.abort(new Error('another process took the run over'));
      })
      .catch((error: unknown) =>
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the run could not be renewed'),
      );
  }, RUN_LEASE_MS / 3);
}
