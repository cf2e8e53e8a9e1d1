/**
 * The frame and what moved, from one and the same feed: the catalog. Its cursor is the timestamp of the newest commit read, so
 * a listing and the changes after it are one walk, and a listing that was broken off goes on in either.
 *
 * A package is in the registry while it has a version that was not deleted. A walk forwards through 12 million events in flat
 * memory cannot tell at the first version of a package whether a later page deletes all of them. The frame is therefore every
 * id that ever had a version, except those that were published and deleted again within one page; for the few that were
 * deleted as a whole, `latest` says `not-found`. `changes` asks the package's own index before it calls one removed.
 *
 * Sources other than nuget.org rarely have a catalog; their names come from their search (`names-by-search.ts`).
 */
import { z } from 'zod';
import { Gone } from '../../errors.ts';
import type { ChangePage, ListedName, NamePage, RegistryIo } from '../../registry.ts';
import { readCursor } from '../../cursor.ts';
import { catalogPages, readCatalogIndex, type CatalogEvent } from './catalog.ts';
import { listed } from './id.ts';
import { namesBySearch, searchCursorSchema } from './names-by-search.ts';
import { fromResource, resourceUrls } from './service-index.ts';

const MAX_VERSIONS = 16 * 1024 * 1024;

const cursorSchema = z.union([
  z.strictObject({ commit: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/) }),
  searchCursorSchema,
]);

/** Every id of the registry, one page for each page of the catalog (550 events). */
export async function* names(cursor: string | null, io: RegistryIo): AsyncGenerator<NamePage> {
  const from = cursor === null ? null : readCursor(cursor, cursorSchema, 'NuGet');
  if (from === null ? !(await hasCatalog(io)) : 'skip' in from) {
    yield* namesBySearch(from !== null && 'skip' in from ? from : { skip: 0, listed: false }, io);
    return;
  }
  const since = from !== null && 'commit' in from ? from.commit : null;
  const index = await readCatalogIndex(io, since);
  let { dropped } = index;
  let isFirst = true;
  for await (const page of catalogPages(index, since, io)) {
    const { living } = sorted(page.events);
    yield { names: living, dropped: isFirst ? sum(dropped, page.dropped) : page.dropped, cursor: writeCursor(page.at) };
    isFirst = false;
    dropped = {};
  }
  if (isFirst && since === null) yield { names: [], dropped, cursor: writeCursor(index.at) };
}

/** What moved since the cursor, page by page of the catalog. */
export async function* changes(cursor: string, io: RegistryIo): AsyncGenerator<ChangePage> {
  const from = readCursor(cursor, cursorSchema, 'NuGet');
  const relist = (reason: string): ChangePage => ({ touched: [], removed: [], dropped: {}, cursor, relist: reason });
  if ('skip' in from) {
    yield relist('the source has no catalog, so only a new listing tells what moved');
    return;
  }
  const since = from.commit;
  const index = await readCatalogIndex(io, since);
  if (index.at < since) {
    yield relist(`the newest commit went back from ${since} to ${index.at}`);
    return;
  }
  for await (const page of catalogPages(index, since, io)) {
    const { living, deleted } = sorted(page.events);
    const touched = [...living];
    const removed: ListedName[] = [];
    for (const name of deleted) ((await hasVersions(name, io)) ? touched : removed).push(name);
    yield { touched, removed, dropped: page.dropped, cursor: writeCursor(page.at), relist: null };
  }
}

async function hasCatalog(io: RegistryIo): Promise<boolean> {
  return (await resourceUrls('catalog', io)).length > 0 || (await resourceUrls('autocomplete', io)).length === 0;
}

/** The packages of a page: those with a version whose last event here is no delete, and those with deletes alone. */
function sorted(events: readonly CatalogEvent[]): {
  readonly living: readonly ListedName[];
  readonly deleted: readonly ListedName[];
} {
  const last = new Map<string, CatalogEvent>();
  for (const event of events) last.set(`${event.key} ${event.version}`, event);
  const living = new Map<string, ListedName>();
  const deleted = new Map<string, ListedName>();
  for (const { id, key, deleted: isDelete } of last.values()) {
    const names = isDelete ? deleted : living;
    // Casing varies between events; the first one stands.
    if (!names.has(key)) names.set(key, listed(id));
  }
  return { living: [...living.values()], deleted: [...deleted.values()].filter(({ key }) => !living.has(key)) };
}

/** Whether any version is left, listed or not. */
async function hasVersions({ key }: ListedName, io: RegistryIo): Promise<boolean> {
  return fromResource('packages', io, async (base) => {
    try {
      await io.json(`${base}/${encodeURIComponent(key)}/index.json`, { accept: 'application/json', maxBytes: MAX_VERSIONS });
      return true;
    } catch (error) {
      if (error instanceof Gone) return false;
      throw error;
    }
  });
}

function sum(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const total = { ...a };
  for (const [reason, items] of Object.entries(b)) total[reason] = (total[reason] ?? 0) + items;
  return total;
}

function writeCursor(commit: string): string {
  return JSON.stringify({ commit });
}
