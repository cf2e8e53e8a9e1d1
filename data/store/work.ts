/** Packages of a run as work: taken with a lease, finished once, given back by whoever dies. */
import { sql } from 'kysely';
import type { Database, Reader, Tx } from '../database.ts';
import type { Artifact, NoReleaseReason, RegistryId, Release, ScanReport, Skipped, Tier } from '../model.ts';
import { countDrops } from './frame.ts';
import { saveRelease, saveScans, type RecalledReport, type ScanContext } from './content.ts';
import { isGone } from './holder.ts';
import { chunks, detailText, flag, json, text } from './rows.ts';
import { requireOpen } from './run.ts';
import { saveVerdicts, type JudgedToken } from './verdict.ts';

export interface Claim {
  readonly holder: string;
  readonly now: number;
  /** After this time without a result the package is somebody else's. */
  readonly leaseMs: number;
  readonly limit: number;
  /** A package that took this many workers down is set aside as `gave-up`. */
  readonly maxAttempts: number;
}

/** Positions of a registry's selection, both included: what one job is about. */
export interface Batch {
  readonly from: number;
  readonly to: number;
}

const EVERYTHING: Batch = { from: 0, to: Number.MAX_SAFE_INTEGER };

export interface ClaimedPackage {
  readonly packageId: number;
  readonly registry: RegistryId;
  readonly name: string;
  readonly key: string;
  readonly tier: Tier;
  readonly rank: number | null;
  /** 1 at the first try. */
  readonly attempt: number;
}

/** Takes up to `limit` packages to work on, the best ranked first. Empty: nothing can be taken now (`nextClaimAt` says when). */
export async function claimPackages(
  { db }: Database,
  run: number,
  registry: RegistryId,
  claim: Claim,
  batch = EVERYTHING,
): Promise<readonly ClaimedPackage[]> {
  return await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    while (true) {
      const taken = await take(tx, run, registry, claim, batch);
      const [lost, claimed] = [
        taken.filter((one) => one.attempts > claim.maxAttempts),
        taken.filter((one) => one.attempts <= claim.maxAttempts),
      ];
      await giveUp(
        tx,
        run,
        lost.map((one) => one.package_id),
        claim,
      );
      if (claimed.length > 0 || lost.length === 0) return await withNames(tx, registry, claimed);
    }
  });
}

interface Taken {
  readonly package_id: number;
  readonly position: number;
  readonly tier: Tier;
  readonly rank: number | null;
  readonly attempts: number;
}

async function take(
  tx: Tx,
  run: number,
  registry: RegistryId,
  { holder, now, leaseMs, limit }: Claim,
  { from, to }: Batch,
): Promise<readonly Taken[]> {
  return await tx
    // Materialized: read once, however the rest is planned. What others are taking is passed over.
    .with(
      (cte) => cte('free').materialized(),
      (eb) =>
        eb
          .selectFrom('selection')
          .select('package_id')
          .where('run_id', '=', run)
          .where('registry', '=', registry)
          .where('position', '>=', from)
          .where('position', '<=', to)
          .where('state', '=', 'pending')
          .where((or) => or.or([or('not_before', 'is', null), or('not_before', '<=', now)]))
          .orderBy('position')
          .limit(limit)
          .forUpdate()
          .skipLocked(),
    )
    .updateTable('selection')
    .set((eb) => ({ holder: text(holder), not_before: now + leaseMs, attempts: eb('attempts', '+', 1) }))
    .where('run_id', '=', run)
    .where('package_id', 'in', (eb) => eb.selectFrom('free').select('free.package_id'))
    .returning(['package_id', 'position', 'tier', 'rank', 'attempts'])
    .execute();
}

