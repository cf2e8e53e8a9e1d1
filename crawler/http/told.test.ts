/** What a host tells us to do: to wait, or to stay away. */
import { describe, expect, test } from 'vitest';
import { NotAllowed, Throttled } from '../errors.ts';
import { door, ioTo, json, registryAt, serve } from './test-kit.ts';

const never = new AbortController().signal;

describe('being told to wait', () => {
  const slowDown = (headers: Record<string, string>, status = 429, body = '<html>slow down'): ReturnType<typeof json> => ({
    status,
    headers: { 'content-type': 'text/html', ...headers },
    body,
  });

  test.each([
    ['seconds', () => '1', 1000],
    // A date has whole seconds: two from now are between one and two away.
    ['a date', () => new Date(Date.now() + 2000).toUTCString(), 900],
  ])('in %s: everything to the host waits, and the answer comes without a try lost', async (_, header, least) => {
    const server = await serve(json({ ok: true }), (_request, index) =>
      index === 0 ? { kind: 'answer', answer: slowDown({ 'retry-after': header() }) } : null,
    );
    const http = door();
    const io = ioTo(server, { http });
    const asked = io.json(`${server.origin}/a`);
    await expect.poll(() => http.hosts()[0]?.throttled, { timeout: 20_000, interval: 1 }).toBe(1);
    await io.json(`${server.origin}/b`);
    expect((await asked).body).toEqual({ ok: true });
    const [first = 0, second = 0] = server.ledger.map((row) => row.at);
    expect(second - first).toBeGreaterThanOrEqual(least);
    expect(server.ledger).toHaveLength(3);
  });

  test.each([
    ['429 without a time', slowDown({})],
    ['429 with zero', slowDown({ 'retry-after': '0' })],
    ['429 with a date gone by', slowDown({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })],
    ['429 with something unreadable', slowDown({ 'retry-after': 'soon' })],
    ['503 with zero', slowDown({ 'retry-after': '0' }, 503)],
    [
      '403 that speaks of a quota',
      slowDown({ 'content-type': 'application/json' }, 403, '{"statusCode":403,"message":"Quota exceeded."}'),
    ],
  ])('%s: the floor', async (_, answer) => {
    const server = await serve(json({}), (_request, index) => (index === 0 ? { kind: 'answer', answer } : null));
    const http = door({ tuning: { floorMs: 150 } });
    await ioTo(server, { http }).json(`${server.origin}/`);
    const [first = 0, second = 0] = server.ledger.map((row) => row.at);
    expect(second - first).toBeGreaterThanOrEqual(150);
    expect(http.hosts()[0]).toMatchObject({ throttled: 1, failed: 0 });
  });

  test('for ever: patience ends, and the error says so', async () => {
    const server = await serve(slowDown({}));
    const http = door({ tuning: { floorMs: 20, patienceMs: 100 } });
    await expect(ioTo(server, { http }).json(`${server.origin}/`)).rejects.toThrow(Throttled);
    expect(server.ledger.length).toBeGreaterThan(1);
    expect(server.ledger.length).toBeLessThan(8);
  });
});

describe('being told to stay away', () => {
  test('a block page ends all requests to the host, and only to this host', async () => {
    const blocked = await serve({
      status: 403,
      headers: { 'content-type': 'text/html; charset=UTF-8' },
      body: '<!DOCTYPE html><title>Access denied</title><h1>Error</h1><p>Sorry, you have been blocked</p>',
    });
    const open = await serve(json({}));
    const http = door();
    const io = http.io(registryAt('pypi', { a: blocked.origin, b: open.origin }), { signal: never });
    await expect(io.json(`${blocked.origin}/x`)).rejects.toThrow(/refuses \(403\) with a page that says we are blocked/);
    await expect(io.json(`${blocked.origin}/y`)).rejects.toThrow(NotAllowed);
    expect(blocked.ledger).toHaveLength(1);
    expect((await io.json(`${open.origin}/`)).status).toBe(200);
    expect(http.hosts().map((host) => host.switchedOff !== null)).toEqual([true, false]);
  });

  test.each([
    [
      'an object store that has no such file',
      403,
      'application/xml',
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
    ],
    ['a package that is withheld', 451, 'application/json', '{"error":"blocked for legal reasons"}'],
    ['a page about the item', 403, 'text/html', '<h1>Forbidden</h1>'],
  ])('%s is about the item, not about us', async (_, status, type, body) => {
    const server = await serve((request) =>
      request.path === '/withheld' ? { status, headers: { 'content-type': type }, body } : json({}),
    );
    const io = ioTo(server);
    await expect(io.json(`${server.origin}/withheld`)).rejects.toMatchObject({ reason: 'refused', block: false, status });
    expect((await io.json(`${server.origin}/other`)).status).toBe(200);
  });
});
