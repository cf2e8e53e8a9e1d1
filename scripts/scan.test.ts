/** `scan` as publishers use it: a folder, what is printed, an exit code. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Log } from 'sarif';
import { seededRandom } from '../analysis/seeded-random.ts';
import { SERVICES } from '../analysis/services/index.ts';
import { startServiceStandIns } from '../analysis/stand-in/engine/service-stand-ins.ts';
import { SERVICE_STAND_INS } from '../analysis/stand-in/index.ts';
import { startServer, type StandInServer } from '../crawler/stand-in/server.ts';
import { NotAllowed } from '../crawler/errors.ts';
import { UsageError } from './errors.ts';
import { packInMemory } from './npm-pack.ts';
import { scanAsGate, type GateArguments } from './scan-gate.ts';

const folder = mkdtempSync(join(tmpdir(), 'incidence-scan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As the command does, with what it would print; no process is started, since each takes seconds. */
async function scan(what: string, more: Partial<GateArguments> = {}): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const env = { INCIDENCE_DB: join(folder, 'none.db') };
  const io = { env, signal: new AbortController().signal };
  const target = more.registry === undefined ? join(folder, what) : what;
  try {
    const sinks = { stdout: { write: (text: string) => out.push(text) }, stderr: { write: (text: string) => err.push(text) } };
    const code = await scanAsGate({ what: target, format: 'text', ...more }, { ...io, ...sinks });
    return { code, stdout: stripVTControlCharacters(out.join('')), stderr: err.join('') };
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof NotAllowed)) throw error;
    return { code: error instanceof UsageError ? 2 : 1, stdout: out.join(''), stderr: error.message };
  }
}

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const TOKEN = (SERVICES.find(({ id }) => id === 'npm')?.formats[0]?.samples(seededRandom('scan')).hits[0]?.text ?? '') + '\n';

beforeAll(() => {
  write('pkg/package.json', '{"name":"@acme/pkg","version":"1.2.3","files":["lib"],"scripts":{"prepack":"touch EXECUTED"}}');
  write('pkg/lib/index.js', 'export {};\n');
  write('pkg/secrets.js', TOKEN);
  write('leaky/package.json', '{"name":"leaky","version":"1.0.0"}');
  write('leaky/index.js', TOKEN);
});

describe('a folder', () => {
  test('with a token violates a policy: what, where, why, what to do', async () => {
    const { code, stdout } = await scan('leaky');
    expect(code).toBe(4);
    expect(stdout).toMatch(/not tested {2}npm token npm_…/);
    expect(stdout).toMatch(/where: {2}index\.js, line \d+, column \d+/);
    expect(stdout).toMatch(/why: .*Treat it as if it were/);
    expect(stdout).toMatch(/do: +Revoke it before you remove it.* https:\/\//);
    expect(stdout).toMatch(/SQ34304 fails/);
    expect(stdout).not.toContain(/npm_\w{36}/.exec(TOKEN)?.[0]);
  });

  test('what npm pack would ship is another matter, and nothing is executed', async () => {
    const { code, stdout } = await scan('pkg', { npmPack: true });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Looked into 1 file \(2 entries, .*0 findings/)]);
    expect((await scan('leaky', { npmPack: true })).code).toBe(4);
    expect(() => readFileSync(join(folder, 'pkg/EXECUTED'))).toThrow('ENOENT');
  });

  test.each<[string, Partial<GateArguments>, number, RegExp]>([
    ['nothing-here', {}, 3, /there is no nothing-here/],
    ['nothing-here', { npmPack: true }, 2, /no package\.json/],
    ['pkg', { registry: 'cargo' }, 2, /there is no registry "cargo"; there are rubygems, nuget, pypi, npm/],
    ['pkg', { registry: 'npm', npmPack: true }, 2, /exclude each other/],
    ['pkg@', { registry: 'npm' }, 2, /NAME or NAME@VERSION/],
    ['semver', { registry: 'npm' }, 1, /contact/],
    ['leaky', { validate: 'live' }, 3, /No service was asked about 1 finding: nothing leaves this machine without --contact/],
    ['leaky', { failOn: ['SQ1'] }, 2, /there is no policy "SQ1"; there are SQ34251/],
  ])('%s with %j ends with %i', async (what, more, code, message) => {
    const ended = await scan(what, more);
    expect([ended.code, ended.stdout + ended.stderr]).toEqual([code, expect.stringMatching(message)]);
  });

  test('--fail-on replaces what the catalogue says', async () => {
    expect((await scan('leaky', { failOn: ['SQ34401'] })).code).toBe(0);
  });
});

