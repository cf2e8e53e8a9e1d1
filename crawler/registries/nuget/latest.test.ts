import { describe, expect, test } from 'vitest';
import { Gone } from '../../errors.ts';
import { createPacker } from '../../stand-in/pack.ts';
import type { Session } from '../../stand-in/session.ts';
import { nuget } from './index.ts';
import { asked, instead, open, pkg } from './test-kit.ts';

/** The package file of the newest release, through the door, with its digest. */
async function fetched(name: string, session: Session) {
  const found = await nuget.latest(name, session.io);
  const artifact = 'artifacts' in found ? found.artifacts[0] : undefined;
  if (artifact === undefined) throw new Error(`expected a release of ${name}`);
  return session.io.download(artifact, { maxBytes: 1_000_000 });
}

const before = (version: string) => ({ version, prerelease: true });
const withdrawn = (version: string) => ({ version, withdrawn: true });
const versions = (count: number) => Array.from({ length: count }, (_, minor) => `1.${minor}.0`);

describe('the choice of the ecosystem’s own client', () => {
  test.each([
    ['a final version before a higher pre-release', ['1.0.0', before('2.0.0-beta.1')], '1.0.0'],
    ['numbers, not letters', ['1.10.0', '1.9.0'], '1.10.0'],
    ['by version, not by date', ['2.0.0', '1.0.1'], '2.0.0'],
    ['the fourth number', ['1.0.0.9', '1.0.0.10', '1.0.0'], '1.0.0.10'],
    [
      'labels without regard to case, numbers in them as such',
      [before('1.0.0-beta.2'), before('1.0.0-BETA.11')],
      '1.0.0-BETA.11',
    ],
    ['not an unlisted one', ['1.0.0', withdrawn('1.1.0')], '1.0.0'],
    ['a listed pre-release before an unlisted final', [withdrawn('1.0.0'), before('1.1.0-rc')], '1.1.0-rc'],
    ['build metadata belongs to the version and to no path', ['1.0.0', '1.1.0+ab12cd3'], '1.1.0+ab12cd3'],
    ['old spellings', ['1.0', '01.1.0.0'], '01.1.0.0'],
  ])('%s', async (_, releases, version) => {
    const one = pkg('Demo.Pkg', releases, { latest: version });
    for (const says of ['loopback', 'public'] as const) {
      await using session = await open([one], { says });
      const found = await nuget.latest(one.name, session.io);
      const release = one.releases.find((candidate) => candidate.version === version);
      const [made] = release?.artifacts ?? [];
      if ('reason' in found || release === undefined || made === undefined) throw new Error('expected a release');
      expect(found).toMatchObject({ registry: 'nuget', name: 'Demo.Pkg', version, prerelease: release.prerelease });
      expect(found.publishedAt).toBe(release.publishedAt);
      const packed = await createPacker()({ name: one.name, version, publishedAt: release.publishedAt }, made);
      expect(found.artifacts).toMatchObject([
        { kind: 'nupkg', bytes: packed.bytes.length, digest: { algorithm: 'sha512', hex: packed.sha512 } },
      ]);
      const { bytes, verified } = await fetched(one.name, session);
      expect([verified, Buffer.compare(bytes, packed.bytes)]).toEqual([true, 0]);
    }
  });

  test.each([
    ['all-unlisted', pkg('demo', [withdrawn('1.0.0'), withdrawn('1.1.0-beta')])],
    ['not-found', pkg('demo', [])],
    ['not-found', pkg('demo', ['1.0.0'], { noRelease: 'not-found' })],
    ['not-found', pkg('other', ['1.0.0'])],
  ] as const)('no release: %s', async (reason, one) => {
    await using session = await open([one]);
    expect(await nuget.latest('demo', session.io)).toMatchObject({ registry: 'nuget', name: 'demo', reason });
  });

  test('a registration without versions', async () => {
    await using session = await open([pkg('demo', ['1.0.0'])]);
    instead(session, '/registration6', () => ({ count: 0, items: [] }));
    expect(await nuget.latest('demo', session.io)).toMatchObject({ reason: 'no-release' });
  });

  test('a deprecated version is still the newest, and noted', async () => {
    await using session = await open([]);
    const catalogEntry = { id: 'demo', version: '1.0.0', deprecation: { reasons: ['Legacy'] } };
    instead(session, '/registration6', () => ({ items: [{ '@id': 'page', items: [{ catalogEntry }] }] }));
    expect(await nuget.latest('demo', session.io)).toMatchObject({
      version: '1.0.0',
      publishedAt: null,
      notes: ['deprecated by its publisher', 'the registration names no catalog leaf, so there is no digest'],
      artifacts: [{ filename: 'demo.1.0.0.nupkg', digest: null, bytes: null }],
    });
  });

  test('ids of any script, in any case', async () => {
    for (const name of ['Größe.Rechner', 'İstanbul', 'ISTANBUL', 'Пакет']) {
      await using session = await open([pkg(name, ['1.0.0'])]);
      expect(await nuget.latest(name, session.io)).toMatchObject({
        name,
        version: '1.0.0',
        artifacts: [{ digest: { algorithm: 'sha512' } }],
      });
    }
  });
});

