/**
 * The frame of a run: what a registry lists now.
 *
 * The first run of a database reads the whole list. Every later one goes on in the registry's feed of changes where the last
 * one stopped, and reads the list again only where the feed cannot be trusted: it was reset, it has been silent for longer than
 * a registry ever is, it was read somewhere else, or the numbers do not add up.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ChangePage } from '../crawler/registry.ts';
import {
  currentFrameSize,
  finishFrame,
  readFeed,
  registryProgress,
  runOrigins,
  saveChangePage,
  saveNamePage,
  type Feed,
} from '../data/store/frame.ts';
import type { Line, Track } from './pipeline.ts';

/** Each of the four registries sees changes within the hour. */
const SILENCE_MS = 24 * 3_600_000;

type Listing = Pick<Line, 'database' | 'run' | 'now' | 'report' | 'log' | 'draining'>;
type Source = Pick<Track, 'registry' | 'io'>;

/** Brings the frame up to date and ends it; what is done of it is not repeated. */
export async function listFrame(line: Listing, track: Source): Promise<void> {
  const { database, run } = line;
  const { id } = track.registry;
  const { frame, namesCursor } = await registryProgress(database, run, id);
  if (frame !== null) return;
  const takenAt = line.now();
  // A run that is in the middle of the list stays there.
  const feed = namesCursor === null ? await readFeed(database, id) : null;
  const outcome = feed === null ? null : await readChanges(line, track, feed);
  if (outcome === 'complete') {
    await finishFrame(database, run, id, { takenAt, by: 'changed' });
    return;
  }
  if (outcome !== null) line.log.info({ registry: id, reason: outcome.relist }, 'the names are listed anew');
  await readNames(line, track, namesCursor, outcome?.known ?? 'moved');
  await finishFrame(database, run, id, { takenAt, by: 'listed' });
}

/** What the changes were worth: the whole truth, or why the names are to be listed anew. */
type Outcome =
  | 'complete'
  /** `known`: whether what is known already may have moved without a word. */
  | { readonly relist: string; readonly known: 'moved' | 'unmoved' };

async function readNames(
  line: Listing,
  { registry, io }: Source,
  from: string | null,
  known: 'moved' | 'unmoved',
): Promise<void> {
  let listed = 0;
  line.report({ registry: registry.id, stage: 'listing names', done: 0, total: null });
  const access = io(() => undefined);
  let after = from;
  for await (const page of access.pages((cursor) => registry.names(cursor, access), from)) {
    await saveNamePage(line.database, line.run, registry.id, { ...page, after }, known);
    after = page.cursor;
    listed += page.names.length;
    line.report({ registry: registry.id, stage: 'listing names', done: listed, total: null });
    line.draining.throwIfAborted();
  }
}

/** Stores what moved since the feed was last read. */
async function readChanges(line: Listing, { registry, io }: Source, feed: Feed): Promise<Outcome> {
  const { database, run } = line;
  if (feed.run > run) return distrusted('a later run has read the changes');
  if (!isDeepStrictEqual(feed.origins, await runOrigins(database, run, registry.id)))
    return distrusted('the changes were read at other addresses so far');
  let moved = 0;
  let last: ChangePage | null = null;
  line.report({ registry: registry.id, stage: 'reading changes', done: 0, total: null });
  const access = io(() => undefined);
  for await (const page of access.pages((cursor) => registry.changes(cursor ?? feed.cursor, access), feed.cursor)) {
    if (page.relist !== null) return distrusted(page.relist);
    await saveChangePage(database, run, registry.id, { ...page, after: last?.cursor ?? feed.cursor }, line.now());
    last = page;
    moved += page.touched.length + page.removed.length;
    line.report({ registry: registry.id, stage: 'reading changes', done: moved, total: null });
    line.draining.throwIfAborted();
  }
  const silentMs = line.now() - feed.readAt;
  if (moved === 0 && silentMs > SILENCE_MS) return distrusted(`nothing has moved for ${Math.round(silentMs / 3_600_000)} hours`);
  if (last?.total === undefined) return 'complete';
  const held = await currentFrameSize(database, run, registry.id);
  if (held === last.total) return 'complete';
  return { relist: `the registry lists ${last.total} names, and ${held} are held`, known: 'unmoved' };
}

function distrusted(relist: string): Outcome {
  return { relist, known: 'moved' };
}
