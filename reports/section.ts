/**
 * The page of a policy as a tree: id and title, the policy's facts, about, how to resolve, the statistics, reading. The
 * parts and their order are those of the policy's page; what the statistics section adds stands after what it must hold.
 */
import { REGISTRY_LABELS, TIERS, VERDICTS } from '../data/model.ts';
import type { AnalysedRegistry, Counts, Estimate, Statistics, TierStatistics } from '../data/statistics/model.ts';
import { chartsOf, type Chart, type ChartId } from './charts.ts';
import { compact, day, full, per10k, plural } from './numbers.ts';
import { textsOf } from './texts.ts';
import {
  bullets,
  chart,
  code,
  heading,
  link,
  paragraph,
  quote,
  root,
  strong,
  table,
  type Inline,
  type Root,
  type RootContent,
} from './tree.ts';
import { TIER_LABELS, TIER_RANGES, VERDICT_LABELS } from './wording.ts';

/** The whole page of the policy. */
export function pageOf(statistics: Statistics): Root {
  const { policy } = statistics;
  const texts = textsOf(policy);
  return root([
    heading(1, policy.id),
    paragraph(policy.title),
    policyTable(statistics),
    heading(2, 'About the issue'),
    paragraph(texts.about),
    heading(2, 'How to resolve the issue'),
    bullets(texts.resolve),
    ...sectionOf(statistics).children,
    heading(2, 'Recommended reading'),
    bullets(texts.reading.map(({ label, url }) => [link(label, url)])),
  ]);
}

/** The "Incidence statistics" section alone, as it is spliced into an existing page. */
export function sectionOf(statistics: Statistics): Root {
  const charts = new Map<ChartId, Chart>(chartsOf(statistics).map((one) => [one.id, one]));
  const draw = (id: ChartId): RootContent[] => {
    const found = charts.get(id);
    return found === undefined ? [] : [chart(found)];
  };
  const covered = statistics.registries.filter((one) => one.status === 'analysed');
  return root([
    heading(2, 'Incidence statistics'),
    paragraph(
      'Incidence periodically collects and analyzes the contents of popular software package repositories for threat research purposes. ' +
        'Analysis results are used to calculate incidence statistics for issues (policy violations) that can be detected in software packages.',
    ),
    paragraph('This section is updated when new data becomes available.', ' ', updated(statistics)),
    ...coverageNotice(statistics),
    heading(3, 'Total amount of packages analyzed'),
    totalsList(statistics),
    heading(3, 'Total detections per repository'),
    paragraph(
      'For every repository, the chart shows the number of packages that triggered the software assurance policy. In other words, it shows how many packages ' +
        'in each package repository were found to have the specific issue described on this page. This information helps you understand how common the issue is ' +
        'across different software communities.',
    ),
    paragraph(
      'If a repository is absent from the chart, that means none of the packages in that repository triggered this policy during analysis, or the policy was not ' +
        'used during analysis. The table under the chart tells the two apart.',
    ),
    ...draw('totals'),
    totalsTable(statistics),
    heading(3, 'Distribution of total detections by project popularity'),
    paragraph(
      'For every repository, the chart shows how many of the total detections belong to the Top 100 (1-100), Top 1000 (101-1000) and Top 10 000 (1001-10 000) ' +
        'most downloaded projects. This information helps you understand the impact of the issue within each community, making it clearer when the issue affects ' +
        'the most popular projects.',
    ),
    paragraph(
      'If the chart shows zero values for all of the top project groups, that means all detections were in unranked projects (lower than 10 000 on the list of ' +
        'most downloaded projects).',
    ),
    ...allZero(covered),
    ...draw('distribution'),
    heading(3, 'Detections per 10 000 packages'),
    paragraph(
      'Counts alone make popular projects look safest, because there are few of them. The share of packages that triggered the policy can be compared across ' +
        'groups of different size. Intervals are two-sided 95 % intervals; a share that rests on fewer than 10 detections is marked as unstable.',
    ),
    ...draw('rates'),
    ...(statistics.policyUsed ? covered.flatMap((one) => tierTable(one)) : []),
    ...verdictSection(statistics, covered),
    ...serviceSection(statistics),
    ...clusterSection(statistics),
    ...historySection(statistics),
    ...methodSection(statistics, covered),
  ]);
}

