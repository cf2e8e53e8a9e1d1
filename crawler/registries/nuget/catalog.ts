/**
 * The catalog: every event of every package since 2015, in the order of commits (NuGet docs, "Catalog").
 *
 * An index names pages, a page names events; neither is sorted. Only the newest page grows. Whatever happens to a version (a
 * listing, a deprecation, a repair) is one more `PackageDetails`, so an event says "look again" and no more.
 */
import { z } from 'zod';
import { Gone, Malformed, Unavailable } from '../../errors.ts';
import type { RegistryIo } from '../../registry.ts';
import { lowerNugetId, normalNugetVersion, parseNugetVersion } from '../../versions/nuget.ts';
import { isNugetId } from './id.ts';
import { fromResource } from './service-index.ts';

/** Some ten times of what they were in 2026. */
const MAX_INDEX = 64 * 1024 * 1024;
const MAX_PAGE = 16 * 1024 * 1024;
/** Pages asked for before they are needed: a listing is 23 000 of them, one after the other. */
const AHEAD = 4;
const PAST_CACHES = { 'cache-control': 'no-cache' };

export interface CatalogEvent {
  readonly id: string;
  readonly key: string;
  /** Tells versions of one id apart. */
  readonly version: string;
  readonly deleted: boolean;
  /** Commit timestamp in the form that sorts as text. */
  readonly at: string;
}

export interface CatalogPage {
  /** Oldest first. */
  readonly events: readonly CatalogEvent[];
  /** The newest commit that the page holds. */
  readonly at: string;
  readonly dropped: Readonly<Record<string, number>>;
}

interface PageLink {
  readonly url: string;
  readonly at: string;
}

export interface CatalogIndex {
  /** The newest commit of all. */
  readonly at: string;
  /** Oldest first. */
  readonly pages: readonly PageLink[];
  readonly dropped: Readonly<Record<string, number>>;
}

const indexSchema = z.object({ commitTimeStamp: z.string(), items: z.array(z.unknown()) });
const linkSchema = z.object({ '@id': z.string(), commitTimeStamp: z.string() });
const eventSchema = z.object({
  '@type': z.union([z.string(), z.array(z.string())]),
  commitTimeStamp: z.string(),
  'nuget:id': z.string(),
  'nuget:version': z.string(),
});

/** The index; one that knows less than commits up to `since` may come from a cache on the way, and is asked for anew. */
export async function readCatalogIndex(io: RegistryIo, since: string | null): Promise<CatalogIndex> {
  return fromResource('catalog', io, async (url) => {
    let index = await readDocument(url, MAX_INDEX, io);
    if (since !== null && index.at < since) index = await readDocument(url, MAX_INDEX, io, PAST_CACHES);
    const { at, items } = index;
    const pages: PageLink[] = [];
    const drops = new Drops();
    for (const item of items) {
      const link = linkSchema.safeParse(item);
      const stamp = link.success ? commitStamp(link.data.commitTimeStamp) : null;
      if (!link.success || stamp === null || !URL.canParse(link.data['@id'])) drops.add('catalog-page-not-understood');
      else pages.push({ url: io.rebase(link.data['@id']), at: stamp });
    }
    return { at, pages: pages.sort(byTime), dropped: drops.byReason };
  });
}

/** The pages with events after `since`, oldest first. Events that `since` covers are left out. */
export async function* catalogPages(index: CatalogIndex, since: string | null, io: RegistryIo): AsyncGenerator<CatalogPage> {
  const links = index.pages.filter(({ at }) => since === null || at > since);
  const coming: Promise<CatalogPage>[] = [];
  let next = 0;
  for (let at = 0; at < links.length; at += 1) {
    for (; next < Math.min(links.length, at + AHEAD); next += 1) {
      const page = readPage(links, next, io);
      // Whoever stops earlier does not wait for it, and its failure is then nobody's.
      page.catch(() => undefined);
      coming.push(page);
    }
    const page = await coming.shift();
    if (page !== undefined) yield since === null ? page : { ...page, events: page.events.filter((event) => event.at > since) };
  }
}

