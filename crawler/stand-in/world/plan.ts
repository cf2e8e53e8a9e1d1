/** A package before it is made: which releases it has, and which of them its ecosystem's own client would install. */
import type { NoReleaseReason } from '../../../data/model.ts';
import type { PlantWish } from '../world.ts';

export interface ArtifactPlan {
  readonly platform: string;
  readonly kind?: 'wheel' | 'sdist';
  /** Extension of an sdist. */
  readonly extension?: 'tar.gz' | 'zip';
  /** Tokens that this artifact has beyond those of its release. */
  readonly carries?: readonly PlantWish[];
  /** False where a run looks at others of the release instead. */
  readonly representative?: boolean;
}

export interface ReleasePlan {
  readonly version: string;
  readonly prerelease?: boolean;
  readonly withdrawn?: boolean;
  readonly carries?: readonly PlantWish[];
  /** The registry's usual artifacts where it is missing. */
  readonly artifacts?: readonly ArtifactPlan[];
}

export interface PackagePlan {
  readonly name: string;
  /** In the order of publication. */
  readonly releases: readonly ReleasePlan[];
  /** Stated by whoever wrote the plan, never computed by a version rule. */
  readonly latest: string | null;
  readonly noRelease?: NoReleaseReason;
  /** `top`: among the first ten; `never`: no ranking has it. */
  readonly ranked?: 'top' | 'never';
  readonly tiny?: boolean;
}
