/**
 * The frame: names page by page, each page with its cursor in one transaction. Where rows are held they are taken in one order, the
 * run's for the registry, the registry's feed, packages by key, so that no two transactions wait for each other.
 */
import { sql, type ExpressionBuilder } from 'kysely';
import type { Database, Reader, Tx } from '../database.ts';
import type { RegistryId } from '../model.ts';
import type { Schema } from '../schema.ts';
import { chunks, distinctBy, text } from './rows.ts';
import { requireOpen, RunError } from './run.ts';

export interface Name {
  /** As published. */
  readonly name: string;
  /** By which the registry tells names apart. */
  readonly key: string;
}

interface Place {
  /**
   * The cursor behind which the page was read, null at the beginning: where the stored one is neither this nor the page's own, another
   * process has taken the listing over, and RunError `busy` is thrown. Missing where nobody else can be at it.
   */
  readonly after?: string | null;
}

/** A page of the list, as `NamePage` of the crawler. */
export interface Page extends Place {
  readonly names: readonly Name[];
  readonly cursor: string;
  readonly dropped: Readonly<Record<string, number>>;
}

/** A page of what moved, as `ChangePage` of the crawler. */
export interface Changes extends Place {
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

/**
 * Stores a page of names with its cursor. The same page again changes nothing. `known`: the changes told what moved of the
 * names that are known already, and they are listed only to find what is gone.
 */
export async function saveNamePage(
  { db }: Database,
  run: number,
  registry: RegistryId,
  page: Page,
  known: 'moved' | 'unmoved' = 'moved',
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    const isNew = await moveCursor(tx, run, registry, page);
    await list(tx, run, registry, page.names, known === 'moved' ? 'listed' : 'unmoved');
    if (isNew) await countDrops(tx, run, registry, page.dropped);
  });
}

/**
 * Stores a page of changes since the last frame: what is new is listed, what is gone is marked, and the registry's feed goes on
 * behind the page, all in one transaction. Unlike a listing, changes belong to no run: whichever comes next goes on from here.
 */
export async function saveChangePage(
  { db }: Database,
  run: number,
  registry: RegistryId,
  page: Changes,
  readAt: number,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    const isNew = await moveFeed(tx, run, registry, page, readAt);
    await list(tx, run, registry, page.touched, 'listed');
    for (const names of chunks(inOrder(page.removed), 1)) {
      const keys = names.map((one) => text(one.key));
      const removed = tx.selectFrom('package').select('id').where('registry', '=', registry).where('key', 'in', keys);
      // An update alone holds its rows in any order.
      await removed.orderBy('key').forUpdate().execute();
      await tx
        .updateTable('package')
        .set({ gone_run: run })
        .where('registry', '=', registry)
        .where('key', 'in', keys)
        .where('gone_run', 'is', null)
        .execute();
    }
    if (isNew) await countDrops(tx, run, registry, page.dropped);
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
    await setFrame(tx, run, registry, distinct.length, takenAt);
    await list(tx, run, registry, distinct, 'named');
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

/** A listing that lacks more of what the registry had than can be believed: see `finishFrame`. */
export class ShrunkenListing extends Error {
  constructor(listed: number, gone: number) {
    super(
      `the registry lists ${listed} names, and ${gone} that it listed before are not among them; so many at once are rather a ` +
        'listing that is not whole. Nothing was marked as gone; start the run again to list anew, and where the registry has ' +
        'really become so much smaller, begin a new database',
    );
    this.name = 'ShrunkenListing';
  }
}

/** A listing may lack so many names of the one before without being doubted, or so large a share of them. */
const BELIEVED = { names: 10, share: 0.1 };

/**
 * Ends the frame and returns its size. Repeating it changes nothing.
 *
 * One listing is weak evidence that a package is gone: an index that is empty or cut short by an error would take all with it.
 * Where it lacks more than a tenth of what was there before, nothing is marked, the listing is to be begun anew, and
 * ShrunkenListing is thrown.
 */
export async function finishFrame(database: Database, run: number, registry: RegistryId, facts: FrameFacts): Promise<number> {
  const ended = await endFrame(database, run, registry, facts);
  if (typeof ended === 'number') return ended;
  throw ended;
}

async function endFrame(
  { db }: Database,
  run: number,
  registry: RegistryId,
  { takenAt, by }: FrameFacts,
): Promise<number | ShrunkenListing> {
  return await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    const known = await tx
      .selectFrom('run_registry')
      .select(['frame_size', 'names_cursor'])
      .where('run_id', '=', run)
      .where('registry', '=', registry)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (known.frame_size !== null) return known.frame_size;
    if (by === 'listed') {
      const { listed, unlisted } = await countListed(tx, run, registry);
      const isEmpty = listed === 0 && unlisted > 0;
      if (isEmpty || unlisted > Math.max(BELIEVED.names, BELIEVED.share * (listed + unlisted))) {
        await beginAnew(tx, run, registry);
        return new ShrunkenListing(listed, unlisted);
      }
      // The listing tells where the changes after it go on; a frame from changes has moved its feed with every page.
      if (known.names_cursor !== null) await beginFeed(tx, run, registry, known.names_cursor, takenAt);
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
    return size;
  });
}

