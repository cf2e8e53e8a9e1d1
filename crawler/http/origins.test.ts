import { expect, test } from 'vitest';
import { resolveOrigins, type OriginSettings } from './origins.ts';
import { registryAt } from './test-kit.ts';

const ORIGINS = { gems: 'https://gems.example/gems', api: 'https://gems.example/api/v1', index: 'https://index.gems.example' };
const registry = {
  ...registryAt('rubygems', ORIGINS),
  budgets: [
    { origin: 'gems', perSecond: 3, concurrency: 4, per30Days: 1000, source: 'a test' },
    { origin: 'api', perSecond: 1, concurrency: 2, per30Days: null, source: 'a test' },
    { origin: 'index', perSecond: 5, concurrency: 4, per30Days: 500, source: 'a test' },
  ],
};

function resolve(settings: Partial<OriginSettings> = {}): ReturnType<typeof resolveOrigins> {
  return resolveOrigins(registry, { origins: {}, rates: {}, contact: 'research@example.org', ...settings });
}

test('a URL belongs to the base it lies below, and has its limits', () => {
  const origins = resolve();
  const place = (url: string) => origins.place(new URL(url));
  expect(place('https://gems.example/gems/a-1.gem')).toMatchObject({
    role: 'gems',
    lane: 'gems.example/gems',
    limits: { perSecond: 3, concurrency: 4 },
  });
  expect(place('https://gems.example/api/v1/search.json?query=a')).toMatchObject({
    role: 'api',
    limits: { perSecond: 1, per30Days: null },
  });
  expect(place('https://index.gems.example/versions')).toMatchObject({ role: 'index', limits: { perSecond: 5 } });
});

test("what lies below none is asked slowly: the registry's own host with patience, a host that a package names without", () => {
  const origins = resolve();
  expect(origins.place(new URL('https://gems.example/robots.txt')).limits).toEqual({
    perSecond: 1,
    concurrency: 2,
    per30Days: null,
  });
  expect(origins.place(new URL('https://stranger.example/a.gem')).limits).toMatchObject({ perSecond: 1, patienceMs: 30_000 });
});

test('roles at one base are one lane with the strictest of their limits', () => {
  const mirror = 'http://127.0.0.1:8080/mirror';
  const origins = resolve({ origins: { gems: mirror, api: `${mirror}/`, index: mirror } });
  expect(origins.place(new URL(`${mirror}/x`)).limits).toEqual({ perSecond: 1, concurrency: 2, per30Days: 500 });
});

test("rates may go below the budget, and above it only at an origin of one's own", () => {
  const perSecond = (settings: Partial<OriginSettings>, url: string): number =>
    resolve(settings).place(new URL(url)).limits.perSecond;
  expect(perSecond({ rates: { gems: 0.5 } }, 'https://gems.example/gems/a')).toBe(0.5);
  expect(perSecond({ rates: { gems: 50 } }, 'https://gems.example/gems/a')).toBe(3);
  expect(perSecond({ rates: { gems: 50 }, origins: { gems: ORIGINS.gems } }, 'https://gems.example/gems/a')).toBe(3);
  expect(perSecond({ rates: { gems: 50 }, origins: { gems: 'https://own.example' } }, 'https://own.example/a')).toBe(50);
  // The connections grow with the rate, to a limit.
  const own = (gems: number) => resolve({ rates: { gems }, origins: { gems: 'https://own.example' } });
  const connections = (gems: number) => own(gems).place(new URL('https://own.example/a')).limits.concurrency;
  expect([1, 3, 6, 1000].map(connections)).toEqual([4, 4, 8, 32]);
});
