/** Files of a release: what kind they are, which version they belong to, and which of them are analysed. */
import type { Artifact, ArtifactKind, Digest } from '../../../data/model.ts';
import { normalise } from './name.ts';

const SDIST_SUFFIX = /\.(?:tar\.(?:gz|bz2|xz|z)|tgz|tbz|tar|zip)$/i;
/** `bdist_dumb`: an installed tree that looks like an sdist but for the platform in its name. */
const DUMB = /\.(?:linux|macosx|win|cygwin)[\w.-]*\.(?:tar\.\w+|zip)$/i;

/** `packagetype` where the page has it (the suffix lies for `bdist_dumb`), else the suffix. */
export function kindOf(filename: string, packagetype?: string): ArtifactKind {
  if (packagetype === 'sdist') return 'sdist';
  if (packagetype === 'bdist_wheel') return 'wheel';
  if (packagetype === 'bdist_egg') return 'egg';
  if (packagetype !== undefined) return 'other';
  if (/\.whl$/i.test(filename)) return 'wheel';
  if (/\.egg$/i.test(filename)) return 'egg';
  return SDIST_SUFFIX.test(filename) && !DUMB.test(filename) ? 'sdist' : 'other';
}

/**
 * The version in a file's name, or null where there is none to be seen. In old sdists both the name and the version may
 * hold dashes, so the name ends at the first dash that leaves this project's name before it.
 */
export function versionOf(filename: string, key: string): string | null {
  const kind = kindOf(filename);
  const stem = filename.replace(SDIST_SUFFIX, '').replace(/\.(?:whl|egg|exe|msi|rpm|dmg|deb)$/i, '');
  for (let at = stem.indexOf('-'); at !== -1; at = stem.indexOf('-', at + 1)) {
    if (normalise(stem.slice(0, at)) !== key) continue;
    const rest = stem.slice(at + 1);
    if (kind === 'sdist') return rest === '' ? null : rest;
    // Wheels, eggs and installers put tags behind the version: `-py3-none-any`, `-py2.7`, `.win32-py2.7`.
    const version = (rest.split('-', 1)[0] ?? '').replace(/\.(?:win|linux|macosx|noarch).*$/i, '');
    return version === '' ? null : version;
  }
  return null;
}

export function sha256Of(hex: unknown): Digest | null {
  return typeof hex === 'string' && /^[0-9a-f]{64}$/i.test(hex) ? { algorithm: 'sha256', hex: hex.toLowerCase() } : null;
}

/**
 * The sdist and one wheel; where a release has neither, one of what it has. The same release always gives the same choice.
 *
 * A wheel for every system (`none-any`, best `py3-none-any`) is preferred, then one for x86-64 Linux, then the first by name.
 */
export function representatives(artifacts: readonly Artifact[]): Artifact[] {
  const sdist = best(artifacts, 'sdist', (filename) => (filename.endsWith('.tar.gz') ? 0 : 1));
  const wheel = best(artifacts, 'wheel', wheelOrder);
  const chosen = [sdist, wheel].filter((artifact) => artifact !== null);
  if (chosen.length > 0) return chosen;
  const other = best(artifacts, 'egg', () => 0) ?? best(artifacts, 'other', () => 0);
  return other === null ? [] : [other];
}

function best(artifacts: readonly Artifact[], kind: ArtifactKind, order: (filename: string) => number): Artifact | null {
  const sorted = artifacts
    .filter((artifact) => artifact.kind === kind)
    .sort((a, b) => order(a.filename) - order(b.filename) || (a.filename < b.filename ? -1 : 1));
  return sorted[0] ?? null;
}

function wheelOrder(filename: string): number {
  const tags = filename.replace(/\.whl$/i, '');
  if (tags.endsWith('-py3-none-any')) return 0;
  if (tags.endsWith('-none-any')) return 1;
  return /linux\w*_x86_64$/.test(tags) ? 2 : 3;
}
