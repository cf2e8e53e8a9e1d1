import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DialectWords } from '../dialect.ts';

/**
 * Every request to a service has a mark of its own: whoever writes it down again, because the connection broke and nobody knows whether
 * the first time was kept, writes no second row. Requests from before have none.
 */
export function requestsOnce({ ddl }: DialectWords): Migration {
  return {
    async up(db) {
      await sql.raw(ddl(`alter table service_request add column mark text`)).execute(db);
      await sql.raw(`create unique index service_request_mark on service_request (mark)`).execute(db);
    },
  };
}
