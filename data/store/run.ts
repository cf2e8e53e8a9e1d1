/** Runs: opened or resumed, held by one process at a time, closed once. */
import { createHash } from 'node:crypto';
import type { Database, Reader, Tx } from '../database.ts';
import type { Family, RegistryId } from '../model.ts';
import type { RunScope, RunState, ValidationMode } from '../schema.ts';
import { isGone } from './holder.ts';
import { flag, json, text } from './rows.ts';

export interface RunService {
  readonly id: string;
  readonly label: string;
  /** The families that its formats give out, as configured. */
  readonly families: readonly Family[];
  /** Whether the run may ask the service. */
  readonly checked: boolean;
}

/** What a run is. Two specs that differ in anything but `environment` are two runs. */
export interface RunSpec {
  /** `registry`: a sample or census that stands for the registries; `named`: chosen packages that stand for themselves. */
  readonly scope: RunScope;
  /** Such as `2026-11`; a period has one run at most. Null for runs without one. */
  readonly period: string | null;
  readonly registries: readonly RegistryId[];
  /** Settings that decide the result. Stored and published: no secret, no key. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Facts that explain a run but do not decide it: origins, rates, versions. Stored and published as well. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly seed: string;
  readonly detectorStamp: string;
  readonly codeVersion: string;
  /** Id of the fingerprints' key. */
  readonly keyId: string;
  readonly validation: ValidationMode;
  readonly services: readonly RunService[];
}

export interface Holding {
  /** From `thisHolder()`. */
  readonly holder: string;
  readonly now: number;
  /** How long the run stays held without a sign of life (`renewRun`). */
  readonly leaseMs: number;
}

export interface OpenRun {
  readonly id: number;
  /** `already-closed`: the period's run is done; nothing is to be done. */
  readonly outcome: 'opened' | 'resumed' | 'already-closed';
  readonly openedAt: number;
}

/** A run that cannot be worked on, with the reason: the message says what to do. */
export class RunError extends Error {
  readonly reason: 'busy' | 'conflict' | 'not-open' | 'unknown' | 'incomplete';

  constructor(reason: RunError['reason'], message: string) {
    super(message);
    this.name = 'RunError';
    this.reason = reason;
  }
}

/**
 * Opens a run, or resumes the open one of the same spec: killed or stopped, it goes on where its last transaction ended.
 *
 * @throws RunError `busy` when another living process holds the run, `conflict` when the period has a run of another spec
 */
export async function openOrResumeRun({ db }: Database, spec: RunSpec, holding: Holding): Promise<OpenRun> {
  const identity = identityOf(spec);
  return await db.transaction().execute(async (tx) => {
    // One opening at a time: of two that find no run, the second would make a second one.
    await tx.selectFrom('meta').select('key').where('key', '=', 'public-schema').forUpdate().execute();
    const known = await findRun(tx, spec.period, identity);
    if (known === undefined)
      return { id: await insertRun(tx, spec, identity, holding), outcome: 'opened', openedAt: holding.now };
    if (known.identity !== identity) throw conflict(known, spec);
    if (known.state === 'closed') return { id: known.id, outcome: 'already-closed', openedAt: known.opened_at };
    if (isHeldByOther(known, holding)) {
      throw new RunError(
        'busy',
        `run ${known.id} is being worked on by ${known.holder ?? 'another process'}; wait for it to end or stop it`,
      );
    }
    await tx
      .updateTable('run')
      .set({ holder: text(holding.holder), held_until: holding.now + holding.leaseMs, environment: json(spec.environment) })
      .where('id', '=', known.id)
      .execute();
    return { id: known.id, outcome: 'resumed', openedAt: known.opened_at };
  });
}

/** The sign of life, every third of the lease. False: the run was lost to another process, and this one must stop. */
export async function renewRun({ db }: Database, run: number, { holder, now, leaseMs }: Holding): Promise<boolean> {
  const renewed = await db
    .updateTable('run')
    .set({ held_until: now + leaseMs })
    .where('id', '=', run)
    .where('holder', '=', holder)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst();
  return renewed !== undefined;
}

/** Lets go of a run that stays open, so that the next process need not wait for the lease to end. */
export async function releaseRun({ db }: Database, run: number, holder: string): Promise<void> {
  await db
    .updateTable('run')
    .set({ holder: null, held_until: null })
    .where('id', '=', run)
    .where('holder', '=', holder)
    .execute();
}

/** Gives an open run up: it is never resumed, its period is free again, and it appears in no statistics. */
export async function abandonRun({ db }: Pick<Database, 'db'>, run: number, note: string): Promise<void> {
  const done = await db
    .updateTable('run')
    .set({ state: 'abandoned', note: text(note), holder: null, held_until: null })
    .where('id', '=', run)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst();
  if (done === undefined) throw notToGiveUp(run);
}

export function notToGiveUp(run: number): RunError {
  return new RunError('not-open', `run ${run} is not open, so it cannot be given up; \`query runs\` says which run is`);
}

/** A service whose check was stopped for the run, with the reason. The first reason stands. */
export async function switchOffService({ db }: Database, run: number, service: string, reason: string): Promise<void> {
  await db
    .updateTable('run_service')
    .set({ off_reason: text(reason) })
    .where('run_id', '=', run)
    .where('service', '=', service)
    .where('off_reason', 'is', null)
    .execute();
}

