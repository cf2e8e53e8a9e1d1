/** What the charts of the section are made of. */
import type { Estimate } from '../../data/statistics/model.ts';
import { withInterval } from '../numbers.ts';
import type { Theme } from './theme.ts';

/** How a chart is drawn: its colours, and the width of its plot in pixels. */
export interface Look {
  readonly theme: Theme;
  readonly plot: number;
}

/** One bar or point: its figure, the ends of its interval, and what is written beside it. */
export interface Row {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly label: string;
}

/** @param factor by which figures are multiplied before they are drawn and written */
export function rowOf(estimate: Estimate, write: (value: number) => string, factor = 1): Row {
  const { value, interval } = estimate;
  return {
    value: value * factor,
    low: interval.low * factor,
    high: interval.high * factor,
    label: withInterval(estimate, write),
  };
}

/** Tick labels in the style of the figures: 500, 1K, 2.5M. */
export const TICKS =
  "datum.value >= 1e6 ? format(datum.value / 1e6, '~g') + 'M' : datum.value >= 1e3 ? format(datum.value / 1e3, '~g') + 'K' : format(datum.value, '~g')";

export function base({ theme, plot }: Look) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json' as const,
    width: plot,
    background: theme.paper ?? 'transparent',
    padding: { left: 4, right: 8, top: 8, bottom: 8 },
    config: {
      font: 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif',
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

/** The axis of names: as wide as the longest of ours, since the renderer can only guess how wide a text is. */
export function names() {
  return { labelPadding: 6, minExtent: 76, maxExtent: 76 };
}

/** The axis of figures, from zero; there are no halves of packages. */
export function figures(title: string, { plot }: Look, of: 'packages' | 'rates') {
  const axis = {
    tickCount: plot < 300 ? 3 : 5,
    ...(of === 'packages' ? { tickMinStep: 1 } : {}),
    labelExpr: TICKS,
    labelFlush: false,
  };
  return { field: 'value', type: 'quantitative' as const, title, scale: { zero: true }, axis };
}

export function whiskers({ theme }: Look) {
  return {
    transform: [{ filter: 'datum.high > datum.low' }],
    mark: { type: 'rule' as const, color: theme.ink, strokeWidth: 1.5 },
    encoding: { x: { field: 'low', type: 'quantitative' as const }, x2: { field: 'high' } },
  };
}

/** The label stands right of the bar or of its whisker, so that nothing lies on anything. */
export function labels({ theme }: Look) {
  return {
    transform: [{ calculate: 'max(datum.value, datum.high)', as: 'end' }],
    mark: { type: 'text' as const, align: 'left' as const, baseline: 'middle' as const, dx: 6, color: theme.ink, fontSize: 12 },
    encoding: { x: { field: 'end', type: 'quantitative' as const }, text: { field: 'label', type: 'nominal' as const } },
  };
}

/** One small chart per registry, one under another, each with its name above. */
export function perRegistry(registries: readonly string[], { theme }: Look) {
  return {
    field: 'registry',
    type: 'nominal' as const,
    sort: [...registries],
    title: null,
    header: {
      labelAngle: 0,
      labelAlign: 'left' as const,
      labelAnchor: 'start' as const,
      labelOrient: 'top' as const,
      labelFontWeight: 'bold' as const,
      labelFontSize: 13,
      labelColor: theme.ink,
      labelPadding: 4,
    },
  };
}
