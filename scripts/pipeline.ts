/**
 * The whole line, from the names of a registry to the results of its packages.
 *
 *   names -> frame -> ranking -> sample -> for each package: release -> artifacts -> scan -> verdicts -> database
 *
 * Every arrow ends in one transaction, and every stage asks the database first what is done: killed at any moment, a run
 * goes on where its last transaction ended. Nothing of a package outlives its turn here but what the store was given.
 */
import type { ArtifactScan } from '../analysis/scan.ts';
import type { Scanner } from '../analysis/pool/scanner.ts';
import type { Validator } from '../analysis/validate.ts';
import { CrawlError, NotAllowed } from '../crawler/errors.ts';
import type { RegistryAccess } from '../crawler/http.ts';
import type { LatestOptions, Registry } from '../crawler/registry.ts';
import type { Artifact, Release, ScanReport, Skipped } from '../data/model.ts';
import type { Database } from '../data/database.ts';
import { recallScan } from '../data/store/content.ts';
import { recallRelease } from '../data/store/unchanged.ts';
import { selectionKey } from '../crawler/sample.ts';
import { registryProgress, saveNamedPackages, type FramePackage } from '../data/store/frame.ts';
import { saveSelection, type Selected } from '../data/store/selection.ts';
import type { Queue } from '../data/queue.ts';
import { savePackageResult, type ClaimedPackage, type PackageResult } from '../data/store/work.ts';
import type { SampleSetting } from './config.ts';
import { drawSample } from './draw.ts';
import { jobsOf } from './jobs.ts';
import type { Room } from './room.ts';
import { listFrame } from './listing.ts';
import type { Step } from './progress.ts';
import { readRanking } from './ranking.ts';

/** A registry as this run uses it. */
export interface Track {
  readonly registry: Registry;
  /** Opens the way to the registry; items that an adapter could not understand are handed to `onDrop`. */
  readonly io: (onDrop: (reason: string) => void) => RegistryAccess;
  readonly sample: SampleSetting;
  /** Packages that stand for themselves, in place of a sample; null for a sample. */
  readonly named: readonly string[] | null;
}

/** Artifacts of this process: fetched, and recognised without fetching them. */
export interface Tally {
  downloaded: number;
  known: number;
}

export interface Line {
  readonly database: Database;
  readonly run: number;
  readonly holder: string;
  readonly queue: Queue;
  /** Does it again as long as the database is away. */
  readonly insist: <T>(action: () => Promise<T>) => Promise<T>;
  readonly seed: string;
  readonly scanner: Scanner;
  readonly validator: Validator;
  readonly artifacts: LatestOptions['artifacts'];
  readonly limits: { readonly artifactBytes: number; readonly concurrency: number };
  /** Room for the bytes of all artifacts that are being downloaded or looked into. */
  readonly room: Room;
  /** Verdicts older than this are sought anew. */
  readonly verdictAgeMs: number;
  readonly now: () => number;
  /** Counted for the summary. */
  readonly tally: Tally;
  readonly report: (step: Step) => void;
  readonly log: {
    warn(fields: object, message: string): void;
    info(fields: object, message: string): void;
    debug(fields: object, message: string): void;
  };
  /** Asks everyone to stop after the package in hand. */
  readonly draining: AbortSignal;
  /** Stops at once. */
  readonly signal: AbortSignal;
}

/** What an artifact is taken for whose size its registry does not tell: more than most have. */
const UNKNOWN_BYTES = 8 * 1024 * 1024;
/** A package whose host could not be reached is tried so often, at growing distances. */
export const MAX_ATTEMPTS = 5;
/** Errors that may pass; every other is the package's own and final. */
const PASSING: ReadonlySet<string> = new Set(['unavailable', 'throttled']);

/** From the names of a registry to the jobs of its sample; what is done of it is not repeated. `working.ts` does the jobs. */
export async function prepare(line: Line, track: Track): Promise<void> {
  if (track.named === null) await listFrame(line, track);
  if (track.named === null) await readRanking(line, track);
  await select(line, track);
}

async function select(line: Line, { registry, sample, named }: Track): Promise<void> {
  const { selected } = await registryProgress(line.database, line.run, registry.id);
  if (selected) return;
  line.report({ registry: registry.id, stage: 'drawing the sample', done: 0, total: null });
  const drawn =
    named === null
      ? await drawSample(line.database, line.run, registry.id, { seed: line.seed, size: sample })
      : chosen(line, registry, await namePackages(line, registry, named));
  await saveSelection(line.database, line.run, registry.id, drawn, line.now(), async (tx) =>
    line.queue.add(tx, await jobsOf(tx, line.run, registry.id)),
  );
}

async function namePackages(
  { database, run, now }: Line,
  registry: Registry,
  named: readonly string[],
): Promise<readonly FramePackage[]> {
  const names = named.map((name) => ({ name, key: registry.key(name) }));
  return saveNamedPackages(database, run, registry.id, names, now());
}

