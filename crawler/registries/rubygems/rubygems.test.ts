import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Malformed, Unavailable } from '../../errors.ts';
import type { JournalEvent } from '../../stand-in/journal.ts';
import { handmade, worldOf, type Draft } from '../../stand-in/handmade.ts';
import { createPacker } from '../../stand-in/pack.ts';
import {
  appThrottled,
  NGINX_429,
  rubygemsOrigins,
  rubygemsStandIn,
  type RubygemsStandInOptions,
} from '../../stand-in/rubygems.ts';
import { openSession, type Session } from '../../stand-in/session.ts';
import { createWorld, type WorldPackage, type WorldRelease } from '../../stand-in/world.ts';
import { plainPlant } from '../../stand-in/world/plain-plant.ts';
import { rubygems } from './index.ts';
import { search, statisticsPage } from './rankings.ts';

const REPRESENTATIVE = { artifacts: 'representative' } as const;
const world = createWorld({ seed: 'gems', plant: plainPlant, scale: 1 });

async function open(packages: readonly WorldPackage[], options: RubygemsStandInOptions = {}): Promise<Session> {
  return openSession(rubygems, rubygemsStandIn(worldOf(packages), options), rubygemsOrigins);
}

/** A gem whose files are named as given: `1.0` or `1.0-java`. */
function gem(name: string, releases: readonly (string | Draft)[] = ['1.0'], state: Partial<WorldPackage> = {}): WorldPackage {
  const one = handmade('rubygems', name, releases, state);
  const platformOf = (filename: string, version: string) =>
    filename.slice(`${name}-${version}`.length, -'.gem'.length).replace(/^-/, '');
  const withPlatforms = (release: WorldRelease): WorldRelease => {
    const artifacts = release.artifacts.map(({ kind, filename, files }) => {
      return { kind, filename, files, platform: platformOf(filename, release.version) };
    });
    return { ...release, artifacts };
  };
  return { ...one, releases: one.releases.map(withPlatforms) };
}

function platforms(name: string, version: string, list: readonly string[], more: Partial<Draft> = {}): Draft {
  return { version, files: list.map((platform) => `${name}-${version}${platform === '' ? '' : `-${platform}`}.gem`), ...more };
}

async function list(session: Session, cursor: string | null = null) {
  const pages = await Array.fromAsync(rubygems.names(cursor, session.io));
  return { pages, names: pages.flatMap((page) => page.names.map(({ name }) => name)), cursor: pages.at(-1)?.cursor ?? '' };
}

async function moved(session: Session, cursor: string) {
  const pages = await Array.fromAsync(rubygems.changes(cursor, session.io));
  return {
    pages,
    touched: pages.flatMap((page) => page.touched.map(({ name }) => name)),
    relist: pages.find((page) => page.relist !== null)?.relist ?? null,
    cursor: pages.at(-1)?.cursor ?? cursor,
  };
}

/** Packed once, however many gems have it. */
const { releases: shared } = gem('shared');
const many = Array.from({ length: 12_000 }, (_, index) => gem(`gem_${index}`, []));

describe('the whole invented world', () => {
  test('its names', async () => {
    await using session = await open(world.of('rubygems'));
    const { names, pages } = await list(session);
    expect(names.toSorted()).toEqual(
      world
        .of('rubygems')
        .map(({ name }) => name)
        .sort(),
    );
    expect(pages.map(({ dropped }) => dropped)).toEqual([{}]);
  });

  test('its releases: version, bytes and digest of each, or why there is none', async () => {
    await using session = await open(world.of('rubygems'));
    const packer = createPacker();
    for (const one of world.of('rubygems')) {
      const found = await rubygems.latest(one.name, session.io, REPRESENTATIVE);
      if ('reason' in found) {
        expect([one.name, found.reason]).toEqual([one.name, one.noRelease]);
        continue;
      }
      const release = one.releases.find(({ version }) => version === one.latest);
      expect([one.name, found.version]).toEqual([one.name, one.latest]);
      expect([found.prerelease, found.publishedAt, found.artifacts.length]).toEqual([
        release?.prerelease,
        release?.publishedAt,
        1,
      ]);
      const [artifact] = found.artifacts;
      const made = release?.artifacts.find(({ filename }) => filename === artifact?.filename);
      if (artifact === undefined || made === undefined || release === undefined) throw new Error(`${one.name} has another file`);
      expect([one.name, made.platform === '' || release.artifacts.every(({ platform }) => platform !== '')]).toEqual([
        one.name,
        true,
      ]);
      const packed = await packer({ name: one.name, version: release.version, publishedAt: release.publishedAt }, made);
      const { bytes } = await session.io.download(artifact, { maxBytes: 1_000_000 });
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(packed.sha256);
      expect(artifact.digest).toEqual({ algorithm: 'sha256', hex: packed.sha256 });
    }
    expect(session.drops).toEqual([]);
  });

  test.each(rubygems.rankings)('its ranking by $id', async (source) => {
    await using session = await open(world.of('rubygems'));
    const { places } = await source.read(session.io, 10_000);
    const ranked = world
      .of('rubygems')
      .filter((one) => one.rank !== null)
      .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    const expected = ranked.slice(0, source.places).map(({ rank, name, downloads }) => ({ rank, name, key: name, downloads }));
    // Who comes last of a list that ends within a tie is not the ranking's to say.
    expect(places.slice(0, 99)).toEqual(expected.slice(0, 99));
    if (source.places > 100) expect(places).toEqual(expected);
    else expect(places).toHaveLength(100);
    expect((await source.read(session.io, 7)).places).toEqual(expected.slice(0, 7));
  });
});