async function withNames(tx: Tx, registry: RegistryId, taken: readonly Taken[]): Promise<readonly ClaimedPackage[]> {
  if (taken.length === 0) return [];
  const packages = await tx
    .selectFrom('package')
    .select(['id', 'name', 'key'])
    .where(
      'id',
      'in',
      taken.map((one) => one.package_id),
    )
    .execute();
  const byId = new Map(packages.map((one) => [one.id, one]));
  return taken
    .toSorted((a, b) => a.position - b.position)
    .flatMap(({ package_id: packageId, tier, rank, attempts }) => {
      const known = byId.get(packageId);
      return known === undefined
        ? []
        : [{ packageId, registry, name: known.name, key: known.key, tier, rank, attempt: attempts }];
    });
}

/**
 * Gives back at once what processes of this machine held that are certainly gone: whoever goes on after a kill need not wait for
 * their leases to end. The try counts, so that a package that takes its workers down is set aside in the end.
 */
export async function freeAbandoned({ db }: Database, run: number): Promise<void> {
  const holders = await db
    .selectFrom('selection')
    .select('holder')
    .distinct()
    .where('run_id', '=', run)
    .where('state', '=', 'pending')
    .where('holder', 'is not', null)
    .execute();
  const gone = holders.flatMap(({ holder }) => (holder !== null && isGone(holder) ? [holder] : []));
  for (const some of chunks(gone, 1)) {
    await db
      .updateTable('selection')
      .set({ holder: null, not_before: null })
      .where('run_id', '=', run)
      .where('state', '=', 'pending')
      .where('holder', 'in', some)
      .execute();
  }
}

/**
 * Gives back what this process holds and does not know of: a claim whose connection broke may have been written all the same. The
 * try does not count.
 */
export async function freeUnknown(
  { db }: Database,
  run: number,
  holder: string,
  { registry, inHand }: { readonly registry: RegistryId | null; readonly inHand: readonly number[] },
): Promise<void> {
  const own = db
    .selectFrom('selection')
    .select('package_id')
    .where('run_id', '=', run)
    .where('state', '=', 'pending')
    .where('holder', '=', holder);
  const held = await (registry === null ? own : own.where('registry', '=', registry)).execute();
  const lost = held.map((one) => one.package_id).filter((id) => !inHand.includes(id));
  await returnPackages({ db }, run, lost, { holder, after: 0, counted: false });
}

