/** packages.ecosyste.ms, as far as rankings need it. */
import { json } from './replies.ts';
import type { Answer, StandInRequest } from './server.ts';
import type { WorldPackage } from './world.ts';

const MAX_PACKAGES = 1000;
const MAX_NAMES = 10_000;
const LIMIT_PER_HOUR = 5000;

/** Answers below `prefix`; null for what it does not know. `registry` is the name there, such as `npmjs.org`. */
export function ecosystemsStandIn(
  packages: readonly WorldPackage[],
  registry: string,
  prefix: string,
): (request: StandInRequest) => Answer | null {
  const ranked = packages.filter(({ rank }) => rank !== null).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  let remaining = LIMIT_PER_HOUR;

  return ({ method, path, query }) => {
    const base = `${prefix}/api/v1/registries/${registry}`;
    if (method !== 'GET' || !path.startsWith(`${base}/`)) return null;
    const list = path.slice(base.length + 1);
    if (list !== 'packages' && list !== 'package_names') return null;
    if (query.get('sort') !== 'downloads' || query.get('order') !== 'desc') return null;
    const most = list === 'packages' ? MAX_PACKAGES : MAX_NAMES;
    const perPage = Math.min(most, Math.max(1, Number(query.get('per_page') ?? 100)));
    const page = Math.max(1, Number(query.get('page') ?? 1));
    const rows = ranked.slice((page - 1) * perPage, page * perPage);
    remaining -= 1;
    query.set('page', String(page + 1));
    const next = page * perPage < ranked.length ? `<https://packages.ecosyste.ms${path}?${query.toString()}>; rel="next"` : '';
    return json(list === 'packages' ? rows.map((one) => describe(one, registry)) : rows.map(({ name }) => name), {
      'content-type': 'application/json; charset=utf-8',
      'current-page': String(page),
      'page-items': String(perPage),
      'x-ratelimit-limit': String(LIMIT_PER_HOUR),
      'x-ratelimit-remaining': String(remaining),
      ...(next === '' ? {} : { link: next }),
    });
  };
}

function describe(one: WorldPackage, registry: string): object {
  return {
    id: one.rank,
    name: one.name,
    ecosystem: registry.split('.', 1)[0],
    description: null,
    licenses: 'MIT',
    latest_release_number: one.latest,
    versions_count: one.releases.length,
    downloads: one.downloads,
    downloads_period: registry === 'rubygems.org' || registry === 'nuget.org' ? 'total' : 'last-month',
    dependent_packages_count: 0,
    status: null,
  };
}
