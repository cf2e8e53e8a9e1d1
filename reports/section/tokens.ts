/** What was found in the packages: tokens by verdict and service, and the largest clusters. */
import { REGISTRY_LABELS, VERDICTS } from '../../data/model.ts';
import type { AnalysedRegistry, Statistics } from '../../data/statistics/model.ts';
import { full } from '../numbers.ts';
import { heading, paragraph, table, type Cell, type RootContent } from '../tree.ts';
import { VERDICT_LABELS } from '../wording.ts';
import { countCell, sources, type Context } from './parts.ts';

export function verdicts(context: Context): readonly RootContent[] {
  const { statistics } = context;
  const covered = coveredBy(statistics);
  const used = VERDICTS.filter((verdict) => covered.some((one) => one.tokens[verdict] > 0));
  if (used.length === 0) return [];
  const figures = covered.map((one) => one.label);
  return [
    heading(3, 'What became of the tokens'),
    paragraph(
      'Distinct tokens of the kind that this policy is about, by what is known of them, with their share of all in the repository. ' +
        'A token about which its service gave no clear answer is counted as such, never as inactive.',
    ),
    table({
      label: 'Distinct tokens by what is known of them',
      header: ['Verdict', ...figures],
      rows: used.map((verdict, index) => [
        { text: VERDICT_LABELS[verdict], sort: index },
        ...covered.map((one) => shareCell(one, one.tokens[verdict])),
      ]),
      figures,
    }),
    sources(context, 'verdicts', null),
  ];
}

function shareCell({ tokens }: AnalysedRegistry, count: number): Cell {
  const all = VERDICTS.reduce((sum, verdict) => sum + tokens[verdict], 0);
  if (count === 0) return countCell(0);
  return { text: `${full(count)} (${percentOf(count, all)}\u202f%)`, sort: count };
}

/** Whole percent, but some are never none and most are never all. */
function percentOf(count: number, all: number): string {
  const percent = (100 * count) / all;
  if (percent < 1) return '<\u202f1';
  return count < all && percent > 99 ? '>\u202f99' : percent.toFixed(0);
}

export function services(context: Context): readonly RootContent[] {
  const { services: rows, suppression } = context.statistics;
  if (rows.length === 0) return [];
  const covered = coveredBy(context.statistics);
  const cell = (value: number | null | undefined): Cell => (value === null ? HIDDEN : countCell(value ?? 0));
  const figures = [...covered.map((one) => one.label), 'Distinct tokens'];
  return [
    heading(3, 'Breakdown by service'),
    paragraph(
      `Packages that triggered the policy, by the service of the token. Numbers below ${suppression.below} are not shown. ${suppression.reason}`,
    ),
    table({
      label: 'Packages that triggered the policy, by service',
      header: ['Service', ...figures],
      rows: rows.map((one) => [one.service, ...covered.map(({ registry }) => cell(one.packages[registry])), cell(one.tokens)]),
      figures,
    }),
    sources(context, 'services', null),
  ];
}

const HIDDEN: Cell = { text: 'not shown', sort: null };

export function clusters(context: Context): readonly RootContent[] {
  const rows = context.statistics.clusters;
  if (rows.length === 0) return [];
  return [
    heading(3, 'Largest clusters'),
    paragraph('One token that stands in many packages, through copies, forks or templates, is one secret and many detections.'),
    table({
      label: 'Tokens that stand in many packages',
      header: ['Cluster', 'Service', 'Verdict', 'Packages', 'Repositories'],
      rows: rows.map((one) => [
        countCell(one.cluster),
        one.service,
        VERDICT_LABELS[one.verdict],
        countCell(one.packages),
        one.registries.map((id) => REGISTRY_LABELS[id]).join(', ') || 'not shown',
      ]),
      figures: ['Packages'],
    }),
    sources(context, 'clusters', null),
  ];
}

function coveredBy({ registries }: Statistics): readonly AnalysedRegistry[] {
  return registries.filter((one) => one.status === 'analysed');
}
