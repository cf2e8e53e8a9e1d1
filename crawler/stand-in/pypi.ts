/**
 * PyPI on loopback, in its own words: the simple API in JSON and HTML, the JSON API, the file host, and the hosts that rank
 * its projects. The invented projects are the world's.
 */
import { createHash } from 'node:crypto';
import { ecosystemsStandIn } from './ecosystems.ts';
import { highestSerial, replay, type JournalEvent, type Recorded } from './journal.ts';
import { createPacker } from './pack.ts';
import { byVersion, filesOf, jsonFile, latestOf, normalise, type OddFile, type PypiFile } from './pypi/project.ts';
import { formOf, renderDetail, renderRoot } from './pypi/simple.ts';
import { clickhouse, topList } from './pypi/rankings.ts';
import { file, json, redirect } from './replies.ts';
import type { Answer, Handler, StandInRequest } from './server.ts';
import { isListed, type World, type WorldPackage, type WorldRelease } from './world.ts';

export interface PypiStandInOptions {
  /** What has happened since; may grow while the stand-in runs. */
  readonly journal?: readonly JournalEvent[];
  readonly apiVersion?: string;
  /** An index that is not PyPI: HTML pages, no JSON, no serials, as any static file server gives them. */
  readonly htmlOnly?: boolean;
  /** Items of the root that are no projects. */
  readonly strays?: readonly unknown[];
  /** By project: how many answers come from a cache that does not know the last release yet. */
  readonly stale?: ReadonlyMap<string, number>;
  /** Projects that the JSON API does not know although they have releases. */
  readonly lagging?: ReadonlySet<string>;
  /** By project: bytes of its readme, which the JSON API repeats in every answer. */
  readonly readme?: ReadonlyMap<string, number>;
  readonly archived?: ReadonlySet<string>;
  readonly odd?: (one: WorldPackage, release: WorldRelease) => readonly OddFile[];
  /** What the SQL service does with a long answer: cuts it at so many rows, or fails after it has said 200. */
  readonly clickhouse?: { readonly cutAt?: number; readonly fails?: boolean };
}

const PREFIXES = {
  index: '',
  files: '/files-host',
  'top-list': '/top-list',
  clickhouse: '/clickhouse',
  ecosystems: '/ecosystems',
};

/** The stand-in's address for each of PyPI's origins. */
export function pypiOrigins(origin: string): Readonly<Record<keyof typeof PREFIXES, string>> {
  return {
    index: origin,
    files: `${origin}${PREFIXES.files}`,
    'top-list': `${origin}${PREFIXES['top-list']}`,
    clickhouse: `${origin}${PREFIXES.clickhouse}`,
    ecosystems: `${origin}${PREFIXES.ecosystems}`,
  };
}

export function pypiStandIn(world: World, options: PypiStandInOptions = {}): (origin: string) => Handler {
  const packages = world.of('pypi');
  const projects = new Projects(packages, options);
  const ranked = packages
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => b.downloads - a.downloads || (normalise(a.name) < normalise(b.name) ? -1 : 1));
  const rankings = [
    topList(ranked, PREFIXES['top-list']),
    clickhouse(ranked, PREFIXES.clickhouse, options.clickhouse ?? {}),
    ecosystemsStandIn(packages, 'pypi.org', PREFIXES.ecosystems),
  ];

  return () => async (request) => {
    for (const answer of rankings) {
      const known = answer(request);
      if (known !== null) return known;
    }
    if (request.path.startsWith(`${PREFIXES.files}/packages/`)) return projects.download(request);
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    const [, api = '', project = '', ...rest] = request.path.split('/');
    if (api === 'simple') return projects.simple(request, project, rest);
    if (api === 'pypi') return projects.json(project, rest);
    return null;
  };
}

class Projects {
  readonly #packages: readonly WorldPackage[];
  readonly #options: PypiStandInOptions;
  readonly #packer = createPacker();
  readonly #files = new Map<string, PypiFile>();
  readonly #staleLeft: Map<string, number>;

