import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Gone, Malformed, Refused, TooLarge, Unavailable } from './errors.ts';
import { door, first, ioTo, json, serve } from './http/test-kit.ts';

/** Both clients: npm's own for its registry, got for everything else. They keep one promise. */
const BOTH = [{ id: 'npm' }, { id: 'pypi' }] as const;

describe.each(BOTH)('answers, through the client of $id', ({ id }) => {
  test('JSON, text and streams, compressed on the wire', async () => {
    const server = await serve((request) =>
      json({ path: request.path, text: 'ö'.repeat(500) }, { etag: '"1"', 'x-serial': '7' }),
    );
    const io = ioTo(server, { id });
    const reply = await io.json(`${server.origin}/a%2fb?c=d`);
    expect(reply).toMatchObject({
      status: 200,
      body: { path: '/a%2fb', text: 'ö'.repeat(500) },
      url: `${server.origin}/a%2fb?c=d`,
    });
    expect(reply.headers).toMatchObject({ etag: '"1"', 'x-serial': '7' });
    expect((await io.text(`${server.origin}/t`)).body).toContain('"path":"/t"');
    const pieces: Uint8Array[] = [];
    for await (const piece of (await io.stream(`${server.origin}/s`)).body) pieces.push(piece);
    expect(JSON.parse(Buffer.concat(pieces).toString())).toMatchObject({ path: '/s' });
  });

  test('name us, and ask for compression', async () => {
    const server = await serve((request) => json(request.headers));
    const io = ioTo(server, { id, http: door({ contact: 'research@example.org' }) });
    const { body } = await io.json(`${server.origin}/`);
    expect(body).toMatchObject({
      'user-agent': 'incidence/1.2.3 (+research@example.org)',
      'accept-encoding': 'gzip',
      accept: 'application/json',
    });
  });

  test('an ETag goes out, and 304 comes back with an empty body', async () => {
    const server = await serve((request) =>
      request.headers['if-none-match'] === '"1"' ? { status: 304, headers: { etag: '"1"' } } : json({ a: 1 }),
    );
    const io = ioTo(server, { id });
    expect(await io.json(`${server.origin}/`, { etag: '"1"' })).toMatchObject({ status: 304, body: undefined });
    expect(await io.text(`${server.origin}/`, { etag: '"1"' })).toMatchObject({ status: 304, body: '' });
    expect(await io.json(`${server.origin}/`, { etag: '"2"' })).toMatchObject({ status: 200, body: { a: 1 } });
  });

  test('a 304 that nobody asked for is no answer', async () => {
    const server = await serve({ status: 304 });
    await expect(ioTo(server, { id }).json(`${server.origin}/`)).rejects.toThrow(/304 \(not modified\) without having asked/);
  });

  test('a range comes back as the very bytes, even where the server compresses', async () => {
    const whole = gzipSync('a long text that is compressed at rest');
    const server = await serve((request) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      const range = /bytes=(\d+)-(\d*)/.exec(request.headers['range'] ?? '');
      const start = Number(range?.[1]);
      const end = range?.[2] === '' ? whole.length - 1 : Number(range?.[2]);
      return {
        status: 206,
        headers: { 'content-range': `bytes ${start}-${end}/${whole.length}`, 'content-type': 'application/octet-stream' },
        body: whole.subarray(start, end + 1),
      };
    });
    const io = ioTo(server, { id });
    const reply = await io.stream(`${server.origin}/f`, { range: { start: 3, end: 9 } });
    const pieces: Uint8Array[] = [];
    for await (const piece of reply.body) pieces.push(piece);
    expect(reply).toMatchObject({ status: 206, headers: { 'content-range': `bytes 3-9/${whole.length}` } });
    expect(Buffer.concat(pieces)).toEqual(whole.subarray(3, 10));
  });

  test('HEAD and POST', async () => {
    const server = await serve((request) =>
      json({ method: request.method, body: request.body, type: request.headers['content-type'] }),
    );
    const io = ioTo(server, { id });
    expect(await io.text(`${server.origin}/`, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect(await io.json(`${server.origin}/`, { method: 'HEAD' })).toMatchObject({ status: 200, body: undefined });
    const posted = await io.json(`${server.origin}/`, {
      method: 'POST',
      body: 'q=1',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(posted.body).toEqual({ method: 'POST', body: 'q=1', type: 'application/x-www-form-urlencoded' });
  });

  test.each([
    ['an HTML page', '<!doctype html><p>token=s3cret', 'text/html', /expected JSON, got a page of HTML or XML \(text\/html\)/],
    ['an empty answer', ' ', 'application/json', /expected JSON, got an empty answer \(application\/json\)/],
    ['half a document', '{"a": "s3cret', 'application/json', /expected JSON, got 13 characters that are not/],
  ])('%s in place of JSON is malformed, asked for once more, and not quoted', async (_, body, type, message) => {
    const server = await serve({ status: 200, headers: { 'content-type': type }, body });
    const error: unknown = await ioTo(server, { id })
      .json(`${server.origin}/`)
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(Malformed);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string, url: `${server.origin}/`, status: 200 });
    expect(String(error)).not.toContain('s3cret');
    expect(server.ledger).toHaveLength(2);
  });

  test.each([
    [400, Malformed, 1],
    [401, Refused, 1],
    [403, Refused, 1],
    [404, Gone, 1],
    [405, Malformed, 1],
    [406, Malformed, 1],
    [408, Unavailable, 5],
    [410, Gone, 1],
    [416, Malformed, 1],
    [451, Refused, 1],
    [500, Unavailable, 5],
    [502, Unavailable, 5],
    [503, Unavailable, 5],
    [522, Unavailable, 5],
    [204, Malformed, 2],
    [206, Malformed, 2],
  ])('status %i is %o after %i requests', async (status, expected, requests) => {
    const server = await serve({
      status,
      headers: { 'content-type': 'text/html' },
      body: status === 204 ? '' : '<html><h1>s3cret</h1>',
    });
    const error: unknown = await ioTo(server, { id })
      .json(`${server.origin}/`)
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ status, url: `${server.origin}/` });
    expect(String(error)).toContain(String(status));
    expect(String(error)).not.toContain('s3cret');
    expect(server.ledger).toHaveLength(requests);
  });

  test('a passing failure of any kind is got over', async () => {
    const faults = [
      { kind: 'answer', answer: { status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>maintenance' } },
      { kind: 'reset' },
      { kind: 'cut', bytes: 100 },
      { kind: 'answer', answer: { status: 522, body: '' } },
    ] as const;
    const server = await serve(json({ text: 'x'.repeat(5000) }), (_, index) => faults[index] ?? null);
    expect((await ioTo(server, { id }).json(`${server.origin}/`)).body).toEqual({ text: 'x'.repeat(5000) });
    expect(server.ledger.length).toBeGreaterThanOrEqual(faults.length);
  });

  test('a body that stalls is given up in time', async () => {
    const server = await serve(json({ text: 'x'.repeat(5000) }), first(1, { kind: 'stall' }));
    const http = door({ body: { idleMs: 300 } });
    expect((await ioTo(server, { id, http }).json(`${server.origin}/`)).body).toEqual({ text: 'x'.repeat(5000) });
    expect(http.hosts()[0]).toMatchObject({ requests: 2, retries: 1, failed: 1, inFlight: 0 });
  });

  test('a body that only drips is given up, although something always comes', async () => {
    const server = await serve({ status: 200, body: 'x'.repeat(4000) }, () => ({ kind: 'drip', bytes: 1, everyMs: 10 }));
    const http = door({ body: { graceMs: 100, minBytesPerSecond: 1000 }, tuning: { retryMs: 1 } });
    await expect(ioTo(server, { id, http }).text(`${server.origin}/`)).rejects.toThrow(/came too slowly: \d+ bytes/);
  });

  test('a host that accepts and never answers is given up in time', async () => {
    let asked = 0;
    const server = await serve(async () => {
      if (++asked === 1) await new Promise((resolve) => setTimeout(resolve, 4000));
      return json('late');
    });
    const http = door({ timeouts: { sendMs: 150, responseMs: 150 } });
    const before = Date.now();
    expect((await ioTo(server, { id, http }).json(`${server.origin}/`)).body).toBe('late');
    expect(Date.now() - before).toBeLessThan(3500);
    expect(asked).toBe(2);
  });

  test('nobody there', async () => {
    const server = await serve(json({}));
    await server.close();
    await expect(ioTo(server, { id }).json(`${server.origin}/`)).rejects.toThrow(
      /127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\)/,
    );
  });

  test('a body above the limit is refused by its announced length, and by its bytes where it announces none', async () => {
    const server = await serve((request) =>
      request.path === '/announced'
        ? { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: 'x'.repeat(3000) }
        : { status: 200, headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(3000) },
    );
    const io = ioTo(server, { id });
    await expect(io.text(`${server.origin}/announced`, { maxBytes: 2999 })).rejects.toThrow(
      /has 3000 bytes, above the limit of 2999/,
    );
    await expect(io.text(`${server.origin}/unannounced`, { maxBytes: 2999 })).rejects.toThrow(TooLarge);
    expect((await io.text(`${server.origin}/unannounced`, { maxBytes: 3000 })).body).toHaveLength(3000);
    expect(server.ledger).toHaveLength(3);
  });

  test('a gzip bomb is refused while it unfolds', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const server = await serve({
      status: 200,
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: bomb,
    });
    const before = process.memoryUsage().rss;
    await expect(ioTo(server, { id }).json(`${server.origin}/`, { maxBytes: 1024 * 1024 })).rejects.toThrow(TooLarge);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  test('gzip that ends too early is not taken for the whole', async () => {
    const whole = gzipSync(JSON.stringify(Array.from({ length: 500 }, (_, index) => index)));
    const server = await serve(() => ({
      status: 200,
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: server.ledger.length === 0 ? whole.subarray(0, whole.length - 20) : whole,
    }));
    expect((await ioTo(server, { id }).json(`${server.origin}/`)).body).toHaveLength(500);
    expect(server.ledger).toHaveLength(2);
  });

  test('a length that promises more than comes', async () => {
    const server = await serve(
      json([1, 2, 3]),
      first(1, { kind: 'answer', answer: json([1, 2, 3], { 'content-length': '4000' }) }),
    );
    const http = door({ body: { idleMs: 300 } });
    expect((await ioTo(server, { id, http }).json(`${server.origin}/`)).body).toEqual([1, 2, 3]);
    expect(server.ledger).toHaveLength(2);
  });

  test('a length that promises less than comes', async () => {
    const server = await serve(json([1, 2, 3]), first(1, { kind: 'answer', answer: json([1, 2, 3], { 'content-length': '3' }) }));
    expect((await ioTo(server, { id }).json(`${server.origin}/`)).body).toEqual([1, 2, 3]);
    expect(server.ledger).toHaveLength(2);
  });

  test('one connection serves many requests, errors and redirects included', async () => {
    let connections = 0;
    const server = createServer((request, response) => {
      if (request.url === '/gone') response.writeHead(404).end('no such thing');
      else if (request.url === '/moved') response.writeHead(302, { location: '/there' }).end('moved');
      else response.end('{}');
    });
    server.on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const io = ioTo({ origin }, { id });
    for (let time = 0; time < 3; time++) {
      await io.json(`${origin}/`);
      await expect(io.json(`${origin}/gone`)).rejects.toThrow(Gone);
      await io.json(`${origin}/moved`);
    }
    expect(connections).toBe(1);
  });

  test('the signal stops a request in every phase', async () => {
    const server = await serve(json({ text: 'x'.repeat(5000) }), () => ({ kind: 'stall' }));
    const stop = new AbortController();
    const io = ioTo(server, { id, signal: stop.signal });
    const waiting = Promise.allSettled([io.json(`${server.origin}/a`), io.json(`${server.origin}/b`)]);
    setTimeout(() => stop.abort(new Error('enough')), 50);
    for (const one of await waiting) expect(one).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    await expect(io.json(`${server.origin}/c`)).rejects.toThrow('enough');
    expect(server.ledger).toHaveLength(2);
  });
});
