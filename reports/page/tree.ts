/** From the document's tree to the HTML page's: charts as pictures, tables that scroll and are read well. */
import { toHtml } from 'hast-util-to-html';
import { toHast } from 'mdast-util-to-hast';
import type { Element, ElementContent, Root as HastRoot } from 'hast';
import type { ChartId } from '../charts.ts';
import type { ChartNode, Root } from '../tree.ts';

/** A chart's pictures, the wide one first. */
export type Pictures = ReadonlyMap<ChartId, readonly string[]>;

/** @param hrefOf where a link leads, given where it led in the document */
export function htmlOf(tree: Root, pictures: Pictures, hrefOf: (url: string) => Link): string {
  const hast = toHast(tree, {
    // The only raw HTML is the charts' own.
    allowDangerousHtml: true,
    handlers: { chart: (_state: unknown, node: ChartNode): Element => figure(node, pictures.get(node.chart.id) ?? []) },
  });
  const root: HastRoot = hast.type === 'root' ? hast : { type: 'root', children: [hast] };
  const changed = {
    ...root,
    children: root.children.map((child) => (child.type === 'element' ? changedElement(child, hrefOf) : child)),
  };
  return toHtml(changed, { allowDangerousHtml: true });
}

export interface Link {
  readonly href: string;
  /** Name under which the file is saved; null where the link is followed. */
  readonly download: string | null;
}

function changedElement(element: Element, hrefOf: (url: string) => Link): Element {
  const children = element.children.map((child) => (child.type === 'element' ? changedElement(child, hrefOf) : child));
  const inner = { ...element, children };
  if (inner.tagName === 'table') return scrollable(inner);
  if (inner.tagName === 'pre') return { ...inner, properties: { ...inner.properties, tabIndex: 0 } };
  if (inner.tagName !== 'a' || typeof inner.properties['href'] !== 'string') return inner;
  const { href, download } = hrefOf(inner.properties['href']);
  return { ...inner, properties: { ...inner.properties, href, ...(download === null ? {} : { download }) } };
}

function figure({ chart }: ChartNode, pictures: readonly string[]): Element {
  const drawn = pictures.map((picture, index): Element => {
    const raw = { type: 'raw', value: picture } as unknown as ElementContent;
    return { type: 'element', tagName: 'div', properties: { className: [index === 0 ? 'wide' : 'narrow'] }, children: [raw] };
  });
  const caption: Element = {
    type: 'element',
    tagName: 'figcaption',
    properties: {},
    children: [{ type: 'text', value: pictures.length === 0 ? chart.description : chart.title }],
  };
  return { type: 'element', tagName: 'figure', properties: {}, children: [...drawn, caption] };
}

/** Wide tables scroll within themselves, by keyboard too. */
function scrollable(table: Element): Element {
  const { ariaLabel = 'Table', ...properties } = table.properties;
  return {
    type: 'element',
    tagName: 'div',
    properties: { className: ['scroll'], tabIndex: 0, role: 'region', ariaLabel },
    children: [{ ...table, properties, children: table.children.map(headed) }],
  };
}

/** The cells of the head name columns, the first cell of each other row names the row. */
function headed(part: ElementContent): ElementContent {
  if (part.type !== 'element') return part;
  const inHead = part.tagName === 'thead';
  const children = part.children.map((row) => {
    if (row.type !== 'element') return row;
    const first = row.children.find((cell) => cell.type === 'element');
    return { ...row, children: row.children.map((cell) => namedCell(cell, { inHead, isFirst: cell === first })) };
  });
  return { ...part, children };
}

function namedCell(
  cell: ElementContent,
  { inHead, isFirst }: { readonly inHead: boolean; readonly isFirst: boolean },
): ElementContent {
  if (cell.type !== 'element') return cell;
  if (inHead) return { ...cell, properties: { ...cell.properties, scope: 'col' } };
  return isFirst ? { ...cell, tagName: 'th', properties: { ...cell.properties, scope: 'row' } } : cell;
}
