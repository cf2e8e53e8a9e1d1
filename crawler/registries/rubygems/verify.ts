/** Holds a ranking against rubygems.org's own counts, one gem a request. */
import { z } from 'zod';
import { CrawlError, NotAllowed, Throttled } from '../../errors.ts';
import { concordance } from '../../ranking.ts';
import type { RankedName, RankingCheck, RegistryIo } from '../../registry.ts';

const MAX_ANSWER = 4 * 1024 * 1024;

const gemSchema = z.object({ downloads: z.number().nonnegative() });

/** Asks for each sampled place by itself. A gem without a count there is `unknown`. */
export async function verifyRanking(sample: readonly RankedName[], io: RegistryIo): Promise<RankingCheck> {
  const counted: { readonly place: RankedName; readonly downloads: number }[] = [];
  const unknown: string[] = [];
  for (const place of [...sample].sort((a, b) => a.rank - b.rank)) {
    const downloads = await countOf(place.name, io);
    if (downloads === null) unknown.push(place.name);
    else counted.push({ place, downloads });
  }
  return { counted, unknown, concordance: concordance(counted.map(({ downloads }) => downloads)) };
}

async function countOf(name: string, io: RegistryIo): Promise<number | null> {
  let body: unknown;
  try {
    ({ body } = await io.json(`${io.origin('api')}/gems/${encodeURIComponent(name)}.json`, { maxBytes: MAX_ANSWER }));
  } catch (error) {
    // One unanswered name must not cost the check; that the host shuts us out must be heard.
    if (!(error instanceof CrawlError) || error instanceof NotAllowed || error instanceof Throttled) throw error;
    io.drop(`count-${error.reason}`);
    return null;
  }
  const parsed = gemSchema.safeParse(body);
  if (!parsed.success) io.drop('count-not-understood');
  return parsed.data?.downloads ?? null;
}
