/**
 * Two databases of the same world compared row by row, by what each row is known to people and all that it says. Left out are times, who
 * held what, how often it was tried, the ledgers of requests, and numbers that the database gives.
 */
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { openReadOnly } from '../../data/open.ts';

const PACKAGE = 'p.registry, p.key';
const FIGURES = 'detections, restricted_only, undecided, total, total_low, total_high, rate, rate_low, rate_high, method';
const BELOW_SCAN = 'join scan s on s.id = o.scan_id';
const TABLES: Readonly<Record<string, string>> = {
  package: `select ${PACKAGE}, p.name, p.first_run, p.listed_run, p.moved_run, p.gone_run from package p`,
  run: 'select state, scope, period, config, seed, detector_stamp, key_id, validation, note from run',
  run_registry: 'select registry, names_cursor, frame_size from run_registry',
  feed: 'select registry, cursor from feed',
  ranking: 'select registry, source, dated, places from ranking',
  place: 'select r.registry, p.rank, p.key, p.name, p.downloads from place p join ranking r on r.id = p.ranking_id',
  selection: `select ${PACKAGE}, l.position, l.tier, l.rank, l.probability, l.selection_key, l.state, l.reason, l.detail, l.partial,
    r.version from selection l join package p on p.id = l.package_id left join release r on r.id = l.release_id`,
  release: `select ${PACKAGE}, r.version, r.prerelease, r.published_at, r.notes from release r join package p on p.id = r.package_id`,
  artifact: `select ${PACKAGE}, r.version, a.filename, a.kind, a.url, a.bytes, a.digest_algorithm, a.digest, a.sha256
    from artifact a join release r on r.id = a.release_id join package p on p.id = r.package_id`,
  analysis: `select ${PACKAGE}, a.filename, s.sha256, s.detector_stamp from analysis n join package p on p.id = n.package_id
    join artifact a on a.id = n.artifact_id join scan s on s.id = n.scan_id`,
  scan: 'select sha256, detector_stamp, key_id, bytes, entries, bytes_out from scan',
  scan_skip: `select s.sha256, o.position, o.path, o.reason, o.detail from scan_skip o ${BELOW_SCAN}`,
  package_skip: `select ${PACKAGE}, k.position, k.path, k.reason, k.detail from package_skip k join package p on p.id = k.package_id`,
  token: 'select fingerprint, service, format, redacted from token',
  occurrence: `select s.sha256, o.position, t.fingerprint, o.path, o.line, o.col, o.byte_offset, o.byte_length, o.decoding, o.label
    from occurrence o ${BELOW_SCAN} join token t on t.id = o.token_id`,
  verdict: `select t.fingerprint, v.family, v.verdict, v.reason, v.policy, v.precedence from verdict v join token t on t.id = v.token_id`,
  run_stratum: 'select registry, tier, population, selected, scanned, without_release, failed, pending, partial from run_stratum',
  dropped_item: 'select registry, reason, count from dropped_item',
  // The statistics themselves.
  run_tier_incidence: `select registry, tier, policy, ${FIGURES} from run_tier_incidence`,
  run_incidence: `select registry, policy, used, ${FIGURES} from run_incidence`,
  run_verdict: 'select registry, family, verdict, tokens, packages from run_verdict',
  run_reason: 'select registry, kind, reason, packages, items from run_reason',
  run_service_cell: 'select policy, service, registry, packages, tokens from run_service_cell',
  run_cluster: 'select policy, position, service, verdict, packages, registries from run_cluster',
};

export type Rows = ReadonlyMap<string, readonly string[]>;

/** By table, in one order whatever the kind of database. */
export async function rowsOf(url: string): Promise<Rows> {
  const database = await openReadOnly(url);
  try {
    const tables = new Map<string, readonly string[]>();
    for (const [table, query] of Object.entries(TABLES)) {
      const { rows } = await sql.raw(query).execute(database.db);
      tables.set(
        table,
        rows.map((row) => JSON.stringify(Object.entries(row as object).toSorted(([a], [b]) => (a < b ? -1 : 1)))).toSorted(),
      );
    }
    return tables;
  } finally {
    await database.close();
  }
}

/** Each row that only one of the two has. */
export function differencesOf(expected: Rows, found: Rows): string[] {
  return [...expected].flatMap(([table, rows]) => {
    const others = found.get(table) ?? [];
    if (isDeepStrictEqual(rows, others)) return [];
    const [here, there] = [new Set(rows), new Set(others)];
    const missing = rows.filter((row) => !there.has(row)).map((row) => `${table}: missing ${row}`);
    const added = others.filter((row) => !here.has(row)).map((row) => `${table}: added ${row}`);
    return missing.length + added.length > 0 ? [...missing, ...added] : [`${table}: ${rows.length} and ${others.length} rows`];
  });
}
