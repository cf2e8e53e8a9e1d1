import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DialectWords } from '../dialect.ts';

/** What several workers of one database keep together: limits, what hosts said, who is at work, what is to be done. */
export function workers(words: DialectWords): Migration {
  return {
    async up(db) {
      for (const statement of statements(words)) await sql.raw(words.ddl(statement)).execute(db);
    },
  };
}

function statements({ identity, clustered }: DialectWords): readonly string[] {
  return [
    `alter table host add column backoff_until bigint`,
    `alter table host add column backoff_level integer not null default 0`,
    `alter table host add column backoff_reason text`,
    `alter table host add column breaker_until bigint`,
    `alter table host add column breaker_level integer not null default 0`,
    `alter table host add column trial_until bigint`,
    `alter table host add column failures integer not null default 0`,
    `alter table host add column switched_off text`,
    `create table permit (
      lane text not null,
      position integer not null,
      host text not null,
      free_at bigint not null,
      holder text,
      ticket bigint,
      primary key (lane, position)
    )${clustered}`,
    `create table worker (
      holder text primary key,
      code_version text not null,
      detector_stamp text not null,
      started_at bigint not null,
      seen_at bigint not null,
      ended_at bigint,
      note text
    )${clustered}`,
    `create table control_probe (
      run_id bigint not null references run (id),
      service text not null,
      state text,
      holder text,
      held_until bigint not null,
      primary key (run_id, service)
    )${clustered}`,
    `create table job (
      id ${identity},
      queue text not null,
      key text not null,
      payload text not null,
      not_before bigint not null,
      attempts integer not null,
      holder text,
      reason text,
      parked integer not null
    )`,
    // One job of a kind and a subject: announcing it twice changes nothing.
    `create unique index job_key on job (queue, key)`,
    `create index job_due on job (queue, not_before)`,
  ];
}
