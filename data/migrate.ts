/** Moves a database from one home to another: every row of every table, in one transaction, and proves that nothing was changed. */
import { createHash, type Hash } from 'node:crypto';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { DatabaseError, type Database, type Reader, type Tx } from './database.ts';
import type { Schema } from './schema.ts';
import { chunks } from './store/rows.ts';

/** What the program itself writes into every database: it is there already, in the target's own words. */
type Own = 'meta' | 'policy' | 'registry' | 'tier' | 'data_dictionary';
export type Moved = Exclude<keyof Schema, Own>;

/** The tables that are moved, each after those it refers to, with the columns of its primary key. */
export const MOVED: Readonly<Record<Moved, readonly string[]>> = {
  run: ['id'],
  run_registry: ['run_id', 'registry'],
  run_service: ['run_id', 'service', 'family'],
  dropped_item: ['run_id', 'registry', 'reason'],
  feed: ['registry'],
  host: ['host'],
  request: ['host', 'hour'],
  permit: ['lane', 'position'],
  worker: ['holder'],
  control_probe: ['run_id', 'service'],
  job: ['id'],
  package: ['id'],
  ranking: ['id'],
  place: ['ranking_id', 'rank'],
  release: ['id'],
  selection: ['run_id', 'package_id'],
  artifact: ['id'],
  scan: ['id'],
  scan_skip: ['scan_id', 'position'],
  analysis: ['run_id', 'package_id', 'artifact_id'],
  package_skip: ['run_id', 'package_id', 'position'],
  token: ['id'],
  occurrence: ['scan_id', 'position'],
  verdict: ['run_id', 'token_id'],
  validation: ['key_id', 'fingerprint'],
  question: ['id'],
  service_request: ['id'],
  disclosure: ['id'],
  disclosed_token: ['disclosure_id', 'token_id'],
  run_stratum: ['run_id', 'registry', 'tier'],
  run_tier_incidence: ['run_id', 'registry', 'tier', 'policy'],
  run_incidence: ['run_id', 'registry', 'policy'],
  run_verdict: ['run_id', 'registry', 'family', 'verdict'],
  run_reason: ['run_id', 'registry', 'kind', 'reason'],
  run_service_cell: ['run_id', 'policy', 'service', 'registry'],
  run_cluster: ['run_id', 'policy', 'position'],
};

export interface Migration {
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  /** Over all rows of all tables in the order of their keys; the same on both sides. */
  readonly digest: string;
}

/** Rows in memory at a time. */
const PAGE = 2000;

/**
 * Copies everything into an empty database and compares both sides, row by row, by a digest. All or nothing: whatever goes wrong,
 * the target stays empty.
 *
 * @param say hears of each table that was copied
 * @throws DatabaseError where the target holds something, or somebody is at work on a run of the source
 */
export async function migrate(from: Database, to: Database, say: (table: string, rows: number) => void): Promise<Migration> {
  const numbers = to.words.renumber(await numbered(to.db));
  return await from.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (source) => {
      await refuseBusy(source, from);
      return await to.db.transaction().execute(async (target) => {
        await refuseFilled(target, to);
        const copied = await copyAll(source, target, say);
        for (const statement of numbers) await sql.raw(statement).execute(target);
        const arrived = await digestOf(target);
        if (arrived.digest === copied.digest) return copied;
        throw new DatabaseError(
          'damaged',
          `${to.url} did not keep what was written (digest ${arrived.digest}, expected ${copied.digest}); nothing was kept`,
        );
      });
    });
}

/** The digest of a database as it stands. */
export async function digestOf(db: Reader): Promise<Migration> {
  return await overAll(db, async () => {});
}

async function copyAll(source: Reader, target: Tx, say: (table: string, rows: number) => void): Promise<Migration> {
  const moved = await overAll(source, async (table, rows) => {
    const columns = Object.keys(rows[0] ?? {}).length;
    for (const chunk of chunks(rows, columns)) await target.insertInto(table).values(chunk).execute();
  });
  for (const { table, rows } of moved.tables) if (rows > 0) say(table, rows);
  return moved;
}

type Row = Readonly<Record<string, unknown>>;

async function overAll(db: Reader, each: (table: Moved, rows: readonly Row[]) => Promise<void>): Promise<Migration> {
  const hash = createHash('sha256');
  const tables: { table: string; rows: number }[] = [];
  for (const [table, keys] of Object.entries(MOVED) as [Moved, readonly string[]][]) {
    let count = 0;
    for await (const rows of pagesOf(db, table, keys)) {
      for (const row of rows) add(hash, table, row);
      count += rows.length;
      await each(table, rows);
    }
    tables.push({ table, rows: count });
  }
  return { tables, digest: hash.digest('hex') };
}

/** Columns by name: their order in a table depends on when they were added. */
function add(hash: Hash, table: string, row: Row): void {
  const columns = Object.keys(row).sort();
  hash.update(JSON.stringify([table, ...columns.map((column) => row[column] ?? null)])).update('\n');
}

/** In the order of the key; each page begins behind the last row of the one before. */
async function* pagesOf(db: Reader, table: Moved, keys: readonly string[]): AsyncGenerator<readonly Row[]> {
  const key = sql.join(keys.map((one) => sql.ref(one)));
  let after: readonly unknown[] | null = null;
  while (true) {
    const behind: RawBuilder<unknown> = after === null ? sql`` : sql`where (${key}) > (${sql.join(after)})`;
    const page: RawBuilder<Row> = sql`select * from ${sql.table(table)} ${behind} order by ${key} limit ${PAGE}`;
    const rows: readonly Row[] = (await page.execute(db)).rows;
    const last: Row | undefined = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = keys.map((one) => last[one]);
  }
}

/** Tables whose rows number themselves. */
async function numbered(db: Kysely<Schema>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables();
  return tables.filter((one) => one.columns.some((column) => column.isAutoIncrementing)).map((one) => one.name);
}

async function refuseBusy(source: Reader, { url, words }: Database): Promise<void> {
  const { rows } = await sql<{ id: number; holder: string }>`select id, holder from run
    where state = 'open' and holder is not null and held_until > ${sql.raw(words.now)} order by id`.execute(source);
  const [run] = rows;
  if (run === undefined) return;
  throw new DatabaseError('busy', `run ${run.id} of ${url} is being worked on by ${run.holder}; stop it, or wait for its end`);
}

async function refuseFilled(target: Tx, { url }: Database): Promise<void> {
  for (const table of Object.keys(MOVED) as Moved[]) {
    const row = await target
      .selectFrom(table)
      .select(sql<number>`1`.as('one'))
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) continue;
    throw new DatabaseError(
      'foreign',
      `${url} holds something already (table ${table}); give an empty database, or a path where there is none`,
    );
  }
}
