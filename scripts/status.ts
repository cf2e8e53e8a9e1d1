/** Everything that is known of a run and of what is around it, for people who wait: read alone, so that it may be asked at any time. */
import { readNpmConfig } from '../crawler/npm-config.ts';
import { REGISTRIES } from '../crawler/registries/index.ts';
import { databaseClock } from '../data/clock.ts';
import type { Database } from '../data/database.ts';
import { heldBackHosts, type HeldBack } from '../data/leases.ts';
import { REGISTRY_LABELS } from '../data/model.ts';
import { queueStates } from '../data/open.ts';
import type { QueueState } from '../data/queue.ts';
import { bookedRequests } from '../data/store/ledger.ts';
import {
  readPace,
  readProgress,
  readVerdictQueue,
  type Pace,
  type RunProgress,
  type VerdictQueue,
} from '../data/store/progress.ts';
import { liveWorkers, type KnownWorker } from '../data/store/workers.ts';
import type { Config } from './config.ts';
import { queuesOf } from './jobs.ts';
import { formatRows } from './output.ts';
import { originOf } from './planning.ts';

export interface HostBudget {
  readonly host: string;
  /** Requests booked in the last 30 days, by every run and process of the database. */
  readonly used: number;
  /** Null where the host's terms set none. */
  readonly ceiling: number | null;
  readonly left: number | null;
}

export interface Status extends RunProgress {
  readonly workers: readonly KnownWorker[];
  readonly heldBack: readonly HeldBack[];
  readonly budgets: readonly HostBudget[];
  readonly queues: readonly QueueState[];
  readonly verdictQueue: VerdictQueue;
  readonly pace: readonly Pace[];
  /** When the slowest registry is through at its present pace; null where that cannot be said. */
  readonly estimatedEnd: number | null;
}

export interface StatusRequest {
  readonly config: Config;
  readonly run: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function readStatus(database: Database, { config, run, env }: StatusRequest): Promise<Status> {
  const clock = await databaseClock(database);
  const now = clock.now();
  clock.close();
  const progress = await readProgress(database, run, now);
  const pace = await readPace(database, run, now);
  return {
    ...progress,
    workers: await liveWorkers(database, now),
    heldBack: await heldBackHosts(database, now),
    budgets: await budgetsOf(database, config, env, now),
    queues: progress.state === 'open' ? await queueStates(database, queuesOf(run)) : [],
    verdictQueue: await readVerdictQueue(database, run, now),
    pace,
    estimatedEnd: endOf(progress, pace, now),
  };
}

/** Of every host that was asked in 30 days, and of every host with a ceiling. */
async function budgetsOf(
  database: Database,
  config: Config,
  env: StatusRequest['env'],
  now: number,
): Promise<readonly HostBudget[]> {
  const booked = await bookedRequests(database, now);
  const { registry: npmRegistry } = await readNpmConfig({ env, cwd: process.cwd(), execPath: process.execPath });
  const ceilings = new Map<string, number>();
  for (const registry of REGISTRIES) {
    if (config.registries[registry.id]?.enabled === false) continue;
    for (const { origin, per30Days } of registry.budgets)
      if (per30Days !== null) ceilings.set(originOf({ config, registry, npmRegistry }, origin).host, per30Days);
  }
  return [...new Set([...booked.keys(), ...ceilings.keys()])].toSorted().map((host) => {
    const used = booked.get(host) ?? 0;
    const ceiling = ceilings.get(host) ?? null;
    return { host, used, ceiling, left: ceiling === null ? null : Math.max(0, ceiling - used) };
  });
}

function endOf({ state, registries }: RunProgress, pace: readonly Pace[], now: number): number | null {
  if (state !== 'open' || registries.length === 0) return null;
  const ends = registries.map(({ registry, selected, pending }) => {
    // Until its sample is drawn, nobody knows how much there is to do.
    if (selected === 0) return null;
    if (pending === 0) return now;
    const perSecond = pace.find((one) => one.registry === registry)?.perSecond ?? 0;
    return perSecond > 0 ? now + (pending / perSecond) * 1000 : null;
  });
  return ends.reduce<number | null>((latest, end) => (latest === null || end === null ? null : Math.max(latest, end)), now);
}

/** For people. */
export function statusText(status: Status): string {
  const { registries, queues, workers, heldBack, budgets } = status;
  const table = formatRows(
    {
      columns: ['registry', 'frame', 'selected', 'to do', 'in hand', 'analysed', 'in part', 'no release', 'failed'],
      rows: registries.map((one) => [
        REGISTRY_LABELS[one.registry],
        one.frameSize,
        one.selected,
        one.pending,
        one.held,
        one.analysed,
        one.partial,
        one.noRelease,
        one.failed,
      ]),
    },
    'table',
  );
  const lines = [
    ...registries.flatMap((one) => [
      ...one.failures.map(({ reason, packages }) => `${REGISTRY_LABELS[one.registry]}: ${packages} failed: ${reason}`),
      ...one.dropped.map(
        ({ reason, count }) => `${REGISTRY_LABELS[one.registry]}: ${count} items of the registry dropped: ${reason}`,
      ),
    ]),
    ...verdictLines(status.verdictQueue),
    ...queues
      .filter((one) => one.waiting + one.held + one.parked.length > 0)
      .flatMap(({ queue, waiting, held, parked }) => [
        `queue ${queue}: ${waiting} jobs waiting, ${held} in hand, ${parked.length} parked`,
        ...[...Map.groupBy(parked, (one) => one.reason)].map(([reason, some]) => `  ${some.length} parked: ${reason}`),
      ]),
    ...workers.map(({ holder, note, seenAt }) => `worker ${holder}: ${note ?? 'at work'}, heard of at ${clockTime(seenAt)}`),
    ...heldBack.map(({ host, until, reason }) => `${host}: ${reason}${until === null ? '' : `, until ${clockTime(until)}`}`),
    ...budgets.map(budgetLine),
    ...endLine(status),
  ];
  return `${headOf(status)}${table}${lines.map((line) => `${line}\n`).join('')}`;
}

function headOf({ id, period, state, openedAt, closedAt }: Status): string {
  const ended = closedAt === null ? '' : `, closed ${when(closedAt)}`;
  return `Run ${id}${period === null ? '' : ` of ${period}`}: ${state}, opened ${when(openedAt)}${ended}\n`;
}

function verdictLines({ undecided, due, nextAt }: VerdictQueue): string[] {
  if (undecided === 0) return [];
  const next = due === 0 && nextAt !== null ? `, the first at ${when(nextAt)}` : '';
  return [`${undecided} tokens undecided: their services gave no clear answer; ${due} of them due for another look${next}`];
}

function budgetLine({ host, used, ceiling, left }: HostBudget): string {
  const number = (value: number): string => value.toLocaleString('en');
  const rest = ceiling === null || left === null ? 'no ceiling' : `${number(left)} of ${number(ceiling)} left`;
  return `${host}: ${number(used)} requests in 30 days, ${rest}`;
}

function endLine({ state, pace, estimatedEnd, registries }: Status): string[] {
  if (state !== 'open') return [];
  const speeds = pace.map(({ registry, perSecond }) => `${REGISTRY_LABELS[registry]} ${perSecond.toFixed(1)}`).join(', ');
  const speed = speeds === '' ? '' : ` (packages a second: ${speeds})`;
  if (estimatedEnd === null) return [`estimated end: cannot be said; of some registry nothing was finished lately${speed}`];
  if (registries.every((one) => one.pending === 0)) return ['estimated end: now, nothing is left but closing'];
  return [`estimated end: ${when(estimatedEnd)}${speed}`];
}

function when(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