describe('names', () => {
  test('odd names are names; a dash in front of one is no yank', async () => {
    await using session = await open(['-', '_', '-A', '.cat', 'CamelCase', 'a.b-c_d'].map((name) => gem(name)));
    expect((await list(session)).names).toEqual(['-', '_', '-A', '.cat', 'CamelCase', 'a.b-c_d']);
  });

  test('an empty index is one page without names', async () => {
    await using session = await open([]);
    expect((await list(session)).pages).toEqual([{ names: [], dropped: {}, cursor: expect.any(String) as string }]);
  });

  test('a finished listing goes on with nothing and asks for nothing', async () => {
    await using session = await open([gem('a')]);
    const { cursor } = await list(session);
    expect((await list(session, cursor)).pages).toEqual([]);
    expect(session.server.ledger).toHaveLength(1);
  });

  test.each([true, false])('from each cursor the rest, by a range that overlaps (ranges known: %s)', async (ranges) => {
    await using session = await open(many, { ranges });
    const { pages, names } = await list(session);
    expect(pages.map((page) => page.names.length)).toEqual([5000, 5000, 2000]);
    for (const [index, page] of pages.entries()) {
      const rest = await list(session, page.cursor);
      expect(rest.names.join()).toBe(names.slice((index + 1) * 5000).join());
    }
    const statuses = session.server.ledger.map(({ status }) => status);
    expect(statuses).toEqual(ranges ? [200, 206, 206] : [200, 200, 200]);
  });

  test('a file written anew meanwhile is read from its start, so no name is skipped', async () => {
    const journal: JournalEvent[] = [{ kind: 'published', package: gem('aaa') }];
    const switches = { folded: 0 };
    const gems = many.map(({ name }) => gem(name, [], { releases: shared }));
    await using session = await open(gems, { journal, switches });
    const { pages } = await list(session);
    journal.push({ kind: 'deleted', name: 'gem_3' });
    switches.folded = 2;
    const { names } = await list(session, pages[0]?.cursor);
    const expected = [...gems.map(({ name }) => name), 'aaa'].filter((name) => name !== 'gem_3');
    expect([...new Set(names)].sort().join()).toBe(expected.sort().join());
  });

  test('lines that are none are dropped and counted, their neighbours kept', async () => {
    const hash = 'a'.repeat(32);
    const strays = [
      '',
      'only-a-name',
      `two spaces  ${hash}`,
      `.. 1.0 ${hash}`,
      `na/me 1.0 ${hash}`,
      `x ${'9'.repeat(5_000_000)} ${hash}`,
    ];
    await using session = await open([gem('good'), gem('fine')], { strays });
    const { pages, names } = await list(session);
    expect(names).toEqual(['good', 'fine']);
    expect(pages[0]?.dropped).toEqual({ 'line-not-understood': 2, 'invalid-name': 2, 'line-too-long': 1 });
    expect((await list(session, pages[0]?.cursor)).pages).toEqual([]);
  });

  test('a file cut within its last line: what is whole is kept, and the line is read again', async () => {
    const switches = { cut: 20 };
    await using session = await open([gem('first'), gem('second')], { switches });
    const { names, pages, cursor } = await list(session);
    expect([names, pages[0]?.dropped]).toEqual([['first'], { 'line-not-understood': 1 }]);
    switches.cut = 0;
    expect((await moved(session, cursor)).touched).toEqual(['second']);
  });

  test('bytes that are not those of the digest: one fresh try, then an error', async () => {
    const switches: { digest?: string } = { digest: createHash('sha256').update('other').digest('base64') };
    await using session = await open([gem('a')], { switches });
    await expect(list(session)).rejects.toThrow('not those of its Repr-Digest');
    expect(session.server.ledger).toHaveLength(2);
    // Some proxies write the field their own way; what cannot be read cannot be held against the body.
    switches.digest = 'unreadable';
    expect((await list(session)).names).toEqual(['a']);
  });

  test.each([
    ['a page of HTML', '<!DOCTYPE html><html><body>Hello</body></html>'],
    ['nothing', ''],
    ['something endless', `${'x'.repeat(70_000)}\n`.repeat(3)],
    ['many lines', 'line\n'.repeat(30_000)],
  ])('%s is said to be no index', async (_, body) => {
    await using session = await open([]);
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, headers: { 'content-type': 'text/html' }, body } }));
    await expect(list(session)).rejects.toThrow('expected a compact index');
  });

  test('a body that breaks off is an error, and the next listing is whole', async () => {
    await using session = await open(many);
    session.server.faults(() => ({ kind: 'cut', bytes: 100_000 }));
    await expect(list(session)).rejects.toThrow(Unavailable);
    session.server.faults(null);
    expect((await list(session)).names).toHaveLength(12_000);
  });

  test('a cursor of someone else is refused', async () => {
    await using session = await open([]);
    await expect(list(session, '{"serial":1}')).rejects.toThrow('expected a cursor of the RubyGems adapter');
    await expect(list(session, 'x')).rejects.toThrow('expected a cursor of the RubyGems adapter');
  });
});

