/** Small invented things for the tests of this folder: packages, releases, findings, whole runs. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from './database.ts';
import type { Finding, RegistryId, Release, ScanReport, Skipped } from './model.ts';
import { openDatabase } from './open.ts';
import { policyOf } from './policies.ts';
import { dropDatabase, freshDatabase, isServerMissing, startOwnServer, type OwnServer } from './postgres/test-server.ts';

export type { OwnServer } from './postgres/test-server.ts';
import { finishFrame, readFrame, saveNamePage, type FramePackage } from './store/frame.ts';
import { openOrResumeRun, type RunSpec } from './store/run.ts';
import { saveRanking, saveSelection } from './store/selection.ts';
import { closeRun } from './store/close.ts';
import { savePackageResult, type ArtifactResult, type PackageResult } from './store/work.ts';

export const HOLDING = { holder: 'test', now: 1_000, leaseMs: 60_000 } as const;

export const SPEC: RunSpec = {
  scope: 'registry',
  period: null,
  registries: ['rubygems', 'npm'],
  config: { sample: 10, artifacts: 'representative' },
  environment: { origins: {} },
  seed: 'seed',
  detectorStamp: 'stamp-1',
  codeVersion: '0.1.0',
  keyId: 'key-1',
  validation: 'live',
  services: [
    { id: 'slack', label: 'Slack', families: ['token'], checked: true },
    { id: 'stripe', label: 'Stripe', families: ['api-key'], checked: true },
    { id: 'hooks', label: 'Hooks', families: ['webhook'], checked: false },
  ],
};

export type TestKind = 'sqlite' | 'postgres';

export interface TestDatabase extends AsyncDisposable {
  readonly database: Database;
  /** What opens it once more. */
  readonly path: string;
  readonly folder: string;
}

/** A database of its own, gone at the end of the block; a file in a folder of its own unless told otherwise. */
export async function temporaryDatabase(kind: TestKind = 'sqlite'): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'incidence-data-'));
  const path = kind === 'sqlite' ? join(folder, 'test.sqlite') : await freshDatabase();
  const database = await openDatabase(path);
  return {
    database,
    path,
    folder,
    async [Symbol.asyncDispose]() {
      await database.close();
      if (kind !== 'sqlite') await dropDatabase(path);
      await rm(folder, { recursive: true });
    },
  };
}

/** A server of one's own, to be restarted and cut off at will; null where none is installed. */
export const ownServer: ((settings?: readonly string[]) => Promise<OwnServer>) | null = isServerMissing ? null : startOwnServer;

export function names(count: number, prefix = 'package'): readonly { readonly name: string; readonly key: string }[] {
  return Array.from({ length: count }, (_, index) => ({ name: `${prefix}-${index + 1}`, key: `${prefix}-${index + 1}` }));
}

/** Lists `count` packages, ranks the first `ranked`, selects all of `selected` (by default every package). */
export async function prepareRegistry(
  database: Database,
  run: number,
  registry: RegistryId,
  { count, ranked, sample = count - ranked }: { readonly count: number; readonly ranked: number; readonly sample?: number },
): Promise<readonly FramePackage[]> {
  const list = names(count, registry);
  await saveNamePage(database, run, registry, { names: list, cursor: 'end', dropped: {} });
  await finishFrame(database, run, registry, { takenAt: 2_000, by: 'listed' });
  await saveRanking(database, run, registry, {
    source: {
      id: 'counts',
      label: 'Download counts',
      url: 'https://example.org/',
      measures: 'downloads',
      terms: 'free',
      weaknesses: 'none',
    },
    dated: null,
    takenAt: 2_500,
    places: list.slice(0, ranked).map(({ name, key }, index) => ({ name, key, rank: index + 1, downloads: 1_000 - index })),
  });
  const frame: FramePackage[] = [];
  for await (const page of readFrame(database, run, registry)) frame.push(...page);
  const selected = frame.slice(0, ranked + sample).map(({ packageId }, index) => ({
    packageId,
    rank: index < ranked ? index + 1 : null,
    probability: index < ranked ? 1 : sample / (count - ranked),
    selectionKey: String(index).padStart(8, '0'),
  }));
  await saveSelection(database, run, registry, selected, 3_000);
  return frame;
}

