/**
 * NuGet on loopback, in its own words: service index, catalog, registrations, flat container, search at two places, pages for
 * people. The invented packages are the world's.
 */
import { ecosystemsStandIn } from './ecosystems.ts';
import { replay, type JournalEvent } from './journal.ts';
import { catalog, CATALOG_INDEX, type CatalogOptions } from './nuget/catalog.ts';
import { FLAT_CONTAINER, FlatContainer, type FlatContainerOptions } from './nuget/flat-container.ts';
import { historyOf, type CatalogEvent } from './nuget/history.ts';
import { Library, type LibraryOptions } from './nuget/library.ts';
import { pages, type PagesOptions } from './nuget/pages.ts';
import { HIVES, registration } from './nuget/registration.ts';
import { blobNotFound, type Place } from './nuget/replies.ts';
import { search } from './nuget/search.ts';
import { json } from './replies.ts';
import type { Answer, Handler, StandInRequest } from './server.ts';
import type { World, WorldPackage } from './world.ts';

export interface NugetStandInOptions extends CatalogOptions, FlatContainerOptions, LibraryOptions, PagesOptions {
  /** What has happened since; may grow while the stand-in runs. */
  readonly journal?: readonly JournalEvent[];
  /** Which addresses the registry's documents name: the stand-in's own, or the public ones. */
  readonly says?: 'loopback' | 'public';
  /** False: a source other than nuget.org, which knows its packages and not what happened to them. */
  readonly catalog?: boolean;
}

/** The pages for people are at the root, since that is where a robots.txt is. */
const PREFIXES = { index: '/api-host', search: '/search-usnc', 'search-2': '/search-ussc', www: '', ecosystems: '/ecosystems' };

const PUBLIC: Readonly<Record<keyof typeof PREFIXES, string>> = {
  index: 'https://api.nuget.org',
  search: 'https://azuresearch-usnc.nuget.org',
  'search-2': 'https://azuresearch-ussc.nuget.org',
  www: 'https://www.nuget.org',
  ecosystems: 'https://packages.ecosyste.ms',
};

/** The stand-in's address for each of NuGet's origins. */
export function nugetOrigins(origin: string): Readonly<Record<keyof typeof PREFIXES, string>> {
  return {
    index: `${origin}${PREFIXES.index}`,
    search: `${origin}${PREFIXES.search}`,
    'search-2': `${origin}${PREFIXES['search-2']}`,
    www: `${origin}${PREFIXES.www}`,
    ecosystems: `${origin}${PREFIXES.ecosystems}`,
  };
}

export function nugetStandIn(world: World, options: NugetStandInOptions = {}): (origin: string) => Handler {
  const packages = world.of('nuget');
  const library = new Library(options);
  const files = new FlatContainer(library, options);
  const ecosystems = ecosystemsStandIn(
    packages.map((one) => ({ ...one, name: one.name.toLowerCase() })),
    'nuget.org',
    PREFIXES.ecosystems,
  );

  const history = remembered((journal) => historyOf(packages, journal));

  return (origin) => {
    const said = options.says === 'public' ? PUBLIC : nugetOrigins(origin);
    return async (request) => {
      const known = ecosystems(request);
      if (known !== null) return known;
      const journal = options.journal ?? [];
      const live = [...replay(packages, journal).values()].flatMap((one) => (one.package === null ? [] : [one.package]));
      const place: Place = { base: said.index };
      const below = (prefix: string) => request.path.startsWith(`${prefix}/`);
      if (below(PREFIXES.index)) {
        return apiHost(request, { packages: live, history: history(journal), said, place, library, files, options });
      }
      for (const prefix of [PREFIXES.search, PREFIXES['search-2']]) {
        if (!below(prefix)) continue;
        if (request.method !== 'GET') return null;
        return search(request.path.slice(prefix.length), request.query, live, place, library, options);
      }
      return pages(request, live, options);
    };
  };
}

/** Computed anew only when the journal is another one than before. */
function remembered(
  compute: (journal: readonly JournalEvent[]) => readonly CatalogEvent[],
): (journal: readonly JournalEvent[]) => readonly CatalogEvent[] {
  let last: { readonly journal: readonly JournalEvent[]; readonly history: readonly CatalogEvent[] } | null = null;
  return (journal) => {
    const isSame = last?.journal.length === journal.length && journal.every((event, index) => last?.journal[index] === event);
    if (last === null || !isSame) last = { journal: [...journal], history: compute(journal) };
    return last.history;
  };
}

interface ApiHost {
  readonly packages: readonly WorldPackage[];
  readonly history: readonly CatalogEvent[];
  readonly said: Readonly<Record<keyof typeof PREFIXES, string>>;
  readonly place: Place;
  readonly library: Library;
  readonly files: FlatContainer;
  readonly options: NugetStandInOptions;
}

async function apiHost(request: StandInRequest, host: ApiHost): Promise<Answer | null> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const { packages, history, place, library, options } = host;
  const path = request.path.slice(PREFIXES.index.length);
  if (path === '/v3/index.json') return json(serviceIndex(host), { 'cache-control': 'public, max-age=300' });
  return (
    registration(path, packages, history, place) ??
    (await catalog(path, history, place, library, options)) ??
    (await host.files.answer(request, path, packages, history)) ??
    (path.startsWith('/v3') ? blobNotFound() : null)
  );
}

function serviceIndex({ said, options }: ApiHost): object {
  const searches = [
    { at: said.search, comment: '(primary)' },
    { at: said['search-2'], comment: '(secondary)' },
  ];
  const everywhere = (type: string, path: string, what: string) =>
    searches.map(({ at, comment }) => ({ '@id': `${at}${path}`, '@type': type, comment: `${what} ${comment}` }));
  return {
    version: '3.0.0',
    resources: [
      ...['SearchQueryService', 'SearchQueryService/3.0.0-rc', 'SearchQueryService/3.5.0'].flatMap((type) =>
        everywhere(type, '/query', 'Query endpoint of NuGet Search service'),
      ),
      ...['SearchAutocompleteService', 'SearchAutocompleteService/3.5.0'].flatMap((type) =>
        everywhere(type, '/autocomplete', 'Autocomplete endpoint of NuGet Search service'),
      ),
      ...everywhere('SearchGalleryQueryService/3.0.0-rc', '/', 'Azure Website based Search Service used by Gallery'),
      ...Object.entries(HIVES).map(([type, { folder }]) => ({
        '@id': `${said.index}${folder}`,
        '@type': type,
        comment: 'Base URL of storage where package registration info is stored',
      })),
      {
        '@id': `${said.index}${FLAT_CONTAINER}`,
        '@type': 'PackageBaseAddress/3.0.0',
        comment:
          'Base URL of where NuGet packages are stored, in the format {LOWER_ID}/{LOWER_VERSION}/{LOWER_ID}.{LOWER_VERSION}.nupkg',
      },
      { '@id': `${said.www}/api/v2`, '@type': 'LegacyGallery', comment: 'Legacy gallery using the V2 protocol.' },
      { '@id': `${said.www}/api/v2/package`, '@type': 'PackagePublish/2.0.0', comment: 'NuGet Gallery publish endpoint.' },
      ...(options.catalog === false
        ? []
        : [{ '@id': `${said.index}${CATALOG_INDEX}`, '@type': 'Catalog/3.0.0', comment: 'Index of the NuGet package catalog.' }]),
    ],
    '@context': { '@vocab': 'http://schema.nuget.org/services#', comment: 'http://www.w3.org/2000/01/rdf-schema#comment' },
  };
}
