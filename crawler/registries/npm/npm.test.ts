import { describe, expect, test } from 'vitest';
import { Malformed } from '../../errors.ts';
import { NPM_DEFAULT_REGISTRY } from '../../npm-config.ts';
import type { RankedName } from '../../registry.ts';
import { handmade, worldOf } from '../../stand-in/handmade.ts';
import type { JournalEvent } from '../../stand-in/journal.ts';
import { npmOrigins, npmStandIn, type NpmStandInOptions } from '../../stand-in/npm.ts';
import { createPacker } from '../../stand-in/pack.ts';
import { openSession, type Session } from '../../stand-in/session.ts';
import type { WorldPackage } from '../../stand-in/world.ts';
import { npm } from './index.ts';
import { downloadCounts, highImpact } from './rankings.ts';

async function open(packages: readonly WorldPackage[], options: NpmStandInOptions = {}, tuning = {}): Promise<Session> {
  return openSession(npm, npmStandIn(worldOf(packages), options), npmOrigins, { tuning });
}

function pkg(name: string, releases: Parameters<typeof handmade>[2], state: Partial<WorldPackage> = {}): WorldPackage {
  return handmade('npm', name, releases, state);
}

async function list(session: Session, cursor: string | null = null) {
  const pages = await Array.fromAsync(npm.names(cursor, session.io));
  return { pages, names: pages.flatMap((page) => page.names.map(({ name }) => name)), cursor: pages.at(-1)?.cursor ?? '' };
}

async function moved(session: Session, cursor: string) {
  const pages = await Array.fromAsync(npm.changes(cursor, session.io));
  return {
    pages,
    touched: pages.flatMap((page) => page.touched.map(({ name }) => name)),
    removed: pages.flatMap((page) => page.removed.map(({ name }) => name)),
    cursor: pages.at(-1)?.cursor ?? cursor,
  };
}

/** As for a registry of one's own. */
function sameOrigins(origin: string) {
  const origins = npmOrigins(origin);
  return { ...origins, replicate: origins.registry };
}

const NAMES = ['@!-!/-', '@scope/demo', 'Legacy', 'a.b', 'demo', 'legacy', '69', '--', 'constructor', '__proto__'];

