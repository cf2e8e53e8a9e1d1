/** The figures themselves: how many packages, in which repositories, how popular, and of how many. */
import { TIERS, type Tier } from '../../data/model.ts';
import type { AnalysedRegistry, Statistics, TierStatistics } from '../../data/statistics/model.ts';
import { compact, full, per10k } from '../numbers.ts';
import { bullets, heading, paragraph, table, type Cell, type Inline, type RootContent } from '../tree.ts';
import { NOT_ANALYZED, TIER_LABELS, TIER_RANGES } from '../wording.ts';
import { countCell, draw, estimateCell, foundCell, isStarred, NONE, sources, UNSTABLE_NOTE, type Context } from './parts.ts';

export function analyzed({ statistics }: Context): readonly RootContent[] {
  const lines = statistics.registries.map((one) => {
    if (one.status === 'not-analysed') return `${one.label}: not analyzed`;
    return `${one.label}: ${compact(one.analyzed)}${one.analyzed === one.population ? '' : ` of ${compact(one.population)}`}`;
  });
  return [heading(3, 'Total amount of packages analyzed'), bullets(lines)];
}

export function totals(context: Context): readonly RootContent[] {
  const { statistics } = context;
  return [
    heading(3, 'Total detections per repository'),
    paragraph(
      'For every repository, the chart shows the number of packages that triggered the software assurance policy. In other words, it shows how many packages ' +
        'in each package repository were found to have the specific issue described on this page. This information helps you understand how common the issue is ' +
        'across different software communities.',
    ),
    paragraph(
      'If a repository is absent from the chart, that means none of the packages in that repository triggered this policy during analysis, or the policy was not ' +
        'used during analysis. The table below the chart says which.',
    ),
    ...draw(context, 'totals'),
    totalsTable(statistics),
    ...notes(statistics, (one) => [one]),
    sources(context, 'totals', 'totals'),
  ];
}

function totalsTable(statistics: Statistics): RootContent {
  const restricted = hasRestricted(statistics);
  const undecided = statistics.registries.some((one) => one.status === 'analysed' && one.undecided > 0);
  const rows = statistics.registries.map((one): (Inline | Cell)[] => {
    const blank = [NONE, NONE, ...(restricted ? [NONE] : []), ...(undecided ? [NONE] : [])];
    if (one.status === 'not-analysed') return [one.label, NONE, NO_FIGURE, ...blank];
    if (!statistics.policyUsed) return [one.label, countCell(one.analyzed), { text: 'policy not used', sort: null }, ...blank];
    if (one.analyzed === 0) return [one.label, countCell(0), NO_FIGURE, ...blank];
    return [
      one.label,
      countCell(one.analyzed),
      foundCell(one),
      ...(restricted ? [countCell(one.restrictedOnly)] : []),
      estimateCell(one.total, full),
      estimateCell(one.rate, per10k),
      ...(undecided ? [{ text: per10k(one.rateWithUndecided), sort: one.rateWithUndecided }] : []),
    ];
  });
  const figures = [
    'Packages analyzed',
    'Detections found',
    ...(restricted ? ['Of these, restricted'] : []),
    'In the whole repository',
    'Per 10\u202f000 packages',
    ...(undecided ? ['… with undecided'] : []),
  ];
  return table({ label: 'Detections per repository', header: ['Repository', ...figures], rows, figures });
}

/** Only a policy about working tokens has detections that are restricted. */
function hasRestricted({ policy }: Statistics): boolean {
  return policy.id.startsWith('SQ344');
}

/** What the marks in a table mean, where there are any. */
function notes(statistics: Statistics, parts: (one: AnalysedRegistry) => readonly TierLike[]): readonly RootContent[] {
  if (!statistics.policyUsed) return [];
  const all = statistics.registries.flatMap((one) => (one.status === 'analysed' ? parts(one) : [])).filter(isSeen);
  const found: string[] = [];
  if (all.some(({ total }) => total.interval.method !== 'none' && total.interval.low < total.interval.high))
    found.push('Estimates stand with their 95\u202f% interval.');
  if (all.some(({ total }) => total.interval.method === 'none')) found.push(PART_UNKNOWN_NOTE);
  if (all.some(({ total }) => isStarred(total))) found.push(UNSTABLE_NOTE);
  if (all.some(({ undecided }) => undecided > 0))
    found.push(
      'Undecided are packages with a token about which its service gave no clear answer, and none that is known to work.',
    );
  return found.length === 0 ? [] : [paragraph(found.join(' '))];
}

type TierLike = Pick<TierStatistics, 'analyzed' | 'total' | 'undecided'>;

function isSeen({ analyzed }: TierLike): boolean {
  return analyzed > 0;
}

const PART_UNKNOWN_NOTE =
  'Where nobody looked at a whole group of a repository, the figure is what follows for the other groups; the range leaves open everything in that group.';

