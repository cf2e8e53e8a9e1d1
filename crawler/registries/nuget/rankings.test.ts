import { describe, expect, test } from 'vitest';
import type { Session } from '../../stand-in/session.ts';
import { nuget } from './index.ts';
import { packagePages, statisticsPage } from './gallery-pages.ts';
import { autocomplete, gallerySearch, querySearch } from './rankings.ts';
import { asked, instead, open, pkg } from './test-kit.ts';

/** `Microsoft.Hidden` is left out of empty queries. */
const packages = [
  pkg('Top.One', ['1.0.0'], { rank: 1, downloads: 5_000_000_000 }),
  pkg('Microsoft.Hidden', ['8.0.0'], { rank: 2, downloads: 4_000_000_000 }),
  pkg('tie.b', ['1.0.0'], { rank: 4, downloads: 70 }),
  pkg('Tie.A', [{ version: '1.0.0-beta.1', prerelease: true }], { rank: 3, downloads: 70 }),
  pkg('Last', ['1.0.0+build'], { rank: 5, downloads: 3 }),
  pkg('Unlisted', [{ version: '1.0.0', withdrawn: true }], { downloads: 9_000_000_000 }),
  pkg('Unranked', ['1.0.0'], { downloads: 1 }),
];

const long = Array.from({ length: 95 }, (_, index) =>
  pkg(`Demo.N${index}`, ['1.0.0'], { rank: index + 1, downloads: 2000 - 3 * index }),
);
const hidden = Array.from({ length: 30 }, (_, index) =>
  pkg(`Microsoft.N${index}`, ['1.0.0'], { rank: 96 + index, downloads: 1999 - 9 * index }),
);

const shown = (places: readonly { readonly rank: number; readonly key: string; readonly downloads: number | null }[]) =>
  places.map(({ rank, key, downloads }) => [rank, key, downloads]);

const ALL = [
  [1, 'top.one', 5_000_000_000],
  [2, 'microsoft.hidden', 4_000_000_000],
  [3, 'tie.a', 70],
  [4, 'tie.b', 70],
  [5, 'last', 3],
];
const WITHOUT_HIDDEN = [
  [1, 'top.one', 5_000_000_000],
  [2, 'tie.a', 70],
  [3, 'tie.b', 70],
  [4, 'last', 3],
];

test('the best first', () => {
  expect(nuget.rankings.map(({ id, places }) => [id, places])).toEqual([
    ['gallery-search', 10_000],
    ['gallery-pages', 10_000],
    ['autocomplete', 10_000],
    ['ecosystems-downloads', 10_000],
    ['query-search', 4000],
    ['statistics-page', 100],
  ]);
});

test.each([
  ['gallery-search', ALL],
  ['gallery-pages', WITHOUT_HIDDEN],
  ['ecosystems-downloads', ALL],
  ['query-search', ALL],
  ['statistics-page', ALL],
])('%s: best first, ties by key, gapless', async (id, expected) => {
  const source = nuget.rankings.find((one) => one.id === id);
  if (source === undefined) throw new Error(`no ${id}`);
  for (const says of ['loopback', 'public'] as const) {
    await using session = await open(packages, { says });
    expect(shown((await source.read(session.io, 10_000)).places)).toEqual(expected);
    expect(shown((await source.read(session.io, 2)).places)).toEqual(expected.slice(0, 2));
    expect(session.drops).toEqual([]);
  }
});

test('autocomplete: an order without numbers', async () => {
  await using session = await open(packages);
  const { places } = await autocomplete.read(session.io, 3);
  expect(places.map(({ rank, downloads }) => [rank, downloads])).toEqual([
    [1, null],
    [2, null],
    [3, null],
  ]);
  expect(places[0]).toMatchObject({ name: 'Top.One', key: 'top.one' });
  expect((await autocomplete.read(session.io, 10_000)).places.map(({ key }) => key)).not.toContain('microsoft.hidden');
});

