/**
 * The frame and what moved, from npm's replication service in its form since May 2025: plain paged JSON, no long polling.
 *
 * A listing first reads the feed's sequence number and then pages through all names, so the feed from that number on holds
 * whatever moved meanwhile. Sequence numbers have gaps and have been reset in the past; a number that goes back means: list
 * anew.
 */
import { z } from 'zod';
import { Gone, Malformed } from '../../errors.ts';
import { jsonItems } from '../../json-items.ts';
import type { ChangePage, ListedName, NamePage, RegistryIo } from '../../registry.ts';
import { readCursor } from '../../cursor.ts';

/** Rows a page; the service refuses more. */
const PAGE = 10_000;
const MAX_PAGE_BYTES = 32 * 1024 * 1024;
const MAX_ALL_BYTES = 1024 * 1024 * 1024;
/** The listing may come from a machine that is a little behind the one that told the sequence number. */
const OVERLAP = 10;

const cursorSchema = z.strictObject({
  /** The feed is followed from here; null: this registry has none. */
  seq: z.number().int().nonnegative().nullable(),
  /** Last name of the listing so far; null before the first. */
  after: z.string().nullable(),
  listed: z.boolean(),
});
type Cursor = z.infer<typeof cursorSchema>;

const rootSchema = z.object({ update_seq: z.number().int().nonnegative() });
const listSchema = z.object({ rows: z.array(z.unknown()) });
const feedSchema = z.object({ results: z.array(z.unknown()), last_seq: z.number().int().nonnegative() });
const changeSchema = z.object({ seq: z.number().int(), id: z.string(), deleted: z.boolean().optional().catch(undefined) });

/** Every name of the registry, 10 000 a page. */
export async function* names(cursor: string | null, io: RegistryIo): AsyncGenerator<NamePage> {
  let at: Cursor =
    cursor === null ? { seq: await startingSeq(io), after: null, listed: false } : readCursor(cursor, cursorSchema, 'npm');
  if (at.seq === null && !at.listed) yield* allAtOnce(io);
  else {
    while (!at.listed) {
      const { ids, url } = await listFrom(at.after, io);
      const page = readRows(ids, at.after, url);
      at = { seq: at.seq, after: page.last ?? at.after, listed: page.last === null };
      yield { names: page.names, dropped: page.dropped, cursor: JSON.stringify(at) };
    }
  }
}

/**
 * Null where there is no replication service. Only npm itself has one; for a registry of one's own, both origins are set to
 * the same address.
 */
async function startingSeq(io: RegistryIo): Promise<number | null> {
  if (io.origin('replicate') === io.origin('registry')) return null;
  try {
    return Math.max(0, (await currentSeq(io)) - OVERLAP);
  } catch (error) {
    if (error instanceof Gone) return null;
    throw error;
  }
}

/**
 * The list as npm gave it before it had a replication service, and as Verdaccio and its like give it still: one object with
 * all packages by name. A listing that was broken off starts over.
 */
async function* allAtOnce(io: RegistryIo): AsyncGenerator<NamePage> {
  const url = `${io.origin('registry')}/-/all`;
  const reply = await io.stream(url, { accept: 'application/json', maxBytes: MAX_ALL_BYTES });
  const cursor = (listed: boolean): string => JSON.stringify({ seq: null, after: null, listed } satisfies Cursor);
  let page = new Page();
  for await (const piece of jsonItems(reply.body, { member: null, url })) {
    // The time of the list stands among the packages.
    if (piece.kind === 'item' && piece.key === '_updated') continue;
    if (piece.kind === 'skipped') page.drop(`item-${piece.reason}`);
    else if (piece.kind === 'item' && piece.key !== null && typeof piece.value === 'object') page.add(piece.key);
    else page.drop('no-id');
    if (page.names.length < PAGE) continue;
    yield { names: page.names, dropped: page.dropped, cursor: cursor(false) };
    page = new Page();
  }
  yield { names: page.names, dropped: page.dropped, cursor: cursor(true) };
}

/**
 * The names of a page beyond `after`, with which it begins again (`startkey` is inclusive) unless that is gone by now. The end
 * is a page that brings nothing new: one that is merely short may be a server's smaller limit.
 */
function readRows(ids: readonly (string | null)[], after: string | null, url: string): Page & { readonly last: string | null } {
  const page = new Page();
  let last: string | null = null;
  // Counted once an id follows, or at the end: rows behind the last id come again with the next page.
  let withoutId = 0;
  for (const id of ids) {
    if (id === null) {
      withoutId += 1;
      continue;
    }
    page.drop('no-id', withoutId);
    withoutId = 0;
    last = id;
    if (id !== after) page.add(id);
  }
  if (last === null && after === null && ids.length > 0)
    throw new Malformed('expected rows with an id, and not one has any', { url });
  if (last !== null && last === after) {
    if (page.names.length > 0) {
      throw new Malformed('expected names after startkey, but earlier ones came again: is this npm’s replication service?', {
        url,
      });
    }
    last = null;
  }
  if (last === null) page.drop('no-id', withoutId);
  return Object.assign(page, { last });
}

