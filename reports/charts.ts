/**
 * The charts of the section as Vega-Lite specifications, and their SVG.
 *
 * A specification is data: it is published beside the picture, so that others can check one against the other. Every
 * chart carries its values as text, a title and a description; colour only repeats what labels say.
 */
import { compile, type TopLevelSpec } from 'vega-lite';
import { parse, View } from 'vega';
import { TIERS, type Tier } from '../data/model.ts';
import type { AnalysedRegistry, Estimate, Statistics } from '../data/statistics/model.ts';
import { compact, per10k } from './numbers.ts';
import { TIER_LABELS } from './wording.ts';

export type ChartId = 'totals' | 'distribution' | 'rates';

export interface Chart {
  readonly id: ChartId;
  readonly title: string;
  /** What the picture shows, in a sentence or two with its figures, for people who do not see it. */
  readonly description: string;
  /** Null where there is nothing to draw: the description then says why. */
  readonly spec: ((theme: Theme) => TopLevelSpec) | null;
}

/** Colours of a chart; `page` takes them from the page's style sheet, so one picture follows its dark mode. */
export interface Theme {
  readonly id: 'light' | 'dark' | 'page';
  readonly ink: string;
  readonly quiet: string;
  readonly grid: string;
  /** Background of a standalone file; null on a page. */
  readonly paper: string | null;
  readonly bar: string;
  readonly tiers: Readonly<Record<Exclude<Tier, 'unranked'>, string>>;
  readonly unranked: string;
}

export const THEMES = {
  light: {
    id: 'light',
    ink: '#1f2328',
    quiet: '#59636e',
    grid: '#d1d9e0',
    paper: '#ffffff',
    bar: '#2f6fb3',
    tiers: { top100: '#8a3b12', top1000: '#c8701f', top10000: '#d9a441' },
    unranked: '#6e7781',
  },
  dark: {
    id: 'dark',
    ink: '#f0f3f6',
    quiet: '#a8b3bd',
    grid: '#3d444d',
    paper: '#0d1117',
    bar: '#6cb0f5',
    tiers: { top100: '#ff9b6a', top1000: '#f0b35e', top10000: '#f5d98b' },
    unranked: '#9ea7b0',
  },
  page: {
    id: 'page',
    ink: 'var(--ink)',
    quiet: 'var(--quiet)',
    grid: 'var(--grid)',
    paper: null,
    bar: 'var(--bar)',
    tiers: { top100: 'var(--top100)', top1000: 'var(--top1000)', top10000: 'var(--top10000)' },
    unranked: 'var(--unranked)',
  },
} as const satisfies Readonly<Record<Theme['id'], Theme>>;

const WIDTH = 430;
/** Tick labels in the style of the figures: 500, 1K, 2.5M. */
const TICKS =
  "datum.value >= 1e6 ? format(datum.value / 1e6, '~g') + 'M' : datum.value >= 1e3 ? format(datum.value / 1e3, '~g') + 'K' : format(datum.value, '~g')";
const RANKED = TIERS.filter((tier) => tier !== 'unranked');

/** All charts of the section, in its order. */
export function chartsOf(statistics: Statistics): readonly Chart[] {
  const covered = statistics.registries.filter((one) => one.status === 'analysed');
  return [
    totals(covered, statistics.policyUsed),
    distribution(covered, statistics.policyUsed),
    rates(covered, statistics.policyUsed),
  ];
}

function nothingToDraw(covered: readonly AnalysedRegistry[], used: boolean): string | null {
  if (!used) return 'The policy was not used in this run: none of its detectors could trigger it.';
  if (covered.length === 0) return 'No registry was analysed.';
  return null;
}

