/** Which packages are downloaded most: the best source that answers, held against the registry's own counts. */
import { NotAllowed } from '../crawler/errors.ts';
import type { RegistryAccess } from '../crawler/http.ts';
import { CHECKED_PLACES } from '../crawler/plan.ts';
import type { RankedName, Registry } from '../crawler/registry.ts';
import { isDatabaseAway } from '../data/insist.ts';
import { registryProgress } from '../data/store/frame.ts';
import { saveRanking } from '../data/store/selection.ts';
import type { Line, Track } from './pipeline.ts';

const PLACES = 10_000;
/** Of all pairs of checked places; below, the ranking is rather another list. */
const EXPECTED_ORDER = 0.8;

type Reading = Pick<Line, 'database' | 'run' | 'now' | 'report' | 'log' | 'signal'>;

/** Stores the ranking of a run; a registry without any has only unranked packages in it. */
export async function readRanking(line: Reading, { registry, io }: Pick<Track, 'registry' | 'io'>): Promise<void> {
  const { rankingId } = await registryProgress(line.database, line.run, registry.id);
  if (rankingId !== null) return;
  for (const source of registry.rankings) {
    line.report({ registry: registry.id, stage: `reading ${source.label}`, done: 0, total: source.places });
    const read = await readSource(line, registry, io, source);
    if (read === null) continue;
    // Outside of what may fail for the source's sake: that the database is away says nothing about a source.
    await saveRanking(line.database, line.run, registry.id, read);
    return;
  }
  line.log.warn({ registry: registry.id }, 'no ranking could be read: every package counts as unranked');
}

/** Null where the source gives no ranking now. */
async function readSource(
  line: Reading,
  registry: Registry,
  io: Track['io'],
  source: Registry['rankings'][number],
): Promise<Parameters<typeof saveRanking>[3] | null> {
  const dropped: Record<string, number> = {};
  try {
    const access = io((reason) => (dropped[reason] = (dropped[reason] ?? 0) + 1));
    const { dated, places } = await source.read(access, PLACES);
    if (places.length === 0) throw new Error('it has no places');
    const check = await heldAgainst(line, registry, access, places);
    const weaknesses = check === null ? source.weaknesses : `${source.weaknesses.replace(/[.;\s]+$/, '')}; ${check}`;
    return { source: { ...pick(source), weaknesses }, dated, takenAt: line.now(), places, dropped };
  } catch (error) {
    if (error instanceof NotAllowed || line.signal.aborted || isDatabaseAway(error)) throw error;
    line.log.warn(
      { registry: registry.id, source: source.id, reason: messageOf(error) },
      'a ranking could not be read; the next source is tried',
    );
    return null;
  }
}

function pick({ id, label, url, measures, terms }: Registry['rankings'][number]) {
  return { id, label, url, measures, terms };
}

/** What the registry's own counts say of some places of a ranking, in words; null where it gives none for single packages. */
async function heldAgainst(
  line: Reading,
  registry: Registry,
  access: RegistryAccess,
  places: readonly RankedName[],
): Promise<string | null> {
  if (registry.verifyRanking === undefined) return null;
  const sample = spread(places, CHECKED_PLACES);
  line.report({ registry: registry.id, stage: 'checking the ranking', done: 0, total: sample.length });
  try {
    const { counted, concordance } = await registry.verifyRanking(sample, access);
    if (concordance === null)
      return `of ${sample.length} places checked, the registry itself counts ${counted.length}: too few to compare`;
    if (concordance < EXPECTED_ORDER)
      line.log.warn({ registry: registry.id, concordance }, 'the ranking is in another order than the registry’s own counts');
    // Rounded down, so that 100 % are all of them; what a product of doubles lacks at the end is no pair.
    const share = Math.floor(100 * concordance + 1e-9);
    return `of ${sample.length} places checked, the registry itself counts ${counted.length}, and ${share} % of their pairs are in the same order`;
  } catch (error) {
    // A host that shuts us out is no reason either: some are asked for nothing but this, and the others say so again.
    if (line.signal.aborted || isDatabaseAway(error)) throw error;
    return `not checked against the registry’s own counts (${messageOf(error)})`;
  }
}

/** Places at equal distances, the first and the last among them. */
function spread(places: readonly RankedName[], count: number): readonly RankedName[] {
  if (places.length <= count) return places;
  const step = (places.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => places[Math.round(index * step)]).filter((one) => one !== undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
