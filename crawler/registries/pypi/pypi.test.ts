import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../stand-in/journal.ts';
import { handmade, worldOf } from '../../stand-in/handmade.ts';
import { createPacker } from '../../stand-in/pack.ts';
import { pypiOrigins, pypiStandIn, type PypiStandInOptions } from '../../stand-in/pypi.ts';
import { openSession, type Session } from '../../stand-in/session.ts';
import type { WorldPackage } from '../../stand-in/world.ts';
import { Malformed } from '../../errors.ts';
import { pypi } from './index.ts';
import { clickhouse, monthlyTopList } from './rankings.ts';

const REPRESENTATIVE = { artifacts: 'representative' } as const;

async function open(packages: readonly WorldPackage[], options: PypiStandInOptions = {}): Promise<Session> {
  return openSession(pypi, pypiStandIn(worldOf(packages), options), pypiOrigins);
}

function project(name: string, releases: Parameters<typeof handmade>[2], state: Partial<WorldPackage> = {}): WorldPackage {
  return handmade('pypi', name, releases, state);
}

async function list(session: Session, cursor: string | null = null) {
  const pages = await Array.fromAsync(pypi.names(cursor, session.io));
  return { pages, names: pages.flatMap((page) => page.names), cursor: pages.at(-1)?.cursor ?? '' };
}

const many = Array.from({ length: 25_000 }, (_, index) => project(`Demo.Project_${index}`, []));

describe('names', () => {
  test('all of them, as published, with their normal form as key, and a finished cursor', async () => {
    await using session = await open([project('Zope.Interface', ['1.0']), project('a__b', ['1']), project('0-._.-._.-0', ['1'])]);
    const { names, cursor, pages } = await list(session);
    expect(names).toEqual([
      { name: '0-._.-._.-0', key: '0-0' },
      { name: 'a__b', key: 'a-b' },
      { name: 'Zope.Interface', key: 'zope-interface' },
    ]);
    expect(pages).toHaveLength(1);
    expect(await list(session, cursor)).toMatchObject({ pages: [] });
    expect(session.server.ledger).toHaveLength(1);
  });

  test('an empty index is one page without names', async () => {
    await using session = await open([]);
    expect((await list(session)).pages).toEqual([{ names: [], dropped: {}, cursor: expect.any(String) as string }]);
  });

  test('pages of 10 000, and from each cursor exactly the rest while the list is the same', async () => {
    await using session = await open(many);
    const { pages, names } = await list(session);
    expect(pages.map((page) => page.names.length)).toEqual([10_000, 10_000, 5000]);
    expect(new Set(names.map(({ key }) => key)).size).toBe(25_000);
    for (const [index, page] of pages.entries()) {
      const rest = await list(session, page.cursor);
      expect(rest.names).toEqual(pages.slice(index + 1).flatMap((later) => later.names));
    }
  });

  test('a list that changed meanwhile is read from its start, so no name is skipped', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open(many, { journal });
    const { pages } = await list(session);
    journal.push({ kind: 'published', package: project('aaa', ['1.0']) });
    const { names } = await list(session, pages[1]?.cursor ?? null);
    expect(names).toHaveLength(25_001);
  });

  test('items that are no projects are dropped and counted, their neighbours kept', async () => {
    const strays = [null, 7, {}, { name: 5 }, { name: '' }, { name: '../../etc' }, { name: 'x'.repeat(2_000_000) }];
    await using session = await open([project('good', ['1'])], { strays });
    const { pages } = await list(session);
    expect(pages[0]?.names).toEqual([{ name: 'good', key: 'good' }]);
    expect(pages[0]?.dropped).toEqual({ 'no-name': 4, 'invalid-name': 2, 'item-too-large': 1 });
  });

  test('a quarantined project is not listed', async () => {
    await using session = await open([project('good', ['1']), project('bad', ['1'], { latest: null, noRelease: 'quarantined' })]);
    expect((await list(session)).names).toEqual([{ name: 'good', key: 'good' }]);
  });

  test('a higher major version of the API stops, a higher minor one does not', async () => {
    await using next = await open([project('good', ['1'])], { apiVersion: '2.0' });
    await expect(list(next)).rejects.toThrow('expected version 1 of the simple repository API, not 2.0');
    await using minor = await open([project('good', ['1'])], { apiVersion: '1.9' });
    expect((await list(minor)).names).toHaveLength(1);
  });

  test('an index that knows HTML only is read as well', async () => {
    await using session = await open([project('A.b', ['1.0']), project('c', ['1.0'])], { htmlOnly: true });
    expect((await list(session)).names).toEqual([
      { name: 'A.b', key: 'a-b' },
      { name: 'c', key: 'c' },
    ]);
  });

  test('something that is no index is said so', async () => {
    await using session = await open([]);
    session.server.faults(() => ({
      kind: 'answer',
      answer: { status: 200, headers: { 'content-type': 'image/png' }, body: 'x' },
    }));
    await expect(list(session)).rejects.toThrow('is this a Python package index?');
    const body =
      '<!DOCTYPE html><title>Sign in</title><a href="/login">Sign in</a> <a href="https://example.net/help/">Help me</a>';
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, headers: { 'content-type': 'text/html' }, body } }));
    await expect(list(session)).rejects.toThrow('expected links to projects');
    await expect(pypi.latest('demo', session.io, REPRESENTATIVE)).rejects.toThrow('expected JSON, got a page of HTML');
  });
});

