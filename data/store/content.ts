/** Releases, artifacts and scans: equal contents are scanned once, whoever ships them. */
import type { Database, Tx } from '../database.ts';
import type { Artifact, Finding, Place, RegistryId, Release, ScanReport, Skipped } from '../model.ts';
import { chunks, detailText, distinctBy, flag, json, stringList, text } from './rows.ts';
import { lastVerdicts, type KnownVerdict } from './verdict.ts';

/** Stores a release with its artifacts, as far as they are not known; what a registry corrects is corrected. */
export async function saveRelease(
  tx: Tx,
  packageId: number,
  release: Release,
): Promise<{ readonly releaseId: number; readonly artifactIds: ReadonlyMap<string, number> }> {
  const facts = {
    prerelease: flag(release.prerelease),
    published_at: release.publishedAt === null ? null : text(release.publishedAt),
    notes: json(release.notes),
  };
  const { id: releaseId } = await tx
    .insertInto('release')
    .values({ package_id: packageId, version: text(release.version), ...facts })
    .onConflict((oc) => oc.columns(['package_id', 'version']).doUpdateSet(facts))
    .returning('id')
    .executeTakeFirstOrThrow();
  const artifactIds = new Map<string, number>();
  for (const artifact of distinctBy(release.artifacts, (one) => one.filename)) {
    const known = {
      kind: artifact.kind,
      url: text(publicUrl(artifact.url)),
      digest_algorithm: artifact.digest?.algorithm ?? null,
      digest: artifact.digest === null ? null : text(artifact.digest.hex),
    };
    const { id } = await tx
      .insertInto('artifact')
      .values({ release_id: releaseId, filename: text(artifact.filename), bytes: artifact.bytes, ...known })
      .onConflict((oc) => oc.columns(['release_id', 'filename']).doUpdateSet(known))
      .returning('id')
      .executeTakeFirstOrThrow();
    artifactIds.set(artifact.filename, id);
  }
  return { releaseId, artifactIds };
}

export interface ScanContext {
  readonly keyId: string;
  readonly stamp: string;
  readonly now: number;
}

/** A scan as it is stored, and the tokens in it, each once, with what was decided on it. */
export interface SavedScan {
  readonly scanId: number;
  readonly tokens: readonly { readonly tokenId: number; readonly finding: Finding }[];
}

/**
 * Stores scans with their findings; a scan that is known stays as it is. Answers in the order of the reports. All of a transaction at
 * once: tokens and scans are written in one order, so that of two who found the same one waits for the other, not each for each.
 */
export async function saveScans(tx: Tx, reports: readonly ScanReport[], context: ScanContext): Promise<readonly SavedScan[]> {
  const tokenIds = await saveTokens(
    tx,
    context.keyId,
    reports.flatMap((one) => one.findings),
  );
  const saved = new Map<ScanReport, SavedScan>();
  for (const report of reports.toSorted((a, b) => (a.artifact.sha256 < b.artifact.sha256 ? -1 : 1)))
    saved.set(report, await saveScan(tx, report, tokenIds, context));
  return reports.flatMap((report) => saved.get(report) ?? []);
}

