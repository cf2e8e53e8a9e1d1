import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DialectWords } from '../dialect.ts';

/** Receipts of what was written for a service's own people: which tokens, for whom, when; never a token. */
export function disclosures({ identity, clustered, ddl }: DialectWords): Migration {
  const statements = [
    `create table disclosure (
      id ${identity},
      run_id bigint not null references run (id),
      service text not null,
      recipient text not null,
      file text not null,
      sha256 text not null,
      tokens bigint not null,
      places bigint not null,
      made_at bigint not null
    )`,
    `create index disclosure_service on disclosure (service, recipient)`,
    `create table disclosed_token (
      disclosure_id bigint not null references disclosure (id),
      token_id bigint not null references token (id),
      primary key (disclosure_id, token_id)
    )${clustered}`,
    // Whether a token was told before: nobody is told twice.
    `create index disclosed_token_token on disclosed_token (token_id)`,
  ];
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(ddl(statement)).execute(db);
    },
  };
}
