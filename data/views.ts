/**
 * The views: the public schema, for people's SQL. What they promise is in `dictionary.ts`; tables may change below them.
 *
 * Views of single things show the current run: the newest closed run of registries, or of named packages where there is none,
 * or the newest open one where nothing is closed yet. Views of figures have a `run` column or say whose figures they are.
 */
import type { DialectWords } from './dialect.ts';

export interface View {
  readonly name: string;
  readonly sql: string;
}

/** In the order in which they can be made. */
export function views(words: DialectWords): readonly View[] {
  return [...runViews(words), ...packageViews(words), ...tokenViews(words), ...figureViews(words)];
}

const CURRENT = '(select run from current_run)';

function runViews({ iso }: DialectWords): readonly View[] {
  return [
    {
      name: 'current_run',
      sql: `select id as run
        from run
        where state <> 'abandoned'
        order by case when state = 'closed' then 0 else 1 end, case when scope = 'registry' then 0 else 1 end, coalesce(closed_at, opened_at) desc, id desc
        limit 1`,
    },
    {
      name: 'runs',
      sql: `select run.id as run,
          case when run.id = ${CURRENT} then 1 else 0 end as is_current,
          run.state, run.scope, run.period,
          ${iso('run.opened_at')} as opened_at, ${iso('run.closed_at')} as closed_at,
          run.seed, run.validation, run.detector_stamp, run.code_version, run.config, run.environment, run.note
        from run`,
    },
    {
      name: 'registries',
      sql: `select frame.run_id as run, frame.registry, registry.label,
          frame.frame_size, ${iso('frame.frame_taken_at')} as frame_taken_at,
          ranking.source as ranking_source, ranking.dated as ranking_dated,
          (select sum(stratum.selected) from run_stratum as stratum where stratum.run_id = frame.run_id and stratum.registry = frame.registry) as selected,
          coalesce((select sum(item.count) from dropped_item as item where item.run_id = frame.run_id and item.registry = frame.registry), 0) as dropped_items
        from run_registry as frame
        join registry on registry.id = frame.registry
        left join ranking on ranking.id = frame.ranking_id`,
    },
    {
      name: 'rankings',
      sql: `select ranking.run_id as run, ranking.registry, ranking.source, ranking.label, ranking.url, ranking.measures, ranking.terms,
          ranking.weaknesses, ranking.dated, ${iso('ranking.taken_at')} as taken_at, ranking.places
        from ranking`,
    },
    {
      name: 'ranking_places',
      sql: `select ranking.run_id as run, ranking.registry, place.rank, place.name, place.downloads
        from ranking
        join place on place.ranking_id = ranking.id
        where ranking.run_id = ${CURRENT}`,
    },
    {
      name: 'service_checks',
      sql: `select run_id as run, service, label, family, checked, off_reason from run_service`,
    },
    {
      name: 'dropped_items',
      sql: `select run_id as run, registry, reason, count from dropped_item`,
    },
  ];
}

