/** Plans from the configuration and the database, and the refusal of a run that would pass a ceiling. */
import { isLoopback } from '../crawler/http/addresses.ts';
import { overCeiling, planOf, type HostPlan, type Plan, type PlanInput } from '../crawler/plan.ts';
import type { Registry } from '../crawler/registry.ts';
import { parseSampleSize } from '../crawler/sample.ts';
import type { Database } from '../data/database.ts';
import { REGISTRY_LABELS } from '../data/model.ts';
import { registryProgress } from '../data/store/frame.ts';
import { requestLedger } from '../data/store/ledger.ts';
import { readProgress } from '../data/store/progress.ts';
import { readSizes } from '../data/store/sizes.ts';
import { sampleOf, type Config } from './config.ts';
import { UsageError } from './errors.ts';

export interface PlanRequest {
  readonly config: Config;
  readonly registry: Registry;
  /** Null where there is none yet: sizes are the published ones then, and nothing is used. */
  readonly database: Database | null;
  readonly now: number;
  /** In place of what the database or the registry says. */
  readonly frameSize?: number | undefined;
  /** What of the run is done. */
  readonly done?: PlanInput['done'];
  /** Address of npm's registry, as the user's npm is configured. */
  readonly npmRegistry?: string | undefined;
}

/** Fewer releases than these say little about sizes. */
const ENOUGH_RELEASES = 100;
const DAY_MS = 24 * 3_600_000;

/** Reads what is known and plans one registry. UsageError where the sample is larger than the frame. */
export async function planFor(request: PlanRequest): Promise<Plan> {
  const { config, registry, database, now, done } = request;
  const sizes = database === null ? null : await readSizes(database, registry.id);
  const used: Record<string, number> = {};
  if (database !== null) {
    const ledger = requestLedger(database);
    for (const role of Object.keys(registry.origins)) used[role] = await ledger.used(originOf(request, role).host, now);
  }
  try {
    return planOf({
      registry: registry.id,
      frameSize: request.frameSize ?? sizes?.frameSize ?? null,
      sample: parseSampleSize(sampleOf(config, registry.id)),
      artifacts: config.artifacts,
      budgets: registry.budgets,
      rates: config.registries[registry.id]?.rates ?? {},
      used,
      measured: sizes !== null && sizes.releases >= ENOUGH_RELEASES && sizes.meanArtifactBytes > 0 ? sizes : null,
      ...(done === undefined ? {} : { done }),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${REGISTRY_LABELS[registry.id]}: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Refuses a run that asks more of a host than is left of its ceiling, unless the configuration says that it may go on over
 * several periods. For a run that goes on, what is done does not count again.
 *
 * Addresses on this machine are exempt, and so are mirrors whose size nobody knows: the gate keeps their ceilings as well.
 */
export async function refuseOverCeiling(
  request: Omit<PlanRequest, 'database'> & { readonly database: Database; readonly run: number },
): Promise<void> {
  const { config, registry, database, run, now } = request;
  if (config.allowMultiplePeriods || registry.budgets.every(({ origin, per30Days }) => isExempt(request, origin, per30Days)))
    return;
  const progress = await registryProgress(database, run, registry.id);
  const pending = (await readProgress(database, run, now)).registries.find((one) => one.registry === registry.id)?.pending;
  const plan = await planFor({
    ...request,
    frameSize: progress.frame?.size,
    done: {
      listed: progress.frame !== null,
      ranked: progress.rankingId !== null,
      pending: progress.selected ? (pending ?? null) : null,
    },
  });
  const over = overCeiling(plan).filter(({ role, per30Days }) => !isExempt(request, role, per30Days));
  if (over.length > 0) throw new UsageError(over.map((host) => refusal(plan, host, originOf(request, host.role))).join('\n'));
}

function isExempt(request: PlanRequest, role: string, per30Days: number | null): boolean {
  if (per30Days === null) return true;
  const origin = originOf(request, role);
  return isLoopback(origin) || origin.href !== new URL(request.registry.origins[role] ?? '').href;
}

/** Where a registry is asked, as configured. */
export function originOf(
  { config, registry, npmRegistry }: Pick<PlanRequest, 'config' | 'registry' | 'npmRegistry'>,
  role: string,
): URL {
  const byNpm = registry.id === 'npm' && role === 'registry' ? npmRegistry : undefined;
  return new URL(config.registries[registry.id]?.origins[role] ?? byNpm ?? registry.origins[role] ?? '');
}

function refusal(plan: Plan, host: HostPlan, origin: URL): string {
  const number = (value: number) => Math.round(value).toLocaleString('en');
  const periods = Math.ceil((host.days * DAY_MS) / (30 * DAY_MS));
  return (
    `${REGISTRY_LABELS[plan.registry]}: ${number(plan.selected)} packages take ${number(host.requests)} requests to ${origin.host}, ` +
    `but of its ceiling of ${number(host.per30Days ?? 0)} in any 30 days ${number(host.left ?? 0)} are left. Draw a smaller sample ` +
    `(--sample; the command plan shows what it costs), or allow the run to go on over ${periods} periods of 30 days, some ` +
    `${number(host.days)} days, with --over-several-periods (allowMultiplePeriods: true)`
  );
}
