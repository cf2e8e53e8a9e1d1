/** What PyPI's hosts are known to do, asked with plain HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handmade, worldOf } from './handmade.ts';
import { pypiOrigins, pypiStandIn } from './pypi.ts';
import { FASTLY_503 } from './replies.ts';
import { startServer, type StandInServer } from './server.ts';

const JSON_V1 = 'application/vnd.pypi.simple.v1+json';
const HTML_V1 = 'application/vnd.pypi.simple.v1+html';

let server: StandInServer;
beforeAll(async () => {
  const one = handmade('pypi', 'Demo.Pkg', ['1.0', '1.1']);
  server = await startServer(pypiStandIn(worldOf([one, handmade('pypi', 'empty', [])])));
});
afterAll(async () => {
  await server.close();
});

async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(`${server.origin}${path}`, { method, headers, redirect: 'manual' });
}

describe('the simple API', () => {
  test.each([
    [JSON_V1, JSON_V1],
    [`${JSON_V1};q=0.1, text/html`, 'text/html; charset=UTF-8'],
    [`text/html;q=0.01, ${HTML_V1};q=0.2`, HTML_V1],
    ['application/vnd.pypi.simple.v9+json', 'text/html; charset=UTF-8'],
    ['*/*', 'text/html; charset=UTF-8'],
  ])('Accept: %s is answered %s and never refused', async (accept, type) => {
    const answer = await get('/simple/', { accept });
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('vary')]).toEqual([
      200,
      type,
      expect.stringContaining('Accept') as string,
    ]);
    await answer.text();
  });

  test('format in the query stands above Accept', async () => {
    const answer = await get(`/simple/?format=${encodeURIComponent(JSON_V1)}`, { accept: 'text/html' });
    expect(answer.headers.get('content-type')).toBe(JSON_V1);
    expect(await answer.json()).toMatchObject({ meta: { 'api-version': '1.4' } });
  });

  test('ETag, 304, and the highest serial in a header', async () => {
    const first = await get('/simple/', { accept: JSON_V1 });
    const root = (await first.json()) as {
      meta: { '_last-serial': number };
      projects: { '_last-serial': number; name: string }[];
    };
    expect(root.projects.map(({ name }) => name)).toEqual(['Demo.Pkg', 'empty']);
    expect(Number(first.headers.get('x-pypi-last-serial'))).toBe(Math.max(...root.projects.map((one) => one['_last-serial'])));
    expect(root.meta['_last-serial']).toBe(Number(first.headers.get('x-pypi-last-serial')));
    const again = await get('/simple/', { accept: JSON_V1, 'if-none-match': first.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test.each([
    ['/simple', '/simple/'],
    ['/simple/Demo.Pkg/', '/simple/demo-pkg/'],
    ['/simple/demo-pkg', '/simple/demo-pkg/'],
    ['/pypi/Demo_Pkg/json', '/pypi/demo-pkg/json'],
    ['/pypi/demo-pkg/json/', '/pypi/demo-pkg/json'],
  ])('%s moves to %s', async (from, to) => {
    const answer = await get(from);
    expect([answer.status, answer.headers.get('location')]).toEqual([301, to]);
  });

  test('Go’s default client is turned away', async () => {
    expect((await get('/simple', { 'user-agent': 'Go-http-client/2.0' })).status).toBe(406);
  });

  test('a project without releases has a page and no JSON document; an unknown one has neither', async () => {
    const page = await get('/simple/empty/', { accept: JSON_V1 });
    expect(await page.json()).toMatchObject({ files: [], versions: [], 'project-status': { status: 'active' } });
    const absent = ['/pypi/empty/json', '/pypi/none/json', '/simple/none/', '/pypi/demo-pkg/9.9/json'];
    const answers = await Promise.all(absent.map((path) => get(path)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  test('a version’s document is the project’s without the other releases', async () => {
    const all = (await (await get('/pypi/demo-pkg/json')).json()) as object;
    const one = (await (await get('/pypi/demo-pkg/1.0/json')).json()) as object;
    expect(Object.keys(all)).toEqual(['info', 'last_serial', 'ownership', 'releases', 'urls', 'vulnerabilities']);
    expect(Object.keys(one)).toEqual(['info', 'last_serial', 'ownership', 'urls', 'vulnerabilities']);
    expect([all, one]).toMatchObject([{ info: { version: '1.1' } }, { info: { version: '1.0' } }]);
  });
});

test('the file host: one range, no conditions, no other methods', async () => {
  const { urls } = (await (await get('/pypi/demo-pkg/json')).json()) as { urls: { url: string; size: number }[] };
  const url = urls[0]?.url ?? '';
  expect(url).toMatch(/^https:\/\/files\.pythonhosted\.org\/packages\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{60}\//);
  const path = url.replace('https://files.pythonhosted.org', pypiOrigins('').files);
  const whole = await get(path);
  const bytes = Buffer.from(await whole.arrayBuffer());
  expect(bytes.length).toBe(urls[0]?.size);
  expect(whole.headers.get('cache-control')).toContain('immutable');
  const same = await get(path, { 'if-none-match': whole.headers.get('etag') ?? '' });
  expect([same.status, (await same.arrayBuffer()).byteLength]).toEqual([200, bytes.length]);
  const part = await get(path, { range: 'bytes=10-19' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`]);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
  expect((await get(path, { range: `bytes=${bytes.length}-` })).status).toBe(416);
  const refused = await get(path, {}, 'DELETE');
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  expect((await get(`${pypiOrigins('').files}/packages/aa/bb/none.whl`)).status).toBe(404);
});

test('what PyPI does not know, the stand-in does not know', async () => {
  expect((await get('/search/?q=demo')).status).toBe(501);
  expect(server.unknown).toContain('GET /search/?q=demo');
});

test('a failing origin is a page of HTML with 503', async () => {
  server.faults(() => ({ kind: 'answer', answer: FASTLY_503 }));
  const answer = await get('/simple/', { accept: JSON_V1 });
  server.faults(null);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
});
