/** Holds a ranking against nuget.org's own counts: its search API answers for one id with the downloads of all versions. */
import { z } from 'zod';
import { CrawlError, NotAllowed, Throttled } from '../../errors.ts';
import { concordance } from '../../ranking.ts';
import type { RankedName, RankingCheck, RegistryIo } from '../../registry.ts';
import { lowerNugetId } from '../../versions/nuget.ts';
import { fromResource } from './service-index.ts';

const MAX_ANSWER = 4 * 1024 * 1024;

const answerSchema = z.object({ data: z.array(z.object({ id: z.string(), totalDownloads: z.number().nonnegative() })) });

/** Asks for each sampled place by itself, one request a place. An id that the search does not know is `unknown`. */
export async function verifyRanking(sample: readonly RankedName[], io: RegistryIo): Promise<RankingCheck> {
  const counted: { readonly place: RankedName; readonly downloads: number }[] = [];
  const unknown: string[] = [];
  for (const place of [...sample].sort((a, b) => a.rank - b.rank)) {
    const downloads = await countOf(place, io);
    if (downloads === null) unknown.push(place.name);
    else counted.push({ place, downloads });
  }
  return { counted, unknown, concordance: concordance(counted.map(({ downloads }) => downloads)) };
}

async function countOf({ name, key }: RankedName, io: RegistryIo): Promise<number | null> {
  const query = new URLSearchParams({ q: `packageid:${name}`, take: '1', prerelease: 'true', semVerLevel: '2.0.0' });
  let body: unknown;
  try {
    ({ body } = await fromResource('search', io, (base) =>
      io.json(`${base}?${query.toString()}`, { accept: 'application/json', maxBytes: MAX_ANSWER }),
    ));
  } catch (error) {
    // One unanswered name must not cost the check; that the host shuts us out must be heard.
    if (!(error instanceof CrawlError) || error instanceof NotAllowed || error instanceof Throttled) throw error;
    io.drop(`count-${error.reason}`);
    return null;
  }
  const parsed = answerSchema.safeParse(body);
  const found = parsed.success ? parsed.data.data.find(({ id }) => lowerNugetId(id) === key) : undefined;
  return found?.totalDownloads ?? null;
}
