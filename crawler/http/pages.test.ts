import { expect, test } from 'vitest';
import { Refused, Unavailable } from '../errors.ts';
import { door, ioTo, json, serve } from './test-kit.ts';

const PAGE = { page: true, accept: 'text/html' } as const;

test('a page is asked for only where robots.txt allows it; an API answer is not asked about', async () => {
  const server = await serve((request) =>
    request.path === '/robots.txt'
      ? {
          status: 200,
          headers: { 'content-type': 'text/plain' },
          body: 'User-agent: *\nDisallow: /search?*\nDisallow: /gems?letter=*\n',
        }
      : { status: 200, headers: { 'content-type': 'text/html' }, body: `<p>${request.path}` },
  );
  const http = door();
  const io = ioTo(server, { http });
  expect((await io.text(`${server.origin}/stats?page=2`, PAGE)).body).toBe('<p>/stats');
  const refused = io.text(`${server.origin}/search?query=a`, PAGE);
  await expect(refused).rejects.toThrow(Refused);
  await expect(refused).rejects.toThrow(/robots\.txt of 127\.0\.0\.1:\d+ forbids \/search to crawlers; use another source/);
  await io.text(`${server.origin}/search?query=a`);
  // Read once, counted like every request, and no word of a refusal by the host.
  expect(server.ledger.map((row) => row.path)).toEqual(['/robots.txt', '/stats', '/search']);
  expect(http.hosts()[0]).toMatchObject({ requests: 3, switchedOff: null });
});

test.each([404, 410, 401, 403, 400])('without a robots.txt (%i) everything is allowed', async (status) => {
  const server = await serve((request) => (request.path === '/robots.txt' ? { status, body: '' } : json('page')));
  expect((await ioTo(server).json(`${server.origin}/a`, PAGE)).body).toBe('page');
});

test('a robots.txt that cannot be read allows nothing', async () => {
  const server = await serve((request) => (request.path === '/robots.txt' ? { status: 500, body: '' } : json('page')));
  await expect(ioTo(server).json(`${server.origin}/a`, PAGE)).rejects.toThrow(Unavailable);
  expect(server.ledger.every((row) => row.path === '/robots.txt')).toBe(true);
  expect(server.ledger).toHaveLength(5);
});

test('it is read again after a failure, after a day, and for every host that a redirect leads to', async () => {
  let now = Date.now();
  const other = await serve((request) =>
    request.path === '/robots.txt'
      ? { status: 200, headers: { 'content-type': 'text/plain' }, body: 'User-agent: incidence\nDisallow: /' }
      : json('there'),
  );
  const server = await serve(
    (request) => {
      if (request.path === '/robots.txt')
        return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'User-agent: *\nAllow: /' };
      return request.path === '/away' ? { status: 302, headers: { location: `${other.origin}/there` } } : json('page');
    },
    (_, index) => (index === 0 ? { kind: 'reset' } : null),
  );
  const io = ioTo(server, { http: door({ now: () => now }) });
  const read = (): number => server.ledger.filter((row) => row.path === '/robots.txt').length;
  await io.json(`${server.origin}/a`, PAGE);
  expect(read()).toBe(2);
  await io.json(`${server.origin}/b`, PAGE);
  expect(read()).toBe(2);
  now += 25 * 3_600_000;
  await io.json(`${server.origin}/c`, PAGE);
  expect(read()).toBe(3);
  await expect(io.json(`${server.origin}/away`, PAGE)).rejects.toThrow(/forbids \/there to crawlers/);
  expect(other.ledger.map((row) => row.path)).toEqual(['/robots.txt']);
});

test('only its beginning is read', async () => {
  const body = `User-agent: *\nDisallow: /a\n${'# filler\n'.repeat(80_000)}Disallow: /b\n`;
  const server = await serve((request) =>
    request.path === '/robots.txt' ? { status: 200, headers: { 'content-type': 'text/plain' }, body } : json('page'),
  );
  const io = ioTo(server);
  await expect(io.json(`${server.origin}/a`, PAGE)).rejects.toThrow(Refused);
  expect((await io.json(`${server.origin}/b`, PAGE)).body).toBe('page');
});
