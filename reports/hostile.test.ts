/**
 * Names of services, rankings and reasons come from elsewhere. Whatever they are, they stay text: in Markdown that a
 * documentation site compiles and runs, in HTML, in spreadsheets, and between the markers of somebody's document.
 */
import { evaluate } from '@mdx-js/mdx';
import { describe, expect, test } from 'vitest';
import type { Statistics } from '../data/statistics/model.ts';
import { exampleHistory, exampleRegistry, exampleStatistics, sampled } from './example.ts';
import { csvFiles, jsonFiles } from './files.ts';
import { printMarkdown, printMarkdownSection } from './formats/markdown.ts';
import { htmlOf } from './page/tree.ts';
import { pageOf, sectionOf } from './section.ts';
import { placeIn } from './splice.ts';

const HOSTILE = [
  '{process.exit(1)}',
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'import x from "./x"',
  'export const x = 1',
  'a|b|c',
  '`tick` ``ticks```',
  '```js\nprocess.exit()\n```',
  'first\n\n## second\r\n- third',
  '# heading',
  '- item',
  '1. item',
  '> quote',
  '[text](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  '<!-- incidence:end -->',
  '{/* incidence:end */}',
  '*bold* _italic_ ~~gone~~ \\',
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1+1',
  "=cmd|' /C calc'!A0",
  '\u202egnp.exe',
  '\u0000\u0007\u001b[31m',
  '\ud800',
  '&lt;b&gt; &amp; &#60;',
  '$&$1$`',
  'constructor',
  '__proto__',
  'x'.repeat(3000),
];

/** Statistics in which every text that is not ours is hostile. */
function hostileWorld(text: string): Statistics {
  const base = exampleStatistics();
  const ranking = { label: text, url: text, measures: text, terms: text, weaknesses: text, source: text, dated: text };
  const registries = [
    exampleRegistry('npm', sampled(20_000, 50, [0, 0, 0, 1]), {
      ranking: { ...ranking, takenAt: '2026-11-01T06:10:00Z', places: 10 },
      failed: 2,
      withoutRelease: 1,
      failures: [
        { reason: text, packages: 1 },
        { reason: 'unavailable', packages: 1 },
      ],
      withoutReleaseReasons: [{ reason: text, packages: 1 }],
      skipped: [{ reason: text, count: 2, packages: 1 }],
    }),
  ];
  return {
    ...base,
    run: {
      ...base.run,
      seed: text,
      period: text,
      detectorStamp: text,
      codeVersion: text,
      services: [text],
      validation: { ...base.run.validation, switchedOff: [{ service: text, reason: text }] },
    },
    registries,
    services: [{ service: text, packages: { npm: 7 }, tokens: 7 }],
    clusters: [{ cluster: 1, service: text, verdict: 'active', packages: 9, registries: ['npm'] }],
    history: exampleHistory().map((point) => ({ ...point, detectorStamp: text, changes: [text] })),
  };
}

const harmless = hostileWorld('harmless');
const harmlessPage = runMdx(printMarkdown(pageOf(harmless)));

test('the check notices code and elements that are not escaped', async () => {
  const page = await runMdx('a {1 + 1} b <script>alert(1)</script>');
  expect(page.text).not.toContain('1 + 1');
  expect([...page.elements]).toContain('script');
  await expect(runMdx('{(() => { throw new Error("ran"); })()}')).rejects.toThrow('ran');
});

describe.each(HOSTILE.map((text) => ({ shown: JSON.stringify(text.slice(0, 40)), text })))('$shown', ({ text }) => {
  const world = hostileWorld(text);

  test('is text in MDX, which is compiled and run', async () => {
    const page = await runMdx(printMarkdown(pageOf(world)));
    const expected = await harmlessPage;
    expect([...page.elements].sort()).toEqual([...expected.elements].sort());
    expect(page.count).toBe(expected.count);
    expect(squeezed(page.text)).toContain(squeezed(text));
  });

  test('is text in HTML', () => {
    const html = htmlOf(sectionOf(world), new Map(), (href) => ({ href, download: null }));
    const expected = htmlOf(sectionOf(harmless), new Map(), (href) => ({ href, download: null }));
    expect(tagsOf(html)).toEqual(tagsOf(expected));
    expect(html.match(/href="(?!https?:|data\/|charts\/|statistics)/)).toBeNull();
  });

  test('cannot end the section early in a document', () => {
    for (const [name, begin, end] of [
      ['page.mdx', '{/* incidence:begin */}', '{/* incidence:end */}'],
      ['page.md', '<!-- incidence:begin -->', '<!-- incidence:end -->'],
    ] as const) {
      const once = placeIn(`${begin}\n${end}\nrest`, name, 'SQ34401').with(printMarkdownSection(world));
      expect(placeIn(once, name, 'SQ34401').with('Empty.')).toBe(`${begin}\n\nEmpty.\n\n${end}\nrest`);
    }
  });

  test('is no formula in a spreadsheet, and comes back from JSON as it was', () => {
    for (const { content } of csvFiles(world)) {
      for (const cell of cellsOf(content)) expect(cell).not.toMatch(/^[=+@\t\r]|^-(?![\d.])/);
    }
    const services = jsonFiles(world).find(({ name }) => name === 'data/services.json');
    expect((JSON.parse(services?.content ?? '[]') as { service: string }[])[0]?.service).toBe(text);
  });
});

interface Ran {
  readonly text: string;
  readonly elements: ReadonlySet<string>;
  readonly count: number;
}

/** Compiles a page and runs it, as a documentation site does while it builds; whatever code it holds runs here. */
async function runMdx(page: string): Promise<Ran> {
  const body = page.replace(/^---\n[^]*?\n---\n/, '');
  const elements = new Set<string>();
  const texts: string[] = [];
  let count = 0;
  const jsx = (type: unknown, { children }: { children?: unknown }) => {
    if (typeof type === 'function') return (type as (props: object) => unknown)({});
    count += 1;
    elements.add(String(type));
    for (const child of [children].flat()) if (typeof child === 'string') texts.push(child);
    return null;
  };
  const { default: Content } = await evaluate(body, { Fragment: 'fragment', jsx, jsxs: jsx });
  Content({});
  return { text: texts.join('\n'), elements, count };
}

/** Without what Markdown does not keep: kinds of blanks, control characters, halves of characters. */
function squeezed(text: string): string {
  return text.toWellFormed().replace(/[\s\p{Cc}\ufffd]+/gu, '');
}

function tagsOf(html: string): readonly string[] {
  return html.match(/<[a-z/!][a-z0-9]*/gi) ?? [];
}

/** The cells of a CSV text as a spreadsheet reads them. */
function cellsOf(text: string): readonly string[] {
  const cells: string[] = [];
  for (const [, quoted, bare] of text.matchAll(/(?<=^|,|\n)(?:"((?:[^"]|"")*)"|([^",\n]*))(?=,|\n|$)/g))
    cells.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
  return cells;
}
