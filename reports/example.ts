/**
 * Invented statistics for tests and for looking at a report without a run: every state of a registry occurs (detections,
 * none, not covered), and the counts of one registry are those of a published prevalence (4 / 14 / 81 / 2 721).
 */
import { REGISTRY_LABELS, VERDICTS, type RegistryId, type Tier, type Verdict } from '../data/model.ts';
import { policyById } from '../data/policies.ts';
import {
  STATISTICS_SCHEMA,
  type AnalysedRegistry,
  type Estimate,
  type RegistryStatistics,
  type Statistics,
  type TierStatistics,
} from '../data/statistics/model.ts';

interface Cell {
  readonly tier: Tier;
  readonly population: number;
  readonly analyzed: number;
  readonly detections: number;
}

/** One registry from its cells; intervals are rough, since reports only print them. */
export function exampleRegistry(registry: RegistryId, cells: readonly Cell[]): AnalysedRegistry {
  const tiers = cells.map((cell) => exampleTier(cell));
  const sum = (pick: (one: Cell) => number) => cells.reduce((total, one) => total + pick(one), 0);
  const population = sum((one) => one.population);
  const total = tiers.reduce((all, one) => all + one.total.value, 0);
  const detections = sum((one) => one.detections);
  return {
    status: 'analysed',
    registry,
    label: REGISTRY_LABELS[registry],
    ...counts(
      population,
      sum((one) => one.analyzed),
      detections,
    ),
    frame: { size: population, takenAt: '2026-11-01T06:00:00Z' },
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
    total: estimate(total, total * 0.8, total * 1.2, detections),
    rate: estimate(total / population, (total * 0.8) / population, (total * 1.2) / population, detections),
    rateWithUndecided: (total * 1.1) / population,
    worstCase: { low: total / population, high: (total + 40) / population },
    effectiveSampleSize: 2310,
    designEffect: 1.3,
    tokens: verdicts(detections),
    packagesByVerdict: verdicts(detections),
    failures: detections > 0 ? [{ reason: 'digest-mismatch', packages: 3 }] : [],
    withoutReleaseReasons: [{ reason: 'all-yanked', packages: 2 }],
    skipped: [{ reason: 'encrypted', count: 4, packages: 2 }],
  };
}

function exampleTier(cell: Cell): TierStatistics {
  const { population, analyzed, detections, tier } = cell;
  const share = analyzed === 0 ? 0 : detections / analyzed;
  const census = population === analyzed;
  const low = census ? share : Math.max(0, share - 1.5 / Math.max(1, analyzed));
  const high = census ? share : share + 4 / Math.max(1, analyzed);
  return {
    tier,
    ...counts(population, analyzed, detections),
    total: estimate(share * population, low * population, high * population, detections),
    rate: estimate(share, low, high, detections),
    rateWithUndecided: share * 1.1,
    worstCase: { low: share, high },
  };
}

function counts(population: number, analyzed: number, detections: number) {
  return {
    population,
    selected: analyzed,
    analyzed,
    scanned: analyzed,
    withoutRelease: 0,
    failed: 0,
    pending: 0,
    partial: 0,
    detections,
    restrictedOnly: 0,
    undecided: 0,
  };
}

function estimate(value: number, low: number, high: number, detections: number): Estimate {
  return { value, interval: { low, high, method: low === high ? 'census' : 'korn-graubard' }, unstable: detections < 10 };
}

function verdicts(active: number): Record<Verdict, number> {
  const all = Object.fromEntries(VERDICTS.map((verdict, index) => [verdict, index])) as Record<Verdict, number>;
  return { ...all, active };
}

export function exampleStatistics(over: Partial<Statistics> = {}): Statistics {
  const registries: readonly RegistryStatistics[] = [
    exampleRegistry('rubygems', [
      { tier: 'top100', population: 100, analyzed: 100, detections: 0 },
      { tier: 'top1000', population: 900, analyzed: 900, detections: 0 },
      { tier: 'top10000', population: 9000, analyzed: 9000, detections: 0 },
      { tier: 'unranked', population: 173_000, analyzed: 2000, detections: 4 },
    ]),
    exampleRegistry('nuget', [
      { tier: 'top100', population: 100, analyzed: 100, detections: 0 },
      { tier: 'top1000', population: 900, analyzed: 900, detections: 0 },
      { tier: 'top10000', population: 9000, analyzed: 9000, detections: 0 },
      { tier: 'unranked', population: 634_000, analyzed: 5000, detections: 0 },
    ]),
    exampleRegistry('pypi', [
      { tier: 'top100', population: 100, analyzed: 100, detections: 4 },
      { tier: 'top1000', population: 900, analyzed: 900, detections: 14 },
      { tier: 'top10000', population: 9000, analyzed: 9000, detections: 81 },
      { tier: 'unranked', population: 618_000, analyzed: 618_000, detections: 2721 },
    ]),
    { status: 'not-analysed', registry: 'npm', label: REGISTRY_LABELS.npm },
  ];
  return {
    schema: STATISTICS_SCHEMA,
    policy: policyById('SQ34401'),
    policyUsed: true,
    run: {
      id: '2026-11',
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
      { service: 'slack', packages: { rubygems: 4, nuget: 0, pypi: 1800 }, tokens: 1500 },
      { service: 'aws', packages: { rubygems: 0, nuget: 0, pypi: null }, tokens: null },
    ],
    suppression: { below: 3, reason: 'a smaller one could point to a package.' },
    clusters: [{ cluster: 1, service: 'slack', verdict: 'active', packages: 12, registries: ['rubygems', 'pypi'] }],
    history: [],
    queries: [],
    ...over,
  };
}
