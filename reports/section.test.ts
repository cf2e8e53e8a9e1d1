import { describe, expect, test } from 'vitest';
import { REGISTRY_LABELS, VERDICTS, type Verdict } from '../data/model.ts';
import { policyById, POLICIES } from '../data/policies.ts';
import type { Statistics } from '../data/statistics/model.ts';
import { chartsOf } from './charts.ts';
import { census, exampleHistory, exampleRegistry, exampleStatistics, sampled } from './example.ts';
import { printMarkdown } from './formats/markdown.ts';
import { pageOf, sectionOf } from './section.ts';

function section(over: Partial<Statistics> = {}): string {
  return printMarkdown(sectionOf(exampleStatistics(over)));
}

const run = exampleStatistics().run;

describe('what must never look alike', () => {
  const example = section();

  test('a repository without detections is absent from the totals chart, and the table says 0 of n', () => {
    const totals = chartsOf(exampleStatistics()).find((one) => one.id === 'totals');
    expect(totals?.description).toMatch(/RubyGems .*; PyPI /);
    expect(totals?.description).not.toMatch(/NuGet/);
    expect(example).toMatch(/\| NuGet \| 15\u202f000 \| 0 of 15\u202f000 \|/);
  });

  test('a repository that was not covered says so, in the list, the table and a notice', () => {
    expect(example).toContain('- npm: not analyzed');
    expect(example).toMatch(/\| npm \| – \| not analyzed \|/);
    expect(example).toContain('> - **Not covered by this run:** npm.');
  });

  test('a policy that was not used has no zeros', () => {
    const unused = section({ policyUsed: false });
    expect(unused).toContain('**The policy was not used.**');
    expect(unused).not.toContain('0 of');
    expect(unused).toMatch(/\| PyPI \| 628\u202f000 \| policy not used \| – \|/);
    expect(unused).not.toContain('#### RubyGems');
    for (const chart of chartsOf(exampleStatistics({ policyUsed: false }))) expect(chart.spec).toBeNull();
  });

  test('nothing found anywhere is a sentence in place of the totals chart', () => {
    const registries = [exampleRegistry('npm', sampled(20_000, 50, [0, 0, 0, 0]))];
    expect(section({ registries })).toContain('No package of any repository triggered the policy.');
  });

  test('no registry at all is said too', () => {
    const registries = (['rubygems', 'npm'] as const).map((registry) => ({
      status: 'not-analysed' as const,
      registry,
      label: REGISTRY_LABELS[registry],
    }));
    expect(section({ registries })).toContain('No repository was analyzed.');
  });

  test('a tier of which nothing was looked at', () => {
    const [, , , rest] = sampled(20_000, 50, [0, 0, 0, 1]);
    const registries = [
      exampleRegistry('npm', [
        { population: 0, analyzed: 0, detections: 0 },
        { population: 900, analyzed: 0, detections: 0 },
        { population: 9000, analyzed: 9000, detections: 2 },
        rest,
      ]),
    ];
    const text = section({ registries });
    expect(text).toMatch(/\| Top 100 \(1-100\) \| 0 \| – \| – \| – \| – \| – \|/);
    expect(text).toMatch(/\| Top 1000 \(101-1000\) \| 900 \| not analyzed \| – \| – \| – \| – \|/);
    expect(text).toContain('Where nobody looked at a whole group of a repository');
    expect(section()).not.toContain('Where nobody looked');
    // Nobody looked at its Top 1000, so it cannot be said that all detections are unranked ones.
    expect(text).not.toContain('In this run that is so');
    expect(chartsOf(exampleStatistics({ registries })).find((one) => one.id === 'rates')?.description).not.toContain('Top 1000');
  });
});

