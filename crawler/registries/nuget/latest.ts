/**
 * The newest release of a package: the highest listed final version, else the highest listed pre-release, as `nuget` and
 * `dotnet` choose where no version is asked for.
 *
 * The registration has every version with its listing; its pages ascend, and from 128 versions on they are documents of their
 * own, so it is read from the last one backwards. Digest, size and time are in the version's catalog leaf alone.
 */
import { z } from 'zod';
import type { Artifact, Digest, NoRelease, NoReleaseReason, Release } from '../../../data/model.ts';
import { Gone, Malformed, TooLarge } from '../../errors.ts';
import { jsonItems } from '../../json-items.ts';
import type { LatestOptions, RegistryIo } from '../../registry.ts';
import {
  compareNugetVersions,
  isNugetPrerelease,
  lowerNugetId,
  normalNugetVersion,
  parseNugetVersion,
  type NugetVersion,
} from '../../versions/nuget.ts';
import { fromResource, resourceUrls } from './service-index.ts';

/** 127 versions in one document, each with its dependencies and description. */
const MAX_REGISTRATION = 64 * 1024 * 1024;
/** A leaf names every file of the package, tens of thousands at times; nearly all stay below the first of these. */
const USUAL_LEAF = 2 * 1024 * 1024;
const MAX_LEAF = 256 * 1024 * 1024;

export async function latest(
  name: string,
  io: RegistryIo,
  { version }: Partial<LatestOptions> = {},
): Promise<Release | NoRelease> {
  const key = lowerNugetId(name);
  const pages = await fromResource('registrations', io, async (base) => {
    try {
      return await readRegistration(`${base}/${encodeURIComponent(key)}/index.json`, io);
    } catch (error) {
      if (error instanceof Gone) return null;
      throw error;
    }
  });
  if (pages === null) return none(name, 'not-found', 'status 404');
  if (version !== undefined) {
    const wanted = parseNugetVersion(version);
    const found = wanted === null ? null : await exactly(wanted, pages, io);
    return found === null ? none(name, 'no-release', `there is no version ${version}`) : released(name, found, io);
  }
  const newest = await newestOf(pages, io);
  if (newest.best !== null) return released(name, newest.best, io);
  return newest.seen === 0
    ? none(name, 'no-release', 'the registration has no versions')
    : none(name, 'all-unlisted', `${newest.seen} versions, none of them listed`);
}

interface RegistrationPage {
  /** Null where the page is a document of its own, at `url`. */
  readonly items: readonly unknown[] | null;
  readonly url: string;
  /** Highest version of the page; null where it cannot be understood. */
  readonly upper: NugetVersion | null;
}

interface Candidate {
  readonly version: NugetVersion;
  /** As published, build metadata included. */
  readonly spelling: string;
  readonly id: string;
  readonly leaf: string | null;
  readonly content: string | null;
  readonly published: string | null;
  readonly deprecated: boolean;
}

const registrationSchema = z.object({ items: z.array(z.unknown()) });
const pageSchema = z.object({
  '@id': z.string(),
  upper: z.string().optional().catch(undefined),
  items: z.array(z.unknown()).optional(),
});
const entrySchema = z.object({
  packageContent: z.string().optional().catch(undefined),
  catalogEntry: z.object({
    '@id': z.string().optional().catch(undefined),
    id: z.string().min(1),
    version: z.string().min(1),
    // Missing means yes.
    listed: z.boolean().optional().catch(undefined),
    published: z.string().optional().catch(undefined),
    packageContent: z.string().optional().catch(undefined),
    deprecation: z.unknown().optional(),
  }),
});

/** The pages of a registration, the one with the highest versions first. */
async function readRegistration(url: string, io: RegistryIo): Promise<readonly RegistrationPage[]> {
  const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_REGISTRATION });
  const parsed = registrationSchema.safeParse(body);
  if (!parsed.success) throw new Malformed(`expected items in ${url}: is this a NuGet registration?`, { url });
  const pages = parsed.data.items.map((item): RegistrationPage => {
    const page = pageSchema.safeParse(item);
    if (!page.success) throw new Malformed(`expected pages with @id in ${url}`, { url });
    const { '@id': at, upper, items = null } = page.data;
    return { url: at, items, upper: upper === undefined ? null : parseNugetVersion(upper) };
  });
  return pages.sort((a, b) => {
    if (a.upper === null || b.upper === null) return Number(b.upper === null) - Number(a.upper === null);
    return compareNugetVersions(b.upper, a.upper);
  });
}

async function newestOf(pages: readonly RegistrationPage[], io: RegistryIo) {
  let stable: Candidate | null = null;
  let prerelease: Candidate | null = null;
  let seen = 0;
  for (const page of pages) {
    if (stable !== null && page.upper !== null && compareNugetVersions(page.upper, stable.version) <= 0) break;
    for (const item of page.items ?? (await pageItems(page.url, io))) {
      const entry = readEntry(item, io);
      if (entry === null) continue;
      seen += 1;
      if (!entry.isListed) continue;
      if (isNugetPrerelease(entry.version)) prerelease = higher(prerelease, entry);
      else stable = higher(stable, entry);
    }
  }
  return { best: stable ?? prerelease, seen };
}

/** The version, listed or not. */
async function exactly(wanted: NugetVersion, pages: readonly RegistrationPage[], io: RegistryIo): Promise<Candidate | null> {
  for (const page of pages) {
    if (page.upper !== null && compareNugetVersions(page.upper, wanted) < 0) break;
    for (const item of page.items ?? (await pageItems(page.url, io))) {
      const entry = readEntry(item, io);
      if (entry !== null && compareNugetVersions(entry.version, wanted) === 0) return entry;
    }
  }
  return null;
}

