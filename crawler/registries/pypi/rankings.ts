/** Who counts PyPI's downloads. pypistats.org answers for one project at a time and asks not to be queried in bulk: not used. */
import { z } from 'zod';
import { ecosystemsDownloads } from '../../ecosystems.ts';
import { Malformed } from '../../errors.ts';
import { MostDownloaded } from '../../ranking.ts';
import type { RankingSnapshot, RankingSource, RegistryIo } from '../../registry.ts';
import { isProjectName, normalise } from './name.ts';

const COUNTS_ALL =
  'Counts requests of the file host: mirrors, build servers and bots included, installs from caches not. Projects without the ' +
  'traffic of machines rank lower than their use.';

const PLACES = 15_000;
const MAX_ANSWER = 32 * 1024 * 1024;

const rowSchema = z.object({
  project: z.string(),
  // 64-bit numbers come as strings from ClickHouse's JSON by default.
  download_count: z.union([z.number().nonnegative(), z.string().regex(/^\d+$/)]).transform(Number),
});

const topListSchema = z.object({ last_update: z.string(), rows: z.array(z.unknown()) });

export const monthlyTopList: RankingSource = {
  id: 'top-pypi-packages',
  label: 'Top PyPI Packages (hugovk)',
  url: 'https://hugovk.dev/top-pypi-packages/',
  measures: 'downloads in the previous calendar month, all installers',
  terms:
    'No licence file in its repository; published with a DOI for citation. The numbers are PyPI’s public download data (CC BY 4.0).',
  weaknesses: `${COUNTS_ALL} Renewed on the first day of a month only.`,
  places: PLACES,
  async read(io, limit) {
    const url = `${io.origin('top-list')}/top-pypi-packages.min.json`;
    const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_ANSWER });
    const parsed = topListSchema.safeParse(body);
    if (!parsed.success) throw new Malformed(`expected last_update and rows in ${url}`, { url });
    return ranked(parsed.data.rows, parsed.data.last_update.slice(0, 10), limit, io);
  },
};

const answerSchema = z.object({
  data: z.array(z.unknown()),
  rows: z.number().int(),
  /** Groups there would be without LIMIT. */
  rows_before_limit_at_least: z.number().int().optional(),
});

/** The month is left to the server, whose clock the table follows. */
function monthlyCounts(limit: number): string {
  return [
    'SELECT project, SUM(count) AS download_count, toString(MAX(month)) AS counted_month',
    'FROM pypi.pypi_downloads_per_month',
    'WHERE month = toStartOfMonth(addMonths(today(), -1))',
    'GROUP BY project',
    'ORDER BY download_count DESC, project ASC',
    `LIMIT ${limit}`,
  ].join('\n');
}

export const clickhouse: RankingSource = {
  id: 'clickhouse',
  label: 'ClickHouse public SQL endpoint (the data behind ClickPy)',
  url: 'https://clickpy.clickhouse.com/',
  measures: 'downloads in the previous calendar month, all installers',
  terms: 'A demonstration service without a promise. The numbers are PyPI’s public download data (CC BY 4.0).',
  weaknesses: `${COUNTS_ALL} May vanish, or cut long answers without a word; a cut answer is refused here.`,
  places: PLACES,
  async read(io, limit) {
    const url = `${io.origin('clickhouse')}/?user=demo&default_format=JSON`;
    const wanted = Math.min(limit, PLACES);
    // Read as text: the server reports errors, even with status 200, as "Code: 159. DB::Exception …", after rows as well.
    const { body } = await io.text(url, {
      method: 'POST',
      body: monthlyCounts(wanted),
      headers: { 'content-type': 'text/plain' },
      maxBytes: MAX_ANSWER,
    });
    const answer = answerSchema.safeParse(parseAnswer(body, url));
    if (!answer.success) throw new Malformed('expected data and rows in the answer of ClickHouse', { url });
    const { data, rows_before_limit_at_least: all = wanted } = answer.data;
    if (data.length < Math.min(wanted, all)) {
      throw new Malformed(`expected ${Math.min(wanted, all)} rows from ClickHouse, but it cut its answer at ${data.length}`, {
        url,
      });
    }
    const month = z.object({ counted_month: z.string() }).safeParse(data[0]);
    return ranked(data, month.success ? month.data.counted_month.slice(0, 10) : null, wanted, io);
  },
};

export const pypiRankings: readonly RankingSource[] = [
  monthlyTopList,
  clickhouse,
  ecosystemsDownloads('pypi.org', {
    key: normalise,
    weaknesses: `${COUNTS_ALL} Taken over from pypistats.org package by package, some of them months ago.`,
  }),
];

function parseAnswer(text: string, url: string): unknown {
  const code = /^\s*Code: (\d{1,5})|Code: (\d{1,5})\. DB::Exception/.exec(text);
  if (code !== null) throw new Malformed(`ClickHouse answered with its error ${code[1] ?? code[2]}`, { url });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Malformed('expected JSON from ClickHouse', { url, cause: error });
  }
}

function ranked(rows: readonly unknown[], dated: string | null, limit: number, io: RegistryIo): RankingSnapshot {
  const most = new MostDownloaded(limit);
  for (const row of rows) {
    const parsed = rowSchema.safeParse(row);
    if (!parsed.success || !isProjectName(parsed.data.project)) {
      io.drop('ranking-row-not-understood');
      continue;
    }
    const { project, download_count: downloads } = parsed.data;
    most.add({ name: project, key: normalise(project), downloads });
  }
  return { dated: dated !== null && /^\d{4}-\d\d-\d\d$/.test(dated) ? dated : null, places: most.places() };
}
