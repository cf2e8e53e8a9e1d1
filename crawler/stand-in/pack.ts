/**
 * Real archives of invented packages, built in memory: what the ecosystem's own tool would have uploaded. The same files
 * give the same bytes, so digests may be published before anyone downloads.
 */
import { createHash } from 'node:crypto';
import { packGem } from './pack/gem.ts';
import { packNpm } from './pack/npm.ts';
import { packNupkg } from './pack/nupkg.ts';
import { packSdist, packWheel } from './pack/python.ts';
import type { WorldArtifact } from './world.ts';

/** What stands in an archive's metadata. */
export interface Subject {
  readonly name: string;
  readonly version: string;
  readonly publishedAt: string;
}

export interface Packed {
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha1: string;
  readonly sha256: string;
  readonly sha512: string;
}

/** Packs an artifact by its kind; each artifact object is packed once per packer. */
export type Packer = (subject: Subject, artifact: WorldArtifact) => Promise<Packed>;

export function createPacker(): Packer {
  const done = new WeakMap<WorldArtifact, Promise<Packed>>();
  return (subject, artifact) => {
    const known = done.get(artifact);
    if (known !== undefined) return known;
    const packing = packArtifact(subject, artifact).then(withDigests);
    done.set(artifact, packing);
    return packing;
  };
}

/**
 * The bytes of one artifact. Paths of its files are relative to what the format unpacks: the gem's data, the wheel's and
 * the nupkg's root, the folder inside an sdist, `package/` in an npm tarball.
 */
export async function packArtifact(subject: Subject, artifact: WorldArtifact): Promise<Uint8Array> {
  switch (artifact.kind) {
    case 'gem':
      return packGem(subject, artifact);
    case 'nupkg':
      return packNupkg(subject, artifact);
    case 'wheel':
      return packWheel(subject, artifact);
    case 'sdist':
      return packSdist(subject, artifact);
    case 'npm':
      return packNpm(subject, artifact);
    default:
      throw new Error(`${artifact.filename}: a world holds gem, nupkg, wheel, sdist and npm artifacts, not ${artifact.kind}`);
  }
}

function withDigests(bytes: Uint8Array): Packed {
  const hex = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  return { bytes, sha1: hex('sha1'), sha256: hex('sha256'), sha512: hex('sha512') };
}
