/** The jobs of a run, by name. */
import type { Reader } from '../data/database.ts';
import { REGISTRY_IDS, type RegistryId } from '../data/model.ts';
import type { Job } from '../data/queue.ts';
import { openBatches, type Batch } from '../data/store/work.ts';

export function batchQueue(run: number, registry: RegistryId): string {
  return `run-${run}.${registry}`;
}

export function closeQueue(run: number): string {
  return `run-${run}.close`;
}

/** Every queue that a run may have. */
export function queuesOf(run: number): readonly string[] {
  return [...REGISTRY_IDS.map((registry) => batchQueue(run, registry)), closeQueue(run)];
}

/** One job for each batch of a registry in which something is left to do. */
export async function jobsOf(db: Reader, run: number, registry: RegistryId): Promise<readonly Job[]> {
  const batches = await openBatches({ db }, run, registry);
  return batches.map((batch) => jobOf(run, registry, batch, 0));
}

export function jobOf(run: number, registry: RegistryId, { from, to }: Batch, afterMs: number): Job {
  return { queue: batchQueue(run, registry), key: `${from}-${to}`, payload: { run, from, to }, afterMs };
}

export function closeJob(run: number): Job {
  return { queue: closeQueue(run), key: 'close', payload: { run } };
}
