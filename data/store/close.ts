import type { Database } from '../database.ts';
import { countRun } from '../statistics/aggregates.ts';
import { saveAggregates } from '../statistics/stored.ts';
import { holdAlone, RunError } from './run.ts';

/**
 * Closes a run in which everything selected has its result: counts it, stores the figures, and makes it immutable.
 *
 * @throws RunError `incomplete` where a registry has no sample yet or packages are left, `not-open` where the run is closed
 */
export async function closeRun({ db }: Database, run: number, now: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await holdAlone(tx, run);
    const registries = await tx
      .selectFrom('run_registry')
      .select(['registry', 'selected_at'])
      .where('run_id', '=', run)
      .execute();
    const unselected = registries.filter((one) => one.selected_at === null).map((one) => one.registry);
    if (unselected.length > 0)
      throw new RunError('incomplete', `run ${run} has no sample of ${unselected.join(', ')} yet; resume it first`);
    const aggregates = await countRun(tx, run);
    const pending = aggregates.strata.reduce((sum, one) => sum + one.pending, 0);
    if (pending > 0) throw new RunError('incomplete', `run ${run} has ${pending} packages without a result; resume it first`);
    await saveAggregates(tx, run, aggregates);
    await tx
      .updateTable('run')
      .set({ state: 'closed', closed_at: now, holder: null, held_until: null })
      .where('id', '=', run)
      .execute();
  });
}
