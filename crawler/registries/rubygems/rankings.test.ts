import { describe, expect, test } from 'vitest';
import { rubygems } from './index.ts';
import { search, statisticsPage } from './rankings.ts';
import { gem, open } from './test-kit.ts';

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
    expect(session.server.ledger.filter(({ path }) => path === '/stats')).toHaveLength(10);
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

  test('a sample of places is held against the registry’s own counts', async () => {
    await using session = await open([...crowd.slice(0, 5), gem('gone', [])]);
    const place = (rank: number, name: string) => ({ rank, name, key: name, downloads: null });
    const check = await rubygems.verifyRanking([place(4, 'g0'), place(2, 'gone'), place(1, 'g3'), place(3, 'g4')], session.io);
    expect(check.counted.map(({ place: { name }, downloads }) => [name, downloads])).toEqual([
      ['g3', 998],
      ['g4', 998],
      ['g0', 1000],
    ]);
    // Of the two pairs with different counts, none is in the ranking's order.
    expect([check.unknown, check.concordance, session.drops]).toEqual([['gone'], 0, ['count-gone']]);
  });

  test('a host that shuts us out ends the check', async () => {
    await using session = await open(crowd.slice(0, 5));
    session.server.faults(() => ({ kind: 'answer', answer: { status: 429, body: '' } }));
    session.stop(new Error('stopped by the test'));
    await expect(rubygems.verifyRanking([{ rank: 1, name: 'g0', key: 'g0', downloads: 1 }], session.io)).rejects.toThrow(
      'stopped',
    );
  });
});
