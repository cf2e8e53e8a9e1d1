/** A worker: works on runs that others planned, as long as there are some that it fits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openRuns, requireFitting, type RunForWork, type WorkerSpec } from '../data/store/workers.ts';
import { listRuns, readProgress } from '../data/store/progress.ts';
import { freeAbandoned, freeUnknown } from '../data/store/work.ts';
import { queuesOf } from './jobs.ts';
import type { Tally } from './pipeline.ts';
import { createProgress } from './progress.ts';
import { problemsOf, waitForClosing } from './research.ts';
import { runSpec } from './run-spec.ts';
import { recordSwitches, workThrough } from './working.ts';
import { openWorkplace, type Workplace, type WorkplaceOptions } from './workplace.ts';

export interface WorkOptions extends WorkplaceOptions {
  /** The one run to work on, until it is closed; null: any run that fits, also those that are planned later. */
  readonly run: number | null;
  readonly stderr: NodeJS.WriteStream;
}

export interface WorkResult {
  /** Runs that this worker worked on. */
  readonly runs: readonly { readonly run: number; readonly state: 'closed' | 'open' }[];
  readonly tally: Tally;
  readonly problems: readonly string[];
}

/** How often it is looked for runs where there is none. */
const LOOK_MS = 2000;
/** A database that is being restarted, or starts with the machine, is back within this time. */
const START_PATIENCE_MS = 60_000;

/** Works until the one run is closed, or until asked to stop. The first SIGINT drains, the second stops. */
export async function work(options: WorkOptions): Promise<WorkResult> {
  const place = await openWorkplace({ patienceMs: START_PATIENCE_MS, ...options });
  const runs: { run: number; state: 'closed' | 'open' }[] = [];
  const tally: Tally = { downloaded: 0, known: 0 };
  const problems: string[] = [];
  const spec = runSpec({ config: options.config, registries: [], named: null }, place.services, place.keyId);
  const refused = new Set<number>();
  try {
    while (!place.stops.draining.signal.aborted) {
      if (options.run !== null && (await isClosed(place, options.run))) {
        runs.push({ run: options.run, state: 'closed' });
        break;
      }
      const next = await nextRun(place, spec, options.run, refused);
      if (next === null) {
        place.says('waits for runs');
        await sleep(LOOK_MS, undefined, { signal: place.stops.draining.signal }).catch(() => {});
        continue;
      }
      const done = await workOn(place, next, options.stderr);
      runs.push({ run: next.id, state: done.state });
      tally.downloaded += done.tally.downloaded;
      tally.known += done.tally.known;
      problems.push(...done.problems);
      if (options.run !== null || done.problems.length > 0) break;
    }
    return { runs, tally, problems };
  } finally {
    await place.close();
  }
}

/** Whether the others have done everything: a worker that is started again after that has nothing to complain of. */
async function isClosed({ database, insist, now }: Workplace, run: number): Promise<boolean> {
  const known = await insist(() => listRuns(database));
  return known.includes(run) && (await insist(() => readProgress(database, run, now()))).state === 'closed';
}

/** @throws RunError where the run that was asked for does not fit; any other that does not is left to others, and that is said once */
async function nextRun(
  place: Workplace,
  spec: WorkerSpec,
  wanted: number | null,
  refused: Set<number>,
): Promise<RunForWork | null> {
  const { database, insist, log } = place;
  if (wanted !== null) return await insist(() => requireFitting(database, wanted, spec));
  for (const run of await insist(() => openRuns(database, spec))) {
    if (run.mismatch.length === 0) return run;
    if (refused.has(run.id)) continue;
    refused.add(run.id);
    log.warn({ run: run.id, reasons: run.mismatch }, `this worker does not fit run ${run.id} and leaves it to others`);
  }
  return null;
}

async function workOn(
  place: Workplace,
  run: RunForWork,
  stderr: NodeJS.WriteStream,
): Promise<{ readonly state: 'closed' | 'open'; readonly tally: Tally; readonly problems: readonly string[] }> {
  const { database, insist, stops } = place;
  const progress = createProgress({ stream: stderr, now: Date.now });
  try {
    place.says(`works on run ${run.id}`);
    await insist(() => freeAbandoned(database, run.id));
    await place.queue.prepare(queuesOf(run.id));
    const line = place.line(run, (step) => progress.report(step));
    const tracks = run.registries.map((id) => place.track(id, null));
    const problems = await problemsOf(line, tracks, async (track) => workThrough(line, track));
    await recordSwitches(line);
    if (stops.draining.signal.aborted)
      await freeUnknown(database, run.id, place.holder, { registry: null, inHand: [] }).catch(() => {});
    const isClosed = problems.length === 0 && !stops.draining.signal.aborted && (await waitForClosing(line, tracks));
    return { state: isClosed ? 'closed' : 'open', tally: line.tally, problems };
  } finally {
    progress.finish();
  }
}
