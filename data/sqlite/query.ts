/** Answers a query in a process of its own: SQLite cannot be interrupted from the outside, a process can. */
import { fork, type ChildProcess } from 'node:child_process';
import { QueryError, type QueryEngine, type QueryLimits, type QueryResult } from '../query-contract.ts';

const CHILD = new URL('query-child.ts', import.meta.url);

/** What the child is asked, and what it says. */
export interface Asked {
  readonly path: string;
  readonly sql: string;
  readonly limits: QueryLimits;
}
export type Said =
  | { readonly kind: 'result'; readonly result: QueryResult }
  | { readonly kind: 'error'; readonly reason: QueryError['reason']; readonly message: string };

export function sqliteQueries(path: string): QueryEngine {
  return async (sql, limits) => {
    // Nothing of our environment: no credentials, no options of Node.
    const child = fork(CHILD, [], {
      env: {},
      execArgv: ['--max-old-space-size=512'],
      serialization: 'advanced',
      stdio: 'ignore',
    });
    try {
      return await answerOf(child, { path, sql, limits });
    } finally {
      child.kill('SIGKILL');
    }
  };
}

async function answerOf(child: ChildProcess, asked: Asked): Promise<QueryResult> {
  const { ms } = asked.limits;
  return await new Promise<QueryResult>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new QueryError('timeout', `the query was ended after ${ms / 1000} s; narrow it down, or allow more time`));
    }, ms);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    child.once('message', (said: Said) => {
      end(() => (said.kind === 'result' ? resolve(said.result) : reject(new QueryError(said.reason, said.message))));
    });
    child.once('error', (error) => end(() => reject(error)));
    child.once('exit', () => {
      end(() => reject(new QueryError('too-large', 'the query needed more memory than it may have; ask for less at a time')));
    });
    child.send(asked, (error) => {
      if (error !== null) end(() => reject(error));
    });
  });
}
