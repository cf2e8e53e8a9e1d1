/**
 * Builders for the document tree (mdast). One tree is printed as Markdown, as MDX and as HTML, so foreign text is escaped
 * by each printer and never put together by hand. No block begins with foreign text: in MDX a paragraph that begins with
 * `import` or `export` is code.
 */
import type { BlockContent, Heading, Html, Link, List, Paragraph, PhrasingContent, Root, RootContent, Table, Text } from 'mdast';
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
export type { Html, Root, RootContent };

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

export function link(label: string, url: string): Link {
  return { type: 'link', url, children: [{ type: 'text', value: label }] };
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

/** A table with a header row; numbers stand right. Cells are text or inline content. */
export function table(
  header: readonly string[],
  rows: readonly (readonly Inline[])[],
  align: readonly ('left' | 'right' | null)[] = [],
): Table {
  const row = (cells: readonly Inline[]) => ({
    type: 'tableRow' as const,
    children: cells.map((cell) => ({ type: 'tableCell' as const, children: inline([cell]) })),
  });
  return { type: 'table', align: header.map((_, index) => align[index] ?? null), children: [row(header), ...rows.map(row)] };
}

export function chart(value: Chart): ChartNode {
  return { type: 'chart', chart: value };
}

export function quote(...children: readonly BlockContent[]): RootContent {
  return { type: 'blockquote', children: [...children] };
}

function inline(children: readonly Inline[]): PhrasingContent[] {
  return children.map((child) => (typeof child === 'string' ? ({ type: 'text', value: child } satisfies Text) : child));
}
