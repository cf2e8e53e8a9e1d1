/**
 * The schema of `statistics.json`, for programs that read it and for whoever checks that a file is one. Its version is part of
 * the file: a change that breaks a reader gets another number. `statistics.schema.json` is made from this, and a test holds the two together.
 */
import { z } from 'zod';
import { FAMILIES, REGISTRY_IDS, TIERS, VERDICTS } from '../data/model.ts';
import { STATISTICS_SCHEMA } from '../data/statistics/model.ts';

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const time = z.iso.datetime();
const registry = z.enum(REGISTRY_IDS);
const verdict = z.enum(VERDICTS);

const estimate = z
  .strictObject({
    value: z.number().nonnegative(),
    interval: z.strictObject({
      low: z.number().nonnegative(),
      high: z.number().nonnegative(),
      method: z.enum(['census', 'wilson', 'clopper-pearson', 'hypergeometric', 'korn-graubard', 'none']),
    }),
    unstable: z.boolean(),
  })
  .meta({
    id: 'estimate',
    description: 'A figure with its two-sided 95 % interval; unstable: it rests on fewer than 10 detections.',
  });

const counts = {
  population: count.describe('Packages in the frame.'),
  selected: count.describe('Packages drawn.'),
  analyzed: count.describe('Packages of which something is known: scanned, or without an installable release.'),
  scanned: count,
  withoutRelease: count,
  failed: count,
  pending: count,
  partial: count.describe('Of those scanned, packages of which some part could not be read.'),
  detections: count.describe('Packages that violate the policy, each counted once.'),
  restrictedOnly: count.describe('Of those, packages whose tokens are recognised but restricted.'),
  undecided: count.describe('Packages without a detection, with a token about which the service gave no clear answer.'),
};

const chance = z
  .strictObject({ low: share, high: share })
  .nullable()
  .describe(
    "Where all packages were analyzed: Wilson's interval of the share as if the group were one draw, for comparing groups.",
  );

const figures = {
  total: estimate,
  rate: estimate,
  chance,
  rateWithUndecided: share,
  worstCase: z.strictObject({ low: share, high: share }),
};

const reasons = z.array(z.strictObject({ reason: z.string(), packages: count }));

const analysed = z.strictObject({
  status: z.literal('analysed'),
  registry,
  label: z.string(),
  ...counts,
  frame: z.strictObject({ size: count, takenAt: time }),
  ranking: z
    .strictObject({
      source: z.string(),
      label: z.string(),
      url: z.string(),
      measures: z.string(),
      terms: z.string(),
      weaknesses: z.string(),
      dated: z.string().nullable(),
      takenAt: time,
      places: count,
    })
    .nullable(),
  tiers: z.array(z.strictObject({ tier: z.enum(TIERS), ...counts, ...figures })).describe('The four tiers, best first.'),
  ...figures,
  effectiveSampleSize: z.number().nonnegative().nullable(),
  designEffect: z.number().nonnegative().nullable(),
  tokens: z.record(verdict, count).describe("Distinct tokens of the policy's family by verdict."),
  packagesByVerdict: z.record(verdict, count),
  failures: reasons,
  withoutReleaseReasons: reasons,
  skipped: z.array(z.strictObject({ reason: z.string(), count, packages: count })),
});

const uncovered = z.strictObject({ status: z.literal('not-analysed'), registry, label: z.string() });

export const statisticsSchema = z
  .strictObject({
    schema: z.literal(STATISTICS_SCHEMA),
    policy: z.strictObject({
      id: z.string(),
      title: z.string(),
      family: z.enum(FAMILIES),
      priority: z.union([z.literal([0, 1, 2, 3, 4]), z.null()]),
      ciStatus: z.enum(['pass', 'fail']),
      severity: z.enum(['high', 'medium', 'low']),
      effort: z.enum(['high', 'medium', 'low']),
      safeLevel: z.union([z.literal([1, 2, 3, 4, 5]), z.null()]),
      assessment: z.strictObject({
        category: z.literal('secrets'),
        status: z.enum(['pass', 'warning', 'fail']),
        reason: z.string(),
      }),
    }),
    policyUsed: z.boolean().describe('False where no service of the run could trigger the policy.'),
    run: z.strictObject({
      id: z.string(),
      scope: z.enum(['registry', 'named']),
      startedAt: time,
      closedAt: time.nullable().describe('Null while the run is open.'),
      seed: z.string(),
      period: z.string().nullable(),
      codeVersion: z.string(),
      detectorStamp: z.string(),
      services: z.array(z.string()),
      validation: z.strictObject({
        mode: z.enum(['off', 'offline', 'live']),
        from: time.nullable(),
        to: time.nullable(),
        switchedOff: z.array(z.strictObject({ service: z.string(), reason: z.string() })),
      }),
    }),
    registries: z.array(z.discriminatedUnion('status', [analysed, uncovered])).length(REGISTRY_IDS.length),
    services: z.array(
      z.strictObject({
        service: z.string(),
        packages: z.partialRecord(registry, count.nullable()).describe('Null where the cell is suppressed.'),
        tokens: count.nullable(),
      }),
    ),
    suppression: z.strictObject({ below: count, reason: z.string() }),
    clusters: z.array(
      z.strictObject({ cluster: count, service: z.string(), verdict, packages: count, registries: z.array(registry) }),
    ),
    history: z.array(
      z.strictObject({
        run: z.string(),
        closedAt: time,
        detectorStamp: z.string(),
        registries: z.array(
          z.strictObject({
            registry,
            population: count,
            analyzed: count,
            detections: count,
            total: estimate,
            rate: estimate,
            change: z
              .strictObject({
                value: z.number().min(-1).max(1),
                low: z.number().min(-1).max(1),
                high: z.number().min(-1).max(1),
                likeWithLike: z
                  .boolean()
                  .describe('False where formats, services asked, families, artifacts or validation differ between the runs.'),
              })
              .nullable()
              .describe('Of the share against the run before, with a 95 % interval of its own; null in the first run.'),
          }),
        ),
        changes: z.array(z.string()),
      }),
    ),
    queries: z
      .array(z.strictObject({ name: z.string(), title: z.string(), sql: z.string() }))
      .describe('The SQL behind each figure; empty for a run that is open, or not the one that the views show.'),
  })
  .meta({
    title: 'Statistics of Incidence',
    description:
      'How many packages of each registry violate a policy, with everything that the figures rest on. Shares are from 0 to 1, times are ISO 8601 in UTC.',
  });

/** The JSON Schema (2020-12) of a file of statistics. */
export function statisticsJsonSchema(): object {
  return z.toJSONSchema(statisticsSchema, { target: 'draft-2020-12' });
}
