/** Writes the copy of a database that may be given to everybody; `public-tables.ts` says what is in it. */
import type { Database } from './database.ts';
import { POLICIES } from './policies.ts';
import type { PublicCopy } from './public-tables.ts';
import { collectStatistics } from './statistics/collect.ts';
import type { Statistics } from './statistics/model.ts';

/**
 * Writes the copy into a folder, over an older one. The same database gives the same bytes.
 *
 * @throws RunError where no run is finished, UnpublishableRun where the newest one is about chosen packages
 */
export async function writePublicCopy(database: Database, folder: string): Promise<PublicCopy> {
  const statistics: Statistics[] = [];
  for (const { id } of POLICIES) statistics.push(await collectStatistics(database, { policy: id }));
  if (statistics.some(({ run }) => run.scope !== 'registry')) throw new UnpublishableRun(database.url);
  return await database.copyTo(folder, statistics);
}

/** The only finished runs are about chosen packages: their figures would point at these packages. */
export class UnpublishableRun extends Error {
  constructor(url: string) {
    super(
      `${url} holds figures of chosen packages alone, and those would point at these packages; do a run over registries to have something to publish`,
    );
    this.name = 'RunError';
  }
}
