/** The order in which PyPI itself chooses the latest release, for pages that do not name it. */
import { compare, explain, parse } from '@renovatebot/pep440';

export interface Candidate {
  readonly version: string;
  /** All its files are yanked. */
  readonly yanked: boolean;
}

/**
 * Negative where `a` is the better choice: not yanked before yanked, final before pre-release, then the higher version by
 * PEP 440. Versions from before PEP 440 that do not parse count as final and as lower than any that does.
 */
export function byPreference(a: Candidate, b: Candidate): number {
  return (
    Number(a.yanked) - Number(b.yanked) ||
    Number(isPrerelease(a.version)) - Number(isPrerelease(b.version)) ||
    compareVersions(b.version, a.version)
  );
}

/** Whether PEP 440 calls it a pre-release: alpha, beta, candidate or developmental. */
export function isPrerelease(version: string): boolean {
  return explain(version)?.is_prerelease ?? false;
}

function compareVersions(a: string, b: string): number {
  const aParses = parse(a) !== null;
  const bParses = parse(b) !== null;
  if (aParses && bParses) return compare(a, b);
  if (aParses !== bParses) return aParses ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}
