/** A folder made by `gem generate_index`, behind a plain file server: no compact index, no rankings. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Gone, Malformed } from '../../errors.ts';
import { createPacker } from '../../stand-in/pack.ts';
import { file } from '../../stand-in/replies.ts';
import { rubygemsOrigins } from '../../stand-in/rubygems.ts';
import type { Answer, Handler } from '../../stand-in/server.ts';
import { openSession } from '../../stand-in/session.ts';
import { toolNamed } from '../../stand-in/tool.ts';
import { rubygems } from './index.ts';
import { readMarshal } from './marshal.ts';
import { gem, list, moved, platforms, REPRESENTATIVE } from './test-kit.ts';

const ruby = toolNamed('ruby');
const rubygemsTool = toolNamed('gem');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'incidence-gems-'));
  mkdirSync(join(folder, 'gems'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As any server of static files. */
function files(): Handler {
  return ({ path, headers }): Answer => {
    const wanted = join(folder, decodeURIComponent(path));
    if (!wanted.startsWith(folder) || !existsSync(wanted)) return { status: 404, body: 'not here' };
    return file(readFileSync(wanted), headers['range'], { 'last-modified': statSync(wanted).mtime.toUTCString() });
  };
}

const GEMS = [
  gem('plain', ['1.9.0', '1.10.0', '2.0.0.rc1']),
  gem('native-gem', ['0.1', platforms('native-gem', '0.2', ['x86_64-linux', 'java'])]),
  gem('Only_Before', ['0.1.0.alpha', '0.1.0.beta2']),
  gem('twin', [platforms('twin', '1.0', ['', 'x86_64-linux'])]),
];

async function publish(gems: typeof GEMS): Promise<void> {
  const packer = createPacker();
  for (const one of gems) {
    for (const { version, publishedAt, artifacts } of one.releases) {
      for (const artifact of artifacts) {
        const { bytes } = await packer({ name: one.name, version, publishedAt }, artifact);
        writeFileSync(join(folder, 'gems', artifact.filename), bytes);
      }
    }
  }
  rubygemsTool.run(['generate_index', '--directory', folder]);
}

