/** What a run was: the facts that a report prints beside its figures. */
import type { Reader } from '../database.ts';
import { FAMILIES, REGISTRY_IDS, type RegistryId } from '../model.ts';
import type { RunScope, RunState, ValidationMode } from '../schema.ts';
import { RunError } from '../store/run.ts';
import type { RankingFacts, RunFacts } from './model.ts';
import type { RunMeans } from './policy-scope.ts';

export interface KnownRun {
  readonly id: number;
  readonly scope: RunScope;
  readonly state: RunState;
  readonly validation: ValidationMode;
  readonly facts: RunFacts;
  readonly means: RunMeans;
  /** The services that were asked, by id: those with a check, less those whose check was off. */
  readonly asked: readonly string[];
  /** Each service with the families that its tokens counted under, as `slack: token`. */
  readonly families: readonly string[];
  /** Which artifacts of a release were looked into; null in a run that does not say. */
  readonly artifacts: string | null;
}

/**
 * The run with this id; without one the newest closed run of registries, or of named packages where there is no other.
 *
 * @throws RunError that says what there is instead
 */
export async function findRun(db: Reader, id: number | undefined): Promise<KnownRun> {
  const runs = db.selectFrom('run').selectAll();
  if (id !== undefined) {
    const run = await runs.where('id', '=', id).executeTakeFirst();
    if (run === undefined) throw new RunError('unknown', `there is no run ${id} in this database; \`query runs\` lists them`);
    if (run.state === 'abandoned')
      throw new RunError('not-open', `run ${id} was given up (${run.note ?? 'without a note'}); choose another one`);
    return await factsOf(db, run);
  }
  const closed = await runs.where('state', '=', 'closed').orderBy('closed_at', 'desc').orderBy('id', 'desc').execute();
  const run = closed.find((one) => one.scope === 'registry') ?? closed[0];
  if (run !== undefined) return await factsOf(db, run);
  const open = await db.selectFrom('run').select('id').where('state', '=', 'open').orderBy('id', 'desc').executeTakeFirst();
  const advice =
    open === undefined
      ? 'it has no run at all; do one first'
      : `run ${open.id} is still open: finish it with the same command that began it, or name it to get a partial report`;
  throw new RunError('unknown', `the database has no closed run; ${advice}`);
}

/**
 * The closed runs of registries up to this one, in the order in which they were closed: a run that was begun first and finished last
 * is the newer one. Of an open run, all that are closed.
 */
export async function closedRunsUntil(db: Reader, run: KnownRun): Promise<readonly KnownRun[]> {
  const runs = await db
    .selectFrom('run')
    .selectAll()
    .where('state', '=', 'closed')
    .where('scope', '=', 'registry')
    .orderBy('closed_at')
    .orderBy('id')
    .execute();
  const own = runs.findIndex((one) => one.id === run.id);
  return await Promise.all((own === -1 ? runs : runs.slice(0, own + 1)).map((one) => factsOf(db, one)));
}

/** The ranking of each registry in a run, if it has one. */
export async function rankingsOf(db: Reader, run: number): Promise<ReadonlyMap<RegistryId, RankingFacts>> {
  const rankings = await db
    .selectFrom('run_registry')
    .innerJoin('ranking', 'ranking.id', 'run_registry.ranking_id')
    .selectAll(['ranking'])
    .where('run_registry.run_id', '=', run)
    .execute();
  return new Map(
    rankings.map(({ registry, source, label, url, measures, terms, weaknesses, dated, taken_at: takenAt, places }) => {
      return [registry, { source, label, url, measures, terms, weaknesses, dated, takenAt: iso(takenAt), places }];
    }),
  );
}

export function iso(millis: number): string {
  return new Date(millis).toISOString();
}

interface RunRow {
  readonly id: number;
  readonly scope: RunScope;
  readonly state: RunState;
  readonly validation: ValidationMode;
  readonly opened_at: number;
  readonly closed_at: number | null;
  readonly seed: string;
  readonly period: string | null;
  readonly code_version: string;
  readonly detector_stamp: string;
  readonly config: string;
}

async function factsOf(db: Reader, run: RunRow): Promise<KnownRun> {
  const services = await db
    .selectFrom('run_service')
    .select(['service', 'family', 'checked', 'off_reason'])
    .where('run_id', '=', run.id)
    .execute();
  const ids = [...new Set(services.map((one) => one.service))].sort(byText);
  const switchedOff = ids.flatMap((service) => {
    const reason = services.find((one) => one.service === service && one.off_reason !== null)?.off_reason ?? null;
    return reason === null ? [] : [{ service, reason }];
  });
  const means: RunMeans = {
    validation: run.validation,
    services: services
      .map((one) => ({ family: one.family, checked: one.checked === 1, switchedOff: one.off_reason !== null }))
      .toSorted((a, b) => FAMILIES.indexOf(a.family) - FAMILIES.indexOf(b.family)),
  };
  const window = await validationWindow(db, run.id);
  const facts: RunFacts = {
    id: String(run.id),
    scope: run.scope,
    startedAt: iso(run.opened_at),
    closedAt: run.closed_at === null ? null : iso(run.closed_at),
    seed: run.seed,
    period: run.period,
    codeVersion: run.code_version,
    detectorStamp: run.detector_stamp,
    services: ids,
    validation: { mode: run.validation, ...window, switchedOff },
  };
  const asked = services.filter((one) => one.checked === 1 && one.off_reason === null).map((one) => one.service);
  const { artifacts } = JSON.parse(run.config) as { artifacts?: unknown };
  return {
    id: run.id,
    scope: run.scope,
    state: run.state,
    validation: run.validation,
    facts,
    means,
    asked: [...new Set(asked)].sort(byText),
    families: ids.map((id) => {
      const own = services.filter((one) => one.service === id).map((one) => one.family);
      return `${id}: ${own.sort(byText).join(', ')}`;
    }),
    artifacts: typeof artifacts === 'string' ? artifacts : null,
  };
}

/** First and last request to a service. Where a token was claimed for a question, one may have been sent, whether or not it was written down. */
async function validationWindow(db: Reader, run: number): Promise<{ readonly from: string | null; readonly to: string | null }> {
  const requests = await db
    .selectFrom('service_request')
    .select((eb) => [eb.fn.min<number | null>('sent_at').as('first'), eb.fn.max<number | null>('sent_at').as('last')])
    .where('run_id', '=', run)
    .executeTakeFirst();
  const questions = await db
    .selectFrom('question')
    .select((eb) => [eb.fn.min<number | null>('asked_at').as('first'), eb.fn.max<number | null>('asked_at').as('last')])
    .where('run_id', '=', run)
    .executeTakeFirst();
  const times = [requests?.first, requests?.last, questions?.first, questions?.last].filter((one) => typeof one === 'number');
  if (times.length === 0) return { from: null, to: null };
  return { from: iso(Math.min(...times)), to: iso(Math.max(...times)) };
}

/** The registries of a run in their order. */
export async function registriesOf(
  db: Reader,
  run: number,
): Promise<ReadonlyMap<RegistryId, { readonly size: number; readonly takenAt: number }>> {
  const rows = await db
    .selectFrom('run_registry')
    .select(['registry', 'frame_size', 'frame_taken_at'])
    .where('run_id', '=', run)
    .execute();
  return new Map(
    REGISTRY_IDS.flatMap((id) => {
      const row = rows.find((one) => one.registry === id);
      if (row === undefined || row.frame_size === null || row.frame_taken_at === null) return [];
      return [[id, { size: row.frame_size, takenAt: row.frame_taken_at }]];
    }),
  );
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