/** How many packages the frame of an open run would hold if it ended now. */
export async function currentFrameSize({ db }: Database, run: number, registry: RegistryId): Promise<number> {
  return await frameSize(db, run, registry);
}

export interface Feed {
  /** Opaque to all but the registry's adapter. */
  readonly cursor: string;
  /** When it last brought anything. */
  readonly readAt: number;
  /** The run that last moved it. */
  readonly run: number;
  /** Where it was read, as `origins` of the environment of the run that did; null where that run does not say. */
  readonly origins: unknown;
}

/** Where the changes of a registry go on, if it was ever listed to the end. */
export async function readFeed({ db }: Database, registry: RegistryId): Promise<Feed | null> {
  const feed = await db
    .selectFrom('feed')
    .innerJoin('run', 'run.id', 'feed.run_id')
    .select(['cursor', 'read_at', 'run_id', 'environment'])
    .where('feed.registry', '=', registry)
    .executeTakeFirst();
  if (feed === undefined) return null;
  const { cursor, read_at: readAt, run_id: run } = feed;
  return { cursor, readAt, run, origins: originsIn(feed.environment, registry) };
}

/** Where a run reads a registry; null where it does not say. */
export async function runOrigins({ db }: Database, run: number, registry: RegistryId): Promise<unknown> {
  const { environment } = await db.selectFrom('run').select('environment').where('id', '=', run).executeTakeFirstOrThrow();
  return originsIn(environment, registry);
}

