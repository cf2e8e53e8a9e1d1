/** What the parts of the section share: figures in cells, and the way to the files behind a figure. */
import type { Counts, Estimate, Statistics } from '../../data/statistics/model.ts';
import type { Chart, ChartId } from '../charts.ts';
import type { DatasetId } from '../datasets.ts';
import { PATHS } from '../files.ts';
import { full, withInterval } from '../numbers.ts';
import { chart, code, fileLink, paragraph, type Cell, type Inline, type RootContent } from '../tree.ts';
import { NOBODY_THERE } from '../wording.ts';

/** What every part of the section is made from. */
export interface Context {
  readonly statistics: Statistics;
  readonly charts: ReadonlyMap<ChartId, Chart>;
  /** Stands before the paths of the files beside the report: empty, or ending in a slash. */
  readonly base: string;
}

/** A cell of which nothing can be said. */
export const NONE: Cell = { text: NOBODY_THERE, sort: null };

export function countCell(count: number): Cell {
  return { text: full(count), sort: count };
}

/** Detections as they were counted; none of many is not the same as none of a few. */
export function foundCell({ detections, analyzed }: Pick<Counts, 'detections' | 'analyzed'>): Cell {
  return { text: detections === 0 ? `0 of ${full(analyzed)}` : full(detections), sort: detections };
}

/** A figure with its interval; a star where it rests on too few detections. */
export function estimateCell(estimate: Estimate, write: (value: number) => string): Cell {
  const star = isStarred(estimate) ? '*' : '';
  return { text: `${withInterval(estimate, write)}${star}`, sort: estimate.value };
}

/** An upper end alone ("at most") promises no figure, so nothing is unstable about it. */
export function isStarred({ value, unstable }: Estimate): boolean {
  return unstable && value !== 0;
}

export const UNSTABLE_NOTE =
  'A star marks estimates that rest on fewer than 10 detections: they are unstable, and another sample may give quite different ones.';

export function draw({ charts }: Context, id: ChartId): readonly RootContent[] {
  const found = charts.get(id);
  return found === undefined ? [] : [chart(found)];
}

/** Where the figures above can be had, and the query that gives them. */
export function sources({ statistics, charts, base }: Context, id: DatasetId, drawn: ChartId | null): RootContent {
  const files: Inline[] = [
    'The figures: ',
    fileLink('CSV', base + PATHS.csv({ id })),
    ', ',
    fileLink('JSON', base + PATHS.json({ id })),
    ', ',
    fileLink('what they mean', base + PATHS.metadata({ id })),
  ];
  const spec = drawn === null ? null : (charts.get(drawn) ?? null);
  if (spec !== null && spec.spec !== null) files.push('; the chart: ', fileLink('specification', base + PATHS.spec(spec)));
  const name = QUERIES[id];
  if (statistics.queries.some((one) => one.name === name)) files.push('. Query: ', code(name));
  return paragraph(...files, '.');
}

/** The query that gives the figures of each table. */
const QUERIES: Readonly<Record<DatasetId, string>> = {
  totals: 'totals',
  distribution: 'distribution',
  verdicts: 'verdicts',
  services: 'services',
  clusters: 'clusters',
  history: 'history',
  reasons: 'missing',
};
