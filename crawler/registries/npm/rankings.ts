/** Who ranks npm's packages. npm itself publishes no ranking, and answers for counts by name only (see `verify.ts`). */
import { ecosystemsDownloads, ecosystemsNames } from '../../ecosystems.ts';
import { Malformed } from '../../errors.ts';
import { jsonItems } from '../../json-items.ts';
import { MostDownloaded, placesInOrder } from '../../ranking.ts';
import type { RankingSource } from '../../registry.ts';
import { fileOf, newestData } from './tarball.ts';

const COUNTS_ALL = 'Counts tarball requests: mirrors, build servers and bots included, installs from caches not.';
const PLACES = 10_000;

/**
 * The npm package `download-counts`: npm's own count of the last month for every package, as one JSON object of some 100 MB
 * in a tarball of 28 MB.
 */
export const downloadCounts: RankingSource = {
  id: 'download-counts',
  label: 'download-counts (nice-registry), a package of all monthly counts',
  url: 'https://github.com/nice-registry/download-counts',
  measures: 'downloads in a month, all clients, as npm’s own counter gave them',
  terms: 'MIT, by its package.json; the numbers are npm’s',
  weaknesses:
    `${COUNTS_ALL} Meant to be renewed every month, but npm’s limits make collecting take about as long, and months have been ` +
    'left out: look at its date.',
  places: PLACES,
  async read(io, limit) {
    const data = await newestData('download-counts', io);
    const most = new MostDownloaded(limit);
    for await (const piece of jsonItems(fileOf(data, 'counts.json', io), { member: null, url: data.tarball })) {
      if (
        piece.kind === 'item' &&
        piece.key !== null &&
        piece.key !== '' &&
        typeof piece.value === 'number' &&
        piece.value >= 0
      ) {
        most.add({ name: piece.key, key: piece.key, downloads: piece.value });
      } else io.drop('ranking-row-not-understood');
    }
    return { dated: countedOn(data.version) ?? data.published, places: most.places() };
  },
};

/** The version is the date: 2.YYYYMMDD.0. */
function countedOn(version: string): string | null {
  const date = /^\d+\.(\d{4})(\d\d)(\d\d)\.\d+$/.exec(version);
  return date === null ? null : `${date[1]}-${date[2]}-${date[3]}`;
}

const MAX_LIST = 16 * 1024 * 1024;

/** The npm package `npm-high-impact`: names in order, in a JavaScript file that is read as text and never run. */
export const highImpact: RankingSource = {
  id: 'npm-high-impact',
  label: 'npm-high-impact (wooorm), packages by downloads',
  url: 'https://github.com/wooorm/npm-high-impact',
  measures: 'order by downloads among packages with at least a million a week; no numbers',
  terms: 'MIT; built from ecosyste.ms (CC BY-SA 4.0)',
  weaknesses: `${COUNTS_ALL} Renewed by hand every few months. No numbers, so ties cannot be seen.`,
  places: PLACES,
  async read(io, limit) {
    const data = await newestData('npm-high-impact', io);
    const text = await textOf(fileOf(data, 'lib/top-download.js', io), data.tarball);
    const list = /\[([^\]]*)\]/.exec(text)?.[1];
    if (list === undefined) throw new Malformed('expected a list of names in lib/top-download.js', { url: data.tarball });
    const names = [...list.matchAll(/'([^'\\\n]+)'|"([^"\\\n]+)"/g)].map((match) => match[1] ?? match[2] ?? '');
    return {
      dated: data.published,
      places: placesInOrder(
        names.map((name) => ({ name, key: name })),
        limit,
      ),
    };
  },
};

const ecosystems = {
  key: (name: string) => name,
  weaknesses: `${COUNTS_ALL} Renewed package by package, some of them a year ago.`,
};

export const npmRankings: readonly RankingSource[] = [
  downloadCounts,
  ecosystemsDownloads('npmjs.org', ecosystems),
  ecosystemsNames('npmjs.org', ecosystems),
  highImpact,
];

async function textOf(chunks: AsyncIterable<Uint8Array>, url: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MAX_LIST) throw new Malformed(`expected a list of at most ${MAX_LIST} bytes`, { url });
    pieces.push(chunk);
  }
  return Buffer.concat(pieces).toString('utf8');
}
