/** The charts as files of their own: adaptive, light and dark, each with its specification beside it. */
import type { ReportFormat } from '../format.ts';
import { chartFiles } from '../files.ts';

export const svg = {
  id: 'svg',
  label: 'SVG charts',
  render: async (statistics) => await chartFiles(statistics),
} as const satisfies ReportFormat;