describe('registrations in pages', () => {
  test('127 versions: one document', async () => {
    await using session = await open([pkg('demo', versions(127))]);
    expect(await nuget.latest('demo', session.io)).toMatchObject({ version: '1.126.0' });
    expect(asked(session, '/registration6')).toHaveLength(1);
  });

  test('128: the index, and of its pages the last alone', async () => {
    await using session = await open([pkg('demo', versions(128))], { says: 'public' });
    expect(await nuget.latest('demo', session.io)).toMatchObject({ version: '1.127.0' });
    expect(asked(session, '/registration6').map((path) => path.split('/demo/')[1])).toEqual([
      'index.json',
      'page/1.64.0/1.127.0.json',
    ]);
  });

  test('backwards until a listed final version', async () => {
    const releases = versions(200).map((version) => (version === '1.3.0' ? version : withdrawn(version)));
    await using session = await open([pkg('demo', [...releases, before('2.0.0-rc')])]);
    expect(await nuget.latest('demo', session.io)).toMatchObject({ version: '1.3.0' });
    expect(asked(session, '/page/')).toHaveLength(4);
  });

  test('pages in any order, and such that do not say what they hold', async () => {
    await using session = await open([]);
    const page = (entries: readonly string[], bounds: object) => ({
      '@id': 'x',
      ...bounds,
      items: entries.map((version) => ({ catalogEntry: { id: 'demo', version } })),
    });
    instead(session, '/registration6', () => ({
      items: [
        page(['3.0.0', '3.1.0'], { lower: '3.0.0', upper: '3.1.0' }),
        page(['4.0.0'], { lower: '?', upper: '?' }),
        page(['5.0.0-rc'], { lower: '5.0.0-rc', upper: '5.0.0-rc' }),
        page(['1.0.0'], {}),
      ],
    }));
    expect(await nuget.latest('demo', session.io)).toMatchObject({ version: '4.0.0' });
  });

  test('versions that are none are dropped and counted', async () => {
    await using session = await open([]);
    const items = [
      null,
      {},
      { catalogEntry: { id: 'demo', version: 'newest' } },
      { catalogEntry: { id: 'demo', version: '1.0.0' } },
    ];
    instead(session, '/registration6', () => ({ items: [{ '@id': 'x', items }] }));
    expect(await nuget.latest('demo', session.io)).toMatchObject({ version: '1.0.0' });
    expect(session.drops).toEqual(['version-not-understood', 'version-not-understood', 'version-not-understood']);
  });

  test('another shape is said so', async () => {
    await using session = await open([]);
    instead(session, '/registration6', () => ({ hello: 1 }));
    await expect(nuget.latest('demo', session.io)).rejects.toThrow('is this a NuGet registration?');
    instead(session, '/registration6', () => ({ items: [{ items: [] }] }));
    await expect(nuget.latest('demo', session.io)).rejects.toThrow('expected pages with @id');
  });
});

describe('the catalog leaf', () => {
  test('of a package with very many files is read to its end, and no further kept', async () => {
    await using session = await open([pkg('demo', ['1.0.0'])], { entries: new Map([['demo', 30_000]]) });
    expect((await fetched('demo', session)).verified).toBe(true);
    expect(asked(session, '/data/')).toHaveLength(2);
  });

  test('missing, or without a digest that could be understood: the file is taken unverified, and that is noted', async () => {
    await using session = await open([pkg('demo', ['1.0.0'])]);
    session.server.faults(({ path }) => (path.includes('/data/') ? { kind: 'answer', answer: { status: 404 } } : null));
    expect(await nuget.latest('demo', session.io)).toMatchObject({
      artifacts: [{ digest: null, bytes: null }],
      notes: ['the catalog leaf is missing, so there is no digest'],
    });
    expect((await fetched('demo', session)).verified).toBe(false);
    const hash = Buffer.alloc(64, 7).toString('base64');
    for (const leaf of [
      { packageHash: hash, packageHashAlgorithm: 'SHA256' },
      { packageHash: 'AAAA', packageHashAlgorithm: 'SHA512' },
      { packageHash: 7 },
      {},
    ]) {
      instead(session, '/data/', () => leaf);
      expect(await nuget.latest('demo', session.io)).toMatchObject({
        artifacts: [{ digest: null }],
        notes: ['the catalog leaf gives no digest that could be understood'],
      });
    }
    instead(session, '/data/', () => ({ packageHash: hash, packageSize: 'large', created: 'once' }));
    const found = await nuget.latest('demo', session.io);
    expect(found).toMatchObject({
      publishedAt: '2026-01-01T12:00:00.123Z',
      artifacts: [{ digest: { algorithm: 'sha512', hex: '07'.repeat(64) }, bytes: null }],
    });
    await expect(fetched('demo', session)).rejects.toThrow('the sha512 of its');
  });

  test('a leaf that is no object is said so', async () => {
    await using session = await open([pkg('demo', ['1.0.0'])]);
    instead(session, '/data/', () => []);
    await expect(nuget.latest('demo', session.io)).rejects.toThrow("is this a leaf of NuGet's catalog?");
  });
});