/** Registries without detections are absent, as on the original page; the table beside it says why. */
function totals(covered: readonly AnalysedRegistry[], used: boolean): Chart {
  const title = 'Total detections per repository';
  const rows = covered
    .filter((one) => one.detections > 0)
    .map((one) => ({ registry: one.label, ...figures(one.total, compact) }));
  const none = nothingToDraw(covered, used) ?? (rows.length === 0 ? 'No package of any repository triggered the policy.' : null);
  if (none !== null) return { id: 'totals', title, description: none, spec: null };
  const description = `Bar chart of packages that triggered the policy: ${rows.map((row) => `${row.registry} ${row.label}`).join('; ')}.`;
  return {
    id: 'totals',
    title,
    description,
    spec: (theme) => ({
      ...base(theme),
      height: { step: 44 },
      data: { values: rows },
      encoding: { y: { field: 'registry', type: 'nominal', sort: null, title: null, axis: category() } },
      layer: [bars('value', theme.bar, 'Packages'), whiskers(theme), labels(theme)],
    }),
  };
}

function distribution(covered: readonly AnalysedRegistry[], used: boolean): Chart {
  const title = 'Distribution of total detections by project popularity';
  const rows = covered.flatMap((one) =>
    one.tiers
      .filter((tier) => tier.tier !== 'unranked')
      .map((tier) => ({ registry: one.label, tier: TIER_LABELS[tier.tier], ...figures(tier.total, compact) })),
  );
  const none = nothingToDraw(covered, used);
  if (none !== null) return { id: 'distribution', title, description: none, spec: null };
  return {
    id: 'distribution',
    title,
    description: `Bar chart of packages that triggered the policy, by popularity: ${describeTiers(rows)}.`,
    spec: (theme) => byTier(theme, rows, 'Packages that triggered the policy', RANKED),
  };
}

function rates(covered: readonly AnalysedRegistry[], used: boolean): Chart {
  const title = 'Detections per 10 000 packages by project popularity';
  const rows = covered.flatMap((one) =>
    one.tiers
      .filter((tier) => tier.population > 0 && tier.analyzed > 0)
      .map((tier) => ({
        registry: one.label,
        tier: TIER_LABELS[tier.tier],
        ...figures(scaled(tier.rate), (value) => per10k(value / 10_000)),
      })),
  );
  const none = nothingToDraw(covered, used) ?? (rows.length === 0 ? 'No package was analysed.' : null);
  if (none !== null) return { id: 'rates', title, description: none, spec: null };
  return {
    id: 'rates',
    title,
    description: `Bar chart of detections per 10 000 packages, by popularity, with 95 % intervals: ${describeTiers(rows)}.`,
    spec: (theme) => byTier(theme, rows, 'Detections per 10 000 packages', TIERS),
  };
}

interface Row {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly label: string;
}

function figures(estimate: Estimate, write: (value: number) => string): Row {
  const { value, interval } = estimate;
  const exact = interval.low === interval.high;
  return {
    value,
    low: interval.low,
    high: interval.high,
    label: exact ? write(value) : `${write(value)} (${write(interval.low)}–${write(interval.high)})`,
  };
}

function scaled({ value, interval, unstable }: Estimate): Estimate {
  return { value: value * 10_000, interval: { ...interval, low: interval.low * 10_000, high: interval.high * 10_000 }, unstable };
}

function describeTiers(rows: readonly (Row & { readonly registry: string; readonly tier: string })[]): string {
  const byRegistry = Map.groupBy(rows, (row) => row.registry);
  return [...byRegistry]
    .map(([registry, tiers]) => `${registry}: ${tiers.map((row) => `${row.tier} ${row.label}`).join(', ')}`)
    .join('; ');
}

