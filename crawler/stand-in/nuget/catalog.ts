/** The catalog: an index of pages, pages of events, and a leaf for each event. Neither index nor pages are sorted. */
import { createHash } from 'node:crypto';
import { lowerNugetId } from '../../versions/nuget.ts';
import { json } from '../replies.ts';
import type { Answer } from '../server.ts';
import { blobNotFound, type Place } from './replies.ts';
import { pathVersion, timeOf, type CatalogEvent } from './history.ts';
import type { Library } from './library.ts';

const FOLDER = '/v3/catalog0';
/** Events in a page before the next one is begun. */
const PAGE = 550;

export interface CatalogOptions {
  readonly pageSize?: number;
  /** Items of the first page that are no events. */
  readonly strays?: readonly unknown[];
  /** Items of the index that are no pages. */
  readonly strayPages?: readonly unknown[];
}

export const CATALOG_INDEX = `${FOLDER}/index.json`;

/** The address of an event's leaf, which names its moment and its version. */
export function leafUrl(event: CatalogEvent, { base }: Place): string {
  const moment = event.at.slice(0, 19).replace(/[-T:]/g, '.');
  return `${base}${FOLDER}/data/${moment}/${encodeURIComponent(`${lowerNugetId(event.package.name)}.${pathVersion(event.release.version)}`)}.json`;
}

export async function catalog(
  path: string,
  history: readonly CatalogEvent[],
  place: Place,
  library: Library,
  options: CatalogOptions,
): Promise<Answer | null> {
  if (!path.startsWith(`${FOLDER}/`)) return null;
  const pages = pagesOf(history, options.pageSize ?? PAGE);
  if (path === CATALOG_INDEX) return json(index(pages, place, options), { 'cache-control': 'no-store' });
  const number = /\/page(\d+)\.json$/.exec(path)?.[1];
  if (number !== undefined) {
    const events = pages[Number(number)];
    if (events === undefined) return blobNotFound();
    const isLive = Number(number) === pages.length - 1;
    return json(page(events, Number(number), place, options), {
      'cache-control': isLive ? 'no-store' : 'public, max-age=31536000',
    });
  }
  const event = history.find((one) => leafUrl(one, place) === `${place.base}${path}`);
  return event === undefined
    ? blobNotFound()
    : json(await leaf(event, history, place, library), { 'cache-control': 'public, max-age=31536000' });
}

/** Whole commits, in pages of `size` events or a little less. */
function pagesOf(history: readonly CatalogEvent[], size: number): CatalogEvent[][] {
  const pages: CatalogEvent[][] = [];
  let at = 0;
  while (at < history.length) {
    let end = Math.min(history.length, at + size);
    while (end < history.length && end > at + 1 && history[end]?.commitId === history[end - 1]?.commitId) end -= 1;
    pages.push(history.slice(at, end));
    at = end;
  }
  return pages;
}

function index(pages: readonly (readonly CatalogEvent[])[], place: Place, { strayPages = [] }: CatalogOptions): object {
  const newest = pages.at(-1)?.at(-1);
  const items = pages.map((events, number) => ({
    '@id': `${place.base}${FOLDER}/page${number}.json`,
    '@type': 'CatalogPage',
    commitId: events.at(-1)?.commitId,
    commitTimeStamp: events.at(-1)?.at,
    count: events.length,
  }));
  return {
    '@id': `${place.base}${CATALOG_INDEX}`,
    '@type': ['CatalogRoot', 'AppendOnlyCatalog', 'Permalink'],
    commitId: newest?.commitId ?? '00000000-0000-0000-0000-000000000000',
    commitTimeStamp: newest?.at ?? timeOf(0),
    count: items.length,
    'nuget:lastCreated': newest?.at ?? timeOf(0),
    items: [...strayPages, ...shuffled(items)],
    '@context': { '@vocab': 'http://schema.nuget.org/catalog#', nuget: 'http://schema.nuget.org/schema#' },
  };
}

function page(events: readonly CatalogEvent[], number: number, place: Place, { strays = [] }: CatalogOptions): object {
  const newest = events.at(-1);
  const items = events.map((event) => ({
    '@id': leafUrl(event, place),
    '@type': event.kind === 'delete' ? 'nuget:PackageDelete' : 'nuget:PackageDetails',
    commitId: event.commitId,
    commitTimeStamp: event.at,
    'nuget:id': event.id,
    'nuget:version': event.release.version,
  }));
  return {
    '@id': `${place.base}${FOLDER}/page${number}.json`,
    '@type': 'CatalogPage',
    commitId: newest?.commitId,
    commitTimeStamp: newest?.at,
    count: events.length,
    items: number === 0 ? [...strays, ...shuffled(items)] : shuffled(items),
    parent: `${place.base}${CATALOG_INDEX}`,
    '@context': { '@vocab': 'http://schema.nuget.org/catalog#', nuget: 'http://schema.nuget.org/schema#' },
  };
}

async function leaf(event: CatalogEvent, history: readonly CatalogEvent[], place: Place, library: Library): Promise<object> {
  const { release, id } = event;
  const common = {
    '@id': leafUrl(event, place),
    'catalog:commitId': event.commitId,
    'catalog:commitTimeStamp': event.at,
    id,
    version: release.version,
  };
  if (event.kind === 'delete') {
    return { ...common, '@type': ['PackageDelete', 'catalog:Permalink'], originalId: id, published: event.at };
  }
  const file = await library.fileOf(event.package, release);
  const sha512 = file?.sha512 ?? createHash('sha512').update(`${id} ${release.version}`).digest('hex');
  const unsigned = createHash('sha512').update(`unsigned ${sha512}`).digest('base64');
  // The oldest leaves do not say whether the version is listed.
  const isOld = history.indexOf(event) % 6 === 1;
  return {
    ...common,
    '@type': ['PackageDetails', 'catalog:Permalink'],
    authors: 'A. Author',
    created: release.publishedAt,
    description: `An invented package named ${id}`,
    isPrerelease: release.prerelease,
    ...(isOld ? {} : { listed: event.listed }),
    packageHash: event.isSigned ? Buffer.from(sha512, 'hex').toString('base64') : unsigned,
    packageHashAlgorithm: 'SHA512',
    packageSize: file === null ? 10_000 : event.isSigned ? file.bytes.length : file.bytes.length - 9000,
    published: event.listed ? release.publishedAt : '1900-01-01T00:00:00Z',
    verbatimVersion: release.version,
    packageEntries: library.entriesOf(event.package, release),
    packageTypes: [{ '@id': `${leafUrl(event, place)}#packagetype/dependency`, '@type': 'PackageType', name: 'Dependency' }],
    '@context': { '@vocab': 'http://schema.nuget.org/schema#', catalog: 'http://schema.nuget.org/catalog#' },
  };
}

/** In an order that has nothing to do with theirs, and is the same each time. */
function shuffled<T extends { readonly '@id': string }>(items: readonly T[]): T[] {
  const turn = (item: T) => createHash('md5').update(new URL(item['@id']).pathname.split('/').slice(-2).join('/')).digest('hex');
  return [...items].sort((a, b) => (turn(a) < turn(b) ? -1 : 1));
}
