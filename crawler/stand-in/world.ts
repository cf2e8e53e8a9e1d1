/**
 * One invented world, told by four stand-ins in four tongues.
 *
 * The world knows nothing of wires: packages, releases, files, and which package carries which token. It states its own
 * ground truth, so what a whole run measures can be compared with what is so.
 */
import {
  REGISTRY_IDS,
  type ArtifactKind,
  type Family,
  type NoReleaseReason,
  type RegistryId,
  type Verdict,
} from '../../data/model.ts';
import { populate } from './world/populate.ts';

/** A token to be planted, made by whoever knows services (the crawler does not): its stand-in will give `verdict` for it. */
export interface Plant {
  readonly service: string;
  readonly format: string;
  readonly family: Family;
  readonly verdict: Verdict;
  /** Source text that carries the token, as a developer might have left it. */
  readonly snippet: string;
  /** Every part as plain text: what must never be found in a database, a log or a report. */
  readonly secrets: readonly string[];
}

export interface PlantWish {
  /** Makes one token different from the other. */
  readonly seed: string;
  /** The verdict it shall get. */
  readonly verdict: Verdict;
}

/** Makes plants; the same wish gives the same plant. */
export type Planter = (wish: PlantWish) => Plant;

export interface WorldFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface WorldArtifact {
  readonly kind: ArtifactKind;
  /** RubyGems platform, wheel tag, or empty. */
  readonly platform: string;
  readonly filename: string;
  readonly files: readonly WorldFile[];
}

export interface WorldRelease {
  readonly version: string;
  readonly publishedAt: string;
  readonly prerelease: boolean;
  /** Yanked, unlisted or unpublished. */
  readonly withdrawn: boolean;
  readonly artifacts: readonly WorldArtifact[];
}

export interface WorldPackage {
  readonly registry: RegistryId;
  readonly name: string;
  readonly downloads: number;
  /** 1 is the most downloaded; null where the ranking does not reach. */
  readonly rank: number | null;
  /** Oldest first. */
  readonly releases: readonly WorldRelease[];
  /** Version of the release an ecosystem's own client would install, or why there is none. */
  readonly latest: string | null;
  readonly noRelease: NoReleaseReason | null;
  /** Tokens in the latest release, as representative artifacts hold them. */
  readonly plants: readonly Plant[];
}

export interface World {
  readonly packages: readonly WorldPackage[];
  of(registry: RegistryId): readonly WorldPackage[];
}

export interface WorldOptions {
  /** The same seed and planter give the same world, byte for byte. */
  readonly seed: string;
  readonly plant: Planter;
  /**
   * Size: 1 is some 1500 packages, of which 1000 of npm's are tiny so that one registry has places in every tier; the
   * odd packages are there at every scale.
   */
  readonly scale?: number;
}

/** Whether the registry's list of names has the package: one in quarantine is kept out of it. */
export function isListed(one: WorldPackage): boolean {
  return one.noRelease !== 'quarantined';
}

/** Invents the packages of all four registries. */
export function createWorld(options: WorldOptions): World {
  const scale = options.scale ?? 1;
  if (!(scale > 0 && Number.isFinite(scale))) throw new Error(`the scale of a world is a number above 0, not ${scale}`);
  const byRegistry = new Map(REGISTRY_IDS.map((id) => [id, populate(id, { ...options, scale })]));
  return {
    packages: [...byRegistry.values()].flat(),
    of: (registry) => byRegistry.get(registry) ?? [],
  };
}
