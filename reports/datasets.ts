/**
 * The figures of the section as tables, for programs and spreadsheets: what CSV, JSON and Parquet files are made of, with the
 * meaning of every column. Suppressed cells are empty and say that they are.
 */
import { VERDICTS } from '../data/model.ts';
import type { AnalysedRegistry, Counts, Estimate, Statistics } from '../data/statistics/model.ts';
import { TIER_RANGES } from './wording.ts';

export type DatasetId = 'totals' | 'distribution' | 'verdicts' | 'services' | 'clusters' | 'history' | 'reasons';
export type Value = string | number | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean';
  readonly meaning: string;
}

export interface Dataset {
  readonly id: DatasetId;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  /** Name of the query that gives these figures from the database. */
  readonly query: string;
}

/** All tables, in the order of the section. */
export function datasetsOf(statistics: Statistics): readonly Dataset[] {
  return [
    totals(statistics),
    distribution(statistics),
    verdicts(statistics),
    services(statistics),
    clusters(statistics),
    history(statistics),
    reasons(statistics),
  ];
}

const POLICY = text('policy', 'Id of the policy.');
const REGISTRY = text('registry', 'rubygems, nuget, pypi or npm.');

/** Each column with how to read it from counts. */
const COUNTS: readonly (Column & { readonly of: (counts: Counts) => number })[] = [
  { ...integer('population', 'Packages in the list of the registry.'), of: (one) => one.population },
  { ...integer('selected', 'Packages drawn.'), of: (one) => one.selected },
  {
    ...integer('analyzed', 'Packages of which something is known: opened, or without anything to install.'),
    of: (one) => one.analyzed,
  },
  { ...integer('scanned', 'Packages whose newest release was opened.'), of: (one) => one.scanned },
  {
    ...integer('without_release', 'Packages with nothing to install; they count as not violating.'),
    of: (one) => one.withoutRelease,
  },
  { ...integer('failed', 'Packages that could not be read.'), of: (one) => one.failed },
  { ...integer('pending', 'Packages still to do; 0 in a finished run.'), of: (one) => one.pending },
  { ...integer('partial', 'Of those opened, packages of which some part could not be read.'), of: (one) => one.partial },
  { ...integer('detections', 'Packages that violate the policy, each counted once.'), of: (one) => one.detections },
  {
    ...integer('restricted_only', 'Of those, packages whose tokens were recognised, but may not be used without restriction.'),
    of: (one) => one.restrictedOnly,
  },
  {
    ...integer('undecided', 'Packages without a detection, with a token about which the service gave no clear answer.'),
    of: (one) => one.undecided,
  },
];

const ESTIMATE: readonly Column[] = [
  number('total', 'Packages of the whole population that violate the policy; an estimate unless all were analyzed.'),
  number('total_low', 'Lower end of the 95 % interval of total.'),
  number('total_high', 'Upper end of the 95 % interval of total.'),
  number('per_10k', 'Violating packages of 10 000.'),
  number('per_10k_low', 'Lower end of the 95 % interval of per_10k.'),
  number('per_10k_high', 'Upper end of the 95 % interval of per_10k.'),
  text('method', 'How the interval was computed; census: all were analyzed, none: nothing of a part is known.'),
  { name: 'unstable', type: 'boolean', meaning: 'True where an estimate rests on fewer than 10 detections.' },
];
const BOUNDS: readonly Column[] = [
  number('per_10k_with_undecided', 'per_10k if every undecided package violated the policy.'),
  number('per_10k_least', 'per_10k if no failed, pending or undecided package violated the policy.'),
  number('per_10k_most', 'per_10k if every failed, pending and undecided package violated the policy.'),
];