describe('suppressions', () => {
  test('are counted and shown, in every format; none without a key that stays', async () => {
    const key = join(folder, 'gate.key');
    const first = await scan('leaky', { format: 'json', keyFile: key });
    const fingerprint = /"fingerprint":"([0-9a-f]{64})"/.exec(first.stdout)?.[1] ?? '';
    const keyId = /the key ([0-9a-f]{16})\./.exec(first.stderr)?.[1] ?? '';
    const entry = `fingerprint: ${fingerprint}\n    author: Ada\n    date: 2026-11-28`;
    const file = write('keep.yaml', `key: ${keyId}\nsuppressions:\n  - ${entry}\n    reason: revoked on the day it was found\n`);

    const text = await scan('leaky', { suppressions: file, keyFile: key });
    expect([text.code, text.stdout]).toEqual([0, expect.stringContaining('suppressed: not tested')]);
    expect(text.stdout).toMatch(/stays: +revoked on the day it was found \(Ada, 2026-11-28\)/);
    expect(text.stdout).toMatch(/0 findings\.\n1 finding suppressed\./);
    const sarif = await scan('leaky', { suppressions: file, keyFile: key, format: 'sarif' });
    const [result] = (JSON.parse(sarif.stdout) as Log).runs[0]?.results ?? [];
    expect(result?.suppressions?.[0]).toMatchObject({ kind: 'external', justification: 'revoked on the day it was found' });
    const json = await scan('leaky', { suppressions: file, keyFile: key, format: 'json' });
    expect(json.stdout).toContain('"suppressed":{"fingerprint"');

    const without = await scan('leaky', { suppressions: file });
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('--key-file')]);
    const other = await scan('leaky', { suppressions: file, keyFile: join(folder, 'other.key') });
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining(`was made with the key ${keyId} (line 1)`)]);
    const bad = write('bad.yaml', `key: ${keyId}\nsuppressions:\n  - ${entry}\n`);
    const unreasoned = await scan('leaky', { suppressions: bad, keyFile: key });
    expect([unreasoned.code, unreasoned.stderr]).toEqual([
      2,
      expect.stringContaining('line 3: suppressions.0.reason: why the finding may stay, in words'),
    ]);
  });

  test('nothing is left in the folder by a scan that needs no key', async () => {
    await scan('leaky');
    expect(() => readFileSync(join(folder, 'none.key'))).toThrow('ENOENT');
  });
});

describe('a release', () => {
  let registry: StandInServer;
  let services: Awaited<ReturnType<typeof startServiceStandIns>>;

  beforeAll(async () => {
    const now = new Date();
    services = await startServiceStandIns({
      services: SERVICES.filter(({ id }) => id === 'npm'),
      standIns: SERVICE_STAND_INS.filter(({ id }) => id === 'npm'),
      now,
    });
    const active = services.issue('npm', { seed: 'release', verdict: 'active' });
    write('published/package.json', '{"name":"@acme/shipped","version":"2.0.0"}');
    write('published/index.js', active.snippet);
    const tarball = gzipSync((await packInMemory(join(folder, 'published'), 1e6)).bytes);
    const sha512 = (bytes: Uint8Array) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    registry = await startServer(
      (origin) =>
        ({ path }) => {
          const dist = (integrity: string) => ({ tarball: `${origin}/@acme/shipped/-/shipped-2.0.0.tgz`, integrity });
          const versions: Record<string, object> = {
            latest: { version: '2.0.0', dist: dist(sha512(tarball)) },
            '2.0.0': { version: '2.0.0', dist: dist(sha512(tarball)) },
            '1.0.0': { version: '1.0.0', dist: dist(sha512(Buffer.from('another file'))) },
          };
          if (path.endsWith('.tgz')) return { status: 200, body: tarball };
          const version = versions[path.split('/').at(-1) ?? ''];
          return version === undefined ? { status: 404, body: '{}' } : { status: 200, body: JSON.stringify(version) };
        },
      null,
    );
    write(
      'release.yaml',
      `contact: team@example.org\nregistries: {npm: {origins: {registry: '${registry.origin}'}}}\nvalidation: {mode: live, services: {npm: {host: '${services.hostOf('npm')}'}}}\n`,
    );
  });

  afterAll(async () => {
    await registry.close();
    await services.server.close();
  });

  test.each([
    ['@acme/shipped', 4, /active {2}npm token .*SQ34401/],
    ['@acme/shipped@2.0.0', 4, /package\/index\.js, line/],
    ['@acme/shipped@1.0.0', 3, /not read .*digest/],
    ['@acme/shipped@3.0.0', 3, /there is no version 3\.0\.0/],
  ])('%s: exit code %i', async (what, code, message) => {
    const ended = await scan(what, { registry: 'npm', config: join(folder, 'release.yaml') });
    expect([ended.code, ended.stdout + ended.stderr]).toEqual([code, expect.stringMatching(message)]);
  });
});