/** One small chart per registry under another: the same scale for all, a bar for each tier. */
function byTier(
  theme: Theme,
  rows: readonly (Row & { readonly registry: string; readonly tier: string })[],
  axis: string,
  tiers: readonly Tier[],
): TopLevelSpec {
  const domain = tiers.map((tier) => TIER_LABELS[tier]);
  const range = tiers.map((tier) => (tier === 'unranked' ? theme.unranked : theme.tiers[tier]));
  return {
    ...base(theme),
    data: { values: [...rows] },
    facet: {
      row: {
        field: 'registry',
        type: 'nominal',
        sort: [...new Set(rows.map((row) => row.registry))],
        title: null,
        header: {
          labelAngle: 0,
          labelAlign: 'left',
          labelAnchor: 'start',
          labelOrient: 'top',
          labelFontWeight: 'bold',
          labelFontSize: 13,
          labelColor: theme.ink,
          labelPadding: 4,
        },
      },
    },
    spacing: 14,
    spec: {
      width: WIDTH,
      height: { step: 22 },
      encoding: { y: { field: 'tier', type: 'nominal', sort: domain, title: null, axis: category() } },
      layer: [
        {
          mark: { type: 'bar', cornerRadiusEnd: 2 },
          encoding: {
            x: {
              field: 'value',
              type: 'quantitative',
              title: axis,
              scale: { zero: true },
              axis: { tickCount: 5, labelExpr: TICKS },
            },
            color: { field: 'tier', type: 'nominal', scale: { domain, range }, legend: null },
          },
        },
        whiskers(theme),
        labels(theme),
      ],
    },
    resolve: { axis: { x: 'shared' } },
  };
}

function base(theme: Theme) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json' as const,
    width: WIDTH,
    background: theme.paper ?? 'transparent',
    padding: { left: 8, right: 8, top: 8, bottom: 8 },
    config: {
      font: 'system-ui, -apple-system, "Segoe UI", sans-serif',
      view: { stroke: null },
      axis: {
        labelColor: theme.ink,
        titleColor: theme.quiet,
        gridColor: theme.grid,
        domainColor: theme.grid,
        tickColor: theme.grid,
        labelFontSize: 12,
        titleFontSize: 12,
        titleFontWeight: 'normal' as const,
        labelLimit: 150,
      },
      axisY: { grid: false, ticks: false, domain: true },
    },
  };
}

function category() {
  return { labelPadding: 6, minExtent: 130, maxExtent: 130 };
}

function bars(field: string, color: string, axis: string) {
  return {
    mark: { type: 'bar' as const, color, height: 24, cornerRadiusEnd: 2 },
    encoding: {
      x: { field, type: 'quantitative' as const, title: axis, scale: { zero: true }, axis: { tickCount: 5, labelExpr: TICKS } },
    },
  };
}

function whiskers(theme: Theme) {
  return {
    transform: [{ filter: 'datum.high > datum.low' }],
    mark: { type: 'rule' as const, color: theme.ink, strokeWidth: 1.5 },
    encoding: { x: { field: 'low', type: 'quantitative' as const }, x2: { field: 'high' } },
  };
}

/** The label stands right of the bar or of its whisker, so that nothing lies on anything; the scale leaves room for it. */
function labels(theme: Theme) {
  return {
    transform: [{ calculate: 'max(datum.value, datum.high)', as: 'end' }],
    mark: { type: 'text' as const, align: 'left' as const, baseline: 'middle' as const, dx: 6, color: theme.ink, fontSize: 12 },
    encoding: { x: { field: 'end', type: 'quantitative' as const }, text: { field: 'label', type: 'nominal' as const } },
  };
}

/** The picture of a chart, with title, description and role; ids are unique per chart and theme. */
export async function svgOf(chart: Chart, theme: Theme): Promise<string | null> {
  if (chart.spec === null) return null;
  const view = new View(parse(compile(chart.spec(theme)).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  const id = `chart-${chart.id}-${theme.id}`;
  const numbers = new Map<string, number>();
  return (
    svg
      // The renderer numbers its clips over the life of the process; numbered per chart, the same chart has the same bytes.
      .replace(/\bclip\d+\b/g, (clip) => {
        if (!numbers.has(clip)) numbers.set(clip, numbers.size + 1);
        return `${id}-clip-${numbers.get(clip) ?? 0}`;
      })
      .replace(/^<svg /, `<svg role="img" aria-labelledby="${id}-title ${id}-desc" `)
      .replace(
        />/,
        `><title id="${id}-title">${escapeXml(chart.title)}</title><desc id="${id}-desc">${escapeXml(chart.description)}</desc>`,
      )
  );
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
