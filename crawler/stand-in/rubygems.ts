/**
 * rubygems.org on loopback, in its own words: compact index, gems, JSON API, page of statistics, and the host that ranks
 * its gems. The invented gems are the world's.
 */
import { createHash } from 'node:crypto';
import { ecosystemsStandIn } from './ecosystems.ts';
import { replay, type JournalEvent } from './journal.ts';
import { createPacker } from './pack.ts';
import { file } from './replies.ts';
import { api } from './rubygems/api.ts';
import { CompactIndex, isIndexed, md5 } from './rubygems/compact-index.ts';
import { statisticsPage, type StatisticsLayout } from './rubygems/statistics-page.ts';
import type { Answer, Handler, StandInRequest } from './server.ts';
import type { World, WorldPackage } from './world.ts';

export interface RubygemsStandInOptions {
  /** What has happened since; may grow while the stand-in runs. */
  readonly journal?: readonly JournalEvent[];
  /** What may be switched while the stand-in runs. */
  readonly switches?: RubygemsSwitches;
  readonly infoVersion?: 1 | 2;
  readonly layout?: StatisticsLayout;
  /** Hits that the search gives out of one query. */
  readonly window?: number;
  /** Lines at the end of the file begun this month that are no lines. */
  readonly strays?: readonly string[];
  readonly infoStrays?: ReadonlyMap<string, readonly string[]>;
  /** Gems whose file is not there although the index lists it; the object store behind says so in one of two ways. */
  readonly lost?: ReadonlyMap<string, 403 | 404>;
  /** A server of one's own that knows no ranges. */
  readonly ranges?: boolean;
}

export interface RubygemsSwitches {
  /** How much of the journal was there when `/versions` was last written anew. */
  folded?: number;
  /** Bytes that a mirror has lost at the end of `/versions`. */
  cut?: number;
  /** `Repr-Digest` in place of the true one. */
  digest?: string;
}

const PREFIXES = { index: '', gems: '/gems', api: '/api/v1', stats: '/stats', ecosystems: '/ecosystems' };

/** The stand-in's address for each of RubyGems' origins. */
export function rubygemsOrigins(origin: string): Readonly<Record<keyof typeof PREFIXES, string>> {
  return {
    index: origin,
    gems: `${origin}${PREFIXES.gems}`,
    api: `${origin}${PREFIXES.api}`,
    stats: `${origin}${PREFIXES.stats}`,
    ecosystems: `${origin}${PREFIXES.ecosystems}`,
  };
}

/** nginx in front of the application: HTML, and no word on how long to wait. */
export const NGINX_429: Answer = {
  status: 429,
  headers: { 'content-type': 'text/html' },
  body: '<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
};

/** The application itself. */
export function appThrottled(seconds: number): Answer {
  return {
    status: 429,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': String(seconds) },
    body: 'Retry later\n',
  };
}

const ACCESS_DENIED: Answer = {
  status: 403,
  headers: { 'content-type': 'application/xml' },
  body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
};
const NOT_FOUND: Answer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'max-age=60, public' },
  body: 'This gem could not be found',
};

const ROBOTS = `User-agent: *
Disallow: /downloads/
Disallow: /gems?letter=*
Disallow: /search?*
Disallow: /names
Disallow: /news
`;

export function rubygemsStandIn(world: World, options: RubygemsStandInOptions = {}): (origin: string) => Handler {
  const gems = new Gems(world.of('rubygems'), options);
  const ecosystems = ecosystemsStandIn(world.of('rubygems'), 'rubygems.org', PREFIXES.ecosystems);
  return () => async (request) => {
    const ranking = ecosystems(request);
    if (ranking !== null) return ranking;
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    const { path } = request;
    if (path === '/robots.txt') return { status: 200, headers: { 'content-type': 'text/plain' }, body: ROBOTS };
    if (path === '/versions') return gems.versions(request);
    if (path === '/names') return gems.names(request);
    if (path.startsWith('/info/')) return gems.info(request, decodeURIComponent(path.slice('/info/'.length)));
    if (path.startsWith('/gems/') && path.endsWith('.gem')) return gems.download(request);
    if (path.startsWith('/api/v1/')) return api(request, gems.now(), gems.packer, options.window);
    if (path === '/stats') return statisticsPage(request, gems.now(), options.layout ?? 'since-2026');
    return null;
  };
}