describe('names', () => {
  test('all of them, exactly as they are, and no design document', async () => {
    await using session = await open(NAMES.map((name) => pkg(name, ['1.0.0'])));
    const { names, pages } = await list(session);
    expect(names.toSorted()).toEqual(NAMES.toSorted());
    expect(pages.every(({ names }) => names.every(({ name, key }) => name === key))).toBe(true);
  });

  test('an empty registry has no names', async () => {
    await using session = await open([]);
    expect((await list(session)).names).toEqual([]);
  });

  test('pages of any size, each beginning after the one before, and from each cursor the rest', async () => {
    const packages = Array.from({ length: 23 }, (_, index) => pkg(`demo-${index}`, ['1.0.0']));
    await using session = await open(packages, { pageCap: 5 });
    const { pages, names } = await list(session);
    expect(names.toSorted()).toEqual(packages.map(({ name }) => name).toSorted());
    expect(pages.length).toBeGreaterThan(4);
    for (const [index, page] of pages.entries()) {
      const rest = await list(session, page.cursor);
      expect(rest.names).toEqual(pages.slice(index + 1).flatMap((later) => later.names.map(({ name }) => name)));
    }
  });

  test('more than one full page of 10 000', async () => {
    const packages = Array.from({ length: 20_001 }, (_, index) => pkg(`demo-${index}`, []));
    await using session = await open(packages);
    const { names, pages } = await list(session);
    expect(new Set(names).size).toBe(20_001);
    expect(names).toHaveLength(20_001);
    expect(pages.map((page) => page.names.length)).toEqual([10_000, 9999, 2, 0]);
  });

  test('the last name of a page may be gone when the next is asked for', async () => {
    const journal: JournalEvent[] = [];
    const packages = ['a', 'b', 'c', 'd', 'e'].map((name) => pkg(name, ['1.0.0']));
    await using session = await open(packages, { pageCap: 2, journal });
    const first = (await list(session)).pages[0];
    expect(first?.names.map(({ name }) => name)).toEqual(['a', 'b']);
    journal.push({ kind: 'deleted', name: 'b' });
    expect((await list(session, first?.cursor ?? null)).names).toEqual(['c', 'd', 'e']);
  });

  test('rows that are no packages are dropped and counted once, their neighbours kept', async () => {
    await using session = await open([pkg('good', ['1.0.0'])], {
      strays: [null, {}, { id: 7 }, { id: '..' }, { id: '\ud800' }, 'x'],
    });
    const { pages, names } = await list(session);
    expect(names).toEqual(['good']);
    expect(pages.map(({ dropped }) => dropped)).toEqual([{ 'no-id': 4, 'unaddressable-name': 2 }, {}]);
  });

  test('rows without an id at the end of a page come again with the next one, and are counted once', async () => {
    await using session = await open([]);
    const row = (id: string) => ({ id, key: id });
    const answers = [
      { update_seq: 5 },
      { rows: [row('a'), 1, row('b'), 2] },
      { rows: [row('b'), 2, 3, row('c'), 4] },
      { rows: [row('c'), 4] },
    ];
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body: JSON.stringify(answers.shift()) } }));
    const { pages, names } = await list(session);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(pages.map(({ dropped }) => dropped)).toEqual([{ 'no-id': 1 }, { 'no-id': 2 }, { 'no-id': 1 }]);
  });

  test('a page without a single id is no page', async () => {
    await using session = await open([]);
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body: '{"update_seq":5,"rows":[{"name":"a"}]}' } }));
    await expect(list(session)).rejects.toThrow('not one has any');
  });

  test('a service that gives the same page again and again is noticed', async () => {
    const packages = Array.from({ length: 9 }, (_, index) => pkg(`demo-${index}`, ['1.0.0']));
    await using session = await open(packages, { pageCap: 4, deaf: true });
    await expect(list(session)).rejects.toThrow('earlier ones came again');
  });

  test('a registry of one’s own has no replication service: all names at once, and no feed', async () => {
    const packages = NAMES.filter((name) => name !== '__proto__').map((name) => pkg(name, ['1.0.0']));
    for (const origins of [npmOrigins, sameOrigins]) {
      await using session = await openSession(npm, npmStandIn(worldOf(packages), { private: true }), origins);
      const { names, cursor, pages } = await list(session);
      expect(names.toSorted()).toEqual(packages.map(({ name }) => name).toSorted());
      expect(pages).toMatchObject([{ dropped: {} }]);
      expect((await list(session, cursor)).names).toEqual([]);
      expect((await moved(session, cursor)).pages).toMatchObject([{ relist: expect.stringMatching('no feed') as string }]);
    }
  });

  test('all names at once in pages, from whose cursors the listing starts over', async () => {
    const packages = Array.from({ length: 10_001 }, (_, index) => pkg(`demo-${index}`, []));
    await using session = await openSession(npm, npmStandIn(worldOf(packages), { private: true }), sameOrigins);
    const { pages } = await list(session);
    expect(pages.map(({ names }) => names.length)).toEqual([10_000, 1]);
    expect((await list(session, pages[0]?.cursor ?? null)).names).toHaveLength(10_001);
  });

  test('a replication service that is gone for the moment is not taken for a registry without names', async () => {
    await using session = await open([pkg('demo', ['1.0.0'])]);
    session.server.faults(({ path }) => (path.startsWith('/replicate') ? { kind: 'answer', answer: { status: 404 } } : null));
    await expect(list(session)).rejects.toMatchObject({ reason: 'gone' });
  });

  test('something else is said so', async () => {
    await using session = await open([]);
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body: '{"hello":1}' } }));
    await expect(list(session)).rejects.toThrow("is this npm's replication service?");
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body: '<html>' } }));
    await expect(list(session)).rejects.toThrow('expected JSON, got a page of HTML');
  });
});

