import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DialectWords } from '../dialect.ts';

/** All tables, with the indexes that measurement asked for (`data/README.md`). */
export function tables(words: DialectWords): Migration {
  return {
    async up(db) {
      for (const statement of [...statements(words), ...words.marks]) await sql.raw(words.ddl(statement)).execute(db);
    },
  };
}

function statements({ identity, clustered }: DialectWords): readonly string[] {
  return [
    ...runs(identity, clustered),
    ...frame(identity, clustered),
    ...content(identity, clustered),
    ...judgement(identity, clustered),
    ...figures(clustered),
  ];
}

function runs(identity: string, clustered: string): readonly string[] {
  return [
    `create table meta (key text primary key, value text not null)${clustered}`,
    `create table run (
      id ${identity},
      scope text not null,
      period text,
      state text not null,
      config text not null,
      environment text not null,
      identity text not null,
      seed text not null,
      detector_stamp text not null,
      code_version text not null,
      key_id text not null,
      validation text not null,
      opened_at bigint not null,
      closed_at bigint,
      holder text,
      held_until bigint,
      note text
    )`,
    // Two runs of one period are impossible, whoever starts them.
    `create unique index run_period on run (period) where period is not null and state <> 'abandoned'`,
    `create unique index run_open on run (identity) where state = 'open'`,
    `create table run_registry (
      run_id bigint not null references run (id),
      registry text not null,
      names_cursor text,
      frame_size bigint,
      frame_taken_at bigint,
      ranking_id bigint,
      selected_at bigint,
      primary key (run_id, registry)
    )${clustered}`,
    `create table run_service (
      run_id bigint not null references run (id),
      service text not null,
      label text not null,
      family text not null,
      checked integer not null,
      off_reason text,
      primary key (run_id, service, family)
    )${clustered}`,
    `create table dropped_item (
      run_id bigint not null references run (id),
      registry text not null,
      reason text not null,
      count bigint not null,
      primary key (run_id, registry, reason)
    )${clustered}`,
    `create table feed (
      registry text primary key,
      cursor text not null,
      run_id bigint not null references run (id),
      read_at bigint not null
    )${clustered}`,
    `create table host (host text primary key, touched_at bigint not null)${clustered}`,
    `create table request (
      host text not null references host (host),
      hour bigint not null,
      count bigint not null,
      primary key (host, hour)
    )${clustered}`,
    `create table policy (
      id text primary key,
      position integer not null,
      title text not null,
      family text not null,
      severity text not null,
      ci_status text not null
    )${clustered}`,
    `create table registry (id text primary key, position integer not null, label text not null)${clustered}`,
    `create table tier (
      id text primary key,
      position integer not null,
      first_rank bigint not null,
      last_rank bigint
    )${clustered}`,
    `create table data_dictionary (
      view text not null,
      position integer not null,
      name text not null,
      meaning text not null,
      primary key (view, position)
    )${clustered}`,
  ];
}

function frame(identity: string, clustered: string): readonly string[] {
  return [
    `create table package (
      id ${identity},
      registry text not null,
      name text not null,
      key text not null,
      first_run bigint not null,
      listed_run bigint not null,
      gone_run bigint
    )`,
    `create unique index package_key on package (registry, key)`,
    `create table ranking (
      id ${identity},
      run_id bigint not null references run (id),
      registry text not null,
      source text not null,
      label text not null,
      url text not null,
      measures text not null,
      terms text not null,
      weaknesses text not null,
      dated text,
      taken_at bigint not null,
      places bigint not null
    )`,
    `create index ranking_run on ranking (run_id, registry)`,
    `create table place (
      ranking_id bigint not null references ranking (id),
      rank bigint not null,
      key text not null,
      name text not null,
      downloads bigint,
      primary key (ranking_id, rank)
    )${clustered}`,
    `create table release (
      id ${identity},
      package_id bigint not null references package (id),
      version text not null,
      prerelease integer not null,
      published_at text,
      notes text not null
    )`,
    `create unique index release_version on release (package_id, version)`,
    `create table selection (
      run_id bigint not null references run (id),
      package_id bigint not null references package (id),
      registry text not null,
      position bigint not null,
      tier text not null,
      rank bigint,
      probability double precision not null,
      selection_key text not null,
      state text not null,
      reason text,
      detail text,
      attempts integer not null,
      holder text,
      not_before bigint,
      finished_at bigint,
      release_id bigint references release (id),
      partial integer not null,
      primary key (run_id, package_id)
    )${clustered}`,
    // What is left to do: small, and gone when the run is done.
    `create index selection_pending on selection (run_id, registry, position) where state = 'pending'`,
    // The few that need a word in a report: failures, packages without release, packages read in part.
    `create index selection_reason on selection (run_id, registry, state, reason) where reason is not null`,
  ];
}

