import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Artifact, Digest } from '../../data/model.ts';
import { DigestMismatch, Gone, TooLarge, Unavailable } from '../errors.ts';
import type { Answer, StandInRequest } from '../stand-in/server.ts';
import { door, first, ioTo, serve } from './test-kit.ts';

const BYTES = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251));
const LIMIT = 1024 * 1024;

function digest(algorithm: Digest['algorithm'], bytes: Uint8Array = BYTES): Digest {
  return { algorithm, hex: createHash(algorithm).update(bytes).digest('hex') };
}

function artifact(url: string, of: Partial<Artifact> = {}): Artifact {
  return { filename: 'a-1.0.0.tgz', url, kind: 'npm', bytes: BYTES.length, digest: digest('sha256'), ...of };
}

/** A file host that answers ranges, as object stores do. */
function ranged(request: StandInRequest, etag = '"v1"'): Answer {
  const headers = { 'accept-ranges': 'bytes', etag, 'content-type': 'application/octet-stream' };
  const range = /^bytes=(\d+)-$/.exec(request.headers['range'] ?? '');
  const condition = request.headers['if-range'];
  if (range === null || (condition !== undefined && condition !== etag)) return { status: 200, headers, body: BYTES };
  const start = Number(range[1]);
  if (start >= BYTES.length) return { status: 416, headers: { ...headers, 'content-range': `bytes */${BYTES.length}` } };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${BYTES.length - 1}/${BYTES.length}` },
    body: BYTES.subarray(start),
  };
}

describe.each([{ id: 'npm' }, { id: 'pypi' }] as const)('a download through the client of $id', ({ id }) => {
  test.each(['sha256', 'sha512', 'sha1'] as const)('is verified by its %s', async (algorithm) => {
    const server = await serve(ranged);
    const got = await ioTo(server, { id }).download(artifact(`${server.origin}/a`, { digest: digest(algorithm) }), {
      maxBytes: LIMIT,
    });
    expect(Buffer.from(got.bytes).equals(BYTES)).toBe(true);
    expect(got).toMatchObject({ sha256: digest('sha256').hex, verified: true });
  });

  test('without a published digest is whole and says that it is not verified', async () => {
    const server = await serve(ranged);
    const got = await ioTo(server, { id }).download(artifact(`${server.origin}/a`, { digest: null }), { maxBytes: LIMIT });
    expect(got).toMatchObject({ sha256: digest('sha256').hex, verified: false });
  });

  test('is the file as it lies there: nothing on the way unpacks it', async () => {
    const gem = gzipSync(BYTES);
    const server = await serve((request) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: gem };
    });
    const got = await ioTo(server, { id }).download(
      artifact(`${server.origin}/a`, { bytes: gem.length, digest: digest('sha256', gem) }),
      { maxBytes: LIMIT },
    );
    expect(Buffer.from(got.bytes).equals(gem)).toBe(true);
  });

  test('with other bytes than published is fetched once more, past caches', async () => {
    const caches: (string | undefined)[] = [];
    const server = await serve(
      (request) => {
        caches.push(request.headers['cache-control']);
        return ranged(request);
      },
      first(1, { kind: 'flip', at: 77 }),
    );
    const got = await ioTo(server, { id }).download(artifact(`${server.origin}/a`), { maxBytes: LIMIT });
    expect(got.verified).toBe(true);
    expect(caches).toEqual([undefined, 'no-cache']);
  });

  test('with other bytes twice is set aside', async () => {
    const server = await serve(ranged, first(9, { kind: 'flip', at: 77 }));
    const asked = ioTo(server, { id }).download(artifact(`${server.origin}/a`), { maxBytes: LIMIT });
    await expect(asked).rejects.toThrow(DigestMismatch);
    await expect(asked).rejects.toThrow(/a-1\.0\.0\.tgz: the sha256 of its 50000 bytes is not the published one/);
    expect(server.ledger).toHaveLength(2);
  });

  test('of another length than published is set aside where no digest decides', async () => {
    const server = await serve(ranged);
    const io = ioTo(server, { id });
    await expect(
      io.download(artifact(`${server.origin}/a`, { bytes: 49_999, digest: null }), { maxBytes: LIMIT }),
    ).rejects.toThrow(/expected 49999 bytes, got 50000/);
    // The digest says more than the length: it is the file that was published.
    expect((await io.download(artifact(`${server.origin}/a`, { bytes: 49_999 }), { maxBytes: LIMIT })).verified).toBe(true);
  });

  test('that stopped half way goes on where it was', async () => {
    const ranges: (string | undefined)[] = [];
    const half: Answer = { ...ranged({ headers: {} } as StandInRequest), body: BYTES.subarray(0, 20_000) };
    const server = await serve((request) => {
      ranges.push(request.headers['range']);
      if (ranges.length === 1) return { ...half, headers: { ...half.headers, 'content-length': '50000' } };
      return ranged(request);
    });
    const http = door({ body: { idleMs: 300 } });
    const got = await ioTo(server, { id, http }).download(artifact(`${server.origin}/a`), { maxBytes: LIMIT });
    expect(Buffer.from(got.bytes).equals(BYTES)).toBe(true);
    expect(got.verified).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=20000-']);
  });

  test('that broke off starts anew where the file has changed, or the host knows no ranges', async () => {
    let version = 0;
    const changing = await serve((request) => ranged(request, `"v${version++}"`), first(2, { kind: 'cut', bytes: 20_000 }));
    expect((await ioTo(changing, { id }).download(artifact(`${changing.origin}/a`), { maxBytes: LIMIT })).verified).toBe(true);
    const plain = await serve(
      (request) => {
        expect(request.headers['range']).toBeUndefined();
        return { status: 200, headers: { 'content-type': 'application/octet-stream', etag: 'W/"weak"' }, body: BYTES };
      },
      first(2, { kind: 'cut', bytes: 20_000 }),
    );
    expect((await ioTo(plain, { id }).download(artifact(`${plain.origin}/a`), { maxBytes: LIMIT })).verified).toBe(true);
    expect(plain.ledger).toHaveLength(3);
  });

  test('that is answered with another part than the one asked for starts anew', async () => {
    const server = await serve(
      (request) => {
        const answer = ranged(request);
        return answer.status === 206
          ? { ...answer, headers: { ...answer.headers, 'content-range': 'bytes 1-49999/50000' } }
          : answer;
      },
      first(1, { kind: 'cut', bytes: 20_000 }),
    );
    expect((await ioTo(server, { id }).download(artifact(`${server.origin}/a`), { maxBytes: LIMIT })).verified).toBe(true);
  });

  test('that broke off behind its last byte starts anew: there is no part left to ask for', async () => {
    const ranges: (string | undefined)[] = [];
    const server = await serve((request) => {
      ranges.push(request.headers['range']);
      const answer = ranged(request);
      return ranges.length > 1 ? answer : { ...answer, headers: { ...answer.headers, 'content-length': '50001' } };
    });
    const http = door({ body: { idleMs: 100 } });
    expect((await ioTo(server, { id, http }).download(artifact(`${server.origin}/a`), { maxBytes: LIMIT })).verified).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=50000-', undefined]);
  });

  test('that always breaks off ends, and says after how much', async () => {
    const server = await serve(
      () => ({ status: 200, headers: { 'content-type': 'application/octet-stream' }, body: BYTES }),
      first(99, { kind: 'cut', bytes: 20_000 }),
    );
    const asked = ioTo(server, { id }).download(artifact(`${server.origin}/a`), { maxBytes: LIMIT });
    await expect(asked).rejects.toThrow(Unavailable);
    await expect(asked).rejects.toThrow(/broke off after \d+ bytes/);
    expect(server.ledger).toHaveLength(5);
  });

  test('above the limit is not even asked for where the size is published', async () => {
    const server = await serve(ranged);
    const io = ioTo(server, { id });
    await expect(io.download(artifact(`${server.origin}/a`), { maxBytes: 49_999 })).rejects.toThrow(
      /a-1\.0\.0\.tgz has 50000 bytes, above the limit of 49999/,
    );
    expect(server.ledger).toHaveLength(0);
    await expect(io.download(artifact(`${server.origin}/a`, { bytes: null }), { maxBytes: 49_999 })).rejects.toThrow(TooLarge);
    expect(server.ledger).toHaveLength(1);
    expect((await io.download(artifact(`${server.origin}/a`), { maxBytes: 50_000 })).bytes).toHaveLength(50_000);
  });

  test('above the limit stops where the host announces no size, or a wrong one', async () => {
    const server = await serve(ranged, () => ({ kind: 'drip', bytes: 10_000, everyMs: 1 }));
    const io = ioTo(server, { id });
    await expect(io.download(artifact(`${server.origin}/a`, { bytes: 10 }), { maxBytes: 30_000 })).rejects.toThrow(TooLarge);
  });

  test('whose announced length is too short is not taken for the whole', async () => {
    const whole = ranged({ headers: {} } as StandInRequest);
    const short: Answer = { ...whole, headers: { ...whole.headers, 'content-length': '20000' } };
    const server = await serve(ranged, first(1, { kind: 'answer', answer: short }));
    expect((await ioTo(server, { id }).download(artifact(`${server.origin}/a`), { maxBytes: LIMIT })).verified).toBe(true);
    expect(server.ledger).toHaveLength(2);
  });

  test('of something that is gone', async () => {
    const server = await serve({ status: 404, body: 'no' });
    await expect(ioTo(server, { id }).download(artifact(`${server.origin}/a`), { maxBytes: LIMIT })).rejects.toThrow(Gone);
  });

  test('that redirects to the file host', async () => {
    const files = await serve(ranged);
    const server = await serve({ status: 302, headers: { location: `${files.origin}/a` } });
    expect((await ioTo(server, { id }).download(artifact(`${server.origin}/a`), { maxBytes: LIMIT })).verified).toBe(true);
  });

  test('can be stopped by itself, without stopping the others', async () => {
    const server = await serve(ranged, (request) => (request.path === '/slow' ? { kind: 'stall' } : null));
    const stop = new AbortController();
    const io = ioTo(server, { id });
    const slow = io.download(artifact(`${server.origin}/slow`), { maxBytes: LIMIT, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('this one takes too long')), 40);
    await expect(slow).rejects.toThrow('this one takes too long');
    expect((await io.download(artifact(`${server.origin}/a`), { maxBytes: LIMIT })).verified).toBe(true);
  });
});

test('a body that nobody reads gives its connection back', async () => {
  const server = await serve({
    status: 200,
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.alloc(5_000_000),
  });
  const http = door({ body: { abandonMs: 60 } });
  const io = ioTo(server, { http });
  const unread = await Promise.all(Array.from({ length: 8 }, () => io.stream(`${server.origin}/`)));
  // All connections are taken; this one waits until the unread bodies are given up.
  expect((await io.text(`${server.origin}/`)).body).toHaveLength(5_000_000);
  await expect(unread[0]?.body[Symbol.asyncIterator]().next()).rejects.toThrow(/was not read for 0\.06 s and was given up/);
});

test('an answer that is over with its headers keeps no connection', async () => {
  const server = await serve({ status: 304, headers: { etag: '"a"' } });
  const http = door();
  const reply = await ioTo(server, { http }).stream(`${server.origin}/`, { etag: '"a"' });
  await expect.poll(() => http.hosts()[0]?.inFlight).toBe(0);
  expect([reply.status, await Array.fromAsync(reply.body)]).toEqual([304, []]);
});

test('a stream left in the middle gives its connection back', async () => {
  const server = await serve({
    status: 200,
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.alloc(5_000_000),
  });
  const http = door();
  const io = ioTo(server, { http });
  for await (const piece of (await io.stream(`${server.origin}/`)).body) {
    expect(piece.byteLength).toBeGreaterThan(0);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(http.hosts()[0]?.inFlight).toBe(0);
});

test('a slow reader is no slow host', async () => {
  const server = await serve({
    status: 200,
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.alloc(3_000_000),
  });
  const io = ioTo(server, { http: door({ body: { idleMs: 1000, graceMs: 1000, minBytesPerSecond: 1e9 } }) });
  let bytes = 0;
  for await (const piece of (await io.stream(`${server.origin}/`)).body) {
    if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 1300));
    bytes += piece.byteLength;
  }
  expect(bytes).toBe(3_000_000);
});