/** True where every registry of the run has its sample and nothing is left to do: the run can be closed. */
export async function isAllDone(db: Reader, run: number): Promise<boolean> {
  const unselected = await db
    .selectFrom('run_registry')
    .select('registry')
    .where('run_id', '=', run)
    .where('selected_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (unselected !== undefined) return false;
  const left = await db
    .selectFrom('selection')
    .select('package_id')
    .where('run_id', '=', run)
    .where('state', '=', 'pending')
    .limit(1)
    .executeTakeFirst();
  return left === undefined;
}

/** Batches of a registry in which something is left to do, and how large batches of it are. */
export async function openBatches({ db }: { readonly db: Reader }, run: number, registry: RegistryId): Promise<readonly Batch[]> {
  const { selected } = await db
    .selectFrom('selection')
    .select((eb) => eb.fn.coalesce(eb.fn.max<number>('position'), eb.lit(0)).as('selected'))
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .executeTakeFirstOrThrow();
  const size = batchSize(selected);
  const number = sql<number>`(position - 1) / ${sql.lit(size)}`;
  const open = await db
    .selectFrom('selection')
    .select(number.as('number'))
    .distinct()
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .where('state', '=', 'pending')
    .orderBy('number')
    .execute();
  return open.map((one) => ({ from: one.number * size + 1, to: (one.number + 1) * size }));
}

/** Small runs are shared out finely, large ones in some hundred batches or in hundreds of packages. */
function batchSize(selected: number): number {
  return Math.min(500, Math.max(20, Math.ceil(selected / 200)));
}

/** When a package that somebody holds or that waits for another try can be taken; null where none is left to do. */
export async function nextClaimAt(
  { db }: { readonly db: Reader },
  run: number,
  registry: RegistryId,
  { from, to } = EVERYTHING,
): Promise<number | null> {
  const { next, pending } = await db
    .selectFrom('selection')
    .select((eb) => [
      eb.fn.min<number | null>(eb.fn.coalesce('not_before', eb.lit(0))).as('next'),
      eb.fn.countAll<number>().as('pending'),
    ])
    .where('run_id', '=', run)
    .where('registry', '=', registry)
    .where('state', '=', 'pending')
    .where('position', '>=', from)
    .where('position', '<=', to)
    .executeTakeFirstOrThrow();
  return pending === 0 ? null : next;
}

/** Extends the leases of packages that are still being worked on. */
export async function renewPackages(
  { db }: Database,
  run: number,
  packageIds: readonly number[],
  claim: Pick<Claim, 'holder' | 'now' | 'leaseMs'>,
): Promise<void> {
  for (const some of chunks(packageIds, 1)) {
    await db
      .updateTable('selection')
      .set({ not_before: claim.now + claim.leaseMs })
      .where('run_id', '=', run)
      .where('package_id', 'in', some)
      .where('state', '=', 'pending')
      .where('holder', '=', claim.holder)
      .execute();
  }
}

/**
 * Gives packages back without a result: on a clean stop (`after` now, `uncounted`), or to try again later.
 */
export async function returnPackages(
  { db }: Pick<Database, 'db'>,
  run: number,
  packageIds: readonly number[],
  { holder, after, counted }: { readonly holder: string; readonly after: number; readonly counted: boolean },
): Promise<void> {
  for (const some of chunks(packageIds, 1)) {
    await db
      .updateTable('selection')
      .set((eb) => ({ holder: null, not_before: after, ...(counted ? {} : { attempts: eb('attempts', '-', 1) }) }))
      .where('run_id', '=', run)
      .where('package_id', 'in', some)
      .where('state', '=', 'pending')
      .where('holder', '=', holder)
      .execute();
  }
}

export interface ArtifactResult {
  readonly artifact: Artifact;
  /**
   * What was found in it, by a look just now or one remembered by `recallScan` (handed on as it is, so that its verdicts keep their
   * age); null where it was not read (`skipped` says why).
   */
  readonly report: (ScanReport & Partial<Pick<RecalledReport, 'judgedAt'>>) | null;
}

export type PackageResult =
  | {
      readonly state: 'analysed';
      readonly release: Release;
      readonly artifacts: readonly ArtifactResult[];
      /** Artifacts that were not read, or not to their end. */
      readonly skipped: readonly Skipped[];
    }
  | { readonly state: 'no-release'; readonly reason: NoReleaseReason; readonly detail: string }
  | {
      readonly state: 'failed';
      /** A slug, such as `unavailable` or `digest-mismatch`. */
      readonly reason: string;
      /** A sentence, free of secrets. */
      readonly detail: string;
      readonly release?: Release;
      readonly skipped?: readonly Skipped[];
    };

export interface Finish {
  readonly now: number;
  /** Items that the adapter dropped on the way, by reason. */
  readonly dropped?: Readonly<Record<string, number>>;
}

/**
 * Stores all that is known of a package in a run, in one transaction. The first result stands: false says that the package
 * had one already (a lease ran out and somebody else was faster), and nothing was changed.
 */
export async function savePackageResult(
  { db }: Database,
  run: number,
  packageId: number,
  result: PackageResult,
  finish: Finish,
): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    // Taken first, so that of two who finish the same package at once one waits here and finds it finished.
    const taken = await tx
      .updateTable('selection')
      .set({ finished_at: finish.now })
      .where('run_id', '=', run)
      .where('package_id', '=', packageId)
      .where('state', '=', 'pending')
      .returning('registry')
      .executeTakeFirst();
    if (taken === undefined) {
      await requireSelected(tx, run, packageId);
      return false;
    }
    const { key_id: keyId, detector_stamp: stamp } = await tx
      .selectFrom('run')
      .select(['key_id', 'detector_stamp'])
      .where('id', '=', run)
      .executeTakeFirstOrThrow();
    const releaseId = await saveContent(tx, run, packageId, result, { keyId, stamp, now: finish.now });
    await tx
      .updateTable('selection')
      .set({
        state: result.state,
        reason: result.state === 'analysed' ? null : text(result.reason),
        detail: result.state === 'analysed' ? null : detailText(result.detail),
        holder: null,
        not_before: null,
        release_id: releaseId,
        partial: flag(isPartial(result)),
      })
      .where('run_id', '=', run)
      .where('package_id', '=', packageId)
      .execute();
    await countDrops(tx, run, taken.registry, finish.dropped ?? {});
    return true;
  });
}

