/** The runs so far, each with what it rests on, and what changed between them. */
import { REGISTRY_LABELS } from '../../data/model.ts';
import { day, per10k, signedWithInterval } from '../numbers.ts';
import { bullets, heading, paragraph, table, type RootContent } from '../tree.ts';
import { countCell, draw, estimateCell, foundCell, NONE, sources, type Context } from './parts.ts';

export function history(context: Context): readonly RootContent[] {
  const points = context.statistics.history;
  if (points.length < 2) return [];
  const figures = ['Packages', 'Analyzed', 'Detections found', 'Per 10\u202f000 packages', 'Change to the run before'];
  const changed = points.filter((point) => point.changes.length > 0).toReversed();
  return [
    heading(3, 'History'),
    paragraph(
      'Counts of different runs can be compared only where they rest on the same: with more packages analyzed, or more kinds of tokens known, more is found. ' +
        'A change whose interval leaves 0 out is more than chance. A dagger marks changes between runs that did not look for the same, or did not test in the same way.',
    ),
    ...draw(context, 'history'),
    table({
      label: 'All runs',
      header: ['Run', 'Repository', ...figures],
      rows: points
        .toReversed()
        .flatMap((point) =>
          point.registries.map((one) => [
            { text: `${day(point.closedAt)} (run ${point.run})`, sort: Date.parse(point.closedAt) },
            REGISTRY_LABELS[one.registry],
            countCell(one.population),
            countCell(one.analyzed),
            foundCell(one),
            estimateCell(one.rate, per10k),
            one.change === null
              ? NONE
              : { text: `${signedWithInterval(one.change)}${one.change.likeWithLike ? '' : '†'}`, sort: one.change.value },
          ]),
        ),
      figures,
    }),
    ...(changed.length === 0
      ? []
      : [
          heading(4, 'Change log'),
          bullets(changed.map((point) => `${day(point.closedAt)} (run ${point.run}): ${point.changes.join('; ')}.`)),
        ]),
    sources(context, 'history', 'history'),
  ];
}
