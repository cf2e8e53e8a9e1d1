/**
 * The newest release of a package, as `npm install NAME` takes it: what the publisher's dist-tag `latest` names.
 *
 * `/<name>/latest` is the smallest answer there is. Where it finds nothing, the abbreviated document of all versions tells
 * why, and holds the version to take where the tag is missing or points nowhere.
 */
import { compareLoose, prerelease } from 'semver';
import { z } from 'zod';
import type { NoRelease, NoReleaseReason, Release } from '../../../data/model.ts';
import { CrawlError, Gone, Malformed } from '../../errors.ts';
import { jsonItems } from '../../json-items.ts';
import type { LatestOptions, Reply, RegistryIo } from '../../registry.ts';
import { digestOf } from './integrity.ts';
import { baseName, encodeName } from './name.ts';

const ABBREVIATED = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8';
const MAX_MANIFEST = 16 * 1024 * 1024;
/** npm refuses documents above 100 MB; this one is read as a stream. */
const MAX_DOCUMENT = 256 * 1024 * 1024;

export async function latest(name: string, io: RegistryIo, options: Partial<LatestOptions> = {}): Promise<Release | NoRelease> {
  const wanted = options.version === undefined ? 'latest' : encodeURIComponent(options.version);
  const manifest = await unlessNone(name, () =>
    io.json(`${packageUrl(name, io)}/${wanted}`, { accept: 'application/json', maxBytes: MAX_MANIFEST }),
  );
  if (manifest !== null && 'reason' in manifest && manifest.reason !== 'not-found') return manifest;
  const body = manifest !== null && 'body' in manifest ? manifest.body : {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const url = `${packageUrl(name, io)}/${wanted}`;
    throw new Malformed(`expected a version of the package as a JSON object in ${url}`, { url });
  }
  const version = readVersion(body);
  if (version === null && options.version !== undefined)
    return none(name, 'no-release', `there is no version ${options.version}`);
  return version === null ? fromDocument(name, io) : released(name, version, io, []);
}

interface Version {
  readonly version: string;
  readonly dist: unknown;
  readonly deprecated: boolean;
}

// Old documents have anything in any field, so only what is needed is looked at, and nothing else can spoil it.
const versionSchema = z.object({ version: z.string().min(1), dist: z.unknown().optional(), deprecated: z.unknown().optional() });
const distSchema = z.object({ tarball: z.string().min(1), integrity: z.unknown().optional(), shasum: z.unknown().optional() });

function readVersion(value: unknown): Version | null {
  const parsed = versionSchema.safeParse(value);
  if (!parsed.success) return null;
  const { version, dist, deprecated } = parsed.data;
  return {
    version,
    dist,
    deprecated: deprecated !== undefined && deprecated !== false && deprecated !== '' && deprecated !== null,
  };
}

async function fromDocument(name: string, io: RegistryIo): Promise<Release | NoRelease> {
  const reply = await unlessNone(name, () => io.stream(packageUrl(name, io), { accept: ABBREVIATED, maxBytes: MAX_DOCUMENT }));
  if ('reason' in reply) return reply;
  const { versions, tag, unpublished } = await readDocument(reply, io);
  const tagged = tag === null ? undefined : versions.get(tag);
  if (tagged !== undefined) return released(name, tagged, io, []);
  const best = [...versions.values()].sort(byFallback)[0];
  if (best !== undefined) {
    const why = tag === null ? 'there is no dist-tag latest' : `dist-tag latest names ${tag}, which does not exist`;
    return released(name, best, io, [`${why}; the highest version was taken`]);
  }
  if (unpublished) return none(name, 'unpublished', 'the document says that all versions were unpublished');
  return none(name, 'no-release', 'the document has no versions');
}

interface Document {
  /** Kept whole, since the tag may come behind them; of each only what is needed. */
  readonly versions: ReadonlyMap<string, Version>;
  /** What dist-tag latest names. */
  readonly tag: string | null;
  readonly unpublished: boolean;
}

