/** What a host sees of us, by its own ledger. */
import { connect, createServer, type AddressInfo, type LookupFunction } from 'node:net';
import { describe, expect, test } from 'vitest';
import { NotAllowed } from '../errors.ts';
import { memoryLedger } from '../memory-ledger.ts';
import type { StandInServer } from '../stand-in/server.ts';
import { mostInWindow } from '../stand-in/windows.ts';
import { door, json, registryAt, serve } from './test-kit.ts';

const signal = new AbortController().signal;

/** The most requests that the server saw within any second, or `ms`. */
function mostAt(server: StandInServer, ms = 1000): number {
  return mostInWindow(
    server.ledger.map((row) => row.at),
    ms,
  );
}

const here: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

/** A way to the server on which everything is held for a while before it goes on. */
async function delayingWay(server: StandInServer, delayMs: () => number, atEnd: (end: () => void) => void): Promise<string> {
  const way = createServer((client) => {
    const onward = connect(Number(new URL(server.origin).port), '127.0.0.1');
    client.on('data', (piece) => setTimeout(() => onward.write(piece), delayMs()));
    onward.on('data', (piece) => client.write(piece));
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    way.close();
  });
  return `http://127.0.0.1:${(way.address() as AddressInfo).port}`;
}

// Side by side, for most of their time is waiting: what is promised holds however busy the machine is.
describe.concurrent('the rate', () => {
  test.for([
    { perSecond: 200, requests: 350 },
    { perSecond: 20, requests: 32 },
  ])('$perSecond a second: no window of a second ever holds more', async ({ perSecond, requests }, { onTestFinished: atEnd }) => {
    // Answers that take from nothing to 30 ms, so that arrivals jitter as they do on real networks.
    let count = 0;
    const server = await serve(
      async () => {
        if (count++ % 7 === 0) await new Promise((resolve) => setTimeout(resolve, (count * 13) % 30));
        return json({});
      },
      null,
      atEnd,
    );
    const io = door({}, atEnd).io(registryAt('pypi', { index: server.origin }, perSecond), { signal });
    await Promise.all(Array.from({ length: requests }, () => io.json(`${server.origin}/`)));
    expect(server.ledger).toHaveLength(requests);
    const most = mostAt(server);
    expect(most).toBeLessThanOrEqual(perSecond);
    // And it is used. How fully depends on what else the machine does; the benchmark measures that.
    expect(most).toBeGreaterThan(0.5 * perSecond);
  });

  test('holds however long requests are on their way', async ({ onTestFinished: atEnd }) => {
    const server = await serve(json({}), null, atEnd);
    // The first ten travel 900 ms longer than the others: sent evenly, they would arrive together with the next second's.
    let count = 0;
    const way = await delayingWay(server, () => (count++ < 10 ? 900 : 0), atEnd);
    const registry = registryAt('pypi', { index: way });
    const io = door({}, atEnd).io(
      { ...registry, budgets: [{ origin: 'index', perSecond: 10, concurrency: 20, per30Days: null, source: 'a test' }] },
      { signal },
    );
    await Promise.all(Array.from({ length: 24 }, () => io.json(`${way}/`)));
    expect(server.ledger).toHaveLength(24);
    expect(mostAt(server)).toBeLessThanOrEqual(10);
  });

  test('holds at a host far away, whose least answer time is taken off', async ({ onTestFinished: atEnd }) => {
    const server = await serve(json({}), null, atEnd);
    let count = 0;
    const way = await delayingWay(server, () => 60 + (count++ % 5) * 12, atEnd);
    // By a name, so that it is no longer this machine.
    const origin = `http://registry.example:${new URL(way).port}`;
    const http = door({ contact: 'research@example.org', lookup: here }, atEnd);
    const io = http.io(registryAt('pypi', { index: origin }, 20), { signal });
    await Promise.all(Array.from({ length: 75 }, () => io.json(`${origin}/`)));
    expect(server.ledger).toHaveLength(75);
    expect(mostAt(server)).toBeLessThanOrEqual(20);
  });

  test('of less than one a second is kept too', async ({ onTestFinished: atEnd }) => {
    const server = await serve(json({}), null, atEnd);
    const io = door({}, atEnd).io(registryAt('pypi', { index: server.origin }, 0.8), { signal });
    await Promise.all(Array.from({ length: 2 }, () => io.json(`${server.origin}/`)));
    expect(mostAt(server, 1250)).toBe(1);
  });

  test('counts retries and redirects like any request, and holds with 429s among the answers', async ({
    onTestFinished: atEnd,
  }) => {
    const server = await serve(
      (request) => (request.path === '/moved' ? { status: 302, headers: { location: '/there' } } : json({})),
      (_, index) =>
        index % 40 === 39
          ? { kind: 'answer', answer: { status: 429, headers: { 'retry-after': '0' }, body: '<h1>error 1015' } }
          : null,
      atEnd,
    );
    const http = door({}, atEnd);
    const io = http.io(registryAt('pypi', { index: server.origin }, 100), { signal });
    await Promise.all(Array.from({ length: 75 }, () => io.json(`${server.origin}/moved`)));
    expect(mostAt(server)).toBeLessThanOrEqual(100);
    expect(http.hosts()[0]).toMatchObject({
      requests: server.ledger.length,
      throttled: server.ledger.filter((row) => row.status === 429).length,
    });
    expect(server.ledger.length).toBeGreaterThan(150);
  });

  test('is shared by all who ask the same base, whatever their registry', async ({ onTestFinished: atEnd }) => {
    const server = await serve(json({}), null, atEnd);
    const http = door({}, atEnd);
    const one = http.io(registryAt('pypi', { index: server.origin }, 20), { signal });
    const two = http.io(registryAt('rubygems', { index: server.origin }, 20), { signal });
    await Promise.all(Array.from({ length: 15 }, () => [one.json(`${server.origin}/`), two.json(`${server.origin}/`)]).flat());
    expect(mostAt(server)).toBeLessThanOrEqual(20);
  });

  test('is one for each base of a host, the longest counts', async ({ onTestFinished: atEnd }) => {
    const server = await serve(json({}), null, atEnd);
    const registry = {
      ...registryAt('pypi', { all: server.origin, search: `${server.origin}/search` }),
      budgets: [
        { origin: 'all', perSecond: 1000, concurrency: 4, per30Days: null, source: 'a test' },
        { origin: 'search', perSecond: 2, concurrency: 4, per30Days: null, source: 'a test' },
      ],
    };
    const io = door({}, atEnd).io(registry, { signal });
    const paths = ['/search', '/search/a', '/search?q=1', ...Array.from({ length: 20 }, (_, index) => `/searching/${index}`)];
    await Promise.all(paths.map((path) => io.json(server.origin + path)));
    const searches = server.ledger.filter((row) => /^\/search(\/|$)/.test(row.path)).map((row) => row.at);
    const others = server.ledger.filter((row) => row.path.startsWith('/searching')).map((row) => row.at);
    expect(searches).toHaveLength(3);
    expect(mostInWindow(searches, 1000)).toBeLessThanOrEqual(2);
    expect(mostInWindow(others, 1000)).toBeGreaterThan(5);
  });

  test('that the user sets is kept below the budget, except at an origin of their own', async ({ onTestFinished: atEnd }) => {
    const server = await serve(json({}), null, atEnd);
    const theirs = door({}, atEnd).io(registryAt('pypi', { index: server.origin }, 3), { rates: { index: 1000 }, signal });
    await Promise.all(Array.from({ length: 4 }, () => theirs.json(`${server.origin}/`)));
    expect(mostAt(server)).toBeLessThanOrEqual(3);
    const own = await serve(json({}), null, atEnd);
    const mirror = door({}, atEnd).io(registryAt('pypi', { index: server.origin }, 3), {
      origins: { index: own.origin },
      rates: { index: 1000 },
      signal,
    });
    await Promise.all(Array.from({ length: 20 }, () => mirror.json(`${own.origin}/`)));
    expect(mostAt(own)).toBeGreaterThan(5);
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
  const first = door({ ledger }).io(registry, { signal });
  await first.json(`${server.origin}/moved`);
  await first.json(`${server.origin}/`);
  await expect(first.json(`${server.origin}/`)).rejects.toThrow(NotAllowed);
  const second = door({ ledger }).io(registry, { signal });
  await expect(second.json(`${server.origin}/`)).rejects.toThrow(/ceiling of 3 requests/);
  expect(server.ledger).toHaveLength(3);
});