async function readPage(links: readonly PageLink[], number: number, io: RegistryIo): Promise<CatalogPage> {
  const link = links[number];
  if (link === undefined) throw new Error(`there is no page ${number}`);
  let page = await readEvents(link.url, io);
  if (page.at >= link.at) return page;
  // A cache on the way is behind the index. Events missed in any page but the newest would never be asked for again.
  page = await readEvents(link.url, io, PAST_CACHES);
  if (page.at >= link.at || number === links.length - 1) return page;
  throw new Unavailable(`expected commits up to ${link.at}, but a cache sent a page that ends at ${page.at}`, { url: link.url });
}

async function readEvents(url: string, io: RegistryIo, headers: Readonly<Record<string, string>> = {}): Promise<CatalogPage> {
  const { at, items } = await readDocument(url, MAX_PAGE, io, headers);
  const events: CatalogEvent[] = [];
  const drops = new Drops();
  for (const item of items) {
    const event = readEvent(item);
    if (typeof event === 'string') drops.add(event);
    else events.push(event);
  }
  // Within a commit in an order that does not change with the page's.
  events.sort((a, b) => byTime(a, b) || (a.key < b.key ? -1 : Number(a.key > b.key)));
  const newest = events.at(-1)?.at ?? at;
  return { events, at: newest > at ? newest : at, dropped: drops.byReason };
}

function readEvent(item: unknown): CatalogEvent | string {
  const parsed = eventSchema.safeParse(item);
  if (!parsed.success) return 'event-not-understood';
  const { 'nuget:id': id, 'nuget:version': version, '@type': type, commitTimeStamp } = parsed.data;
  const at = commitStamp(commitTimeStamp);
  if (at === null) return 'event-without-time';
  if (!isNugetId(id)) return 'unaddressable-name';
  const types = typeof type === 'string' ? [type] : type;
  const deleted = types.includes('nuget:PackageDelete');
  if (!deleted && !types.includes('nuget:PackageDetails')) return 'unknown-event';
  const parts = parseNugetVersion(version);
  return {
    id,
    key: lowerNugetId(id),
    // A delete may spell the version in another way than the events before it.
    version: parts === null ? version.toLowerCase() : normalNugetVersion(parts),
    deleted,
    at,
  };
}

async function readDocument(
  url: string,
  maxBytes: number,
  io: RegistryIo,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly at: string; readonly items: readonly unknown[] }> {
  let body: unknown;
  try {
    ({ body } = await io.json(url, { accept: 'application/json', maxBytes, headers }));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    // Pages are never taken away: this is a fault, and no proof that anything was deleted.
    throw new Unavailable(`expected a document of NuGet's catalog, but there is nothing at ${url}`, { url, cause: error });
  }
  const parsed = indexSchema.safeParse(body);
  const at = parsed.success ? commitStamp(parsed.data.commitTimeStamp) : null;
  if (!parsed.success || at === null) {
    throw new Malformed(`expected items and commitTimeStamp in ${url}: is this NuGet's catalog?`, { url });
  }
  return { at, items: parsed.data.items };
}

/**
 * A timestamp with seven fractional digits in UTC, so that later ones are greater as text; null for anything else. The
 * registry writes up to seven digits, sometimes none: a `Date` would cut them to three.
 */
export function commitStamp(text: string): string | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (match === null) return null;
  const [, seconds = '', fraction = '', zone = 'Z'] = match;
  const time = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(time)) return null;
  return `${new Date(time).toISOString().slice(0, 19)}.${fraction.padEnd(7, '0').slice(0, 7)}Z`;
}

function byTime(a: { readonly at: string }, b: { readonly at: string }): number {
  return a.at < b.at ? -1 : Number(a.at > b.at);
}

class Drops {
  readonly byReason: Record<string, number> = {};

  add(reason: string): void {
    this.byReason[reason] = (this.byReason[reason] ?? 0) + 1;
  }
}
