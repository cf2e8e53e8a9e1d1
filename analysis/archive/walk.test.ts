import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import type { Skipped } from '../../data/model.ts';
import { DEFAULT_LIMITS, type WalkLimits } from './limits.ts';
import { bytesSource } from './source.ts';
import { walk, type WalkStats } from './walk.ts';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

async function tar(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const packing = pack();
  for (const [name, bytes] of Object.entries(files)) packing.entry({ name }, Buffer.from(bytes));
  packing.finalize();
  return buffer(packing);
}

interface Seen {
  readonly files: Record<string, string>;
  readonly skipped: Skipped[];
  readonly stats: WalkStats;
}

async function read(name: string, bytes: Uint8Array, limits: Partial<WalkLimits> = {}): Promise<Seen> {
  const files: Record<string, string> = {};
  const skipped: Skipped[] = [];
  let current = '';
  const stats = await walk(
    bytesSource(name, bytes),
    { ...DEFAULT_LIMITS, ...limits },
    {
      open(path) {
        current = path.join(' > ');
        files[current] = '';
      },
      data(chunk) {
        files[current] += Buffer.from(chunk).toString('latin1');
      },
      close() {
        current = '';
      },
      skipped(row) {
        skipped.push(row);
      },
    },
  );
  return { files, skipped, stats };
}

test('a gem: a tar of gzips', async () => {
  const gem = await tar({
    'metadata.gz': gzipSync('name: thing'),
    'data.tar.gz': gzipSync(await tar({ 'lib/thing.rb': text('puts 1'), 'vendor/x.jar': zipSync({ 'X.class': text('cafe') }) })),
    'checksums.yaml.gz': gzipSync('SHA256: {}'),
  });
  const { files, skipped, stats } = await read('thing-1.0.gem', gem);
  expect(files).toEqual({
    'thing-1.0.gem > metadata.gz': 'name: thing',
    'thing-1.0.gem > data.tar.gz > lib/thing.rb': 'puts 1',
    'thing-1.0.gem > data.tar.gz > vendor/x.jar > X.class': 'cafe',
    'thing-1.0.gem > checksums.yaml.gz': 'SHA256: {}',
  });
  expect(skipped).toEqual([]);
  expect(stats).toMatchObject({ entries: 4, bytes: 31 });
});

test('an npm tarball and a wheel', async () => {
  const tgz = await read(
    'thing.tgz',
    gzipSync(await tar({ 'package/package.json': text('{}'), 'package/index.js': text('1;') })),
  );
  expect(tgz.files).toEqual({ 'thing.tgz > package/package.json': '{}', 'thing.tgz > package/index.js': '1;' });
  expect(tgz.skipped).toEqual([]);
  const wheel = await read(
    'thing.whl',
    zipSync({ 'thing/__init__.py': text('x = 1'), 'thing/data.zip': [zipSync({ inner: text('y') }), { level: 0 }] }),
  );
  expect(wheel.files).toEqual({ 'thing.whl > thing/__init__.py': 'x = 1', 'thing.whl > thing/data.zip > inner': 'y' });
  expect(wheel.skipped).toEqual([]);
});

test('a file that is no archive is searched as it is, and said so', async () => {
  const { files, skipped } = await read('notes.txt', text('just words'));
  expect(files).toEqual({ 'notes.txt': 'just words' });
  expect(skipped).toMatchObject([{ path: ['notes.txt'], reason: 'not-an-archive' }]);
});
