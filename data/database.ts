import type { Kysely, Transaction } from 'kysely';
import type { DialectWords } from './dialect.ts';
import type { CopyEngine } from './public-tables.ts';
import type { Schema } from './schema.ts';

/**
 * An open database, of whatever kind: only `open.ts` knows which. Everything else speaks the common subset of SQL through
 * `db`: flags are 0 or 1, times are integer milliseconds or ISO 8601 text, structures are JSON text.
 */
export interface Database {
  /** As given to `openDatabase`, without credentials. */
  readonly url: string;
  readonly db: Kysely<Schema>;
  /** The few words in which its kind differs from others. */
  readonly words: DialectWords;
  readonly readOnly: boolean;
  /** Writes the public copy into a folder; see `public-copy.ts`. */
  readonly copyTo: CopyEngine;
  /** Gives the file or the connections back; the database is unusable afterwards. Harmless when repeated. */
  close(): Promise<void>;
}

export type Tx = Transaction<Schema>;
/** Where a read may run: inside a transaction or outside of one. */
export type Reader = Kysely<Schema>;

/** What is wrong with a database, as a slug a caller can act on. */
export type DatabaseReason =
  | 'unknown-kind'
  | 'missing'
  | 'not-writable'
  | 'not-readable'
  | 'not-a-database'
  | 'foreign'
  | 'newer'
  | 'older'
  | 'damaged'
  | 'busy'
  /** A server that lacks what is needed. */
  | 'unsuitable'
  | 'unreachable'
  /** A server that does not let us in. */
  | 'refused';

/** A database that cannot be used: the message says what was expected, what came and what to do. */
export class DatabaseError extends Error {
  readonly reason: DatabaseReason;

  constructor(reason: DatabaseReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseError';
    this.reason = reason;
  }
}