class Gems {
  readonly #gems: readonly WorldPackage[];
  readonly #options: RubygemsStandInOptions;
  readonly #index: CompactIndex;
  readonly packer = createPacker();
  #written: { readonly of: string; readonly text: Promise<string> } | null = null;

  constructor(gems: readonly WorldPackage[], options: RubygemsStandInOptions) {
    this.#gems = gems;
    this.#options = options;
    this.#index = new CompactIndex(this.packer, {
      version: options.infoVersion ?? 2,
      strays: options.infoStrays ?? new Map(),
    });
  }

  /** Every gem of this moment. */
  now(): WorldPackage[] {
    return this.#at(this.#options.journal?.length ?? 0);
  }

  async versions(request: StandInRequest): Promise<Answer> {
    const { journal = [], switches = {}, strays = [] } = this.#options;
    const folded = switches.folded ?? 0;
    const key = `${folded}/${journal.length}`;
    if (this.#written?.of !== key) {
      // When the file is written anew, gems without a version are left out of it.
      const begun = folded === 0 ? this.#gems : this.#at(folded).filter(isIndexed);
      const month = `2026-${String(9 + folded).padStart(2, '0')}-01T00:00:05Z`;
      this.#written = { of: key, text: this.#index.versions(begun, journal.slice(folded), month) };
    }
    const text = await this.#written.text;
    const odd = strays.length === 0 ? text : text.replace('\n---\n', `\n---\n${strays.join('\n')}\n`);
    const bytes = Buffer.from(odd, 'utf8');
    return this.#indexFile(request, bytes.subarray(0, bytes.length - (switches.cut ?? 0)), switches.digest);
  }

  names(request: StandInRequest): Answer {
    const names = this.now()
      .filter(isIndexed)
      .map(({ name }) => `${name}\n`);
    return this.#indexFile(request, Buffer.from(`---\n${names.join('')}`));
  }

  async info(request: StandInRequest, name: string): Promise<Answer> {
    const one = this.now().find((gem) => gem.name === name);
    if (one === undefined || one.releases.length === 0) return NOT_FOUND;
    return this.#indexFile(request, Buffer.from(await this.#index.info(one)));
  }

  async download(request: StandInRequest): Promise<Answer> {
    const filename = decodeURIComponent(request.path.slice('/gems/'.length));
    const lost = this.#options.lost?.get(filename);
    if (lost !== undefined) return lost === 403 ? ACCESS_DENIED : NOT_FOUND;
    for (const one of this.now()) {
      for (const release of one.releases) {
        const artifact = release.artifacts.find((each) => each.filename === filename);
        if (artifact === undefined || release.withdrawn) continue;
        const subject = { name: one.name, version: release.version, publishedAt: release.publishedAt };
        const { bytes } = await this.packer(subject, artifact);
        return file(bytes, request.headers['range'], { etag: `"${createHash('md5').update(bytes).digest('hex')}"` });
      }
    }
    return NOT_FOUND;
  }

  #at(events: number): WorldPackage[] {
    const state = replay(this.#gems, (this.#options.journal ?? []).slice(0, events));
    return [...state.values()].flatMap((recorded) => (recorded.package === null ? [] : [recorded.package]));
  }

  /** Validators speak of the whole file, also where a part of it is given. */
  #indexFile(request: StandInRequest, bytes: Buffer, digest?: string): Answer {
    const sha256 = digest ?? createHash('sha256').update(bytes).digest('base64');
    const etag = `"${md5(bytes.toString('utf8'))}"`;
    const headers = {
      etag,
      'repr-digest': `sha-256=:${sha256}:`,
      digest: `sha-256=${sha256}`,
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'max-age=60, public',
      'accept-ranges': 'bytes',
    };
    if (request.headers['if-none-match']?.replace(/^W\//, '') === etag) return { status: 304, headers };
    return file(bytes, this.#options.ranges === false ? undefined : request.headers['range'], headers);
  }
}