  constructor(packages: readonly WorldPackage[], options: PypiStandInOptions) {
    this.#packages = packages;
    this.#options = options;
    this.#staleLeft = new Map(options.stale);
  }

  async simple(request: StandInRequest, project: string, rest: readonly string[]): Promise<Answer | null> {
    const slash = request.path.endsWith('/');
    if (project === '' && !slash) {
      const isGo = request.headers['user-agent']?.startsWith('Go-http-client') ?? false;
      return isGo ? { status: 406, body: 'Not Acceptable' } : redirect('/simple/');
    }
    const { htmlOnly = false, apiVersion = '1.4', strays = [] } = this.#options;
    const form = htmlOnly ? 'text/html' : formOf(request.headers['accept'], request.query.get('format'));
    if (project === '') {
      const state = this.#state();
      const listed = [...state.values()].filter((one) => one.package !== null && isListed(one.package));
      const root = {
        serial: highestSerial(state),
        apiVersion,
        projects: listed.sort((a, b) => (normalise(a.name) < normalise(b.name) ? -1 : 1)),
        strays,
      };
      return this.#conditional(request, renderRoot(root, form));
    }
    if (rest.length > 1 || (rest.length === 1 && rest[0] !== '')) return null;
    const key = normalise(decodeURIComponent(project));
    if (project !== key || !slash) return redirect(`/simple/${key}/`);
    const known = this.#find(key);
    if (known === null || known.package.noRelease === 'not-found') return notFound(form);
    const { status, releases } = this.#seen(known.package);
    const files = (await Promise.all(releases.map((release) => this.#filesOf(known.package, release)))).flat();
    const detail = {
      name: key,
      serial: known.serial,
      apiVersion,
      status,
      versions: releases.map(({ version }) => version),
      files,
    };
    return this.#conditional(request, renderDetail(detail, form));
  }

  async json(project: string, rest: readonly string[]): Promise<Answer | null> {
    if (this.#options.htmlOnly === true) return notFound('text/html');
    const key = normalise(decodeURIComponent(project));
    const [last] = rest.slice(-1);
    if (last === '' && rest.length > 1) return redirect(`/pypi/${key}/${rest.slice(0, -1).join('/')}`);
    if (last !== 'json' || rest.length > 2) return null;
    if (project !== key) return redirect(`/pypi/${key}/${rest.join('/')}`);
    const known = this.#find(key);
    const lags = this.#options.lagging?.has(known?.name ?? '') ?? false;
    if (known === null || lags || !isServed(known.package)) return json({ message: 'Not Found' }, {}, 404);
    const stale = this.#isStale(known.name);
    const { releases, status } = this.#seen(known.package, stale);
    const chosen = rest.length === 1 ? latestOf(releases) : releases.find(({ version }) => version === rest[0]);
    if (chosen === undefined || status === 'quarantined') return json({ message: 'Not Found' }, {}, 404);
    const byRelease = await Promise.all(
      [...releases]
        .reverse()
        .map(async (release) => [release.version, (await this.#filesOf(known.package, release)).map(jsonFile)] as const),
    );
    const serial = stale ? known.serial - 1 : known.serial;
    const body = {
      info: this.#info(known.package, chosen),
      last_serial: serial,
      ownership: { roles: [{ role: 'Owner', user: 'a-person' }], organization: null },
      ...(rest.length === 1 ? { releases: Object.fromEntries(byRelease) } : {}),
      urls: (await this.#filesOf(known.package, chosen)).map(jsonFile),
      vulnerabilities: [],
    };
    return json(body, { 'cache-control': 'max-age=900, public', 'x-pypi-last-serial': String(serial) });
  }

  /** The file host: immutable, deaf to conditional requests, one range at a time. */
  async download({ method, path, headers }: StandInRequest): Promise<Answer> {
    const allow = 'GET, HEAD, OPTIONS';
    if (method === 'OPTIONS') return { status: 200, headers: { allow } };
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow }, body: '' };
    const wanted = path.slice(PREFIXES.files.length);
    if (!this.#files.has(wanted)) await this.#packAll();
    const found = this.#files.get(wanted);
    if (found === undefined) return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found' };
    return file(found.bytes, headers['range'], {
      'cache-control': 'max-age=365000000, immutable, public',
      etag: `"${found.md5}"`,
      'x-pypi-file-version': found.version,
      'x-pypi-file-package-type': found.packagetype,
    });
  }

  #state(): ReadonlyMap<string, Recorded> {
    return replay(this.#packages, this.#options.journal ?? []);
  }

  #find(key: string): { readonly name: string; readonly package: WorldPackage; readonly serial: number } | null {
    for (const { name, package: one, serial } of this.#state().values()) {
      if (one !== null && normalise(name) === key) return { name, package: one, serial };
    }
    return null;
  }

  /** What the index shows of a project now: a quarantined one keeps its name and loses everything else. */
  #seen(one: WorldPackage, stale = false): { status: 'active' | 'archived' | 'quarantined'; releases: readonly WorldRelease[] } {
    if (one.noRelease === 'quarantined') return { status: 'quarantined', releases: [] };
    const releases = [...one.releases].sort(byVersion);
    const status = this.#options.archived?.has(one.name) === true ? 'archived' : 'active';
    return { status, releases: stale && releases.length > 1 ? releases.slice(0, -1) : releases };
  }

  #isStale(name: string): boolean {
    const left = this.#staleLeft.get(name) ?? 0;
    this.#staleLeft.set(name, left - 1);
    return left > 0;
  }

  async #filesOf(one: WorldPackage, release: WorldRelease): Promise<readonly PypiFile[]> {
    const odd = this.#options.odd?.(one, release) ?? [];
    const files = await filesOf(one, release, this.#packer, odd, (algorithm, bytes) =>
      createHash(algorithm).update(bytes).digest('hex'),
    );
    for (const one of files) this.#files.set(one.path, one);
    return files;
  }

  async #packAll(): Promise<void> {
    for (const { package: one } of this.#state().values()) {
      for (const release of one?.releases ?? []) if (one !== null) await this.#filesOf(one, release);
    }
  }

  #info(one: WorldPackage, release: WorldRelease): object {
    return {
      author: 'A. Person',
      author_email: 'person@example.org',
      classifiers: [],
      description: 'x'.repeat(this.#options.readme?.get(one.name) ?? 40),
      downloads: { last_day: -1, last_month: -1, last_week: -1 },
      keywords: '',
      license: null,
      license_expression: 'MIT',
      name: one.name,
      package_url: `https://pypi.org/project/${one.name}/`,
      requires_dist: null,
      requires_python: '>=3.9',
      summary: `An invented project named ${one.name}`,
      version: release.version,
      yanked: release.withdrawn,
      yanked_reason: release.withdrawn ? 'broken' : null,
    };
  }

  #conditional(request: StandInRequest, answer: Answer): Answer {
    const etag = `"${createHash('md5')
      .update(answer.body ?? '')
      .digest('base64url')}"`;
    const headers = { ...answer.headers, etag };
    return request.headers['if-none-match'] === etag ? { status: 304, headers } : { ...answer, headers };
  }
}

/** The JSON API knows no project without a release, and none in quarantine. */
function isServed(one: WorldPackage): boolean {
  return one.noRelease !== 'not-found' && one.noRelease !== 'quarantined' && one.releases.length > 0;
}

function notFound(form: string): Answer {
  return {
    status: 404,
    headers: { 'content-type': form.endsWith('json') ? form : 'text/html; charset=UTF-8' },
    body: '404 Not Found',
  };
}