async function requireSelected(tx: Tx, run: number, packageId: number): Promise<void> {
  const known = await tx
    .selectFrom('selection')
    .select('state')
    .where('run_id', '=', run)
    .where('package_id', '=', packageId)
    .executeTakeFirst();
  if (known === undefined) throw new Error(`package ${packageId} was not selected for run ${run}`);
}

async function saveContent(
  tx: Tx,
  run: number,
  packageId: number,
  result: PackageResult,
  context: ScanContext,
): Promise<number | null> {
  if (result.state === 'no-release') return null;
  await saveSkips(tx, run, packageId, result.skipped ?? []);
  if (result.release === undefined) return null;
  const { releaseId, artifactIds } = await saveRelease(tx, packageId, result.release);
  if (result.state === 'failed') return releaseId;
  const read = result.artifacts.flatMap(({ artifact, report }) => {
    const artifactId = artifactIds.get(artifact.filename);
    if (artifactId === undefined) throw new Error(`the release does not list the artifact ${artifact.filename}`);
    return report === null ? [] : [{ artifactId, report }];
  });
  const scans = await saveScans(
    tx,
    read.map((one) => one.report),
    context,
  );
  const judged: JudgedToken[] = [];
  for (const [index, { scanId, tokens }] of scans.entries()) {
    const one = read[index];
    if (one === undefined) continue;
    await tx
      .updateTable('artifact')
      .set({ sha256: text(one.report.artifact.sha256), bytes: one.report.artifact.bytes })
      .where('id', '=', one.artifactId)
      .execute();
    await tx
      .insertInto('analysis')
      .values({ run_id: run, package_id: packageId, artifact_id: one.artifactId, scan_id: scanId })
      .onConflict((oc) => oc.doNothing())
      .execute();
    const decidedAt = one.report.judgedAt ?? context.now;
    for (const token of tokens) judged.push({ ...token, decidedAt });
  }
  await saveVerdicts(tx, run, judged);
  return releaseId;
}

async function saveSkips(tx: Tx, run: number, packageId: number, skipped: readonly Skipped[]): Promise<void> {
  const rows = skipped.map((one, index) => ({
    run_id: run,
    package_id: packageId,
    position: index,
    path: json(one.path),
    reason: text(one.reason),
    detail: detailText(one.detail),
  }));
  for (const chunk of chunks(rows, 6)) await tx.insertInto('package_skip').values(chunk).execute();
}

function isPartial(result: PackageResult): boolean {
  if (result.state !== 'analysed') return false;
  return result.skipped.length > 0 || result.artifacts.some(({ report }) => report === null || report.skipped.length > 0);
}

/** A package whose workers died again and again is set aside, so that it takes no more of them. */
async function giveUp(tx: Tx, run: number, packageIds: readonly number[], { now, maxAttempts }: Claim): Promise<void> {
  for (const some of chunks(packageIds, 1)) {
    await tx
      .updateTable('selection')
      .set({
        state: 'failed',
        reason: 'gave-up',
        detail: `no result after ${maxAttempts} tries, each of which ended without a word`,
        attempts: maxAttempts,
        holder: null,
        not_before: null,
        finished_at: now,
      })
      .where('run_id', '=', run)
      .where('package_id', 'in', some)
      .execute();
  }
}
