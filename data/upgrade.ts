/** Brings a database to the schema of this version, or refuses one that is ahead of it. */
import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { DatabaseError } from './database.ts';
import type { DialectWords } from './dialect.ts';
import { migrations } from './migrations/index.ts';
import { refreshPublicSchema } from './public-schema.ts';
import type { Schema } from './schema.ts';

/** Where the names of the migrations that were applied are kept; part of the schema that older and newer versions share. */
const MIGRATION_TABLE = 'migration';
const LOCK_TABLE = 'migration_lock';

/** Applies what is missing; a database that knows migrations of the future is refused untouched. */
export async function upgrade(db: Kysely<Schema>, words: DialectWords, url: string): Promise<void> {
  const known = migrations(words);
  const applied = await appliedTo(db);
  refuseNewer(applied, Object.keys(known), url);
  if (applied.length === Object.keys(known).length) return await refreshPublicSchema(db, words);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => known },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: LOCK_TABLE,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return await refreshPublicSchema(db, words);
  if (results === undefined) throw error;
  const failed = results?.find((one) => one.status === 'Error')?.migrationName ?? 'the first';
  throw new DatabaseError(
    'damaged',
    `the database ${url} could not be brought up to date (migration ${failed} failed, nothing was changed)`,
    {
      cause: error,
    },
  );
}

/** For readers, who cannot migrate: the database must be of exactly this version. */
export async function requireCurrent(db: Kysely<Schema>, words: DialectWords, url: string): Promise<void> {
  const known = Object.keys(migrations(words));
  const applied = await appliedTo(db);
  refuseNewer(applied, known, url);
  const missing = known.filter((name) => !applied.includes(name));
  if (missing.length === 0) return;
  throw new DatabaseError(
    'older',
    `the database ${url} is of an older version (${missing.join(', ')} missing); open it once for writing with this version, such as by a run, to bring it up to date`,
  );
}

function refuseNewer(applied: readonly string[], known: readonly string[], url: string): void {
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new DatabaseError(
    'newer',
    `the database ${url} was made by a newer version of Incidence (it has ${unknown.join(', ')}, this version ends at ${known.at(-1) ?? 'nothing'}); update the program, nothing was changed`,
  );
}

async function appliedTo(db: Kysely<Schema>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === MIGRATION_TABLE)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)} order by name`.execute(db);
  return rows.map((row) => row.name);
}