function content(identity: string, clustered: string): readonly string[] {
  return [
    `create table artifact (
      id ${identity},
      release_id bigint not null references release (id),
      filename text not null,
      kind text not null,
      url text not null,
      bytes bigint,
      digest_algorithm text,
      digest text,
      sha256 text
    )`,
    `create unique index artifact_file on artifact (release_id, filename)`,
    `create index artifact_digest on artifact (digest_algorithm, digest) where digest is not null`,
    `create table scan (
      id ${identity},
      sha256 text not null,
      detector_stamp text not null,
      key_id text not null,
      bytes bigint not null,
      entries bigint not null,
      bytes_out bigint not null,
      ms double precision not null,
      scanned_at bigint not null
    )`,
    `create unique index scan_content on scan (sha256, detector_stamp, key_id)`,
    `create table scan_skip (
      scan_id bigint not null references scan (id),
      position integer not null,
      path text not null,
      reason text not null,
      detail text not null,
      primary key (scan_id, position)
    )${clustered}`,
    `create table analysis (
      run_id bigint not null references run (id),
      package_id bigint not null references package (id),
      artifact_id bigint not null references artifact (id),
      scan_id bigint not null references scan (id),
      primary key (run_id, package_id, artifact_id)
    )${clustered}`,
    // From a token's scan to the packages that carry it.
    `create index analysis_scan on analysis (scan_id, run_id)`,
    `create table package_skip (
      run_id bigint not null references run (id),
      package_id bigint not null references package (id),
      position integer not null,
      path text not null,
      reason text not null,
      detail text not null,
      primary key (run_id, package_id, position)
    )${clustered}`,
  ];
}

function judgement(identity: string, clustered: string): readonly string[] {
  return [
    `create table token (
      id ${identity},
      key_id text not null,
      fingerprint text not null,
      service text not null,
      format text not null,
      redacted text not null
    )`,
    `create unique index token_fingerprint on token (key_id, fingerprint)`,
    `create table occurrence (
      scan_id bigint not null references scan (id),
      position integer not null,
      token_id bigint not null references token (id),
      path text not null,
      line bigint not null,
      col bigint not null,
      byte_offset bigint not null,
      byte_length bigint not null,
      decoding text not null,
      label text not null,
      primary key (scan_id, position)
    )${clustered}`,
    `create index occurrence_token on occurrence (token_id, scan_id)`,
    `create table verdict (
      run_id bigint not null references run (id),
      token_id bigint not null references token (id),
      family text not null,
      verdict text not null,
      reason text not null,
      policy text,
      precedence integer not null,
      decided_at bigint not null,
      looks integer not null,
      look_after bigint,
      primary key (run_id, token_id)
    )${clustered}`,
    // The newest verdict on a token, whichever run gave it.
    `create index verdict_token on verdict (token_id, run_id)`,
    `create index verdict_again on verdict (run_id, look_after) where verdict = 'unknown'`,
    `create table validation (
      key_id text not null,
      fingerprint text not null,
      service text not null,
      asked_at bigint not null,
      settled_at bigint,
      verdict text,
      reason text,
      primary key (key_id, fingerprint)
    )${clustered}`,
    `create table question (
      id ${identity},
      run_id bigint references run (id),
      key_id text not null,
      fingerprint text not null,
      service text not null,
      asked_at bigint not null,
      settled_at bigint,
      verdict text,
      reason text
    )`,
    `create index question_run on question (run_id, asked_at)`,
    `create table service_request (
      id ${identity},
      run_id bigint references run (id),
      kind text not null,
      service text not null,
      key_id text not null,
      fingerprint text,
      sent_at bigint not null,
      host text not null,
      method text not null,
      path text not null,
      status integer,
      content_type text,
      verdict text not null,
      reason text not null
    )`,
    `create index service_request_run on service_request (run_id, sent_at)`,
    `create index question_token on question (key_id, fingerprint, asked_at)`,
  ];
}

function figures(clustered: string): readonly string[] {
  const incidence = `detections bigint not null,
      restricted_only bigint not null,
      undecided bigint not null,
      total double precision not null,
      total_low double precision not null,
      total_high double precision not null,
      rate double precision not null,
      rate_low double precision not null,
      rate_high double precision not null,
      method text not null`;
  return [
    `create table run_stratum (
      run_id bigint not null references run (id),
      registry text not null,
      tier text not null,
      population bigint not null,
      selected bigint not null,
      scanned bigint not null,
      without_release bigint not null,
      failed bigint not null,
      pending bigint not null,
      partial bigint not null,
      primary key (run_id, registry, tier)
    )${clustered}`,
    `create table run_tier_incidence (
      run_id bigint not null references run (id),
      registry text not null,
      tier text not null,
      policy text not null,
      ${incidence},
      primary key (run_id, registry, tier, policy)
    )${clustered}`,
    `create table run_incidence (
      run_id bigint not null references run (id),
      registry text not null,
      policy text not null,
      used integer not null,
      ${incidence},
      primary key (run_id, registry, policy)
    )${clustered}`,
    `create table run_verdict (
      run_id bigint not null references run (id),
      registry text not null,
      family text not null,
      verdict text not null,
      tokens bigint not null,
      packages bigint not null,
      primary key (run_id, registry, family, verdict)
    )${clustered}`,
    `create table run_reason (
      run_id bigint not null references run (id),
      registry text not null,
      kind text not null,
      reason text not null,
      packages bigint not null,
      items bigint not null,
      primary key (run_id, registry, kind, reason)
    )${clustered}`,
    `create table run_service_cell (
      run_id bigint not null references run (id),
      policy text not null,
      service text not null,
      registry text not null,
      packages bigint not null,
      tokens bigint not null,
      primary key (run_id, policy, service, registry)
    )${clustered}`,
    `create table run_cluster (
      run_id bigint not null references run (id),
      policy text not null,
      position integer not null,
      service text not null,
      verdict text not null,
      packages bigint not null,
      registries text not null,
      primary key (run_id, policy, position)
    )${clustered}`,
  ];
}