describe('the package file', () => {
  test('may come later than the catalog’s word of it', async () => {
    await using session = await open([pkg('demo', ['1.0.0'])], { lag: new Map([['demo', 1]]) });
    await expect(fetched('demo', session)).rejects.toThrow(Gone);
    expect((await fetched('demo', session)).verified).toBe(true);
  });

  test.each([true, false])('is whole after a break, ranges: %s', async (ranges) => {
    await using session = await open([pkg('demo', ['1.0.0'])], { ranges });
    let left = 1;
    session.server.faults(({ path }) => (path.endsWith('.nupkg') && left-- > 0 ? { kind: 'cut', bytes: 300 } : null));
    expect((await fetched('demo', session)).verified).toBe(true);
    expect(session.server.ledger.filter(({ path }) => path.endsWith('.nupkg')).map(({ status }) => status)).toEqual([
      200,
      ranges ? 206 : 200,
    ]);
  });

  test('with one bit turned is fetched anew', async () => {
    await using session = await open([pkg('demo', ['1.0.0'])]);
    let left = 1;
    session.server.faults(({ path }) => (path.endsWith('.nupkg') && left-- > 0 ? { kind: 'flip', at: 100 } : null));
    expect((await fetched('demo', session)).verified).toBe(true);
  });
});

describe('the service index', () => {
  const resources = (session: Session, types: readonly string[]) => {
    const base = `${session.server.origin}/api-host`;
    const all = [
      { '@id': `${base}/v3/registration6-gz-semver1/`, '@type': 'RegistrationsBaseUrl/3.4.0' },
      { '@id': `${base}/v3/registration6-semver1/`, '@type': ['RegistrationsBaseUrl', 'RegistrationsBaseUrl/3.0.0-beta'] },
      { '@id': `${base}/v3-flatcontainer/`, '@type': 'PackageBaseAddress/3.0.0' },
    ];
    return { version: '3.0.0', resources: all.filter(({ '@type': type }) => types.includes(String(type))) };
  };

  test.each([
    [
      'an older hive knows no versions of Semantic Versioning 2',
      ['RegistrationsBaseUrl/3.4.0', 'PackageBaseAddress/3.0.0'],
      '1.0.0',
    ],
    ['types in a list', ['RegistrationsBaseUrl,RegistrationsBaseUrl/3.0.0-beta'], '1.0.0'],
  ])('%s; without a flat container the registration names the file', async (_, types, version) => {
    await using session = await open([pkg('demo', ['1.0.0', '1.1.0+build'])]);
    instead(session, '/v3/index.json', () => resources(session, types));
    expect(await nuget.latest('demo', session.io)).toMatchObject({ version });
    expect((await fetched('demo', session)).verified).toBe(true);
    expect(asked(session, '/v3/index.json')).toHaveLength(1);
  });

  test('a resource that fails: the next of its type', async () => {
    await using session = await open([pkg('demo', ['1.0.0'])]);
    const base = `${session.server.origin}/api-host/v3`;
    const entry = (folder: string) => ({ '@id': `${base}/${folder}/`, '@type': 'RegistrationsBaseUrl/3.6.0' });
    session.server.faults(({ path }) => {
      if (path.includes('/broken/')) return { kind: 'answer', answer: { status: 503 } };
      if (!path.endsWith('/v3/index.json')) return null;
      const body = JSON.stringify({ resources: [entry('broken'), entry('registration6-gz-semver2')] });
      return { kind: 'answer', answer: { status: 200, body } };
    });
    expect(await nuget.latest('demo', session.io)).toMatchObject({ version: '1.0.0' });
  });
});
