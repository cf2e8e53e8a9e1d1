/** A world's package in PyPI's words: files with their metadata, and the release that PyPI calls latest. */
import { compare, parse } from '@renovatebot/pep440';
import type { Packer } from '../pack.ts';
import type { WorldArtifact, WorldPackage, WorldRelease } from '../world.ts';

/** A file that no world holds, such as an egg: shown and served as it is. */
export interface OddFile {
  readonly filename: string;
  readonly packagetype: string;
  readonly bytes: Uint8Array;
}

export interface PypiFile {
  readonly filename: string;
  readonly packagetype: string;
  readonly version: string;
  readonly uploadedAt: string;
  readonly yanked: boolean;
  readonly size: number;
  readonly sha256: string;
  readonly md5: string;
  /** Path on the file host, from the bytes alone: a file's URL never changes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export const PUBLIC_FILES = 'https://files.pythonhosted.org';

export function normalise(name: string): string {
  return name
    .toLowerCase()
    .split(/[-_.]+/)
    .join('-');
}

/** Files of a release, sorted by name. */
export async function filesOf(
  one: WorldPackage,
  release: WorldRelease,
  packer: Packer,
  odd: readonly OddFile[],
  digest: (algorithm: string, bytes: Uint8Array) => string,
): Promise<PypiFile[]> {
  const subject = { name: one.name, version: release.version, publishedAt: release.publishedAt };
  const packed = await Promise.all(
    release.artifacts.map(async (artifact) => ({
      filename: artifact.filename,
      packagetype: packagetypeOf(artifact),
      bytes: (await packer(subject, artifact)).bytes,
    })),
  );
  return [...packed, ...odd]
    .map(({ filename, packagetype, bytes }) => {
      const address = digest('sha512', bytes).slice(0, 64);
      return {
        filename,
        packagetype,
        version: release.version,
        uploadedAt: release.publishedAt,
        yanked: release.withdrawn,
        size: bytes.length,
        sha256: digest('sha256', bytes),
        md5: digest('md5', bytes),
        path: `/packages/${address.slice(0, 2)}/${address.slice(2, 4)}/${address.slice(4)}/${filename}`,
        bytes,
      };
    })
    .sort((a, b) => (a.filename < b.filename ? -1 : 1));
}

function packagetypeOf({ kind }: WorldArtifact): string {
  return kind === 'wheel' ? 'bdist_wheel' : kind === 'egg' ? 'bdist_egg' : 'sdist';
}

/** Lowest version first, as PyPI sorts them. */
export function byVersion(a: WorldRelease, b: WorldRelease): number {
  if (parse(a.version) === null || parse(b.version) === null)
    return Number(parse(a.version) !== null) - Number(parse(b.version) !== null);
  return compare(a.version, b.version);
}

/** Not yanked before yanked, final before pre-release, then the highest. */
export function latestOf(releases: readonly WorldRelease[]): WorldRelease | undefined {
  return [...releases].sort(
    (a, b) => Number(a.withdrawn) - Number(b.withdrawn) || Number(a.prerelease) - Number(b.prerelease) || byVersion(b, a),
  )[0];
}

export function simpleFile(file: PypiFile): object {
  return {
    'core-metadata': false,
    'data-dist-info-metadata': false,
    filename: file.filename,
    hashes: { sha256: file.sha256 },
    provenance: null,
    'requires-python': '>=3.9',
    size: file.size,
    'upload-time': file.uploadedAt,
    url: `${PUBLIC_FILES}${file.path}`,
    yanked: file.yanked ? 'broken' : false,
  };
}

export function jsonFile(file: PypiFile): object {
  return {
    comment_text: null,
    'core-metadata': false,
    digests: { blake2b_256: file.path.split('/').slice(2, 5).join(''), md5: file.md5, sha256: file.sha256 },
    downloads: -1,
    filename: file.filename,
    has_sig: false,
    md5_digest: file.md5,
    packagetype: file.packagetype,
    python_version: file.packagetype === 'sdist' ? 'source' : 'py3',
    requires_python: '>=3.9',
    size: file.size,
    upload_time: file.uploadedAt.slice(0, 19),
    upload_time_iso_8601: file.uploadedAt,
    url: `${PUBLIC_FILES}${file.path}`,
    yanked: file.yanked,
    yanked_reason: file.yanked ? 'broken' : null,
  };
}
