/** The registrations: every version of a package with its listing, in three hives that differ in compression and versions. */
import { gzipSync } from 'node:zlib';
import { compareNugetVersions, lowerNugetId, parseNugetVersion } from '../../versions/nuget.ts';
import type { Answer } from '../server.ts';
import type { WorldPackage, WorldRelease } from '../world.ts';
import { leafUrl } from './catalog.ts';
import { pathVersion, type CatalogEvent } from './history.ts';
import { blobNotFound, type Place } from './replies.ts';

/** Versions in a page, and how many a package may have before its pages are documents of their own. */
const PAGE = 64;
const MOST_INLINED = 127;

/** Another number than the registry's own: nobody may know the path beforehand. */
export const HIVES = {
  'RegistrationsBaseUrl/3.6.0': { folder: '/v3/registration6-gz-semver2/', isGzipped: true, hasSemVer2: true },
  'RegistrationsBaseUrl/3.4.0': { folder: '/v3/registration6-gz-semver1/', isGzipped: true, hasSemVer2: false },
  RegistrationsBaseUrl: { folder: '/v3/registration6-semver1/', isGzipped: false, hasSemVer2: false },
} as const;

export function registration(
  path: string,
  packages: readonly WorldPackage[],
  history: readonly CatalogEvent[],
  place: Place,
): Answer | null {
  const hive = Object.values(HIVES).find(({ folder }) => path.startsWith(folder));
  if (hive === undefined) return null;
  const [id = '', ...rest] = path.slice(hive.folder.length).split('/');
  const one = packages.find(({ name }) => encodeURIComponent(lowerNugetId(name)) === id);
  if (one === undefined || one.noRelease === 'not-found') return blobNotFound();
  const versions = one.releases.filter(({ version }) => hive.hasSemVer2 || !isSemVer2(version)).sort(byVersion);
  if (versions.length === 0) return blobNotFound();
  const document = new Registration(one, versions, history, place, `${place.base}${hive.folder}${id}`).document(rest);
  if (document === null) return blobNotFound();
  const body = JSON.stringify(document);
  const headers = { 'content-type': 'application/json', 'cache-control': 'public, max-age=10' };
  // Whatever the client says that it accepts.
  return hive.isGzipped
    ? { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(body) }
    : { status: 200, headers, body };
}

/** A dotted label or build metadata: what older clients cannot read. */
export function isSemVer2(version: string): boolean {
  return version.includes('+') || (parseNugetVersion(version)?.labels.length ?? 0) > 1;
}

export function byVersion(a: WorldRelease, b: WorldRelease): number {
  const [first, second] = [parseNugetVersion(a.version), parseNugetVersion(b.version)];
  if (first === null || second === null) throw new Error(`${a.version} or ${b.version} is no version of NuGet`);
  return compareNugetVersions(first, second);
}

class Registration {
  readonly #package: WorldPackage;
  readonly #versions: readonly WorldRelease[];
  readonly #history: readonly CatalogEvent[];
  readonly #place: Place;
  /** Address of the package in its hive. */
  readonly #at: string;

  constructor(one: WorldPackage, versions: readonly WorldRelease[], history: readonly CatalogEvent[], place: Place, at: string) {
    this.#package = one;
    this.#versions = versions;
    this.#history = history.filter((event) => event.package.name === one.name);
    this.#place = place;
    this.#at = at;
  }

  document(rest: readonly string[]): object | null {
    if (rest.join('/') === 'index.json') return this.#index();
    if (rest[0] === 'page') {
      const page = this.#pages().find((versions) => this.#pageUrl(versions) === `${this.#at}/${rest.join('/')}`);
      return page === undefined ? null : this.#page(page);
    }
    const release = this.#versions.find(({ version }) => `${pathVersion(version)}.json` === rest.join('/'));
    return release === undefined ? null : this.#leaf(release);
  }

  #index(): object {
    const isInlined = this.#versions.length <= MOST_INLINED;
    const pages = this.#pages().map((versions) => (isInlined ? this.#page(versions) : this.#head(versions)));
    return {
      '@id': `${this.#at}/index.json`,
      '@type': ['catalog:CatalogRoot', 'PackageRegistration', 'catalog:Permalink'],
      count: pages.length,
      items: pages,
    };
  }

  #pages(): WorldRelease[][] {
    const count = Math.ceil(this.#versions.length / PAGE);
    return Array.from({ length: count }, (_, number) => this.#versions.slice(number * PAGE, (number + 1) * PAGE));
  }

  #pageUrl(versions: readonly WorldRelease[]): string {
    const [lower, upper] = [versions[0], versions.at(-1)].map((release) => pathVersion(release?.version ?? ''));
    const isInlined = this.#versions.length <= MOST_INLINED;
    return isInlined ? `${this.#at}/index.json#page/${lower}/${upper}` : `${this.#at}/page/${lower}/${upper}.json`;
  }

  #page(versions: readonly WorldRelease[]): object {
    return Object.assign(this.#head(versions), { items: versions.map((release) => this.#entry(release)) });
  }

  #head(versions: readonly WorldRelease[]): object {
    return {
      '@id': this.#pageUrl(versions),
      '@type': 'catalog:CatalogPage',
      count: versions.length,
      parent: `${this.#at}/index.json`,
      lower: pathVersion(versions[0]?.version ?? ''),
      upper: pathVersion(versions.at(-1)?.version ?? ''),
    };
  }

  #entry(release: WorldRelease): object {
    const path = pathVersion(release.version);
    const event = this.#history.findLast((one) => one.kind === 'details' && pathVersion(one.release.version) === path);
    if (event === undefined) throw new Error(`${this.#package.name} ${release.version} is in no catalog`);
    const content = contentUrl(this.#package, release, this.#place);
    const isListed = !release.withdrawn;
    return {
      '@id': `${this.#at}/${path}.json`,
      '@type': 'Package',
      commitId: event.commitId,
      commitTimeStamp: event.at,
      catalogEntry: {
        '@id': leafUrl(event, this.#place),
        '@type': 'PackageDetails',
        authors: 'A. Author',
        dependencyGroups: [{ '@type': 'PackageDependencyGroup', targetFramework: 'net8.0' }],
        description: `An invented package named ${this.#package.name}`,
        id: this.#package.name,
        licenseExpression: 'MIT',
        // Where it is missing it means yes.
        ...(isListed && this.#versions.indexOf(release) % 5 === 3 ? {} : { listed: isListed }),
        packageContent: content,
        published: isListed ? release.publishedAt.replace(/(\.\d+)?Z$/, '.123+00:00') : '1900-01-01T00:00:00+00:00',
        version: release.version,
      },
      packageContent: content,
      registration: `${this.#at}/index.json`,
    };
  }

  #leaf(release: WorldRelease): object {
    const { catalogEntry, ...rest } = this.#entry(release) as { readonly catalogEntry: { readonly '@id': string } };
    return { ...rest, catalogEntry: catalogEntry['@id'], listed: !release.withdrawn };
  }
}

function contentUrl(one: WorldPackage, release: WorldRelease, { base }: Place): string {
  const id = encodeURIComponent(lowerNugetId(one.name));
  const version = pathVersion(release.version);
  return `${base}/v3-flatcontainer/${id}/${version}/${id}.${version}.nupkg`;
}