describe('changes', () => {
  test('nothing moved: one conditional request, no page', async () => {
    await using session = await open([project('a', ['1'])]);
    const { cursor } = await list(session);
    expect(await Array.fromAsync(pypi.changes(cursor, session.io))).toEqual([]);
    expect(session.server.ledger.map(({ status }) => status)).toEqual([200, 304]);
  });

  test('exactly the projects whose serial rose, then nothing', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open([project('a', ['1']), project('b', ['1']), project('c', ['1'])], { journal });
    const { cursor } = await list(session);
    journal.push({ kind: 'touched', name: 'b' }, { kind: 'published', package: project('New.One', ['1']) });
    const pages = await Array.fromAsync(pypi.changes(cursor, session.io));
    expect(pages).toMatchObject([{ removed: [], relist: null, dropped: {} }]);
    expect(pages[0]?.touched).toEqual([
      { name: 'b', key: 'b' },
      { name: 'New.One', key: 'new-one' },
    ]);
    expect(await Array.fromAsync(pypi.changes(pages[0]?.cursor ?? '', session.io))).toEqual([]);
  });

  test('pages before the last keep the old cursor, so a break repeats and skips nothing', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open(many, { journal });
    const { cursor } = await list(session);
    for (const one of many.slice(0, 12_000)) journal.push({ kind: 'touched', name: one.name });
    const pages = await Array.fromAsync(pypi.changes(cursor, session.io));
    expect(pages.map((page) => page.touched.length)).toEqual([10_000, 2000]);
    expect(pages[0]?.cursor).toBe(cursor);
    expect(pages[1]?.cursor).not.toBe(cursor);
  });

  test('fewer projects than before, or a serial that went back: list anew', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open([project('a', ['1']), project('b', ['1'])], { journal });
    const { cursor } = await list(session);
    journal.push({ kind: 'deleted', name: 'a' });
    const [shrunk] = await Array.fromAsync(pypi.changes(cursor, session.io));
    expect(shrunk).toMatchObject({ removed: [], relist: '1 fewer projects are listed than before', cursor });
    journal.pop();
    journal.push({ kind: 'touched', name: 'b' });
    const [touched] = await Array.fromAsync(pypi.changes(cursor, session.io));
    journal.pop();
    const [back] = await Array.fromAsync(pypi.changes(touched?.cursor ?? '', session.io));
    expect(back?.relist).toMatch(/^the highest serial went back from \d+ to \d+$/);
  });

  test('an index that is suddenly empty changes nothing', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open([project('a', ['1'])], { journal });
    const { cursor } = await list(session);
    journal.push({ kind: 'deleted', name: 'a' });
    await expect(Array.fromAsync(pypi.changes(cursor, session.io))).rejects.toThrow(Malformed);
  });

  test('without serials, and after a listing that was broken off, only a new listing helps', async () => {
    const journal: JournalEvent[] = [];
    await using html = await open([project('a', ['1'])], { htmlOnly: true, journal });
    const { cursor } = await list(html);
    journal.push({ kind: 'published', package: project('b', ['1']) });
    expect(await Array.fromAsync(pypi.changes(cursor, html.io))).toMatchObject([
      { relist: expect.stringMatching('no serials') as string },
    ]);
    await using session = await open(many);
    const first = (await list(session)).pages[0]?.cursor ?? '';
    expect(await Array.fromAsync(pypi.changes(first, session.io))).toMatchObject([{ relist: 'the listing was never finished' }]);
  });

  test('a cursor of someone else is refused', async () => {
    await using session = await open([]);
    await expect(list(session, '{"seq":1}')).rejects.toThrow('expected a cursor of the PyPI adapter');
  });
});

