/**
 * Answers a query on the server. What keeps it a question: the role, which may not be a superuser or reach files, programs or other
 * sessions; a transaction that is read-only before the query is seen and always rolled back; one statement, which the protocol itself
 * sees to; and a connection of its own, ended afterwards. The server ends it when its time is over, and so do we.
 */
import { Client } from 'pg';
import Cursor from 'pg-cursor';
import { DatabaseError } from '../database.ts';
import { QueryError, type QueryEngine, type QueryLimits, type QueryResult, type QueryValue } from '../query-contract.ts';
import { configOf, explain } from './connect.ts';

/** Bytes of an answer, roughly; one that goes on sending is cut off. */
const ANSWER_BYTES = 64 * 1024 * 1024;
const PAGE = 500;
/** The server ends the query first. */
const GRACE_MS = 500;

/** @param shown the address without credentials */
export function postgresQueries(url: string, shown: string): QueryEngine {
  return async (sql, limits) => {
    const client = new Client({ ...configOf(url), application_name: 'incidence query' });
    const { connection } = client;
    client.on('error', () => {});
    let ended: QueryError | null = null;
    const cut = (error: QueryError): void => {
      ended ??= error;
      connection.stream.destroy();
    };
    let timer: NodeJS.Timeout | undefined;
    try {
      await client.connect();
      let bytes = 0;
      connection.stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > 2 * ANSWER_BYTES) cut(new QueryError('too-large', 'the answer is too large; ask for less at a time'));
      });
      await requireHarmless(client, shown);
      await client.query('begin read only');
      await client.query(`set local statement_timeout = ${Math.max(1, Math.round(limits.ms))}`);
      await client.query('set local lock_timeout = 5000');
      timer = setTimeout(() => cut(overtime(limits)), limits.ms + GRACE_MS);
      return await answerOf(client, sql, limits);
    } catch (error) {
      throw ended ?? refusal(error, limits) ?? explain(error, shown);
    } finally {
      clearTimeout(timer);
      // Without a word: the server rolls back, and whatever the query made of its session is gone.
      connection.stream.destroy();
    }
  };
}

/** Rights that reach beyond the database: with them even a read-only transaction can do harm. */
const RIGHTS = `select r.rolname::text as name from pg_roles r
  where pg_has_role(current_user, r.oid, 'member')
    and (r.rolsuper or r.rolname in ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program', 'pg_signal_backend'))
  union all
  select 'function ' || p.oid::regprocedure::text from pg_proc p join pg_language l on l.oid = p.prolang
  where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    and (not l.lanpltrusted and l.lanname <> 'internal' or p.prosecdef) and p.provolatile = 'v'
    and has_function_privilege(current_user, p.oid, 'execute')
  limit 3`;

async function requireHarmless(client: Client, shown: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(RIGHTS);
  if (rows.length === 0) return;
  throw new DatabaseError(
    'refused',
    `queries are not answered on ${shown} with rights that reach beyond the database (${rows.map((row) => row.name).join(', ')}); ` +
      `give --db with a role that may only read (create role incidence_reader login; grant pg_read_all_data to incidence_reader)`,
  );
}

async function answerOf(client: Client, sql: string, limits: QueryLimits): Promise<QueryResult> {
  const cursor = client.query(
    new Cursor<readonly QueryValue[]>(sql, [], { rowMode: 'array', types: { getTypeParser: parserOf } }),
  );
  const rows: (readonly QueryValue[])[] = [];
  let columns: readonly string[] = [];
  let bytes = 0;
  while (true) {
    const wanted = Math.min(PAGE, limits.rows + 1 - rows.length);
    const page = await read(cursor, wanted);
    ({ columns } = page);
    for (const row of page.rows) {
      if (rows.length >= limits.rows || bytes > ANSWER_BYTES) return { columns, rows, truncated: true };
      bytes += row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? 2 * value.length : 8), 0);
      rows.push(row);
    }
    if (page.rows.length < wanted) return { columns, rows, truncated: false };
  }
}

interface Page {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly QueryValue[])[];
}

async function read(cursor: Cursor<readonly QueryValue[]>, most: number): Promise<Page> {
  return await new Promise<Page>((resolve, reject) => {
    cursor.read(most, (error, rows, result) => {
      if (error) reject(error);
      else resolve({ columns: result.fields.map((field) => field.name), rows });
    });
  });
}

const [BOOL, BYTEA, INT8, INT2, INT4, FLOAT4, FLOAT8, NUMERIC] = [16, 17, 20, 21, 23, 700, 701, 1700];
const NUMBERS = new Set([INT8, INT2, INT4, FLOAT4, FLOAT8, NUMERIC]);

/** Numbers as far as they lose nothing, flags as 0 and 1, bytes as hex, everything else as the server writes it. */
function parserOf(oid: number): (value: string) => QueryValue {
  if (NUMBERS.has(oid)) return numberOf;
  if (oid === BOOL) return (value) => (value === 't' ? 1 : 0);
  if (oid === BYTEA) return (value) => value.replace(/^\\x/, '');
  return (value) => value;
}

function numberOf(value: string): QueryValue {
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? value : number;
}

/** Null for what is no fault of the query. */
function refusal(error: unknown, limits: QueryLimits): QueryError | null {
  if (error instanceof DatabaseError || !(error instanceof Error)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === '57014') return overtime(limits);
  if (code === '42601' && error.message.includes('multiple commands'))
    return new QueryError('refused', 'one statement at a time: something follows after the first');
  if (/^(25|42501|57P01|0A000)/.test(code))
    return new QueryError('refused', `a query asks and changes nothing; this one is not allowed (${error.message})`);
  if (/^5[34]/.test(code) || /out of memory|invalid memory alloc|requested length too large/i.test(error.message)) {
    return new QueryError(
      'too-large',
      `the query needed more memory than it may have (${error.message}); ask for less at a time`,
    );
  }
  if (/^(2[0-9]|3[89]|42|P0)/.test(code) && !code.startsWith('28'))
    return new QueryError('sql', `the database does not understand the query: ${error.message}`);
  return null;
}

function overtime({ ms }: QueryLimits): QueryError {
  return new QueryError('timeout', `the query was ended after ${ms / 1000} s; narrow it down, or allow more time`);
}
