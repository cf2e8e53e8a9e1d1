/** The search service: three endpoints over one index, each with its own words and limits. */
import { lowerNugetId } from '../../versions/nuget.ts';
import { json } from '../replies.ts';
import type { Answer } from '../server.ts';
import type { WorldPackage, WorldRelease } from '../world.ts';
import type { Library } from './library.ts';
import { byVersion, HIVES, isSemVer2 } from './registration.ts';
import type { Place } from './replies.ts';

const MOST_ROWS = 1000;
const USUAL_ROWS = 20;
const MAX_SKIP = { query: 3000, gallery: 30_000, autocomplete: 100_000 } as const;

export interface SearchOptions {
  /** Ids that an empty query leaves out; by default those of the framework's own names. */
  readonly excluded?: ReadonlySet<string>;
  /** The most rows in an answer, whatever was asked for. */
  readonly pageRows?: number;
}

interface Found {
  readonly package: WorldPackage;
  /** The newest listed one that the query may see. */
  readonly release: WorldRelease;
}

/** Whether an empty query leaves the package out. */
export function isHidden(one: WorldPackage, { excluded }: SearchOptions): boolean {
  return excluded === undefined ? ownerOf(one) === 'Microsoft' : excluded.has(one.name);
}

export function ownerOf(one: WorldPackage): string {
  return one.name.startsWith('Microsoft.') ? 'Microsoft' : 'a-person';
}

export async function search(
  path: string,
  parameters: URLSearchParams,
  packages: readonly WorldPackage[],
  place: Place,
  library: Library,
  options: SearchOptions,
): Promise<Answer | null> {
  if (path === '/autocomplete' && parameters.has('id')) return versionsOf(parameters, packages);
  const endpoint = { '/query': 'query', '/search/query': 'gallery', '/autocomplete': 'autocomplete' }[path];
  if (endpoint !== 'query' && endpoint !== 'gallery' && endpoint !== 'autocomplete') return null;
  const skip = Math.max(0, Number(parameters.get('skip') ?? 0));
  if (skip > MAX_SKIP[endpoint]) return json({ totalHits: 0, data: [] });
  const found = matches(parameters, packages, options);
  // Only the gallery's endpoint knows an order by choice; the other ones do as if nothing had been said.
  if (endpoint === 'gallery' && parameters.get('sortBy') === 'title-asc') {
    found.sort((a, b) => (a.package.name < b.package.name ? -1 : 1));
  }
  const rows = found.slice(skip, skip + rowsOf(parameters, options));
  if (endpoint === 'autocomplete') return json({ totalHits: found.length, data: rows.map((one) => one.package.name) });
  const data =
    endpoint === 'query'
      ? rows.map((one) => queryRow(one, place))
      : await Promise.all(rows.map((one) => galleryRow(one, library)));
  return json({ totalHits: found.length, data }, { 'content-type': 'application/json; charset=utf-8' });
}

/** Too many and fewer than none are taken for a mistake. */
function rowsOf(parameters: URLSearchParams, { pageRows = MOST_ROWS }: SearchOptions): number {
  const take = Number(parameters.get('take') ?? USUAL_ROWS);
  return Math.min(pageRows, take >= 0 && take <= MOST_ROWS ? take : USUAL_ROWS);
}

/**
 * Packages with a listed version, most downloaded first, then the newest. Those without a rank are beyond what a search by
 * downloads reaches; they are found by their id.
 */
export function matches(parameters: URLSearchParams, packages: readonly WorldPackage[], options: SearchOptions): Found[] {
  const query = (parameters.get('q') ?? '').trim();
  const [, field = '', value = ''] = /^(packageid|id|owner):(.*)$/i.exec(query) ?? [];
  const wanted = (one: WorldPackage): boolean => {
    if (field.toLowerCase() === 'packageid') return lowerNugetId(one.name) === lowerNugetId(value);
    if (field.toLowerCase() === 'owner') return one.rank !== null && ownerOf(one).toLowerCase() === value.toLowerCase();
    if (query !== '') return lowerNugetId(one.name).includes((field === '' ? query : value).toLowerCase());
    return one.rank !== null && !isHidden(one, options);
  };
  return packages
    .flatMap((one) => {
      const release = wanted(one) ? newestListed(one, parameters) : undefined;
      return release === undefined ? [] : [{ package: one, release }];
    })
    .sort((a, b) => b.package.downloads - a.package.downloads || createdAt(b.package) - createdAt(a.package));
}

function newestListed(one: WorldPackage, parameters: URLSearchParams): WorldRelease | undefined {
  return one.releases
    .filter(({ withdrawn, prerelease, version }) => {
      if (withdrawn || (prerelease && parameters.get('prerelease') !== 'true')) return false;
      return parameters.get('semVerLevel') === '2.0.0' || !isSemVer2(version);
    })
    .sort(byVersion)
    .at(-1);
}

function createdAt(one: WorldPackage): number {
  return Date.parse(one.releases[0]?.publishedAt ?? '');
}

function versionsOf(parameters: URLSearchParams, packages: readonly WorldPackage[]): Answer {
  const id = lowerNugetId(parameters.get('id') ?? '');
  const one = packages.find(({ name }) => lowerNugetId(name) === id);
  const listed = (one?.releases ?? []).filter(({ withdrawn }) => !withdrawn).sort(byVersion);
  return json({ data: listed.map(({ version }) => version) });
}

function queryRow({ package: one, release }: Found, { base }: Place): object {
  const { folder } = HIVES['RegistrationsBaseUrl/3.6.0'];
  const registration = `${base}${folder}${encodeURIComponent(lowerNugetId(one.name))}/index.json`;
  return {
    '@id': registration,
    '@type': 'Package',
    registration,
    id: one.name,
    version: release.version,
    description: `An invented package named ${one.name}`,
    title: one.name,
    tags: [],
    authors: ['A. Author'],
    owners: [ownerOf(one)],
    totalDownloads: one.downloads,
    verified: false,
    packageTypes: [{ name: 'Dependency' }],
    versions: one.releases.filter(({ withdrawn }) => !withdrawn).map(({ version }) => ({ version, downloads: 1 })),
    vulnerabilities: [],
  };
}

async function galleryRow({ package: one, release }: Found, library: Library): Promise<object> {
  const packed = await library.fileOf(one, release);
  return {
    PackageRegistration: {
      Id: one.name,
      DownloadCount: one.downloads,
      Verified: false,
      Owners: [ownerOf(one)],
      PopularityTransfers: [],
    },
    Version: release.version,
    NormalizedVersion: release.version.replace(/\+.*$/, ''),
    Title: one.name,
    Description: `An invented package named ${one.name}`,
    Listed: true,
    IsLatest: true,
    IsLatestStable: !release.prerelease,
    Created: one.releases[0]?.publishedAt,
    Published: release.publishedAt,
    LastUpdated: release.publishedAt,
    DownloadCount: 1,
    Hash: packed === null ? '' : Buffer.from(packed.sha512, 'hex').toString('base64'),
    HashAlgorithm: 'SHA512',
    PackageFileSize: packed?.bytes.length ?? 0,
    Tags: '',
  };
}
