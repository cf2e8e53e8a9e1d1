/**
 * The search of a NuGet source: three endpoints over one index (NuGet docs, "Search" and "Autocomplete"; the third was made for
 * nuget.org's own pages and is found by its type).
 *
 * A question beyond an endpoint's reach is answered with nothing and status 200.
 */
import { z } from 'zod';
import { Malformed } from '../../errors.ts';
import type { RegistryIo } from '../../registry.ts';
import { isNugetId } from './id.ts';
import { fromResource, type ResourceUse } from './service-index.ts';

/** More in one answer is taken for a mistake, and 20 are sent. */
export const TAKE = 1000;
const MAX_ANSWER = 64 * 1024 * 1024;

export interface Search {
  readonly use: ResourceUse;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Beyond it answers are empty. */
  readonly maxSkip: number;
  readonly row: (value: unknown) => SearchRow | null;
}

export interface SearchRow {
  readonly name: string;
  /** Null where the answers are names alone. */
  readonly downloads: number | null;
}

export interface SearchPage {
  readonly rows: readonly SearchRow[];
  /** Rows that could not be understood. */
  readonly dropped: number;
  /** Rows of all kinds; 0 at the end. */
  readonly items: number;
  readonly totalHits: number;
}

const answerSchema = z.object({ totalHits: z.number().int().nonnegative(), data: z.array(z.unknown()) });

// Whether its members are written with capitals is not documented.
const galleryRow = z.union([
  z
    .object({ PackageRegistration: z.object({ Id: z.string(), DownloadCount: z.number().nonnegative() }) })
    .transform(({ PackageRegistration: { Id: name, DownloadCount: downloads } }) => ({ name, downloads })),
  z
    .object({ packageRegistration: z.object({ id: z.string(), downloadCount: z.number().nonnegative() }) })
    .transform(({ packageRegistration: { id: name, downloadCount: downloads } }) => ({ name, downloads })),
]);
const queryRow = z
  .object({ id: z.string(), totalDownloads: z.number().nonnegative() })
  .transform(({ id: name, totalDownloads: downloads }) => ({ name, downloads }));

export const GALLERY: Search = {
  use: 'gallery',
  path: '/search/query',
  parameters: { sortBy: 'totalDownloads-desc' },
  maxSkip: 30_000,
  row: (value) => galleryRow.safeParse(value).data ?? null,
};
export const QUERY: Search = {
  use: 'search',
  path: '',
  parameters: {},
  maxSkip: 3000,
  row: (value) => queryRow.safeParse(value).data ?? null,
};
export const AUTOCOMPLETE: Search = {
  use: 'autocomplete',
  path: '',
  parameters: {},
  maxSkip: 100_000,
  row: (value) => (typeof value === 'string' ? { name: value, downloads: null } : null),
};

/** Up to 1000 rows of the answer to `query`, from the one at `skip` on. */
export async function searchPage(search: Search, query: string, skip: number, io: RegistryIo): Promise<SearchPage> {
  const { totalHits, data } = await ask(search, query, skip, io);
  const rows = data.flatMap((value) => {
    const row = search.row(value);
    return row !== null && isNugetId(row.name) ? [row] : [];
  });
  return { rows, dropped: data.length - rows.length, items: data.length, totalHits };
}

async function ask(search: Search, query: string, skip: number, io: RegistryIo): Promise<z.infer<typeof answerSchema>> {
  const parameters = new URLSearchParams({
    q: query,
    ...search.parameters,
    skip: String(skip),
    take: String(TAKE),
    prerelease: 'true',
    semVerLevel: '2.0.0',
  });
  return fromResource(search.use, io, async (base) => {
    const url = `${base}${search.path}?${parameters.toString()}`;
    const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_ANSWER });
    const parsed = answerSchema.safeParse(body);
    if (!parsed.success) throw new Malformed(`expected totalHits and data in ${url}: is this NuGet's search?`, { url });
    return parsed.data;
  });
}
