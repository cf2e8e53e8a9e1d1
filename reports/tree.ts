/**
 * Builders for the document tree (mdast). One tree is printed as Markdown, as MDX and as HTML, so foreign text is escaped
 * by each printer and never put together by hand. No block begins with foreign text: in MDX a paragraph that begins with
 * `import` or `export` is code.
 */
import type { BlockContent, Code, Heading, Link, List, Paragraph, PhrasingContent, Root, RootContent, Table, Text } from 'mdast';
import type { Chart } from './charts.ts';

/** A chart in the tree: each printer shows it its own way. */
export interface ChartNode {
  readonly type: 'chart';
  readonly chart: Chart;
}

declare module 'mdast' {
  interface RootContentMap {
    chart: ChartNode;
  }
  interface BlockContentMap {
    chart: ChartNode;
  }
}

export type Inline = string | PhrasingContent;
/** A cell that is sorted by a number which its text does not show plainly; null sorts last. */
export interface Cell {
  readonly text: Inline;
  readonly sort: number | null;
}
export type { Root, RootContent };

export function root(children: readonly RootContent[]): Root {
  return { type: 'root', children: [...children] };
}

export function heading(depth: 1 | 2 | 3 | 4, ...children: readonly Inline[]): Heading {
  return { type: 'heading', depth, children: inline(children) };
}

export function paragraph(...children: readonly Inline[]): Paragraph {
  return { type: 'paragraph', children: inline(children) };
}

export function strong(text: string): PhrasingContent {
  return { type: 'strong', children: [{ type: 'text', value: text }] };
}

export function code(value: string): PhrasingContent {
  return { type: 'inlineCode', value };
}

/** To a page of the web. Addresses come from rankings as well: what is none stays text. */
export function link(label: string, url: string): Link | Text {
  return /^https?:\/\/[^\s]+$/i.test(url) ? fileLink(label, url) : { type: 'text', value: label };
}

/** To a file beside the report. */
export function fileLink(label: string, path: string): Link {
  return { type: 'link', url: path, children: [{ type: 'text', value: label }] };
}

export function bullets(items: readonly (readonly Inline[] | string)[]): List {
  return {
    type: 'list',
    ordered: false,
    spread: false,
    children: items.map((item) => ({
      type: 'listItem',
      spread: false,
      children: [paragraph(...(typeof item === 'string' ? [item] : item))],
    })),
  };
}

export interface TableOptions {
  /** What the table is about, for people who hear the page. */
  readonly label: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly (Inline | Cell)[])[];
  /** Columns of figures, which stand right. */
  readonly figures?: readonly string[];
}

/** A table with a header row; the first cell of a row names the row. */
export function table({ label, header, rows, figures = [] }: TableOptions): Table {
  return {
    type: 'table',
    align: header.map((name) => (figures.includes(name) ? 'right' : null)),
    data: { hProperties: { ariaLabel: label } },
    children: [
      { type: 'tableRow', children: header.map((name) => ({ type: 'tableCell', children: inline([name]) })) },
      ...rows.map((row) => ({ type: 'tableRow' as const, children: row.map(tableCell) })),
    ],
  };
}

function tableCell(cell: Inline | Cell) {
  if (!isSorted(cell)) return { type: 'tableCell' as const, children: inline([cell]) };
  const data = { hProperties: { dataSort: cell.sort === null ? '' : String(cell.sort) } };
  return { type: 'tableCell' as const, children: inline([cell.text]), data };
}

function isSorted(cell: Inline | Cell): cell is Cell {
  return typeof cell === 'object' && 'sort' in cell;
}

export function chart(value: Chart): ChartNode {
  return { type: 'chart', chart: value };
}

export function quote(...children: readonly BlockContent[]): RootContent {
  return { type: 'blockquote', children: [...children] };
}

export function sql(value: string): Code {
  return { type: 'code', lang: 'sql', value };
}

function inline(children: readonly Inline[]): PhrasingContent[] {
  return children.map((child) => (typeof child === 'string' ? { type: 'text', value: child } : child));
}
