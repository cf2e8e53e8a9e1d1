/** What of a frame is looked at in a run: the ranking, the sample, and the sizes of the strata. */
import type { Database, Tx } from '../database.ts';
import { TIERS, tierOf, type RegistryId, type Tier } from '../model.ts';
import { countDrops, inFrame } from './frame.ts';
import { chunks, distinctBy, text } from './rows.ts';
import { requireOpen } from './run.ts';

/** A ranking as it was read: the facts of `RankingSource` and `RankingSnapshot` of the crawler. */
export interface RankingRead {
  readonly source: {
    readonly id: string;
    readonly label: string;
    readonly url: string;
    readonly measures: string;
    readonly terms: string;
    readonly weaknesses: string;
  };
  readonly dated: string | null;
  readonly takenAt: number;
  readonly places: readonly {
    readonly rank: number;
    readonly name: string;
    readonly key: string;
    readonly downloads: number | null;
  }[];
  /** Items of the source that could not be understood, by reason. */
  readonly dropped?: Readonly<Record<string, number>>;
}

/** Stores a run's ranking of a registry. The first one stands: repeating it changes nothing. */
export async function saveRanking({ db }: Database, run: number, registry: RegistryId, ranking: RankingRead): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    const known = await tx
      .selectFrom('run_registry')
      .select('ranking_id')
      .where('run_id', '=', run)
      .where('registry', '=', registry)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (known.ranking_id !== null) return;
    const places = distinctBy(ranking.places, (one) => one.key);
    const { id } = await tx
      .insertInto('ranking')
      .values({
        run_id: run,
        registry,
        source: text(ranking.source.id),
        label: text(ranking.source.label),
        url: text(ranking.source.url),
        measures: text(ranking.source.measures),
        terms: text(ranking.source.terms),
        weaknesses: text(ranking.source.weaknesses),
        dated: ranking.dated === null ? null : text(ranking.dated),
        taken_at: ranking.takenAt,
        places: places.length,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (const chunk of chunks(places, 5)) {
      const rows = chunk.map((one) => ({
        ranking_id: id,
        rank: one.rank,
        key: text(one.key),
        name: text(one.name),
        downloads: one.downloads,
      }));
      await tx.insertInto('place').values(rows).execute();
    }
    await tx
      .updateTable('run_registry')
      .set({ ranking_id: id })
      .where('run_id', '=', run)
      .where('registry', '=', registry)
      .execute();
    await countDrops(tx, run, registry, ranking.dropped ?? {});
  });
}

/** Ranks by key, of the run's ranking; empty where the run has none. */
export async function readRanks({ db }: Database, run: number, registry: RegistryId): Promise<ReadonlyMap<string, number>> {
  const places = await db
    .selectFrom('run_registry')
    .innerJoin('place', 'place.ranking_id', 'run_registry.ranking_id')
    .select(['place.key', 'place.rank'])
    .where('run_registry.run_id', '=', run)
    .where('run_registry.registry', '=', registry)
    .execute();
  return new Map(places.map((place) => [place.key, place.rank]));
}

export interface Selected {
  readonly packageId: number;
  readonly rank: number | null;
  /** With which the package was drawn: 1 for what is looked at in any case. */
  readonly probability: number;
  /** The keyed hash that decided. */
  readonly selectionKey: string;
}

/**
 * Stores the sample of a registry, in the order in which it is to be worked on, and counts the strata of the frame. All or
 * nothing, and once: repeating it changes nothing. Returns how many packages the run's selection of the registry has. `also` is done
 * in the same transaction: the jobs of the sample are there when the sample is.
 */
export async function saveSelection(
  { db }: Database,
  run: number,
  registry: RegistryId,
  selected: Iterable<Selected>,
  now: number,
  also?: (tx: Tx) => Promise<void>,
): Promise<number> {
  return await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    const known = await tx
      .selectFrom('run_registry')
      .innerJoin('run', 'run.id', 'run_registry.run_id')
      .select(['selected_at', 'frame_size', 'ranking_id', 'scope'])
      .where('run_id', '=', run)
      .where('registry', '=', registry)
      .forUpdate('run_registry')
      .executeTakeFirstOrThrow();
    if (known.selected_at !== null) return await countSelected(tx, run, registry);
    if (known.frame_size === null)
      throw new Error(`the frame of ${registry} is not finished in run ${run}, so nothing can be drawn from it`);
    const drawn = await insertSelection(tx, run, registry, selected);
    const population = known.scope === 'named' ? drawn : await strata(tx, run, registry, known.frame_size, known.ranking_id);
    const rows = TIERS.map((tier) => ({
      run_id: run,
      registry,
      tier,
      population: population[tier],
      selected: drawn[tier],
      scanned: 0,
      without_release: 0,
      failed: 0,
      pending: drawn[tier],
      partial: 0,
    }));
    await tx.insertInto('run_stratum').values(rows).execute();
    await tx
      .updateTable('run_registry')
      .set({ selected_at: now })
      .where('run_id', '=', run)
      .where('registry', '=', registry)
      .execute();
    await also?.(tx);
    return TIERS.reduce((sum, tier) => sum + drawn[tier], 0);
  });
}

type ByTier = Record<Tier, number>;

async function insertSelection(tx: Tx, run: number, registry: RegistryId, selected: Iterable<Selected>): Promise<ByTier> {
  const drawn: ByTier = { top100: 0, top1000: 0, top10000: 0, unranked: 0 };
  let position = 0;
  for (const chunk of chunks(selected, 12)) {
    const rows = chunk.map((one) => {
      const tier = tierOf(one.rank);
      drawn[tier] += 1;
      position += 1;
      return {
        run_id: run,
        package_id: one.packageId,
        registry,
        position,
        tier,
        rank: one.rank,
        probability: one.probability,
        selection_key: text(one.selectionKey),
        state: 'pending' as const,
        attempts: 0,
        partial: 0 as const,
      };
    });
    await tx.insertInto('selection').values(rows).execute();
  }
  return drawn;
}

/** Packages of the frame by tier. A ranked name that the frame does not hold is no package of it. */
async function strata(tx: Tx, run: number, registry: RegistryId, frameSize: number, ranking: number | null): Promise<ByTier> {
  const sizes: ByTier = { top100: 0, top1000: 0, top10000: 0, unranked: frameSize };
  if (ranking === null) return sizes;
  const ranked = await tx
    .selectFrom('place')
    .innerJoin('package', 'package.key', 'place.key')
    .select('place.rank')
    .where('place.ranking_id', '=', ranking)
    .where('package.registry', '=', registry)
    .where(inFrame(run))
    .execute();
  for (const { rank } of ranked) {
    const tier = tierOf(rank);
    if (tier === 'unranked') continue;
    sizes[tier] += 1;
    sizes.unranked -= 1;
  }
  return sizes;
}

async function countSelected(tx: Tx, run: number, registry: RegistryId): Promise<number> {
  const strata = await tx
    .selectFrom('run_stratum')
    .select('selected')
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .execute();
  return strata.reduce((sum, one) => sum + one.selected, 0);
}