describe('latest', () => {
  /** What the release of a project should be, from the world and its packer alone. */
  async function expectRelease(session: Session, one: WorldPackage, filenames: readonly string[], all = false): Promise<void> {
    const found = await pypi.latest(one.name, session.io, { artifacts: all ? 'all' : 'representative' });
    if ('reason' in found) throw new Error(`expected a release of ${one.name}, not "${found.reason}"`);
    const release = one.releases.find(({ version }) => version === one.latest);
    expect(found).toMatchObject({ registry: 'pypi', name: one.name, version: one.latest, prerelease: release?.prerelease });
    expect(found.publishedAt).toBe(release?.publishedAt);
    expect(found.artifacts.map(({ filename }) => filename)).toEqual(filenames);
    const packer = createPacker();
    for (const artifact of found.artifacts) {
      const made = release?.artifacts.find(({ filename }) => filename === artifact.filename);
      if (made === undefined || release === undefined) throw new Error(`${artifact.filename} is not in the world`);
      const packed = await packer({ name: one.name, version: release.version, publishedAt: release.publishedAt }, made);
      const { bytes } = await session.io.download(artifact, { maxBytes: 1_000_000 });
      expect(Buffer.compare(bytes, packed.bytes)).toBe(0);
      expect(artifact.digest).toEqual({ algorithm: 'sha256', hex: packed.sha256 });
      expect(artifact.bytes).toBe(packed.bytes.length);
    }
  }

  const wheels = [
    'demo-1.0-cp311-cp311-macosx_11_0_arm64.whl',
    'demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl',
    'demo-1.0-cp312-cp312-win_amd64.whl',
    'demo-1.0.tar.gz',
  ];

  test.each([
    [
      'the sdist and the wheel for every system',
      ['demo-1.0-py3-none-any.whl', ...wheels],
      ['demo-1.0.tar.gz', 'demo-1.0-py3-none-any.whl'],
    ],
    ['the sdist and the wheel for Linux', wheels, ['demo-1.0.tar.gz', 'demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl']],
    ['a wheel alone', ['demo-1.0-py2.py3-none-any.whl'], ['demo-1.0-py2.py3-none-any.whl']],
    ['an sdist that is a zip', ['demo-1.0.zip'], ['demo-1.0.zip']],
  ])('%s', async (_, files, expected) => {
    const one = project('demo', ['0.9', { version: '1.0', files }], { latest: '1.0' });
    await using session = await open([one]);
    await expectRelease(session, one, expected);
    await using lagging = await open([one], { lagging: new Set(['demo']) });
    await expectRelease(lagging, one, expected);
  });

  test('all artifacts on demand', async () => {
    const one = project('demo', [{ version: '1.0', files: wheels }]);
    await using session = await open([one]);
    await expectRelease(session, one, wheels, true);
  });

  const odd = () => [
    { filename: 'demo-1.0-py2.7.egg', packagetype: 'bdist_egg', bytes: Buffer.from('egg') },
    { filename: 'demo-1.0.linux-x86_64.tar.gz', packagetype: 'bdist_dumb', bytes: Buffer.from('dumb') },
    { filename: 'demo-1.0.win32-py2.7.exe', packagetype: 'bdist_wininst', bytes: Buffer.from('installer') },
  ];

  test.each([
    ['the JSON API', {}],
    ['the simple API', { lagging: new Set(['demo']) }],
  ])('an egg where there is neither sdist nor wheel, and never a dumb archive as sdist, by %s', async (_, quirks) => {
    const options = { odd, ...quirks };
    await using session = await open([project('demo', [{ version: '1.0', files: [] }])], options);
    const found = await pypi.latest('demo', session.io, REPRESENTATIVE);
    expect(found).toMatchObject({ version: '1.0', artifacts: [{ filename: 'demo-1.0-py2.7.egg', kind: 'egg', bytes: 3 }] });
  });

  /** Each told by the JSON API and, where that does not know the project, chosen here from the simple API. */
  describe.each([
    ['the JSON API', () => ({})],
    ['the simple API', (name: string) => ({ lagging: new Set([name]) })],
    ['HTML pages', () => ({ htmlOnly: true })],
  ])('the order of PyPI itself, by %s', (way, optionsOf) => {
    test.each([
      ['a final version before a higher pre-release', ['1.0', { version: '2.0rc1', prerelease: true }], '1.0'],
      ['numbers, not letters', ['1.9', '1.10'], '1.10'],
      ['epochs, post-releases', ['2024.1', '1!1.0', '1!1.0.post1'], '1!1.0.post1'],
      [
        'a pre-release where there is nothing else',
        [
          { version: '1.0a1', prerelease: true },
          { version: '1.0.dev3', prerelease: true },
        ],
        '1.0a1',
      ],
      ['not a yanked one', ['1.0', { version: '1.1', withdrawn: true }], '1.0'],
      [
        'a pre-release before a yanked final',
        [
          { version: '1.0', withdrawn: true },
          { version: '1.1b1', prerelease: true },
        ],
        '1.1b1',
      ],
    ])('%s', async (_, releases, version) => {
      const one = project('Demo.Pkg', releases, { latest: version });
      await using session = await open([one], optionsOf(one.name));
      if (way === 'HTML pages') {
        const found = await pypi.latest(one.name, session.io, REPRESENTATIVE);
        expect(found).toMatchObject({ version, artifacts: [{ bytes: null, digest: { algorithm: 'sha256' } }] });
        return;
      }
      await expectRelease(session, one, [`demo_pkg-${version}.tar.gz`]);
    });
  });

  test.each([
    ['all-yanked', project('demo', [{ version: '1.0', withdrawn: true }])],
    ['no-release', project('demo', [])],
    ['no-artifact', project('demo', [{ version: '1.0', files: [] }])],
    ['quarantined', project('demo', ['1.0'], { noRelease: 'quarantined' })],
    ['not-found', project('demo', ['1.0'], { noRelease: 'not-found' })],
    ['not-found', project('other', ['1.0'])],
  ] as const)('no release: %s', async (reason, one) => {
    await using session = await open([one]);
    expect(await pypi.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({ registry: 'pypi', name: 'demo', reason });
    await using lagging = await open([one], { lagging: new Set(['demo']) });
    expect(await pypi.latest('demo', lagging.io, REPRESENTATIVE)).toMatchObject({ reason });
  });

  test('a newest release without files: the newest that has some', async () => {
    const one = project('demo', ['1.0', { version: '1.1', files: [] }]);
    await using session = await open([one]);
    const found = await pypi.latest('demo', session.io, REPRESENTATIVE);
    expect(found).toMatchObject({ version: '1.0', notes: ['the newest release has no files'] });
  });

  test('an answer above the cap is left, and the simple API is read', async () => {
    const one = project('demo', ['1.0']);
    await using session = await open([one], { readme: new Map([['demo', 9_000_000]]) });
    const found = await pypi.latest('demo', session.io, REPRESENTATIVE);
    expect(found).toMatchObject({ version: '1.0', notes: ['the JSON API answers more than this program reads'] });
    expect(session.server.ledger.map(({ path }) => path)).toEqual(['/pypi/demo/json', '/simple/demo/']);
  });

  test('an answer from an old cache is an older release, and the next one the newest', async () => {
    await using session = await open([project('demo', ['1.0', '1.1'])], { stale: new Map([['demo', 1]]) });
    expect(await pypi.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({ version: '1.0' });
    expect(await pypi.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({ version: '1.1' });
  });

  test('an archived project is noted where it is seen', async () => {
    await using session = await open([project('demo', ['1.0'])], { archived: new Set(['demo']), lagging: new Set(['demo']) });
    const found = await pypi.latest('demo', session.io, REPRESENTATIVE);
    expect('notes' in found ? found.notes : []).toContain('project-status archived');
  });

  test('files on hosts that are not the index’s own, and files that are none, are left out and counted', async () => {
    await using session = await open([]);
    const file = (url: string) => ({ filename: 'demo-1.0.tar.gz', url, packagetype: 'sdist', digests: { sha256: 'nonsense' } });
    const urls = [{}, null, file('https://files.example.net/demo-1.0.tar.gz'), file('/packages/demo-1.0.tar.gz')];
    const body = JSON.stringify({ info: { version: '1.0' }, urls });
    session.server.faults(() => ({
      kind: 'answer',
      answer: { status: 200, headers: { 'content-type': 'application/json' }, body },
    }));
    expect(await pypi.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({
      artifacts: [{ url: `${session.server.origin}/packages/demo-1.0.tar.gz`, digest: null, bytes: null }],
    });
    expect(session.drops).toEqual(['file-not-understood', 'file-not-understood', 'foreign-file-host']);
  });

  test('another shape than the JSON API’s is said so', async () => {
    await using session = await open([]);
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body: '{"hello":1}' } }));
    await expect(pypi.latest('demo', session.io, REPRESENTATIVE)).rejects.toThrow('is this PyPI');
  });
});

