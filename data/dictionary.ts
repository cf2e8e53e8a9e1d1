/**
 * What every view and column means: the documentation of the public schema, for the README, the `schema` command, and whoever
 * opens the database without this program (table `data_dictionary`).
 */

export interface ViewMeaning {
  readonly view: string;
  readonly meaning: string;
  readonly columns: Readonly<Record<string, string>>;
}

const RUN = 'Number of the run.';
const REGISTRY = 'rubygems, nuget, pypi or npm.';
const TIER = 'top100 (ranks 1-100), top1000 (101-1000), top10000 (1001-10 000) or unranked; disjoint.';
const POLICY = 'Id of the policy, such as SQ34401.';
const SERVICE = 'Id of the service, such as slack.';
const FAMILY = 'token, api-key, webhook or credentials.';
const VERDICT = 'active, restricted, inactive, unknown, untested, published-example, canary or public-by-design.';
const FINGERPRINT =
  'Keyed hash of the token: equal tokens have equal ones. Says nothing without the key, which is not in the database.';
const SLUG = 'Stable slug of the reason.';
const DETAIL = 'A sentence for people.';

const COUNTS = {
  population: 'Packages in the frame.',
  selected: 'Packages drawn.',
  analyzed: 'Packages of which something is known: scanned, or without an installable release.',
} as const;

const STATES = {
  scanned: 'Packages whose newest release was read.',
  without_release: 'Packages with nothing that can be installed; they count as not violating.',
  failed: 'Packages that could not be read.',
  pending: 'Packages still to do; 0 in a closed run.',
  partial: 'Of those scanned, packages in which some artifact or entry could not be read.',
} as const;

const FOUND = {
  detections: 'Packages that violate the policy, each counted once.',
  restricted_only: 'Of those, packages with recognised but restricted tokens alone.',
  undecided: 'Packages without a detection, with a token whose service gave no usable answer: neither yes nor no.',
} as const;

const ESTIMATES = {
  estimated_total: 'Estimated packages in the whole population that violate; the count itself where all were analyzed.',
  total_low: 'Lower end of its 95 % interval.',
  total_high: 'Upper end of its 95 % interval.',
  per_10k: 'Estimated violating packages of 10 000.',
  per_10k_low: 'Lower end of its 95 % interval.',
  per_10k_high: 'Upper end of its 95 % interval.',
  method: 'How the interval was computed: census, hypergeometric, wilson, korn-graubard, or none where a tier was not looked at.',
} as const;

const STATUS =
  "measured, 'not analysed' (the run did not cover the registry, or is still open) or 'policy not used' (the run could not have found a violation).";

const PACKAGE = {
  run: RUN,
  registry: REGISTRY,
  name: 'Name of the package as published.',
  version: 'The release that was chosen: the newest that can be installed.',
  tier: TIER,
  rank: 'Rank by downloads at the time of the frame; null for the unranked.',
  probability: 'Probability with which the package was drawn; 1 for all ranked ones.',
  selection_key: 'The keyed hash that decided: the smallest of the unranked were drawn. Anyone can compute it from the seed.',
  state: 'pending, analysed, no-release or failed.',
  reason: `${SLUG} Null for analysed packages.`,
  detail: DETAIL,
  partial: '1 where some artifact or entry could not be read.',
  attempts: 'How often the package was begun.',
  finished_at: 'ISO 8601, UTC.',
} as const;

