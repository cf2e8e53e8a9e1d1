/** What rubygems.org is known to do, asked with plain HTTP. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handmade, worldOf } from './handmade.ts';
import type { JournalEvent } from './journal.ts';
import { rubygemsStandIn } from './rubygems.ts';
import { startServer, type StandInServer } from './server.ts';

const journal: JournalEvent[] = [];
const switches: { folded?: number } = {};
const gems = [
  handmade('rubygems', 'alpha_gem', ['0.1.0', { version: '0.2.0', withdrawn: true }, '1.0.0'], { rank: 1, downloads: 1_234_567 }),
  handmade('rubygems', 'beta', ['1.0'], { rank: 2, downloads: 900 }),
  handmade('rubygems', 'yanked', [{ version: '1.0', withdrawn: true }], { latest: null, noRelease: 'all-yanked' }),
];

let server: StandInServer;
beforeAll(async () => {
  server = await startServer(rubygemsStandIn(worldOf(gems), { journal, switches }));
});
afterAll(async () => {
  await server.close();
});

async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(`${server.origin}${path}`, { method, headers: { 'accept-encoding': 'identity', ...headers }, redirect: 'manual' });
}

async function text(path: string): Promise<string> {
  return (await get(path)).text();
}

function hash(algorithm: string, value: string, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHash(algorithm).update(value).digest(encoding);
}

describe('the compact index', () => {
  test('begins with the gems of the month, goes on with one version a line, a yank with a dash', async () => {
    const [created, dashes, ...lines] = (await text('/versions')).trimEnd().split('\n');
    expect([created, dashes]).toEqual(['created_at: 2026-09-01T00:00:05Z', '---']);
    expect(lines.map((line) => line.replace(/ [0-9a-f]{32}$/, ''))).toEqual([
      'alpha_gem 0.1.0,1.0.0',
      'beta 1.0',
      'alpha_gem 0.2.0',
      'alpha_gem -0.2.0',
      'yanked 1.0',
      'yanked -1.0',
    ]);
    const last = lines.findLast((line) => line.startsWith('alpha_gem '));
    expect(last?.split(' ')[2]).toBe(hash('md5', await text('/info/alpha_gem')));
  });

  test('validators are those of the whole file, also for a part of it', async () => {
    const whole = await text('/versions');
    const part = await get('/versions', { range: 'bytes=10-19' });
    expect([part.status, await part.text()]).toEqual([206, whole.slice(10, 20)]);
    expect(part.headers.get('etag')).toBe(`"${hash('md5', whole)}"`);
    expect(part.headers.get('repr-digest')).toBe(`sha-256=:${hash('sha256', whole, 'base64')}:`);
    expect(part.headers.get('accept-ranges')).toBe('bytes');
    const same = await get('/versions', { 'if-none-match': part.headers.get('etag') ?? '' });
    expect([same.status, await same.text()]).toEqual([304, '']);
    expect((await get('/versions', { range: `bytes=${whole.length}-` })).status).toBe(416);
    expect((await get('/versions', {}, 'HEAD')).headers.get('content-length')).toBe(String(whole.length));
  });

  test('only grows while events come; written anew it has one line a gem and forgets who has no version', async () => {
    const before = await text('/versions');
    journal.push(
      { kind: 'published', package: handmade('rubygems', 'beta', ['1.0', '1.1']) },
      { kind: 'deleted', name: 'alpha_gem' },
    );
    const grown = await text('/versions');
    expect(grown.startsWith(before)).toBe(true);
    expect(
      grown
        .slice(before.length)
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ', 2).join(' ')),
    ).toEqual(['beta 1.1', 'alpha_gem -0.1.0', 'alpha_gem -1.0.0']);
    switches.folded = 2;
    const anew = await text('/versions');
    switches.folded = 0;
    journal.length = 0;
    expect(anew).toMatch(/^created_at: 2026-11-01T00:00:05Z\n---\nbeta 1\.0,1\.1 [0-9a-f]{32}\n$/);
  });

  test('a line of an info file has the digest of its gem and the time of its push', async () => {
    const [dashes, first = '', second = '', end] = (await text('/info/alpha_gem')).split('\n');
    expect([dashes, end]).toEqual(['---', '']);
    const [, checksum, created] = /^1\.0\.0 [^|]*\|checksum:([0-9a-f]{64}).*,created_at:(.*)$/.exec(second) ?? [];
    expect(first).toMatch(/^0\.1\.0 /);
    expect(created).toMatch(/^2026-01-03T/);
    const file = await get('/gems/alpha_gem-1.0.0.gem');
    const bytes = Buffer.from(await file.arrayBuffer());
    expect([file.headers.get('content-type'), createHash('sha256').update(bytes).digest('hex')]).toEqual([
      'application/octet-stream',
      checksum,
    ]);
  });

  test('who has no version left has an info file without lines; who is unknown has none; a yanked gem is gone', async () => {
    expect(await text('/info/yanked')).toBe('---\n');
    const absent = ['/info/none', '/info/Beta', '/gems/alpha_gem-0.2.0.gem', '/gems/none-1.0.gem', '/api/v1/gems/yanked.json'];
    expect(await Promise.all(absent.map(async (path) => (await get(path)).status))).toEqual(absent.map(() => 404));
    expect(await text('/names')).toBe('---\nalpha_gem\nbeta\n');
  });
});

describe('the API', () => {
  test('a gem, its versions, its newest number', async () => {
    expect(await (await get('/api/v1/gems/alpha_gem.json')).json()).toMatchObject({
      name: 'alpha_gem',
      downloads: 1_234_567,
      version: '1.0.0',
      platform: 'ruby',
      yanked: false,
      gem_uri: 'https://rubygems.org/gems/alpha_gem-1.0.0.gem',
    });
    const versions = (await (await get('/api/v1/versions/alpha_gem.json')).json()) as { number: string; sha: string }[];
    expect(versions.map(({ number }) => number)).toEqual(['1.0.0', '0.1.0']);
    expect(await (await get('/api/v1/versions/alpha_gem/latest.json')).json()).toEqual({ version: '1.0.0' });
  });

  test('the search: ranges of downloads, the most downloaded first; brackets and a third range are refused', async () => {
    const search = async (query: string) => get(`/api/v1/search.json?query=${encodeURIComponent(query)}`);
    const names = async (query: string) => ((await (await search(query)).json()) as { name: string }[]).map(({ name }) => name);
    expect(await names('downloads:>0')).toEqual(['alpha_gem', 'beta']);
    expect(await names('downloads:>0 downloads:<901')).toEqual(['beta']);
    expect((await search('downloads:[1 TO 2]')).status).toBe(400);
    expect((await search('downloads:>1 downloads:<5 downloads:>2')).status).toBe(400);
    const beyond = await get('/api/v1/search.json?query=downloads%3A%3E0&page=1001');
    expect([beyond.status, beyond.headers.get('location')]).toEqual([302, '/api/v1/search.json?query=downloads%3A%3E0&page=1']);
  });

  test('the versions of a time: a week at most, yanked ones among them', async () => {
    const path = '/api/v1/timeframe_versions.json';
    const week = `${path}?from=2026-01-01T00:00:00Z&to=2026-01-07T00:00:00Z`;
    const rows = (await (await get(week)).json()) as { name: string; number: string; yanked: boolean }[];
    expect(rows.map(({ name, number, yanked }) => [name, number, yanked])).toEqual(
      expect.arrayContaining([
        ['alpha_gem', '0.2.0', true],
        ['beta', '1.0', false],
      ]),
    );
    const refused = ['', '?from=soon', '?from=2026-01-01T00:00:00Z&to=2026-01-09T00:00:00Z', '?from=2026-02-01&to=2026-01-31'];
    expect(await Promise.all(refused.map(async (query) => (await get(`${path}${query}`)).status))).toEqual([400, 400, 400, 400]);
  });
});

test('a page of statistics beyond the tenth is sent back to the first', async () => {
  for (const page of ['11', '0', 'x']) {
    const answer = await get(`/stats?page=${page}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/stats?page=1']);
  }
  expect(await text('/stats?page=1')).toContain('1,234,567');
  expect(await text('/robots.txt')).toContain('Disallow: /names');
});

test('what rubygems.org does not know, the stand-in does not know', async () => {
  expect((await get('/api/v1/unheard-of.json')).status).toBe(501);
  expect((await get('/versions', {}, 'POST')).status).toBe(501);
  expect(server.unknown).toEqual(['GET /api/v1/unheard-of.json', 'POST /versions']);
});
