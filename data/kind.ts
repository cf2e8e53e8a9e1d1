/** What every kind of database brings along; `open.ts` chooses one by the address. */
import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import type { DialectWords } from './dialect.ts';
import type { CopyEngine } from './public-tables.ts';
import type { QueryEngine } from './query-contract.ts';
import type { Queue, QueueState } from './queue.ts';
import type { Schema } from './schema.ts';

export interface Kind {
  /** The address without credentials: what messages show. */
  readonly shown: string;
  readonly words: DialectWords;
  /** @throws DatabaseError where the address holds no database of ours and none can be made there */
  connect(how: { readonly readOnly: boolean }): Promise<Kysely<Schema>>;
  /** Why nobody can write there who comes with this address, in words; null where that is not so. For what can be opened for reading. */
  obstacle(): Promise<string | null>;
  /** Our error for one of the driver's or of the system's; anything else stays what it is. */
  explain(error: unknown): unknown;
  /** How people's queries are answered; see `query.ts`. */
  readonly query: QueryEngine;
  /** Who takes the next job; see `queue.ts`. */
  queue(database: Database, holder: string): Promise<Queue>;
  /** What is in queues, by reading alone. */
  queueStates(database: Database, queues: readonly string[]): Promise<readonly QueueState[]>;
  /** How the public copy is written; see `public-copy.ts`. */
  copy(database: Database): CopyEngine;
}
