/**
 * kysely's SQLite dialect with two differences: transactions begin as `immediate`, because one that reads first and writes
 * later fails at once when another process wrote in between, whatever the busy timeout; and prepared statements are kept,
 * because preparing costs more than most of our statements do. Definitions of tables are transactional here, so a migration
 * that is killed leaves nothing behind.
 *
 * When another connection writes, ours waits without blocking the process: the other one may belong to the same process, and
 * timers, heartbeats and downloads go on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database as Sqlite, Statement } from 'better-sqlite3';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  type SelectModifierNode,
} from 'kysely';

/** How long to wait for another connection's transaction; the longest of ours is the selection of a census. */
const BUSY_MS = 60_000;
/** Kept at most; the program has fewer distinct statements than that, but chunks of odd lengths are distinct too. */
const STATEMENTS = 256;

export function sqliteDialect(sqlite: Sqlite): Dialect {
  return {
    createDriver: () => new SqliteDriver(sqlite),
    createAdapter: () => new TransactionalAdapter(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new LocklessCompiler(),
  };
}

/** Locks on rows have no words here and need none: whoever writes is alone from the first statement of the transaction. */
class LocklessCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === undefined || !LOCKS.has(node.modifier)) super.visitSelectModifier(node);
  }
}

const LOCKS: ReadonlySet<string> = new Set(['ForKeyShare', 'ForUpdate', 'SkipLocked']);

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #sqlite: Sqlite;
  readonly #connection: SqliteConnection;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
    this.#connection = new SqliteConnection(sqlite);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw(this.#sqlite.readonly ? 'begin' : 'begin immediate'));
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(): Promise<void> {
    // A full disk or a broken file has already rolled back; a second attempt would hide the cause.
    if (this.#sqlite.inTransaction) await this.#connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#sqlite.close();
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #sqlite: Sqlite;
  readonly #statements = new Map<string, Statement>();

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const deadline = performance.now() + BUSY_MS;
    for (let pause = 2; ; pause = Math.min(2 * pause, 100)) {
      try {
        return this.#execute(query);
      } catch (error) {
        // Within a transaction the lock is ours already, and waiting would help nobody.
        if (!isBusy(error) || this.#sqlite.inTransaction || performance.now() > deadline) throw error;
      }
      await sleep(pause);
    }
  }

  #execute<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const statement = this.#prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  // oxlint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('rows are read in pages: an open cursor would hold the only connection');
  }

  #prepare(sql: string): Statement {
    const kept = this.#statements.get(sql);
    if (kept !== undefined) return kept;
    const statement = this.#sqlite.prepare(sql);
    if (this.#statements.size >= STATEMENTS) this.#statements.delete(this.#statements.keys().next().value ?? '');
    this.#statements.set(sql, statement);
    return statement;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_BUSY');
}
