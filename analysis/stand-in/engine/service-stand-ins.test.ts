import { afterEach, describe, expect, test } from 'vitest';
import type { Verdict } from '../../../data/model.ts';
import type { Service } from '../../service.ts';
import type { ServiceStandIn } from '../service-stand-in.ts';
import { inventedProbe, inventedService, inventedStandIn } from './invented.ts';
import { createServiceStandIns, startServiceStandIns } from './service-stand-ins.ts';

const now = new Date('2030-01-01T00:00:00Z');
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(
  services: readonly Service[] = [inventedService()],
  standIns: readonly ServiceStandIn[] = [inventedStandIn()],
) {
  const started = await startServiceStandIns({ services, standIns, now });
  closers.push(() => started.server.close());
  return started;
}

async function ask(base: string, token: string, path = '/me'): Promise<{ status: number; body: string }> {
  const url = base.replace('{host}', 'api.invented.example') + path;
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, redirect: 'manual' });
  return { status: response.status, body: await response.text() };
}

describe('issuing', () => {
  test('the same wish gives the same token, another seed another one', async () => {
    const standIns = await start();
    const first = standIns.issue('invented', { seed: 'a', verdict: 'active' });
    expect(standIns.issue('invented', { seed: 'a', verdict: 'active' })).toBe(first);
    expect(standIns.issue('invented', { seed: 'b', verdict: 'active' }).parts).not.toEqual(first.parts);
    expect(first).toMatchObject({ service: 'invented', format: 'invented.token', family: 'token', verdict: 'active' });
    expect(first.snippet).toContain(first.secrets[0]);
    const elsewhere = await start();
    expect(elsewhere.issue('invented', { seed: 'a', verdict: 'active' })).toEqual(first);
  });

  test('names the verdicts that a service can have', async () => {
    const standIns = await start();
    const expected: Verdict[] = ['active', 'restricted', 'inactive', 'unknown', 'published-example', 'canary'];
    expect(standIns.verdictsOf('invented')).toEqual(expected);
    expect(() => standIns.issue('invented', { seed: 'a', verdict: 'public-by-design' })).toThrow(/no token of invented can be/);
    expect(() => standIns.issue('other', { seed: 'a', verdict: null })).toThrow(/no service other; there are invented/);
  });

  test('tokens of a service without a harmless check are untested', async () => {
    const { probe: _, ...service } = inventedService({ noProbe: 'asking writes' });
    const standIns = await createServiceStandIns({ services: [service], standIns: [], now });
    expect(standIns.verdictsOf('invented')).toEqual(['untested']);
    expect(standIns.issue('invented', { seed: 'a', verdict: null }).verdict).toBe('untested');
  });

  test('a check with another effect than reading leaves its tokens untested', async () => {
    const service = inventedService({ probe: { ...inventedProbe, effect: 'metered', effectReason: 'billed' } });
    const standIns = await createServiceStandIns({ services: [service], standIns: [inventedStandIn()], now });
    expect(standIns.verdictsOf('invented')).toContain('untested');
    expect(standIns.verdictsOf('invented')).not.toContain('active');
  });

  test('the verdict of a refusal by the public host of a self-hosted service is unknown', async () => {
    const standIns = await start([inventedService({ selfHosted: true })]);
    expect(standIns.issue('invented', { seed: 'a', verdict: null, answer: 'revoked' }).verdict).toBe('unknown');
  });

  test('services and stand-ins must fit together', async () => {
    const make = (services: Service[], standIns: ServiceStandIn[]) => createServiceStandIns({ services, standIns, now });
    await expect(make([inventedService()], [])).rejects.toThrow(/the check of invented has no stand-in/);
    await expect(make([], [inventedStandIn()])).rejects.toThrow(/no service for the stand-in of invented/);
    await expect(make([inventedService()], [inventedStandIn(), inventedStandIn()])).rejects.toThrow(/same id/);
  });
});

describe('answering', () => {
  test('each class of the service gets its own words, and a token that nobody issued is refused', async () => {
    const standIns = await start();
    const base = standIns.hostOf('invented');
    const statuses = [];
    for (const answer of ['active', 'restricted', 'expired'] as const) {
      const { parts } = standIns.issue('invented', { seed: answer, verdict: null, answer });
      statuses.push((await ask(base, parts['token'] ?? '')).status);
    }
    expect(statuses).toEqual([200, 403, 401]);
    expect(await ask(base, 'inv_nobody')).toEqual({ status: 401, body: '{"error":"no-such-token"}' });
    expect(standIns.server.unknown).toEqual([]);
  });

  test.each([
    ['rate-limited', 429],
    ['server-error', 500],
    ['unavailable', 503],
    ['waf-403', 403],
    ['waf-200-html', 200],
    ['empty', 200],
    ['redirect', 302],
    ['not-found-html', 404],
  ] as const)('%s comes from the frame, whatever the service', async (answer, status) => {
    const standIns = await start();
    const { parts } = standIns.issue('invented', { seed: 'a', verdict: null, answer });
    const got = await ask(standIns.hostOf('invented'), parts['token'] ?? '');
    expect(got.status).toBe(status);
    expect(got.body).not.toContain('user');
  });

  test('a broken connection is broken, and a cut body is shorter than announced', async () => {
    const standIns = await start();
    for (const answer of ['reset', 'cut'] as const) {
      const { parts } = standIns.issue('invented', { seed: 'a', verdict: null, answer });
      await expect(ask(standIns.hostOf('invented'), parts['token'] ?? '')).rejects.toThrow(/fetch failed|terminated/);
    }
  });

  test('a stand-in that accepts everything accepts what nobody issued', async () => {
    const standIns = await start();
    standIns.acceptEverything('invented');
    expect((await ask(standIns.hostOf('invented'), 'inv_nobody')).status).toBe(200);
    standIns.acceptEverything('invented', false);
    expect((await ask(standIns.hostOf('invented'), 'inv_nobody')).status).toBe(401);
  });

  test('calls are counted per token, and a request that the service does not have is reported', async () => {
    const standIns = await start();
    const asked = standIns.issue('invented', { seed: 'a', verdict: 'active' });
    const other = standIns.issue('invented', { seed: 'b', verdict: 'active' });
    await ask(standIns.hostOf('invented'), asked.parts['token'] ?? '');
    await ask(standIns.hostOf('invented'), asked.parts['token'] ?? '');
    expect([standIns.callsFor(asked), standIns.callsFor(other)]).toEqual([2, 0]);
    expect((await ask(standIns.hostOf('invented'), 'x', '/other')).status).toBe(501);
    expect((await ask(standIns.hostOf('other'), 'x')).status).toBe(501);
    expect((await ask(standIns.hostOf('invented').replace('{host}', 'evil.example'), 'x')).status).toBe(501);
    expect(standIns.server.unknown).toHaveLength(3);
  });
});