function policyTable({ policy }: Statistics): RootContent {
  const { priority, ciStatus, severity, effort, safeLevel, assessment } = policy;
  return table(
    ['priority', 'CI/CD status', 'severity', 'effort', 'SAFE level', 'SAFE assessment'],
    [
      [
        priority === null ? 'None' : `P${priority}`,
        ciStatus,
        severity,
        effort,
        safeLevel === null ? 'None' : String(safeLevel),
        `${assessment.category}: ${assessment.status} Reason: ${assessment.reason}`,
      ],
    ],
  );
}

function updated({ run }: Statistics): string {
  if (run.closedAt === null)
    return `The figures are those of run ${run.id}, begun on ${day(run.startedAt)} and not finished: they will change.`;
  return `Last updated on ${day(run.closedAt)} from run ${run.id}.`;
}

/** What a reader must know before any figure: a partial run, or registries that it did not cover. */
function coverageNotice(statistics: Statistics): RootContent[] {
  const missing = statistics.registries.filter((one) => one.status === 'not-analysed').map((one) => one.label);
  const pending = statistics.registries.reduce((sum, one) => sum + (one.status === 'analysed' ? one.pending : 0), 0);
  const notices: Inline[][] = [];
  if (!statistics.policyUsed)
    notices.push([strong('The policy was not used.'), ' None of the detectors of this run could trigger it.']);
  if (statistics.run.validation.mode !== 'live') {
    notices.push([
      strong('Tokens were not tested.'),
      ' No service was asked whether it accepts them, so none can be counted as active.',
    ]);
  }
  if (missing.length > 0)
    notices.push([strong('Not covered by this run:'), ` ${missing.join(', ')}. Nothing is known of them here.`]);
  if (pending > 0) notices.push([strong('Unfinished:'), ` ${plural(pending, 'selected package')} not analyzed yet.`]);
  return notices.length === 0 ? [] : [quote(bullets(notices))];
}

function totalsList(statistics: Statistics): RootContent {
  return bullets(
    statistics.registries.map((one) => {
      if (one.status === 'not-analysed') return `${one.label}: not analyzed`;
      const ofAll = one.analyzed === one.population ? '' : ` of ${compact(one.population)}`;
      return `${one.label}: ${compact(one.analyzed)}${ofAll}`;
    }),
  );
}

function totalsTable(statistics: Statistics): RootContent {
  const rows = statistics.registries.map((one): Inline[] => {
    if (one.status === 'not-analysed') return [one.label, 'not analyzed', '–', '–', '–', '–'];
    if (!statistics.policyUsed) return [one.label, 'policy not used', full(one.analyzed), '–', '–', '–'];
    return [
      one.label,
      observed(one),
      full(one.analyzed),
      estimate(one.total, full),
      estimate(one.rate, per10k),
      per10k(one.rateWithUndecided),
    ];
  });
  return table(
    [
      'Repository',
      'Detections found',
      'Packages analyzed',
      'Detections in the whole repository',
      'Per 10 000 packages',
      'Per 10 000, undecided included',
    ],
    rows,
    [null, 'right', 'right', 'right', 'right', 'right'],
  );
}

function observed(counts: Counts): string {
  return counts.detections === 0 ? `0 of ${full(counts.analyzed)}` : full(counts.detections);
}

/** `379 (101–932)`; nothing found in a sample: `0, at most 473`; fewer than 10 detections: marked. */
function estimate({ value, interval, unstable }: Estimate, write: (value: number) => string): string {
  if (interval.low === interval.high) return write(value);
  const range =
    value === 0 ? `0, at most ${write(interval.high)}` : `${write(value)} (${write(interval.low)}–${write(interval.high)})`;
  return unstable && value !== 0 ? `${range}, unstable` : range;
}