export const DICTIONARY: readonly ViewMeaning[] = [
  {
    view: 'current_run',
    meaning:
      'The run that views without a run of their own show: the newest closed one of registries, else of named packages, else the newest open one.',
    columns: { run: RUN },
  },
  {
    view: 'runs',
    meaning: 'All runs.',
    columns: {
      run: RUN,
      is_current: '1 for the run that the other views show.',
      state: 'open, closed (immutable) or abandoned.',
      scope: 'registry: a sample or census that stands for the registries; named: chosen packages that stand for themselves.',
      period: 'Name of the period, such as 2026-11, if the run has one.',
      opened_at: 'ISO 8601, UTC.',
      closed_at: 'ISO 8601, UTC; null while open.',
      seed: 'Decides the sample, together with the names.',
      validation: 'off, offline (answers of earlier runs) or live.',
      detector_stamp: 'Names the set of formats and checks; figures of different stamps are not comparable.',
      code_version: 'Version of the program.',
      config: 'Settings that decided the result, as JSON.',
      environment: 'Where and with what the run was done, as JSON.',
      note: 'Why a run was given up.',
    },
  },
  {
    view: 'registries',
    meaning: 'What each run covered.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      label: 'Name for people.',
      frame_size: 'Package names listed when the frame was taken.',
      frame_taken_at: 'ISO 8601, UTC.',
      ranking_source: 'Id of the ranking that was used; null without one.',
      ranking_dated: 'Date that the ranking gives for itself.',
      selected: 'Packages drawn.',
      dropped_items: 'Items of the registry that could not be understood.',
    },
  },
  {
    view: 'rankings',
    meaning: 'The rankings that were read.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      source: 'Id of the source.',
      label: 'Name for people.',
      url: 'Page for people.',
      measures: 'What its numbers count.',
      terms: 'Licence or terms of use.',
      weaknesses: 'What one should know before relying on it.',
      dated: 'Date that the source gives for itself.',
      taken_at: 'When it was read; ISO 8601, UTC.',
      places: 'How many places it gave.',
    },
  },
  {
    view: 'ranking_places',
    meaning: 'The places of the rankings of the current run.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      rank: '1 is the most downloaded.',
      name: 'Name of the package.',
      downloads: 'As the source counts them; null where it gives an order alone.',
    },
  },
  {
    view: 'service_checks',
    meaning: 'The services that each run knew, by family of their tokens.',
    columns: {
      run: RUN,
      service: SERVICE,
      label: 'Name for people.',
      family: FAMILY,
      checked: '1 where the run could ask the service.',
      off_reason: 'Why its check was switched off during the run; null where it was not.',
    },
  },
  {
    view: 'dropped_items',
    meaning: 'Items of the registries that could not be understood.',
    columns: { run: RUN, registry: REGISTRY, reason: SLUG, count: 'How many.' },
  },
  { view: 'sample', meaning: 'Every package that the current run selected.', columns: PACKAGE },
  {
    view: 'packages_analyzed',
    meaning: 'The packages of the current run of which something is known: scanned, or without an installable release.',
    columns: PACKAGE,
  },
  { view: 'failures', meaning: 'The packages of the current run that could not be read, with the reason.', columns: PACKAGE },
  {
    view: 'artifacts_analyzed',
    meaning: 'Every file that speaks for a package in the current run. Equal contents were scanned once.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      name: 'Name of the package.',
      version: 'Its release.',
      filename: 'File name.',
      kind: 'gem, nupkg, wheel, sdist, egg, npm or other.',
      url: 'Where it is, without credentials and query.',
      bytes: 'Size as downloaded.',
      digest_algorithm: 'Of the digest that the registry publishes.',
      digest: 'That digest, in hex.',
      sha256: 'Of the bytes that were read.',
      entries: 'Files inside, at any depth.',
      bytes_out: 'Bytes inside, unpacked.',
      ms: 'How long the scan took.',
      scanned_at: 'ISO 8601, UTC.',
    },
  },
  {
    view: 'skipped',
    meaning: 'Artifacts and entries of the current run that could not be read to their end.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      name: 'Name of the package.',
      filename: 'The artifact; null where it was not opened at all.',
      path: 'Path inside, a JSON list with one element per nesting level; begins with the artifact where that was not opened.',
      reason: SLUG,
      detail: DETAIL,
    },
  },
  {
    view: 'findings',
    meaning:
      'Every place in which the current run found a token, for every package that ships it. Not for publication while tokens are active.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      name: 'Name of the package.',
      version: 'Its release.',
      tier: TIER,
      rank: 'Rank by downloads; null for the unranked.',
      filename: 'The artifact.',
      path: 'Path inside, a JSON list with one element per nesting level.',
      line: 'From 1, in the entry as it is stored.',
      col: 'From 1, in bytes.',
      byte_offset: 'Bytes from the start of the entry.',
      byte_length: 'Bytes that the token takes there.',
      decoding: 'How the bytes had to be read, outermost first, as a JSON list; empty for plain text.',
      place: 'source, test, documentation, vendored, build-output, configuration or metadata.',
      service: SERVICE,
      format: 'Id of the format, such as slack.bot-token.',
      family: FAMILY,
      verdict: VERDICT,
      reason: 'Slug of what gave the verdict.',
      policy: `${POLICY} Null where none is violated.`,
      redacted: 'What people may see of the token: a prefix that names its format.',
      fingerprint: FINGERPRINT,
      decided_at: 'ISO 8601, UTC.',
    },
  },
  {
    view: 'detections',
    meaning:
      'Every package of the current run with every policy it violates, once each. Not for publication while tokens are active.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      name: 'Name of the package.',
      tier: TIER,
      rank: 'Rank by downloads; null for the unranked.',
      policy: POLICY,
      restricted_only: '1 where all of its tokens for the policy are restricted.',
      tokens: 'Distinct tokens.',
      places: 'Places in which they stand.',
    },
  },
  {
    view: 'tokens',
    meaning: 'Every distinct token of the current run with its verdict, without the token.',
    columns: {
      run: RUN,
      service: SERVICE,
      format: 'Id of the format.',
      family: FAMILY,
      verdict: VERDICT,
      reason: 'Slug of what gave the verdict.',
      policy: `${POLICY} Null where none is violated.`,
      redacted: 'What people may see of the token.',
      fingerprint: FINGERPRINT,
      looks: 'How often the run looked at it: more than once where a first look had left it undecided.',
      decided_at: 'ISO 8601, UTC.',
    },
  },
  {
    view: 'service_requests',
    meaning: 'Every request that was sent to a service: the audit of validation.',
    columns: {
      run: RUN,
      kind: 'token, or control (a random token that belongs to nobody).',
      service: SERVICE,
      fingerprint: 'Of the token that was asked about; null for a control.',
      sent_at: 'ISO 8601, UTC.',
      host: 'Who was asked.',
      method: 'HTTP method.',
      path: 'With {token} in place of every part of a token.',
      status: 'HTTP status; null where no answer came.',
      content_type: 'Of the answer.',
      verdict: VERDICT,
      reason: 'Slug of what gave the verdict.',
    },
  },
  {
    view: 'disclosures',
    meaning: 'Receipts of the encrypted batches that were written for the people of a service. The program sends none of them.',
    columns: {
      run: 'Number of the run whose findings were written.',
      service: SERVICE,
      recipient: 'Public age key that the batch was encrypted to.',
      file: 'Name of the file.',
      sha256: 'SHA-256 of the encrypted file.',
      tokens: 'Distinct tokens in the batch, each accepted by its service just before.',
      places: 'Records of the batch: every token with every place it stands in.',
      made_at: 'ISO 8601, UTC.',
    },
  },
  {
    view: 'incidence_by_registry',
    meaning:
      'The figures of the current run: every policy in every registry. Numbers are null where the registry was not analysed.',
    columns: { run: RUN, registry: REGISTRY, policy: POLICY, status: STATUS, ...COUNTS, ...STATES, ...FOUND, ...ESTIMATES },
  },
  {
    view: 'incidence_by_tier',
    meaning: 'The same by popularity tier.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      tier: TIER,
      first_rank: 'First rank of the tier.',
      last_rank: 'Last rank of the tier; null for the unranked.',
      policy: POLICY,
      status: STATUS,
      ...COUNTS,
      ...STATES,
      ...FOUND,
      ...ESTIMATES,
    },
  },
  {
    view: 'history',
    meaning: 'The figures of all closed runs. Look at the denominators first: a larger frame finds more.',
    columns: {
      run: RUN,
      closed_at: 'ISO 8601, UTC.',
      period: 'Name of the period, if the run has one.',
      scope: 'registry or named.',
      registry: REGISTRY,
      policy: POLICY,
      status: "measured or 'policy not used'.",
      ...COUNTS,
      ...FOUND,
      ...ESTIMATES,
      validation: 'off, offline or live.',
      detector_stamp: 'Figures of different stamps are not comparable.',
      code_version: 'Version of the program.',
    },
  },
  {
    view: 'services',
    meaning:
      'Packages and tokens of the current run by policy and service, exact: small numbers can point at packages. Not for publication.',
    columns: {
      run: RUN,
      policy: POLICY,
      service: SERVICE,
      registry: `${REGISTRY} Or all, where a token counts once over all registries.`,
      packages: 'Packages.',
      tokens: 'Distinct tokens.',
    },
  },
  {
    view: 'verdicts',
    meaning: 'Tokens and packages of the current run by verdict.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      family: `${FAMILY} Or any: all of them together.`,
      verdict: VERDICT,
      tokens: 'Distinct tokens.',
      packages: 'Packages with at least one such token.',
    },
  },
  {
    view: 'clusters',
    meaning: 'One token in several packages of the current run: the largest of each policy.',
    columns: {
      run: RUN,
      policy: POLICY,
      service: SERVICE,
      verdict: VERDICT,
      packages: 'Packages that carry the token.',
      registries: 'Packages by registry, as a JSON object.',
    },
  },
  {
    view: 'reasons',
    meaning: 'Why packages of the current run failed or had no release, and why artifacts and entries were skipped.',
    columns: {
      run: RUN,
      registry: REGISTRY,
      kind: 'failed, no-release or skipped.',
      reason: SLUG,
      packages: 'Packages concerned.',
      items: 'Artifacts and entries, for skipped; otherwise packages.',
    },
  },
  {
    view: 'policies',
    meaning: 'The catalogue of policies.',
    columns: {
      policy: POLICY,
      title: 'One line.',
      family: `${FAMILY} Or any, where tokens of each family fall under it.`,
      severity: 'high, medium or low.',
      ci_status: 'pass or fail.',
    },
  },
];