describe('the search in pages', () => {
  const ranked = [...long, ...hidden].sort(
    (a, b) => b.downloads - a.downloads || (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1),
  );

  test.each([gallerySearch, querySearch])(
    '$id: however few rows an answer has, and the hidden ones among them',
    async (source) => {
      await using session = await open([...long, ...hidden], { pageRows: 20 });
      const { places } = await source.read(session.io, 10_000);
      expect(places.map(({ name }) => name)).toEqual(ranked.map(({ name }) => name));
      const some = await source.read(session.io, 12);
      expect(some.places.map(({ name }) => name)).toEqual(ranked.slice(0, 12).map(({ name }) => name));
    },
  );

  test('owners are asked only as far as they can have a place', async () => {
    await using session = await open([...long, ...hidden], { pageRows: 5 });
    await gallerySearch.read(session.io, 10);
    const ofOwner = session.server.ledger.filter(({ query }) => query.includes('q=owner%3AMicrosoft'));
    expect(ofOwner).toHaveLength(2);
  });

  test('never more than 1000 rows at once, and never beyond what is answered', async () => {
    await using session = await open(long);
    await querySearch.read(session.io, 10_000);
    for (const { query } of session.server.ledger.filter(({ path }) => path.endsWith('/query'))) {
      const parameters = new URLSearchParams(query);
      expect([parameters.get('take'), parameters.get('prerelease'), parameters.get('semVerLevel')]).toEqual([
        '1000',
        'true',
        '2.0.0',
      ]);
      expect(Number(parameters.get('skip'))).toBeLessThanOrEqual(3000);
    }
  });

  test('numbers fresher than the order: sorted again, also over the edge of pages', async () => {
    await using session = await open([]);
    const row = (Id: string, DownloadCount: number) => ({ PackageRegistration: { Id, DownloadCount } });
    const pages = [
      [row('a', 9), row('b', 5)],
      [row('d', 6), row('c', 4)],
    ];
    instead(session, '/search/query', ({ query }) =>
      query.get('q') === '' ? { totalHits: 4, data: pages[Number(query.get('skip')) / 2] ?? [] } : { totalHits: 0, data: [] },
    );
    expect((await gallerySearch.read(session.io, 2)).places.map(({ name }) => name)).toEqual(['a', 'd']);
  });

  test('members in small letters, and rows that are none', async () => {
    await using session = await open([]);
    const data = [
      null,
      { PackageRegistration: { Id: 'x y', DownloadCount: 9 } },
      {},
      { packageRegistration: { id: 'Good', downloadCount: 7 } },
    ];
    instead(session, '/search/query', ({ query }) =>
      query.get('q') === '' ? { totalHits: 4, data } : { totalHits: 0, data: [] },
    );
    expect(shown((await gallerySearch.read(session.io, 10)).places)).toEqual([[1, 'good', 7]]);
    expect(session.drops).toEqual(['ranking-row-not-understood', 'ranking-row-not-understood', 'ranking-row-not-understood']);
  });

  test('where the first place of the search fails, the second is asked', async () => {
    await using session = await open(packages);
    session.server.faults(({ path }) => (path.startsWith('/search-usnc/') ? { kind: 'answer', answer: { status: 500 } } : null));
    expect(shown((await gallerySearch.read(session.io, 10_000)).places)).toEqual(ALL);
    session.server.faults(({ path }) => (path.startsWith('/search-') ? { kind: 'answer', answer: { status: 404 } } : null));
    await expect(gallerySearch.read(session.io, 10)).rejects.toThrow('there is no such thing');
    instead(session, '/search-', () => ({ hello: 1 }));
    await expect(querySearch.read(session.io, 10)).rejects.toThrow("is this NuGet's search?");
  });
});

