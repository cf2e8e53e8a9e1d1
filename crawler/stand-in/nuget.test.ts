/** What nuget.org's hosts are known to do, asked with plain HTTP. */
import { createHash } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handmade, worldOf } from './handmade.ts';
import { nugetStandIn } from './nuget.ts';
import { QUOTA_EXCEEDED, tooManyRequests } from './nuget/replies.ts';
import { startServer, type StandInServer } from './server.ts';

const versions = (count: number) => Array.from({ length: count }, (_, minor) => `1.${minor}.0`);

let server: StandInServer;
beforeAll(async () => {
  const packages = [
    handmade(
      'nuget',
      'Demo.Tool',
      ['0.9.0', { version: '1.0.0', withdrawn: true }, '1.1.0+ab12', { version: '2.0.0-Beta.1', prerelease: true }],
      {
        rank: 1,
        downloads: 1_234_567,
      },
    ),
    handmade('nuget', 'Microsoft.Hidden', ['8.0.0'], { rank: 2, downloads: 1000 }),
    handmade('nuget', 'Other', ['1.0.0'], { rank: 3, downloads: 10 }),
    handmade('nuget', 'Many.Versions', versions(128), { rank: 4, downloads: 9 }),
    handmade('nuget', 'Fewer.Versions', versions(127), { rank: 5, downloads: 8 }),
    handmade('nuget', 'Never.There', [], { noRelease: 'not-found', latest: null }),
    ...Array.from({ length: 20 }, (_, index) =>
      handmade('nuget', `Filler${index}`, ['1.0.0'], { rank: 6 + index, downloads: 1 }),
    ),
  ];
  server = await startServer(nugetStandIn(worldOf(packages), { pageSize: 100 }));
});
afterAll(async () => {
  await server.close();
});

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.origin}${path}`, { headers, redirect: 'manual' });
}

async function read<T = unknown>(path: string): Promise<T> {
  return (await get(path.replace(server.origin, ''))).json() as Promise<T>;
}

interface Item {
  readonly '@id': string;
  readonly '@type': string;
  readonly commitId: string;
  readonly commitTimeStamp: string;
  readonly 'nuget:id': string;
  readonly 'nuget:version': string;
}
interface Document {
  readonly commitTimeStamp: string;
  readonly count: number;
  readonly items: readonly Item[];
}

async function resource(type: string, number = 0): Promise<string> {
  const { resources } = await read<{ resources: Item[] }>('/api-host/v3/index.json');
  return resources.filter((one) => one['@type'] === type)[number]?.['@id'] ?? 'none';
}

async function pagesOfCatalog(): Promise<{ readonly index: Document; readonly pages: readonly Document[] }> {
  const index = await read<Document>(await resource('Catalog/3.0.0'));
  return { index, pages: await Promise.all(index.items.map((one) => read<Document>(one['@id']))) };
}

test('the service index names every resource here, searches twice, and registrations by another path than the known one', async () => {
  const { version, resources } = await read<{ version: string; resources: Item[] }>('/api-host/v3/index.json');
  expect(version).toBe('3.0.0');
  expect(resources.every((one) => one['@id'].startsWith(server.origin))).toBe(true);
  for (const type of ['SearchQueryService/3.5.0', 'SearchAutocompleteService/3.5.0', 'SearchGalleryQueryService/3.0.0-rc']) {
    expect(resources.filter((one) => one['@type'] === type)).toHaveLength(2);
  }
  expect(await resource('RegistrationsBaseUrl/3.6.0')).toMatch(/\/registration6-gz-semver2\/$/);
});

describe('the catalog', () => {
  test('index and pages are in no order, and hold what they say', async () => {
    const { index, pages } = await pagesOfCatalog();
    expect(index.count).toBe(pages.length);
    expect(pages.length).toBeGreaterThan(2);
    const stamps = index.items.map((one) => one.commitTimeStamp);
    expect(stamps.toSorted((a, b) => (a < b ? -1 : 1))).not.toEqual(stamps);
    expect(stamps).toContain(index.commitTimeStamp);
    for (const [number, page] of pages.entries()) {
      expect(page.items.length).toBe(page.count);
      expect(page.count).toBeLessThanOrEqual(100);
      expect(page.items.map((one) => one.commitTimeStamp)).toContain(index.items[number]?.commitTimeStamp);
    }
  });

  test('events: commits in time, repeated details, deletes in another spelling, ids in any case, fractions of any length', async () => {
    const items = (await pagesOfCatalog()).pages.flatMap((page) => page.items);
    const commits = new Map(items.map((one) => [one.commitId, one.commitTimeStamp]));
    expect(new Set(commits.values()).size).toBe(commits.size);
    const versionOf = (one: Item) => `${one['nuget:id'].toLowerCase()} ${one['nuget:version']}`;
    const details = items.filter((one) => one['@type'] === 'nuget:PackageDetails').map(versionOf);
    expect(new Set(details).size).toBeLessThan(details.length);
    const deleted = items.filter((one) => one['@type'] === 'nuget:PackageDelete').map((one) => one['nuget:version']);
    expect(new Set(deleted)).toEqual(new Set(['0.0.1.0-removed']));
    expect(new Set(items.map((one) => one['nuget:id']))).toContain('many.versions');
    const lengths = new Set(items.map(({ commitTimeStamp }) => commitTimeStamp.replace(/^[^.]*\.?/, '').length));
    expect([...lengths].sort((a, b) => a - b)).toEqual([0, 4, 8]);
    expect(items.map((one) => one['nuget:id'])).toContain('Never.There');
  });

  test('leaves: digest and size of the file as signed, another digest before that, some without listed', async () => {
    const items = (await pagesOfCatalog()).pages.flatMap((page) => page.items);
    const leaves = await Promise.all(
      items
        .filter((one) => one['nuget:id'].toLowerCase() === 'many.versions' && one['nuget:version'].startsWith('1.'))
        .map((one) => read<Record<string, unknown>>(one['@id'])),
    );
    expect(leaves.some((leaf) => !('listed' in leaf))).toBe(true);
    const byVersion = Map.groupBy(leaves, (leaf) => leaf['version']);
    const signedAgain = [...byVersion.values()].filter((list) => list.length > 1);
    expect(signedAgain.length).toBeGreaterThan(0);
    for (const list of signedAgain) expect(new Set(list.map((leaf) => leaf['packageHash'])).size).toBe(2);
    const deleted = items.find((one) => one['@type'] === 'nuget:PackageDelete');
    expect(await read(deleted?.['@id'] ?? '')).toMatchObject({ '@type': ['PackageDelete', 'catalog:Permalink'] });
    expect((await get('/api-host/v3/catalog0/data/2015.01.01.00.00.00/none.1.0.0.json')).status).toBe(404);
    expect((await get('/api-host/v3/catalog0/page99.json')).status).toBe(404);
  });

  test('index and newest page are not to be kept, finished pages are', async () => {
    const { index } = await pagesOfCatalog();
    const kept = async (url: string) => (await get(url.replace(server.origin, ''))).headers.get('cache-control');
    const last = index.items.find((one) => one.commitTimeStamp === index.commitTimeStamp);
    expect([await kept(await resource('Catalog/3.0.0')), await kept(last?.['@id'] ?? '')]).toEqual(['no-store', 'no-store']);
    expect(await kept('/api-host/v3/catalog0/page0.json')).toMatch('max-age');
  });
});

describe('registrations', () => {
  interface Entry {
    readonly catalogEntry: { readonly version: string; readonly listed?: boolean; readonly published: string };
    readonly packageContent: string;
  }
  interface Page {
    readonly '@id': string;
    readonly count: number;
    readonly items?: readonly Entry[];
  }

  async function pagesOf(id: string, hive = 'RegistrationsBaseUrl/3.6.0'): Promise<readonly Page[]> {
    return (await read<{ items: readonly Page[] }>(`${await resource(hive)}${id}/index.json`)).items;
  }

  test('unlisted is the year 1900, listed may be left out, build metadata stays in the version and not in the path', async () => {
    const entries = (await pagesOf('demo.tool')).flatMap((page) => page.items ?? []);
    expect(entries.map(({ catalogEntry: { version, listed, published } }) => [version, listed, published.slice(0, 4)])).toEqual([
      ['0.9.0', true, '2026'],
      ['1.0.0', false, '1900'],
      ['1.1.0+ab12', true, '2026'],
      ['2.0.0-Beta.1', undefined, '2026'],
    ]);
    expect(entries[2]?.packageContent).toMatch('/demo.tool/1.1.0/demo.tool.1.1.0.nupkg');
  });

  test('127 versions are in the index, 128 in pages of 64 that are documents of their own', async () => {
    expect((await pagesOf('fewer.versions')).map(({ count, items }) => [count, items?.length])).toEqual([
      [64, 64],
      [63, 63],
    ]);
    const pages = await pagesOf('many.versions');
    expect(pages.map(({ count, items }) => [count, items])).toEqual([
      [64, undefined],
      [64, undefined],
    ]);
    expect(await read(pages[1]?.['@id'] ?? '')).toMatchObject({
      count: 64,
      lower: '1.64.0',
      upper: '1.127.0',
      items: { length: 64 },
    });
  });

  test('hives by kind: compressed whatever is asked for, and without what only Semantic Versioning 2 knows', async () => {
    const base = await resource('RegistrationsBaseUrl/3.6.0');
    const bytes = await new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
      plainRequest(`${base}demo.tool/index.json`, { headers: { 'accept-encoding': 'identity' } }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('end', () => resolve({ encoding: answer.headers['content-encoding'], body: Buffer.concat(pieces) }));
      })
        .on('error', reject)
        .end();
    });
    expect(bytes.encoding).toBe('gzip');
    expect(JSON.parse(gunzipSync(bytes.body).toString())).toMatchObject({ count: 1 });
    for (const hive of ['RegistrationsBaseUrl/3.4.0', 'RegistrationsBaseUrl']) {
      const entries = (await pagesOf('demo.tool', hive)).flatMap((page) => page.items ?? []);
      expect(entries.map(({ catalogEntry: { version } }) => version)).toEqual(['0.9.0', '1.0.0']);
    }
    expect((await get(`${base.replace(server.origin, '')}never.there/index.json`)).status).toBe(404);
    expect((await get(`${base.replace(server.origin, '')}Demo.Tool/index.json`)).status).toBe(404);
  });
});

describe('the flat container', () => {
  const flat = '/api-host/v3-flatcontainer';

  test('all versions, listed or not, in the form of paths; how far it is; what is not there', async () => {
    expect(await read(`${flat}/demo.tool/index.json`)).toEqual({ versions: ['0.9.0', '1.0.0', '1.1.0', '2.0.0-beta.1'] });
    expect(await read(`${flat}/cursor.json`)).toEqual({ value: (await pagesOfCatalog()).index.commitTimeStamp });
    for (const path of ['/Demo.Tool/index.json', '/never.there/index.json', '/demo.tool/3.0.0/demo.tool.3.0.0.nupkg']) {
      const answer = await get(`${flat}${path}`);
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('BlobNotFound') as string]);
    }
  });

  test('the file, its digest that of the newest leaf, in ranges and by HEAD too', async () => {
    const path = `${flat}/demo.tool/1.1.0/demo.tool.1.1.0.nupkg`;
    const bytes = Buffer.from(await (await get(path)).arrayBuffer());
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
    const { items } = await read<{ items: { items: { catalogEntry: { '@id': string; version: string } }[] }[] }>(
      `${await resource('RegistrationsBaseUrl/3.6.0')}demo.tool/index.json`,
    );
    const entry = items.flatMap((page) => page.items).find(({ catalogEntry }) => catalogEntry.version === '1.1.0+ab12');
    expect(await read(entry?.catalogEntry['@id'] ?? '')).toMatchObject({
      packageHash: createHash('sha512').update(bytes).digest('base64'),
      packageSize: bytes.length,
    });
    const part = await get(path, { range: 'bytes=2-5' });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, bytes.subarray(2, 6)]);
    const head = await fetch(`${server.origin}${path}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
  });
});

