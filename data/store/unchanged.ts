/** Packages that have not moved since an earlier run looked at them: their newest release is the one it found. */
import type { Database } from '../database.ts';
import type { Artifact, Release } from '../model.ts';
import { artifactOf, stringList } from './rows.ts';

/**
 * The newest release of a package as an earlier run found and read it, or null where the registry has to be asked: because the
 * package may have moved since, because that run could not read all of it or chose other artifacts, or because it
 * had none to read (which one absence does not settle).
 *
 * A frame notes in `moved_run` what its registry said has moved (all of it, where the registry did not say), and every change of a registry that has a feed is
 * in it: publications, withdrawals, new tags. Changes while the earlier run was at work are in the next frame's, so at worst a
 * package is asked about once more. Addresses come without what was secret in them: only good for a release whose artifacts
 * are all remembered (`recallScan`).
 */
export async function recallRelease({ db }: Database, run: number, packageId: number): Promise<Release | null> {
  const earlier = await db
    .selectFrom('selection')
    .innerJoin('package', 'package.id', 'selection.package_id')
    .innerJoin('release', 'release.id', 'selection.release_id')
    .innerJoin('run', 'run.id', 'selection.run_id')
    .innerJoin('run as now', (join) => join.on('now.id', '=', run))
    .select(['selection.run_id', 'package.registry', 'package.name', 'release.version', 'release.prerelease'])
    .select(['release.published_at', 'release.notes', 'run.config', 'now.config as config_now'])
    .where('selection.package_id', '=', packageId)
    .where('selection.run_id', '<', run)
    .where('selection.state', '=', 'analysed')
    .where('package.listed_run', '>', 0)
    .whereRef('package.moved_run', '<=', 'selection.run_id')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('package_skip')
            .select('position')
            .whereRef('package_skip.run_id', '=', 'selection.run_id')
            .whereRef('package_skip.package_id', '=', 'selection.package_id'),
        ),
      ),
    )
    .orderBy('selection.run_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (earlier === undefined || choiceOf(earlier.config) !== choiceOf(earlier.config_now)) return null;
  const artifacts = await artifactsOf(db, earlier.run_id, packageId);
  if (artifacts.length === 0) return null;
  const { registry, name, version, published_at: publishedAt, notes } = earlier;
  return { registry, name, version, prerelease: earlier.prerelease === 1, publishedAt, artifacts, notes: stringList(notes) };
}

async function artifactsOf(db: Database['db'], run: number, packageId: number): Promise<readonly Artifact[]> {
  const rows = await db
    .selectFrom('analysis')
    .innerJoin('artifact', 'artifact.id', 'analysis.artifact_id')
    .selectAll('artifact')
    .where('analysis.run_id', '=', run)
    .where('analysis.package_id', '=', packageId)
    .orderBy('artifact.id')
    .execute();
  return rows.map(artifactOf);
}

/** Which artifacts of a release a run looks into. */
function choiceOf(config: string): unknown {
  return (JSON.parse(config) as { artifacts?: unknown }).artifacts;
}
