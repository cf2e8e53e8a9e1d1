/**
 * The page of the policy as it was published, section by section, with the published numbers of packages and invented
 * detections. `golden/sq34401.md` is the page as it comes out: lay the two side by side.
 */
import { describe, expect, test } from 'vitest';
import { wilson } from '../data/statistics/estimators/proportion.ts';
import { census, exampleRegistry, exampleStatistics } from './example.ts';
import { chartFiles } from './files.ts';
import { printMarkdown } from './formats/markdown.ts';
import { per10k } from './numbers.ts';
import { pageOf } from './section.ts';

const golden = exampleStatistics({
  registries: [
    exampleRegistry('rubygems', census(183_000, [0, 0, 3, 61])),
    exampleRegistry('nuget', census(644_000, [0, 0, 0, 45])),
    exampleRegistry('pypi', census(628_000, [4, 14, 81, 2721])),
    exampleRegistry('npm', census(3_720_000, [0, 2, 19, 1490])),
  ],
  services: [
    { service: 'telegram', packages: { rubygems: 12, nuget: 9, pypi: 1400, npm: 610 }, tokens: 1203 },
    { service: 'slack', packages: { rubygems: 40, nuget: null, pypi: 880, npm: 570 }, tokens: 1011 },
    { service: 'aws', packages: { rubygems: 14, nuget: null, pypi: 620, npm: 350 }, tokens: 702 },
  ],
});
const page = printMarkdown(pageOf(golden));

/** Blanks that do not break are blanks to a reader. */
function readable(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, ' ');
}

/** Headings, and the lines that stand under the first of them, as the published page has them in this order. */
const PUBLISHED = [
  '# SQ34401',
  'Detected presence of active web service tokens.',
  '| priority | CI/CD status | severity | effort | SAFE level | SAFE assessment |',
  '| P0 | fail | high | medium | 2 | secrets: fail Reason: active web service credentials |',
  '## About the issue',
  '## How to resolve the issue',
  '- Examples of service tokens that may have been detected include AWS, Facebook, JWT, SWT, Slack and others.',
  '## Incidence statistics',
  'periodically collects and analyzes the contents of popular software package repositories for threat research purposes. Analysis results are used to calculate incidence statistics for issues (policy violations)',
  'This section is updated when new data becomes available.',
  '### Total amount of packages analyzed',
  '- RubyGems: 183K\n- NuGet: 644K\n- PyPI: 628K\n- npm: 3.72M\n',
  '### Total detections per repository',
  'For every repository, the chart shows the number of packages that triggered the software assurance policy.',
  'If a repository is absent from the chart, that means none of the packages in that repository triggered this policy during analysis, or the policy was not used during analysis.',
  '![Total detections per repository.',
  '### Distribution of total detections by project popularity',
  'For every repository, the chart shows how many of the total detections belong to the Top 100 (1-100), Top 1000 (101-1000) and Top 10 000 (1001-10 000) most downloaded projects.',
  'If the chart shows zero values for all of the top project groups, that means all detections were in unranked projects (lower than 10 000 on the list of most downloaded projects).',
  '![Distribution of total detections by project popularity.',
  '## Recommended reading',
];

describe('the published page', () => {
  test('has its parts in their order', () => {
    const text = readable(page);
    let at = 0;
    for (const part of PUBLISHED) {
      const found = text.indexOf(part, at);
      expect(found, `${JSON.stringify(part)} after position ${at}`).toBeGreaterThanOrEqual(at);
      at = found + part.length;
    }
  });

  test('has its headings of the first two levels, and no other', () => {
    const headings = readable(page).match(/^##? .*/gm);
    expect(headings).toEqual(PUBLISHED.filter((part) => /^##? /.test(part)));
  });

  test('has its third level before whatever is added', () => {
    const headings = readable(page).match(/^### .*/gm) ?? [];
    expect(headings.slice(0, 3)).toEqual(PUBLISHED.filter((part) => part.startsWith('### ')));
  });

  test('says which repositories have all detections among the unranked', () => {
    expect(page).toContain('In this run that is so for NuGet.');
  });

  test('is the page that lies here to be read (write it anew: vitest run reports/golden.test.ts -u)', async () => {
    await expect(page).toMatchFileSnapshot('golden/sq34401.md');
    for (const { name, content } of await chartFiles(golden))
      if (/charts\/[a-z]+\.svg$/.test(name)) await expect(content).toMatchFileSnapshot(`golden/${name}`);
  });
});

describe('the published prevalence of 4, 14, 81 and 2.82K packages', () => {
  test('gives rates that say the opposite of the counts', () => {
    const text = readable(page);
    const table = text.slice(text.indexOf('#### PyPI'));
    expect(table).toContain('| Top 100 (1-100) | 100 | 100 | 4 | 4 | 400 | 157–984 |');
    expect(table).toContain('| Top 1000 (101-1000) | 900 | 900 | 14 | 14 | 156 | 92.9–259 |');
    expect(table).toContain('| Top 10 000 (1001-10 000) | 9 000 | 9 000 | 81 | 81 | 90 | 72.5–112 |');
    expect(table).toContain('| Unranked (lower than 10 000) | 618 000 | 618 000 | 2 721 | 2 721 | 44 | 42.4–45.7 |');
    expect(text).toContain('| PyPI | 628 000 | 2 820 | 0 | 2 820 | 44.9 |');
    expect(text).toContain('PyPI 2.82K');
  });

  /** All packages were analyzed, so these are those of a draw from something larger: the last column of the page. */
  test.each([
    [4, 100, '157–984'],
    [14, 900, '92.9–259'],
    [81, 9000, '72.5–112'],
    [2820, 628_000, '43.3–46.6'],
  ])('%d of %d: the interval per 10 000 as published', (found, of, text) => {
    const { low, high } = wilson(found, of);
    expect(`${per10k(low)}–${per10k(high)}`).toBe(text);
  });
});
