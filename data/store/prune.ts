/** Retention: figures of every run stay, single rows of old runs go. */
import { sql } from 'kysely';
import type { Database, Reader } from '../database.ts';
import { abandonRun, isRunOpen, notToGiveUp, RunError } from './run.ts';
import { isGone } from './holder.ts';
import { text } from './rows.ts';

export interface PruneOptions {
  /** How many of the newest closed runs keep their single rows; at least 1, since the views show the newest. */
  readonly keep: number;
  readonly now: number;
  /** An open run that nobody will finish: it is given up first, so that its period is free again. */
  readonly giveUp?: number | undefined;
  /** Only counts. */
  readonly dryRun?: boolean;
}

export interface Pruned {
  /** Runs whose single rows are gone, or would go. */
  readonly runs: readonly number[];
  /** Rows that went, or would go, by table; of rows that only hang on others, a dry run counts none. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Rows of one run each; what a statistic or a report of a closed run needs is not among them. */
const OF_RUNS = ['analysis', 'package_skip', 'verdict', 'selection'] as const;

/**
 * What nothing points to any more, in the order in which it can go. Memory stays: of questions (so that no token is asked about
 * again within its period), of requests (ceilings), of the frame (names, and when they were listed).
 */
const ORPHANS = [
  ['occurrence', 'scan_id not in (select scan_id from analysis)'],
  ['scan_skip', 'scan_id not in (select scan_id from analysis)'],
  ['scan', 'id not in (select scan_id from analysis)'],
  [
    'artifact',
    'id not in (select artifact_id from analysis) and release_id not in (select release_id from selection where release_id is not null)',
  ],
  [
    'release',
    'id not in (select release_id from artifact) and id not in (select release_id from selection where release_id is not null)',
  ],
  ['token', 'id not in (select token_id from occurrence) and id not in (select token_id from verdict)'],
] as const;

/**
 * Drops the samples, findings, verdicts and ranking places of all but the newest `keep` closed runs, and of runs that were given
 * up, with everything that only they needed. Their counts, figures and facts stay, so every report of them stays as it was.
 * Each table is one transaction; a prune that was killed goes on when it is repeated.
 *
 * @throws RunError `busy` while a process works on a run: it may be about to use what looks forgotten; `not-open` where the
 *   run to give up is not
 */
export async function prune({ db }: Database, { keep, now, giveUp, dryRun = false }: PruneOptions): Promise<Pruned> {
  if (!Number.isInteger(keep) || keep < 1) throw new RangeError('at least one run keeps its single rows');
  await requireNobodyAtWork(db, now);
  if (giveUp !== undefined) {
    if (!dryRun) await abandonRun({ db }, giveUp, 'given up by its people');
    else if (!(await isRunOpen({ db }, giveUp))) throw notToGiveUp(giveUp);
  }
  // In a dry run it is still open, and not among them.
  const runs = [...(await prunable(db, keep)), ...(dryRun && giveUp !== undefined ? [giveUp] : [])];
  const rows: Record<string, number> = {};
  const add = (table: string, count: number): void => {
    if (count > 0) rows[table] = (rows[table] ?? 0) + count;
  };
  for (const run of runs) {
    if (dryRun) {
      for (const table of OF_RUNS) add(table, await countOf(db, run, table));
      continue;
    }
    await db
      .updateTable('run')
      .set({ note: text('only the figures of this run are kept') })
      .where('id', '=', run)
      .where('state', '=', 'closed')
      .execute();
    for (const table of OF_RUNS) add(table, changed(await db.deleteFrom(table).where('run_id', '=', run).execute()));
    const rankings = db.selectFrom('ranking').select('id').where('run_id', '=', run);
    add('place', changed(await db.deleteFrom('place').where('ranking_id', 'in', rankings).execute()));
  }
  if (!dryRun) {
    for (const [table, condition] of ORPHANS)
      add(
        table,
        Number((await sql`delete from ${sql.table(table)} where ${sql.raw(condition)}`.execute(db)).numAffectedRows ?? 0n),
      );
  }
  return { runs, rows };
}

/** Gives the space of dropped rows back to the system: the database is written anew, which takes its size once more meanwhile. */
export async function compact({ db }: Database): Promise<void> {
  await sql`vacuum`.execute(db);
}

async function requireNobodyAtWork(db: Reader, now: number): Promise<void> {
  const open = await db.selectFrom('run').select(['id', 'holder', 'held_until']).where('state', '=', 'open').execute();
  const held = open.find(({ holder, held_until: until }) => holder !== null && (until ?? 0) > now && !isGone(holder));
  if (held !== undefined)
    throw new RunError(
      'busy',
      `run ${held.id} is being worked on by ${held.holder ?? 'another process'}; prune when it has ended`,
    );
}

/** Old runs that still have something to drop. */
async function prunable(db: Reader, keep: number): Promise<readonly number[]> {
  const closed = await db
    .selectFrom('run')
    .select('id')
    .where('state', '=', 'closed')
    .orderBy('closed_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const abandoned = await db.selectFrom('run').select('id').where('state', '=', 'abandoned').execute();
  const old = [...closed.slice(keep), ...abandoned].map(({ id }) => id).toSorted((a, b) => a - b);
  const counts = await Promise.all(old.map(async (run) => Promise.all(OF_RUNS.map(async (table) => countOf(db, run, table)))));
  return old.filter((_, index) => counts[index]?.some((count) => count > 0) === true);
}

async function countOf(db: Reader, run: number, table: (typeof OF_RUNS)[number]): Promise<number> {
  const counted = await db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('run_id', '=', run)
    .executeTakeFirstOrThrow();
  return counted.n;
}

function changed(results: readonly { readonly numDeletedRows: bigint }[]): number {
  return results.reduce((sum, one) => sum + Number(one.numDeletedRows), 0);
}