async function readDocument(reply: Reply<AsyncIterable<Uint8Array>>, io: RegistryIo): Promise<Document> {
  const versions = new Map<string, Version>();
  let tag: string | null = null;
  let unpublished = false;
  for await (const piece of jsonItems(reply.body, { member: 'versions', required: false, url: reply.url })) {
    if (piece.kind === 'item') {
      const version = readVersion(piece.value);
      if (version === null) io.drop('version-not-understood');
      else versions.set(version.version, { ...version, dist: slim(version.dist) });
    } else if (piece.kind === 'skipped') {
      if (piece.name !== 'readme' && piece.name !== 'time') io.drop(`version-${piece.reason}`);
    } else if (piece.name === 'dist-tags') {
      tag = z.object({ latest: z.string() }).safeParse(piece.value).data?.latest ?? null;
    } else if (piece.name === 'time') {
      unpublished = z.object({ unpublished: z.object({}) }).safeParse(piece.value).success;
    }
  }
  return { versions, tag, unpublished };
}

function slim(dist: unknown): unknown {
  return distSchema.safeParse(dist).data;
}

/** Negative where `a` is the better stand-in for a missing tag: final before pre-release, then the higher version. */
function byFallback(a: Version, b: Version): number {
  return Number(isPrerelease(a.version)) - Number(isPrerelease(b.version)) || compareLoosely(b.version, a.version);
}

function isPrerelease(version: string): boolean {
  return prerelease(version, { loose: true }) !== null;
}

function compareLoosely(a: string, b: string): number {
  try {
    return compareLoose(a, b);
  } catch {
    // One of them is no version at all: any order will do, as long as it is one.
    return a < b ? -1 : Number(a > b);
  }
}

function released(name: string, version: Version, io: RegistryIo, notes: readonly string[]): Release | NoRelease {
  const dist = distSchema.safeParse(version.dist);
  if (!dist.success) return none(name, 'no-artifact', `${version.version} names no tarball`);
  const tarball = tarballUrl(name, version.version, dist.data.tarball, io);
  return {
    registry: 'npm',
    name,
    version: version.version,
    prerelease: isPrerelease(version.version),
    publishedAt: null,
    artifacts: [
      {
        filename: lastPart(tarball.url),
        url: tarball.url,
        kind: 'npm',
        // npm publishes the unpacked size only; the size of the tarball is known from its download.
        bytes: null,
        digest: digestOf(dist.data.integrity, dist.data.shasum),
      },
    ],
    notes: [
      ...notes,
      ...(isPrerelease(version.version) ? ['the newest release is a pre-release'] : []),
      ...(version.deprecated ? ['deprecated by its publisher'] : []),
      ...(isSecurityHolder(version.version) ? ['a security holding package of the registry'] : []),
      ...tarball.notes,
    ],
  };
}

/** The registry puts an empty package in the place of a malicious one. */
function isSecurityHolder(version: string): boolean {
  return /^0\.0\.\d+-security(\.\d+)?$/.test(version);
}

/**
 * Where the tarball is, on the registry and nowhere else: `dist.tarball` comes from the publisher's document, and old ones
 * name http, other protocols or other hosts. There the registry's own path is taken; the digest says whether it is the same file.
 */
function tarballUrl(name: string, version: string, tarball: string, io: RegistryIo): { url: string; notes: readonly string[] } {
  const origin = `${io.origin('registry')}/`;
  const secure = tarball.replace(/^http:/i, 'https:');
  for (const candidate of [tarball, secure]) {
    const isWeb = URL.canParse(candidate) && /^https?:$/.test(new URL(candidate).protocol);
    const url = isWeb ? io.rebase(new URL(candidate).href) : '';
    if (url.startsWith(origin)) return { url, notes: [] };
  }
  const url = `${origin}${name.split('/').map(encodeName).join('/')}/-/${encodeURIComponent(baseName(name))}-${encodeURIComponent(version)}.tgz`;
  return { url, notes: ['dist.tarball names another host; the tarball was taken from the registry'] };
}

/** Decoded, where it can be: a publisher may have written anything. */
function lastPart(url: string): string {
  const part = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function packageUrl(name: string, io: RegistryIo): string {
  return `${io.origin('registry')}/${encodeName(name)}`;
}

/** The reply, or the reason that its status gives for there being none. */
async function unlessNone<T>(name: string, ask: () => Promise<Reply<T>>): Promise<Reply<T> | NoRelease> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Gone) return none(name, 'not-found', `status ${error.status ?? 404}`);
    if (error instanceof CrawlError && error.status === 451) return none(name, 'blocked', 'status 451');
    // Seen for packages that were being unpublished at that moment.
    if (error instanceof CrawlError && error.status === 405) return none(name, 'unpublished', 'status 405');
    throw error;
  }
}

function none(name: string, reason: NoReleaseReason, detail: string): NoRelease {
  return { registry: 'npm', name, reason, detail };
}
