import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesSource, fileSource, UnreadableSource } from './archive/source.ts';
import { createDetector } from './detect/detector.ts';
import { acmeKey, INVENTED, inventedService, prefixed } from './detect/invented-services.ts';
import { scanArtifact } from './scan.ts';
import { Fingerprinter } from './secret.ts';
import { seededRandom } from './seeded-random.ts';

const fingerprinter = new Fingerprinter(Buffer.alloc(32, 3));
const detector = createDetector(INVENTED, { fingerprinter });
const random = seededRandom('scan');
const key = acmeKey(random);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const wheel = Buffer.from(
  zipSync({
    'thing/a.py': Buffer.from(`KEY = "${key}"\n`),
    'thing/b.jar': zipSync({ 'c.txt': Buffer.from(`\n${key}\n`) }),
    'thing/filler.bin': random200KB(),
  }),
);

/** Does not compress, so that a file is read in several pieces. */
function random200KB(): Uint8Array {
  return Buffer.from(
    Array.from({ length: 400 }, (_, index) => createHash('sha512').update(String(index)).digest('hex')).join(''),
    'hex',
  );
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scan-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('an artifact in memory: what it is, what stands where, what it took', async () => {
  let clock = 1000;
  const { artifact, candidates, skipped, stats } = await scanArtifact(bytesSource('thing.whl', wheel), detector, {
    now: () => (clock += 5),
  });
  expect(artifact).toEqual({ name: 'thing.whl', bytes: wheel.length, sha256: sha256(wheel) });
  expect(candidates.map(({ place }) => [place.path, place.line, place.column])).toEqual([
    [['thing.whl', 'thing/a.py'], 1, 8],
    [['thing.whl', 'thing/b.jar', 'c.txt'], 2, 1],
  ]);
  expect(skipped).toEqual([]);
  expect(stats.entries).toBe(3);
  expect(stats.bytes).toBeGreaterThan(25_000);
  expect(stats.ms).toBeGreaterThanOrEqual(5);
});

test.each([
  ['a zip, whose directory is read first', wheel],
  ['a gzip, read from front to back', gzipSync(wheel)],
  ['junk', Buffer.from('neither one nor the other')],
  ['an empty file', Buffer.alloc(0)],
])('the digest of a file is that of all its bytes: %s', async (name, bytes) => {
  const path = join(folder, name);
  await writeFile(path, bytes);
  using source = fileSource(path, 'thing');
  const { artifact } = await scanArtifact(source, detector);
  expect(artifact).toEqual({ name: 'thing', bytes: bytes.length, sha256: sha256(bytes) });
});

describe('bad content is a row, never an error', () => {
  test('no archive, and yet its bytes are searched', async () => {
    const { candidates, skipped } = await scanArtifact(bytesSource('thing.tgz', Buffer.from(`junk ${key}`)), detector);
    expect(candidates.map(({ place }) => place.path)).toEqual([['thing.tgz']]);
    expect(skipped.map(({ reason }) => reason)).toEqual(['not-an-archive']);
  });

  test('a truncated archive, up to where it breaks off', async () => {
    const tgz = gzipSync(Buffer.from(`${key}\n`.repeat(10) + random200KB().toString()));
    const { candidates, skipped } = await scanArtifact(bytesSource('thing.gz', tgz.subarray(0, tgz.length - 100)), detector);
    expect(candidates).toHaveLength(10);
    expect(skipped.map(({ reason }) => reason)).toEqual(['truncated']);
  });

  test('a medium that fails', async () => {
    const failing = {
      name: 'thing.whl',
      size: wheel.length,
      read: () => Promise.reject(new UnreadableSource('unreadable', 'the disk is broken')),
    };
    const { artifact, skipped } = await scanArtifact(failing, detector);
    expect(artifact.sha256).toBe('');
    expect(skipped).toEqual([{ path: ['thing.whl'], reason: 'unreadable', detail: 'the disk is broken' }]);
  });

  test('time that is over: what was read until then stays', async () => {
    let clock = 0;
    const entries = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`${index}.txt`, Buffer.from(`${key}\n${'x'.repeat(70_000)}`)]),
    );
    const { candidates, skipped } = await scanArtifact(bytesSource('thing.zip', zipSync(entries)), detector, {
      limits: { milliseconds: 50 },
      now: () => clock++,
    });
    expect(skipped.map(({ reason }) => reason)).toContain('limit-time');
    expect(candidates.length).toBeLessThan(300);
  });

  test('a fault of ours in one entry does not lose the others', async () => {
    const redacting = inventedService('acme', {
      ...prefixed,
      redact: () => {
        throw new Error(key);
      },
    });
    const { candidates } = await scanArtifact(bytesSource('thing.whl', wheel), createDetector([redacting], { fingerprinter }));
    expect(candidates.map(({ redacted }) => redacted)).toEqual(['…', '…']);
  });
});

test('an abort ends it with the reason of the signal', async () => {
  const reason = new Error('stopped by the person');
  await expect(scanArtifact(bytesSource('thing.whl', wheel), detector, { signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
});
