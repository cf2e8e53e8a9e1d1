/** The files beside a report, and where each of them stands in its folder. */
import { stringify } from 'csv-stringify/sync';
import type { Statistics } from '../data/statistics/model.ts';
import { chartsOf, type Chart } from './charts.ts';
import { lookOf, svgOf, type Picture } from './charts/render.ts';
import { datasetsOf, type Dataset, type Value } from './datasets.ts';
import type { ReportFile } from './format.ts';

type Colours = Exclude<Picture['colours'], 'page'>;

export const PATHS = {
  picture: ({ id }: Pick<Chart, 'id'>, colours: Colours) => `charts/${id}${colours === 'adaptive' ? '' : `-${colours}`}.svg`,
  spec: ({ id }: Pick<Chart, 'id'>) => `charts/${id}.vl.json`,
  csv: ({ id }: Pick<Dataset, 'id'>) => `data/${id}.csv`,
  json: ({ id }: Pick<Dataset, 'id'>) => `data/${id}.json`,
  metadata: ({ id }: Pick<Dataset, 'id'>) => `data/${id}.metadata.json`,
  statistics: 'statistics.json',
  schema: 'statistics.schema.json',
} as const;

/** The charts as pictures, each adaptive, light and dark, and their specifications. */
export async function chartFiles(statistics: Statistics): Promise<readonly ReportFile[]> {
  const files: ReportFile[] = [];
  for (const chart of chartsOf(statistics)) {
    if (chart.spec === null) continue;
    for (const colours of ['adaptive', 'light', 'dark'] as const) {
      const svg = await svgOf(chart, { colours, width: 'wide' });
      if (svg !== null) files.push({ name: PATHS.picture(chart, colours), content: `${svg}\n` });
    }
    files.push({ name: PATHS.spec(chart), content: printJson(chart.spec(lookOf({ colours: 'light', width: 'wide' }))) });
  }
  return files;
}

/** Text that a spreadsheet would take for a formula is escaped. */
export function csvFiles(statistics: Statistics): readonly ReportFile[] {
  return datasetsOf(statistics).map((dataset) => {
    const rows = dataset.rows.map((row) => row.map(csvCell));
    const content = stringify([dataset.columns.map(({ name }) => name), ...rows], { escape_formulas: true });
    return { name: PATHS.csv(dataset), content };
  });
}

function csvCell(value: Value): string | number | null {
  return typeof value === 'boolean' ? String(value) : value;
}

/** The tables as lists of objects. */
export function jsonFiles(statistics: Statistics): readonly ReportFile[] {
  return datasetsOf(statistics).map((dataset) => {
    const rows = dataset.rows.map((row) =>
      Object.fromEntries(dataset.columns.map(({ name }, index) => [name, row[index] ?? null])),
    );
    return { name: PATHS.json(dataset), content: printJson(rows) };
  });
}

/** What each table is: columns, run, coverage, and the query that gives it from the database. */
export function metadataFiles(statistics: Statistics): readonly ReportFile[] {
  const { policy, run, registries, queries, suppression } = statistics;
  return datasetsOf(statistics).map((dataset) => {
    const query = queries.find(({ name }) => name === dataset.query) ?? null;
    const metadata = {
      schema: 'incidence-metadata/1',
      title: dataset.title,
      policy: { id: policy.id, title: policy.title },
      updated: run.closedAt,
      complete: isComplete(statistics),
      run: {
        id: run.id,
        scope: run.scope,
        period: run.period,
        startedAt: run.startedAt,
        closedAt: run.closedAt,
        seed: run.seed,
        detectorStamp: run.detectorStamp,
        codeVersion: run.codeVersion,
        validation: run.validation,
      },
      coverage: registries.map((one) =>
        one.status === 'not-analysed'
          ? { registry: one.registry, status: one.status }
          : { registry: one.registry, status: one.status, frame: one.frame, ranking: one.ranking },
      ),
      suppression,
      files: [PATHS.csv(dataset), PATHS.json(dataset)],
      rows: dataset.rows.length,
      columns: dataset.columns,
      query,
    };
    return { name: PATHS.metadata(dataset), content: printJson(metadata) };
  });
}

/** Whether the run is finished and covered every registry, with nothing left to do. */
export function isComplete({ run, registries }: Pick<Statistics, 'run' | 'registries'>): boolean {
  return run.closedAt !== null && registries.every((one) => one.status === 'analysed' && one.pending === 0);
}

export function printJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