/** Named packages are looked at in any case, and stand for nothing but themselves. */
function chosen({ seed }: Line, { id }: Registry, packages: readonly FramePackage[]): readonly Selected[] {
  return packages.map(({ packageId, key }) => ({
    packageId,
    rank: null,
    probability: 1,
    selectionKey: selectionKey(seed, id, key),
  }));
}

/** True for errors of the network that may pass: the package is tried again later. */
export function isPassing(error: unknown): boolean {
  return error instanceof CrawlError && PASSING.has(error.reason);
}

/** Looks at a package and stores what came of it. Throws what may pass, and what is no business of the package. */
export async function finish(line: Line, track: Track, claimed: ClaimedPackage): Promise<void> {
  const dropped: Record<string, number> = {};
  const io = track.io((reason) => (dropped[reason] = (dropped[reason] ?? 0) + 1));
  let result: PackageResult;
  try {
    result = await analyse(line, track.registry, io, claimed);
  } catch (error) {
    if (!(error instanceof CrawlError) || error instanceof NotAllowed) throw error;
    if (isPassing(error) && claimed.attempt < MAX_ATTEMPTS) throw error;
    result = { state: 'failed', reason: error.reason, detail: error.message };
  }
  await line.insist(() => savePackageResult(line.database, line.run, claimed.packageId, result, { now: line.now(), dropped }));
}

/**
 * One package: its newest release, each of its artifacts, what stands in them, and what is known of that. Where the registry
 * says that it has not moved, and an earlier run has read all of it, nothing is asked.
 */
async function analyse(line: Line, registry: Registry, io: RegistryAccess, claimed: ClaimedPackage): Promise<PackageResult> {
  const { name, key } = claimed;
  const unchanged = await recallPackage(line, claimed);
  if (unchanged !== null) return unchanged;
  const release = await registry.latest(name, io, { artifacts: line.artifacts });
  if ('reason' in release) return { state: 'no-release', reason: release.reason, detail: release.detail };
  const skipped: Skipped[] = [];
  const artifacts: { artifact: Artifact; report: ScanReport | null }[] = [];
  for (const artifact of release.artifacts)
    artifacts.push({ artifact, report: await lookInto(line, io, release, key, artifact, skipped) });
  if (artifacts.some(({ report }) => report !== null)) return { state: 'analysed', release, artifacts, skipped };
  const [first] = skipped;
  return {
    state: 'failed',
    reason: first?.reason ?? 'no-artifact',
    detail: first?.detail ?? 'the release has no artifact',
    release,
    skipped,
  };
}

async function recallPackage(line: Line, { packageId, key }: ClaimedPackage): Promise<PackageResult | null> {
  const release = await line.insist(() => recallRelease(line.database, line.run, packageId));
  if (release === null) return null;
  const artifacts: { artifact: Artifact; report: ScanReport }[] = [];
  for (const artifact of release.artifacts) {
    const report = await recall(line, release, key, artifact);
    if (report === null) return null;
    artifacts.push({ artifact, report });
  }
  line.tally.known += artifacts.length;
  return { state: 'analysed', release, artifacts, skipped: [] };
}

async function recall(line: Line, release: Release, key: string, artifact: Artifact): Promise<ScanReport | null> {
  const identity = { registry: release.registry, key, version: release.version, artifact };
  const { database, run, verdictAgeMs } = line;
  return line.insist(() => recallScan(database, run, identity, { now: line.now(), maxAgeMs: verdictAgeMs }));
}

async function lookInto(
  line: Line,
  io: RegistryAccess,
  release: Release,
  key: string,
  artifact: Artifact,
  skipped: Skipped[],
): Promise<ScanReport | null> {
  const known = await recall(line, release, key, artifact);
  if (known !== null) {
    line.tally.known += 1;
    return known;
  }
  try {
    const scan = await downloadAndScan(line, io, artifact);
    const findings = await line.validator.judge(scan.candidates);
    return { artifact: scan.artifact, findings, skipped: scan.skipped, stats: scan.stats };
  } catch (error) {
    if (!(error instanceof CrawlError) || error instanceof NotAllowed || isPassing(error)) throw error;
    skipped.push({ path: [artifact.filename], reason: error.reason, detail: error.message });
    return null;
  }
}

/** The bytes are forgotten when this returns; until then they take their room, so that a slow scanner slows the downloads. */
export async function downloadAndScan(line: Line, io: RegistryAccess, artifact: Artifact): Promise<ArtifactScan> {
  const { limits, room, scanner, signal, tally } = line;
  using place = await room.enter(Math.min(artifact.bytes ?? UNKNOWN_BYTES, limits.artifactBytes), signal);
  const { bytes, sha256 } = await io.download(artifact, { maxBytes: limits.artifactBytes, signal });
  tally.downloaded += 1;
  place.resize(bytes.length);
  return scanner.scan({ name: artifact.filename, bytes, sha256 }, signal);
}