function originsIn(environment: string, registry: RegistryId): unknown {
  const { origins } = JSON.parse(environment) as { origins?: Readonly<Record<string, unknown>> };
  return origins?.[registry] ?? null;
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
  // In one order, for whoever counts the same reasons at the same time.
  for (const [reason, count] of Object.entries(drops).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
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

/** By key: of two that write the same rows one waits for the other, not each for each. */
function inOrder(names: readonly Name[]): readonly Name[] {
  return names.toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
}

/** `named` by someone, not listed by the registry; `unmoved`: listed, and what is known already is as it was. */
type Listing = 'listed' | 'unmoved' | 'named';

async function list(tx: Tx, run: number, registry: RegistryId, names: readonly Name[], how: Listing): Promise<void> {
  const listedRun = how === 'named' ? 0 : run;
  for (const chunk of chunks(inOrder(distinctBy(names, (one) => one.key)), 6)) {
    const rows = chunk.map((one) => ({
      registry,
      name: text(one.name),
      key: text(one.key),
      first_run: run,
      listed_run: listedRun,
      moved_run: run,
    }));
    const insert = tx.insertInto('package').values(rows);
    await insert
      .onConflict((oc) => {
        const target = oc.columns(['registry', 'key']);
        if (how === 'named') return target.doNothing();
        return target
          .doUpdateSet((eb) => {
            const known = (column: 'first_run' | 'listed_run' | 'moved_run') => eb.ref(`package.${column}`);
            const isNew = eb.or([eb('package.gone_run', 'is not', null), eb('package.listed_run', '=', 0)]);
            return {
              name: eb.ref('excluded.name'),
              // A package that was only named so far enters the frame now, and one that only later runs have listed is in this frame too.
              first_run: eb
                .case()
                .when(eb.or([eb('package.listed_run', '=', 0), eb('package.first_run', '>', run)]))
                .then(run)
                .else(known('first_run'))
                .end(),
              listed_run: eb.case().when('package.listed_run', '>', run).then(known('listed_run')).else(run).end(),
              // What was gone or only named so far comes as new; what has moved for a later run is not taken back.
              moved_run: eb
                .case()
                .when('package.moved_run', '>', run)
                .then(known('moved_run'))
                .when(how === 'listed' ? eb.lit(true) : isNew)
                .then(run)
                .else(known('moved_run'))
                .end(),
              gone_run: null,
            };
          })
          .where((eb) =>
            eb.or([
              eb('package.listed_run', '<', run),
              eb('package.first_run', '>', run),
              eb('package.gone_run', 'is not', null),
            ]),
          );
      })
      .execute();
  }
}

function requirePlace(stored: string | null, { cursor, after }: Place & { readonly cursor: string }, registry: RegistryId): void {
  if (stored === after || stored === cursor) return;
  throw new RunError('busy', `another process lists ${registry} and has gone on from elsewhere; this one stored nothing more`);
}

/** False where the cursor already stands there: the page was stored before. */
async function moveCursor(tx: Tx, run: number, registry: RegistryId, { cursor, after }: Page): Promise<boolean> {
  if (after !== undefined) {
    const { names_cursor: stored } = await tx
      .selectFrom('run_registry')
      .select('names_cursor')
      .where('run_id', '=', run)
      .where('registry', '=', registry)
      .forUpdate()
      .executeTakeFirstOrThrow();
    requirePlace(stored, { cursor, after }, registry);
  }
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

/** An older run that ends late leaves the feed to the newer one that has read it since. */
async function beginFeed(tx: Tx, run: number, registry: RegistryId, cursor: string, readAt: number): Promise<void> {
  const values = { cursor, run_id: run, read_at: readAt };
  await tx
    .insertInto('feed')
    .values({ registry, ...values })
    .onConflict((oc) => oc.column('registry').doUpdateSet(values).where('feed.run_id', '<=', run))
    .execute();
}

/** False where the feed already stands there: the page was stored before. */
async function moveFeed(tx: Tx, run: number, registry: RegistryId, { cursor, after }: Changes, readAt: number): Promise<boolean> {
  if (after !== undefined) {
    const feed = await tx.selectFrom('feed').select('cursor').where('registry', '=', registry).forUpdate().executeTakeFirst();
    requirePlace(feed?.cursor ?? null, { cursor, after }, registry);
  }
  const values = { cursor: text(cursor), run_id: run, read_at: readAt };
  const moved = await tx
    .insertInto('feed')
    .values({ registry, ...values })
    .onConflict((oc) => oc.column('registry').doUpdateSet(values).where('feed.cursor', '<>', values.cursor))
    .returning('run_id')
    .executeTakeFirst();
  return moved !== undefined;
}

/** Live packages of the registry: those that the run has listed, and those of earlier listings that it has not. */
async function countListed(tx: Tx, run: number, registry: RegistryId): Promise<{ listed: number; unlisted: number }> {
  const { live, listed } = await tx
    .selectFrom('package')
    .select((eb) => [
      eb.fn.countAll<number>().as('live'),
      eb.fn
        .coalesce(eb.fn.sum<number>(eb.case().when('listed_run', '>=', run).then(1).else(0).end()), sql<number>`0`)
        .as('listed'),
    ])
    .where(scanFor(registry))
    .where('listed_run', '>', 0)
    .where('gone_run', 'is', null)
    .executeTakeFirstOrThrow();
  return { listed, unlisted: live - listed };
}

async function beginAnew(tx: Tx, run: number, registry: RegistryId): Promise<void> {
  await tx
    .updateTable('run_registry')
    .set({ names_cursor: null })
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .execute();
}
