/**
 * The page of a policy as a tree: id and title, the policy's facts, about, how to resolve, the statistics, reading. The
 * parts and their order are those of the policy's page; what the statistics section adds stands after what it must hold.
 */
import type { Policy } from '../data/policies.ts';
import type { Statistics } from '../data/statistics/model.ts';
import { chartsOf } from './charts.ts';
import { day } from './numbers.ts';
import { history } from './section/history.ts';
import { analyzed, distribution, rates, totals } from './section/incidence.ts';
import { method, notices, queries } from './section/method.ts';
import type { Context } from './section/parts.ts';
import { clusters, services, verdicts } from './section/tokens.ts';
import { textsOf } from './texts.ts';
import { bullets, heading, link, paragraph, root, table, type Root, type RootContent } from './tree.ts';

export interface SectionOptions {
  /** Stands before the paths of the files beside the report (`charts/…`, `data/…`): empty, or ending in a slash. */
  readonly base?: string;
}

/** The whole page of the policy. */
export function pageOf(statistics: Statistics): Root {
  const { policy } = statistics;
  const texts = textsOf(policy);
  return root([
    heading(1, policy.id),
    paragraph(policy.title),
    policyTable(policy),
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
export function sectionOf(statistics: Statistics, { base = '' }: SectionOptions = {}): Root {
  const context: Context = { statistics, base, charts: new Map(chartsOf(statistics).map((one) => [one.id, one])) };
  return root([
    heading(2, 'Incidence statistics'),
    paragraph(
      'Incidence periodically collects and analyzes the contents of popular software package repositories for threat research purposes. ' +
        'Analysis results are used to calculate incidence statistics for issues (policy violations) that can be detected in software packages.',
    ),
    paragraph(`This section is updated when new data becomes available. ${updated(statistics)}`),
    ...notices(context),
    ...analyzed(context),
    ...totals(context),
    ...distribution(context),
    ...rates(context),
    ...verdicts(context),
    ...services(context),
    ...history(context),
    ...clusters(context),
    ...method(context),
    ...queries(context),
  ]);
}

function policyTable({ priority, ciStatus, severity, effort, safeLevel, assessment }: Policy): RootContent {
  return table({
    label: 'The policy',
    header: ['priority', 'CI/CD status', 'severity', 'effort', 'SAFE level', 'SAFE assessment'],
    rows: [
      [
        priority === null ? 'None' : `P${priority}`,
        ciStatus,
        severity,
        effort,
        safeLevel === null ? 'None' : String(safeLevel),
        `${assessment.category}: ${assessment.status} Reason: ${assessment.reason}`,
      ],
    ],
  });
}

function updated({ run }: Statistics): string {
  if (run.closedAt === null) return `These are preliminary figures of run ${run.id}, begun on ${day(run.startedAt)}.`;
  return `Last update: ${day(run.closedAt)}, run ${run.id}.`;
}
