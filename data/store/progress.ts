/** How far a run is: for people who wait, and for `status`. */
import type { Database } from '../database.ts';
import { REGISTRY_IDS, type RegistryId } from '../model.ts';
import type { RunScope, RunState } from '../schema.ts';

export interface RunProgress {
  readonly id: number;
  readonly scope: RunScope;
  readonly period: string | null;
  readonly state: RunState;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly holder: string | null;
  readonly heldUntil: number | null;
  readonly registries: readonly RegistryCounts[];
  /** Tokens that a later look may still decide. */
  readonly undecidedTokens: number;
}

export interface RegistryCounts {
  readonly registry: RegistryId;
  /** Null until the frame is finished. */
  readonly frameSize: number | null;
  readonly selected: number;
  readonly pending: number;
  /** Of the pending: somebody is at work on them, or they wait for another try. */
  readonly held: number;
  readonly analysed: number;
  readonly partial: number;
  readonly noRelease: number;
  readonly failed: number;
  readonly failures: readonly { readonly reason: string; readonly packages: number }[];
  readonly dropped: readonly { readonly reason: string; readonly count: number }[];
}

/** Ids of all runs, newest first. */
export async function listRuns({ db }: Database): Promise<readonly number[]> {
  const runs = await db.selectFrom('run').select('id').orderBy('id', 'desc').execute();
  return runs.map((run) => run.id);
}

/** How far one registry of a run is. `selected`: it has its sample. */
export async function registryCounts(
  { db }: Database,
  run: number,
  registry: RegistryId,
): Promise<{ readonly selected: boolean; readonly done: number; readonly total: number }> {
  const { selected_at: selectedAt } = await db
    .selectFrom('run_registry')
    .select('selected_at')
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .executeTakeFirstOrThrow();
  if (selectedAt === null) return { selected: false, done: 0, total: 0 };
  const { total } = await db
    .selectFrom('run_stratum')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('selected'), eb.lit(0)).as('total'))
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .executeTakeFirstOrThrow();
  const { pending } = await db
    .selectFrom('selection')
    .select((eb) => eb.fn.countAll<number>().as('pending'))
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow();
  return { selected: true, done: total - pending, total };
}

export async function readProgress({ db }: Database, run: number, now: number): Promise<RunProgress> {
  const row = await db.selectFrom('run').selectAll().where('id', '=', run).executeTakeFirst();
  if (row === undefined) throw new Error(`there is no run ${run} in this database`);
  const frames = await db.selectFrom('run_registry').select(['registry', 'frame_size']).where('run_id', '=', run).execute();
  const counts = await db
    .selectFrom('selection')
    .select(['registry', 'state'])
    .select((eb) => [
      eb.fn.countAll<number>().as('packages'),
      eb.fn.sum<number>('partial').as('partial'),
      eb.fn.sum<number>(eb.case().when('not_before', '>', now).then(eb.lit(1)).else(eb.lit(0)).end()).as('held'),
    ])
    .where('run_id', '=', run)
    .groupBy(['registry', 'state'])
    .execute();
  const failures = await db
    .selectFrom('selection')
    .select(['registry', 'reason'])
    .select((eb) => eb.fn.countAll<number>().as('packages'))
    .where('run_id', '=', run)
    .where('state', '=', 'failed')
    .where('reason', 'is not', null)
    .groupBy(['registry', 'reason'])
    .execute();
  const dropped = await db.selectFrom('dropped_item').select(['registry', 'reason', 'count']).where('run_id', '=', run).execute();
  const undecided = await db
    .selectFrom('verdict')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('run_id', '=', run)
    .where('verdict', '=', 'unknown')
    .executeTakeFirstOrThrow();
  const registries = REGISTRY_IDS.filter((registry) => frames.some((one) => one.registry === registry)).map(
    (registry): RegistryCounts => {
      const of = (state: string) => counts.find((one) => one.registry === registry && one.state === state);
      return {
        registry,
        frameSize: frames.find((one) => one.registry === registry)?.frame_size ?? null,
        selected: counts.filter((one) => one.registry === registry).reduce((sum, one) => sum + one.packages, 0),
        pending: of('pending')?.packages ?? 0,
        held: of('pending')?.held ?? 0,
        analysed: of('analysed')?.packages ?? 0,
        partial: of('analysed')?.partial ?? 0,
        noRelease: of('no-release')?.packages ?? 0,
        failed: of('failed')?.packages ?? 0,
        failures: failures
          .filter((one) => one.registry === registry)
          .map(({ reason, packages }) => ({ reason: reason ?? '', packages }))
          .toSorted((a, b) => b.packages - a.packages || (a.reason < b.reason ? -1 : 1)),
        dropped: dropped
          .filter((one) => one.registry === registry)
          .map(({ reason, count }) => ({ reason, count }))
          .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
      };
    },
  );
  return {
    id: row.id,
    scope: row.scope,
    period: row.period,
    state: row.state,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    holder: row.holder,
    heldUntil: row.held_until,
    registries,
    undecidedTokens: undecided.n,
  };
}

/** How fast a registry goes. */
export interface Pace {
  readonly registry: RegistryId;
  /** Packages finished a second, by all workers together, in the last minutes; absent where there were none. */
  readonly perSecond: number;
}

/** Long enough that single packages do not matter, short enough to follow workers that come and go. */
const PACE_MS = 10 * 60_000;

export async function readPace({ db }: Database, run: number, now: number): Promise<readonly Pace[]> {
  const rows = await db
    .selectFrom('selection')
    .select('registry')
    .select((eb) => [eb.fn.countAll<number>().as('packages'), eb.fn.min<number>('finished_at').as('first')])
    .where('run_id', '=', run)
    .where('finished_at', '>', now - PACE_MS)
    .groupBy('registry')
    .orderBy('registry')
    .execute();
  return rows.map(({ registry, packages, first }) => ({ registry, perSecond: (packages * 1000) / Math.max(1000, now - first) }));
}

/** Tokens without a verdict, and when they are looked at again. */
export interface VerdictQueue {
  readonly undecided: number;
  readonly due: number;
  /** The next time that is still to come; null where none is. */
  readonly nextAt: number | null;
}

export async function readVerdictQueue({ db }: Database, run: number, now: number): Promise<VerdictQueue> {
  const { undecided, due, next } = await db
    .selectFrom('verdict')
    .select((eb) => [
      eb.fn.countAll<number>().as('undecided'),
      eb.fn.count<number>(eb.case().when('look_after', '<=', now).then(1).end()).as('due'),
      eb.fn.min<number | null>(eb.case().when('look_after', '>', now).then(eb.ref('look_after')).end()).as('next'),
    ])
    .where('run_id', '=', run)
    .where('verdict', '=', 'unknown')
    .executeTakeFirstOrThrow();
  return { undecided, due, nextAt: next };
}
