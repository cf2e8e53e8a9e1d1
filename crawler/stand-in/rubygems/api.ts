/** rubygems.org's JSON API, version 1, as far as anyone reads gems with it. */
import type { Packer } from '../pack.ts';
import { json } from '../replies.ts';
import type { Answer, StandInRequest } from '../server.ts';
import type { WorldArtifact, WorldPackage, WorldRelease } from '../world.ts';
import { fullNameOf, isIndexed } from './compact-index.ts';

const CACHED = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'max-age=60, public' };
const PER_PAGE = 30;
/** What the search index gives out of one query; rubygems.org's own is 10 000. */
const WINDOW = 10_000;
const MAX_PAGE = 1000;
const WEEK_MS = 7 * 86_400_000;

export async function api(
  request: StandInRequest,
  gems: readonly WorldPackage[],
  packer: Packer,
  window = WINDOW,
): Promise<Answer | null> {
  const path = request.path.replace(/^\/api\/v1\//, '');
  if (path === 'search.json') return search(request, gems, packer, window);
  if (path === 'timeframe_versions.json') return timeframe(request, gems, packer);
  if (path === 'dependencies' || path === 'dependencies.json') {
    return plain(
      404,
      'The dependency API has gone away. See https://blog.rubygems.org/2023/02/22/dependency-api-deprecation.html for more information',
    );
  }
  const [, kind, name = '', rest = ''] = /^(gems|versions)\/([^/]+?)(\/latest)?\.json$/.exec(path) ?? [];
  if (kind === undefined) return null;
  const one = gems.find((gem) => gem.name === decodeURIComponent(name) && isIndexed(gem));
  if (one === undefined) return plain(404, 'This rubygem could not be found.');
  if (kind === 'gems') return rest === '' ? json(await gemOf(one, packer), CACHED) : null;
  if (rest !== '') return json({ version: newestOf(one).release.version }, CACHED);
  const shown = variantsOf(one).filter(({ release }) => !release.withdrawn);
  const versions = await Promise.all(shown.map((variant) => versionOf(one, variant, packer)));
  return json(versions.reverse(), CACHED);
}

/** Only what the searcher in the real index understands of ranges: `downloads:>N` and `downloads:<N`. */
async function search(
  { query }: StandInRequest,
  gems: readonly WorldPackage[],
  packer: Packer,
  window: number,
): Promise<Answer | null> {
  const text = query.get('query') ?? '';
  if (/[[\]{}]/.test(text) || (text.match(/downloads:/g) ?? []).length > 2) return plain(400, 'Bad Request');
  const terms = text.split(/\s+/).map((term) => /^downloads:([<>])(\d+)$/.exec(term));
  if (terms.length === 0 || terms.includes(null)) return null;
  const page = Number(query.get('page') ?? '1');
  if (!Number.isInteger(page) || page < 1 || page > MAX_PAGE) return redirectToFirst('/api/v1/search.json', query);
  const hits = gems
    .filter((one) => one.rank !== null && isIndexed(one))
    .filter(({ downloads }) =>
      terms.every((term) => (term?.[1] === '<' ? downloads < Number(term[2]) : downloads > Number(term?.[2]))),
    )
    // Hits with equal downloads come in the order of the index, which is nobody's.
    .sort((a, b) => b.downloads - a.downloads || (a.name < b.name ? 1 : -1))
    .slice(0, window)
    .slice((page - 1) * PER_PAGE, page * PER_PAGE);
  return json(await Promise.all(hits.map((one) => gemOf(one, packer))), CACHED);
}

/** Versions created within a window of at most seven days, yanked ones among them. */
async function timeframe({ query }: StandInRequest, gems: readonly WorldPackage[], packer: Packer): Promise<Answer> {
  const from = Date.parse(query.get('from') ?? '');
  if (Number.isNaN(from)) return plain(400, 'the from parameter must be an ISO 8601 timestamp');
  const to = query.get('to') === null ? from + WEEK_MS : Date.parse(query.get('to') ?? '');
  if (Number.isNaN(to)) return plain(400, 'the to parameter must be an ISO 8601 timestamp');
  if (from > to) return plain(400, 'the starting time parameter must be before the ending time parameter');
  if (to - from > WEEK_MS) return plain(400, 'the supplied query time range cannot exceed 7 days');
  const page = Number(query.get('page') ?? '1');
  if (!Number.isInteger(page) || page < 1 || page > MAX_PAGE) return redirectToFirst('/api/v1/timeframe_versions.json', query);
  const created = gems
    .flatMap((one) => variantsOf(one).map((variant) => ({ one, variant })))
    .filter(({ variant }) => {
      const at = Date.parse(variant.release.publishedAt);
      return at >= from && at <= to;
    })
    .sort((a, b) => (a.variant.release.publishedAt < b.variant.release.publishedAt ? -1 : 1))
    .slice((page - 1) * PER_PAGE, page * PER_PAGE);
  return json(
    await Promise.all(
      created.map(async ({ one, variant }) => merged(await gemOf(one, packer), await versionOf(one, variant, packer), variant)),
    ),
    CACHED,
  );
}

function merged(gem: object, version: object, { release }: Variant): object {
  return { ...gem, ...version, yanked: release.withdrawn };
}

interface Variant {
  readonly release: WorldRelease;
  readonly artifact: WorldArtifact;
}

function variantsOf(one: WorldPackage): Variant[] {
  return one.releases.flatMap((release) => release.artifacts.map((artifact) => ({ release, artifact })));
}

/** The version that the site shows: the world's latest, its gem for platform ruby where there is one; a yanked one where all are. */
function newestOf(one: WorldPackage): Variant {
  const all = variantsOf(one);
  const shown = all.filter(({ release }) => !release.withdrawn);
  const latest = shown.filter(({ release }) => release.version === one.latest);
  const [first] = [...latest.filter(({ artifact }) => artifact.platform === ''), ...latest, ...shown, ...all];
  if (first === undefined) throw new Error(`${one.name} has no version`);
  return first;
}

async function gemOf(one: WorldPackage, packer: Packer): Promise<object> {
  const { release, artifact } = newestOf(one);
  const packed = await packer({ name: one.name, version: release.version, publishedAt: release.publishedAt }, artifact);
  const home = `https://rubygems.org/gems/${one.name}`;
  return {
    name: one.name,
    downloads: one.downloads,
    version: release.version,
    version_created_at: release.publishedAt.replace('Z', '.000Z'),
    version_downloads: Math.floor(one.downloads / 7),
    platform: artifact.platform === '' ? 'ruby' : artifact.platform,
    authors: 'A. Author',
    info: `An invented gem named ${one.name}`,
    licenses: one.name.length % 2 === 0 ? ['MIT'] : null,
    metadata: {},
    yanked: false,
    sha: packed.sha256,
    spec_sha: null,
    project_uri: home,
    gem_uri: `https://rubygems.org/gems/${fullNameOf(one, release, artifact)}.gem`,
    homepage_uri: null,
    wiki_uri: null,
    documentation_uri: null,
    mailing_list_uri: null,
    source_code_uri: null,
    bug_tracker_uri: null,
    changelog_uri: null,
    funding_uri: null,
    dependencies: { development: [], runtime: [] },
  };
}

async function versionOf(one: WorldPackage, { release, artifact }: Variant, packer: Packer): Promise<object> {
  const packed = await packer({ name: one.name, version: release.version, publishedAt: release.publishedAt }, artifact);
  return {
    authors: 'A. Author',
    built_at: `${release.publishedAt.slice(0, 10)}T00:00:00.000Z`,
    created_at: release.publishedAt.replace('Z', '.000Z'),
    description: `What ${one.name} is for.`,
    downloads_count: 7,
    metadata: {},
    number: release.version,
    summary: `An invented gem named ${one.name}`,
    platform: artifact.platform === '' ? 'ruby' : artifact.platform,
    rubygems_version: '>= 0',
    ruby_version: '>= 2.7',
    prerelease: release.prerelease,
    licenses: null,
    requirements: null,
    sha: packed.sha256,
    spec_sha: null,
  };
}

function redirectToFirst(path: string, query: URLSearchParams): Answer {
  const first = new URLSearchParams(query);
  first.set('page', '1');
  return { status: 302, headers: { location: `${path}?${first.toString()}` }, body: '' };
}

function plain(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