describe('the search', () => {
  interface Found {
    readonly totalHits: number;
    readonly data: readonly {
      readonly id?: string;
      readonly version?: string;
      readonly PackageRegistration?: { readonly Id: string };
    }[];
  }
  const all = 'prerelease=true&semVerLevel=2.0.0';
  const query = (parameters: string) => read<Found>(`/search-usnc/query?${all}&${parameters}`);

  test('an order by downloads whatever is asked for, and hidden packages only where something is asked for', async () => {
    const { totalHits, data } = await query('q=&sortBy=title-asc&take=1000');
    expect([totalHits, data.length, data[0]?.id, data[1]?.id]).toEqual([24, 24, 'Demo.Tool', 'Other']);
    expect((await query('q=owner:Microsoft')).data.map(({ id }) => id)).toEqual(['Microsoft.Hidden']);
    expect((await query('q=packageid:MICROSOFT.hidden')).data).toMatchObject([{ id: 'Microsoft.Hidden', totalDownloads: 1000 }]);
    expect((await query('q=packageid:never.there')).data).toEqual([]);
  });

  test.each([
    ['take=1000', 24],
    ['take=1001', 20],
    ['take=-1', 20],
    ['', 20],
    ['take=5', 5],
    ['skip=3000', 0],
    ['skip=3001', 0],
    ['skip=22', 2],
  ])('rows of q=&%s: %i', async (parameters, rows) => {
    const { data, totalHits } = await query(`q=&${parameters}`);
    expect([data.length, totalHits]).toEqual([rows, parameters === 'skip=3001' ? 0 : 24]);
  });

  test('without prerelease and semVerLevel fewer are known', async () => {
    const { data } = await read<Found>('/search-ussc/query?q=demo.tool');
    expect(data.map(({ version }) => version)).toEqual(['0.9.0']);
    expect((await query('q=demo.tool')).data).toMatchObject([{ version: '2.0.0-Beta.1' }]);
  });

  test('the gallery’s endpoint sorts, reaches further, and writes its members with capitals', async () => {
    const gallery = (parameters: string) => read<Found>(`/search-usnc/search/query?${all}&${parameters}`);
    const names = async (parameters: string) => (await gallery(parameters)).data.map((row) => row.PackageRegistration?.Id);
    expect((await names('q=&sortBy=title-asc'))[0]).toBe('Demo.Tool');
    expect((await names('q=&sortBy=totalDownloads-desc')).slice(0, 2)).toEqual(['Demo.Tool', 'Other']);
    expect((await names('q=&skip=3001')).length).toBe(0);
    expect(await gallery('q=&skip=30001')).toEqual({ totalHits: 0, data: [] });
    expect((await gallery('q=packageid:demo.tool')).data).toMatchObject([
      { Version: '2.0.0-Beta.1', PackageRegistration: { Id: 'Demo.Tool', DownloadCount: 1_234_567 }, HashAlgorithm: 'SHA512' },
    ]);
  });

  test('autocomplete: ids, or the listed versions of one', async () => {
    const { data, totalHits } = await read<{ data: string[]; totalHits: number }>(`/search-usnc/autocomplete?${all}&q=&take=2`);
    expect([totalHits, data]).toEqual([24, ['Demo.Tool', 'Other']]);
    expect(await read('/search-usnc/autocomplete?id=demo.tool')).toEqual({ data: ['0.9.0', '1.1.0+ab12', '2.0.0-Beta.1'] });
  });
});

