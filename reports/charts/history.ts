/** The rates of all runs: a point with its interval for each, so that a change can be told from chance. */
import type { TopLevelSpec } from 'vega-lite';
import { REGISTRY_IDS, REGISTRY_LABELS } from '../../data/model.ts';
import type { HistoryPoint } from '../../data/statistics/model.ts';
import { day, per10k, per10kOf } from '../numbers.ts';
import { base, perRegistry, rowOf, TICKS, type Look, type Row } from './parts.ts';

export type HistoryRow = Row & { readonly registry: string; readonly at: string; readonly latest: boolean };

/** A row for each registry of each run, registries in their order. */
export function historyRows(history: readonly HistoryPoint[]): readonly HistoryRow[] {
  return REGISTRY_IDS.flatMap((id) => {
    const points = history.flatMap((point) =>
      point.registries.filter((one) => one.registry === id).map((one) => ({ at: point.closedAt, rate: one.rate })),
    );
    return points.map(({ at, rate }, index) => ({
      registry: REGISTRY_LABELS[id],
      at,
      ...rowOf(rate, per10k, 10_000),
      label: per10kOf(rate.value * 10_000),
      latest: index === points.length - 1,
    }));
  });
}

export function describeHistory(rows: readonly HistoryRow[]): string {
  return [...Map.groupBy(rows, (row) => row.registry)]
    .map(([registry, points]) => `${registry}: ${points.map((row) => `${day(row.at)} ${row.label}`).join(', ')}`)
    .join('; ');
}

export function historySpec(rows: readonly HistoryRow[], look: Look): TopLevelSpec {
  const { theme, plot } = look;
  const registries = [...new Set(rows.map((row) => row.registry))];
  const x = {
    field: 'at',
    type: 'temporal' as const,
    title: null,
    // Universal time, so that every machine draws the same.
    scale: { type: 'utc' as const, padding: 16 },
    axis: { values: [...new Set(rows.map((row) => Date.parse(row.at)))], format: '%Y-%m-%d', labelOverlap: true, grid: false },
  };
  const y = { field: 'value', type: 'quantitative' as const, title: null, scale: { zero: true } };
  return {
    ...base(look),
    data: { values: [...rows] },
    facet: { row: perRegistry(registries, look) },
    spacing: 18,
    spec: {
      width: plot + 40,
      height: 84,
      encoding: { x },
      layer: [
        {
          mark: { type: 'rule', color: theme.ink, strokeWidth: 1.5 },
          encoding: { y: { ...y, field: 'low', axis: { tickCount: 3, labelExpr: TICKS, grid: true } }, y2: { field: 'high' } },
        },
        { mark: { type: 'line', color: theme.bar, strokeWidth: 2 }, encoding: { y } },
        { mark: { type: 'point', color: theme.bar, filled: true, size: 50, opacity: 1 }, encoding: { y } },
        {
          transform: [{ filter: 'datum.latest' }],
          mark: { type: 'text', align: 'left', baseline: 'middle', dx: 8, color: theme.ink, fontSize: 12 },
          encoding: { y, text: { field: 'label', type: 'nominal' } },
        },
      ],
    },
    resolve: { scale: { y: 'independent' }, axis: { x: 'shared' } },
  };
}
