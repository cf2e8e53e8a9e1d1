/** The whole statistics object with its schema, for programs, and the tables behind the charts, each with its metadata. */
import type { ReportFormat } from '../format.ts';
import { jsonFiles, metadataFiles, PATHS, printJson } from '../files.ts';
import { statisticsJsonSchema } from '../statistics-schema.ts';

export const json = {
  id: 'json',
  label: 'JSON',
  async render(statistics) {
    return [
      { name: PATHS.statistics, content: printJson(statistics) },
      { name: PATHS.schema, content: printJson(statisticsJsonSchema()) },
      ...jsonFiles(statistics),
      ...metadataFiles(statistics),
    ];
  },
} as const satisfies ReportFormat;