test('a repository of which nothing could be read has no figures, and nobody says that it has no detections', () => {
  const unread = ([100, 900, 9000, 10_000] as const).map((population) => ({
    population,
    analyzed: 0,
    detections: 0,
    failed: population,
  }));
  const [a, b, c, d] = unread;
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('four tiers');
  const registries = [exampleRegistry('npm', [a, b, c, d])];
  const text = section({ registries });
  expect(text).toContain('- npm: 0 of 20K');
  expect(text).toMatch(/\| npm \| 0 \| not analyzed \| – \|/);
  expect(text).not.toMatch(/0 of 0|No package of any repository|95\u202f% interval\./);
});

test('without a ranking nobody is said to be unpopular', () => {
  const [, , , rest] = sampled(20_000, 50, [0, 0, 0, 1]);
  const none = { population: 0, analyzed: 0, detections: 0 };
  const tiers = [none, none, none, rest] as const;
  const ranked = section({ registries: [exampleRegistry('npm', tiers)] });
  expect(ranked).toContain('In this run that is so for npm.');
  const text = section({ registries: [exampleRegistry('npm', tiers, { ranking: null })] });
  expect(text).not.toContain('In this run that is so');
  expect(text).toContain('| Unranked (popularity not known) |');
});

test('what was selected is said as it was: a sample, everything, or the ranked packages alone', () => {
  expect(section()).toContain('Of the others a random sample is drawn');
  const all = section({ registries: [exampleRegistry('npm', census(20_000, [0, 1, 0, 2]))] });
  expect(all).toContain('All packages of every repository covered are selected.');
  expect(all).not.toContain('random sample');
  const pilot = section({ registries: [exampleRegistry('npm', sampled(20_000, 0, [0, 1, 0, 0]))] });
  expect(pilot).toContain('None of the others was looked at.');
  expect(pilot).not.toContain('random sample');
});

test('a share of nearly all is not all', () => {
  const npm = exampleRegistry('npm', sampled(20_000, 50, [0, 0, 0, 1]));
  const none = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  const text = section({ registries: [{ ...npm, tokens: { ...none, active: 999, inactive: 1 } }] });
  expect(text).toContain('| Active | 999 (>\u202f99\u202f%) |');
  expect(text).toContain('| Inactive | 1 (\\<\u202f1\u202f%) |');
});

test('without questions inactive tokens are those alone that had expired', () => {
  const off = { run: { ...run, validation: { ...run.validation, mode: 'off' as const } }, policy: policyById('SQ34253') };
  expect(section(off)).toContain('only those that had expired by their own date can be counted as inactive');
  expect(section({ ...off, policy: policyById('SQ34304') })).not.toContain('Tokens were not tested');
});

describe('uncertainty', () => {
  test('estimates have intervals, unstable ones a star that is explained, counts neither', () => {
    const text = section();
    expect(text).toMatch(/\| RubyGems \| 12\u202f000 \| 4 \| 0 \| 346 \(\d+–\d+\)\\\* \| 18\.9 \([\d.]+–[\d.]+\)\\\* \|/);
    expect(text).toContain('A star marks estimates');
    expect(text).toMatch(/\| PyPI \| 628\u202f000 \| 2\u202f820 \| 12 \| 2\u202f820 \| 44\.9 \|/);
    const whole = section({ registries: exampleStatistics().registries.filter((one) => one.registry === 'pypi') });
    expect(whole).not.toContain('A star marks');
    expect(whole).not.toContain('95\u202f% interval.');
  });

  test('restricted ones stand apart, for policies about working tokens', () => {
    expect(section()).toContain('| Of these, restricted |');
    expect(section({ policy: policyById('SQ34304') })).not.toContain('Of these, restricted');
  });

  test('undecided packages are counted in a column of their own, and in the bounds', () => {
    expect(section()).toContain('| … with undecided |');
    expect(section()).toContain('If all that failed, are pending or undecided violated the policy');
    const decided = exampleStatistics().registries.filter((one) => one.registry !== 'rubygems');
    expect(section({ registries: decided })).not.toContain('undecided |');
  });

  test('failures have names, one or several', () => {
    expect(section()).toContain('Could not be read: 3 packages (not the bytes that the registry names).');
    const failures = [
      { reason: 'unavailable', packages: 2 },
      { reason: 'never-heard-of', packages: 1 },
    ];
    const registries = [exampleRegistry('npm', [...failedTiers()], { failures })];
    expect(section({ registries })).toContain('(registry did not answer: 2; never heard of: 1)');
  });
});

