import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DialectWords } from '../dialect.ts';

/**
 * When a token that stayed undecided is asked about again, and how often it was in vain. What is undecided from before is due a
 * day after its question, but for what no answer of the public host can decide.
 */
export function laterLooks({ ddl }: DialectWords): Migration {
  return {
    async up(db) {
      await sql.raw(ddl(`alter table validation add column looks integer not null default 0`)).execute(db);
      await sql.raw(ddl(`alter table validation add column look_after bigint`)).execute(db);
      await sql
        .raw(
          `update validation set looks = 1, look_after = asked_at + 86400000
             where verdict = 'unknown' and reason <> 'self-hosted-possible'`,
        )
        .execute(db);
      await sql.raw(`update verdict set look_after = null where reason = 'self-hosted-possible'`).execute(db);
    },
  };
}