export async function openExampleRun(database: Database, change: Partial<RunSpec> = {}): Promise<number> {
  return (await openOrResumeRun(database, { ...SPEC, ...change }, HOLDING)).id;
}

export function release(registry: RegistryId, name: string, filenames: readonly string[] = [`${name}-1.0.tgz`]): Release {
  return {
    registry,
    name,
    version: '1.0',
    prerelease: false,
    publishedAt: '2026-01-01T00:00:00Z',
    artifacts: filenames.map((filename) => ({
      filename,
      url: `https://user:word@example.org/files/${filename}?ticket=1`,
      kind: 'npm',
      bytes: 100,
      digest: { algorithm: 'sha256', hex: sha256(filename) },
    })),
    notes: [],
  };
}

/** A finding of the token with this name; equal names are equal tokens. */
export function finding(token: string, change: Partial<Finding> = {}): Finding {
  const family = change.family ?? 'token';
  const verdict = change.verdict ?? 'active';
  return {
    service: 'slack',
    format: 'slack.bot-token',
    family,
    verdict,
    reason: `said-${verdict}`,
    policy: policyOf(family, verdict),
    place: { path: ['x', 'src/index.js'], line: 3, column: 5, offset: 77, length: 20, decoding: [], label: 'source' },
    fingerprint: sha256(token),
    redacted: 'xoxb-…',
    ...change,
  };
}

export function report(content: string, findings: readonly Finding[], skipped: readonly Skipped[] = []): ScanReport {
  return {
    artifact: { name: content, bytes: 100, sha256: sha256(content) },
    findings: findings.map((one) => ({ ...one, place: { ...one.place, path: [content, ...one.place.path.slice(1)] } })),
    skipped,
    stats: { entries: 4, bytes: 400, ms: 1.5 },
  };
}

/** One package, one artifact, analysed with these findings. */
export function analysed(
  registry: RegistryId,
  name: string,
  findings: readonly Finding[],
  skipped: readonly Skipped[] = [],
): PackageResult {
  const made = release(registry, name);
  const artifacts: ArtifactResult[] = made.artifacts.map((artifact) => ({
    artifact,
    report: report(artifact.filename, findings),
  }));
  return { state: 'analysed', release: made, artifacts, skipped };
}

/** A database with one closed run: 2 registries of 60 packages, the first 20 ranked, 20 of the rest drawn. */
export async function exampleDatabase(kind: TestKind = 'sqlite'): Promise<TestDatabase> {
  const made = await temporaryDatabase(kind);
  const run = await openExampleRun(made.database);
  for (const registry of ['rubygems', 'npm'] as const) {
    const frame = await prepareRegistry(made.database, run, registry, { count: 60, ranked: 20, sample: 20 });
    for (const [index, { packageId, name }] of frame.slice(0, 40).entries()) {
      await savePackageResult(made.database, run, packageId, exampleResult(registry, name, index), { now: 5_000 + index });
    }
  }
  await closeRun(made.database, run, 9_000);
  return made;
}

/** Of every 20 packages: one failed, one without a release, one read in part, two with tokens, one of them undecided. */
export function exampleResult(registry: RegistryId, name: string, index: number): PackageResult {
  switch (index % 20) {
    case 3:
      return { state: 'failed', reason: 'unavailable', detail: 'no answer' };
    case 4:
      return { state: 'no-release', reason: 'all-yanked', detail: 'every version was yanked' };
    case 5:
      return analysed(registry, name, [], [{ path: [`${name}.whl`], reason: 'too-large', detail: 'more than allowed' }]);
    case 6:
      return analysed(registry, name, [finding(`${name} own`), finding('shared by many')]);
    case 7:
      return analysed(registry, name, [finding(`${name} open`, { verdict: 'unknown' })]);
    default:
      return analysed(registry, name, []);
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
