/**
 * The frame and what moved, from `/versions`; on a server without it, from the static index.
 *
 * robots.txt keeps crawlers from `/names`; the same names stand in `/versions`. A gem stays listed until the file is written
 * anew, even when all its versions are yanked: the newest release then says so. Names are kept in memory while a listing
 * runs, so that a gem with a hundred events is listed once (some 200 000 short strings).
 */
import { z } from 'zod';
import { Gone, Malformed } from '../../errors.ts';
import type { ChangePage, ListedName, NamePage, RegistryIo } from '../../registry.ts';
import { readCursor } from '../../cursor.ts';
import { readSpecs } from './specs-file.ts';
import { openVersions, openVersionsAt, type VersionsFile } from './versions-file.ts';

const PAGE = 5000;

/** Names that rubygems.org allows; two of these would be a path of their own in a URL. */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,255}$/;
const LINE = /^(\S+) (\S+) ([0-9a-f]{32})$/;

const fileCursorSchema = z.strictObject({
  offset: z.number().int().nonnegative(),
  tail: z.base64(),
  etag: z.string().nullable(),
  /** False while a listing is not finished. */
  done: z.boolean(),
});
type FileCursor = z.infer<typeof fileCursorSchema>;

const specsCursorSchema = z.strictObject({
  /** Of the whole static index. */
  specs: z.string(),
  /** Names read so far of a listing that is not finished; null: it is. */
  read: z.number().int().nonnegative().nullable(),
});
type SpecsCursor = z.infer<typeof specsCursorSchema>;

const cursorSchema = z.union([fileCursorSchema, specsCursorSchema]);
type Cursor = z.infer<typeof cursorSchema>;

/** Every gem of the index. A listing that was broken off goes on where it was if the file is still the same up to there. */
export async function* names(cursor: string | null, io: RegistryIo): AsyncGenerator<NamePage> {
  const from = cursor === null ? null : readCursor(cursor, cursorSchema, 'RubyGems');
  if (from !== null && isFinished(from)) return;
  if (from !== null && 'specs' in from) {
    yield* specsListing(from, io);
    return;
  }
  const seen = new Set<string>();
  const opening = from === null ? null : await openVersionsAt(from, io, { ifChanged: false });
  if (opening?.state === 'open') {
    yield* listing(opening.file, seen);
    return;
  }
  try {
    yield* listing(await openVersions(io), seen);
  } catch (error) {
    if (error instanceof Gone) yield* specsListing(null, io);
    else if (error instanceof Malformed && error.status === 200 && seen.size > 0) {
      // The body came whole and is another than its digest says: one fresh try, which lists again what was listed.
      yield* listing(await openVersions(io), new Set());
    } else throw error;
  }
}

async function* listing(file: VersionsFile, seen: Set<string>): AsyncGenerator<NamePage> {
  let page = new Page();
  for await (const line of file.lines()) {
    page.add(line, seen);
    if (page.names.length < PAGE) continue;
    yield { names: page.names, dropped: page.dropped, cursor: cursorAt(file, false) };
    page = new Page();
  }
  yield { names: page.names, dropped: page.dropped, cursor: cursorAt(file, true) };
}

async function* specsListing(from: SpecsCursor | null, io: RegistryIo): AsyncGenerator<NamePage> {
  const { gems, digest, dropped } = await readSpecs(io);
  const all = [...gems.keys()].filter((name) => NAME.test(name));
  const invalid = gems.size - all.length;
  let counts: Record<string, number> = {
    ...(dropped > 0 ? { 'row-not-understood': dropped } : {}),
    ...(invalid > 0 ? { 'invalid-name': invalid } : {}),
  };
  let read = from?.specs === digest ? (from.read ?? 0) : 0;
  do {
    const page = all.slice(read, read + PAGE).map((name) => ({ name, key: name }));
    read += page.length;
    const cursor: SpecsCursor = { specs: digest, read: read < all.length ? read : null };
    yield { names: page, dropped: counts, cursor: JSON.stringify(cursor) };
    counts = {};
  } while (read < all.length);
}

/** The gems of the events since the cursor: pushes, yanks, yanks undone. Nothing here says that a gem is gone. */
export async function* changes(cursor: string, io: RegistryIo): AsyncGenerator<ChangePage> {
  const since = readCursor(cursor, cursorSchema, 'RubyGems');
  const relist = (reason: string): ChangePage => ({ touched: [], removed: [], dropped: {}, cursor, relist: reason });
  if (!isFinished(since)) {
    yield relist('the listing was never finished');
    return;
  }
  if ('specs' in since) {
    const { digest } = await readSpecs(io);
    if (digest !== since.specs) yield relist('the static index has changed, and only a new listing tells how');
    return;
  }
  const opening = await openVersionsAt(since, io, { ifChanged: true });
  if (opening.state === 'not-modified') return;
  if (opening.state === 'rewritten') {
    // Once a month by plan; otherwise a mirror that was cut or set up anew.
    yield relist(opening.reason);
    return;
  }
  const { file } = opening;
  let page = new Page();
  let seen = new Set<string>();
  for await (const line of file.lines()) {
    page.add(line, seen);
    if (page.names.length < PAGE) continue;
    // Without the entity tag: with it, "not modified" would hide the events that are still to come.
    const cursor: FileCursor = { ...file.mark(), etag: null, done: true };
    yield { touched: page.names, removed: [], dropped: page.dropped, cursor: JSON.stringify(cursor), relist: null };
    page = new Page();
    seen = new Set();
  }
  if (!file.moved && page.names.length === 0) return;
  yield { touched: page.names, removed: [], dropped: page.dropped, cursor: cursorAt(file, true), relist: null };
}

class Page {
  readonly names: ListedName[] = [];
  readonly dropped: Record<string, number> = {};

  /** Takes a line of the file, `NAME VERSIONS MD5`; `null` stands for one that was too long. */
  add(line: string | null, seen: Set<string>): void {
    if (line === '') return;
    const [, name, versions] = line === null ? [] : (LINE.exec(line) ?? []);
    if (name === undefined || versions === undefined) this.#drop(line === null ? 'line-too-long' : 'line-not-understood');
    else if (!NAME.test(name)) this.#drop('invalid-name');
    else if (!seen.has(name)) {
      seen.add(name);
      this.names.push({ name, key: name });
    }
  }

  #drop(reason: string): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }
}

function cursorAt(file: VersionsFile, done: boolean): string {
  const cursor: FileCursor = { ...file.mark(), done };
  return JSON.stringify(cursor);
}

function isFinished(cursor: Cursor): boolean {
  return 'specs' in cursor ? cursor.read === null : cursor.done;
}
