import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compact, full, per10k } from './numbers.ts';
import { chartsOf } from './charts.ts';
import { exampleRegistry, exampleStatistics } from './example.ts';
import { FORMATS } from './formats/index.ts';
import { printMarkdown } from './formats/markdown.ts';
import { pageOf, sectionOf } from './section.ts';
import { POLICIES } from '../data/policies.ts';

describe('figures', () => {
  test.each([
    [0, '0'],
    [950, '950'],
    [999.6, '1K'],
    [183_000, '183K'],
    [644_000, '644K'],
    [628_000, '628K'],
    [3_720_000, '3.72M'],
    [2820, '2.82K'],
    [999_999, '1M'],
  ])('%d is written %s', (count, text) => expect(compact(count)).toBe(text));

  test('in full, grouped and unbreakable', () => expect(full(3_720_000)).toBe('3\u202f720\u202f000'));

  test.each([
    [0.04, '400'],
    [14 / 900, '156'],
    [0.00449, '44.9'],
    [0.0000123, '0.123'],
    [0, '0'],
  ])('a share of %d is %s per 10 000', (share, text) => expect(per10k(share)).toBe(text));
});

describe('the page', () => {
  const markdown = printMarkdown(pageOf(exampleStatistics()));

  test('has the parts of the policy page in their order', () => {
    const parts = [
      '# SQ34401',
      'Detected presence of active web service tokens.',
      '| priority',
      '## About the issue',
      '## How to resolve the issue',
      '## Incidence statistics',
      'This section is updated when new data becomes available.',
      '### Total amount of packages analyzed',
      '- RubyGems: 12K of 183K',
      '- NuGet: 15K of 644K',
      '- PyPI: 628K',
      '- npm: not analyzed',
      '### Total detections per repository',
      '### Distribution of total detections by project popularity',
      '## Recommended reading',
    ];
    let at = 0;
    for (const part of parts) {
      const found = markdown.indexOf(part, at);
      expect(found, `${part} after position ${at}`).toBeGreaterThanOrEqual(at);
      at = found + part.length;
    }
  });

  test('prints the policy metadata', () => {
    expect(markdown).toMatch(/\| P0 +\| fail +\| high +\| medium +\| 2 +\| secrets: fail Reason: active web service credentials/);
  });

  test('a repository without detections is absent from the totals chart, and the table says 0 of n', () => {
    const totals = chartsOf(exampleStatistics()).find((one) => one.id === 'totals');
    expect(totals?.description).toMatch(/RubyGems .*; PyPI /);
    expect(totals?.description).not.toMatch(/NuGet/);
    expect(markdown).toMatch(/\| NuGet +\| +0 of 15\u202f000 \|/);
    expect(markdown).toMatch(/\| npm +\| +not analyzed \|/);
  });

  test('nothing found, nothing covered and policy not used never look alike', () => {
    const nothing = printMarkdown(
      sectionOf(
        exampleStatistics({
          registries: [exampleRegistry('npm', [{ tier: 'unranked', population: 10, analyzed: 10, detections: 0 }])],
        }),
      ),
    );
    const unused = printMarkdown(sectionOf(exampleStatistics({ policyUsed: false })));
    expect(nothing).toContain('No package of any repository triggered the policy.');
    expect(nothing).toContain('0 of 10');
    expect(unused).toContain('The policy was not used');
    expect(unused).not.toContain('0 of');
    expect(markdown).toContain('Not covered by this run:');
  });

  test('says where every detection is unranked', () => expect(markdown).toContain('In this run that is the case for RubyGems.'));

  test('an open run says that it is not finished', () => {
    const { run } = exampleStatistics();
    expect(printMarkdown(sectionOf(exampleStatistics({ run: { ...run, closedAt: null } })))).toContain('not finished');
  });

  test.each(POLICIES.map((policy) => policy))('$id has a page', (policy) => {
    expect(printMarkdown(pageOf(exampleStatistics({ policy })))).toContain(policy.title);
  });
});

describe.each(FORMATS.map((format) => ({ id: format.id, format })))('format $id', ({ format }) => {
  test('same statistics, same bytes', async () => {
    expect(await format.render(exampleStatistics())).toEqual(await format.render(exampleStatistics()));
  });

  test('writes files with names of their own', async () => {
    const names = (await format.render(exampleStatistics())).map((file) => file.name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });
});

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

describe('the HTML page in a browser', () => {
  test.skipIf(CHROMIUM === undefined)(
    `opens in Chromium${CHROMIUM === undefined ? ' (SKIPPED: no chromium on this machine)' : ''}`,
    async () => {
      const { chromium } = await import('playwright-core');
      const page = FORMATS.find((format) => format.id === 'html');
      const [file] = (await page?.render(exampleStatistics())) ?? [];
      const browser = await chromium.launch({
        ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      });
      try {
        for (const colorScheme of ['light', 'dark'] as const) {
          for (const width of [400, 1400]) {
            const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
            const asked: string[] = [];
            tab.on('request', (request) => asked.push(request.url()));
            await tab.setContent(file?.content ?? '');
            const facts = await tab.evaluate<Facts>(INSPECT);
            expect(facts.overflow).toBeLessThanOrEqual(0);
            expect(facts.charts).toHaveLength(3);
            for (const chart of facts.charts) {
              expect(chart.named && chart.table).toBe(true);
              expect(overlaps(chart.boxes)).toEqual([]);
            }
            expect(asked.filter((url) => !url.startsWith('about:') && !url.startsWith('data:'))).toEqual([]);
            await tab.close();
          }
        }
      } finally {
        await browser.close();
      }
    },
  );
});

/** Runs in the page; a text, because the page's types are not ours. */
const INSPECT = `(() => ({
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  charts: [...document.querySelectorAll('svg[role=img]')].map((svg) => ({
    named: svg.getAttribute('aria-labelledby').split(' ').every((id) => document.getElementById(id).textContent !== ''),
    table: svg.closest('figure').parentElement.querySelector('table') !== null,
    boxes: [...svg.querySelectorAll('text')].map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return { left, right, top, bottom };
    }),
  })),
}))()`;

interface Facts {
  readonly overflow: number;
  readonly charts: readonly { readonly named: boolean; readonly table: boolean; readonly boxes: readonly Box[] }[];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Pairs of labels that lie on each other by more than a pixel. */
function overlaps(boxes: readonly Box[]): string[] {
  const found: string[] = [];
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (wide > 1 && high > 3) found.push(`${JSON.stringify(one)} and ${JSON.stringify(other)}`);
    }
  }
  return found;
}
