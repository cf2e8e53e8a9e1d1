/**
 * npm on loopback, in its own words: registry, replication service, download counts, and the lists that rank its packages.
 * The invented packages are the world's.
 */
import { ecosystemsStandIn } from './ecosystems.ts';
import { replay, type JournalEvent } from './journal.ts';
import { Documents, digest, tarballUrl, type DocumentOptions } from './npm/documents.ts';
import { downloadCounts, listPackages, search } from './npm/rankings.ts';
import { replicate, type ReplicateOptions } from './npm/replicate.ts';
import { file, json } from './replies.ts';
import type { Answer, Handler, StandInRequest } from './server.ts';
import type { World, WorldPackage } from './world.ts';

export interface NpmStandInOptions extends DocumentOptions, ReplicateOptions {
  /** A registry of one's own: no replication service, and all names in the one object that npm itself no longer gives. */
  readonly private?: boolean;
  /** What has happened since; may grow while the stand-in runs. */
  readonly journal?: readonly JournalEvent[];
  /** By package: how many answers are 404 after the feed has named it, since the registry is behind. */
  readonly lag?: ReadonlyMap<string, number>;
  /** How an unpublished package shows: a document without versions, nothing at all, or a refusal of the method. */
  readonly unpublishedAs?: 'document' | 'missing' | 'method';
  /** Requests for download counts until they are refused. */
  readonly countRequests?: number;
}

const PREFIXES = { registry: '/registry', replicate: '/replicate', api: '/api', ecosystems: '/ecosystems' };

/** The stand-in's address for each of npm's origins. */
export function npmOrigins(origin: string): Readonly<Record<keyof typeof PREFIXES, string>> {
  return {
    registry: `${origin}${PREFIXES.registry}`,
    replicate: `${origin}${PREFIXES.replicate}/registry`,
    api: `${origin}${PREFIXES.api}`,
    ecosystems: `${origin}${PREFIXES.ecosystems}`,
  };
}

export function npmStandIn(world: World, options: NpmStandInOptions = {}): (origin: string) => Handler {
  const packages = world.of('npm');
  const lists = listPackages(packages);
  const counts = downloadCounts(packages, PREFIXES.api, options.countRequests ?? 40);
  const ecosystems = ecosystemsStandIn(packages, 'npmjs.org', PREFIXES.ecosystems);
  const registry = new RegistryHost(options);

  return () => async (request) => {
    const known = counts(request) ?? ecosystems(request);
    if (known !== null) return known;
    const state = replay(packages, options.journal ?? []);
    if (request.path.startsWith(`${PREFIXES.replicate}/`) && options.private !== true)
      return replicate(state, request, PREFIXES.replicate, options);
    if (request.path.startsWith(`${PREFIXES.replicate}/`)) return json({ error: 'no such package available' }, {}, 404);
    if (!request.path.startsWith(`${PREFIXES.registry}/`)) return null;
    const live = [...state.values()].flatMap((one) => (one.package === null ? [] : [one.package]));
    return registry.answer(request, options.private === true ? live : [...live, ...lists]);
  };
}

class RegistryHost {
  readonly #options: NpmStandInOptions;
  readonly #documents: Documents;
  readonly #lagLeft: Map<string, number>;

  constructor(options: NpmStandInOptions) {
    this.#options = options;
    this.#documents = new Documents(options);
    this.#lagLeft = new Map(options.lag);
  }

