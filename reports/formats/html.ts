/**
 * The page as one HTML file that asks nothing of anybody: no script, font or picture from elsewhere. It follows the
 * reader's choice of light or dark, prints, and is read well by screen readers: each chart has a text alternative and a table.
 */
import { toHtml } from 'hast-util-to-html';
import { toHast } from 'mdast-util-to-hast';
import type { Element, ElementContent, Root as HastRoot } from 'hast';
import { chartsOf, svgOf, THEMES, type ChartId } from '../charts.ts';
import type { ReportFormat } from '../format.ts';
import { pageOf } from '../section.ts';
import { PAGE_STYLE } from '../style.ts';
import type { ChartNode, Root } from '../tree.ts';

export const html = {
  id: 'html',
  label: 'HTML page',
  async render(statistics) {
    const pictures = new Map<ChartId, string | null>();
    for (const chart of chartsOf(statistics)) pictures.set(chart.id, await svgOf(chart, THEMES.page));
    const body = toHtml(bodyOf(pageOf(statistics), pictures), { allowDangerousHtml: true });
    const title = `${statistics.policy.id}: ${statistics.policy.title}`;
    return [{ name: `${statistics.policy.id.toLowerCase()}.html`, content: pageAround(title, body) }];
  },
} as const satisfies ReportFormat;

function bodyOf(tree: Root, pictures: ReadonlyMap<ChartId, string | null>): HastRoot {
  const hast = toHast(tree, {
    allowDangerousHtml: true,
    handlers: { chart: (_state: unknown, node: ChartNode): Element => figure(node, pictures.get(node.chart.id) ?? null) },
  });
  const root: HastRoot = hast.type === 'root' ? hast : { type: 'root', children: [hast] };
  return { ...root, children: root.children.map((child) => (isElement(child, 'table') ? scrollable(child) : child)) };
}

/** The picture is ours, made of figures; nothing foreign is in it. */
function figure({ chart }: ChartNode, picture: string | null): Element {
  const caption: Element = {
    type: 'element',
    tagName: 'figcaption',
    properties: {},
    children: [{ type: 'text', value: picture === null ? chart.description : chart.title }],
  };
  const drawn: ElementContent[] = picture === null ? [] : [{ type: 'raw', value: picture } as unknown as ElementContent];
  return { type: 'element', tagName: 'figure', properties: { className: ['chart'] }, children: [...drawn, caption] };
}

/** Wide tables scroll within themselves, by keyboard too. */
function scrollable(table: Element): Element {
  return {
    type: 'element',
    tagName: 'div',
    properties: { className: ['scroll'], tabIndex: 0, role: 'region', ariaLabel: 'Table' },
    children: [withHeaders(table)],
  };
}

/** The first cell of each row names the row. */
function withHeaders(table: Element): Element {
  return {
    ...table,
    children: table.children.map((part) => {
      if (!isElement(part, 'thead') && !isElement(part, 'tbody')) return part;
      const inBody = part.tagName === 'tbody';
      return { ...part, children: part.children.map((row) => (isElement(row, 'tr') ? headed(row, inBody) : row)) };
    }),
  };
}

function headed(row: Element, inBody: boolean): Element {
  let first = true;
  return {
    ...row,
    children: row.children.map((cell) => {
      if (cell.type !== 'element') return cell;
      const isFirst = first;
      first = false;
      if (!inBody) return { ...cell, properties: { ...cell.properties, scope: 'col' } };
      return isFirst ? { ...cell, tagName: 'th', properties: { ...cell.properties, scope: 'row' } } : cell;
    }),
  };
}

function isElement(node: { readonly type: string; readonly tagName?: string }, tagName: string): node is Element {
  return node.type === 'element' && node.tagName === tagName;
}

function pageAround(title: string, body: string): string {
  const head = toHtml({
    type: 'root',
    children: [
      { type: 'element', tagName: 'meta', properties: { charSet: 'utf-8' }, children: [] },
      {
        type: 'element',
        tagName: 'meta',
        properties: { name: 'viewport', content: 'width=device-width, initial-scale=1' },
        children: [],
      },
      { type: 'element', tagName: 'meta', properties: { name: 'color-scheme', content: 'light dark' }, children: [] },
      { type: 'element', tagName: 'title', properties: {}, children: [{ type: 'text', value: title }] },
    ],
  });
  return `<!doctype html>\n<html lang="en">\n<head>\n${head}\n<style>\n${PAGE_STYLE}</style>\n</head>\n<body>\n<main>\n${body}\n</main>\n</body>\n</html>\n`;
}
