/**
 * The newest release of a gem, as `gem install` on Linux would choose it.
 *
 * A final version before any pre-release; among those the highest for which there is a gem for platform ruby or for Linux on
 * x86-64 (glibc), and only where there is none the highest of any platform.
 */
import type { Artifact, NoRelease, NoReleaseReason, Release } from '../../../data/model.ts';
import { Gone } from '../../errors.ts';
import type { LatestOptions, RegistryIo } from '../../registry.ts';
import { compareGemVersions, isGemPrerelease } from '../../versions/rubygems.ts';
import { parseInfo, type GemVersion } from './info.ts';
import { staticIndex } from './specs-file.ts';

/** Gems with ten thousand versions and platforms have some megabytes. */
const MAX_INFO = 64 * 1024 * 1024;

export async function latest(name: string, io: RegistryIo, options: LatestOptions): Promise<Release | NoRelease> {
  const all = await versionsOf(name, io);
  if (typeof all === 'string') return none(name, 'not-found', all);
  const { version } = options;
  const versions = version === undefined ? all : all.filter((one) => one.number === version);
  if (version !== undefined && versions.length === 0)
    return none(name, 'no-release', `the index lists no version ${version}; yanked versions are not in it`);
  const [best] = versions.toSorted(byPreference);
  if (best === undefined) return none(name, 'all-yanked', 'the index lists no version');
  const siblings = versions.filter((one) => one.number === best.number).sort(byPreference);
  return {
    registry: 'rubygems',
    name,
    version: best.number,
    prerelease: isGemPrerelease(best.number),
    publishedAt: best.createdAt,
    artifacts: (options.artifacts === 'all' ? siblings : [best]).map((one) => toArtifact(name, one, io)),
    notes: notesOn(best, versions),
  };
}

/** The versions that the index has, or the words in which it says that it does not know the gem. */
async function versionsOf(name: string, io: RegistryIo): Promise<readonly GemVersion[] | string> {
  const url = `${io.origin('index')}/info/${encodeURIComponent(name)}`;
  try {
    const { body } = await io.text(url, { accept: 'text/plain', maxBytes: MAX_INFO });
    return parseInfo(body, url, (reason) => io.drop(reason));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    const specs = await staticIndex(io);
    return specs?.gems.get(name) ?? `status ${error.status ?? 404}`;
  }
}

/** Negative where `a` is the better choice. */
function byPreference(a: GemVersion, b: GemVersion): number {
  return (
    Number(isGemPrerelease(a.number)) - Number(isGemPrerelease(b.number)) ||
    Number(!isInstallable(a)) - Number(!isInstallable(b)) ||
    compareGemVersions(b.number, a.number) ||
    Number(a.platform !== 'ruby') - Number(b.platform !== 'ruby') ||
    (a.platform < b.platform ? -1 : Number(a.platform > b.platform))
  );
}

function isInstallable({ platform }: GemVersion): boolean {
  return platform === 'ruby' || /^x86_64-linux(-gnu)?$/.test(platform);
}

function notesOn(best: GemVersion, versions: readonly GemVersion[]): string[] {
  const notes: string[] = [];
  if (best.platform !== 'ruby') notes.push(`no gem for platform ruby; ${best.platform} was taken`);
  const [higher] = versions
    .filter((one) => isGemPrerelease(one.number) === isGemPrerelease(best.number))
    .filter((one) => compareGemVersions(one.number, best.number) > 0)
    .sort((a, b) => compareGemVersions(b.number, a.number));
  if (higher !== undefined)
    notes.push(`a higher version is there for other platforms only: ${higher.number}, ${higher.platform}`);
  return notes;
}

function toArtifact(name: string, { number, platform, sha256 }: GemVersion, io: RegistryIo): Artifact {
  const fullName = platform === 'ruby' ? `${name}-${number}` : `${name}-${number}-${platform}`;
  return {
    filename: `${fullName}.gem`,
    url: `${io.origin('gems')}/${encodeURIComponent(fullName)}.gem`,
    kind: 'gem',
    bytes: null,
    digest: sha256 === null ? null : { algorithm: 'sha256', hex: sha256 },
  };
}

function none(name: string, reason: NoReleaseReason, detail: string): NoRelease {
  return { registry: 'rubygems', name, reason, detail };
}
