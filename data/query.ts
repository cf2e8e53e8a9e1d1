/** People's SQL: read-only by construction, one statement, with limits on time, rows and memory. */
import { openReadOnly, queryEngineOf } from './open.ts';
import { QueryError, type QueryLimits, type QueryResult } from './query-contract.ts';

export const QUERY_LIMITS: QueryLimits = { rows: 10_000, ms: 30_000 };

/**
 * Answers one SELECT (or WITH, VALUES, EXPLAIN). The database is opened read-only in a process of its own, which is ended when
 * the time is over, so that no statement can write, read another file, or hang.
 *
 * @throws DatabaseError where the database cannot be opened, QueryError for everything that is wrong with the query
 */
export async function runQuery(url: string, sql: string, limits: QueryLimits = QUERY_LIMITS): Promise<QueryResult> {
  const statement = requireQuestion(sql);
  // Says clearly what is wrong with the database, before anything else is started.
  await (await openReadOnly(url)).close();
  return await queryEngineOf(url)(statement, limits);
}

const QUESTIONS = ['select', 'with', 'values', 'explain'];

/** Refuses by the first word: everything else that a connection takes changes the connection or the database. */
function requireQuestion(sql: string): string {
  const bare = withoutLeadingComments(sql);
  const first = /^[a-z_]+/i.exec(bare)?.[0].toLowerCase() ?? '';
  if (QUESTIONS.includes(first)) return bare;
  const came = first === '' ? (bare === '' ? 'nothing' : JSON.stringify(bare.slice(0, 20))) : first.toUpperCase();
  throw new QueryError(
    'refused',
    `a query asks and changes nothing: it begins with ${QUESTIONS.join(', ').toUpperCase()}, not with ${came}`,
  );
}

function withoutLeadingComments(sql: string): string {
  let rest = sql.trimStart();
  while (true) {
    const comment = /^(?:--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))/.exec(rest);
    if (comment === null) return rest;
    rest = rest.slice(comment[0].length).trimStart();
  }
}