function totals(statistics: Statistics): Dataset {
  const { policy, policyUsed } = statistics;
  const columns = [
    POLICY,
    REGISTRY,
    text(
      'status',
      "measured, 'not analysed' (the run did not cover the registry) or 'policy not used' (nothing could be found).",
    ),
    ...COUNTS,
    ...ESTIMATE,
    ...BOUNDS,
  ];
  const empty = [...COUNTS, ...ESTIMATE, ...BOUNDS].map(() => null);
  const rows = statistics.registries.map((one): readonly Value[] => {
    if (one.status === 'not-analysed') return [policy.id, one.registry, 'not analysed', ...empty];
    return [policy.id, one.registry, policyUsed ? 'measured' : 'policy not used', ...figuresOf(one, policyUsed)];
  });
  return { id: 'totals', title: 'Total detections per repository', columns: columns.map(plain), rows, query: 'totals' };
}

function distribution(statistics: Statistics): Dataset {
  const { policy, policyUsed } = statistics;
  const columns = [
    POLICY,
    REGISTRY,
    text('tier', 'top100, top1000, top10000 or unranked; disjoint.'),
    text('ranks', 'First and last rank of the tier by downloads.'),
    ...COUNTS,
    ...ESTIMATE,
    ...BOUNDS,
  ];
  const rows = covered(statistics).flatMap((one) =>
    one.tiers.map((tier) => [policy.id, one.registry, tier.tier, TIER_RANGES[tier.tier], ...figuresOf(tier, policyUsed)]),
  );
  const title = 'Distribution of total detections by project popularity';
  return { id: 'distribution', title, columns: columns.map(plain), rows, query: 'distribution' };
}

type Figures = Counts & Pick<AnalysedRegistry, 'total' | 'rate' | 'rateWithUndecided' | 'worstCase'>;

/** Where the policy was not used, zeros would look like a result. */
function figuresOf(one: Figures, used: boolean): readonly Value[] {
  const counts = COUNTS.map((column) => (used || !FOUND.has(column.name) ? column.of(one) : null));
  if (!used) return [...counts, ...[...ESTIMATE, ...BOUNDS].map(() => null)];
  const bounds = [one.rateWithUndecided, one.worstCase.low, one.worstCase.high].map(tenThousand);
  return [...counts, ...estimates(one), ...bounds];
}

const FOUND = new Set(['detections', 'restricted_only', 'undecided']);

function estimates({ total, rate }: { readonly total: Estimate; readonly rate: Estimate }): readonly Value[] {
  const ends = [rate.value, rate.interval.low, rate.interval.high].map(tenThousand);
  return [total.value, total.interval.low, total.interval.high, ...ends, rate.interval.method, rate.unstable];
}

function tenThousand(share: number): number {
  return share * 10_000;
}

function verdicts(statistics: Statistics): Dataset {
  const columns = [
    REGISTRY,
    text(
      'verdict',
      'What is known of the tokens: active, restricted, inactive, unknown, untested, published-example, canary, public-by-design.',
    ),
    integer('tokens', 'Distinct tokens of the kind that the policy is about.'),
    integer('packages', 'Packages with at least one such token.'),
  ];
  const rows = covered(statistics).flatMap((one) =>
    VERDICTS.map((verdict) => [one.registry, verdict, one.tokens[verdict], one.packagesByVerdict[verdict]]),
  );
  return { id: 'verdicts', title: 'What became of the tokens', columns, rows, query: 'verdicts' };
}

function services(statistics: Statistics): Dataset {
  const { policy, suppression } = statistics;
  const columns = [
    POLICY,
    text('service', 'The service that gave out the token.'),
    text('registry', 'rubygems, nuget, pypi or npm; all: over all of them.'),
    integer('packages', 'Packages that violate the policy by a token of the service; empty where suppressed, and for all.'),
    integer('tokens', 'Distinct tokens, for all; empty where suppressed.'),
    {
      name: 'suppressed',
      type: 'boolean',
      meaning: `True where the number is left out: fewer than ${suppression.below}, or it would give such a one away.`,
    },
  ] as const satisfies readonly Column[];
  const rows = statistics.services.flatMap((one): readonly (readonly Value[])[] => [
    ...covered(statistics).map(({ registry }) => {
      const packages = one.packages[registry] === undefined ? 0 : one.packages[registry];
      return [policy.id, one.service, registry, packages, null, packages === null];
    }),
    [policy.id, one.service, 'all', null, one.tokens, one.tokens === null],
  ]);
  return { id: 'services', title: 'Breakdown by service', columns, rows, query: 'services' };
}

