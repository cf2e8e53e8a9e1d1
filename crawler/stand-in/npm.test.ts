/** What npm's hosts are known to do, asked with plain HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NPM_DEFAULT_REGISTRY } from '../npm-config.ts';
import { handmade, worldOf } from './handmade.ts';
import { npmStandIn } from './npm.ts';
import { CLOUDFLARE_522, cloudflare1015 } from './replies.ts';
import { startServer, type StandInServer } from './server.ts';

const ABBREVIATED = 'application/vnd.npm.install-v1+json';

let server: StandInServer;
beforeAll(async () => {
  const packages = [
    handmade('npm', 'demo', ['1.0.0', { version: '1.0.1', withdrawn: true }, '1.1.0'], { downloads: 7 }),
    handmade('npm', '@scope/name', ['2.0.0']),
    handmade('npm', 'gone', ['1.0.0'], { noRelease: 'unpublished', latest: null }),
  ];
  server = await startServer(npmStandIn(worldOf(packages), { countRequests: 6 }));
});
afterAll(async () => {
  await server.close();
});

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.origin}${path}`, { headers, redirect: 'manual' });
}

async function read(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  const answer = await get(path, headers);
  return { status: answer.status, body: await answer.json() };
}

describe('the replication service', () => {
  test('root, list and feed', async () => {
    expect(await read('/replicate/')).toMatchObject({ body: { db_name: 'registry', engine: 'npm-replicate', doc_count: 3 } });
    const { body } = await read('/replicate/registry/_all_docs');
    const { rows, ...rest } = body as { rows: { id: string }[] };
    expect(rest).toEqual({ total_rows: 3, offset: 0 });
    expect(rows.map(({ id }) => id)).toEqual(['_design/app', '@scope/name', 'demo', 'gone']);
    const feed = (await read('/replicate/registry/_changes?since=0')).body as { results: { seq: number }[]; last_seq: number };
    expect(feed.results.map((row) => Object.keys(row))).toEqual(Array.from({ length: 3 }, () => ['seq', 'id', 'changes']));
    expect(feed.last_seq).toBe(feed.results.at(-1)?.seq);
    expect(await read(`/replicate/registry/_changes?since=${feed.last_seq}`)).toMatchObject({
      body: { results: [], last_seq: feed.last_seq },
    });
  });

  test('startkey is a JSON string, and inclusive', async () => {
    const { body } = await read(`/replicate/registry/_all_docs?limit=1&startkey=${encodeURIComponent('"demo"')}`);
    expect(body).toMatchObject({ offset: 1, rows: [{ id: 'demo', key: 'demo' }] });
    expect((await read('/replicate/registry/_all_docs?startkey=demo')).status).toBe(400);
  });

  test.each([
    '_all_docs?limit=10001',
    '_all_docs?skip=1',
    '_all_docs?include_docs=true',
    '_all_docs?update_seq=true',
    '_changes?feed=longpoll',
    '_changes?include_docs=true',
    '_changes?limit=20000',
  ])('%s is refused', async (path) => {
    expect(await read(`/replicate/registry/${path}`)).toEqual({ status: 400, body: { error: 'Bad Request' } });
  });

  test.each(['/replicate/demo', '/replicate/_changes', '/replicate/registry/demo'])('%s is gone', async (path) => {
    expect((await read(path)).status).toBe(404);
  });
});

describe('the registry', () => {
  test('the document of all versions in its two forms', async () => {
    const short = await get('/registry/demo', { accept: `${ABBREVIATED}; q=1.0, application/json; q=0.8` });
    expect(short.headers.get('content-type')).toBe(ABBREVIATED);
    const abbreviated = (await short.json()) as { versions: object };
    expect(Object.keys(abbreviated)).toEqual(['name', 'dist-tags', 'versions', 'modified']);
    expect(Object.keys(abbreviated.versions)).toEqual(['1.0.0', '1.1.0']);
    const full = (await read('/registry/demo', { accept: 'application/json' })).body as { time: object };
    expect(Object.keys(full.time)).toEqual(['created', 'modified', '1.0.0', '1.0.1', '1.1.0']);
    const etag = short.headers.get('etag') ?? '';
    expect((await get('/registry/demo', { accept: ABBREVIATED, 'if-none-match': etag })).status).toBe(304);
  });

  test.each(['/registry/@scope%2Fname', '/registry/@scope%2fname', '/registry/@scope%2Fname/latest', '/registry/demo/1.0.0'])(
    '%s is there',
    async (path) => {
      expect((await read(path)).status).toBe(200);
    },
  );

  test.each([
    '/registry/%40scope%2Fname',
    '/registry/@scope/name',
    '/registry/none',
    '/registry/demo/1.0.1',
    '/registry/demo/-/demo-1.0.1.tgz',
  ])('%s is not', async (path) => {
    expect((await read(path)).status).toBe(404);
  });

  test('a missing package is cached as missing; an unpublished one is a document without versions', async () => {
    const answer = await get('/registry/none');
    expect([answer.headers.get('cache-control'), await answer.json()]).toEqual(['public, max-age=300', { error: 'Not found' }]);
    const { body } = await read('/registry/gone');
    expect(body).toMatchObject({ name: 'gone', time: { unpublished: { versions: ['1.0.0'] } } });
    expect(body).not.toHaveProperty('versions');
  });

  test('dist.tarball names the public registry, and the same path is here, in ranges too', async () => {
    const { body } = await read('/registry/@scope%2Fname/latest');
    const { tarball } = (body as { dist: { tarball: string } }).dist;
    expect(tarball).toBe(`${NPM_DEFAULT_REGISTRY}/@scope/name/-/name-2.0.0.tgz`);
    const path = tarball.replace(NPM_DEFAULT_REGISTRY, '/registry');
    const bytes = Buffer.from(await (await get(path)).arrayBuffer());
    expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    const part = await get(path, { range: 'bytes=2-5' });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, bytes.subarray(2, 6)]);
  });

  test('the search has a text, 250 at once, and an end', async () => {
    const found = (await read('/registry/-/v1/search?text=demo&size=999')).body as { objects: unknown[]; total: number };
    expect([found.total, found.objects.length]).toEqual([1, 1]);
    expect(found.objects).toMatchObject([{ package: { name: 'demo', version: '1.1.0' }, downloads: { monthly: 7 } }]);
    expect((await read('/registry/-/v1/search?size=5')).status).toBe(400);
    expect((await read('/registry/-/v1/search?text=demo&from=9990&size=20')).status).toBe(400);
  });
});

test('download counts: one, many, too many, scoped, and then the front says no', async () => {
  const base = '/api/downloads/point/last-month';
  expect((await read(`${base}/demo`)).body).toMatchObject({ downloads: 7, package: 'demo' });
  expect((await read(`${base}/@scope/name`)).body).toMatchObject({ package: '@scope/name' });
  expect((await read(`${base}/none`)).status).toBe(404);
  expect((await read(`${base}/demo,none`)).body).toMatchObject({ demo: { downloads: 7 }, none: null });
  expect(await read(`${base}/${Array.from({ length: 129 }, (_, index) => `p${index}`).join(',')}`)).toMatchObject({
    status: 400,
    body: { error: 'exceeded max bulk size of 128' },
  });
  expect((await read(`${base}/demo,@scope/name`)).status).toBe(400);
  const refused = await get(`${base}/demo`);
  expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([
    429,
    '0',
    expect.stringContaining('Error 1015') as string,
  ]);
});

test('the front’s own answers', async () => {
  expect(cloudflare1015(null).headers).not.toHaveProperty('retry-after');
  server.faults(() => ({ kind: 'answer', answer: CLOUDFLARE_522 }));
  const answer = await get('/registry/demo');
  server.faults(null);
  expect([answer.status, await answer.text()]).toEqual([522, '']);
});
