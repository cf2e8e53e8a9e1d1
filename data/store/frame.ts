/** The frame: names page by page, each page with its cursor in one transaction. */
import { sql, type ExpressionBuilder } from 'kysely';
import type { Database, Reader, Tx } from '../database.ts';
import type { RegistryId } from '../model.ts';
import type { Schema } from '../schema.ts';
import { chunks, distinctBy, text } from './rows.ts';
import { requireOpen } from './run.ts';

export interface Name {
  /** As published. */
  readonly name: string;
  /** By which the registry tells names apart. */
  readonly key: string;
}

/** A page of the list, as `NamePage` of the crawler. */
export interface Page {
  readonly names: readonly Name[];
  readonly cursor: string;
  readonly dropped: Readonly<Record<string, number>>;
}

/** A page of what moved, as `ChangePage` of the crawler. */
export interface Changes {
  readonly touched: readonly Name[];
  readonly removed: readonly Name[];
  readonly cursor: string;
  readonly dropped: Readonly<Record<string, number>>;
}

/** How far a registry is in a run: what is not null is done and need not be repeated. */
export interface RegistryProgress {
  readonly namesCursor: string | null;
  readonly frame: { readonly size: number; readonly takenAt: number } | null;
  readonly rankingId: number | null;
  readonly selected: boolean;
}

export async function registryProgress({ db }: Database, run: number, registry: RegistryId): Promise<RegistryProgress> {
  const row = await db
    .selectFrom('run_registry')
    .select(['names_cursor', 'frame_size', 'frame_taken_at', 'ranking_id', 'selected_at'])
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`run ${run} does not cover ${registry}; name the registry when the run is opened`);
  const { frame_size: size, frame_taken_at: takenAt } = row;
  return {
    namesCursor: row.names_cursor,
    frame: size === null || takenAt === null ? null : { size, takenAt },
    rankingId: row.ranking_id,
    selected: row.selected_at !== null,
  };
}

/** Stores a page of names with its cursor. The same page again changes nothing. */
export async function saveNamePage({ db }: Database, run: number, registry: RegistryId, page: Page): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    await list(tx, run, registry, page.names, run);
    if (await moveCursor(tx, run, registry, page.cursor)) await countDrops(tx, run, registry, page.dropped);
  });
}

/** Stores a page of changes since the last frame: what is new is listed, what is gone is marked. */
export async function saveChangePage({ db }: Database, run: number, registry: RegistryId, page: Changes): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    await list(tx, run, registry, page.touched, run);
    for (const names of chunks(page.removed, 1)) {
      await tx
        .updateTable('package')
        .set({ gone_run: run })
        .where('registry', '=', registry)
        .where(
          'key',
          'in',
          names.map((one) => text(one.key)),
        )
        .where('gone_run', 'is', null)
        .execute();
    }
    if (await moveCursor(tx, run, registry, page.cursor)) await countDrops(tx, run, registry, page.dropped);
  });
}

/**
 * The frame of a run of named packages: these are all there is. Known from now on, without a claim that the registry lists
 * them. Repeating it changes nothing.
 */
export async function saveNamedPackages(
  { db }: Database,
  run: number,
  registry: RegistryId,
  names: readonly Name[],
  takenAt: number,
): Promise<readonly FramePackage[]> {
  const distinct = distinctBy(names, (one) => one.key);
  return await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    await list(tx, run, registry, distinct, 0);
    await setFrame(tx, run, registry, distinct.length, takenAt);
    const found: FramePackage[] = [];
    for (const some of chunks(distinct, 1)) {
      const keys = some.map((one) => text(one.key));
      const rows = tx.selectFrom('package').select(['id as packageId', 'name', 'key']).where('registry', '=', registry);
      found.push(...(await rows.where('key', 'in', keys).execute()));
    }
    return found.toSorted((a, b) => a.packageId - b.packageId);
  });
}

export interface FrameFacts {
  readonly takenAt: number;
  /**
   * `listed`: every page was read in this run, so what was not listed is marked as gone. `changed`: brought up to date from
   * the changes since the last frame.
   */
  readonly by: 'listed' | 'changed';
}

/** Ends the frame and returns its size. Repeating it changes nothing. */
export async function finishFrame(
  { db }: Database,
  run: number,
  registry: RegistryId,
  { takenAt, by }: FrameFacts,
): Promise<number> {
  return await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    const known = await tx
      .selectFrom('run_registry')
      .select(['frame_size', 'names_cursor'])
      .where('run_id', '=', run)
      .where('registry', '=', registry)
      .executeTakeFirstOrThrow();
    if (known.frame_size !== null) return known.frame_size;
    if (by === 'listed') {
      await tx
        .updateTable('package')
        .set({ gone_run: run })
        .where(scanFor(registry))
        .where('listed_run', '>', 0)
        .where('listed_run', '<', run)
        .where('gone_run', 'is', null)
        .execute();
    }
    const size = await frameSize(tx, run, registry);
    await setFrame(tx, run, registry, size, takenAt);
    if (known.names_cursor !== null) await rememberFeed(tx, run, registry, known.names_cursor, takenAt);
    return size;
  });
}

