/**
 * The charts of the section as Vega-Lite specifications.
 *
 * A specification is data: it is published beside the picture, so that others can check one against the other. Every
 * chart carries its values as text, a title and a description; colour only repeats what labels say.
 */
import type { TopLevelSpec } from 'vega-lite';
import { TIERS, type Tier } from '../data/model.ts';
import type { AnalysedRegistry, Statistics, TierStatistics } from '../data/statistics/model.ts';
import { describeHistory, historyRows, historySpec } from './charts/history.ts';
import { base, figures, labels, names, perRegistry, rowOf, whiskers, type Look, type Row } from './charts/parts.ts';
import type { DatasetId } from './datasets.ts';
import { compact, per10k } from './numbers.ts';
import { NOBODY_THERE, NOT_ANALYZED, TIER_LABELS } from './wording.ts';

export type ChartId = 'totals' | 'distribution' | 'rates' | 'history';

export interface Chart {
  readonly id: ChartId;
  readonly title: string;
  /** What the picture shows, in a sentence or two with its figures, for people who do not see it. */
  readonly description: string;
  /** The figures that are drawn. */
  readonly data: DatasetId;
  /** Null where there is nothing to draw: the description then says why. */
  readonly spec: ((look: Look) => TopLevelSpec) | null;
}

/** All charts of the section, in its order; the last one only where there is more than one run. */
export function chartsOf(statistics: Statistics): readonly Chart[] {
  const covered = statistics.registries.filter((one) => one.status === 'analysed');
  const none = nothingToDraw(covered, statistics.policyUsed);
  const charts = [totals(covered, none), distribution(covered, none), rates(covered, none)];
  return statistics.history.length < 2 ? charts : [...charts, history(statistics)];
}

function nothingToDraw(covered: readonly AnalysedRegistry[], used: boolean): string | null {
  if (!used) return 'The policy was not used in this run: none of its detectors could trigger it.';
  if (covered.length === 0) return 'No repository was analyzed.';
  return null;
}

/** Registries without detections are absent, as the page says; the table beside the chart says why. */
function totals(covered: readonly AnalysedRegistry[], reason: string | null): Chart {
  const head = { id: 'totals', title: 'Total detections per repository', data: 'totals' } as const;
  const rows = covered.filter((one) => one.detections > 0).map((one) => ({ registry: one.label, ...rowOf(one.total, compact) }));
  const nothing = covered.some((one) => one.analyzed > 0)
    ? 'No package of any repository triggered the policy.'
    : 'No package was analyzed.';
  const none = reason ?? (rows.length === 0 ? nothing : null);
  if (none !== null) return { ...head, description: none, spec: null };
  return {
    ...head,
    description: `Bar chart of packages that triggered the policy: ${rows.map((row) => `${row.registry} ${row.label}`).join('; ')}.`,
    spec: (look) => ({
      ...base(look),
      height: { step: 44 },
      data: { values: rows },
      encoding: { y: { field: 'registry', type: 'nominal', sort: null, title: null, axis: names() } },
      layer: [
        {
          mark: { type: 'bar', color: look.theme.bar, height: 24, cornerRadiusEnd: 2 },
          encoding: { x: figures(AXES.packages, look, 'packages') },
        },
        whiskers(look),
        labels(look),
      ],
    }),
  };
}

function distribution(covered: readonly AnalysedRegistry[], none: string | null): Chart {
  const head = {
    id: 'distribution',
    title: 'Distribution of total detections by project popularity',
    data: 'distribution',
  } as const;
  if (none !== null) return { ...head, description: none, spec: null };
  const rows = covered.flatMap((one) =>
    one.tiers
      .filter((tier) => tier.tier !== 'unranked')
      .map((tier) => ({
        registry: one.label,
        tier: TIER_LABELS[tier.tier],
        ...rowOf(tier.total, compact),
        ...(isLookedAt(tier) ? {} : { label: absence(tier) }),
      })),
  );
  return {
    ...head,
    description: `Bar chart of packages that triggered the policy, by popularity. ${describeTiers(rows)}.`,
    spec: (look) => byTier(look, rows, 'packages', RANKED),
  };
}

function rates(covered: readonly AnalysedRegistry[], reason: string | null): Chart {
  const head = {
    id: 'rates',
    title: 'Detections per 10\u202f000 packages by project popularity',
    data: 'distribution',
  } as const;
  const rows = covered.flatMap((one) =>
    one.tiers.filter(isLookedAt).map((tier) => ({
      registry: one.label,
      tier: TIER_LABELS[tier.tier],
      ...rowOf(tier.rate, per10k, 10_000),
    })),
  );
  const none = reason ?? (rows.length === 0 ? 'No package was analyzed.' : null);
  if (none !== null) return { ...head, description: none, spec: null };
  return {
    ...head,
    description: `Bar chart of detections per 10\u202f000 packages, by popularity, with 95\u202f% intervals. ${describeTiers(rows)}.`,
    spec: (look) => byTier(look, rows, 'rates', TIERS),
  };
}

/** No bar is a figure only where somebody looked: "0 of n", nobody there and nobody looked must not look alike. */
function absence({ population }: TierStatistics): string {
  return population === 0 ? NOBODY_THERE : NOT_ANALYZED;
}

function isLookedAt({ population, analyzed }: TierStatistics): boolean {
  return population > 0 && analyzed > 0;
}

function history(statistics: Statistics): Chart {
  const rows = historyRows(statistics.history);
  return {
    id: 'history',
    title: 'Detections per 10\u202f000 packages over the runs',
    data: 'history',
    description: `Line chart of detections per 10\u202f000 packages, with 95\u202f% intervals. ${describeHistory(rows)}.`,
    spec: (look) => historySpec(rows, look),
  };
}

const RANKED = TIERS.filter((tier) => tier !== 'unranked');

type TierRow = Row & { readonly registry: string; readonly tier: string };

function describeTiers(rows: readonly TierRow[]): string {
  return [...Map.groupBy(rows, (row) => row.registry)]
    .map(([registry, tiers]) => `${registry}: ${tiers.map((row) => `${row.tier} ${row.label}`).join(', ')}`)
    .join('; ');
}

const AXES = { packages: 'Packages that triggered the policy', rates: 'Detections per 10\u202f000 packages' } as const;

/** The same scale for all registries, a bar for each tier. */
function byTier(look: Look, rows: readonly TierRow[], of: keyof typeof AXES, tiers: readonly Tier[]): TopLevelSpec {
  const domain = tiers.map((tier) => TIER_LABELS[tier]);
  const range = tiers.map((tier) => look.theme.tiers[tier]);
  const registries = [...new Set(rows.map((row) => row.registry))];
  return {
    ...base(look),
    data: { values: [...rows] },
    facet: { row: perRegistry(registries, look) },
    spacing: 14,
    spec: {
      width: look.plot,
      height: { step: 22 },
      encoding: { y: { field: 'tier', type: 'nominal', sort: domain, title: null, axis: names() } },
      layer: [
        {
          mark: { type: 'bar', cornerRadiusEnd: 2 },
          encoding: {
            x: figures(AXES[of], look, of),
            color: { field: 'tier', type: 'nominal', scale: { domain, range }, legend: null },
          },
        },
        whiskers(look),
        labels(look),
      ],
    },
    resolve: { axis: { x: 'shared' } },
  };
}