describe('changes', () => {
  test('nothing moved: one conditional request, no page', async () => {
    await using session = await open([gem('a')]);
    const { cursor } = await list(session);
    expect((await moved(session, cursor)).pages).toEqual([]);
    expect(session.server.ledger.map(({ status }) => status)).toEqual([200, 304]);
  });

  test('a server that knows neither entity tags nor ranges: nothing moved is nothing', async () => {
    await using session = await open([gem('a'), gem('b')], { ranges: false });
    const { cursor } = await list(session);
    const plain = JSON.stringify({ ...(JSON.parse(cursor) as object), etag: null });
    expect((await moved(session, plain)).pages).toEqual([]);
  });

  test.each([true, false])('pushes, yanks and new gems, each once; then nothing (ranges known: %s)', async (ranges) => {
    const journal: JournalEvent[] = [];
    await using session = await open([gem('a'), gem('b', ['1.0', '1.1']), gem('c')], { journal, ranges });
    const { cursor } = await list(session);
    journal.push(
      { kind: 'published', package: gem('b', ['1.0', { version: '1.1', withdrawn: true }]) },
      { kind: 'published', package: gem('new', [platforms('new', '0.1', ['', 'java'])]) },
      { kind: 'deleted', name: 'c' },
      { kind: 'touched', name: 'a' },
    );
    const first = await moved(session, cursor);
    expect([first.touched, first.relist]).toEqual([['b', 'new', 'c'], null]);
    expect(first.pages.flatMap(({ removed }) => removed)).toEqual([]);
    expect((await moved(session, first.cursor)).pages).toEqual([]);
    expect(await rubygems.latest('c', session.io, REPRESENTATIVE)).toMatchObject({ reason: 'not-found' });
    expect(await rubygems.latest('b', session.io, REPRESENTATIVE)).toMatchObject({ version: '1.0' });
  });

  test('a file written anew: list anew, by its bytes or by its length', async () => {
    const journal: JournalEvent[] = [];
    const switches = { folded: 0 };
    await using session = await open([gem('a'), gem('b')], { journal, switches });
    const { cursor } = await list(session);
    journal.push({ kind: 'published', package: gem('b', ['1.0', '1.1']) });
    const { cursor: later, touched } = await moved(session, cursor);
    expect(touched).toEqual(['b']);
    switches.folded = 1;
    const shorter = await moved(session, later);
    expect([shorter.relist, shorter.cursor]).toEqual([expect.stringMatching(/is now shorter|no longer the same/), later]);
    for (let count = 0; count < 9; count += 1) journal.push({ kind: 'published', package: gem(`other_${count}`) });
    expect((await moved(session, later)).relist).toMatch('no longer the same');
  });

  test('a listing that was broken off is to be finished first', async () => {
    await using session = await open(many);
    const { pages } = await list(session);
    expect(await moved(session, pages[0]?.cursor ?? '')).toMatchObject({ relist: 'the listing was never finished' });
  });

  test('from each cursor of a long backlog exactly the rest', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open([gem('a')], { journal });
    const { cursor } = await list(session);
    for (const { name } of many) journal.push({ kind: 'published', package: gem(name, [], { releases: shared }) });
    const all = await moved(session, cursor);
    expect(all.pages.map(({ touched }) => touched.length)).toEqual([5000, 5000, 2000]);
    for (const [index, page] of all.pages.entries()) {
      expect((await moved(session, page.cursor)).touched.join()).toBe(all.touched.slice((index + 1) * 5000).join());
    }
  });
});