describe('rankings', () => {
  const packages = [
    project('Top.One', ['1'], { rank: 1, downloads: 5_000_000_000 }),
    project('tie-b', ['1'], { rank: 3, downloads: 70 }),
    project('tie-a', ['1'], { rank: 2, downloads: 70 }),
    project('unranked', ['1']),
  ];

  test.each(pypi.rankings)('$id: best first, ties by key, gapless', async (source) => {
    await using session = await open(packages);
    const { places, dated } = await source.read(session.io, 10_000);
    expect(places.map(({ rank, key, downloads }) => [rank, key, downloads])).toEqual([
      [1, 'top-one', 5_000_000_000],
      [2, 'tie-a', 70],
      [3, 'tie-b', 70],
    ]);
    if (source.id !== 'ecosystems-downloads') expect(dated).toMatch(/^2026-1[01]-01$/);
    expect((await source.read(session.io, 2)).places.map(({ key }) => key)).toEqual(['top-one', 'tie-a']);
    expect(session.server.ledger).toHaveLength(2);
  });

  test('ClickHouse: a cut answer, an error behind status 200, and an error behind rows are refused', async () => {
    await using cut = await open(packages, { clickhouse: { cutAt: 2 } });
    await expect(clickhouse.read(cut.io, 3)).rejects.toThrow('expected 3 rows from ClickHouse, but it cut its answer at 2');
    await using fails = await open(packages, { clickhouse: { fails: true } });
    await expect(clickhouse.read(fails.io, 3)).rejects.toThrow('ClickHouse answered with its error 159');
    await using half = await open(packages);
    half.server.faults(() => ({
      kind: 'answer',
      answer: { status: 200, body: '{"data":[{"project":"a"}\nCode: 241. DB::Exception: Memory limit exceeded' },
    }));
    await expect(clickhouse.read(half.io, 3)).rejects.toThrow('its error 241');
    const body = JSON.stringify({ data: [{ project: 'a', download_count: '3' }], rows: 1 });
    half.server.faults(() => ({ kind: 'answer', answer: { status: 200, body } }));
    await expect(clickhouse.read(half.io, 3)).rejects.toThrow('expected 3 rows from ClickHouse, but it cut its answer at 1');
  });

  test('rows that are none are dropped and counted', async () => {
    await using session = await open([]);
    const rows = [
      { project: 'good', download_count: 3 },
      { project: 'x', download_count: -1 },
      null,
      { project: '<b>', download_count: 4 },
    ];
    const body = JSON.stringify({ last_update: 'soon', rows });
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body } }));
    expect(await monthlyTopList.read(session.io, 10)).toEqual({
      dated: null,
      places: [{ rank: 1, name: 'good', key: 'good', downloads: 3 }],
    });
    expect(session.drops).toHaveLength(3);
  });
});
