/** Words that tables, charts and texts share. */
import type { NoReleaseReason, Tier, Verdict } from '../data/model.ts';

export const TIER_LABELS: Readonly<Record<Tier, string>> = {
  top100: 'Top 100',
  top1000: 'Top 1000',
  top10000: 'Top 10\u202f000',
  unranked: 'Unranked',
};

export const TIER_RANGES: Readonly<Record<Tier, string>> = {
  top100: '1-100',
  top1000: '101-1000',
  top10000: '1001-10\u202f000',
  unranked: 'lower than 10\u202f000',
};

export const VERDICT_LABELS: Readonly<Record<Verdict, string>> = {
  active: 'Active',
  restricted: 'Active, restricted',
  inactive: 'Inactive',
  unknown: 'Could not be told',
  untested: 'Not tested',
  'published-example': 'Published example',
  canary: 'Canary',
  'public-by-design': 'Public by design',
};

const NO_RELEASE: Readonly<Record<NoReleaseReason, string>> = {
  'not-found': 'listed, but not there',
  'no-release': 'no release',
  'all-yanked': 'every release yanked',
  'all-unlisted': 'every release unlisted',
  'no-artifact': 'no file to download',
  unpublished: 'unpublished',
  quarantined: 'quarantined by the registry',
  blocked: 'blocked by the registry',
};

/** Why packages, files and entries were not read. A reason that is not here is printed as its slug, readable as it is. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(NO_RELEASE),
  ['compression-unsupported', 'compressed in a way that is not known'],
  ['corrupt', 'damaged'],
  ['digest-mismatch', 'not the bytes that the registry names'],
  ['empty', 'empty'],
  ['encrypted', 'encrypted'],
  ['gave-up', 'given up after repeated crashes'],
  ['gone', 'gone between listing and download'],
  ['host-not-listed', 'on a host that is not the registry’s'],
  ['limit-bytes', 'too many bytes when unpacked'],
  ['limit-candidates', 'too many candidates'],
  ['limit-companions', 'too many parts to pair'],
  ['limit-depth', 'nested too deeply'],
  ['limit-entries', 'too many entries'],
  ['limit-entry-bytes', 'too large when unpacked'],
  ['limit-metadata', 'too much metadata'],
  ['limit-name', 'name too long'],
  ['limit-ratio', 'unpacks to far more than it is'],
  ['limit-time', 'took too long'],
  ['malformed', 'answer of the registry not understood'],
  ['not-allowed', 'request not allowed by the settings'],
  ['not-an-archive', 'not an archive'],
  ['refused', 'refused by the registry'],
  ['size-mismatch', 'not as long as it says'],
  ['throttled', 'registry asked to slow down, time after time'],
  ['too-large', 'too large to download'],
  ['truncated', 'ends too early'],
  ['unavailable', 'registry did not answer'],
]);

/** A stable slug in words. */
export function reasonInWords(slug: string): string {
  return REASONS.get(slug) ?? slug.replaceAll('-', ' ');
}

/** What stands where there is no figure: of a group that nobody belongs to, and of one that nobody looked at. */
export const NOBODY_THERE = '–';
export const NOT_ANALYZED = 'not analyzed';
