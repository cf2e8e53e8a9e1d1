/** The tables behind the charts, for spreadsheets; text that a spreadsheet would take for a formula is escaped. */
import { stringify } from 'csv-stringify/sync';
import type { ReportFile, ReportFormat } from '../format.ts';
import type { Counts, Estimate, Statistics } from '../../data/statistics/model.ts';
import { TIER_RANGES } from '../wording.ts';

type Cell = string | number | null;

export const csv = {
  id: 'csv',
  label: 'CSV',
  async render(statistics) {
    return [registries(statistics), tiers(statistics), services(statistics)];
  },
} as const satisfies ReportFormat;

const COUNTS = [
  'population',
  'selected',
  'analyzed',
  'scanned',
  'without_release',
  'failed',
  'pending',
  'partial',
  'detections',
  'restricted_only',
  'undecided',
];
const ESTIMATES = [
  'total',
  'total_low',
  'total_high',
  'per_10k',
  'per_10k_low',
  'per_10k_high',
  'interval',
  'unstable',
  'per_10k_with_undecided',
];

function registries(statistics: Statistics): ReportFile {
  const rows = statistics.registries.map((one) => {
    const head: Cell[] = [statistics.policy.id, statistics.policyUsed ? 'yes' : 'no', one.registry, one.status];
    if (one.status === 'not-analysed') return [...head, ...COUNTS.map(() => null), ...ESTIMATES.map(() => null)];
    return [...head, ...counts(one), ...estimates(one.total, one.rate), one.rateWithUndecided * 10_000];
  });
  return file('incidence-by-registry.csv', ['policy', 'policy_used', 'registry', 'status', ...COUNTS, ...ESTIMATES], rows);
}

function tiers(statistics: Statistics): ReportFile {
  const rows = statistics.registries.flatMap((one) =>
    one.status === 'not-analysed'
      ? []
      : one.tiers.map((tier) => [
          statistics.policy.id,
          one.registry,
          tier.tier,
          TIER_RANGES[tier.tier],
          ...counts(tier),
          ...estimates(tier.total, tier.rate),
          tier.rateWithUndecided * 10_000,
        ]),
  );
  return file('incidence-by-tier.csv', ['policy', 'registry', 'tier', 'ranks', ...COUNTS, ...ESTIMATES], rows);
}

function services(statistics: Statistics): ReportFile {
  const covered = statistics.registries.filter((one) => one.status === 'analysed').map((one) => one.registry);
  const shown = (value: number | null | undefined): Cell => (value === null ? `<${statistics.suppression.below}` : (value ?? 0));
  const rows = statistics.services.map((one) => [
    statistics.policy.id,
    one.service,
    ...covered.map((id) => shown(one.packages[id])),
    shown(one.tokens),
  ]);
  return file('detections-by-service.csv', ['policy', 'service', ...covered.map((id) => `packages_${id}`), 'tokens'], rows);
}

function counts(one: Counts): Cell[] {
  return [
    one.population,
    one.selected,
    one.analyzed,
    one.scanned,
    one.withoutRelease,
    one.failed,
    one.pending,
    one.partial,
    one.detections,
    one.restrictedOnly,
    one.undecided,
  ];
}

function estimates(total: Estimate, rate: Estimate): Cell[] {
  const per = (share: number) => share * 10_000;
  return [
    total.value,
    total.interval.low,
    total.interval.high,
    per(rate.value),
    per(rate.interval.low),
    per(rate.interval.high),
    rate.interval.method,
    rate.unstable ? 'yes' : 'no',
  ];
}

function file(name: string, header: readonly string[], rows: readonly (readonly Cell[])[]): ReportFile {
  return { name, content: stringify([[...header], ...rows.map((row) => [...row])], { escape_formulas: true }) };
}