  async answer(request: StandInRequest, packages: readonly WorldPackage[]): Promise<Answer | null> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    const path = request.path.slice(PREFIXES.registry.length + 1);
    if (path === '-/all') return this.#options.private === true ? all(packages) : notFound();
    if (path === '-/v1/search') return search(packages, request.query);
    const tarball = /^((?:@[^/]+\/)?[^/@][^/]*)\/-\/([^/]+\.tgz)$/.exec(path);
    if (tarball !== null) return this.#tarball(request, packages, decode(tarball[1]), decode(tarball[2]));
    const [first = '', selector, ...rest] = path.split('/');
    // A scoped name has its slash encoded and its @ as it is. Nothing else is that package.
    if (first.startsWith('%40') || (first.startsWith('@') && !/%2f/i.test(first)) || rest.length > 0) return notFound();
    const one = packages.find(({ name }) => name === decode(first));
    if (one === undefined) return notFound();
    const left = this.#lagLeft.get(one.name) ?? 0;
    this.#lagLeft.set(one.name, left - 1);
    if (left > 0) return notFound();
    return this.#unavailable(one, selector) ?? this.#found(request, one, selector);
  }

  #unavailable(one: WorldPackage, selector: string | undefined): Answer | null {
    switch (one.noRelease) {
      case 'not-found':
        return notFound();
      case 'blocked':
        return json({ error: 'Unavailable For Legal Reasons' }, {}, 451);
      case 'unpublished': {
        const as = this.#options.unpublishedAs ?? 'document';
        if (as === 'method') return json({ error: 'Method Not Allowed' }, {}, 405);
        return as === 'missing' || selector !== undefined ? notFound() : json(unpublishedDocument(one));
      }
      default:
        return null;
    }
  }

  async #found(request: StandInRequest, one: WorldPackage, selector: string | undefined): Promise<Answer> {
    const headers = { 'cache-control': 'public, max-age=300', 'accept-ranges': 'bytes', vary: 'accept-encoding, accept' };
    if (selector !== undefined) {
      const wanted = selector === 'latest' ? this.#documents.tagOf(one) : decode(selector);
      const release = this.#documents.published(one).find(({ version }) => version === wanted);
      if (release === undefined) return json(`version not found: ${decode(selector)}`, {}, 404);
      return json(await this.#documents.version(one, release, 'full'), headers);
    }
    const abbreviated = 'application/vnd.npm.install-v1+json';
    const isAbbreviated = request.headers['accept']?.includes(abbreviated) ?? false;
    const document = await this.#documents.whole(one, isAbbreviated ? 'abbreviated' : 'full');
    const body = JSON.stringify(document);
    const etag = `"${digest('md5', Buffer.from(body))}"`;
    if (request.headers['if-none-match'] === etag) return { status: 304, headers: { ...headers, etag } };
    return { status: 200, headers: { ...headers, etag, 'content-type': isAbbreviated ? abbreviated : 'application/json' }, body };
  }

  async #tarball(
    { headers }: StandInRequest,
    packages: readonly WorldPackage[],
    name: string,
    filename: string,
  ): Promise<Answer> {
    const one = packages.find((candidate) => candidate.name === name);
    if (one === undefined || this.#unavailable(one, filename) !== null) return notFound();
    for (const release of this.#documents.published(one)) {
      const [artifact] = release.artifacts;
      if (artifact === undefined || !tarballUrl('', name, release.version).endsWith(`/${filename}`)) continue;
      const { bytes, sha1 } = await this.#documents.tarball(one, release, artifact);
      return file(bytes, headers['range'], { 'cache-control': 'public, immutable, max-age=31557600', etag: `"${sha1}"` });
    }
    return notFound();
  }
}

function all(packages: readonly WorldPackage[]): Answer {
  const rows = packages.map((one) => [
    one.name,
    { name: one.name, 'dist-tags': one.latest === null ? {} : { latest: one.latest } },
  ]);
  return json({ _updated: 99999, ...Object.fromEntries(rows) });
}

function unpublishedDocument(one: WorldPackage): object {
  const times = Object.fromEntries(one.releases.map(({ version, publishedAt }) => [version, publishedAt]));
  const time = '2026-09-01T00:00:00.000Z';
  return {
    _id: one.name,
    name: one.name,
    time: {
      created: one.releases[0]?.publishedAt,
      ...times,
      modified: time,
      unpublished: { time, versions: Object.keys(times) },
    },
  };
}

/** The front keeps even this for five minutes. */
function notFound(): Answer {
  return json({ error: 'Not found' }, { 'cache-control': 'public, max-age=300' }, 404);
}

function decode(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return '';
  }
}