describe('latest', () => {
  test.each<[string, readonly (string | Draft)[], string, string]>([
    ['a final version before a higher pre-release', ['1.0', { version: '2.0.rc1', prerelease: true }], '1.0', 'demo-1.0.gem'],
    ['by number, not by time', ['2.0', '1.9.1'], '2.0', 'demo-2.0.gem'],
    ['numbers, not letters', ['1.9', '1.10'], '1.10', 'demo-1.10.gem'],
    ['a pre-release where there is nothing else', ['1.0.beta10', '1.0.beta9'], '1.0.beta10', 'demo-1.0.beta10.gem'],
    ['not a yanked one', ['1.0', { version: '1.1', withdrawn: true }], '1.0', 'demo-1.0.gem'],
    ['platform ruby before any', [platforms('demo', '1.0', ['x86_64-linux', '', 'java'])], '1.0', 'demo-1.0.gem'],
    [
      'Linux where there is no ruby',
      [platforms('demo', '1.0', ['arm64-darwin', 'x86_64-linux-gnu'])],
      '1.0',
      'demo-1.0-x86_64-linux-gnu.gem',
    ],
    ['what installs before what is higher', ['1.0', platforms('demo', '1.1', ['java'])], '1.0', 'demo-1.0.gem'],
    [
      'a newer native gem before an older one for ruby',
      ['1.0', platforms('demo', '1.1', ['x86_64-linux'])],
      '1.1',
      'demo-1.1-x86_64-linux.gem',
    ],
    ['any platform where there is no other', [platforms('demo', '1.0', ['x64-mingw-ucrt', 'java'])], '1.0', 'demo-1.0-java.gem'],
    [
      'a final for another platform before a pre-release',
      [platforms('demo', '1.0', ['java']), '2.0.pre'],
      '1.0',
      'demo-1.0-java.gem',
    ],
  ])('%s', async (_, releases, version, filename) => {
    await using session = await open([gem('demo', releases)]);
    const found = await rubygems.latest('demo', session.io, REPRESENTATIVE);
    expect(found).toMatchObject({ version, artifacts: [{ filename, kind: 'gem' }] });
  });

  test('all platforms on demand, the representative one first; and a note on what was passed over', async () => {
    const demo = gem('demo', [platforms('demo', '1.0', ['java', '', 'x86_64-linux']), platforms('demo', '1.1', ['java'])]);
    await using session = await open([demo]);
    const found = await rubygems.latest('demo', session.io, { artifacts: 'all' });
    expect(found).toMatchObject({
      version: '1.0',
      artifacts: [{ filename: 'demo-1.0.gem' }, { filename: 'demo-1.0-x86_64-linux.gem' }, { filename: 'demo-1.0-java.gem' }],
      notes: ['a higher version is there for other platforms only: 1.1, java'],
    });
  });

  test('the older form of the index has no times', async () => {
    await using session = await open([gem('demo')], { infoVersion: 1 });
    expect(await rubygems.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({ version: '1.0', publishedAt: null });
  });

  test('lines that are no versions are dropped and counted; a checksum that is none is no checksum', async () => {
    const strays = ['what', '1..2 |checksum:00', 'x-java |', '2.0 |checksum:zz,odd', '3.0-a/b |'];
    await using session = await open([gem('demo')], { infoStrays: new Map([['demo', strays]]) });
    expect(await rubygems.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({
      version: '2.0',
      artifacts: [{ digest: null }],
    });
    expect(session.drops).toEqual(Array(4).fill('info-line-not-understood'));
  });

  test.each([
    ['all-yanked', gem('demo', [{ version: '1.0', withdrawn: true }], { latest: null, noRelease: 'all-yanked' })],
    ['not-found', gem('demo', [], { latest: null, noRelease: 'not-found' })],
    ['not-found', gem('Demo')],
  ] as const)('no release: %s', async (reason, one) => {
    await using session = await open([one]);
    expect(await rubygems.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({
      registry: 'rubygems',
      name: 'demo',
      reason,
    });
  });

  test('a page of HTML in place of an info file is said so', async () => {
    await using session = await open([gem('demo')]);
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body: '<html></html>' } }));
    await expect(rubygems.latest('demo', session.io, REPRESENTATIVE)).rejects.toThrow(Malformed);
  });

  test.each([
    ['nginx, without a word on how long', NGINX_429],
    ['the application, with Retry-After', appThrottled(1)],
  ])('too many requests, said by %s: waited for and asked again', async (_, answer) => {
    await using session = await open([gem('demo')]);
    session.server.faults((_request, index) => (index === 0 ? { kind: 'answer', answer } : null));
    expect(await rubygems.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({ version: '1.0' });
    expect(session.server.ledger.map(({ status }) => status)).toEqual([429, 200]);
  });

  test.each([
    [403, 'the host refuses'],
    [404, 'no such thing'],
  ] as const)('a listed gem whose file is lost (%s) is an error of its download', async (status, message) => {
    await using session = await open([gem('demo')], { lost: new Map([['demo-1.0.gem', status]]) });
    const found = await rubygems.latest('demo', session.io, REPRESENTATIVE);
    const [artifact] = 'artifacts' in found ? found.artifacts : [];
    if (artifact === undefined) throw new Error('expected an artifact');
    await expect(session.io.download(artifact, { maxBytes: 1000 })).rejects.toThrow(message);
  });
});

