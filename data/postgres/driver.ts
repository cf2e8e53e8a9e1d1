/**
 * kysely's PostgreSQL dialect with four differences. Only what is no object is bound, as on the other kind of database. A transaction
 * that the server ended because of another's (a deadlock, a failed serialization) is done again from its beginning. Of tables only those
 * of our own schema are seen. Errors that people can act on say how.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompiledQuery,
  Kysely,
  PostgresDialect,
  sql,
  type DatabaseIntrospector,
  type PostgresPool,
  type PostgresPoolClient,
  type TableMetadata,
  type Transaction,
  type TransactionBuilder,
} from 'kysely';
import type pg from 'pg';
import Cursor from 'pg-cursor';
import { DatabaseError } from '../database.ts';
import type { PublicRow, PublicValue } from '../public-tables.ts';
import type { RowSource } from '../sqlite/public-copy.ts';
import { explain } from './connect.ts';

/** Times that a transaction is done; each follows after a longer pause. */
const TRIES = 10;
const FIRST_PAUSE_MS = 5;
/** Rows that are in memory at a time. */
const PAGE = 500;

/** @param url as it may be shown */
export function openPool<Tables>(pool: pg.Pool, url: string): Kysely<Tables> {
  return new RepeatingKysely<Tables>({ dialect: new OwnDialect({ pool: explaining(pool, url), cursor: Cursor }) });
}

/** Reads in one look, unmoved by what is written meanwhile, and in pages. */
export async function readAtOnce<Tables, T>(db: Kysely<Tables>, read: (rows: RowSource) => Promise<T>): Promise<T> {
  const look = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return await look.execute(async (tx) => {
    async function* rows(statement: string): AsyncGenerator<PublicRow> {
      const pages = tx.getExecutor().stream<Record<string, PublicValue>>(CompiledQuery.raw(statement), PAGE);
      for await (const page of pages) for (const row of page.rows) yield Object.values(row);
    }
    return await read(rows);
  });
}

class OwnDialect extends PostgresDialect {
  override createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new OwnTables(db);
  }
}

class RepeatingKysely<Tables> extends Kysely<Tables> {
  override transaction(): TransactionBuilder<Tables> {
    return repeating(super.transaction());
  }
}

/** The same builder, whose transactions are done again where the server asks for it: nothing of the first try was kept. */
function repeating<Tables>(builder: TransactionBuilder<Tables>): TransactionBuilder<Tables> {
  return new Proxy(builder, {
    get(target, name) {
      if (name === 'setAccessMode')
        return (...args: Parameters<typeof target.setAccessMode>) => repeating(target.setAccessMode(...args));
      if (name === 'setIsolationLevel')
        return (...args: Parameters<typeof target.setIsolationLevel>) => repeating(target.setIsolationLevel(...args));
      if (name === 'execute') return <T>(work: (tx: Transaction<Tables>) => Promise<T>) => repeat(() => target.execute(work));
      return Reflect.get(target, name) as unknown;
    },
  });
}

async function repeat<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (tried === TRIES || !isVictim(error)) throw error;
    }
    // Of two that met in the same way, one goes first the next time.
    await sleep(FIRST_PAUSE_MS * 2 ** tried * Math.random());
  }
}

/** The server ended the transaction for the sake of another one. */
function isVictim(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DatabaseError) return isVictim(error.cause);
  return 'code' in error && (error.code === '40001' || error.code === '40P01');
}

/** The same pool, whose errors are ours where people can act on them, and which binds no objects. */
function explaining(pool: pg.Pool, url: string): PostgresPool {
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw explain(error, url);
      });
      const wrapped = known.get(client) ?? explainingClient(client, url);
      known.set(client, wrapped);
      return wrapped;
    },
    end: async () => pool.end(),
  };
}

function explainingClient(client: pg.PoolClient, url: string): PostgresPoolClient {
  async function query(statement: string, parameters: readonly unknown[]): Promise<unknown> {
    requirePlain(parameters);
    try {
      return await client.query(statement, [...parameters]);
    } catch (error) {
      throw explain(error, url);
    }
  }
  return {
    query: ((first: string | Cursor, parameters?: readonly unknown[]) =>
      typeof first === 'string' ? query(first, parameters ?? []) : client.query(first)) as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  };
}

/** A driver that prints objects would print any, a token among them. */
function requirePlain(values: readonly unknown[]): void {
  for (const value of values) {
    if (Array.isArray(value)) requirePlain(value);
    else if (typeof value === 'object' && value !== null && !(value instanceof Date))
      throw new TypeError('the database can only bind texts, numbers, times, lists of them, and null');
  }
}

/** What is in the schema that unqualified names mean: another one in the same database may belong to anybody. */
class OwnTables implements DatabaseIntrospector {
  readonly #db: Kysely<unknown>;

  constructor(db: Kysely<unknown>) {
    this.#db = db;
  }

  async getSchemas(): Promise<{ name: string }[]> {
    return (await sql<{ name: string }>`select current_schema()::text as name`.execute(this.#db)).rows;
  }

  async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<ColumnRow>`
      select c.relname::text as table, c.relkind::text as kind, n.nspname::text as schema, a.attname::text as name,
        t.typname::text as type, a.attnotnull as required, a.atthasdef as defaults, a.attidentity <> '' as counts
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid
      where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'f')
      order by c.relname, a.attnum`.execute(this.#db);
    return [...Map.groupBy(rows, (row) => row.table).values()].flatMap(([first, ...others]): TableMetadata[] => {
      if (first === undefined) return [];
      const { table, kind, schema } = first;
      const columns = [first, ...others].map((row) => ({
        name: row.name,
        dataType: row.type,
        isAutoIncrementing: row.counts,
        isNullable: !row.required,
        hasDefaultValue: row.defaults,
      }));
      return [{ name: table, schema, isView: kind === 'v', isForeign: kind === 'f', columns }];
    });
  }
}

interface ColumnRow {
  readonly table: string;
  readonly kind: string;
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly defaults: boolean;
  readonly counts: boolean;
}