/** What moved since the cursor, 10 000 rows a page, until the feed has nothing more. */
export async function* changes(cursor: string, io: RegistryIo): AsyncGenerator<ChangePage> {
  const since = readCursor(cursor, cursorSchema, 'npm');
  if (!since.listed || since.seq === null) {
    const why = since.listed
      ? 'the registry has no feed, so only a new listing tells what moved'
      : 'the listing was never finished';
    yield relist(cursor, why);
    return;
  }
  let seq = since.seq;
  for (let first = true; ; first = false) {
    const { results, lastSeq, url } = await feedSince(seq, io);
    // Some 80 000 numbers pass in a day: a feed with nothing new is either very fresh or was reset.
    const current = first && results.length === 0 ? await currentSeq(io) : lastSeq;
    const at = JSON.stringify({ seq, after: since.after, listed: true } satisfies Cursor);
    if (Math.min(lastSeq, current) < seq) {
      yield relist(at, `the sequence went back from ${seq} to ${Math.min(lastSeq, current)}`);
      return;
    }
    if (results.length === 0) return;
    const page = readChanges(results);
    const reached = Math.max(page.seq, lastSeq);
    if (reached <= seq) throw new Malformed(`expected changes after ${seq}, but the same page came again`, { url });
    seq = reached;
    yield { ...page.moved, cursor: JSON.stringify({ seq, after: since.after, listed: true } satisfies Cursor), relist: null };
  }
}

function relist(cursor: string, reason: string): ChangePage {
  return { touched: [], removed: [], dropped: {}, cursor, relist: reason };
}

function readChanges(rows: readonly unknown[]): { seq: number; moved: Pick<ChangePage, 'touched' | 'removed' | 'dropped'> } {
  const page = new Page();
  const removed = new Page();
  let seq = 0;
  for (const row of rows) {
    const change = changeSchema.safeParse(row);
    if (!change.success) {
      page.drop('change-not-understood');
      continue;
    }
    seq = Math.max(seq, change.data.seq);
    if (change.data.deleted === true) removed.add(change.data.id);
    else page.add(change.data.id);
  }
  return { seq, moved: { touched: page.names, removed: removed.names, dropped: page.dropped } };
}

async function currentSeq(io: RegistryIo): Promise<number> {
  const url = `${io.origin('replicate')}/`;
  const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_PAGE_BYTES });
  const parsed = rootSchema.safeParse(body);
  if (!parsed.success) throw new Malformed(`expected update_seq in ${url}: is this npm's replication service?`, { url });
  return parsed.data.update_seq;
}

/** Ids alone: the rows around them must not live as long as their page does. */
async function listFrom(after: string | null, io: RegistryIo): Promise<{ ids: readonly (string | null)[]; url: string }> {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (after !== null) query.set('startkey', JSON.stringify(after));
  const url = `${io.origin('replicate')}/_all_docs?${query.toString()}`;
  const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_PAGE_BYTES });
  const parsed = listSchema.safeParse(body);
  if (!parsed.success) throw new Malformed(`expected rows in ${url}: is this npm's replication service?`, { url });
  return { ids: parsed.data.rows.map(idOf), url };
}

async function feedSince(since: number, io: RegistryIo): Promise<{ results: readonly unknown[]; lastSeq: number; url: string }> {
  const query = new URLSearchParams({ since: String(since), limit: String(PAGE) });
  const url = `${io.origin('replicate')}/_changes?${query.toString()}`;
  const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_PAGE_BYTES });
  const parsed = feedSchema.safeParse(body);
  if (!parsed.success)
    throw new Malformed(`expected results and last_seq in ${url}: is this npm's replication service?`, { url });
  return { results: parsed.data.results, lastSeq: parsed.data.last_seq, url };
}

/** By hand: a schema would be asked five million times. */
function idOf(row: unknown): string | null {
  if (typeof row !== 'object' || row === null || !('id' in row)) return null;
  return typeof row.id === 'string' ? row.id : null;
}

class Page {
  readonly names: ListedName[] = [];
  readonly dropped: Record<string, number> = {};

  add(id: string): void {
    // Design documents of the database are no packages.
    if (id.startsWith('_design/')) return;
    if (id === '' || id === '.' || id === '..' || !id.isWellFormed()) this.drop('unaddressable-name');
    else this.names.push({ name: id, key: id });
  }

  drop(reason: string, items = 1): void {
    if (items > 0) this.dropped[reason] = (this.dropped[reason] ?? 0) + items;
  }
}
