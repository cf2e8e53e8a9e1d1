/** The charts as files of their own, light and dark, each with its specification and data beside it. */
import type { ReportFile, ReportFormat } from '../format.ts';
import { chartsOf, svgOf, THEMES } from '../charts.ts';

export const svg = {
  id: 'svg',
  label: 'SVG charts',
  async render(statistics) {
    const files: ReportFile[] = [];
    for (const chart of chartsOf(statistics)) {
      if (chart.spec === null) continue;
      for (const theme of [THEMES.light, THEMES.dark]) {
        files.push({ name: `charts/${chart.id}-${theme.id}.svg`, content: `${(await svgOf(chart, theme)) ?? ''}\n` });
      }
      files.push({ name: `charts/${chart.id}.vl.json`, content: `${JSON.stringify(chart.spec(THEMES.light), null, 2)}\n` });
    }
    return files;
  },
} as const satisfies ReportFormat;