async function pageItems(at: string, io: RegistryIo): Promise<readonly unknown[]> {
  const url = URL.canParse(at) ? io.rebase(at) : at;
  const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_REGISTRATION });
  const parsed = registrationSchema.safeParse(body);
  if (!parsed.success) throw new Malformed(`expected items in ${url}: is this a page of a NuGet registration?`, { url });
  return parsed.data.items;
}

function readEntry(item: unknown, io: RegistryIo): (Candidate & { readonly isListed: boolean }) | null {
  const parsed = entrySchema.safeParse(item);
  const entry = parsed.success ? parsed.data.catalogEntry : null;
  const version = entry === null ? null : parseNugetVersion(entry.version);
  if (!parsed.success || entry === null || version === null) {
    io.drop('version-not-understood');
    return null;
  }
  return {
    version,
    spelling: entry.version,
    id: entry.id,
    leaf: entry['@id'] ?? null,
    content: parsed.data.packageContent ?? entry.packageContent ?? null,
    published: entry.published ?? null,
    deprecated: entry.deprecation !== undefined && entry.deprecation !== null,
    isListed: entry.listed ?? true,
  };
}

function higher<T extends Candidate>(a: T | null, b: T): T {
  return a !== null && compareNugetVersions(a.version, b.version) >= 0 ? a : b;
}

async function released(name: string, candidate: Candidate, io: RegistryIo): Promise<Release | NoRelease> {
  const normal = normalNugetVersion(candidate.version);
  const url = await contentUrl(lowerNugetId(candidate.id), normal, candidate.content, io);
  if (url === null) return none(name, 'no-artifact', `${candidate.spelling} names no package file`);
  const leaf = await readLeaf(candidate.leaf, io);
  const artifact: Artifact = {
    filename: `${lowerNugetId(candidate.id)}.${normal}.nupkg`,
    url,
    kind: 'nupkg',
    bytes: leaf.bytes,
    digest: leaf.digest,
  };
  const prerelease = isNugetPrerelease(candidate.version);
  return {
    registry: 'nuget',
    name,
    version: candidate.spelling,
    prerelease,
    publishedAt: leaf.created ?? timeOf(candidate.published),
    artifacts: [artifact],
    notes: [
      ...(prerelease ? ['the newest release is a pre-release'] : []),
      ...(candidate.deprecated ? ['deprecated by its publisher'] : []),
      ...leaf.notes,
    ],
  };
}

/** Where the package is: by the address template of the source, which its own client prefers, else as the registration says. */
async function contentUrl(id: string, version: string, content: string | null, io: RegistryIo): Promise<string | null> {
  const [base] = await resourceUrls('packages', io);
  if (base !== undefined) {
    const [folder, file] = [encodeURIComponent(id), encodeURIComponent(`${id}.${version}.nupkg`)];
    return `${base}/${folder}/${encodeURIComponent(version)}/${file}`;
  }
  return content !== null && URL.canParse(content) ? io.rebase(content) : null;
}

interface Leaf {
  readonly digest: Digest | null;
  readonly bytes: number | null;
  readonly created: string | null;
  readonly notes: readonly string[];
}

async function readLeaf(at: string | null, io: RegistryIo): Promise<Leaf> {
  const nothing = (note: string): Leaf => ({ digest: null, bytes: null, created: null, notes: [note] });
  if (at === null || !URL.canParse(at)) return nothing('the registration names no catalog leaf, so there is no digest');
  let fields: ReadonlyMap<string, unknown>;
  try {
    fields = await leafFields(io.rebase(at), io);
  } catch (error) {
    if (error instanceof Gone) return nothing('the catalog leaf is missing, so there is no digest');
    throw error;
  }
  const size = fields.get('packageSize');
  const digest = digestOf(fields.get('packageHash'), fields.get('packageHashAlgorithm'));
  return {
    digest,
    bytes: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null,
    created: timeOf(fields.get('created')),
    notes: digest === null ? ['the catalog leaf gives no digest that could be understood'] : [],
  };
}

/** The members of a leaf: all of one of usual size, the small ones of a larger one. */
async function leafFields(url: string, io: RegistryIo): Promise<ReadonlyMap<string, unknown>> {
  try {
    const { body } = await io.json(url, { accept: 'application/json', maxBytes: USUAL_LEAF });
    const parsed = z.record(z.string(), z.unknown()).safeParse(body);
    if (!parsed.success) throw new Malformed(`expected an object in ${url}: is this a leaf of NuGet's catalog?`, { url });
    return new Map(Object.entries(parsed.data));
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
  }
  const { body } = await io.stream(url, { accept: 'application/json', maxBytes: MAX_LEAF });
  const fields = new Map<string, unknown>();
  for await (const piece of jsonItems(body, { member: null, url })) {
    if (piece.kind === 'item' && piece.key !== null) fields.set(piece.key, piece.value);
  }
  return fields;
}

/** `packageHash` is base64; SHA-512 since 2013, and old leaves name no algorithm. */
function digestOf(hash: unknown, algorithm: unknown): Digest | null {
  if (typeof hash !== 'string') return null;
  if (algorithm !== undefined && (typeof algorithm !== 'string' || !/^sha-?512$/i.test(algorithm))) return null;
  const bytes = Buffer.from(hash, 'base64');
  return bytes.length === 64 ? { algorithm: 'sha512', hex: bytes.toString('hex') } : null;
}

/** ISO 8601 in UTC. The year 1900 is how the registry writes that a version is unlisted, and no date. */
function timeOf(value: unknown): string | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) return null;
  const date = new Date(time);
  return date.getUTCFullYear() <= 1900 ? null : date.toISOString();
}

function none(name: string, reason: NoReleaseReason, detail: string): NoRelease {
  return { registry: 'nuget', name, reason, detail };
}