function packageViews({ iso }: DialectWords): readonly View[] {
  const packages = `select selection.run_id as run, selection.registry, package.name, release.version, selection.tier, selection.rank,
      selection.probability, selection.selection_key, selection.state, selection.reason, selection.detail, selection.partial,
      selection.attempts, ${iso('selection.finished_at')} as finished_at
    from selection
    join package on package.id = selection.package_id
    left join release on release.id = selection.release_id
    where selection.run_id = ${CURRENT}`;
  return [
    { name: 'sample', sql: packages },
    { name: 'packages_analyzed', sql: `${packages} and selection.state in ('analysed', 'no-release')` },
    { name: 'failures', sql: `${packages} and selection.state = 'failed'` },
    {
      name: 'artifacts_analyzed',
      sql: `select analysis.run_id as run, package.registry, package.name, release.version, artifact.filename, artifact.kind, artifact.url,
          scan.bytes, artifact.digest_algorithm, artifact.digest, scan.sha256, scan.entries, scan.bytes_out, scan.ms, ${iso('scan.scanned_at')} as scanned_at
        from analysis
        join artifact on artifact.id = analysis.artifact_id
        join release on release.id = artifact.release_id
        join package on package.id = analysis.package_id
        join scan on scan.id = analysis.scan_id
        where analysis.run_id = ${CURRENT}`,
    },
    {
      name: 'skipped',
      sql: `select analysis.run_id as run, package.registry, package.name, artifact.filename, scan_skip.path, scan_skip.reason, scan_skip.detail
        from analysis
        join scan_skip on scan_skip.scan_id = analysis.scan_id
        join artifact on artifact.id = analysis.artifact_id
        join package on package.id = analysis.package_id
        where analysis.run_id = ${CURRENT}
        union all
        select package_skip.run_id, package.registry, package.name, null, package_skip.path, package_skip.reason, package_skip.detail
        from package_skip
        join package on package.id = package_skip.package_id
        where package_skip.run_id = ${CURRENT}`,
    },
  ];
}

/**
 * From a verdict to the packages that carry its token. Written as cross joins with conditions, which keep the order in which the tables
 * are named: a planner without statistics would begin with the packages and look at every token for each of them.
 */
const CARRIERS = `occurrence.token_id = verdict.token_id and analysis.scan_id = occurrence.scan_id and analysis.run_id = verdict.run_id
  and package.id = analysis.package_id and selection.run_id = verdict.run_id and selection.package_id = analysis.package_id`;

function tokenViews({ iso }: DialectWords): readonly View[] {
  return [
    {
      name: 'findings',
      sql: `select verdict.run_id as run, selection.registry, package.name, release.version, selection.tier, selection.rank,
          artifact.filename, occurrence.path, occurrence.line, occurrence.col, occurrence.byte_offset, occurrence.byte_length,
          occurrence.decoding, occurrence.label as place, token.service, token.format, verdict.family, verdict.verdict, verdict.reason,
          verdict.policy, token.redacted, token.fingerprint, ${iso('verdict.decided_at')} as decided_at
        from verdict cross join token cross join occurrence cross join analysis cross join artifact cross join release cross join package
        cross join selection
        where verdict.run_id = ${CURRENT} and token.id = verdict.token_id and ${CARRIERS}
          and artifact.id = analysis.artifact_id and release.id = artifact.release_id`,
    },
    {
      name: 'detections',
      sql: `select verdict.run_id as run, selection.registry, package.name, selection.tier, selection.rank, verdict.policy,
          case when sum(case when verdict.verdict = 'restricted' then 0 else 1 end) = 0 then 1 else 0 end as restricted_only,
          count(distinct verdict.token_id) as tokens, count(*) as places
        from verdict cross join occurrence cross join analysis cross join package cross join selection
        where verdict.run_id = ${CURRENT} and verdict.policy is not null and ${CARRIERS}
        group by verdict.run_id, selection.registry, package.name, selection.tier, selection.rank, verdict.policy`,
    },
    {
      name: 'tokens',
      sql: `select verdict.run_id as run, token.service, token.format, verdict.family, verdict.verdict, verdict.reason, verdict.policy,
          token.redacted, token.fingerprint, verdict.looks, ${iso('verdict.decided_at')} as decided_at
        from verdict
        join token on token.id = verdict.token_id
        where verdict.run_id = ${CURRENT}`,
    },
    {
      name: 'service_requests',
      sql: `select run_id as run, kind, service, fingerprint, ${iso('sent_at')} as sent_at, host, method, path, status, content_type, verdict, reason
        from service_request`,
    },
    {
      name: 'disclosures',
      sql: `select run_id as run, service, recipient, file, sha256, tokens, places, ${iso('made_at')} as made_at from disclosure`,
    },
  ];
}

/** How many of 10 000 packages. */
function per10k(rate: string): string {
  return `10000.0 * ${rate}`;
}

