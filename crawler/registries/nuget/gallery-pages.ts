/** The registry's pages for people, read as such: the list of packages by downloads, and the statistics of six weeks. */
import { load } from 'cheerio';
import { Malformed } from '../../errors.ts';
import { MostDownloaded, type CountedName } from '../../ranking.ts';
import type { RankingSource, RegistryIo } from '../../registry.ts';
import { lowerNugetId } from '../../versions/nuget.ts';
import { isNugetId } from './id.ts';

const MAX_PAGE = 8 * 1024 * 1024;
/** Packages on a page of the list, and the last page that has any. */
const PER_PAGE = 20;
const LAST_PAGE = 1501;

const TERMS = 'No licence is stated; nuget.org’s terms of use (https://www.nuget.org/policies/Terms)';

export const packagePages: RankingSource = {
  id: 'gallery-pages',
  label: 'nuget.org package list, by total downloads',
  url: 'https://www.nuget.org/packages?sortBy=totalDownloads-desc',
  measures: 'downloads of all versions since the package exists',
  terms: `${TERMS}; robots.txt allows the pages`,
  weaknesses:
    'Counts build servers, mirrors and bots. Packages of the framework that the list hides are missing. 500 pages made for people.',
  places: 10_000,
  async read(io, limit) {
    const most = new MostDownloaded(limit);
    // One page more than needed: numbers are fresher than the order of pages.
    const last = Math.min(LAST_PAGE, Math.ceil(limit / PER_PAGE) + 1);
    for (let page = 1; page <= last; page += 1) {
      const query = new URLSearchParams({ page: String(page), sortBy: 'totalDownloads-desc', prerel: 'true' });
      const list = await readList(`${io.origin('www')}/packages?${query.toString()}`, io);
      for (const one of list.packages) most.add(one);
      if (list.isLast) break;
    }
    return { dated: null, places: most.places() };
  },
};

/** The other table of the page leaves out those that come with the framework. */
const ALL_PACKAGES = /^(?:the )?packages with the most downloads/i;

export const statisticsPage: RankingSource = {
  id: 'statistics-page',
  label: 'nuget.org statistics, most downloaded packages',
  url: 'https://www.nuget.org/stats/packages',
  measures: 'downloads in the last six weeks',
  terms: `${TERMS}; robots.txt allows the page`,
  weaknesses: 'Counts build servers, mirrors and bots. Ends at 100 places.',
  places: 100,
  async read(io, limit) {
    const url = `${io.origin('www')}/stats/packages`;
    const page = await pageAt(url, io);
    // A table names itself by a label or, in an earlier layout, by a caption.
    const table = page('table').filter((_, element) => {
      const one = page(element);
      return ALL_PACKAGES.test((one.attr('aria-label') ?? one.find('caption').text()).trim());
    });
    if (table.length === 0) throw new Malformed(`expected the table of packages with the most downloads in ${url}`, { url });
    const most = new MostDownloaded(limit);
    for (const element of table.first().find('tbody tr').toArray()) {
      const [name = '', count = ''] = page(element)
        .find('td > a[href*="/packages/"]')
        .toArray()
        .map((link) => page(link).text().trim());
      const downloads = numberIn(count);
      if (downloads === null || !isNugetId(name)) io.drop('ranking-row-not-understood');
      else most.add({ name, key: lowerNugetId(name), downloads });
    }
    const dated = page('.last-updated [data-datetime]').attr('data-datetime') ?? '';
    return { dated: /^\d{4}-\d\d-\d\d/.exec(dated)?.[0] ?? null, places: most.places() };
  },
};

async function readList(
  url: string,
  io: RegistryIo,
): Promise<{ readonly packages: readonly CountedName[]; readonly isLast: boolean }> {
  const page = await pageAt(url, io);
  // The page behind the last has neither packages nor their list, but its heading still counts them.
  if (page('.list-packages, h1').length === 0) throw new Malformed(`expected a list of packages in ${url}`, { url });
  const packages: CountedName[] = [];
  const items = page('.list-packages .package').toArray();
  for (const element of items) {
    const item = page(element);
    const link = item.find('a.package-title').first();
    const name = idOf(link.attr('data-package-id'), link.attr('href'));
    const count = item.find('.icon-text').has('i.ms-Icon--Download').first().text();
    const downloads = numberIn(count);
    if (downloads === null || !isNugetId(name)) io.drop('ranking-row-not-understood');
    else packages.push({ name, key: lowerNugetId(name), downloads });
  }
  return { packages, isLast: items.length === 0 || page('.pager li.next a[href]').length === 0 };
}

/** The text of the link has breaks in it, so the id is taken from the link itself. */
function idOf(id: string | undefined, href = ''): string {
  if (id !== undefined) return id;
  try {
    return decodeURIComponent(/\/packages\/([^/?#]+)/.exec(href)?.[1] ?? '');
  } catch {
    return '';
  }
}

async function pageAt(url: string, io: RegistryIo) {
  const { body } = await io.text(url, {
    accept: 'text/html',
    // The signs between groups of digits follow the reader's language.
    headers: { 'accept-language': 'en-US' },
    maxBytes: MAX_PAGE,
    page: true,
  });
  return load(body);
}

/** `1,234,567 total downloads` */
function numberIn(text: string): number | null {
  const digits = /^\s*(\d{1,3}(?:[,.\u00a0\u202f' ]\d{3})+|\d+)(?!\d)/.exec(text)?.[1];
  return digits === undefined ? null : Number(digits.replace(/\D/g, ''));
}
