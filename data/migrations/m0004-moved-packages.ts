import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DialectWords } from '../dialect.ts';

/** Which run was last told that a package has moved. Of packages from before, no more is known than when they were listed. */
export function movedPackages({ ddl }: DialectWords): Migration {
  return {
    async up(db) {
      await sql.raw(ddl(`alter table package add column moved_run bigint not null default 0`)).execute(db);
      await sql.raw(`update package set moved_run = listed_run`).execute(db);
    },
  };
}
