/** Where npm's popularity can be read: two packages that are lists, the counts of `api.npmjs.org`, and the search. */
import { cloudflare1015, json } from '../replies.ts';
import type { Answer, StandInRequest } from '../server.ts';
import type { WorldFile, WorldPackage } from '../world.ts';

const MOST_AT_ONCE = 128;
const SEARCH_REACH = 10_000;

/** `download-counts` and `npm-high-impact`, which are packages as any other, though no part of the world. */
export function listPackages(packages: readonly WorldPackage[]): readonly WorldPackage[] {
  const ranked = packages.filter(({ rank }) => rank !== null).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  // The order of the object's keys says nothing.
  const counts = Object.fromEntries(
    ranked.map(({ name, downloads }) => [name, downloads] as const).sort(([a], [b]) => (a < b ? 1 : -1)),
  );
  const names = ranked.map(({ name }) => `  '${name}'`).join(',\n');
  return [
    dataPackage('download-counts', '2.20261101.0', [
      { path: 'index.js', content: "export {default} from './counts.json' with {type: 'json'}\n" },
      { path: 'counts.json', content: JSON.stringify(counts) },
    ]),
    dataPackage('npm-high-impact', '1.13.0', [
      { path: 'index.js', content: "export {npmHighImpact} from './lib/index.js'\n" },
      { path: 'lib/top-dependent.js', content: "export const topDependent = [\n  'something-else'\n]\n" },
      { path: 'lib/top-download.js', content: `export const topDownload = [\n${names}\n]\n` },
    ]),
  ];
}

function dataPackage(name: string, version: string, files: readonly WorldFile[]): WorldPackage {
  const artifact = { kind: 'npm', platform: '', filename: `${name}-${version}.tgz`, files } as const;
  const release = {
    version,
    publishedAt: '2026-11-02T03:04:05.000Z',
    prerelease: false,
    withdrawn: false,
    artifacts: [artifact],
  };
  return { registry: 'npm', name, downloads: 0, rank: null, releases: [release], latest: version, noRelease: null, plants: [] };
}

/** Download counts by name: 128 at once, scoped ones alone, and so many requests until the front says no. */
export function downloadCounts(packages: readonly WorldPackage[], prefix: string, requests: number) {
  const known = new Map(packages.map((one) => [one.name, one]));
  let left = requests;

  function countOf(name: string): object | null {
    const one = known.get(name);
    return one === undefined ? null : { downloads: one.downloads, start: '2026-10-01', end: '2026-10-31', package: name };
  }

  return ({ method, path }: StandInRequest): Answer | null => {
    const start = `${prefix}/downloads/point/last-month/`;
    if (method !== 'GET' || !path.startsWith(start)) return null;
    if (left-- <= 0) return cloudflare1015();
    const names = path
      .slice(start.length)
      .split(',')
      .map((name) => decodeURIComponent(name));
    const [only = ''] = names;
    if (names.length === 1)
      return json(countOf(only) ?? { error: `package ${only} not found` }, {}, countOf(only) === null ? 404 : 200);
    if (names.length > MOST_AT_ONCE) return json({ error: `exceeded max bulk size of ${MOST_AT_ONCE}` }, {}, 400);
    if (names.some((name) => name.startsWith('@'))) {
      return json({ error: 'scoped packages are not currently supported in bulk lookups' }, {}, 400);
    }
    return json(Object.fromEntries(names.map((name) => [name, countOf(name)])));
  };
}

/** The search: names that hold the text, 250 at once, no further than 10 000. */
export function search(packages: readonly WorldPackage[], query: URLSearchParams): Answer {
  const text = query.get('text') ?? '';
  const size = Math.min(250, Number(query.get('size') ?? 20));
  const from = Number(query.get('from') ?? 0);
  if (text === '' || from + size > SEARCH_REACH) return json({ error: 'Bad Request' }, {}, 400);
  const found = packages.filter(({ name, latest }) => latest !== null && name.includes(text));
  const objects = found.slice(from, from + size).map((one) => ({
    downloads: { monthly: one.downloads, weekly: Math.floor(one.downloads / 4) },
    dependents: '0',
    updated: '2026-10-01T00:00:00.000Z',
    searchScore: 1,
    package: { name: one.name, version: one.latest, date: one.releases.at(-1)?.publishedAt },
    score: { final: 1, detail: { popularity: 1, quality: 1, maintenance: 1 } },
    flags: { insecure: 0 },
  }));
  return json({ objects, total: found.length, time: '2026-11-01T00:00:00.000Z' });
}
