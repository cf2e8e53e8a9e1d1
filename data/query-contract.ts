/** A query of people, its answer, and why there may be none: what `query.ts` promises and every kind of database keeps. */

export interface QueryLimits {
  /** Rows given back at most; `truncated` says that there were more. */
  readonly rows: number;
  /** After this time the query is ended, whatever it does. */
  readonly ms: number;
}

/** Whole numbers beyond 2^53 come as text, bytes as hex. */
export type QueryValue = string | number | null;

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly QueryValue[])[];
  readonly truncated: boolean;
}

/** A query that was not answered: the message says what was expected, what came and what to do. */
export class QueryError extends Error {
  /** `refused`: it is no question; `sql`: the database does not understand it; `timeout`, `too-large`: it took too much. */
  readonly reason: 'refused' | 'sql' | 'timeout' | 'too-large';

  constructor(reason: QueryError['reason'], message: string) {
    super(message);
    this.name = 'QueryError';
    this.reason = reason;
  }
}

/** What an engine of a kind of database does with a statement that was let through. */
export type QueryEngine = (sql: string, limits: QueryLimits) => Promise<QueryResult>;