export async function isRunOpen({ db }: Pick<Database, 'db'>, run: number): Promise<boolean> {
  return (await db.selectFrom('run').select('state').where('id', '=', run).executeTakeFirst())?.state === 'open';
}

/**
 * Every write to a run passes here first: a closed run is immutable. Writers hold the run together, in a way that keeps nobody out but
 * `holdAlone`: who closes a run waits for the writes that have begun, and those that begin later find it closed.
 */
export async function requireOpen(tx: Reader, run: number): Promise<void> {
  requireState(await tx.selectFrom('run').select('state').where('id', '=', run).forKeyShare().executeTakeFirst(), run);
}

/** The same for who changes what all writers rely on. */
export async function holdAlone(tx: Tx, run: number): Promise<void> {
  requireState(await tx.selectFrom('run').select('state').where('id', '=', run).forUpdate().executeTakeFirst(), run);
}

function requireState(found: { readonly state: RunState } | undefined, run: number): void {
  if (found?.state === 'open') return;
  if (found === undefined) throw new RunError('unknown', `there is no run ${run} in this database`);
  throw new RunError('not-open', `run ${run} is ${found.state}: nothing can be added to it; start a new run`);
}

interface KnownRun {
  readonly id: number;
  readonly identity: string;
  readonly state: RunState;
  readonly opened_at: number;
  readonly holder: string | null;
  readonly held_until: number | null;
  readonly detector_stamp: string;
  readonly code_version: string;
  readonly seed: string;
  readonly config: string;
}

async function findRun(tx: Tx, period: string | null, identity: string): Promise<KnownRun | undefined> {
  const runs = tx
    .selectFrom('run')
    .select(['id', 'identity', 'state', 'opened_at', 'holder', 'held_until', 'detector_stamp', 'code_version', 'seed', 'config']);
  if (period !== null) return await runs.where('period', '=', period).where('state', '<>', 'abandoned').executeTakeFirst();
  return await runs.where('period', 'is', null).where('identity', '=', identity).where('state', '=', 'open').executeTakeFirst();
}

function isHeldByOther(run: KnownRun, { holder, now }: Holding): boolean {
  if (run.holder === null || run.holder === holder || run.held_until === null || run.held_until <= now) return false;
  return !isGone(run.holder);
}

function differingSettings(known: string, wanted: string): readonly string[] {
  const [then, now] = [known, wanted].map((one) => JSON.parse(one) as Readonly<Record<string, unknown>>);
  const names = [...new Set([...Object.keys(then ?? {}), ...Object.keys(now ?? {})])];
  return names
    .filter((name) => JSON.stringify(then?.[name]) !== JSON.stringify(now?.[name]))
    .map((name) => `the setting ${name}`);
}

function conflict(known: KnownRun, spec: RunSpec): RunError {
  const differs = [
    ...(known.detector_stamp === spec.detectorStamp ? [] : ['the detectors']),
    ...(known.code_version === spec.codeVersion
      ? []
      : [`the program's version (${known.code_version}, now ${spec.codeVersion})`]),
    ...(known.seed === spec.seed ? [] : ['the seed']),
    ...differingSettings(known.config, json(sorted(spec.config))),
  ];
  const what = differs.length === 0 ? 'registries, services or keys' : differs.join(', ');
  const advice =
    known.state === 'open'
      ? `finish that run first, or give it up (prune --give-up ${known.id}), which loses what it has`
      : 'choose another period';
  return new RunError(
    'conflict',
    `period ${spec.period ?? ''} already has run ${known.id} (${known.state}), which differs in ${what}; ${advice}`,
  );
}

async function insertRun(tx: Tx, spec: RunSpec, identity: string, holding: Holding): Promise<number> {
  const { id } = await tx
    .insertInto('run')
    .values({
      scope: spec.scope,
      period: spec.period === null ? null : text(spec.period),
      state: 'open',
      config: json(sorted(spec.config)),
      environment: json(spec.environment),
      identity,
      seed: text(spec.seed),
      detector_stamp: text(spec.detectorStamp),
      code_version: text(spec.codeVersion),
      key_id: text(spec.keyId),
      validation: spec.validation,
      opened_at: holding.now,
      closed_at: null,
      holder: text(holding.holder),
      held_until: holding.now + holding.leaseMs,
      note: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (spec.registries.length > 0) {
    const registries = spec.registries.map((registry) => ({ run_id: id, registry }));
    await tx.insertInto('run_registry').values(registries).execute();
  }
  const services = spec.services.flatMap((service) =>
    service.families.map((family) => ({
      run_id: id,
      service: text(service.id),
      label: text(service.label),
      family,
      checked: flag(service.checked),
    })),
  );
  if (services.length > 0) await tx.insertInto('run_service').values(services).execute();
  return id;
}

function identityOf(spec: RunSpec): string {
  // An undefined field leaves no trace in JSON.
  const decisive = { ...spec, environment: undefined };
  return createHash('sha256')
    .update(JSON.stringify(sorted(decisive)))
    .digest('hex');
}

/** The same value with the keys of every object in order, so that equal settings are equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
