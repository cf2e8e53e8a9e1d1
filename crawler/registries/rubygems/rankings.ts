/** Who is downloaded most on rubygems.org: its search, an index over many registries, and its page of statistics. */
import { load } from 'cheerio';
import { z } from 'zod';
import { ecosystemsDownloads } from '../../ecosystems.ts';
import { Malformed } from '../../errors.ts';
import { MostDownloaded } from '../../ranking.ts';
import type { RankingSource, RegistryIo } from '../../registry.ts';

const DOWNLOADS = 'downloads of all versions since the gem was first published';
const TERMS = 'rubygems.org Terms of Service and Acceptable Use Policy; the numbers themselves are facts';

/** Hits per page of the search, and the last page within its window of 10 000 hits. */
const HITS = 30;
const LAST_PAGE = 333;

const hitSchema = z.object({ name: z.string().min(1), downloads: z.number().int().nonnegative() });

/**
 * A query for a range of downloads gives every hit the same relevance, so that hits come by downloads. The order is not
 * promised; whatever comes is sorted here. Behind the window the range goes on below the least downloads seen.
 */
export const search: RankingSource = {
  id: 'search',
  label: 'rubygems.org search, by downloads',
  url: 'https://rubygems.org/search/advanced',
  measures: DOWNLOADS,
  terms: TERMS,
  weaknesses:
    'The order of the search is observed, not promised, so a gem may be missed. Old gems keep what they gathered; downloads by robots and mirrors count.',
  places: 10_000,
  async read(io, limit) {
    const most = new MostDownloaded(limit);
    const keys = new Set<string>();
    let query = 'downloads:>0';
    for (;;) {
      const hits = await readWindow(query, limit - keys.size, io);
      const before = keys.size;
      for (const hit of hits) {
        keys.add(hit.name);
        most.add({ ...hit, key: hit.name });
      }
      if (keys.size >= limit || keys.size === before) return { dated: null, places: most.places() };
      // Whoever ties with the last hit may stand outside of the window.
      const least = hits.reduce((lowest, hit) => Math.min(lowest, hit.downloads), Number.MAX_SAFE_INTEGER - 1);
      query = `downloads:>0 downloads:<${least + 1}`;
    }
  },
};

type Hit = z.infer<typeof hitSchema>;

async function readWindow(query: string, wanted: number, io: RegistryIo): Promise<readonly Hit[]> {
  const hits: Hit[] = [];
  for (let page = 1; page <= LAST_PAGE && hits.length < wanted; page += 1) {
    const url = `${io.origin('api')}/search.json?${new URLSearchParams({ query, page: String(page) }).toString()}`;
    const { body } = await io.json(url);
    if (!Array.isArray(body)) throw new Malformed(`expected a list of gems from ${url}`, { url });
    for (const row of body as readonly unknown[]) {
      const parsed = hitSchema.safeParse(row);
      if (parsed.success) hits.push(parsed.data);
      else io.drop('ranking-row-not-understood');
    }
    if (body.length < HITS) break;
  }
  return hits;
}

/** Ten pages of ten gems; a page beyond is sent back to the first, so none is asked for. */
const STATS_PAGES = 10;
const GEMS_PER_PAGE = 10;

export const statisticsPage: RankingSource = {
  id: 'stats-page',
  label: 'rubygems.org statistics page',
  url: 'https://rubygems.org/stats',
  measures: DOWNLOADS,
  terms: TERMS,
  weaknesses: 'A hundred places only, read from a page for people, whose layout changed in June 2026 and may again.',
  places: STATS_PAGES * GEMS_PER_PAGE,
  async read(io, limit) {
    const most = new MostDownloaded(Math.min(limit, STATS_PAGES * GEMS_PER_PAGE));
    const pages = Math.min(STATS_PAGES, Math.ceil(limit / GEMS_PER_PAGE));
    for (let page = 1; page <= pages; page += 1) {
      const url = `${io.origin('stats')}?page=${page}`;
      const { body } = await io.text(url, { accept: 'text/html', page: true });
      const gems = readStatistics(body, io);
      if (gems === null) throw new Malformed(`expected a list of gems on ${url}; has the page a new layout?`, { url });
      for (const gem of gems) most.add(gem);
      if (gems.length < GEMS_PER_PAGE) break;
    }
    return { dated: null, places: most.places() };
  },
};

/** The gems of a page in its layout since June 2026 or the one before; null where it is neither. */
function readStatistics(html: string, io: RegistryIo): { name: string; key: string; downloads: number }[] | null {
  const page = load(html);
  const meters = page('[data-testid="stats-graph-gem-meter"]');
  const rows =
    meters.length > 0
      ? meters.toArray().map((meter) => page(meter).parent())
      : page('.stats__graph__gem')
          .toArray()
          .map((row) => page(row));
  if (rows.length === 0 && page('h1').length === 0) return null;
  return rows.flatMap((row) => {
    const link = row.find('h3 a[href^="/gems/"], .stats__graph__gem__name a').first();
    const count = row.find('[data-testid="stats-graph-gem-meter"] > span, .stats__graph__gem__count').first();
    const name = decodeURIComponent((link.attr('href') ?? '').replace(/^\/gems\//, ''));
    const downloads = Number(count.text().replace(/[\s,]/g, ''));
    if (name !== '' && count.length === 1 && Number.isSafeInteger(downloads)) return [{ name, key: name, downloads }];
    io.drop('ranking-row-not-understood');
    return [];
  });
}

export const rubygemsRankings = [
  search,
  ecosystemsDownloads('rubygems.org', {
    key: (name) => name,
    measures: `${DOWNLOADS}, as last seen by ecosyste.ms`,
    weaknesses: 'Each gem’s number is as old as its last look there.',
  }),
  statisticsPage,
] as const satisfies readonly RankingSource[];