function failedTiers() {
  const [a, b, c, d] = sampled(20_000, 50, [0, 0, 0, 1]);
  return [a, b, c, { ...d, failed: 3 }] as const;
}

describe('a run that is not a whole one says so on its face', () => {
  test.each([
    ['an open run', { run: { ...run, closedAt: null } }, ['**The run is still going on.**', 'preliminary figures of run 11']],
    ['named packages', { run: { ...run, scope: 'named' as const } }, ['**Chosen packages.**']],
    [
      'work left over',
      { registries: [{ ...exampleRegistry('npm', sampled(20_000, 50, [0, 0, 0, 1])), pending: 7 }] },
      ['**npm is not finished:** 7 selected packages still to be analyzed.'],
    ],
    [
      'validation off',
      { run: { ...run, validation: { ...run.validation, mode: 'off' as const } } },
      ['**Tokens were not tested.**', 'No service was asked about any token.'],
    ],
  ])('%s', (_, over, texts) => {
    for (const text of texts) expect(section(over)).toContain(text);
  });

  test('a whole one has no notice', () => {
    const registries = exampleStatistics().registries.filter((one) => one.status === 'analysed');
    expect(section({ registries })).not.toContain('\n> ');
  });
});

describe('what the section adds', () => {
  test('history, newest first, with a change log that names coverage and detectors', () => {
    const text = section({ history: exampleHistory() });
    expect(text.indexOf('2026-11-20 (run 11) | RubyGems')).toBeLessThan(text.indexOf('2026-09-20 (run 9) | RubyGems'));
    expect(text).toContain('- 2026-10-20 (run 10): the detectors changed; services added: slack.');
    expect(section({ history: exampleHistory().slice(0, 1) })).not.toContain('### History');
  });

  test('suppressed cells are said to be left out, never empty or zero', () => {
    expect(section()).toContain('| aws | not shown | 0 | not shown | not shown |');
  });

  test('every figure names its files and its query, and the query stands below with the report’s policy', () => {
    const text = section({ policy: policyById('SQ34402') });
    for (const id of ['totals', 'distribution', 'verdicts', 'services', 'clusters', 'reasons'])
      expect(text).toContain(`[CSV](data/${id}.csv)`);
    expect(text).toContain('Query: `totals`.');
    expect(text).toMatch(/#### totals\n\n.*\n\n```sql\nselect [^`]*policy = 'SQ34402'/);
  });

  test('files can stand elsewhere', () => {
    const text = printMarkdown(sectionOf(exampleStatistics(), { base: '/incidence/' }), { base: '/incidence/' });
    expect(text).toContain('](/incidence/charts/totals.svg)');
    expect(text).toContain('](/incidence/data/totals.csv)');
    expect(text).not.toMatch(/\]\((charts|data)\//);
  });

  test('every description of a chart holds its figures', () => {
    const rates = chartsOf(exampleStatistics()).find((one) => one.id === 'rates');
    expect(rates?.description).toContain('PyPI: Top 100 400, Top 1000 156, Top 10\u202f000 90, Unranked 44.');
  });
});

test.each(POLICIES.map((policy) => policy))('$id has a page of its own', (policy) => {
  const page = printMarkdown(pageOf(exampleStatistics({ policy })));
  expect(page).toContain(`# ${policy.id}\n\n${policy.title}`);
  expect(page).not.toMatch(/undefined|null|NaN|\[object/);
});
