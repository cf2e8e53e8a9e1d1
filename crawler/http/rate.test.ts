/** What a host sees of us, by its own ledger. */
import { describe, expect, test } from 'vitest';
import { NotAllowed } from '../errors.ts';
import { memoryLedger } from '../memory-ledger.ts';
import { door, json, mostInWindow, registryAt, serve } from './test-kit.ts';

const never = new AbortController().signal;

describe('the rate', () => {
  test.each([
    { perSecond: 200, requests: 350 },
    { perSecond: 20, requests: 32 },
  ])('$perSecond a second: no window of a second ever holds more', async ({ perSecond, requests }) => {
    // Answers that take from nothing to 30 ms, so that arrivals jitter as they do on real networks.
    let count = 0;
    const server = await serve(async () => {
      if (count++ % 7 === 0) await new Promise((resolve) => setTimeout(resolve, (count * 13) % 30));
      return json({});
    });
    const io = door().io(registryAt('pypi', { index: server.origin }, perSecond), { signal: never });
    await Promise.all(Array.from({ length: requests }, () => io.json(`${server.origin}/`)));
    const times = server.ledger.map((row) => row.at);
    expect(times).toHaveLength(requests);
    const most = mostInWindow(times, 1000);
    expect(most).toBeLessThanOrEqual(perSecond);
    // And it is used: less than this is only a machine that is busy with other things.
    expect(most).toBeGreaterThanOrEqual(0.9 * perSecond);
  });

  test('of less than one a second is kept too', async () => {
    const server = await serve(json({}));
    const io = door().io(registryAt('pypi', { index: server.origin }, 0.8), { signal: never });
    await Promise.all(Array.from({ length: 2 }, () => io.json(`${server.origin}/`)));
    const times = server.ledger.map((row) => row.at);
    expect(mostInWindow(times, 1250)).toBe(1);
  });

  test('counts retries and redirects like any request, and holds with 429s among the answers', async () => {
    const server = await serve(
      (request) => (request.path === '/moved' ? { status: 302, headers: { location: '/there' } } : json({})),
      (_, index) =>
        index % 40 === 39
          ? { kind: 'answer', answer: { status: 429, headers: { 'retry-after': '0' }, body: '<h1>error 1015' } }
          : null,
    );
    const http = door();
    const io = http.io(registryAt('pypi', { index: server.origin }, 100), { signal: never });
    await Promise.all(Array.from({ length: 75 }, () => io.json(`${server.origin}/moved`)));
    const times = server.ledger.map((row) => row.at);
    expect(mostInWindow(times, 1000)).toBeLessThanOrEqual(100);
    expect(http.hosts()[0]).toMatchObject({
      requests: times.length,
      throttled: server.ledger.filter((row) => row.status === 429).length,
    });
    expect(times.length).toBeGreaterThan(150);
  });

  test('is shared by all who ask the same base, whatever their registry', async () => {
    const server = await serve(json({}));
    const http = door();
    const signal = never;
    const one = http.io(registryAt('pypi', { index: server.origin }, 20), { signal });
    const two = http.io(registryAt('rubygems', { index: server.origin }, 20), { signal });
    await Promise.all(Array.from({ length: 15 }, () => [one.json(`${server.origin}/`), two.json(`${server.origin}/`)]).flat());
    expect(
      mostInWindow(
        server.ledger.map((row) => row.at),
        1000,
      ),
    ).toBeLessThanOrEqual(20);
  });

  test('is one for each base of a host, the longest counts', async () => {
    const server = await serve(json({}));
    const registry = {
      ...registryAt('pypi', { all: server.origin, search: `${server.origin}/search` }),
      budgets: [
        { origin: 'all', perSecond: 1000, concurrency: 4, per30Days: null, source: 'a test' },
        { origin: 'search', perSecond: 2, concurrency: 4, per30Days: null, source: 'a test' },
      ],
    };
    const io = door().io(registry, { signal: never });
    const paths = ['/search', '/search/a', '/search?q=1', ...Array.from({ length: 20 }, (_, index) => `/searching/${index}`)];
    await Promise.all(paths.map((path) => io.json(server.origin + path)));
    const searches = server.ledger.filter((row) => /^\/search(\/|$)/.test(row.path)).map((row) => row.at);
    const others = server.ledger.filter((row) => row.path.startsWith('/searching')).map((row) => row.at);
    expect(searches).toHaveLength(3);
    expect(mostInWindow(searches, 1000)).toBe(2);
    expect(mostInWindow(others, 1000)).toBe(20);
  });

  test('that the user sets is kept below the budget, except at an origin of their own', async () => {
    const server = await serve(json({}));
    const signal = never;
    const theirs = door().io(registryAt('pypi', { index: server.origin }, 3), { rates: { index: 1000 }, signal });
    await Promise.all(Array.from({ length: 4 }, () => theirs.json(`${server.origin}/`)));
    expect(
      mostInWindow(
        server.ledger.map((row) => row.at),
        1000,
      ),
    ).toBe(3);
    const own = await serve(json({}));
    const mirror = door().io(registryAt('pypi', { index: server.origin }, 3), {
      origins: { index: own.origin },
      rates: { index: 1000 },
      signal,
    });
    await Promise.all(Array.from({ length: 20 }, () => mirror.json(`${own.origin}/`)));
    expect(
      mostInWindow(
        own.ledger.map((row) => row.at),
        1000,
      ),
    ).toBe(20);
  });
});

test('a ceiling counts every request over all doors that share the ledger', async () => {
  const server = await serve((request) =>
    request.path === '/moved' ? { status: 301, headers: { location: '/there' } } : json({}),
  );
  const ledger = memoryLedger();
  const registry = {
    ...registryAt('pypi', { index: server.origin }),
    budgets: [{ origin: 'index', perSecond: 500, concurrency: 1, per30Days: 3, source: 'a test' }],
  };
  const first = door({ ledger }).io(registry, { signal: never });
  await first.json(`${server.origin}/moved`);
  await first.json(`${server.origin}/`);
  await expect(first.json(`${server.origin}/`)).rejects.toThrow(NotAllowed);
  const second = door({ ledger }).io(registry, { signal: never });
  await expect(second.json(`${server.origin}/`)).rejects.toThrow(/ceiling of 3 requests/);
  expect(server.ledger).toHaveLength(3);
});
