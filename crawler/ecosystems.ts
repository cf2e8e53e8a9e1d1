/**
 * packages.ecosyste.ms, an index over many registries, as a source of rankings for any of them.
 *
 * Its share-alike licence covers the lists, so a ranking taken from it is published under the same one.
 */
import { z } from 'zod';
import { MostDownloaded, placesInOrder } from './ranking.ts';
import { Malformed } from './errors.ts';
import type { HostBudget, RankingSource, RegistryIo } from './registry.ts';

/** Role of the origin that a registry with one of these sources must have. */
export const ECOSYSTEMS_ROLE = 'ecosystems';
export const ECOSYSTEMS_ORIGIN = 'https://packages.ecosyste.ms';

/** 5000 requests an hour and address; a contact in the User-Agent is asked for. */
export const ecosystemsBudget: HostBudget = {
  origin: ECOSYSTEMS_ROLE,
  perSecond: 1,
  concurrency: 1,
  per30Days: null,
  source: 'https://packages.ecosyste.ms/docs: 5000 requests an hour (1.39 a second); one a second, one at a time, stays below',
};

const TERMS = 'CC BY-SA 4.0 (share-alike), ecosyste.ms';
/** Packages per page; the service allows 1000. */
const PAGE = 1000;
/** Names per page, and how far the numbers are worth reading. */
const PLACES = 10_000;
const MAX_ANSWER = 64 * 1024 * 1024;

interface ListedRegistry {
  readonly key: (name: string) => string;
  /** What this registry's counts there suffer from. */
  readonly weaknesses: string;
  /** What the numbers count; by default the downloads of the last month. */
  readonly measures?: string;
}

const packageSchema = z.object({ name: z.string().min(1), downloads: z.number().nonnegative() });

/** Packages with their numbers, 1000 a page, up to 10 000 places. `registry` is the name there, such as `npmjs.org`. */
export function ecosystemsDownloads(registry: string, { key, weaknesses, measures }: ListedRegistry): RankingSource {
  return {
    id: 'ecosystems-downloads',
    label: 'ecosyste.ms packages, by downloads',
    url: `https://packages.ecosyste.ms/registries/${registry}`,
    measures: measures ?? 'downloads in the last month, as last seen by ecosyste.ms',
    terms: TERMS,
    weaknesses: `${weaknesses} Sorting by downloads is heavy for the service and fails at times.`,
    places: PLACES,
    async read(io, limit) {
      const most = new MostDownloaded(limit);
      let seen = 0;
      for (let page = 1; seen < limit && page <= Math.ceil(PLACES / PAGE); page += 1) {
        const rows = await list(`${registry}/packages`, { per_page: PAGE, page }, io);
        seen += rows.length;
        for (const row of rows) {
          const parsed = packageSchema.safeParse(row);
          if (parsed.success) most.add({ ...parsed.data, key: key(parsed.data.name) });
          else io.drop('ranking-row-not-understood');
        }
        if (rows.length < PAGE) break;
      }
      return { dated: null, places: most.places() };
    },
  };
}

/** The same order as names alone: one request for 10 000 places, and no numbers to check it by. */
export function ecosystemsNames(registry: string, { key, weaknesses }: ListedRegistry): RankingSource {
  return {
    id: 'ecosystems-names',
    label: 'ecosyste.ms package names, by downloads',
    url: `https://packages.ecosyste.ms/registries/${registry}`,
    measures: 'order by downloads in the last month, as last seen by ecosyste.ms; no numbers',
    terms: TERMS,
    weaknesses: `${weaknesses} No numbers, so ties cannot be seen. Sorting by downloads is heavy for the service and fails at times.`,
    places: PLACES,
    async read(io, limit) {
      const rows = await list(`${registry}/package_names`, { per_page: PLACES, page: 1 }, io);
      const names = rows.filter((row) => {
        if (typeof row === 'string' && row !== '') return true;
        io.drop('ranking-row-not-understood');
        return false;
      });
      return {
        dated: null,
        places: placesInOrder(
          (names as string[]).map((name) => ({ name, key: key(name) })),
          limit,
        ),
      };
    },
  };
}

async function list(
  path: string,
  paging: { readonly per_page: number; readonly page: number },
  io: RegistryIo,
): Promise<readonly unknown[]> {
  const query = new URLSearchParams({ sort: 'downloads', order: 'desc' });
  for (const [name, value] of Object.entries(paging)) query.set(name, String(value));
  const url = `${io.origin(ECOSYSTEMS_ROLE)}/api/v1/registries/${path}?${query.toString()}`;
  const { body, headers } = await io.json(url, { accept: 'application/json', maxBytes: MAX_ANSWER });
  if (!Array.isArray(body)) throw new Malformed(`expected a list from ${url}`, { url });
  // A smaller page than asked for, with another behind it, must not pass for the end of the ranking.
  if (body.length < paging.per_page && /rel="?next\b/.test(headers['link'] ?? '')) {
    throw new Malformed(`expected ${paging.per_page} rows a page from ${url}, but it gives ${body.length} and goes on`, { url });
  }
  return body as readonly unknown[];
}