const ESTIMATES = `total as estimated_total, total_low, total_high,
  ${per10k('rate')} as per_10k, ${per10k('rate_low')} as per_10k_low, ${per10k('rate_high')} as per_10k_high, method`;

const SUMS = `sum(population) as population, sum(selected) as selected, sum(scanned + without_release) as analyzed, sum(scanned) as scanned,
  sum(without_release) as without_release, sum(failed) as failed, sum(pending) as pending, sum(partial) as partial`;

function figureViews({ iso }: DialectWords): readonly View[] {
  const status = `case when figures.run_id is null then 'not analysed' when figures.used = 0 then 'policy not used' else 'measured' end as status`;
  return [
    {
      name: 'incidence_by_registry',
      sql: `select ${CURRENT} as run, registry.id as registry, policy.id as policy, ${status},
          counts.population, counts.selected, counts.analyzed, counts.scanned, counts.without_release, counts.failed, counts.pending, counts.partial,
          figures.detections, figures.restricted_only, figures.undecided, ${ESTIMATES}
        from registry
        cross join policy
        left join run_incidence as figures on figures.run_id = ${CURRENT} and figures.registry = registry.id and figures.policy = policy.id
        left join (select run_id, registry, ${SUMS} from run_stratum group by run_id, registry) as counts
          on counts.run_id = figures.run_id and counts.registry = figures.registry
        order by policy.position, registry.position`,
    },
    {
      name: 'incidence_by_tier',
      sql: `select ${CURRENT} as run, registry.id as registry, tier.id as tier, tier.first_rank, tier.last_rank, policy.id as policy, ${status},
          stratum.population, stratum.selected, stratum.scanned + stratum.without_release as analyzed, stratum.scanned, stratum.without_release,
          stratum.failed, stratum.pending, stratum.partial, found.detections, found.restricted_only, found.undecided,
          found.total as estimated_total, found.total_low, found.total_high,
          ${per10k('found.rate')} as per_10k, ${per10k('found.rate_low')} as per_10k_low, ${per10k('found.rate_high')} as per_10k_high, found.method
        from registry
        cross join policy
        cross join tier
        left join run_incidence as figures on figures.run_id = ${CURRENT} and figures.registry = registry.id and figures.policy = policy.id
        left join run_tier_incidence as found
          on found.run_id = figures.run_id and found.registry = registry.id and found.tier = tier.id and found.policy = policy.id
        left join run_stratum as stratum on stratum.run_id = figures.run_id and stratum.registry = registry.id and stratum.tier = tier.id
        order by policy.position, registry.position, tier.position`,
    },
    {
      name: 'history',
      sql: `select figures.run_id as run, ${iso('run.closed_at')} as closed_at, run.period, run.scope, figures.registry, figures.policy,
          case when figures.used = 0 then 'policy not used' else 'measured' end as status,
          counts.population, counts.selected, counts.analyzed, figures.detections, figures.restricted_only, figures.undecided,
          ${ESTIMATES}, run.validation, run.detector_stamp, run.code_version
        from run_incidence as figures
        join run on run.id = figures.run_id
        join (select run_id, registry, ${SUMS} from run_stratum group by run_id, registry) as counts
          on counts.run_id = figures.run_id and counts.registry = figures.registry`,
    },
    {
      name: 'services',
      sql: `select run_id as run, policy, service, registry, packages, tokens from run_service_cell where run_id = ${CURRENT}`,
    },
    {
      name: 'verdicts',
      sql: `select run_id as run, registry, family, verdict, tokens, packages from run_verdict where run_id = ${CURRENT}`,
    },
    {
      name: 'clusters',
      sql: `select run_id as run, policy, service, verdict, packages, registries from run_cluster where run_id = ${CURRENT}`,
    },
    {
      name: 'reasons',
      sql: `select run_id as run, registry, kind, reason, packages, items from run_reason where run_id = ${CURRENT}`,
    },
    {
      name: 'policies',
      sql: `select id as policy, title, family, severity, ci_status from policy`,
    },
  ];
}