function clusters(statistics: Statistics): Dataset {
  const columns = [
    POLICY,
    integer('cluster', 'Rank by the number of packages.'),
    text('service', 'The service that gave out the token.'),
    text('verdict', 'What is known of the token.'),
    integer('packages', 'Packages that carry the one token.'),
    text('registries', 'Where they are, separated by spaces; registries that the breakdown by service leaves out are left out.'),
  ];
  const rows = statistics.clusters.map((one) => [
    statistics.policy.id,
    one.cluster,
    one.service,
    one.verdict,
    one.packages,
    one.registries.join(' '),
  ]);
  return { id: 'clusters', title: 'Largest clusters', columns, rows, query: 'clusters' };
}

function history(statistics: Statistics): Dataset {
  const columns = [
    POLICY,
    text('run', 'Number of the run.'),
    text('closed_at', 'When the run ended; ISO 8601, UTC.'),
    REGISTRY,
    integer('population', 'Packages in the list of the registry.'),
    integer('analyzed', 'Packages of which something is known.'),
    integer('detections', 'Packages that violate the policy.'),
    ...ESTIMATE,
    number('change_per_10k', 'per_10k less that of the run before; empty in the first.'),
    number('change_low', 'Lower end of the 95 % interval of change_per_10k.'),
    number('change_high', 'Upper end of the 95 % interval of change_per_10k.'),
    {
      name: 'like_with_like',
      type: 'boolean',
      meaning:
        'False where formats, services asked, families, artifacts or validation differ from the run before, so that the change is not of the packages alone.',
    } as const,
    text('detector_stamp', 'Names the formats and checks; figures of different stamps are not comparable.'),
    text('changes', 'What changed since the run before, separated by semicolons.'),
  ];
  const rows = statistics.history.flatMap((point) =>
    point.registries.map((one): readonly Value[] => [
      statistics.policy.id,
      point.run,
      point.closedAt,
      one.registry,
      one.population,
      one.analyzed,
      one.detections,
      ...estimates(one),
      ...[one.change?.value, one.change?.low, one.change?.high].map((value) => (value === undefined ? null : tenThousand(value))),
      one.change?.likeWithLike ?? null,
      point.detectorStamp,
      point.changes.join('; '),
    ]),
  );
  return { id: 'history', title: 'History', columns, rows, query: 'history' };
}

function reasons(statistics: Statistics): Dataset {
  const columns = [
    REGISTRY,
    text('kind', 'failed (packages), no-release (packages) or skipped (files and entries).'),
    text('reason', 'Stable slug of the reason.'),
    integer('packages', 'Packages concerned.'),
    integer('items', 'Files and entries, for skipped; otherwise packages.'),
  ];
  const rows = covered(statistics).flatMap((one) => [
    ...one.failures.map(({ reason, packages }) => [one.registry, 'failed', reason, packages, packages]),
    ...one.withoutReleaseReasons.map(({ reason, packages }) => [one.registry, 'no-release', reason, packages, packages]),
    ...one.skipped.map(({ reason, packages, count }) => [one.registry, 'skipped', reason, packages, count]),
  ]);
  return { id: 'reasons', title: 'What is not known, and why', columns, rows, query: 'missing' };
}

function covered({ registries }: Statistics): readonly AnalysedRegistry[] {
  return registries.filter((one) => one.status === 'analysed');
}

function plain({ name, type, meaning }: Column): Column {
  return { name, type, meaning };
}

function text(name: string, meaning: string): Column {
  return { name, type: 'text', meaning };
}

function integer(name: string, meaning: string): Column {
  return { name, type: 'integer', meaning };
}

function number(name: string, meaning: string): Column {
  return { name, type: 'number', meaning };
}