describe('changes', () => {
  const packages = Array.from({ length: 30 }, (_, index) => pkg(`demo-${String(index).padStart(2, '0')}`, ['1.0.0']));

  test('what moved since, what is gone, then nothing; a few of the newest come twice', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open(packages, { journal });
    const first = await moved(session, (await list(session)).cursor);
    expect(first.touched.length).toBeLessThan(6);
    expect(await moved(session, first.cursor)).toMatchObject({ pages: [] });
    journal.push(
      { kind: 'touched', name: 'demo-01' },
      { kind: 'published', package: pkg('@new/one', ['1.0.0']) },
      { kind: 'deleted', name: 'demo-02' },
    );
    const second = await moved(session, first.cursor);
    expect(second).toMatchObject({ touched: ['demo-01', '@new/one'], removed: ['demo-02'] });
    expect(second.pages.every(({ relist }) => relist === null)).toBe(true);
    expect(await moved(session, second.cursor)).toMatchObject({ pages: [] });
  });

  test('what moved during the listing is in the feed after it', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open(packages, { journal, pageCap: 10 });
    const pages = npm.names(null, session.io);
    const seen: string[] = [];
    let cursor = '';
    for await (const page of pages) {
      seen.push(...page.names.map(({ name }) => name));
      cursor = page.cursor;
      if (journal.length === 0) journal.push({ kind: 'published', package: pkg('aaa', ['1.0.0']) });
    }
    expect(seen).not.toContain('aaa');
    expect((await moved(session, cursor)).touched).toContain('aaa');
  });

  test('many pages, and from each cursor the rest', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open(packages, { journal, pageCap: 4 });
    const { cursor } = await moved(session, (await list(session)).cursor);
    for (const { name } of packages.slice(0, 10)) journal.push({ kind: 'touched', name });
    const { pages, touched } = await moved(session, cursor);
    expect(touched).toEqual(packages.slice(0, 10).map(({ name }) => name));
    expect(pages.map((page) => page.touched.length)).toEqual([4, 4, 2]);
    for (const [index, page] of pages.entries()) {
      expect((await moved(session, page.cursor)).touched).toEqual(touched.slice(4 * (index + 1)));
    }
  });

  test('a sequence that went back asks for a new listing, whether the feed or only the root tells', async () => {
    const sequence = { restarted: false };
    await using session = await open(packages, { sequence });
    const { cursor } = await list(session);
    sequence.restarted = true;
    const { pages } = await moved(session, cursor);
    expect(pages).toMatchObject([
      { touched: [], removed: [], relist: expect.stringMatching(/^the sequence went back from \d+ to \d+$/) as string },
    ]);
    sequence.restarted = false;
    const { seq } = JSON.parse(cursor) as { seq: number };
    session.server.faults(({ path }) =>
      path.endsWith('_changes')
        ? { kind: 'answer', answer: { status: 200, body: JSON.stringify({ results: [], last_seq: seq }) } }
        : null,
    );
    sequence.restarted = true;
    expect((await moved(session, cursor)).pages).toMatchObject([{ relist: expect.stringMatching('went back') as string }]);
  });

  test('a change that cannot be understood is dropped and counted, the others kept', async () => {
    await using session = await open([]);
    const { cursor } = await list(session);
    const results = [
      null,
      { seq: 3 },
      { id: 'a' },
      { seq: 4, id: 'good' },
      { seq: 5, id: '_design/app' },
      { seq: 6, id: 'odd', deleted: 'yes' },
    ];
    const answers = [
      { results, last_seq: 6 },
      { results: [], last_seq: 6 },
    ];
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body: JSON.stringify(answers.shift()) } }));
    expect((await moved(session, cursor)).pages).toMatchObject([
      { touched: [{ name: 'good' }, { name: 'odd' }], removed: [], dropped: { 'change-not-understood': 3 } },
    ]);
  });

  test('the same page again and again is noticed', async () => {
    await using session = await open([]);
    const cursor = JSON.stringify({ seq: 10, after: null, listed: true });
    const body = JSON.stringify({ results: [{ seq: 9, id: 'a' }], last_seq: 10 });
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body } }));
    await expect(moved(session, cursor)).rejects.toThrow(Malformed);
  });

  test('a broken-off listing has to be finished first; a cursor of someone else is refused', async () => {
    await using session = await open(packages, { pageCap: 10 });
    const first = (await list(session)).pages[0]?.cursor ?? '';
    expect((await moved(session, first)).pages).toMatchObject([{ relist: 'the listing was never finished' }]);
    await expect(moved(session, '7')).rejects.toThrow('expected a cursor of the npm adapter');
    await expect(list(session, 'nonsense')).rejects.toThrow('expected a cursor of the npm adapter');
  });
});