/** Where the changes of a registry go on, if it was ever listed to the end; opaque to all but its adapter. */
export async function feedCursor({ db }: Database, registry: RegistryId): Promise<{ cursor: string; readAt: number } | null> {
  const feed = await db.selectFrom('feed').select(['cursor', 'read_at']).where('registry', '=', registry).executeTakeFirst();
  return feed === undefined ? null : { cursor: feed.cursor, readAt: feed.read_at };
}

export interface FramePackage extends Name {
  readonly packageId: number;
}

/** The frame of a run in pages, in the order in which its packages became known; memory stays flat. */
export async function* readFrame(
  { db }: Database,
  run: number,
  registry: RegistryId,
  pageSize = 20_000,
): AsyncGenerator<readonly FramePackage[]> {
  let after = 0;
  while (true) {
    const page = await db
      .selectFrom('package')
      .select(['id as packageId', 'name', 'key'])
      .where(scanFor(registry))
      .where('id', '>', after)
      .where(inFrame(run))
      .orderBy('id')
      .limit(pageSize)
      .execute();
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.packageId;
  }
}

/**
 * The packages of a registry by reading the table from end to end. The index by key would be taken for a plain comparison, and
 * going from it to millions of rows in the order of their keys takes twenty times as long.
 */
function scanFor(registry: RegistryId) {
  return sql<boolean>`package.registry || '' = ${registry}`;
}

/** Listed by the registry when the run took its frame. */
export function inFrame(run: number) {
  return (eb: ExpressionBuilder<Schema, 'package'>) =>
    eb.and([
      eb('package.first_run', '<=', run),
      eb('package.listed_run', '>', 0),
      eb.or([eb('package.gone_run', 'is', null), eb('package.gone_run', '>', run)]),
    ]);
}

export async function countDrops(
  tx: Tx,
  run: number,
  registry: RegistryId,
  drops: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [reason, count] of Object.entries(drops)) {
    if (count === 0) continue;
    await tx
      .insertInto('dropped_item')
      .values({ run_id: run, registry, reason: text(reason), count })
      .onConflict((oc) =>
        oc.columns(['run_id', 'registry', 'reason']).doUpdateSet((eb) => ({ count: eb('dropped_item.count', '+', count) })),
      )
      .execute();
  }
}

async function frameSize(db: Reader, run: number, registry: RegistryId): Promise<number> {
  const { size } = await db
    .selectFrom('package')
    .select((eb) => eb.fn.countAll<number>().as('size'))
    .where(scanFor(registry))
    .where(inFrame(run))
    .executeTakeFirstOrThrow();
  return size;
}

async function setFrame(tx: Tx, run: number, registry: RegistryId, size: number, takenAt: number): Promise<void> {
  await tx
    .updateTable('run_registry')
    .set({ frame_size: size, frame_taken_at: takenAt })
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .execute();
}

/** `listedRun` 0: named by someone, not listed by the registry. */
async function list(tx: Tx, run: number, registry: RegistryId, names: readonly Name[], listedRun: number): Promise<void> {
  const rows = distinctBy(names, (one) => one.key).map((one) => ({
    registry,
    name: text(one.name),
    key: text(one.key),
    first_run: run,
    listed_run: listedRun,
  }));
  for (const chunk of chunks(rows, 5)) {
    const insert = tx.insertInto('package').values(chunk);
    await insert
      .onConflict((oc) => {
        const target = oc.columns(['registry', 'key']);
        if (listedRun === 0) return target.doNothing();
        return target
          .doUpdateSet((eb) => ({
            name: eb.ref('excluded.name'),
            // A package that was only named so far enters the frame now.
            first_run: eb.case().when('package.listed_run', '=', 0).then(run).else(eb.ref('package.first_run')).end(),
            listed_run: listedRun,
            gone_run: null,
          }))
          .where((eb) => eb.or([eb('package.listed_run', '<', listedRun), eb('package.gone_run', 'is not', null)]));
      })
      .execute();
  }
}

/** False where the cursor already stands there: the page was stored before. */
async function moveCursor(tx: Tx, run: number, registry: RegistryId, cursor: string): Promise<boolean> {
  const moved = await tx
    .updateTable('run_registry')
    .set({ names_cursor: text(cursor) })
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .where((eb) => eb.or([eb('names_cursor', 'is', null), eb('names_cursor', '<>', cursor)]))
    .returning('run_id')
    .executeTakeFirst();
  return moved !== undefined;
}

async function rememberFeed(tx: Tx, run: number, registry: RegistryId, cursor: string, readAt: number): Promise<void> {
  const values = { cursor, run_id: run, read_at: readAt };
  await tx
    .insertInto('feed')
    .values({ registry, ...values })
    .onConflict((oc) => oc.column('registry').doUpdateSet(values))
    .execute();
}
