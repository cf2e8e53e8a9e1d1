/**
 * What of a database may be given to everybody: a copy of the public schema as plain tables, without whatever could lead to a
 * token that still works. The names of its tables and columns are those of the views, so the named queries run on both.
 */
import { DICTIONARY } from './dictionary.ts';
import type { Statistics } from './statistics/model.ts';

export type PublicType = 'text' | 'integer' | 'number';
export type PublicValue = string | number | null;
export type PublicRow = readonly PublicValue[];

export interface PublicColumn {
  readonly name: string;
  readonly type: PublicType;
  readonly meaning: string;
}

export interface PublicTable {
  readonly name: string;
  readonly meaning: string;
  readonly columns: readonly PublicColumn[];
  /** Where the rows come from: a query on the views, or the statistics of all policies. */
  readonly from: { readonly sql: string } | { readonly rows: (all: readonly Statistics[]) => readonly PublicRow[] };
}

/** Views that are not in the copy, and why. */
export const WITHHELD_VIEWS: Readonly<Record<string, string>> = {
  findings: 'says in which file of which package a token stands',
  detections: 'names packages with tokens that may still work',
  tokens: 'holds the fingerprint of every token',
  service_requests: 'holds fingerprints',
  disclosures: 'says who was told of which tokens',
  skipped: 'holds paths inside packages; `reasons` has the counts',
  ranking_places: 'is its source’s to give away; `sample` has the rank of every ranked package',
  packages_analyzed: 'is `sample` where state is analysed or no-release',
  failures: 'is `sample` where state is failed',
};

/** Columns that are not in the copy, and why. */
export const WITHHELD_COLUMNS: Readonly<Record<string, string>> = {
  'runs.environment': 'says where the run was done',
  'runs.note': 'is a note of the operator',
  'sample.detail': 'may hold paths inside packages',
  'sample.attempts': 'says nothing about the package',
  'artifacts_analyzed.ms': 'says something about the machine alone',
};

/** A run that may be published: finished, and about registries. Runs of chosen packages would point at them. */
const PUBLISHED = "run in (select run from runs where state = 'closed' and scope = 'registry')";

/** The conditions and orders of what is copied from a view. */
const COPIED: readonly { readonly view: string; readonly where?: string; readonly order: string }[] = [
  { view: 'current_run', order: 'run' },
  { view: 'runs', where: PUBLISHED, order: 'run' },
  { view: 'registries', where: PUBLISHED, order: 'run, registry' },
  { view: 'rankings', where: PUBLISHED, order: 'run, registry, source' },
  { view: 'service_checks', where: PUBLISHED, order: 'run, service, family' },
  { view: 'dropped_items', where: PUBLISHED, order: 'run, registry, reason' },
  { view: 'sample', order: 'registry, rank is null, rank, name' },
  { view: 'artifacts_analyzed', order: 'registry, name, filename' },
  { view: 'incidence_by_registry', order: 'policy, registry' },
  { view: 'incidence_by_tier', order: 'policy, registry, first_rank' },
  { view: 'history', where: "scope = 'registry'", order: 'run, policy, registry' },
  { view: 'verdicts', order: 'registry, family, verdict' },
  { view: 'reasons', order: 'registry, kind, reason' },
  { view: 'policies', order: 'policy' },
];

const INTEGERS = new Set(
  (
    'run is_current frame_size selected dropped_items places rank checked count partial bytes entries bytes_out first_rank last_rank ' +
    'population analyzed scanned without_release failed pending detections restricted_only undecided packages tokens items'
  ).split(' '),
);

/** Every table of the copy, in the order of the dictionary. */
export const PUBLIC_TABLES: readonly PublicTable[] = DICTIONARY.flatMap(({ view, meaning, columns }): readonly PublicTable[] => {
  const shown = Object.entries(columns)
    .filter(([name]) => WITHHELD_COLUMNS[`${view}.${name}`] === undefined)
    .map(([name, text]) => ({ name, type: typeOf(name), meaning: text }));
  if (view === 'services') return [servicesTable(shown)];
  if (view === 'clusters') return [clustersTable(shown)];
  const copied = COPIED.find((one) => one.view === view);
  if (copied === undefined) return [];
  const where = copied.where === undefined ? '' : ` where ${copied.where}`;
  const sql = `select ${shown.map(({ name }) => name).join(', ')} from ${view}${where} order by ${copied.order}`;
  return [{ name: view, meaning, columns: shown, from: { sql } }];
});

function typeOf(name: string): PublicType {
  if (INTEGERS.has(name)) return 'integer';
  return /^(probability|estimated_total|total_low|total_high|per_10k.*)$/.test(name) ? 'number' : 'text';
}

/** Small cells are left out exactly as in reports. */
function servicesTable(columns: readonly PublicColumn[]): PublicTable {
  return {
    name: 'services',
    meaning:
      'Packages and tokens of the current run by policy and service; small numbers, and those that would give one away, are null.',
    columns,
    from: {
      rows: (all) =>
        all.flatMap(({ policy, run, services }) =>
          services.flatMap((one) => [
            ...Object.entries(one.packages).map(([registry, packages]) => {
              return rowOf(columns, { run: Number(run.id), policy: policy.id, service: one.service, registry, packages });
            }),
            rowOf(columns, { run: Number(run.id), policy: policy.id, service: one.service, registry: 'all', tokens: one.tokens }),
          ]),
        ),
    },
  };
}

function clustersTable(columns: readonly PublicColumn[]): PublicTable {
  return {
    name: 'clusters',
    meaning: 'One token in several packages of the current run: the largest of each policy, without the small ones.',
    columns: columns.map((one) => (one.name === 'registries' ? { ...one, meaning: 'Registries, as a JSON list.' } : one)),
    from: {
      rows: (all) =>
        all.flatMap(({ policy, run, clusters }) =>
          clusters.map(({ service, verdict, packages, registries }) =>
            rowOf(columns, {
              run: Number(run.id),
              policy: policy.id,
              service,
              verdict,
              packages,
              registries: JSON.stringify(registries),
            }),
          ),
        ),
    },
  };
}

function rowOf(columns: readonly PublicColumn[], values: Readonly<Record<string, PublicValue | undefined>>): PublicRow {
  return columns.map(({ name }) => values[name] ?? null);
}

export interface PublicCopy {
  /** File name of the database. */
  readonly file: string;
  /** Programs that people can open it with, and how. */
  readonly opening: readonly { readonly with: string; readonly command: string }[];
  /** Of every policy, in the order of the catalogue. */
  readonly statistics: readonly Statistics[];
  readonly tables: readonly { readonly table: PublicTable; readonly rows: number }[];
  /** The rows of a table, read from the copy itself. */
  rowsOf(table: PublicTable): Iterable<PublicRow>;
}

/** How a kind of database writes its copy. */
export type CopyEngine = (folder: string, statistics: readonly Statistics[]) => Promise<PublicCopy>;