/** Says in words, per registry, what the all-zero chart means. */
function allZero(covered: readonly AnalysedRegistry[]): RootContent[] {
  const only = covered
    .filter((one) => one.detections > 0 && one.tiers.every((tier) => tier.tier === 'unranked' || tier.detections === 0))
    .map((one) => one.label);
  return only.length === 0 ? [] : [paragraph(`In this run that is the case for ${only.join(', ')}.`)];
}

function tierTable(registry: AnalysedRegistry): RootContent[] {
  const tier = new Map(registry.tiers.map((one) => [one.tier, one]));
  const rows = TIERS.map((id): Inline[] => {
    const one = tier.get(id);
    if (one === undefined || one.population === 0) return [`${TIER_LABELS[id]} (${TIER_RANGES[id]})`, '0', '–', '–', '–', '–'];
    return [
      `${TIER_LABELS[id]} (${TIER_RANGES[id]})`,
      full(one.population),
      full(one.analyzed),
      observed(one),
      estimate(one.total, full),
      rate(one),
    ];
  });
  return [
    heading(4, registry.label),
    table(['Popularity', 'Packages', 'Analyzed', 'Detections found', 'Detections in the group', 'Per 10 000 packages'], rows, [
      null,
      'right',
      'right',
      'right',
      'right',
      'right',
    ]),
  ];
}

function rate(tier: TierStatistics): string {
  return tier.analyzed === 0 ? 'not analyzed' : estimate(tier.rate, per10k);
}

function verdictSection(statistics: Statistics, covered: readonly AnalysedRegistry[]): RootContent[] {
  const used = VERDICTS.filter((verdict) => covered.some((one) => one.tokens[verdict] > 0));
  if (used.length === 0) return [];
  return [
    heading(3, 'What became of the tokens'),
    paragraph(
      `Distinct tokens of the kind this policy is about, by what is known of them. Only active ones, restricted ones included, trigger ${statistics.policy.id}. ` +
        'A token whose service gave no clear answer is counted as such, never as inactive.',
    ),
    table(
      ['Repository', ...used.map((verdict) => VERDICT_LABELS[verdict])],
      covered.map((one) => [one.label, ...used.map((verdict) => full(one.tokens[verdict]))]),
      [null, ...used.map(() => 'right' as const)],
    ),
  ];
}

function serviceSection({ services, suppression, registries }: Statistics): RootContent[] {
  if (services.length === 0) return [];
  const covered = registries.filter((one) => one.status === 'analysed');
  const cell = (value: number | null | undefined): string => {
    if (value === null) return `< ${suppression.below}`;
    return value === undefined ? '0' : full(value);
  };
  return [
    heading(3, 'Breakdown by service'),
    paragraph(
      `Packages that triggered the policy, by the service of the token. Cells below ${suppression.below} are not shown: ${suppression.reason}`,
    ),
    table(
      ['Service', ...covered.map((one) => one.label), 'Distinct tokens'],
      services.map((one) => [one.service, ...covered.map((registry) => cell(one.packages[registry.registry])), cell(one.tokens)]),
      [null, ...covered.map(() => 'right' as const), 'right'],
    ),
  ];
}

function clusterSection({ clusters }: Statistics): RootContent[] {
  if (clusters.length === 0) return [];
  return [
    heading(3, 'Largest clusters'),
    paragraph(
      'One token that stands in many packages, through forks, templates or copied code, is one secret and many detections.',
    ),
    table(
      ['Cluster', 'Service', 'Verdict', 'Packages', 'Repositories'],
      clusters.map((one) => [
        String(one.cluster),
        one.service,
        VERDICT_LABELS[one.verdict],
        full(one.packages),
        one.registries.map((id) => REGISTRY_LABELS[id]).join(', '),
      ]),
      ['right', null, null, 'right', null],
    ),
  ];
}

