import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tgz, utf8 } from '../archive/build.ts';
import { UnreadableSource } from '../archive/source.ts';
import { createDetector } from '../detect/detector.ts';
import { acmeKey } from '../detect/invented-services.ts';
import type { ArtifactScan } from '../scan.ts';
import { Fingerprinter, Secret } from '../secret.ts';
import { seededRandom } from '../seeded-random.ts';
import { sealed } from './messages.ts';
import { createScanPool, type ScanPoolOptions } from './scan-pool.ts';
import { inThisThread, type ScanJob, type Scanner } from './scanner.ts';
import { SERVICES } from './unruly-services.ts';

const key = Buffer.alloc(32, 7);
const services = new URL('unruly-services.ts', import.meta.url).href;
const random = seededRandom('pool');
const tail = 'a1b2c3d4e5f6a7b8c9d0';

function job(name: string, ...texts: readonly string[]): ScanJob & { bytes: Uint8Array } {
  const bytes = tgz(Object.fromEntries(texts.map((text, index) => [`package/${index}.js`, utf8(text)])));
  return { name, bytes, sha256: hash('sha256', bytes, 'hex') };
}

function pool(options: Partial<ScanPoolOptions> = {}): Scanner {
  return createScanPool({ key, threads: 2, enoughMs: 0, services, ...options });
}

/** Without how long it took. */
function comparable({ artifact, candidates, skipped, stats }: ArtifactScan): object {
  const revealed = candidates.map((one) => ({
    ...one,
    parts: Object.fromEntries(Object.entries(one.parts).map(([name, part]) => [name, part.reveal()])),
  }));
  return { artifact, candidates: revealed, skipped, stats: { ...stats, ms: 0 } };
}

const reasons = ({ skipped }: ArtifactScan): readonly string[] => skipped.map(({ reason }) => reason);

let folder = '';
/** Shared by the tests that leave its threads alone: to start one takes longer than to scan with it. */
let threads: Scanner;
beforeAll(async () => {
  threads = pool();
  folder = await mkdtemp(join(tmpdir(), 'incidence-pool-'));
});
afterAll(async () => {
  await threads[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('threads', () => {
  test('find what one thread finds, and tokens come back as secrets', async () => {
    const here = inThisThread(createDetector(SERVICES, { fingerprinter: new Fingerprinter(key) }), {});
    const tokens = Array.from({ length: 6 }, () => acmeKey(random));
    const jobs = () => tokens.map((token, index) => job(`${index}.tgz`, `key: ${token}\n`, `"${token}"`, 'nothing'));
    const scans = await Promise.all(jobs().map((one) => threads.scan(one)));
    const expected = await Promise.all(jobs().map((one) => here.scan(one)));
    expect(scans.map(comparable)).toEqual(expected.map(comparable));
    expect(scans.map(({ candidates }) => candidates.length)).toEqual(tokens.map(() => 2));

    const [first] = scans;
    expect(first?.candidates[0]?.parts['token']).toBeInstanceOf(Secret);
    const printed = inspect([scans, scans.map(sealed)], { depth: 9, maxArrayLength: null }) + JSON.stringify(scans);
    for (const token of tokens) expect(printed).not.toContain(token.slice(6));
  });

  test('read files by their path, and say what cannot be read', async () => {
    const token = acmeKey(random);
    const path = join(folder, 'x.tgz');
    const { bytes, ...known } = { ...job('x.tgz', `key: ${token}\n`) };
    await writeFile(path, bytes);
    const scan = await threads.scan({ name: 'x.tgz', path });
    expect(scan.artifact).toEqual({ name: 'x.tgz', bytes: bytes.length, sha256: 'sha256' in known ? known.sha256 : '' });
    expect(scan.candidates).toHaveLength(1);
    await expect(threads.scan({ name: 'none', path: join(folder, 'none') })).rejects.toThrow(UnreadableSource);
    // The thread goes on.
    expect((await threads.scan(job('y.tgz', `key: ${token}\n`))).candidates).toHaveLength(1);
  });

  test('that spin or end cost their own artifact alone, with its reason and digest', async () => {
    await using short = pool({ limits: { milliseconds: 200 }, graceMs: 1300 });
    const token = acmeKey(random);
    const good = (index: number) => job(`good-${index}.tgz`, `key: ${token}\n`);
    const bad = ['leaving', 'spinning'].map((name) => job(`${name}.tgz`, `${name}_${tail}\n`));
    const digests = bad.map((one) => ('sha256' in one ? one.sha256 : ''));
    const jobs = [good(0), ...bad.flatMap((one, index) => [one, good(index + 1)])];
    const scans = await Promise.all(jobs.map((one) => short.scan(one)));
    const [, leaving, , spinning] = scans;
    expect([leaving, spinning].map((scan) => scan && reasons(scan))).toEqual([['scan-fault'], ['limit-time']]);
    expect([leaving, spinning].map((scan) => scan?.artifact.sha256)).toEqual(digests);
    const others = scans.filter(({ artifact }) => artifact.name.startsWith('good'));
    expect(others.map(({ candidates }) => candidates.length)).toEqual([1, 1, 1]);
  });

  test('that need too much memory cost their own artifact alone', async () => {
    await using small = pool({ threads: 1, heapMegabytes: 64 });
    expect(reasons(await small.scan(job('hoarding.tgz', `hoarding_${tail}\n`)))).toEqual(['limit-memory']);
  });

  test('can be stopped: what waits and what is in hand end with the reason, and the next artifact is read', async () => {
    await using one = pool({ threads: 1 });
    const stop = new AbortController();
    const inHand = one.scan(job('spinning.tgz', `spinning_${tail}\n`), stop.signal);
    const waiting = one.scan(job('waiting.tgz', 'nothing'), stop.signal);
    const next = one.scan(job('next.tgz', `key: ${acmeKey(random)}\n`));
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(inHand).rejects.toThrow('enough');
    await expect(waiting).rejects.toThrow('enough');
    expect((await next).candidates).toHaveLength(1);
  });

  test('that cannot start are an error that says so, not a wait without end', async () => {
    await using none = pool({ services: new URL('no-such-services.ts', import.meta.url).href });
    await expect(none.scan(job('x.tgz', 'nothing'))).rejects.toThrow('no thread can be started');
  });
});
