/** The whole statistics object: what every other format prints, for programs. */
import type { ReportFormat } from '../format.ts';

export const json = {
  id: 'json',
  label: 'JSON',
  async render(statistics) {
    return [{ name: 'statistics.json', content: `${JSON.stringify(statistics, null, 2)}\n` }];
  },
} as const satisfies ReportFormat;