function historySection({ history }: Statistics): RootContent[] {
  if (history.length < 2) return [];
  return [
    heading(3, 'History'),
    paragraph(
      'Each run with what it rests on: where the number of packages analyzed or the detectors change, the number of detections changes with them.',
    ),
    table(
      ['Run', 'Repository', 'Packages', 'Analyzed', 'Detections found', 'Per 10 000 packages', 'Changes'],
      history.flatMap((point) =>
        point.registries.map((one) => [
          day(point.closedAt),
          REGISTRY_LABELS[one.registry],
          full(one.population),
          full(one.analyzed),
          full(one.detections),
          estimate(one.rate, per10k),
          point.changes.join('; ') || '–',
        ]),
      ),
      [null, null, 'right', 'right', 'right', 'right', null],
    ),
  ];
}

function methodSection(statistics: Statistics, covered: readonly AnalysedRegistry[]): RootContent[] {
  const { run } = statistics;
  const { validation } = run;
  const asked =
    validation.from === null || validation.to === null
      ? 'no question was asked'
      : `questions asked from ${day(validation.from)} to ${day(validation.to)}`;
  const facts: Inline[][] = [
    [
      'A package counts once, however many files, versions or tokens it has. The newest release that can be installed is analyzed.',
    ],
    [
      'All packages on ranks 1 to 10 000 are selected; of the others a random sample is drawn by a keyed hash of seed, repository and name (seed ',
      code(run.seed),
      ').',
    ],
    [
      'Detections are packages in which a known kind of token was found and accepted by its service: a lower bound, since no detector finds everything.',
    ],
    [
      `Run ${run.id}, detectors `,
      code(run.detectorStamp),
      `, version ${run.codeVersion}; validation ${validation.mode}, ${asked}.`,
    ],
    ...validation.switchedOff.map((one): Inline[] => [`The check of ${one.service} was switched off: ${one.reason}.`]),
  ];
  return [heading(3, 'Method'), bullets(facts), ...covered.flatMap((one) => coverage(one, statistics.policyUsed))];
}

function coverage(registry: AnalysedRegistry, used: boolean): RootContent[] {
  const reasons = (list: readonly { readonly reason: string; readonly packages: number }[]) =>
    list.map((one) => `${one.reason} ${full(one.packages)}`).join(', ') || 'none';
  const { ranking } = registry;
  const facts: Inline[][] = [
    [
      `Frame: ${plural(registry.frame.size, 'package')} listed on ${day(registry.frame.takenAt)}; ${full(registry.selected)} selected, ${full(registry.scanned)} opened.`,
    ],
    ranking === null
      ? ['Ranking: none could be read, so every package counts as unranked.']
      : [
          'Ranking: ',
          link(ranking.label, ranking.url),
          `, ${plural(ranking.places, 'place')}, ${ranking.measures}, read on ${day(ranking.takenAt)} (${ranking.terms}). ${ranking.weaknesses}`,
        ],
    [`Without an installable release: ${full(registry.withoutRelease)} (${reasons(registry.withoutReleaseReasons)}).`],
    [
      `Not analyzed: ${full(registry.failed)} failed (${reasons(registry.failures)}), ${full(registry.pending)} pending; read only in part: ${full(registry.partial)}.`,
    ],
  ];
  if (used) {
    const { low, high } = registry.worstCase;
    const all = `If every one of these, and every undecided package, violated the policy, ${per10k(high)} of 10 000 packages would`;
    facts.push([`${all}; if none did, ${per10k(low)}.`]);
  }
  if (registry.skipped.length > 0)
    facts.push([`Entries that were not read: ${registry.skipped.map((one) => `${one.reason} ${full(one.count)}`).join(', ')}.`]);
  return [heading(4, `Coverage: ${registry.label}`), bullets(facts)];
}
