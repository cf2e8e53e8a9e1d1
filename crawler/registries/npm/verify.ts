/**
 * Holds a ranking against npm's own download counts.
 *
 * `api.npmjs.org` answers for up to 128 unscoped names at once and for scoped ones one by one, and slows anyone down who asks
 * more than once in two seconds; so a ranking can be checked by a sample and not be made there.
 */
import { z } from 'zod';
import { CrawlError, NotAllowed, Throttled } from '../../errors.ts';
import { concordance } from '../../ranking.ts';
import type { RankedName, RankingCheck, RegistryIo } from '../../registry.ts';

/** The most names that the service takes in one request, and what still fits into a URL that its front accepts. */
const BULK = 128;
const MAX_QUERY = 4000;
const MAX_ANSWER = 4 * 1024 * 1024;

const countSchema = z.object({ downloads: z.number().nonnegative() });

/**
 * Asks for the downloads of the last month of each sampled place, in `ceil(unscoped / 128) + scoped` requests or a few more,
 * and says how well the orders agree. Names that npm does not count, or refuses to, are `unknown`.
 */
export async function verifyRanking(sample: readonly RankedName[], io: RegistryIo): Promise<RankingCheck> {
  const counted: { readonly place: RankedName; readonly downloads: number }[] = [];
  const unknown: string[] = [];
  for (const group of groups(sample)) {
    const counts = await countsOf(group, io);
    for (const place of group) {
      const downloads = counts.get(place.name);
      if (downloads === undefined) unknown.push(place.name);
      else counted.push({ place, downloads });
    }
  }
  counted.sort((a, b) => a.place.rank - b.place.rank);
  return { counted, unknown, concordance: concordance(counted.map(({ downloads }) => downloads)) };
}

/** Unscoped names together as far as the service allows, scoped ones alone. */
function groups(sample: readonly RankedName[]): RankedName[][] {
  const all: RankedName[][] = [];
  let group: RankedName[] = [];
  let length = 0;
  for (const place of sample) {
    if (place.name.startsWith('@')) {
      all.push([place]);
      continue;
    }
    const size = encodeURIComponent(place.name).length + 1;
    if (group.length === BULK || length + size > MAX_QUERY) {
      all.push(group);
      group = [];
      length = 0;
    }
    group.push(place);
    length += size;
  }
  return group.length === 0 ? all : [...all, group];
}

async function countsOf(group: readonly RankedName[], io: RegistryIo): Promise<ReadonlyMap<string, number>> {
  // Here the slash of a scoped name stays as it is.
  const names = group.map(({ name }) =>
    name
      .split('/')
      .map((part) => encodeURIComponent(part).replace(/^%40/, '@'))
      .join('/'),
  );
  const url = `${io.origin('api')}/downloads/point/last-month/${names.join(',')}`;
  let body: unknown;
  try {
    ({ body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_ANSWER }));
  } catch (error) {
    // A refused or unknown name must not cost the check; that the host shuts us out must be heard.
    if (!(error instanceof CrawlError) || error instanceof NotAllowed || error instanceof Throttled) throw error;
    io.drop(`count-${error.reason}`);
    return new Map();
  }
  const [only] = group;
  const answers = group.length === 1 && only !== undefined ? { [only.name]: body } : body;
  const counts = new Map<string, number>();
  const record = z.record(z.string(), z.unknown()).safeParse(answers).data ?? {};
  for (const { name } of group) {
    const count = countSchema.safeParse(Object.hasOwn(record, name) ? record[name] : undefined);
    if (count.success) counts.set(name, count.data.downloads);
  }
  return counts;
}