describe('latest', () => {
  /** The release as the world has it, byte for byte. */
  async function expectRelease(
    session: Session,
    one: WorldPackage,
    version: string,
    algorithm = 'sha512',
  ): Promise<readonly string[]> {
    const found = await npm.latest(one.name, session.io);
    if ('reason' in found) throw new Error(`expected a release of ${one.name}, not "${found.reason}"`);
    const release = one.releases.find((candidate) => candidate.version === version);
    const [made] = release?.artifacts ?? [];
    const [artifact, ...more] = found.artifacts;
    if (release === undefined || made === undefined || artifact === undefined) throw new Error(`no ${version} in the world`);
    const packed = await createPacker()({ name: one.name, version, publishedAt: release.publishedAt }, made);
    const digest = { algorithm, hex: algorithm === 'sha512' ? packed.sha512 : packed.sha1 };
    expect(found).toMatchObject({ registry: 'npm', name: one.name, version, prerelease: release.prerelease });
    expect([artifact, more]).toMatchObject([{ filename: made.filename, kind: 'npm', bytes: null, digest }, []]);
    const { bytes, verified } = await session.io.download(artifact, { maxBytes: 1_000_000 });
    expect(Buffer.compare(bytes, packed.bytes)).toBe(0);
    expect(verified).toBe(true);
    return found.notes;
  }

  test.each(NAMES)('%s', async (name) => {
    const one = pkg(name, ['1.0.0', '1.1.0']);
    await using session = await open([one, pkg('other', ['9.0.0'])]);
    expect(await expectRelease(session, one, '1.1.0')).toEqual([]);
    expect(session.server.ledger).toHaveLength(2);
  });

  test('what the publisher named, be it older or a pre-release', async () => {
    const older = pkg('older', ['1.0.0', '2.0.0'], { latest: '1.0.0' });
    const pre = pkg('pre', ['1.0.0', { version: '2.0.0-rc.1', prerelease: true }], { latest: '2.0.0-rc.1' });
    await using session = await open([older, pre]);
    expect(await expectRelease(session, older, '1.0.0')).toEqual([]);
    expect(await expectRelease(session, pre, '2.0.0-rc.1')).toEqual(['the newest release is a pre-release']);
  });

  test('the tag is missing, or names what is not there: the highest final version, and a note', async () => {
    const releases = ['1.9.0', '1.10.0', { version: '2.0.0-rc.1', prerelease: true }, { version: '3.0.0', withdrawn: true }];
    const one = pkg('@s/one', releases, { latest: null });
    await using without = await open([one], { withoutTag: new Set(['@s/one']) });
    expect(await expectRelease(without, one, '1.10.0')).toEqual(['there is no dist-tag latest; the highest version was taken']);
    await using broken = await open([one], { brokenTag: new Set(['@s/one']) });
    expect(await expectRelease(broken, one, '1.10.0')).toEqual([
      'dist-tag latest names 99.0.0, which does not exist; the highest version was taken',
    ]);
    const early = pkg('early', [
      { version: '0.1.0-a', prerelease: true },
      { version: '0.1.0-b', prerelease: true },
    ]);
    await using only = await open([early], { withoutTag: new Set(['early']) });
    expect(await expectRelease(only, early, '0.1.0-b')).toContain('the newest release is a pre-release');
  });

  test('versions from before integrity strings', async () => {
    const one = pkg('old', ['0.0.1']);
    await using session = await open([one], { shasumOnly: new Set(['old']) });
    await expectRelease(session, one, '0.0.1', 'sha1');
  });

  test('fields of any type', async () => {
    const one = pkg('odd', ['1.0.0']);
    await using session = await open([one], { oddFields: new Set(['odd']) });
    expect(await expectRelease(session, one, '1.0.0')).toEqual([]);
  });

  test('a security holding package is one, and noted', async () => {
    const one = pkg('evil', ['0.0.1-security'], {});
    await using session = await open([one]);
    expect(await npm.latest('evil', session.io)).toMatchObject({
      version: '0.0.1-security',
      notes: ['the newest release is a pre-release', 'a security holding package of the registry'],
    });
  });

  test.each([
    ['http on the registry itself', NPM_DEFAULT_REGISTRY.replace('https:', 'http:'), []],
    [
      'another host',
      'https://tarballs.example.net',
      ['dist.tarball names another host; the tarball was taken from the registry'],
    ],
    ['an inner address', 'http://169.254.169.254', ['dist.tarball names another host; the tarball was taken from the registry']],
    [
      'another protocol',
      'ftp://tarballs.example.net',
      ['dist.tarball names another host; the tarball was taken from the registry'],
    ],
    ['something that is no URL', 'not a url', ['dist.tarball names another host; the tarball was taken from the registry']],
  ])('dist.tarball with %s', async (_, base, notes) => {
    const one = pkg('@scope/old', ['1.0.0']);
    await using session = await open([one], { tarballBase: new Map([['@scope/old', base]]) });
    expect(await expectRelease(session, one, '1.0.0')).toEqual(notes);
  });

  test('dist.tarball with a name that cannot be decoded', async () => {
    await using session = await open([pkg('odd', ['1.0.0%ZZ'])]);
    expect(await npm.latest('odd', session.io)).toMatchObject({ artifacts: [{ filename: 'odd-1.0.0%ZZ.tgz' }] });
  });

  test('a document of 30 MB is read as a stream', async () => {
    const one = pkg('huge', ['1.0.0'], { latest: null });
    await using session = await open([one], { withoutTag: new Set(['huge']), oldVersions: new Map([['huge', 30_000]]) });
    await expectRelease(session, one, '1.0.0');
  });

  test.each([
    ['not-found', pkg('demo', ['1.0.0'], { noRelease: 'not-found', latest: null }), {}],
    ['not-found', pkg('other', ['1.0.0']), {}],
    ['blocked', pkg('demo', ['1.0.0'], { noRelease: 'blocked', latest: null }), {}],
    ['unpublished', pkg('demo', ['1.0.0'], { noRelease: 'unpublished', latest: null }), {}],
    ['unpublished', pkg('demo', ['1.0.0'], { noRelease: 'unpublished', latest: null }), { unpublishedAs: 'method' }],
    ['not-found', pkg('demo', ['1.0.0'], { noRelease: 'unpublished', latest: null }), { unpublishedAs: 'missing' }],
    ['no-release', pkg('demo', [], { latest: null }), {}],
    ['no-release', pkg('demo', [{ version: '1.0.0', withdrawn: true }], { latest: null }), {}],
    ['no-artifact', pkg('demo', [{ version: '1.0.0', files: [] }]), {}],
  ] as const)('no release: %s', async (reason, one, options) => {
    await using session = await open([one], options);
    expect(await npm.latest('demo', session.io)).toMatchObject({ registry: 'npm', name: 'demo', reason });
  });

  test('404 right after the feed named it, then the release', async () => {
    const one = pkg('fresh', ['1.0.0']);
    await using session = await open([one], { lag: new Map([['fresh', 2]]) });
    expect(await npm.latest('fresh', session.io)).toMatchObject({ reason: 'not-found' });
    await expectRelease(session, one, '1.0.0');
  });

  test('tarballs of any root', async () => {
    const packages = ['types', ''].map((folder) => [folder, pkg(`root-${folder}`, ['1.0.0'])] as const);
    await using session = await open(
      packages.map(([, one]) => one),
      { folder: new Map(packages.map(([folder, one]) => [one.name, folder])) },
    );
    for (const [, one] of packages) {
      const found = await npm.latest(one.name, session.io);
      if ('reason' in found || found.artifacts[0] === undefined) throw new Error('expected a release');
      expect((await session.io.download(found.artifacts[0], { maxBytes: 1_000_000 })).verified).toBe(true);
    }
  });

  test('an answer that is JSON and no object is not taken for a package without releases', async () => {
    await using session = await open([]);
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body: 'null' } }));
    await expect(npm.latest('demo', session.io)).rejects.toThrow(Malformed);
  });
});

