/**
 * The service index: which resources a NuGet source has, and where (NuGet docs, "Service index").
 *
 * Nothing but the place of the index itself is known beforehand; paths and hosts of the resources have changed over the years.
 * A type may have several entries: where one fails, the next is asked.
 */
import { z } from 'zod';
import { CrawlError, Gone, Malformed, NotAllowed } from '../../errors.ts';
import type { RegistryIo } from '../../registry.ts';

/** Types by use, best first: an index rarely has all of them. */
const TYPES = {
  catalog: ['Catalog/3.0.0'],
  /** The later ones leave out versions that only Semantic Versioning 2 allows. */
  registrations: [
    'RegistrationsBaseUrl/3.6.0',
    'RegistrationsBaseUrl/3.4.0',
    'RegistrationsBaseUrl/3.0.0-rc',
    'RegistrationsBaseUrl/3.0.0-beta',
    'RegistrationsBaseUrl',
  ],
  packages: ['PackageBaseAddress/3.0.0'],
  search: ['SearchQueryService/3.5.0', 'SearchQueryService/3.0.0-rc', 'SearchQueryService/3.0.0-beta', 'SearchQueryService'],
  autocomplete: [
    'SearchAutocompleteService/3.5.0',
    'SearchAutocompleteService/3.0.0-rc',
    'SearchAutocompleteService/3.0.0-beta',
    'SearchAutocompleteService',
  ],
  gallery: ['SearchGalleryQueryService/3.0.0-rc'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ResourceUse = keyof typeof TYPES;

const MAX_INDEX = 4 * 1024 * 1024;
/** A run of weeks follows a resource that moves; the official client reads the index anew every 40 minutes. */
const USES_OF_AN_INDEX = 10_000;

interface Resource {
  readonly type: string;
  /** At the configured origin, without a trailing slash. */
  readonly url: string;
}

interface Known {
  readonly resources: Promise<readonly Resource[]>;
  usesLeft: number;
}

/** By run, which is what a signal stands for: every package has an `io` of its own, and one index serves them all. */
const indexes = new WeakMap<AbortSignal, Map<string, Known>>();

function serviceIndexUrl(io: RegistryIo): string {
  return `${io.origin('index')}/v3/index.json`;
}

/**
 * What `ask` gets from the first resource for this use that answers. Throws the first failure where none does, and
 * `Malformed` where the index has no such resource.
 */
export async function fromResource<T>(use: ResourceUse, io: RegistryIo, ask: (url: string) => Promise<T>): Promise<T> {
  let failure: CrawlError | null = null;
  for (const url of await resourceUrls(use, io)) {
    try {
      return await ask(url);
    } catch (error) {
      if (!(error instanceof CrawlError) || error instanceof NotAllowed) throw error;
      failure ??= error;
    }
  }
  const url = serviceIndexUrl(io);
  throw failure ?? new Malformed(`expected a resource of type ${TYPES[use][0]} in ${url}; this source has none`, { url });
}

/** All resources of the best type that there is. Empty where there is none. */
export async function resourceUrls(use: ResourceUse, io: RegistryIo): Promise<readonly string[]> {
  const resources = await resourcesOf(io);
  for (const type of TYPES[use]) {
    const found = resources.filter((one) => one.type === type);
    if (found.length > 0) return [...new Set(found.map(({ url }) => url))];
  }
  return [];
}

async function resourcesOf(io: RegistryIo): Promise<readonly Resource[]> {
  const ofRun = indexes.get(io.signal) ?? new Map<string, Known>();
  indexes.set(io.signal, ofRun);
  const url = serviceIndexUrl(io);
  let known = ofRun.get(url);
  if (known === undefined || known.usesLeft <= 0) {
    known = { resources: readIndex(url, io), usesLeft: USES_OF_AN_INDEX };
    ofRun.set(url, known);
  }
  known.usesLeft -= 1;
  try {
    return await known.resources;
  } catch (error) {
    if (ofRun.get(url) === known) ofRun.delete(url);
    throw error;
  }
}

const indexSchema = z.object({ resources: z.array(z.unknown()) });
const resourceSchema = z.object({ '@id': z.string(), '@type': z.union([z.string(), z.array(z.string())]) });

async function readIndex(url: string, io: RegistryIo): Promise<readonly Resource[]> {
  let body: unknown;
  try {
    ({ body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_INDEX }));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    throw new Malformed(`expected NuGet's service index, but there is nothing at ${url}: is this a NuGet source?`, {
      url,
      cause: error,
    });
  }
  const parsed = indexSchema.safeParse(body);
  if (!parsed.success) throw new Malformed(`expected resources in ${url}: is this a NuGet source?`, { url });
  return parsed.data.resources.flatMap((value) => {
    const resource = resourceSchema.safeParse(value);
    if (!resource.success || !URL.canParse(resource.data['@id'])) {
      io.drop('resource-not-understood');
      return [];
    }
    const types = resource.data['@type'];
    const at = io.rebase(resource.data['@id']).replace(/\/+$/, '');
    return (typeof types === 'string' ? [types] : types).map((type) => ({ type, url: at }));
  });
}
