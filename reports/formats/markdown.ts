/**
 * The page as Markdown that also compiles as MDX, since documentation sites such as Docusaurus read `.md` as MDX: braces
 * and angle brackets are escaped, and no block begins with foreign text.
 */
import { gfmToMarkdown } from 'mdast-util-gfm';
import { mdxToMarkdown } from 'mdast-util-mdx';
import { toMarkdown } from 'mdast-util-to-markdown';
import type { Image, Paragraph, Root, Text } from 'mdast';
import type { Statistics } from '../../data/statistics/model.ts';
import { PATHS } from '../files.ts';
import type { ReportFormat } from '../format.ts';
import { pageOf, sectionOf, type SectionOptions } from '../section.ts';
import type { ChartNode } from '../tree.ts';

export const markdown = {
  id: 'markdown',
  label: 'Markdown (MDX)',
  async render(statistics) {
    const { policy } = statistics;
    const name = policy.id.toLowerCase();
    const front = `---\ntitle: ${JSON.stringify(`${policy.id}: ${policy.title}`)}\n---\n\n`;
    return [
      { name: `${name}.md`, content: front + printMarkdown(pageOf(statistics)) },
      { name: `${name}-section.md`, content: printMarkdownSection(statistics) },
    ];
  },
} as const satisfies ReportFormat;

/** The section for another document. */
export function printMarkdownSection(statistics: Statistics, options: SectionOptions = {}): string {
  return printMarkdown(sectionOf(statistics, options), options);
}

/** Prints a tree of ours as Markdown; charts become images beside the document. */
export function printMarkdown(tree: Root, { base = '' }: SectionOptions = {}): string {
  return toMarkdown(
    { type: 'root', children: tree.children.map((node) => (node.type === 'chart' ? image(node, base) : node)) },
    {
      extensions: [gfmToMarkdown({ tablePipeAlign: false }), mdxToMarkdown()],
      bullet: '-',
      emphasis: '_',
      fences: true,
      rule: '-',
    },
  );
}

/** With values in the alternative text, or the sentence alone where there is nothing to draw. */
function image({ chart }: ChartNode, base: string): Paragraph {
  const url = base + PATHS.picture(chart, 'adaptive');
  const child: Image | Text =
    chart.spec === null
      ? { type: 'text', value: chart.description }
      : { type: 'image', url, alt: `${chart.title}. ${chart.description}` };
  return { type: 'paragraph', children: [child] };
}
