/**
 * What has happened on nuget.org, event by event, as its catalog tells it: publications, unlistings, repairs and deletions, in
 * commits of a few at a time.
 *
 * Of every world some versions were published twice over (a repair writes one more event), and some packages once had a
 * version that was deleted. Nothing of that shows in the world's packages.
 */
import { createHash } from 'node:crypto';
import { normalNugetVersion, parseNugetVersion } from '../../versions/nuget.ts';
import type { JournalEvent } from '../journal.ts';
import type { WorldPackage, WorldRelease } from '../world.ts';

export interface CatalogEvent {
  readonly kind: 'details' | 'delete';
  /** Spelled as in this event; casing differs between events. */
  readonly id: string;
  readonly package: WorldPackage;
  readonly release: WorldRelease;
  /** Whether the version was listed after this event. */
  readonly listed: boolean;
  /** False for what a package's file was before it was signed again. */
  readonly isSigned: boolean;
  readonly commitId: string;
  /** Up to seven digits behind the point, sometimes none. */
  readonly at: string;
}

type Draft = Omit<CatalogEvent, 'commitId' | 'at'>;

/** The whole history, oldest first. The same packages and journal give the same events; a longer journal only adds to them. */
export function historyOf(packages: readonly WorldPackage[], journal: readonly JournalEvent[]): CatalogEvent[] {
  const groups = [firstEvents(packages)];
  const state = new Map(packages.map((one) => [one.name, one]));
  for (const event of journal) {
    if (event.kind === 'published') {
      const before = state.get(event.package.name);
      state.set(event.package.name, event.package);
      groups.push(published(event.package, before));
    } else {
      const one = state.get(event.name);
      if (one === undefined) continue;
      const releases = event.kind === 'deleted' ? one.releases : one.releases.slice(-1);
      groups.push(releases.map((release) => draft(event.kind === 'deleted' ? 'delete' : 'details', one, release)));
      if (event.kind === 'deleted') state.delete(event.name);
    }
  }
  return committed(groups);
}

/** The form of a version in paths. */
export function pathVersion(version: string): string {
  const parts = parseNugetVersion(version);
  return parts === null ? version.toLowerCase() : normalNugetVersion(parts);
}

function firstEvents(packages: readonly WorldPackage[]): Draft[] {
  const all = packages.flatMap((one) => releasesOf(one).map((release) => ({ one, release })));
  all.sort((a, b) => Date.parse(a.release.publishedAt) - Date.parse(b.release.publishedAt));
  const drafts: Draft[] = [];
  for (const [index, { one, release }] of all.entries()) {
    const isRepaired = index % 9 === 4;
    const listed = draft('details', one, { ...release, withdrawn: false });
    drafts.push({
      ...listed,
      id: index % 7 === 3 ? one.name.toLowerCase() : one.name,
      isSigned: !isRepaired,
      release,
      listed: true,
    });
    if (isRepaired) drafts.push({ ...listed, release });
    if (release.withdrawn) drafts.push(draft('details', one, release));
    if (index % 13 === 5) {
      const removed = { ...release, version: '0.0.1-Removed', withdrawn: false };
      drafts.push(draft('details', one, removed));
      // A delete spells the version in its own way.
      drafts.push(draft('delete', one, { ...removed, version: '0.0.1.0-removed' }));
    }
  }
  return drafts;
}

/** A package that the registry lists and has not: its catalog entry is there, and nothing else. */
function releasesOf(one: WorldPackage): readonly WorldRelease[] {
  if (one.releases.length > 0) return one.releases;
  return [{ version: '1.0.0', publishedAt: '2017-02-03T04:05:06Z', prerelease: false, withdrawn: false, artifacts: [] }];
}

function published(one: WorldPackage, before: WorldPackage | undefined): Draft[] {
  const known = new Map(before?.releases.map((release) => [release.version, release]));
  const drafts = one.releases
    .filter((release) => known.get(release.version)?.withdrawn !== release.withdrawn)
    .map((release) => draft('details', one, release));
  for (const release of one.releases) known.delete(release.version);
  return [...drafts, ...[...known.values()].map((release) => draft('delete', one, release))];
}

function draft(kind: CatalogEvent['kind'], one: WorldPackage, release: WorldRelease): Draft {
  return { kind, id: one.name, package: one, release, listed: !release.withdrawn, isSigned: true };
}

const BEGINNING = Date.UTC(2015, 1, 1, 6, 30, 11);
const MOST_IN_COMMIT = 3;

/** A commit never holds two events of one version, and what comes later is never added to it. */
function committed(groups: readonly (readonly Draft[])[]): CatalogEvent[] {
  const events: CatalogEvent[] = [];
  let commit = 0;
  for (const group of groups) {
    let inCommit = new Set<string>();
    for (const one of group) {
      const key = `${one.package.name} ${pathVersion(one.release.version)}`;
      if (inCommit.size === 0 || inCommit.size === MOST_IN_COMMIT || inCommit.has(key)) {
        commit += 1;
        inCommit = new Set();
      }
      inCommit.add(key);
      events.push({ ...one, at: timeOf(commit), commitId: commitIdOf(commit) });
    }
  }
  return events;
}

/** When a commit was made; 0 is before the first. */
export function timeOf(commit: number): string {
  const seconds = new Date(BEGINNING + commit * 3601_000).toISOString().slice(0, 19);
  if (commit % 11 === 7) return `${seconds}Z`;
  const fraction = String((commit * 7_654_321 + 1_234_567) % 10_000_000).padStart(7, '0');
  return `${seconds}.${fraction.slice(0, commit % 5 === 2 ? 3 : 7)}Z`;
}

function commitIdOf(commit: number): string {
  const hex = createHash('md5').update(`commit ${commit}`).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