describe('rankings', () => {
  const packages = [
    pkg('tie-b', ['1.0.0'], { rank: 3, downloads: 70 }),
    pkg('@scope/top', ['1.0.0'], { rank: 1, downloads: 5_000_000_000 }),
    pkg('tie-a', ['1.0.0'], { rank: 2, downloads: 70 }),
    pkg('unranked', ['1.0.0']),
  ];

  test.each(npm.rankings)('$id: best first, gapless', async (source) => {
    await using session = await open(packages);
    const { places, dated } = await source.read(session.io, 10_000);
    expect(places.map(({ rank, key }) => [rank, key])).toEqual([
      [1, '@scope/top'],
      [2, 'tie-a'],
      [3, 'tie-b'],
    ]);
    const numbered = ['download-counts', 'ecosystems-downloads'].includes(source.id);
    expect(places.map(({ downloads }) => downloads)).toEqual(numbered ? [5_000_000_000, 70, 70] : [null, null, null]);
    expect(dated).toBe(source.id === 'download-counts' ? '2026-11-01' : source.id === 'npm-high-impact' ? '2026-11-02' : null);
    expect((await source.read(session.io, 2)).places.map(({ key }) => key)).toEqual(['@scope/top', 'tie-a']);
  });

  test('ecosyste.ms is asked for 1000 packages at a time and no more than wanted', async () => {
    const many = Array.from({ length: 2500 }, (_, index) =>
      pkg(`demo-${index}`, [], { rank: index + 1, downloads: 9000 - index }),
    );
    await using session = await open(many);
    const source = npm.rankings.find(({ id }) => id === 'ecosystems-downloads');
    const { places } = (await source?.read(session.io, 10_000)) ?? { places: [] };
    expect(places.map(({ name }) => name)).toEqual(many.map(({ name }) => name));
    expect(session.server.ledger).toHaveLength(3);
    await source?.read(session.io, 1500);
    expect(session.server.ledger).toHaveLength(5);
  });

  test.each([1, 2])(
    'ecosyste.ms with smaller pages than asked for is refused, not taken for a shorter ranking: source %i',
    async (at) => {
      const handler = () => ({
        status: 200,
        headers: { 'content-type': 'application/json', link: '<https://packages.example/?page=2>; rel="next"' },
        body: JSON.stringify(at === 1 ? [{ name: 'a', downloads: 1 }] : ['a']),
      });
      await using session = await openSession(npm, () => handler, npmOrigins);
      await expect(npm.rankings[at]?.read(session.io, 10_000)).rejects.toThrow(/rows a page .* gives 1 and goes on/);
    },
  );

  test('a list whose tarball is not the published one is refused', async () => {
    await using session = await open(packages);
    session.server.faults(({ path }) => (path.endsWith('.tgz') ? { kind: 'flip', at: 9 } : null));
    await expect(downloadCounts.read(session.io, 10)).rejects.toThrow('the tarball has another');
    session.server.faults(({ path }) =>
      path.endsWith('.tgz') ? { kind: 'answer', answer: { status: 200, body: 'no archive' } } : null,
    );
    await expect(highImpact.read(session.io, 10)).rejects.toThrow('expected a gzipped tar');
  });
});

