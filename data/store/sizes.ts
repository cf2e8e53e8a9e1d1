/** What earlier runs learned of a registry's size: what a plan reckons with. */
import type { Database } from '../database.ts';
import type { RegistryId } from '../model.ts';

export interface RegistrySizes {
  /** Of the newest finished frame of a sample; null where there is none. */
  readonly frameSize: number | null;
  /** Releases of which artifacts are known. */
  readonly releases: number;
  readonly artifactsPerRelease: number;
  /** Of artifacts whose size is known, in bytes. */
  readonly meanArtifactBytes: number;
}

/** Newest frame size and sizes of artifacts, over all runs of the database. */
export async function readSizes({ db }: Database, registry: RegistryId): Promise<RegistrySizes> {
  const frame = await db
    .selectFrom('run_registry')
    .innerJoin('run', 'run.id', 'run_registry.run_id')
    .select('frame_size')
    .where('registry', '=', registry)
    .where('run.scope', '=', 'registry')
    .where('frame_size', 'is not', null)
    .orderBy('run_id', 'desc')
    .executeTakeFirst();
  const artifacts = await db
    .selectFrom('artifact')
    .innerJoin('release', 'release.id', 'artifact.release_id')
    .innerJoin('package', 'package.id', 'release.package_id')
    .select((eb) => [
      eb.fn.countAll<number>().as('count'),
      eb.fn.count<number>('artifact.release_id').distinct().as('releases'),
      eb.fn.avg<number | null>('artifact.bytes').as('mean'),
    ])
    .where('package.registry', '=', registry)
    .executeTakeFirstOrThrow();
  const { releases } = artifacts;
  return {
    frameSize: frame?.frame_size ?? null,
    releases,
    artifactsPerRelease: releases === 0 ? 0 : artifacts.count / releases,
    meanArtifactBytes: artifacts.mean ?? 0,
  };
}
