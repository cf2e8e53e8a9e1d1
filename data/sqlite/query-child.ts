/** The process that answers one query: opens the database read-only, answers, and is ended by its parent or by its own clock. */
import { Worker } from 'node:worker_threads';
import BetterSqlite from 'better-sqlite3';
import type { QueryResult, QueryValue } from '../query-contract.ts';
import type { Asked, Said } from './query.ts';

/** Memory of SQLite itself: sorting, grouping, texts. */
const HEAP_BYTES = 256 * 1024 * 1024;
/** Bytes of an answer, roughly. */
const ANSWER_BYTES = 64 * 1024 * 1024;
/** The parent ends the query first; this one is for a parent that is gone. */
const GRACE_MS = 2000;

process.once('message', (asked: Asked) => {
  // While SQLite works, this thread hears nothing: another one keeps the time.
  const watch = 'setTimeout(() => process.kill(process.pid, "SIGKILL"), require("node:worker_threads").workerData)';
  new Worker(watch, { eval: true, workerData: asked.limits.ms + GRACE_MS }).unref();
  process.send?.(answer(asked), () => process.disconnect());
});

function answer({ path, sql, limits }: Asked): Said {
  try {
    const sqlite = new BetterSqlite(path, { readonly: true, fileMustExist: true });
    sqlite.pragma('query_only = ON');
    sqlite.pragma('temp_store = MEMORY');
    sqlite.pragma(`hard_heap_limit = ${HEAP_BYTES}`);
    sqlite.pragma('trusted_schema = OFF');
    const statement = sqlite.prepare<[], readonly unknown[]>(sql);
    if (!statement.readonly || !statement.reader) {
      return {
        kind: 'error',
        reason: 'refused',
        message: 'a query asks and changes nothing; this statement would change something',
      };
    }
    const columns = statement.columns().map((column) => column.name);
    return { kind: 'result', result: { columns, ...read(statement.raw().safeIntegers().iterate(), limits.rows) } };
  } catch (error) {
    return refusal(error);
  }
}

function read(answers: Iterable<readonly unknown[]>, limit: number): Pick<QueryResult, 'rows' | 'truncated'> {
  const rows: QueryValue[][] = [];
  let bytes = 0;
  for (const answered of answers) {
    if (rows.length >= limit || bytes > ANSWER_BYTES) return { rows, truncated: true };
    const row = answered.map(printable);
    bytes += row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? 2 * value.length : 8), 0);
    rows.push(row);
  }
  return { rows, truncated: false };
}

function printable(value: unknown): QueryValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return Buffer.isBuffer(value) ? value.toString('hex') : '';
}

function refusal(error: unknown): Said {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/more than one statement/.test(message)) {
    return { kind: 'error', reason: 'refused', message: 'one statement at a time: something follows after the first' };
  }
  if (/contains no statements/.test(message)) return { kind: 'error', reason: 'refused', message: 'the query is empty' };
  if (/NOMEM|TOOBIG|out of memory|too big/i.test(`${code} ${message}`)) {
    return {
      kind: 'error',
      reason: 'too-large',
      message: 'the query needed more memory than it may have; ask for less at a time',
    };
  }
  if (/not authorized|READONLY|AUTH/.test(`${code} ${message}`)) {
    return { kind: 'error', reason: 'refused', message: `the statement is not allowed here (${message})` };
  }
  return { kind: 'error', reason: 'sql', message: `the database does not understand the query: ${message}` };
}
