/** When the changes of a registry are trusted and when its names are listed anew, with an adapter that tells what it is asked. */
import { expect, onTestFinished, test } from 'vitest';
import type { RegistryAccess } from '../crawler/http.ts';
import { npm } from '../crawler/registries/npm/index.ts';
import type { ChangePage, NamePage, Registry } from '../crawler/registry.ts';
import type { Database } from '../data/database.ts';
import { names, openExampleRun, temporaryDatabase, type TestKind } from '../data/example.ts';
import { describeOnEach } from '../data/kinds-in-tests.ts';
import { readFeed, readFrame, registryProgress } from '../data/store/frame.ts';
import { listFrame } from './listing.ts';

const HOUR = 3_600_000;

/** A registry whose list and feed a test writes down. */
class Told {
  list: readonly NamePage[] = [];
  feed: readonly ChangePage[] = [];
  /** Breaks off after so many pages of the feed. */
  breakAfter = Infinity;
  readonly asked: string[] = [];

  registry(): Registry {
    return { ...npm, names: (cursor) => this.#names(cursor), changes: (cursor) => this.#changes(cursor) };
  }

  async *#names(cursor: string | null): AsyncGenerator<NamePage> {
    this.asked.push(`names ${cursor}`);
    yield* this.list;
  }

  async *#changes(cursor: string): AsyncGenerator<ChangePage> {
    this.asked.push(`changes ${cursor}`);
    for (const [index, page] of this.feed.entries()) {
      if (index === this.breakAfter) throw new Error('broken off');
      yield page;
    }
  }
}

const listed = (count: number, cursor = 'end'): NamePage => ({ names: names(count), cursor, dropped: {} });
const changed = (change: Partial<ChangePage>): ChangePage => ({
  touched: [],
  removed: [],
  cursor: 'on',
  dropped: {},
  relist: null,
  ...change,
});

async function follow(database: Database, told: Told, run: number, now: number): Promise<void> {
  const access = { pages: (list: (cursor: string | null) => unknown, from: string | null) => list(from) };
  await listFrame(
    {
      database,
      run,
      now: () => now,
      report: () => undefined,
      log: { warn: () => undefined, info: () => undefined, debug: () => undefined },
      draining: new AbortController().signal,
    },
    { registry: told.registry(), io: () => access as unknown as RegistryAccess },
  );
}

/** A database whose first run has listed `count` names at the hour 0. */
async function begun(count: number, kind?: TestKind): Promise<{ readonly database: Database; readonly told: Told }> {
  const made = await temporaryDatabase(kind);
  onTestFinished(() => made[Symbol.asyncDispose]());
  const told = new Told();
  told.list = [listed(count)];
  await follow(made.database, told, await openExampleRun(made.database, { registries: ['npm'] }), 0);
  expect(told.asked.splice(0)).toEqual(['names null']);
  return { database: made.database, told };
}

const nextRun = async (database: Database, seed: string, origins: object = {}) =>
  openExampleRun(database, { registries: ['npm'], seed, environment: { origins: { npm: origins } } });

async function frameOf(database: Database, run: number): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const page of readFrame(database, run, 'npm')) all.push(...page.map(({ name }) => name));
  return all;
}

/** As the first run's environment says: nothing. */
const same = async (database: Database, seed: string) => openExampleRun(database, { registries: ['npm'], seed });

describeOnEach('what changed', (kind) => {
  test('is enough, page by page, and is gone on with where it broke off', async () => {
    const { database, told } = await begun(3, kind);
    told.feed = [
      changed({ touched: names(1, 'new'), cursor: 'one' }),
      changed({ removed: names(1), touched: names(1, 'newer'), cursor: 'two' }),
    ];
    told.breakAfter = 1;
    const run = await same(database, 'two');
    await expect(follow(database, told, run, HOUR)).rejects.toThrow('broken off');
    expect(await readFeed(database, 'npm')).toMatchObject({ cursor: 'one', run });
    expect((await registryProgress(database, run, 'npm')).frame).toBeNull();
    told.feed = told.feed.slice(1);
    await follow(database, told, run, HOUR);
    expect(told.asked).toEqual(['changes end', 'changes one']);
    expect(await frameOf(database, run)).toEqual(['package-2', 'package-3', 'new-1', 'newer-1']);
  });
});

test('a feed that says that it was reset, one that was silent for a day, and numbers that differ: the names are listed anew', async () => {
  const { database, told } = await begun(3);
  told.feed = [changed({ relist: 'it went back' })];
  told.list = [listed(4, 'anew')];
  await follow(database, told, await same(database, 'reset'), HOUR);
  expect(told.asked.splice(0)).toEqual(['changes end', 'names null']);

  told.feed = [];
  await follow(database, told, await same(database, 'quiet'), 20 * HOUR);
  expect(told.asked.splice(0)).toEqual(['changes anew']);
  told.list = [listed(4, 'silent')];
  await follow(database, told, await same(database, 'silent'), 26 * HOUR);
  expect(told.asked.splice(0)).toEqual(['changes anew', 'names null']);

  told.feed = [changed({ touched: names(1), total: 3 })];
  told.list = [listed(3, 'counted')];
  const run = await same(database, 'counted');
  await follow(database, told, run, 27 * HOUR);
  expect(told.asked.splice(0)).toEqual(['changes silent', 'names null']);
  expect(await frameOf(database, run)).toEqual(['package-1', 'package-2', 'package-3']);
  // The changes had told what moved: of the others the list says only that they are there.
  const moved = await database.db.selectFrom('package').select(['name']).where('moved_run', '=', run).execute();
  expect(moved).toEqual([{ name: 'package-1' }]);
});

test('changes that were read somewhere else, or by a later run, are no changes of this one', async () => {
  const { database, told } = await begun(3);
  const older = await same(database, 'older');
  told.feed = [changed({ touched: names(1, 'new'), cursor: 'on' })];
  const elsewhere = await nextRun(database, 'elsewhere', { replicate: 'http://127.0.0.1:1' });
  told.list = [listed(3, 'elsewhere')];
  await follow(database, told, elsewhere, HOUR);
  expect(told.asked.splice(0)).toEqual(['names null']);
  expect(await readFeed(database, 'npm')).toMatchObject({ cursor: 'elsewhere', run: elsewhere });

  told.list = [listed(3, 'older')];
  await follow(database, told, older, HOUR);
  expect(told.asked.splice(0)).toEqual(['names null']);
  expect(await readFeed(database, 'npm')).toMatchObject({ cursor: 'elsewhere', run: elsewhere });
});

test('an empty list after a reset takes nothing away, and is asked for again', async () => {
  const { database, told } = await begun(3);
  told.feed = [changed({ relist: 'it went back' })];
  told.list = [listed(0, 'empty')];
  const run = await same(database, 'empty');
  await expect(follow(database, told, run, HOUR)).rejects.toThrow('the registry lists 0 names, and 3 that it listed before');
  told.list = [listed(3, 'whole')];
  await follow(database, told, run, HOUR);
  expect(await frameOf(database, run)).toHaveLength(3);
  expect(told.asked).toEqual(['changes end', 'names null', 'changes end', 'names null']);
});
