/**
 * The page as one HTML file that asks nothing of anybody: no script, font or picture from elsewhere, and a policy that forbids
 * them. The data behind the charts is in it as well. It follows the reader's choice of light or dark, prints, and is read
 * well by screen readers: each chart has a text alternative and a table.
 */
import { createHash } from 'node:crypto';
import { toHtml } from 'hast-util-to-html';
import type { Element } from 'hast';
import { chartsOf, type ChartId } from '../charts.ts';
import { svgOf } from '../charts/render.ts';
import { chartFiles, csvFiles, jsonFiles, metadataFiles, PATHS, printJson } from '../files.ts';
import type { ReportFile, ReportFormat } from '../format.ts';
import { SORTING } from '../page/sorting.ts';
import { PAGE_STYLE, STYLE } from '../page/style.ts';
import { htmlOf, type Pictures } from '../page/tree.ts';
import { pageOf, sectionOf, type SectionOptions } from '../section.ts';
import { statisticsJsonSchema } from '../statistics-schema.ts';
import type { Statistics } from '../../data/statistics/model.ts';

export const html = {
  id: 'html',
  label: 'HTML page',
  async render(statistics) {
    const { policy } = statistics;
    const files = await downloadsOf(statistics);
    const body = htmlOf(pageOf(statistics), await picturesOf(statistics), (url) => {
      const file = files.get(url);
      return file === undefined
        ? { href: url, download: null }
        : { href: dataUrl(file), download: file.name.replace(/^.*\//, '') };
    });
    return [{ name: `${policy.id.toLowerCase()}.html`, content: pageAround(`${policy.id}: ${policy.title}`, body) }];
  },
} as const satisfies ReportFormat;

/** The section for another HTML page; its links lead to the files beside the report. */
export async function printHtmlSection(statistics: Statistics, options: SectionOptions): Promise<string> {
  const pictures = await picturesOf(statistics);
  const body = htmlOf(sectionOf(statistics, options), pictures, (url) => ({ href: url, download: null }));
  return `<section class="incidence">\n<style>\n${STYLE}</style>\n${body}\n<script>\n${SORTING}</script>\n</section>\n`;
}

async function picturesOf(statistics: Statistics): Promise<Pictures> {
  const pictures = new Map<ChartId, readonly string[]>();
  for (const chart of chartsOf(statistics)) {
    const both = [
      await svgOf(chart, { colours: 'page', width: 'wide' }),
      await svgOf(chart, { colours: 'page', width: 'narrow' }),
    ];
    pictures.set(
      chart.id,
      both.filter((one) => one !== null),
    );
  }
  return pictures;
}

async function downloadsOf(statistics: Statistics): Promise<ReadonlyMap<string, ReportFile>> {
  const files: readonly ReportFile[] = [
    ...(await chartFiles(statistics)),
    ...csvFiles(statistics),
    ...jsonFiles(statistics),
    ...metadataFiles(statistics),
    { name: PATHS.statistics, content: printJson(statistics) },
    { name: PATHS.schema, content: printJson(statisticsJsonSchema()) },
  ];
  return new Map(files.map((file) => [file.name, file]));
}

function dataUrl({ name, content }: ReportFile): string {
  const type = name.endsWith('.csv') ? 'text/csv;charset=utf-8' : 'application/json';
  return `data:${type};base64,${Buffer.from(content).toString('base64')}`;
}

function pageAround(title: string, body: string): string {
  const head = toHtml([
    element('meta', { charSet: 'utf-8' }),
    element('meta', { httpEquiv: ['content-security-policy'], content: contentPolicy() }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', { name: 'color-scheme', content: 'light dark' }),
    { ...element('title', {}), children: [{ type: 'text', value: title }] },
  ]);
  return `<!doctype html>
<html lang="en">
<head>
${head}
<style>
${PAGE_STYLE}</style>
</head>
<body>
<main class="incidence">
${body}
</main>
<script>
${SORTING}</script>
</body>
</html>
`;
}

/** Nothing may be loaded; of scripts only ours runs, known by its digest. */
function contentPolicy(): string {
  const digest = createHash('sha256').update(`\n${SORTING}`).digest('base64');
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
}

function element(tagName: string, properties: Element['properties']): Element {
  return { type: 'element', tagName, properties, children: [] };
}