describe('an index by gem generate_index', () => {
  test.skipIf(rubygemsTool.isMissing)(
    rubygemsTool.titled('its names, its newest releases, its files; a change says: list anew'),
    async () => {
      await publish(GEMS);
      await using session = await openSession(rubygems, files, rubygemsOrigins);
      const { names, pages, cursor } = await list(session);
      expect(names.toSorted()).toEqual(['Only_Before', 'native-gem', 'plain', 'twin']);
      expect(pages).toMatchObject([{ dropped: {} }]);
      expect((await list(session, cursor)).pages).toEqual([]);
      expect((await moved(session, cursor)).pages).toEqual([]);

      const filenames: Record<string, string> = {
        plain: 'plain-1.10.0.gem',
        'native-gem': 'native-gem-0.2-x86_64-linux.gem',
        Only_Before: 'Only_Before-0.1.0.beta2.gem',
        twin: 'twin-1.0.gem',
      };
      for (const [name, filename] of Object.entries(filenames)) {
        const found = await rubygems.latest(name, session.io, REPRESENTATIVE);
        const [artifact] = 'artifacts' in found ? found.artifacts : [];
        if (artifact === undefined) throw new Error(`expected a release of ${name}`);
        expect(artifact).toMatchObject({ filename, digest: null, bytes: null });
        const { bytes } = await session.io.download(artifact, { maxBytes: 100_000 });
        expect(Buffer.compare(bytes, readFileSync(join(folder, 'gems', filename)))).toBe(0);
      }
      expect(await rubygems.latest('absent', session.io, REPRESENTATIVE)).toMatchObject({ reason: 'not-found' });
      const reads = session.server.ledger.filter(({ method, path }) => `${method} ${path}` === 'GET /specs.4.8.gz').length;
      // Once for the names, once for the changes, once for all releases together.
      expect(reads).toBe(3);

      await publish([gem('new', ['1.0'])]);
      expect((await moved(session, cursor)).relist).toMatch('the static index has changed');
    },
  );

  test('is read once for all packages of a run, and again when it is another', async () => {
    let state = 1;
    const handler: Handler = ({ path }) => {
      if (!path.endsWith('.gz')) return { status: 404, body: '' };
      const row = `\x04\x08[\x06[\x08"\x06aU:\x11Gem::Version[\x06"\x06${state}"\x09ruby`;
      const rows = path === '/specs.4.8.gz' ? row : '\x04\x08[\x00';
      return { status: 200, headers: { etag: `"${state}"` }, body: gzipSync(Buffer.from(rows, 'latin1')) };
    };
    await using session = await openSession(rubygems, () => handler, rubygemsOrigins);
    // Every package has an `io` of its own.
    const latest = () => rubygems.latest('a', { ...session.io }, REPRESENTATIVE);
    expect([await latest(), await latest()]).toMatchObject([{ version: '1' }, { version: '1' }]);
    state = 2;
    expect(await Promise.all([latest(), latest()])).toMatchObject([{ version: '2' }, { version: '2' }]);
    const asked = (wanted: string, of: string) =>
      session.server.ledger.filter(({ method, path }) => method === wanted && path === of);
    expect([asked('HEAD', '/versions').length, asked('GET', '/specs.4.8.gz').length]).toEqual([1, 2]);
  });

  test('a server that has neither index is gone, not empty', async () => {
    await using session = await openSession(rubygems, () => () => ({ status: 404, body: '' }), rubygemsOrigins);
    await expect(list(session)).rejects.toThrow(Gone);
  });

  test.each([
    ['a page of HTML', Buffer.from('<html></html>')],
    ['a gzip that is cut', gzipSync('x'.repeat(1000)).subarray(0, 20)],
    ['no list', gzipSync(Buffer.from('\x04\x08i\x06', 'latin1'))],
  ])('%s in its place is said so', async (_, body) => {
    const handler: Handler = ({ path }) => (path.endsWith('.gz') ? { status: 200, body } : { status: 404, body: '' });
    await using session = await openSession(rubygems, () => handler, rubygemsOrigins);
    await expect(list(session)).rejects.toThrow(Malformed);
  });

  test('rows that are no versions are dropped and counted', async () => {
    // [["good", Gem::Version["1"], "ruby"], 1, ["a/b", the same version, "ruby"], ["x", nil, "ruby"]]
    const version = 'U:\x11Gem::Version[\x06"\x061';
    const rows = `\x04\x08[\x09[\x08"\x09good${version}"\x09rubyi\x06[\x08"\x08a/b@\x08@\x0b[\x08"\x06x0@\x0b`;
    const handler: Handler = ({ path }) => {
      if (path === '/specs.4.8.gz') return { status: 200, body: gzipSync(Buffer.from(rows, 'latin1')) };
      if (path === '/prerelease_specs.4.8.gz') return { status: 200, body: gzipSync(Buffer.from('\x04\x08[\x00', 'latin1')) };
      return { status: 404, body: '' };
    };
    await using session = await openSession(rubygems, () => handler, rubygemsOrigins);
    const { names, pages } = await list(session);
    expect([names, pages[0]?.dropped]).toEqual([['good'], { 'row-not-understood': 2, 'invalid-name': 1 }]);
  });
});

describe('Marshal', () => {
  test.skipIf(ruby.isMissing)(ruby.titled('is read as ruby writes it'), () => {
    const script = `
      shared = "twice"; version = Gem::Version.new("1.2")
      $stdout.binmode
      $stdout.write Marshal.dump([nil, true, false, 0, 1, -1, 122, 123, -123, -124, 255, 256, -256, -257, 65536, 2**30 - 1, -(2**30),
        :sym, :sym, shared, shared, "\\xFFraw".b, version, version, ["a", [shared]], "caf\\u00e9"])`;
    const bytes = ruby.run(['-e', script]);
    const version = { class: 'Gem::Version', value: ['1.2'] };
    const simple = [null, true, false, 0, 1, -1, 122, 123, -123, -124, 255, 256, -256, -257, 65_536, 2 ** 30 - 1, -(2 ** 30)];
    const others = ['sym', 'sym', 'twice', 'twice', '\uFFFDraw', version, version, ['a', ['twice']], 'café'];
    expect(readMarshal(bytes)).toEqual([...simple, ...others]);
  });

  test.each([
    ['', 'the data ends'],
    ['\x04\x09', 'expected the bytes 4 and 8'],
    ['\x04\x08[\x7f', 'a length of 122'],
    ['\x04\x08[\xfa', 'a length of -1'],
    ['\x04\x08"\x04\xff\xff\xff\x7f', 'a length of 2147483647'],
    ['\x04\x08@\x06', 'a link to nothing'],
    ['\x04\x08;\x06', 'expected a symbol'],
    ['\x04\x08o:\x0bObject\x00', 'a type that no list of gems has ("o")'],
    [`\x04\x08${'[\x06'.repeat(40)}`, 'more than 16 levels'],
  ])('%j is refused', (text, message) => {
    expect(() => readMarshal(Buffer.from(text, 'latin1'))).toThrow(message);
  });
});
