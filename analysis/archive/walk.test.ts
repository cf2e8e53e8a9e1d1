import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gem, join, noise, tar, tgz, utf8, zip, zipOf, type Files } from './build.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { look, reasons, texts } from './look.ts';
import { bytesSource } from './source.ts';
import { walk } from './walk.ts';

const FILES: Files = {
  'lib/thing.rb': utf8('puts 1\n'),
  'README.md': utf8('# Thing\n'.repeat(200)),
  'data/noise.bin': noise(3000),
  'data/empty': new Uint8Array(),
  'config/.env': utf8('KEY=value\n'),
};

const asText = (files: Files, prefix = ''): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${prefix}${name}`, Buffer.from(bytes).toString('latin1')]));

describe('what the ecosystems pack', () => {
  test('a gem: a tar of gzips, which are no levels of their own', async () => {
    const seen = await look(gem(FILES), { depth: 0 });
    const { 'metadata.gz': metadata, 'checksums.yaml.gz': checksums, ...rest } = texts(seen);
    expect(metadata).toContain('Gem::Specification');
    expect(checksums).toContain('SHA256');
    expect(rest).toEqual(asText(FILES, 'data.tar.gz > '));
    expect([...seen.skipped, ...seen.noted]).toEqual([]);
    expect(seen.stats.entries).toBe(Object.keys(FILES).length + 2);
  });

  test.each([
    ['an npm tarball or an sdist', tgz(FILES)],
    ['a wheel, an egg or a .nupkg', zipOf(FILES)],
    ['a tar', tar(...Object.entries(FILES).map(([name, body]) => ({ name, body })))],
  ])('%s', async (_, artifact) => {
    const seen = await look(artifact, { depth: 0 });
    expect(texts(seen)).toEqual(asText(FILES));
    expect([...seen.skipped, ...seen.noted]).toEqual([]);
    expect(seen.stats.entries).toBe(Object.keys(FILES).length);
  });
});

describe('archives in archives', () => {
  function nested(levels: number): Uint8Array {
    let inner: Uint8Array = utf8('core');
    for (let level = levels; level >= 0; level -= 1)
      inner = level % 2 ? zipOf({ [`${level}`]: inner }) : tgz({ [`${level}`]: inner });
    return inner;
  }

  test('to depth 4, by default, below the artifact itself', async () => {
    expect(texts(await look(nested(4)))).toEqual({ '0 > 1 > 2 > 3 > 4': 'core' });
    const deeper = await look(nested(5));
    expect([...deeper.files.keys()]).toEqual(['0 > 1 > 2 > 3 > 4']);
    expect(deeper.skipped).toMatchObject([{ reason: 'limit-depth', path: ['artifact', '0', '1', '2', '3', '4'] }]);
    // What lies too deep is searched as it is.
    expect(deeper.stats.bytes).toBeGreaterThan(100);
  });

  test('a zip stored in a zip, deflated in a zip, in a tar, and behind a script', async () => {
    const inner = zipOf({ a: utf8('a') });
    const script = join(utf8('#!/usr/bin/env python3\n'), inner);
    const seen = await look(
      zip([
        { name: 'stored.jar', method: 0, body: inner },
        { name: 'deflated.jar', body: inner },
        { name: 'in.tar', body: tar({ name: 'x.jar', body: inner }) },
        { name: 'app', body: script },
        { name: 'stub.exe', body: join(utf8('MZ stub'), inner) },
        { name: 'no-zip.zip', body: utf8('only words') },
      ]),
    );
    expect(texts(seen)).toEqual({
      'stored.jar > a': 'a',
      'deflated.jar > a': 'a',
      'in.tar > x.jar > a': 'a',
      'app > (bytes at 0)': '#!/usr/bin/env python3\n',
      'app > a': 'a',
      'stub.exe > (bytes at 0)': 'MZ stub',
      'stub.exe > a': 'a',
      'no-zip.zip': 'only words',
    });
    expect(seen.skipped).toEqual([]);
  });

  test('the zip in a zip that lost its own directory', async () => {
    const whole = zip([{ name: 'in.jar', method: 0, body: zipOf({ a: utf8('a'), b: utf8('b') }) }]);
    const seen = await look(whole.subarray(0, -22));
    expect(texts(seen)).toMatchObject({ a: 'a', b: 'b' });
  });

  test('a zip too large to be held is read from front to back', async () => {
    const inner = zip([
      { name: 'noise', body: noise(200_000) },
      { name: 'a', body: utf8('a'), descriptor: 'signed' },
    ]);
    const seen = await look(zip([{ name: 'inner.zip', body: inner }]), { heldBytes: 100_000 });
    expect(Buffer.from(noise(200_000)).equals(seen.files.get('inner.zip > noise') ?? Buffer.alloc(0))).toBe(true);
    expect(texts(seen)['inner.zip > a']).toBe('a');
    expect(seen.skipped).toEqual([]);
  });
});

describe('artifacts that are none', () => {
  test('a text is searched as it is, and said so', async () => {
    const seen = await look(utf8('just words'));
    expect(texts(seen)).toEqual({ '': 'just words' });
    expect(seen.skipped).toMatchObject([{ path: ['artifact'], reason: 'not-an-archive' }]);
  });

  test('an empty file', async () => {
    const seen = await look(new Uint8Array());
    expect(seen.skipped).toMatchObject([{ reason: 'empty' }]);
    expect(seen.stats.entries).toBe(0);
  });
});

describe('limits: each one is a row, and the rest is read', () => {
  test('entries', async () => {
    const seen = await look(tgz(FILES), { entries: 2 });
    expect([...seen.files.keys()]).toHaveLength(2);
    expect(reasons(seen.skipped)).toEqual(['limit-entries']);
  });

  test.each([
    ['a tar', tgz({ large: noise(100_000), small: utf8('small') })],
    ['a zip', zipOf({ large: noise(100_000), small: utf8('small') })],
  ])('bytes of one file, in %s', async (_, artifact) => {
    const seen = await look(artifact, { entryBytes: 1000 });
    expect(seen.files.get('large')?.length).toBe(1000);
    expect(texts(seen)['small']).toBe('small');
    expect(seen.incomplete).toEqual(['large']);
    expect(seen.skipped).toMatchObject([{ reason: 'limit-entry-bytes', path: ['artifact', 'large'] }]);
  });

  test('bytes of the artifact', async () => {
    const seen = await look(tgz({ one: noise(100_000), two: noise(800_000), three: noise(100) }), { totalBytes: 150_000 });
    expect(seen.files.get('one')?.length).toBe(100_000);
    expect(seen.files.get('three')).toBeUndefined();
    expect(reasons(seen.skipped)).toEqual(['limit-bytes']);
    expect(seen.incomplete).toEqual(['two']);
  });

  test('time, by the clock that is given', async () => {
    let time = 0;
    const seen = await look(zipOf(FILES), { milliseconds: 5 }, { now: () => (time += 1) });
    expect(seen.skipped).toMatchObject([{ reason: 'limit-time' }]);
    expect([...seen.files.keys()].length).toBeLessThan(Object.keys(FILES).length);
  });

  test('rows: further ones are counted', async () => {
    const seen = await look(zip(Array.from({ length: 50 }, (_, index) => ({ name: `${index}`, flags: 1 }))), { rows: 10 });
    expect(seen.skipped).toHaveLength(11);
    expect(seen.skipped.at(-1)).toMatchObject({ path: ['artifact'], reason: 'encrypted', detail: expect.stringContaining('40') });
  });

  test('an aborted signal ends the walk with its reason', async () => {
    const reason = new Error('enough');
    await expect(look(zipOf(FILES), {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('what the visitor throws ends the walk', async () => {
    const visitor = {
      open: () => {},
      data: () => {
        throw new Error('full');
      },
      close: () => {},
      skipped: () => {},
    };
    await expect(walk(bytesSource('x', tgz(FILES)), DEFAULT_LIMITS, visitor)).rejects.toThrow('full');
  });

  test('others get a turn while a large artifact is read', async () => {
    const artifact = Buffer.concat(Array<Buffer>(50).fill(gzipSync(Buffer.alloc(2_000_000), { level: 1 })));
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const seen = await look(artifact, { ratio: 1e6, artifactRatio: 1e6 });
    clearInterval(timer);
    expect(seen.stats.bytes).toBe(100_000_000);
    // A turn comes every 40 ms at the latest.
    if (seen.milliseconds > 200) expect(turns).toBeGreaterThan(0);
  });
});
