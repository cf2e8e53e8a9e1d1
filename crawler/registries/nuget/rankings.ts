/**
 * Who counts NuGet's downloads: the registry itself, whose search is read here in three ways, and an index over registries.
 *
 * An empty query of any of them leaves out a list of packages that come with the framework, however often they are
 * downloaded; a query that says anything, such as whose packages are wanted, does not. Where the answers have numbers, the
 * packages of the list's owners are asked for as well and put where they belong.
 */
import { z } from 'zod';
import { ecosystemsDownloads } from '../../ecosystems.ts';
import { Malformed } from '../../errors.ts';
import { MostDownloaded, placesInOrder } from '../../ranking.ts';
import type { RankingSource, RegistryIo } from '../../registry.ts';
import { lowerNugetId } from '../../versions/nuget.ts';
import { packagePages, statisticsPage } from './gallery-pages.ts';
import { isNugetId } from './id.ts';
import { fromResource, type ResourceUse } from './service-index.ts';

const COUNTS =
  'Counts every download of the package file: build servers, mirrors and bots included, installs from caches not. ' +
  'Downloads of a renamed package may have been moved to its successor.';
const TERMS = 'No licence is stated; nuget.org’s terms of use (https://www.nuget.org/policies/Terms)';

/** More in one answer is taken for a mistake, and 20 are sent. */
const TAKE = 1000;
const MAX_ANSWER = 64 * 1024 * 1024;
/** Whose packages the hidden ones are; the list itself is not published. */
const OWNERS_OF_HIDDEN = ['Microsoft', 'dotnetframework', 'aspnet'];

interface Search {
  readonly use: ResourceUse;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Beyond it answers are empty. */
  readonly maxSkip: number;
  readonly row: (value: unknown) => { readonly name: string; readonly downloads: number | null } | null;
}

const answerSchema = z.object({ totalHits: z.number().int().nonnegative(), data: z.array(z.unknown()) });

// Whether its members are written with capitals is not documented.
const galleryRow = z.union([
  z
    .object({ PackageRegistration: z.object({ Id: z.string(), DownloadCount: z.number().nonnegative() }) })
    .transform(({ PackageRegistration: { Id: name, DownloadCount: downloads } }) => ({ name, downloads })),
  z
    .object({ packageRegistration: z.object({ id: z.string(), downloadCount: z.number().nonnegative() }) })
    .transform(({ packageRegistration: { id: name, downloadCount: downloads } }) => ({ name, downloads })),
]);
const queryRow = z
  .object({ id: z.string(), totalDownloads: z.number().nonnegative() })
  .transform(({ id: name, totalDownloads: downloads }) => ({ name, downloads }));

const GALLERY: Search = {
  use: 'gallery',
  path: '/search/query',
  parameters: { sortBy: 'totalDownloads-desc' },
  maxSkip: 30_000,
  row: (value) => galleryRow.safeParse(value).data ?? null,
};
const QUERY: Search = {
  use: 'search',
  path: '',
  parameters: {},
  maxSkip: 3000,
  row: (value) => queryRow.safeParse(value).data ?? null,
};
const AUTOCOMPLETE: Search = {
  use: 'autocomplete',
  path: '',
  parameters: {},
  maxSkip: 100_000,
  row: (value) => (typeof value === 'string' ? { name: value, downloads: null } : null),
};

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
  const take = (least: number) => (rows: readonly { readonly name: string; readonly downloads: number | null }[]) => {
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
  read: (rows: readonly { readonly name: string; readonly downloads: number | null }[]) => boolean,
): Promise<void> {
  for (let skip = 0; skip <= search.maxSkip && skip < wanted;) {
    const { totalHits, data } = await ask(search, query, skip, io);
    const rows = data.flatMap((value) => {
      const row = search.row(value);
      if (row !== null && isNugetId(row.name)) return [row];
      io.drop('ranking-row-not-understood');
      return [];
    });
    skip += data.length;
    if (!read(rows) || data.length === 0 || skip >= totalHits) return;
  }
}

async function ask(search: Search, query: string, skip: number, io: RegistryIo): Promise<z.infer<typeof answerSchema>> {
  const parameters = new URLSearchParams({
    q: query,
    ...search.parameters,
    skip: String(skip),
    take: String(TAKE),
    prerelease: 'true',
    semVerLevel: '2.0.0',
  });
  return fromResource(search.use, io, async (base) => {
    const url = `${base}${search.path}?${parameters.toString()}`;
    const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_ANSWER });
    const parsed = answerSchema.safeParse(body);
    if (!parsed.success) throw new Malformed(`expected totalHits and data in ${url}: is this NuGet's search?`, { url });
    return parsed.data;
  });
}