describe('verifyRanking', () => {
  const place = (name: string, rank: number): RankedName => ({ rank, name, key: name, downloads: null });

  test('unscoped names 128 at once, scoped ones alone, and the share of pairs in order', async () => {
    const packages = Array.from({ length: 200 }, (_, index) => pkg(`demo-${index}`, [], { downloads: 1000 - index }));
    const scoped = pkg('@scope/x', [], { downloads: 950.5 });
    await using session = await open([...packages, scoped]);
    const sample = [...packages.map(({ name }, index) => place(name, index + 1)), place('@scope/x', 201), place('gone', 202)];
    const check = await npm.verifyRanking(sample, session.io);
    expect(session.server.ledger.map(({ path }) => path.split(',').length)).toEqual([128, 1, 73]);
    expect(check.unknown).toEqual(['gone']);
    expect(check.counted).toHaveLength(201);
    // The scoped one stands last and belongs before the 150 that have fewer downloads.
    const pairs = (201 * 200) / 2;
    expect(check.concordance).toBeCloseTo((pairs - 150) / pairs, 9);
  });

  test('a host that shuts us out is heard, a name that it does not know is unknown', async () => {
    await using session = await open([], { countRequests: 3 }, { patienceMs: 200 });
    expect(await npm.verifyRanking([place('@a/b', 1)], session.io)).toEqual({
      counted: [],
      unknown: ['@a/b'],
      concordance: null,
    });
    const many = Array.from({ length: 9 }, (_, index) => place(`@a/${index}`, index + 1));
    await expect(npm.verifyRanking(many, session.io)).rejects.toMatchObject({ reason: 'throttled' });
  });
});

test('the shares of npm’s hosts are together what its terms leave', () => {
  const npmHosts = npm.budgets.filter(({ per30Days }) => per30Days !== null);
  expect(npmHosts.map(({ origin }) => origin)).toEqual(['registry', 'replicate', 'api']);
  expect(npmHosts.reduce((sum, { per30Days }) => sum + (per30Days ?? 0), 0)).toBe(5_000_000);
});