async function saveScan(
  tx: Tx,
  report: ScanReport,
  tokenIds: ReadonlyMap<string, number>,
  { keyId, stamp, now }: ScanContext,
): Promise<SavedScan> {
  const inserted = await tx
    .insertInto('scan')
    .values({
      sha256: text(report.artifact.sha256),
      detector_stamp: stamp,
      key_id: keyId,
      bytes: report.artifact.bytes,
      entries: report.stats.entries,
      bytes_out: report.stats.bytes,
      ms: report.stats.ms,
      scanned_at: now,
    })
    .onConflict((oc) => oc.columns(['sha256', 'detector_stamp', 'key_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted !== undefined) await saveScanRows(tx, inserted.id, report, tokenIds);
  const scanId = inserted?.id ?? (await findScan(tx, report.artifact.sha256, stamp, keyId));
  const tokens = distinctBy(report.findings, (one) => one.fingerprint).flatMap((finding) => {
    const tokenId = tokenIds.get(finding.fingerprint);
    return tokenId === undefined ? [] : [{ tokenId, finding }];
  });
  return { scanId, tokens };
}

export interface ArtifactIdentity {
  readonly registry: RegistryId;
  /** The registry's key of the package. */
  readonly key: string;
  readonly version: string;
  readonly artifact: Artifact;
}

/** A report from memory. Whoever stores it again hands it on as it is: its verdicts keep their age. */
export interface RecalledReport extends ScanReport {
  /** When the oldest of its verdicts was decided; null without findings. */
  readonly judgedAt: number | null;
}

/**
 * What is already known of an artifact under the run's detectors and key, or null where it has to be fetched: because its
 * content was never scanned, or because a token in it must be judged anew (another validation mode, a verdict older than
 * `maxAgeMs`, one that decided nothing and is due for another look). The report can be given to `savePackageResult` as it is.
 *
 * A content is recognised by the digest its registry publishes; by file name and version where there is no digest, or only
 * SHA-1, for which two contents can be made.
 */
export async function recallScan(
  { db }: Database,
  run: number,
  identity: ArtifactIdentity,
  { now, maxAgeMs }: { readonly now: number; readonly maxAgeMs: number },
): Promise<RecalledReport | null> {
  const { artifact } = identity;
  const candidates = db
    .selectFrom('artifact')
    .innerJoin('scan', 'scan.sha256', 'artifact.sha256')
    .innerJoin('run', (join) =>
      join.onRef('run.detector_stamp', '=', 'scan.detector_stamp').onRef('run.key_id', '=', 'scan.key_id'),
    )
    .select(['scan.id', 'scan.sha256', 'scan.bytes', 'scan.entries', 'scan.bytes_out', 'scan.ms'])
    .where('run.id', '=', run);
  const { digest } = artifact;
  const isStrong = digest !== null && digest.algorithm !== 'sha1';
  const scan = isStrong
    ? await candidates
        .where('artifact.digest_algorithm', '=', digest.algorithm)
        .where('artifact.digest', '=', digest.hex)
        .orderBy('scan.id')
        .executeTakeFirst()
    : await candidates
        .innerJoin('release', 'release.id', 'artifact.release_id')
        .innerJoin('package', 'package.id', 'release.package_id')
        .where('package.registry', '=', identity.registry)
        .where('package.key', '=', identity.key)
        .where('release.version', '=', identity.version)
        .where('artifact.filename', '=', artifact.filename)
        .where('artifact.digest', digest === null ? 'is' : '=', digest?.hex ?? null)
        .executeTakeFirst();
  if (scan === undefined) return null;
  const occurrences = await db
    .selectFrom('occurrence')
    .innerJoin('token', 'token.id', 'occurrence.token_id')
    .selectAll(['occurrence'])
    .select(['token.service', 'token.format', 'token.fingerprint', 'token.redacted'])
    .where('scan_id', '=', scan.id)
    .orderBy('position')
    .execute();
  const verdicts = await lastVerdicts(
    db,
    run,
    distinctBy(occurrences, (one) => String(one.token_id)).map((one) => one.token_id),
  );
  const findings: Finding[] = [];
  let judgedAt: number | null = null;
  for (const occurrence of occurrences) {
    const known = verdicts.get(occurrence.token_id);
    if (known === undefined || !isUsable(known, run, now, maxAgeMs)) return null;
    judgedAt = Math.min(judgedAt ?? Infinity, known.decidedAt);
    const { service, format, fingerprint, redacted } = occurrence;
    const { family, verdict, reason, policy, lookAfter } = known;
    findings.push({
      service,
      format,
      family,
      verdict,
      reason,
      policy,
      place: placeOf(artifact.filename, occurrence),
      fingerprint,
      redacted,
      ...(verdict === 'unknown' ? { lookAfter } : {}),
    });
  }
  return {
    artifact: { name: artifact.filename, bytes: scan.bytes, sha256: scan.sha256 },
    findings,
    skipped: await skippedOf(db, scan.id, artifact.filename),
    stats: { entries: scan.entries, bytes: scan.bytes_out, ms: scan.ms },
    judgedAt,
  };
}

/**
 * In the run itself every verdict stands: undecided ones are looked at again before it is closed. Of an earlier run only a fresh,
 * equal one, and an undecided one as long as it is not due.
 */
function isUsable(known: KnownVerdict, run: number, now: number, maxAgeMs: number): boolean {
  if (known.run === run) return true;
  const isDue = known.lookAfter !== null && known.lookAfter <= now;
  return known.sameTerms && !isDue && known.decidedAt >= now - maxAgeMs;
}

interface StoredPlace {
  readonly path: string;
  readonly line: number;
  readonly col: number;
  readonly byte_offset: number;
  readonly byte_length: number;
  readonly decoding: string;
  readonly label: Place['label'];
}

function placeOf(filename: string, row: StoredPlace): Place {
  return {
    path: [filename, ...stringList(row.path)],
    line: row.line,
    column: row.col,
    offset: row.byte_offset,
    length: row.byte_length,
    decoding: stringList(row.decoding),
    label: row.label,
  };
}

async function skippedOf(db: Database['db'], scanId: number, filename: string): Promise<readonly Skipped[]> {
  const rows = await db.selectFrom('scan_skip').selectAll().where('scan_id', '=', scanId).orderBy('position').execute();
  return rows.map(({ path, reason, detail }) => ({ path: [filename, ...stringList(path)], reason, detail }));
}

async function findScan(tx: Tx, sha256: string, stamp: string, keyId: string): Promise<number> {
  const { id } = await tx
    .selectFrom('scan')
    .select('id')
    .where('sha256', '=', sha256)
    .where('detector_stamp', '=', stamp)
    .where('key_id', '=', keyId)
    .executeTakeFirstOrThrow();
  return id;
}

/** Ids by fingerprint. */
async function saveTokens(tx: Tx, keyId: string, findings: readonly Finding[]): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>();
  // In one order: see `saveVerdicts`.
  const distinct = distinctBy(findings, (one) => one.fingerprint).toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  for (const chunk of chunks(distinct, 5)) {
    const rows = chunk.map((one) => ({
      key_id: keyId,
      fingerprint: text(one.fingerprint),
      service: text(one.service),
      format: text(one.format),
      redacted: text(one.redacted),
    }));
    await tx
      .insertInto('token')
      .values(rows)
      .onConflict((oc) => oc.columns(['key_id', 'fingerprint']).doNothing())
      .execute();
    const stored = await tx
      .selectFrom('token')
      .select(['id', 'fingerprint'])
      .where('key_id', '=', keyId)
      .where(
        'fingerprint',
        'in',
        rows.map((one) => one.fingerprint),
      )
      .execute();
    for (const token of stored) ids.set(token.fingerprint, token.id);
  }
  return ids;
}

/** Paths are stored without the artifact's own name: another package may ship the same content under another. */
async function saveScanRows(tx: Tx, scanId: number, report: ScanReport, tokenIds: ReadonlyMap<string, number>): Promise<void> {
  const occurrences = report.findings.flatMap(({ fingerprint, place }, position) => {
    const tokenId = tokenIds.get(fingerprint);
    if (tokenId === undefined) return [];
    return [
      {
        scan_id: scanId,
        position,
        token_id: tokenId,
        path: json(place.path.slice(1)),
        line: place.line,
        col: place.column,
        byte_offset: place.offset,
        byte_length: place.length,
        decoding: json(place.decoding),
        label: place.label,
      },
    ];
  });
  for (const chunk of chunks(occurrences, 10)) await tx.insertInto('occurrence').values(chunk).execute();
  const skips = report.skipped.map((one, position) => ({
    scan_id: scanId,
    position,
    path: json(one.path.slice(1)),
    reason: text(one.reason),
    detail: detailText(one.detail),
  }));
  for (const chunk of chunks(skips, 5)) await tx.insertInto('scan_skip').values(chunk).execute();
}

/** Without user, password, query and fragment: a mirror's address may carry any of them. */
function publicUrl(url: string): string {
  if (!URL.canParse(url)) return '';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
