/**
 * The nouns of Incidence, one meaning each.
 *
 * - registry: RubyGems, NuGet, PyPI or npm, always listed in this order
 * - package: a named project of a registry; the statistical unit, counted once however many files or tokens it has
 * - release: one version of a package; the newest installable one is analysed
 * - artifact: one downloadable file of a release (.gem, .nupkg, wheel, sdist, npm tarball)
 * - entry: one file inside an artifact, at any nesting depth
 * - ranking: a dated list of packages by downloads; rank 1 is the most downloaded
 * - tier: a disjoint range of ranks
 * - frame: all package names of a registry at one time
 * - sample: the packages of a frame selected for a run, each with its probability of selection
 * - run: one research run; immutable once closed
 * - service: a web service whose tokens are known
 * - candidate: bytes of an entry that match a service's format
 * - finding: a candidate with its verdict and its place
 * - verdict: what is known about a token being accepted by its service
 * - policy: a rule of the catalogue (`policies.ts`) that a package passes or violates
 * - detection: a package that violates a policy in a run
 * - incidence: detections as a share of packages, with its interval
 */

export const REGISTRY_IDS = ['rubygems', 'nuget', 'pypi', 'npm'] as const;
export type RegistryId = (typeof REGISTRY_IDS)[number];

/** How people write the registries' names. */
export const REGISTRY_LABELS: Readonly<Record<RegistryId, string>> = {
  rubygems: 'RubyGems',
  nuget: 'NuGet',
  pypi: 'PyPI',
  npm: 'npm',
};

export const TIERS = ['top100', 'top1000', 'top10000', 'unranked'] as const;
export type Tier = (typeof TIERS)[number];

/** First and last rank of each ranked tier, both included. */
export const TIER_RANKS: Readonly<Record<Exclude<Tier, 'unranked'>, readonly [first: number, last: number]>> = {
  top100: [1, 100],
  top1000: [101, 1000],
  top10000: [1001, 10_000],
};

/** The tier of a rank; no rank, or one past 10 000, is unranked. */
export function tierOf(rank: number | null): Tier {
  if (rank === null || rank > TIER_RANKS.top10000[1]) return 'unranked';
  if (rank >= TIER_RANKS.top10000[0]) return 'top10000';
  return rank >= TIER_RANKS.top1000[0] ? 'top1000' : 'top100';
}

/** What kind of secret a service gives out; each family has its own branch in the policy catalogue. */
export const FAMILIES = ['token', 'api-key', 'webhook', 'credentials'] as const;
export type Family = (typeof FAMILIES)[number];

/**
 * - active: the service accepted it
 * - restricted: the service recognises it, but scope, address, plan or single sign-on forbids the call
 * - inactive: refused, expired or revoked, by the service or provably offline
 * - unknown: asked, but the answer decides nothing (429, 5xx, firewall page, network, unexpected body)
 * - untested: no harmless question exists, or validation is off
 * - published-example: a token from documentation, or signed with a published demo secret
 * - canary: a known canary; never asked
 * - public-by-design: accepted, and meant to be public
 */
export const VERDICTS = [
  'active',
  'restricted',
  'inactive',
  'unknown',
  'untested',
  'published-example',
  'canary',
  'public-by-design',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Where in a package a token stood; a label, never a filter. */
export const PLACE_LABELS = ['source', 'test', 'documentation', 'vendored', 'build-output', 'configuration', 'metadata'] as const;
export type PlaceLabel = (typeof PLACE_LABELS)[number];

/** A digest as a registry publishes it: lower-case hex, whatever form it had on the wire. */
export interface Digest {
  readonly algorithm: 'sha256' | 'sha512' | 'sha1';
  readonly hex: string;
}

export type ArtifactKind = 'gem' | 'nupkg' | 'wheel' | 'sdist' | 'egg' | 'npm' | 'other';

export interface Artifact {
  readonly filename: string;
  readonly url: string;
  readonly kind: ArtifactKind;
  /** Bytes of the file as downloaded; null where the registry does not publish it. */
  readonly bytes: number | null;
  /** What the registry says the file hashes to; null where it does not say. */
  readonly digest: Digest | null;
}

export interface Release {
  readonly registry: RegistryId;
  /** As published. */
  readonly name: string;
  readonly version: string;
  readonly prerelease: boolean;
  /** ISO 8601, where the registry tells it with the release. */
  readonly publishedAt: string | null;
  /** In the order they should be analysed; never empty. */
  readonly artifacts: readonly Artifact[];
  /** What a careful reader should know about the choice, such as "dist-tag latest names a missing version". */
  readonly notes: readonly string[];
}

/** Why a listed package has no release to analyse: a result, not an error. */
export const NO_RELEASE_REASONS = [
  'not-found',
  'no-release',
  'all-yanked',
  'all-unlisted',
  'no-artifact',
  'unpublished',
  'quarantined',
  'blocked',
] as const;
export type NoReleaseReason = (typeof NO_RELEASE_REASONS)[number];

export interface NoRelease {
  readonly registry: RegistryId;
  readonly name: string;
  readonly reason: NoReleaseReason;
  /** The status or words behind the reason, free of secrets. */
  readonly detail: string;
}

/**
 * Why a package, an artifact or an entry was not read to its end. Never an exception that loses the rest:
 * each is counted, stored and shown.
 */
export interface Skipped {
  /** One element per nesting level; the first is the artifact's file name. */
  readonly path: readonly string[];
  /** A stable slug, such as `not-an-archive`, `encrypted`, `limit-bytes`, `truncated`. */
  readonly reason: string;
  /** A sentence for people: what was expected and what came. */
  readonly detail: string;
}

/** Where a token starts, in the entry's own bytes. */
export interface Place {
  /** One element per nesting level; the first is the artifact's file name. */
  readonly path: readonly string[];
  /** 1-based, counted in the entry's bytes (line feeds before `offset`); columns in bytes. */
  readonly line: number;
  readonly column: number;
  /** Bytes from the start of the innermost entry. */
  readonly offset: number;
  /** Bytes that the token occupies there (twice its characters in UTF-16, more when it was encoded). */
  readonly length: number;
  /** How the bytes had to be read, outermost first: `utf-16le`, `base64`, `dotnet-us`, …; empty for plain text. */
  readonly decoding: readonly string[];
  readonly label: PlaceLabel;
}

/** A candidate with its verdict and place. Holds no secret: it may be stored, printed and published. */
export interface Finding {
  /** Id of the service, such as `slack`. */
  readonly service: string;
  /** Id of the format within the service, such as `slack.bot-token`. */
  readonly format: string;
  readonly family: Family;
  readonly verdict: Verdict;
  /** Why this verdict: a slug of the service's verdict table or of the engine, such as `ok-true`, `expired`, `validation-off`. */
  readonly reason: string;
  /** Id of the policy that the verdict falls under, or null where it falls under none (public-by-design). */
  readonly policy: string | null;
  readonly place: Place;
  /** Keyed fingerprint of the token with all its parts: hex of HMAC-SHA-256. */
  readonly fingerprint: string;
  /** Form for people: a prefix that names the format, and nothing that helps to guess the rest. */
  readonly redacted: string;
  /** When the service is worth asking again, for an `unknown`; null or absent where asking again cannot decide it. */
  readonly lookAfter?: number | null;
}

/** What one look into one artifact gave. */
export interface ScanReport {
  readonly artifact: { readonly name: string; readonly bytes: number; readonly sha256: string };
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly stats: { readonly entries: number; readonly bytes: number; readonly ms: number };
}