export function distribution(context: Context): readonly RootContent[] {
  const { statistics } = context;
  return [
    heading(3, 'Distribution of total detections by project popularity'),
    paragraph(
      'For every repository, the chart shows how many of the total detections belong to the Top 100 (1-100), Top 1000 (101-1000) and Top 10\u202f000 (1001-10\u202f000) ' +
        'most downloaded projects. This information helps you understand the impact of the issue within each community, making it clearer when the issue affects ' +
        'the most popular projects.',
    ),
    paragraph(
      'If the chart shows zero values for all of the top project groups, that means all detections were in unranked projects (lower than 10\u202f000 on the list of ' +
        `most downloaded projects).${onlyUnranked(statistics)}`,
    ),
    ...draw(context, 'distribution'),
    ...(statistics.policyUsed ? [distributionTable(statistics)] : []),
    sources(context, 'distribution', 'distribution'),
  ];
}

/** Says in words of which repositories the all-zero chart speaks: of those alone whose groups were looked at, by a ranking. */
function onlyUnranked(statistics: Statistics): string {
  const only = covered(statistics)
    .filter((one) => one.ranking !== null && one.tiers.every((tier) => tier.population === 0 || tier.analyzed > 0))
    .filter((one) => one.detections > 0 && one.tiers.every((tier) => tier.tier === 'unranked' || tier.detections === 0))
    .map((one) => one.label);
  return only.length === 0 || !statistics.policyUsed ? '' : ` In this run that is so for ${only.join(', ')}.`;
}

function distributionTable(statistics: Statistics): RootContent {
  const figures = TIERS.map((tier) => TIER_LABELS[tier]);
  const rows = covered(statistics).map((one): (Inline | Cell)[] => [
    one.label,
    ...one.tiers.map((tier) => (tier.population === 0 ? NONE : tier.analyzed === 0 ? NO_FIGURE : estimateCell(tier.total, full))),
  ]);
  return table({ label: 'Detections by project popularity', header: ['Repository', ...figures], rows, figures });
}

const NO_FIGURE: Cell = { text: NOT_ANALYZED, sort: null };

export function rates(context: Context): readonly RootContent[] {
  const { statistics } = context;
  return [
    heading(3, 'Detections per 10\u202f000 packages'),
    paragraph(
      'Counts alone make popular projects look safest, because there are so few of them. This chart shows how many of 10\u202f000 packages of each group triggered the ' +
        'policy, so that groups of different size can be compared. The lines are 95\u202f% intervals.',
    ),
    ...exactNote(statistics),
    ...draw(context, 'rates'),
    ...(statistics.policyUsed ? covered(statistics).flatMap(tierTable) : []),
    ...notes(statistics, (one) => one.tiers),
    sources(context, 'distribution', 'rates'),
  ];
}

/** What an interval beside an exact count is for. */
function exactNote(statistics: Statistics): readonly RootContent[] {
  const isExact = covered(statistics).some((one) => one.tiers.some((tier) => tier.chance !== null));
  if (!isExact || !statistics.policyUsed) return [];
  return [
    paragraph(
      'A group that was analyzed completely has an exact count. The range beside it says how far its rate could lie by chance alone, were the ' +
        'group one draw of many like it: groups whose ranges lie apart differ in more than luck.',
    ),
  ];
}

function chanceCell(one: AnalysedRegistry['tiers'][number]): Cell {
  if (one.chance === null) return NONE;
  return { text: `${per10k(one.chance.low)}–${per10k(one.chance.high)}`, sort: one.chance.low };
}

function tierTable(registry: AnalysedRegistry): readonly RootContent[] {
  const exact = registry.tiers.some((one) => one.chance !== null);
  const figures = [
    'Packages',
    'Analyzed',
    'Detections found',
    'In the whole group',
    'Per 10\u202f000 packages',
    ...(exact ? ['By chance alone'] : []),
  ];
  const rows = registry.tiers.map((one): (Inline | Cell)[] => {
    const name: Cell = { text: `${TIER_LABELS[one.tier]} (${rangeOf(one.tier, registry)})`, sort: TIERS.indexOf(one.tier) };
    const blank = exact ? [NONE, NONE, NONE, NONE] : [NONE, NONE, NONE];
    if (one.population === 0) return [name, countCell(0), NONE, ...blank];
    if (one.analyzed === 0) return [name, countCell(one.population), NO_FIGURE, ...blank];
    return [
      name,
      countCell(one.population),
      countCell(one.analyzed),
      foundCell(one),
      estimateCell(one.total, full),
      estimateCell(one.rate, per10k),
      ...(exact ? [chanceCell(one)] : []),
    ];
  });
  return [
    heading(4, registry.label),
    table({ label: `${registry.label}: detections by project popularity`, header: ['Popularity', ...figures], rows, figures }),
  ];
}

/** Without a ranking nothing is known of how popular a package is: it may well be among the first. */
function rangeOf(tier: Tier, { ranking }: AnalysedRegistry): string {
  return tier === 'unranked' && ranking === null ? 'popularity not known' : TIER_RANGES[tier];
}

function covered({ registries }: Statistics): readonly AnalysedRegistry[] {
  return registries.filter((one) => one.status === 'analysed');
}