describe('pages for people', () => {
  test('the list: 20 a page, breaks in the names, digits as the reader groups them, nothing beyond page 1501', async () => {
    const first = await (await get('/packages?sortBy=totalDownloads-desc', { 'accept-language': 'en-US' })).text();
    expect(first.match(/<li class="package">/g)).toHaveLength(20);
    expect(first).toMatch('>Demo<wbr>.Tool</a>');
    expect(first).toMatch('1,234,567 total downloads');
    expect(first).not.toMatch('Microsoft');
    expect(await (await get('/packages', { 'accept-language': 'de' })).text()).toMatch('1.234.567 total downloads');
    const second = await (await get('/packages?page=2')).text();
    expect([second.match(/<li class="package">/g)?.length, second.includes('page=3')]).toEqual([4, false]);
    expect(await (await get('/packages?page=1502')).text()).not.toMatch('<li class="package">');
  });

  test('statistics in two tables, robots.txt, and 404 to every HEAD', async () => {
    const page = await (await get('/stats/packages')).text();
    expect(page.match(/<table/g)).toHaveLength(2);
    expect(page.match(/packages\/Microsoft\.Hidden"/g)).toHaveLength(1);
    expect(await (await get('/robots.txt')).text()).toMatch('Disallow: /api/v2/package/*');
    for (const path of ['/packages', '/stats/packages', '/robots.txt']) {
      expect((await fetch(`${server.origin}${path}`, { method: 'HEAD' })).status).toBe(404);
    }
  });
});

test('too many requests, and a quota used up, in its own words', async () => {
  const answers = [tooManyRequests(56), tooManyRequests(null), QUOTA_EXCEEDED];
  expect(answers.map(({ status, headers, body }) => [status, headers?.['retry-after'], body])).toEqual([
    [429, '56', '{"statusCode":429,"message":"Rate limit is exceeded. Try again in 56 seconds."}'],
    [429, undefined, '{"statusCode":429,"message":"Rate limit is exceeded. Try again in 56 seconds."}'],
    [403, undefined, '{"statusCode":403,"message":"Quota exceeded."}'],
  ]);
});

test('what nuget.org does not know is unknown here', async () => {
  const before = server.unknown.length;
  for (const path of ['/api/v2/Packages', '/search-usnc/else', '/api-host/else']) expect((await get(path)).status).toBe(501);
  expect(server.unknown.length - before).toBe(3);
});
