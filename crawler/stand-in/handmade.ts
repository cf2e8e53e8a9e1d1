/** Small worlds written out by hand, for tests that need one odd package rather than a whole world. */
import type { RegistryId } from '../../data/model.ts';
import type { World, WorldArtifact, WorldPackage, WorldRelease } from './world.ts';

/** What a test says of a release; everything else is filled in. */
export interface Draft {
  readonly version: string;
  readonly prerelease?: boolean;
  readonly withdrawn?: boolean;
  /** File names; by default what the registry's own tool would upload. */
  readonly files?: readonly string[];
}

/** A package whose newest release, in the order given, is its latest unless `state` says otherwise. */
export function handmade(
  registry: RegistryId,
  name: string,
  releases: readonly (string | Draft)[],
  state: Partial<WorldPackage> = {},
): WorldPackage {
  const drafts = releases.map((one) => (typeof one === 'string' ? { version: one } : one));
  return {
    registry,
    name,
    downloads: 1000,
    rank: null,
    releases: drafts.map((draft, index) => toRelease(registry, name, draft, index)),
    latest: drafts.at(-1)?.version ?? null,
    noRelease: null,
    plants: [],
    ...state,
  };
}

export function worldOf(packages: readonly WorldPackage[]): World {
  return { packages, of: (registry) => packages.filter((one) => one.registry === registry) };
}

function toRelease(registry: RegistryId, name: string, draft: Draft, index: number): WorldRelease {
  const filenames = draft.files ?? [DEFAULT_FILES[registry](name, draft.version)];
  return {
    version: draft.version,
    publishedAt: new Date(Date.UTC(2026, 0, 1 + index, 12)).toISOString(),
    prerelease: draft.prerelease ?? false,
    withdrawn: draft.withdrawn ?? false,
    artifacts: filenames.map((filename) => toArtifact(filename, name, draft.version)),
  };
}

const DEFAULT_FILES: Readonly<Record<RegistryId, (name: string, version: string) => string>> = {
  rubygems: (name, version) => `${name}-${version}.gem`,
  nuget: (name, version) => `${name}.${version}.nupkg`.toLowerCase(),
  pypi: (name, version) => `${name.toLowerCase().replace(/[-_.]+/g, '_')}-${version}.tar.gz`,
  npm: (name, version) => `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`,
};

function toArtifact(filename: string, name: string, version: string): WorldArtifact {
  const kinds = { '.gem': 'gem', '.nupkg': 'nupkg', '.whl': 'wheel', '.tgz': 'npm' } as const;
  const suffix = /\.[a-z]+$/.exec(filename)?.[0] ?? '';
  const kind = suffix in kinds ? kinds[suffix as keyof typeof kinds] : 'sdist';
  return { kind, platform: '', filename, files: [{ path: 'README.txt', content: `${name} ${version} in ${filename}\n` }] };
}
