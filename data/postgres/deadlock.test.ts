/**
 * Two that write the same rows never wait for each other in a circle. A third transaction holds the row in the middle until both stand
 * there: whoever then has taken rows in an order of its own has one that the other still wants, and the server has to end one of them.
 */
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { finding, openExampleRun, prepareRegistry, release, report, sha256 } from '../example.ts';
import { openDatabase } from '../open.ts';
import { saveNamePage } from '../store/frame.ts';
import { savePackageResult, type PackageResult } from '../store/work.ts';
import { configOf } from './connect.ts';
import { administer, dropDatabase, freshDatabase, isServerMissing } from './test-server.ts';

const PATIENCE = { timeout: 10_000, interval: 5 };
/** In the order in which they are written. */
const [LOW = '', MIDDLE = '', HIGH = ''] = ['a', 'b', 'c'].toSorted((a, b) => (sha256(a) < sha256(b) ? -1 : 1));
const UP = [LOW, MIDDLE, HIGH];
const DOWN = [HIGH, MIDDLE, LOW];

let url: string;
let one: Database;
let other: Database;
beforeEach(async () => {
  url = await freshDatabase();
  [one, other] = await Promise.all([openDatabase(url), openDatabase(url)]);
});
afterEach(async () => dropDatabase(url));

async function count(query: string): Promise<number> {
  const { rows } = await administer(url, query);
  return Number(rows[0]?.['n']);
}

/** Lets both begin while the row that `hold` inserts is held, and go on together; answers how many transactions were ended. */
async function meet(hold: string, writers: readonly (() => Promise<unknown>)[]): Promise<number> {
  const holder = new Client(configOf(url));
  await holder.connect();
  await holder.query('begin');
  await holder.query(hold);
  const writing = Promise.all(writers.map(async (write) => write()));
  const here = "from pg_stat_activity where datname = current_database() and backend_type = 'client backend'";
  await expect.poll(() => count(`select count(*) as n ${here} and wait_event_type = 'Lock'`), PATIENCE).toBe(writers.length);
  await holder.query('rollback');
  await writing;
  await Promise.all([holder.end(), one.close(), other.close()]);
  // A connection has told all that it counted when it is gone.
  await expect.poll(() => count(`select count(*) as n ${here} and pid <> pg_backend_pid()`), PATIENCE).toBe(0);
  return count('select deadlocks as n from pg_stat_database where datname = current_database()');
}

/** A package of several artifacts: each has a content, and a token. */
function packed(name: string, contents: readonly string[], tokens: readonly string[]): PackageResult {
  const made = release(
    'npm',
    name,
    contents.map((_, index) => `${name}-${index}.tgz`),
  );
  const artifacts = made.artifacts.map((artifact, index) => ({
    artifact,
    report: report(contents[index] ?? '', tokens[index] === undefined ? [] : [finding(tokens[index])]),
  }));
  return { state: 'analysed', release: made, artifacts, skipped: [] };
}

/** Two workers that finish two packages of a run at the same time. */
async function finishing(results: readonly [PackageResult, PackageResult], drops: readonly string[][] = []) {
  const run = await openExampleRun(one, { registries: ['npm'] });
  const frame = await prepareRegistry(one, run, 'npm', { count: 3, ranked: 0 });
  const save = (database: Database, index: number, result: PackageResult) =>
    savePackageResult(database, run, frame[index]?.packageId ?? 0, result, {
      now: 5,
      dropped: Object.fromEntries((drops[index] ?? []).map((reason) => [reason, 1])),
    });
  return {
    run,
    save,
    writers: [one, other].map((database, index) => () => save(database, index, results[index] ?? results[0])),
  };
}

describe.skipIf(isServerMissing)(`opposite orders${isServerMissing ? ' (skipped: postgresql is not installed)' : ''}`, () => {
  test('names that two runs list', async () => {
    const runs = await Promise.all(['one', 'two'].map((seed) => openExampleRun(one, { registries: ['npm'], seed })));
    const list = (database: Database, run: number, names: readonly string[]) => () =>
      saveNamePage(database, run, 'npm', { names: names.map((name) => ({ name, key: name })), cursor: 'end', dropped: {} });
    const hold = `insert into package (registry, name, key, first_run, listed_run, moved_run) values ('npm', 'b', 'b', 1, 1, 1)`;
    const [first = 0, second = 0] = runs;
    expect(await meet(hold, [list(one, first, ['a', 'b', 'c']), list(other, second, ['c', 'b', 'a'])])).toBe(0);
  });

  test('tokens in the artifacts of two packages', async () => {
    const { writers } = await finishing([packed('x', ['1', '2', '3'], UP), packed('y', ['4', '5', '6'], DOWN)]);
    const hold = `insert into token (key_id, fingerprint, service, format, redacted)
      values ('key-1', '${sha256(MIDDLE)}', 'slack', 'slack.bot-token', '')`;
    expect(await meet(hold, writers)).toBe(0);
  });

  test('verdicts on tokens that are known', async () => {
    const { run, save, writers } = await finishing([packed('x', ['1', '2', '3'], UP), packed('y', ['4', '5', '6'], DOWN)]);
    await save(one, 2, packed('z', ['7', '8', '9'], UP));
    await administer(url, 'delete from verdict');
    const hold = `insert into verdict (run_id, token_id, family, verdict, reason, precedence, decided_at, looks)
      select ${run}, id, 'token', 'active', '', 7, 1, 1 from token order by id limit 1 offset 1`;
    expect(await meet(hold, writers)).toBe(0);
  });

  test('contents that two packages ship', async () => {
    const { writers } = await finishing([packed('x', UP, []), packed('y', DOWN, [])]);
    const hold = `insert into scan (sha256, detector_stamp, key_id, bytes, entries, bytes_out, ms, scanned_at)
      values ('${sha256(MIDDLE)}', 'stamp-1', 'key-1', 1, 1, 1, 1, 1)`;
    expect(await meet(hold, writers)).toBe(0);
  });

  test('reasons for which items were dropped', async () => {
    const results = [packed('x', [], []), packed('y', [], [])] as const;
    const { run, writers } = await finishing(
      [...results],
      [
        ['a', 'b', 'c'],
        ['c', 'b', 'a'],
      ],
    );
    const hold = `insert into dropped_item (run_id, registry, reason, count) values (${run}, 'npm', 'b', 1)`;
    expect(await meet(hold, writers)).toBe(0);
  });
});
