/** Ordinary histories of packages: most are plain, some have a pre-release ahead, a withdrawn newest, a late fix of an old line. */
import type { RegistryId } from '../../../data/model.ts';
import type { PlantWish } from '../world.ts';
import type { Draw } from './draw.ts';
import type { PackagePlan, ReleasePlan } from './plan.ts';

/** Spelling of the n-th pre-release of a version. */
export function prereleaseOf(registry: RegistryId, version: string, count: number): string {
  switch (registry) {
    case 'rubygems':
      return `${version}.rc${count}`;
    case 'pypi':
      return `${version}rc${count}`;
    default:
      return `${version}-beta.${count}`;
  }
}

/**
 * A package whose installable release carries `carries`. One in ten has a token in an older release that the newest no
 * longer has.
 */
export function ordinaryPlan(registry: RegistryId, name: string, carries: readonly PlantWish[], draw: Draw): PackagePlan {
  const major = draw.int(4);
  const finals: ReleasePlan[] = Array.from({ length: 1 + draw.int(3) }, (_, minor) => ({
    version: `${major}.${minor + 8}.${draw.int(30)}`,
  }));
  if (draw.chance(10))
    finals.unshift({ version: `${major}.1.0`, carries: [{ seed: `old ${registry} ${name}`, verdict: 'active' }] });
  const newest: ReleasePlan = { version: `${major}.${finals.length + 9}.0`, carries };
  const before = [...finals, newest];
  const ahead = `${major + 1}.0.0`;
  const plan = (releases: readonly ReleasePlan[]): PackagePlan => ({ name, releases, latest: newest.version });
  const kind = draw.int(100);
  if (kind < 18) {
    const prerelease = { prerelease: true, carries: [{ seed: `ahead ${registry} ${name}`, verdict: 'active' }] } as const;
    return plan([
      ...before,
      { version: prereleaseOf(registry, ahead, 1), ...prerelease },
      { version: prereleaseOf(registry, ahead, 2), prerelease: true },
    ]);
  }
  if (kind < 30)
    return plan([
      ...before,
      { version: ahead, withdrawn: true, carries: [{ seed: `withdrawn ${registry} ${name}`, verdict: 'active' }] },
    ]);
  if (kind < 42) return plan([...before, { version: `${major}.8.99` }]);
  if (kind < 50) return plan([{ version: `${major}.0.1`, withdrawn: true }, ...before]);
  return plan(before);
}

/** One release with one small file beside its tokens. */
export function tinyPlan(name: string, carries: readonly PlantWish[]): PackagePlan {
  return { name, releases: [{ version: '1.0.0', carries }], latest: '1.0.0', tiny: true };
}