describe('rankings', () => {
  const crowd = Array.from({ length: 200 }, (_, index) =>
    gem(`g${index}`, ['1.0'], { rank: index + 1, downloads: 1000 - 2 * Math.floor(index / 3) }),
  );

  test('the search is read past its window by slices, across ties', async () => {
    await using session = await open(crowd, { window: 60 });
    const { places } = await search.read(session.io, 150);
    // Each slice ends where the window does; the next begins with the tie it ended in.
    expect(places.map(({ downloads }) => downloads)).toEqual(crowd.map(({ downloads }) => downloads).slice(0, 150));
    expect(new Set(places.map(({ name }) => name)).size).toBe(150);
  });

  test('more gems than the window holds with one count: it ends, and says what it has', async () => {
    const tied = Array.from({ length: 90 }, (_, index) => gem(`t${index}`, ['1.0'], { rank: index + 1, downloads: 7 }));
    await using session = await open(tied, { window: 60 });
    expect((await search.read(session.io, 90)).places).toHaveLength(60);
  });

  test('no gems: no places', async () => {
    await using session = await open([]);
    for (const source of rubygems.rankings) expect((await source.read(session.io, 100)).places).toEqual([]);
  });

  test.each(['since-2026', 'before-2026'] as const)('the statistics page in its layout %s', async (layout) => {
    await using session = await open(crowd, { layout });
    const { places } = await statisticsPage.read(session.io, 100);
    expect(places).toHaveLength(100);
    expect(places[0]).toEqual({ rank: 1, name: 'g0', key: 'g0', downloads: 1000 });
    expect(session.server.ledger).toHaveLength(10);
    expect((await statisticsPage.read(session.io, 15)).places).toHaveLength(15);
  });

  test('rows that are none are dropped and counted; another page or document is said so', async () => {
    await using session = await open([]);
    const answer = (body: string) => session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body } }));
    answer(JSON.stringify([{ name: 'good', downloads: 3 }, { name: '' }, null, { name: 'x', downloads: -1 }]));
    expect((await search.read(session.io, 1)).places).toEqual([{ rank: 1, name: 'good', key: 'good', downloads: 3 }]);
    expect(session.drops).toHaveLength(3);
    answer('{"error":1}');
    await expect(search.read(session.io, 10)).rejects.toThrow('expected a list of gems');
    answer('<html><body>maintenance</body></html>');
    await expect(statisticsPage.read(session.io, 10)).rejects.toThrow('has the page a new layout?');
    answer('<h1>Stats</h1><div><h3>nameless</h3><div data-testid="stats-graph-gem-meter"><span>12</span></div></div>');
    expect((await statisticsPage.read(session.io, 10)).places).toEqual([]);
    expect(session.drops).toHaveLength(4);
  });
});
