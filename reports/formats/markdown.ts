/**
 * The page as Markdown that also compiles as MDX, since documentation sites such as Docusaurus read `.md` as MDX: braces
 * and angle brackets are escaped, and no block begins with foreign text.
 */
import { gfmToMarkdown } from 'mdast-util-gfm';
import { mdxToMarkdown } from 'mdast-util-mdx';
import { toMarkdown } from 'mdast-util-to-markdown';
import type { Image, Nodes, Paragraph, Root } from 'mdast';
import type { ReportFormat } from '../format.ts';
import { pageOf, sectionOf } from '../section.ts';
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
      { name: `${name}-section.md`, content: printMarkdown(sectionOf(statistics)) },
    ];
  },
} as const satisfies ReportFormat;

/** Prints a tree of ours as Markdown; charts become images beside the document. */
export function printMarkdown(tree: Root): string {
  return toMarkdown(
    { type: 'root', children: tree.children.map((node) => (node.type === 'chart' ? image(node) : node)) },
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
function image({ chart }: ChartNode): Paragraph {
  const picture: Image = { type: 'image', url: `charts/${chart.id}-light.svg`, alt: `${chart.title}. ${chart.description}` };
  const child: Nodes & (Image | { type: 'text'; value: string }) =
    chart.spec === null ? { type: 'text', value: chart.description } : picture;
  return { type: 'paragraph', children: [child] };
}
