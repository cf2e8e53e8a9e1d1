import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DialectWords } from '../dialect.ts';

/** A permit can be taken a moment before it may be used: when that is has to be kept beside the end of its lease. */
export function permitsAhead({ ddl }: DialectWords): Migration {
  return {
    async up(db) {
      await sql.raw(ddl(`alter table permit add column usable_at bigint not null default 0`)).execute(db);
    },
  };
}
