/**
 * Invented statistics for tests and for looking at a report without a run: every state of a registry occurs (detections,
 * none, not covered), and the counts of one registry are those of a published prevalence (4 / 14 / 81 / 2 721). The figures are
 * computed from the counts as those of a run are.
 */
import { REGISTRY_LABELS, TIERS, VERDICTS, type RegistryId, type Tier, type Verdict } from '../data/model.ts';
import { policyById, type PolicyId } from '../data/policies.ts';
import { queriesFor } from '../data/queries.ts';
import { wholeOf } from '../data/statistics/figures.ts';
import { changeOf, tierFigures } from '../data/statistics/incidence.ts';
import {
  STATISTICS_SCHEMA,
  type AnalysedRegistry,
  type HistoryPoint,
  type RegistryStatistics,
  type Statistics,
  type TierStatistics,
} from '../data/statistics/model.ts';

export interface ExampleTier {
  readonly population: number;
  readonly analyzed: number;
  readonly detections: number;
  readonly undecided?: number;
  readonly failed?: number;
}

/** Packages, analyzed and detections of the four tiers, best first. */
export type ExampleTiers = readonly [ExampleTier, ExampleTier, ExampleTier, ExampleTier];

/** All packages of every tier analyzed, as in a census. */
export function census(population: number, [a, b, c, d]: readonly [number, number, number, number]): ExampleTiers {
  const whole = (size: number, detections: number): ExampleTier => ({ population: size, analyzed: size, detections });
  return [whole(100, a), whole(900, b), whole(9000, c), whole(population - 10_000, d)];
}

/** The ranked packages analyzed, and a sample of the others. */
export function sampled(population: number, sample: number, found: readonly [number, number, number, number]): ExampleTiers {
  const [a, b, c] = census(population, found);
  return [a, b, c, { population: population - 10_000, analyzed: sample, detections: found[3] }];
}

export function exampleRegistry(
  registry: RegistryId,
  cells: ExampleTiers,
  over: Partial<AnalysedRegistry> = {},
): AnalysedRegistry {
  const tiers = TIERS.map((tier, index) => exampleTier(tier, cells[index] ?? { population: 0, analyzed: 0, detections: 0 }));
  const whole = wholeOf(tiers);
  const failed = whole.failed > 0 ? [{ reason: 'digest-mismatch', packages: whole.failed }] : [];
  return {
    status: 'analysed',
    registry,
    label: REGISTRY_LABELS[registry],
    frame: { size: whole.population, takenAt: '2026-11-01T06:00:00Z' },
    ranking: {
      source: 'example',
      label: 'Example ranking',
      url: 'https://example.org/ranking',
      measures: 'downloads in October 2026',
      terms: 'CC BY 4.0',
      weaknesses: 'Mirrors are counted too.',
      dated: '2026-11-01',
      takenAt: '2026-11-01T06:10:00Z',
      places: 10_000,
    },
    tiers,
    ...whole,
    tokens: exampleVerdicts(whole.detections),
    packagesByVerdict: exampleVerdicts(whole.detections),
    failures: failed,
    withoutReleaseReasons: [],
    skipped: [{ reason: 'encrypted', count: 4, packages: 2 }],
    ...over,
  };
}

function exampleTier(tier: Tier, { population, analyzed, detections, undecided = 0, failed = 0 }: ExampleTier): TierStatistics {
  const counts = {
    tier,
    population,
    selected: analyzed + failed,
    analyzed,
    scanned: analyzed,
    withoutRelease: 0,
    failed,
    pending: 0,
    partial: 0,
    detections,
    restrictedOnly: 0,
    undecided,
  };
  return { ...counts, ...tierFigures(counts) };
}

function exampleVerdicts(active: number): Record<Verdict, number> {
  const all = Object.fromEntries(VERDICTS.map((verdict, index) => [verdict, index])) as Record<Verdict, number>;
  return { ...all, active };
}

export function exampleStatistics(over: Partial<Statistics> = {}): Statistics {
  const registries: readonly RegistryStatistics[] = [
    exampleRegistry('rubygems', [
      { population: 100, analyzed: 100, detections: 0 },
      { population: 900, analyzed: 900, detections: 0 },
      { population: 9000, analyzed: 9000, detections: 0 },
      { population: 173_000, analyzed: 2000, detections: 4, undecided: 2, failed: 3 },
    ]),
    exampleRegistry('nuget', sampled(644_000, 5000, [0, 0, 0, 0])),
    exampleRegistry('pypi', census(628_000, [4, 14, 81, 2721]), { restrictedOnly: 12 }),
    { status: 'not-analysed', registry: 'npm', label: REGISTRY_LABELS.npm },
  ];
  return {
    schema: STATISTICS_SCHEMA,
    policy: policyById('SQ34401'),
    policyUsed: true,
    run: {
      id: '11',
      scope: 'registry',
      startedAt: '2026-11-01T06:00:00Z',
      closedAt: '2026-11-20T06:00:00Z',
      seed: 'example',
      period: '2026-11',
      codeVersion: '0.1.0',
      detectorStamp: '0123abcd',
      services: ['aws', 'slack'],
      validation: {
        mode: 'live',
        from: '2026-11-01T07:00:00Z',
        to: '2026-11-19T07:00:00Z',
        switchedOff: [{ service: 'example', reason: 'its control probe was accepted' }],
      },
    },
    registries,
    services: [
      { service: 'slack', packages: { rubygems: null, nuget: 0, pypi: 1800 }, tokens: 1500 },
      { service: 'aws', packages: { rubygems: null, nuget: 0, pypi: null }, tokens: null },
    ],
    suppression: { below: 5, reason: 'A small number beside a service could lead to the packages.' },
    clusters: [{ cluster: 1, service: 'slack', verdict: 'active', packages: 12, registries: ['pypi'] }],
    history: [],
    queries: queriesFor((over.policy?.id ?? 'SQ34401') as PolicyId),
    ...over,
  };
}

/** Runs of three months, each with more packages analyzed than the one before. */
export function exampleHistory(): readonly HistoryPoint[] {
  const point = (run: number, closedAt: string, sample: number, found: number, changes: readonly string[]): HistoryPoint => ({
    run: String(run),
    closedAt,
    detectorStamp: run < 10 ? '0123abcc' : '0123abcd',
    registries: (['rubygems', 'pypi'] as const).map((registry) => {
      const { population, analyzed, detections, total, rate } = exampleRegistry(
        registry,
        registry === 'pypi'
          ? sampled(600_000 + 1000 * run, sample, [4, 12, 70, found])
          : sampled(180_000, sample, [0, 0, 1, Math.ceil(found / 4)]),
      );
      return { registry, population, analyzed, detections, total, rate, change: null };
    }),
    changes,
  });
  return withChanges([
    point(9, '2026-09-20T06:00:00Z', 5000, 18, []),
    point(10, '2026-10-20T06:00:00Z', 10_000, 45, ['the detectors changed', 'services added: slack']),
    point(11, '2026-11-20T06:00:00Z', 20_000, 84, ['PyPI: 30,000 packages analyzed, 20,000 before']),
  ]);
}

function withChanges(points: readonly HistoryPoint[]): readonly HistoryPoint[] {
  return points.map((point, index) => {
    const before = points[index - 1];
    if (before === undefined) return point;
    const likeWithLike = before.detectorStamp === point.detectorStamp;
    const registries = point.registries.map((one) => {
      const past = before.registries.find(({ registry }) => registry === one.registry);
      return { ...one, change: past === undefined ? null : changeOf(past.rate, one.rate, likeWithLike) };
    });
    return { ...point, registries };
  });
}
