/** Who is at work on a database: for people who look, and to refuse whoever does not fit a run. */
import type { Database } from '../database.ts';
import type { RegistryId } from '../model.ts';
import { isGone } from './holder.ts';
import { detailText, text } from './rows.ts';
import { RunError, type RunSpec } from './run.ts';

export interface WorkerFacts {
  readonly holder: string;
  readonly codeVersion: string;
  readonly detectorStamp: string;
}

export interface KnownWorker extends WorkerFacts {
  readonly startedAt: number;
  readonly seenAt: number;
  readonly note: string | null;
}

/** A worker that was not heard of for so long is taken for dead. */
const SILENT_MS = 60_000;

/** The sign of life: at the start, and every few seconds. `note` says what the worker does. */
export async function reportWorker({ db }: Database, worker: WorkerFacts, now: number, note: string | null): Promise<void> {
  const said = note === null ? null : detailText(note);
  await db
    .insertInto('worker')
    .values({
      holder: text(worker.holder),
      code_version: text(worker.codeVersion),
      detector_stamp: text(worker.detectorStamp),
      started_at: now,
      seen_at: now,
      ended_at: null,
      note: said,
    })
    .onConflict((oc) => oc.column('holder').doUpdateSet({ seen_at: now, note: said }))
    .execute();
}

export async function endWorker({ db }: Database, holder: string, now: number, note: string | null): Promise<void> {
  await db
    .updateTable('worker')
    .set({ ended_at: now, seen_at: now, note: note === null ? null : detailText(note) })
    .where('holder', '=', holder)
    .execute();
}

/** Workers that were heard of within the last minute and have not ended. */
export async function liveWorkers({ db }: Database, now: number): Promise<readonly KnownWorker[]> {
  const rows = await db
    .selectFrom('worker')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('seen_at', '>', now - SILENT_MS)
    .orderBy('started_at')
    .execute();
  return rows.map((one) => ({
    holder: one.holder,
    codeVersion: one.code_version,
    detectorStamp: one.detector_stamp,
    startedAt: one.started_at,
    seenAt: one.seen_at,
    note: one.note,
  }));
}

/** What a worker must know of a run to work on it. */
/** Whether anybody but `holder` is at work; what died on this machine is known to be dead at once. */
export async function othersAtWork(database: Database, holder: string, now: number): Promise<boolean> {
  const alive = await liveWorkers(database, now);
  return alive.some((one) => one.holder !== holder && !isGone(one.holder));
}

export interface RunForWork {
  readonly id: number;
  readonly registries: readonly RegistryId[];
  readonly seed: string;
}

export interface OpenRunFacts extends RunForWork {
  /** What a worker does differently than the run asks, in words; empty where it fits. */
  readonly mismatch: readonly string[];
}

/** The part of a run's spec that whoever works on it must share. */
export type WorkerSpec = Pick<RunSpec, 'detectorStamp' | 'codeVersion' | 'keyId' | 'validation' | 'config' | 'services'>;

/** Settings that a worker may have of its own: they change its pace, not its result. */
const OWN_PACE = 'concurrency';

/** Open runs, oldest first, each with what keeps this worker from working on it. */
export async function openRuns({ db }: Database, spec: WorkerSpec): Promise<readonly OpenRunFacts[]> {
  const runs = await db.selectFrom('run').selectAll().where('state', '=', 'open').orderBy('id').execute();
  const found: OpenRunFacts[] = [];
  for (const run of runs) {
    const registries = await db
      .selectFrom('run_registry')
      .select('registry')
      .where('run_id', '=', run.id)
      .orderBy('registry')
      .execute();
    const services = await db
      .selectFrom('run_service')
      .select(['service', 'family', 'checked'])
      .where('run_id', '=', run.id)
      .execute();
    const theirs = JSON.parse(run.config) as Record<string, unknown>;
    const mismatch = [
      ...(run.detector_stamp === spec.detectorStamp
        ? []
        : [`its detectors are ${run.detector_stamp}, this worker's are ${spec.detectorStamp}`]),
      ...(run.code_version === spec.codeVersion
        ? []
        : [`it was begun by version ${run.code_version}, this worker is version ${spec.codeVersion}`]),
      ...(run.key_id === spec.keyId
        ? []
        : [`its fingerprints have the key ${run.key_id}, this worker has ${spec.keyId}: give both the same key file`]),
      ...(run.validation === spec.validation ? [] : [`its validation is ${run.validation}, this worker's is ${spec.validation}`]),
      ...['artifacts', 'limits', 'periodDays'].flatMap((name) =>
        same(theirs[name], spec.config[name])
          ? []
          : [`its setting ${name} is ${shown(theirs[name])}, this worker's is ${shown(spec.config[name])}`],
      ),
      ...(servicesOf(services.map((one) => [one.service, one.family, one.checked === 1])) ===
      servicesOf(spec.services.flatMap((one) => one.families.map((family) => [one.id, family, one.checked])))
        ? []
        : ['its services, their families or their switches are others than this worker’s']),
    ];
    found.push({ id: run.id, seed: run.seed, registries: registries.map((one) => one.registry), mismatch });
  }
  return found;
}

/** @throws RunError `conflict` with everything that differs, `not-open`, `unknown` */
export async function requireFitting(database: Database, run: number, spec: WorkerSpec): Promise<RunForWork> {
  const found = (await openRuns(database, spec)).find((one) => one.id === run);
  if (found === undefined) {
    const known = await database.db.selectFrom('run').select('state').where('id', '=', run).executeTakeFirst();
    if (known === undefined) throw new RunError('unknown', `there is no run ${run} in this database`);
    throw new RunError('not-open', `run ${run} is ${known.state}: there is nothing to work on`);
  }
  if (found.mismatch.length > 0)
    throw new RunError(
      'conflict',
      `this worker cannot work on run ${run}, and has written nothing: ${found.mismatch.join('; ')}`,
    );
  return found;
}

function servicesOf(rows: readonly (readonly [string, string, boolean])[]): string {
  return rows
    .map((row) => row.join(' '))
    .sort()
    .join('\n');
}

function same(a: unknown, b: unknown): boolean {
  return shown(a) === shown(b);
}

/** JSON with the keys in order and without what is a worker's own. */
function shown(value: unknown): string {
  return JSON.stringify(value, (name, inner: unknown) => {
    if (name === OWN_PACE) return undefined;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([x], [y]) => (x < y ? -1 : 1)));
  });
}
