/** The tables behind the charts, for spreadsheets, each with its metadata. */
import type { ReportFormat } from '../format.ts';
import { csvFiles, metadataFiles } from '../files.ts';

export const csv = {
  id: 'csv',
  label: 'CSV',
  async render(statistics) {
    return [...csvFiles(statistics), ...metadataFiles(statistics)];
  },
} as const satisfies ReportFormat;
