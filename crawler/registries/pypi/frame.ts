/**
 * The frame and what moved: one document, the root of the simple API, which names every project with a change serial.
 *
 * The serial grows with any change of a project (a role, a description, a yank), so "touched" means "look again", not "new
 * release". Nothing tells a deletion but absence from the list, and this adapter keeps nothing between calls: `removed` is
 * therefore always empty, and `total` says how long the list is. Names that are held and neither touched nor listed any more
 * make the numbers differ, and `relist` is set at once when the list has become shorter than it was. A listing from the start
 * costs the same one request; the store compares it with what it holds and marks, never deletes, what is absent.
 */
import { z } from 'zod';
import { Malformed } from '../../errors.ts';
import type { ChangePage, ListedName, NamePage, RegistryIo } from '../../registry.ts';
import { readCursor } from '../../cursor.ts';
import { isProjectName, normalise } from './name.ts';
import { fieldOf, simpleAsk, simplePieces } from './simple.ts';

const PAGE = 10_000;
/** Some 20 times of what the root was in 2026; a longer answer is no name list. */
const MAX_ROOT = 1024 * 1024 * 1024;

const cursorSchema = z.strictObject({
  /** Highest serial of any listed project; null where the index has none (only PyPI and its mirrors do). */
  serial: z.number().int().nullable(),
  etag: z.string().nullable(),
  /** Names in the list. */
  count: z.number().int().nonnegative(),
  /** Items read so far of a listing that is not finished; null: it is. */
  read: z.number().int().nonnegative().nullable(),
});
type Cursor = z.infer<typeof cursorSchema>;

/** Every name of the index. A listing that was broken off goes on where it was if the list is still the same one. */
export async function* names(cursor: string | null, io: RegistryIo): AsyncGenerator<NamePage> {
  const from = cursor === null ? null : readCursor(cursor, cursorSchema, 'PyPI');
  if (from !== null && from.read === null) return;
  const reply = await io.stream(rootUrl(io), simpleAsk({ maxBytes: MAX_ROOT }));
  const list = new Listing(reply.headers['etag'] ?? null);
  const skip = from?.read != null && from.etag !== null && from.etag === list.etag ? from.read : 0;
  let page = new Page();
  for await (const piece of simplePieces(reply, 'projects')) {
    const project = list.read(piece);
    if (project === null || list.items <= skip) continue;
    page.add(project);
    if (page.names.length < PAGE) continue;
    yield { names: page.names, dropped: page.dropped, cursor: list.cursor('unfinished') };
    page = new Page();
  }
  yield { names: page.names, dropped: page.dropped, cursor: list.cursor('finished') };
}

/** Projects whose serial is higher than the cursor's. Pages before the last keep the old cursor, so nothing is skipped. */
export async function* changes(cursor: string, io: RegistryIo): AsyncGenerator<ChangePage> {
  const since = readCursor(cursor, cursorSchema, 'PyPI');
  const relist = (reason: string): ChangePage => ({ touched: [], removed: [], dropped: {}, cursor, relist: reason });
  if (since.read !== null) {
    yield relist('the listing was never finished');
    return;
  }
  const ask = simpleAsk({ maxBytes: MAX_ROOT, ...(since.etag === null ? {} : { etag: since.etag }) });
  const reply = await io.stream(rootUrl(io), ask);
  if (reply.status === 304) return;
  if (since.serial === null && since.count > 0) {
    // An answer keeps its connection until it is read or given up.
    await reply.body[Symbol.asyncIterator]().return?.();
    yield relist('the index gives no serials, so only a new listing tells what moved');
    return;
  }
  const list = new Listing(reply.headers['etag'] ?? null);
  let page = new Page();
  for await (const piece of simplePieces(reply, 'projects')) {
    const project = list.read(piece);
    if (project === null) continue;
    // A project without a serial may have moved.
    if ('dropped' in project || project.serial === null || project.serial > (since.serial ?? -1)) page.add(project);
    if (page.names.length < PAGE) continue;
    // What was dropped is told once, with the page that moves the cursor.
    yield { touched: page.names, removed: [], dropped: {}, cursor, relist: null };
    page = new Page(page.dropped);
  }
  if (list.count === 0 && since.count > 0) {
    throw new Malformed(`expected some ${since.count} projects, but the index is empty; nothing is changed`, reply);
  }
  const reason = whyRelist(since, list);
  yield {
    touched: page.names,
    removed: [],
    dropped: page.dropped,
    cursor: reason === null ? list.cursor('finished') : cursor,
    relist: reason,
    total: list.count,
  };
}

function whyRelist(since: Cursor, list: Listing): string | null {
  if (since.serial !== null && (list.serial ?? -1) < since.serial) {
    return `the highest serial went back from ${since.serial} to ${list.serial ?? 'none'}`;
  }
  if (list.count < since.count) return `${since.count - list.count} fewer projects are listed than before`;
  return null;
}

type Project = { readonly name: ListedName; readonly serial: number | null } | { readonly dropped: string };

/** What is known of the list while it is read. */
class Listing {
  readonly etag: string | null;
  serial: number | null = null;
  count = 0;
  items = 0;

  constructor(etag: string | null) {
    this.etag = etag;
  }

  /** The project that a piece of the page stands for; null where it stands for none. */
  read(piece: { readonly kind: string; readonly value?: unknown; readonly reason?: string }): Project | null {
    if (piece.kind === 'field') return null;
    this.items += 1;
    if (piece.kind === 'skipped') return { dropped: piece.reason ?? 'skipped' };
    const name = fieldOf(piece.value, 'name');
    if (typeof name !== 'string') return { dropped: 'no-name' };
    if (!isProjectName(name)) return { dropped: 'invalid-name' };
    this.count += 1;
    const value = fieldOf(piece.value, '_last-serial');
    const serial = typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
    if (serial !== null && serial > (this.serial ?? -1)) this.serial = serial;
    return { name: { name, key: normalise(name) }, serial };
  }

  cursor(state: 'finished' | 'unfinished'): string {
    const cursor: Cursor = {
      serial: this.serial,
      etag: this.etag,
      count: this.count,
      read: state === 'finished' ? null : this.items,
    };
    return JSON.stringify(cursor);
  }
}

class Page {
  readonly names: ListedName[] = [];
  readonly dropped: Record<string, number>;

  constructor(dropped: Record<string, number> = {}) {
    this.dropped = dropped;
  }

  add(project: Project): void {
    if ('dropped' in project) this.dropped[project.dropped] = (this.dropped[project.dropped] ?? 0) + 1;
    else this.names.push(project.name);
  }
}

function rootUrl(io: RegistryIo): string {
  return `${io.origin('index')}/simple/`;
}
