/**
 * Who counts NuGet's downloads: the registry itself, whose search is read here in three ways, and an index over registries.
 *
 * An empty query of any of them leaves out a list of packages that come with the framework, however often they are
 * downloaded; a query that says anything, such as whose packages are wanted, does not. Where the answers have numbers, the
 * packages of the list's owners are asked for as well and put where they belong.
 */
import { ecosystemsDownloads } from '../../ecosystems.ts';
import { MostDownloaded, placesInOrder } from '../../ranking.ts';
import type { RankingSource, RegistryIo } from '../../registry.ts';
import { lowerNugetId } from '../../versions/nuget.ts';
import { packagePages, statisticsPage } from './gallery-pages.ts';
import { AUTOCOMPLETE, GALLERY, QUERY, searchPage, TAKE, type Search, type SearchRow } from './search.ts';

const COUNTS =
  'Counts every download of the package file: build servers, mirrors and bots included, installs from caches not. ' +
  'Downloads of a renamed package may have been moved to its successor.';
const TERMS = 'No licence is stated; nuget.org’s terms of use (https://www.nuget.org/policies/Terms)';

/** Whose packages the hidden ones are; the list itself is not published. */
const OWNERS_OF_HIDDEN = ['Microsoft', 'dotnetframework', 'aspnet'];

export const gallerySearch: RankingSource = {
  id: 'gallery-search',
  label: 'nuget.org gallery search, by total downloads',
  url: 'https://www.nuget.org/packages?sortBy=totalDownloads-desc',
  measures: 'downloads of all versions since the package exists',
  terms: `${TERMS}. The registry made this search for its own pages and promises nobody that it stays.`,
  weaknesses: `${COUNTS} Packages that the search hides are found by their owners, so one of an unknown owner may be missing.`,
  places: 10_000,
  read: (io, limit) => byDownloads(GALLERY, limit, io),
};

export const querySearch: RankingSource = {
  id: 'query-search',
  label: 'nuget.org search API, in its order for an empty query',
  url: 'https://learn.microsoft.com/nuget/api/search-query-service-resource',
  measures: gallerySearch.measures,
  terms: TERMS,
  weaknesses: `${gallerySearch.weaknesses} Ends at 4000 places, and its order follows downloads without promising to.`,
  places: 4000,
  read: (io, limit) => byDownloads(QUERY, limit, io),
};

export const autocomplete: RankingSource = {
  id: 'autocomplete',
  label: 'nuget.org autocomplete API, in its order for an empty query',
  url: 'https://learn.microsoft.com/nuget/api/search-autocomplete-service-resource',
  measures: 'order by downloads of all versions since the package exists; no numbers',
  terms: TERMS,
  weaknesses: `${COUNTS} No numbers, so ties cannot be seen, and packages of the framework that an empty query hides are missing.`,
  places: 10_000,
  async read(io, limit) {
    const names: { readonly name: string; readonly key: string }[] = [];
    await walk(AUTOCOMPLETE, '', limit, io, (rows) => {
      for (const { name } of rows) names.push({ name, key: lowerNugetId(name) });
      return true;
    });
    return { dated: null, places: placesInOrder(names, limit) };
  },
};

export const nugetRankings: readonly RankingSource[] = [
  gallerySearch,
  packagePages,
  autocomplete,
  ecosystemsDownloads('nuget.org', {
    key: lowerNugetId,
    measures: 'downloads of all versions since the package exists, as last seen by ecosyste.ms',
    weaknesses: `${COUNTS} Taken over from nuget.org's search package by package, some of them long ago.`,
  }),
  querySearch,
  statisticsPage,
];

async function byDownloads(search: Search, limit: number, io: RegistryIo) {
  const most = new MostDownloaded(limit);
  const take = (least: number) => (rows: readonly SearchRow[]) => {
    for (const { name, downloads } of rows) most.add({ name, key: lowerNugetId(name), downloads: downloads ?? 0 });
    return rows.length === 0 || rows.some(({ downloads }) => (downloads ?? 0) >= least);
  };
  // Numbers are fresher than the order of pages, so a place near the end may be taken by a row of the page after.
  await walk(search, '', limit + TAKE, io, take(0));
  const least = most.places()[limit - 1]?.downloads ?? 0;
  for (const owner of OWNERS_OF_HIDDEN) await walk(search, `owner:${owner}`, Number.POSITIVE_INFINITY, io, take(least));
  return { dated: null, places: most.places() };
}

/** Goes through the answers to a query until `wanted` rows, the search's end, or a page that `read` says was the last. */
async function walk(
  search: Search,
  query: string,
  wanted: number,
  io: RegistryIo,
  read: (rows: readonly SearchRow[]) => boolean,
): Promise<void> {
  for (let skip = 0; skip <= search.maxSkip && skip < wanted;) {
    const { rows, dropped, items, totalHits } = await searchPage(search, query, skip, io);
    for (let count = 0; count < dropped; count += 1) io.drop('ranking-row-not-understood');
    skip += items;
    if (!read(rows) || items === 0 || skip >= totalHits) return;
  }
}