describe('pages for people', () => {
  test.each(['today', 'before'] as const)('as they are laid out %s', async (layout) => {
    await using session = await open(packages, { layout });
    expect(shown((await packagePages.read(session.io, 10_000)).places)).toEqual(WITHOUT_HIDDEN);
    expect(await statisticsPage.read(session.io, 10_000)).toMatchObject({ dated: '2026-11-01', places: { length: 5 } });
    expect(asked(session, '/robots.txt')).toHaveLength(1);
  });

  test('twenty a page, to the last one or as far as needed', async () => {
    await using session = await open(long);
    expect((await packagePages.read(session.io, 10_000)).places.map(({ name }) => name)).toEqual(long.map(({ name }) => name));
    expect(asked(session, '/packages')).toHaveLength(5);
    expect((await packagePages.read(session.io, 20)).places).toHaveLength(20);
    expect(asked(session, '/packages')).toHaveLength(7);
  });

  test('robots.txt that forbids them is obeyed', async () => {
    await using session = await open(packages);
    const body = 'User-agent: *\nDisallow: /packages\n';
    session.server.faults(({ path }) => (path === '/robots.txt' ? { kind: 'answer', answer: { status: 200, body } } : null));
    await expect(packagePages.read(session.io, 10)).rejects.toThrow('forbids /packages to crawlers');
    expect(asked(session, '/packages')).toEqual([]);
    expect((await statisticsPage.read(session.io, 10)).places).toHaveLength(5);
  });

  const page = (session: Session, body: string) => {
    session.server.faults(({ path }) =>
      path === '/robots.txt' ? null : { kind: 'answer', answer: { status: 200, headers: { 'content-type': 'text/html' }, body } },
    );
  };

  test('rows that are none are dropped and counted; digits grouped in any way are read', async () => {
    await using session = await open([]);
    const item = (title: string, count: string) =>
      `<li class="package">${title}<ul><li><span class="icon-text"><i class="ms-Icon--Download"></i> ${count}</span></li></ul></li>`;
    const title = (id: string) => `<a class="package-title" data-package-id="${id}">x</a>`;
    page(
      session,
      `<h1>x</h1><ul class="list-packages">${[
        item(title('Comma'), '1,234,567 total downloads'),
        item(title('Point'), '1.234.566 total downloads'),
        item(title('Space'), '1\u202f234\u00a0565 total downloads'),
        item(title('Plain'), '1234564 total downloads'),
        item(title('None'), 'many total downloads'),
        item(title('<b>'), '3 total downloads'),
        item('<a class="package-title" href="/packages/%E0%A4%A">x</a>', '3 total downloads'),
      ].join('')}</ul>`,
    );
    expect(shown((await packagePages.read(session.io, 100)).places)).toEqual([
      [1, 'comma', 1_234_567],
      [2, 'point', 1_234_566],
      [3, 'space', 1_234_565],
      [4, 'plain', 1_234_564],
    ]);
    expect(session.drops).toHaveLength(3);
  });

  test('a page of another kind is said so', async () => {
    await using session = await open([]);
    page(session, '<p>Please wait</p>');
    await expect(packagePages.read(session.io, 10)).rejects.toThrow('expected a list of packages');
    await expect(statisticsPage.read(session.io, 10)).rejects.toThrow('expected the table of packages');
  });
});

describe('a ranking held against the registry', () => {
  test('its own counts, by single ids, the unknown ones named', async () => {
    await using session = await open(packages);
    const place = (rank: number, name: string) => ({ rank, name, key: name.toLowerCase(), downloads: null });
    const sample = [place(4, 'last'), place(1, 'TOP.ONE'), place(3, 'Missing.One'), place(2, 'Unlisted'), place(5, 'Tie.A')];
    const check = await nuget.verifyRanking(sample, session.io);
    expect(check.counted.map(({ place: { rank }, downloads }) => [rank, downloads])).toEqual([
      [1, 5_000_000_000],
      [4, 3],
      [5, 70],
    ]);
    expect(check).toMatchObject({ unknown: ['Unlisted', 'Missing.One'], concordance: 2 / 3 });
  });

  test('a name that is not answered costs no more than itself', async () => {
    await using session = await open(packages);
    session.server.faults(({ query }) => (query.get('q') === 'packageid:a' ? { kind: 'answer', answer: { status: 500 } } : null));
    const place = (rank: number, name: string) => ({ rank, name, key: name.toLowerCase(), downloads: null });
    expect(await nuget.verifyRanking([place(1, 'a'), place(2, 'Last')], session.io)).toMatchObject({
      counted: [{ downloads: 3 }],
      unknown: ['a'],
      concordance: null,
    });
    expect(session.drops).toEqual(['count-unavailable']);
  });
});
