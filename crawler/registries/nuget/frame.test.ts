import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../errors.ts';
import type { JournalEvent } from '../../stand-in/journal.ts';
import { QUOTA_EXCEEDED, tooManyRequests } from '../../stand-in/nuget/replies.ts';
import type { Fault } from '../../stand-in/server.ts';
import type { Session } from '../../stand-in/session.ts';
import { commitStamp } from './catalog.ts';
import { nuget } from './index.ts';
import { asked, instead, open, pkg } from './test-kit.ts';

async function list(session: Session, cursor: string | null = null) {
  const pages = await Array.fromAsync(nuget.names(cursor, session.io));
  return {
    pages,
    names: pages.flatMap(({ names }) => names.map(({ name }) => name)),
    cursor: pages.at(-1)?.cursor ?? cursor ?? '',
  };
}

async function moved(session: Session, cursor: string) {
  const pages = await Array.fromAsync(nuget.changes(cursor, session.io));
  return {
    pages,
    touched: pages.flatMap(({ touched }) => touched.map(({ name }) => name)),
    removed: pages.flatMap(({ removed }) => removed.map(({ name }) => name)),
    cursor: pages.at(-1)?.cursor ?? cursor,
  };
}

const many = Array.from({ length: 30 }, (_, index) => pkg(`Demo.N${String(index).padStart(2, '0')}`, ['1.0.0']));
const keys = (names: readonly string[]) => [...new Set(names.map((name) => name.toLowerCase()))].sort();

describe('names', () => {
  test('no package at all: an end that changes go on from', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open([], { journal });
    const { pages, cursor } = await list(session);
    expect(pages).toMatchObject([{ names: [], dropped: {} }]);
    expect((await moved(session, cursor)).pages).toEqual([]);
    journal.push({ kind: 'published', package: pkg('First', ['1.0.0']) });
    expect((await moved(session, cursor)).touched).toEqual(['First']);
    expect((await list(session)).names).toEqual(['First']);
  });

  test('many shuffled pages, and from every cursor the rest of them, each asked for once', async () => {
    await using session = await open(many, { pageSize: 7 });
    const { pages, names } = await list(session);
    expect(pages.length).toBeGreaterThan(4);
    expect(keys(names)).toEqual(keys(many.map(({ name }) => name)));
    for (const [index, page] of pages.entries()) {
      const before = asked(session, '/catalog0/page').length;
      const rest = await list(session, page.cursor);
      expect(rest.pages).toEqual(pages.slice(index + 1));
      expect(asked(session, '/catalog0/page').length - before).toBe(pages.length - 1 - index);
    }
  });

  test('a listing that stops early asks for a few pages more, not for all', async () => {
    await using session = await open(many, { pageSize: 2 });
    for await (const page of nuget.names(null, session.io)) {
      expect(page.names.length).toBeGreaterThan(0);
      break;
    }
    expect(asked(session, '/catalog0/page').length).toBeLessThan(6);
  });

  test('one package, however its id is spelled', async () => {
    const packages = ['Größe.Rechner', 'ISTANBUL', 'A_b-C.d'].map((name) => pkg(name, ['1.0.0', '1.1.0', '1.2.0']));
    await using session = await open(packages);
    const { pages } = await list(session);
    expect(pages[0]?.names.map(({ key }) => key).sort()).toEqual(['a_b-c.d', 'größe.rechner', 'istanbul']);
    expect(session.drops).toEqual([]);
  });

  test('what is no event or no page is left out and counted', async () => {
    const good = { commitTimeStamp: '2015-02-01T06:30:11Z', '@type': 'nuget:PackageDetails', 'nuget:version': '1.0.0' };
    const strays = [
      null,
      {},
      { ...good, 'nuget:id': '../up' },
      { ...good, 'nuget:id': 'x'.repeat(129) },
      { ...good, 'nuget:id': 'Late', commitTimeStamp: 'yesterday' },
      { ...good, 'nuget:id': 'Other', '@type': 'nuget:PackageAudit' },
      { ...good, 'nuget:id': 'Odd.Version', 'nuget:version': 'one' },
    ];
    await using session = await open([pkg('Good', ['1.0.0'])], {
      strays,
      strayPages: [null, { '@id': 'page', commitTimeStamp: 'x' }],
    });
    const { pages, names } = await list(session);
    expect(names.toSorted()).toEqual(['Good', 'Odd.Version']);
    expect(pages.map(({ dropped }) => dropped)).toEqual([
      {
        'event-not-understood': 2,
        'unaddressable-name': 2,
        'event-without-time': 1,
        'unknown-event': 1,
        'catalog-page-not-understood': 2,
      },
    ]);
  });

  test('a package deleted as a whole: not listed where one page tells both, else found to be gone by its release', async () => {
    const journal: JournalEvent[] = [
      { kind: 'published', package: pkg('Spam.One', ['1.0.0', '1.1.0']) },
      { kind: 'deleted', name: 'Spam.One' },
      { kind: 'published', package: pkg('Part.Deleted', ['1.0.0', '1.1.0']) },
      { kind: 'published', package: pkg('Part.Deleted', ['1.0.0']) },
    ];
    await using together = await open([pkg('Good', ['1.0.0'])], { journal });
    expect((await list(together)).names).toEqual(['Good', 'Part.Deleted']);
    await using apart = await open([pkg('Good', ['1.0.0'])], { journal, pageSize: 3 });
    expect((await list(apart)).names).toContain('Spam.One');
    expect(await nuget.latest('Spam.One', apart.io)).toMatchObject({ reason: 'not-found' });
    expect(await nuget.latest('Part.Deleted', apart.io)).toMatchObject({ version: '1.0.0' });
  });

  test('a page from an old cache is asked for anew, and never passed over', async () => {
    await using session = await open(many, { pageSize: 10 });
    const { names } = await list(session);
    const stale = (times: number) => {
      let left = times;
      session.server.faults(({ path, headers }) => {
        if (!path.endsWith('/page1.json') || left-- <= 0) return null;
        expect(headers['cache-control']).toBe(left === times - 1 ? undefined : 'no-cache');
        const body = JSON.stringify({ commitTimeStamp: '2015-02-01T06:30:11Z', items: [] });
        return { kind: 'answer', answer: { status: 200, headers: { 'content-type': 'application/json' }, body } };
      });
    };
    stale(1);
    expect((await list(session)).names).toEqual(names);
    stale(2);
    await expect(list(session)).rejects.toThrow('but a cache sent a page that ends at 2015-02-01T06:30:11.0000000Z');
  });

  test('the newest page may be behind: the rest comes with the next changes', async () => {
    await using session = await open(many, { pageSize: 10 });
    const whole = await list(session);
    const last = asked(session, '/catalog0/page')
      .map((path) => Number(/page(\d+)/.exec(path)?.[1]))
      .sort((a, b) => b - a)[0];
    instead(session, `/page${last}.json`, () => ({ commitTimeStamp: '2015-02-01T06:30:11Z', items: [] }));
    const { cursor, names } = await list(session);
    expect(names.length).toBeLessThan(whole.names.length);
    session.server.faults(null);
    expect(keys([...names, ...(await moved(session, cursor)).touched])).toEqual(keys(whole.names));
  });

  test.each([
    ['429 with Retry-After', { kind: 'answer', answer: tooManyRequests(1) }],
    ['429 without', { kind: 'answer', answer: tooManyRequests(null) }],
    ['403, the quota', { kind: 'answer', answer: QUOTA_EXCEEDED }],
    ['503', { kind: 'answer', answer: { status: 503, body: '' } }],
    ['HTML', { kind: 'answer', answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' } }],
    ['a reset', { kind: 'reset' }],
    ['a body cut in the middle', { kind: 'cut', bytes: 40 }],
    ['a slow body', { kind: 'drip', bytes: 400, everyMs: 2 }],
  ] as readonly [string, Fault][])('%s costs a wait, and no name', async (_, fault) => {
    await using session = await open(many, { pageSize: 20 });
    let left = 2;
    session.server.faults(({ path }) => (path.includes('/page') && left-- > 0 && left % 2 === 1 ? fault : null));
    expect(keys((await list(session)).names)).toEqual(keys(many.map(({ name }) => name)));
  });

  test('something that is no NuGet source is said so', async () => {
    await using session = await open([]);
    instead(session, '/v3/index.json', () => ({ hello: 1 }));
    await expect(list(session)).rejects.toThrow(/expected resources in .*: is this a NuGet source\?/);
    session.server.faults(({ path }) => (path.endsWith('/v3/index.json') ? { kind: 'answer', answer: { status: 404 } } : null));
    await expect(list(session)).rejects.toThrow("expected NuGet's service index, but there is nothing at");
    session.server.faults(null);
    instead(session, '/catalog0/index.json', () => ({ items: [] }));
    await expect(list(session)).rejects.toThrow("is this NuGet's catalog?");
    session.server.faults(({ path }) => (path.includes('/catalog0/') ? { kind: 'answer', answer: { status: 404 } } : null));
    await expect(list(session)).rejects.toThrow(Unavailable);
    await using other = await open([]);
    instead(other, '/v3/index.json', () => ({ version: '3.0.0', resources: [{ '@id': 'nowhere', '@type': 'Catalog/3.0.0' }] }));
    await expect(list(other)).rejects.toThrow(/expected a resource of type Catalog\/3\.0\.0 in .*; this source has none/);
    expect(other.drops).toEqual(['resource-not-understood']);
  });
});

describe('changes', () => {
  test('exactly the packages that moved, then nothing', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open(many, { journal, pageSize: 20 });
    const { cursor } = await list(session);
    expect((await moved(session, cursor)).pages).toEqual([]);
    journal.push(
      { kind: 'touched', name: 'Demo.N07' },
      { kind: 'published', package: pkg('New.One', ['0.1.0-beta']) },
      { kind: 'published', package: pkg('Demo.N03', [{ version: '1.0.0', withdrawn: true }]) },
      { kind: 'published', package: pkg('Demo.N04', ['1.0.0', '2.0.0']) },
      { kind: 'published', package: pkg('Demo.N04', ['2.0.0']) },
      { kind: 'deleted', name: 'Demo.N05' },
    );
    const second = await moved(session, cursor);
    expect(second.touched).toEqual(['Demo.N07', 'New.One', 'Demo.N03', 'Demo.N04']);
    expect(second.removed).toEqual(['Demo.N05']);
    expect(second.pages.every(({ relist }) => relist === null)).toBe(true);
    expect((await moved(session, second.cursor)).pages).toEqual([]);
  });

  test('one version deleted of several: touched, not removed', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open([pkg('Demo', ['1.0.0', '1.1.0'])], { journal });
    const { cursor } = await list(session);
    journal.push({ kind: 'published', package: pkg('Demo', ['1.0.0']) });
    expect(await moved(session, cursor)).toMatchObject({ touched: ['Demo'], removed: [] });
  });

  test('what is published while the listing runs is in the changes after it', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open(many, { journal, pageSize: 10 });
    const seen: string[] = [];
    let cursor = '';
    for await (const page of nuget.names(null, session.io)) {
      seen.push(...page.names.map(({ name }) => name));
      cursor = page.cursor;
      if (journal.length === 0) {
        for (const one of many) journal.push({ kind: 'published', package: pkg(`Later.${one.name}`, ['1.0.0']) });
      }
    }
    expect(keys([...seen, ...(await moved(session, cursor)).touched])).toEqual(
      keys(many.flatMap(({ name }) => [name, `Later.${name}`])),
    );
  });

  test('many pages, and from every cursor the rest', async () => {
    const journal: JournalEvent[] = [];
    await using session = await open(many, { journal, pageSize: 6 });
    const { cursor } = await list(session);
    for (const { name } of many) journal.push({ kind: 'touched', name });
    const { pages, touched } = await moved(session, cursor);
    expect(touched).toEqual(many.map(({ name }) => name));
    for (const [index, page] of pages.entries())
      expect((await moved(session, page.cursor)).pages).toEqual(pages.slice(index + 1));
  });

  test('a catalog that went back: list anew', async () => {
    const journal: JournalEvent[] = [{ kind: 'touched', name: 'Demo.N01' }];
    await using session = await open(many, { journal });
    const { cursor } = await list(session);
    journal.pop();
    expect((await moved(session, cursor)).pages).toMatchObject([
      {
        touched: [],
        removed: [],
        cursor,
        relist: expect.stringMatching(/^the newest commit went back from 20\S+Z to 20\S+Z$/) as string,
      },
    ]);
  });

  test('an index from a cache is asked for anew before a whole listing is', async () => {
    const journal: JournalEvent[] = [{ kind: 'touched', name: 'Demo.N01' }];
    await using session = await open(many, { journal });
    const { cursor } = await list(session);
    instead(session, '/catalog0/index.json', () => ({ commitTimeStamp: '2015-02-01T06:30:11Z', items: [] }));
    expect((await moved(session, cursor)).pages).toMatchObject([{ relist: expect.stringContaining('went back') as string }]);
    session.server.faults(({ path, headers }) => {
      if (!path.endsWith('/catalog0/index.json') || headers['cache-control'] === 'no-cache') return null;
      const body = JSON.stringify({ commitTimeStamp: '2015-02-01T06:30:11Z', items: [] });
      return { kind: 'answer', answer: { status: 200, headers: { 'content-type': 'application/json' }, body } };
    });
    expect((await moved(session, cursor)).pages).toEqual([]);
  });

  test('a listing that was broken off may go on as changes', async () => {
    await using session = await open(many, { pageSize: 10 });
    const { pages, names } = await list(session);
    const first = pages[0];
    expect(
      keys([...(first?.names ?? []).map(({ name }) => name), ...(await moved(session, first?.cursor ?? '')).touched]),
    ).toEqual(keys(names));
  });

  test('a cursor of someone else is refused', async () => {
    await using session = await open([]);
    await expect(list(session, '{"serial":7}')).rejects.toThrow('expected a cursor of the NuGet adapter');
    await expect(moved(session, '{"commit":"2026"}')).rejects.toThrow('expected a cursor of the NuGet adapter');
    await expect(moved(session, 'x')).rejects.toThrow('expected a cursor of the NuGet adapter');
  });
});

describe('a source without a catalog', () => {
  // Its search knows no hidden packages, and no end but that of its packages.
  const found = many.map((one, index) => ({ ...one, rank: index + 1 }));
  const options = { catalog: false, excluded: new Set<string>() };

  test('names by its search, from every cursor the rest, and no changes', async () => {
    await using session = await open(found, { ...options, pageRows: 7 });
    const { pages, names, cursor } = await list(session);
    expect(names).toEqual(many.map(({ name }) => name));
    expect(pages.length).toBeGreaterThan(4);
    for (const [index, page] of pages.entries()) expect((await list(session, page.cursor)).pages).toEqual(pages.slice(index + 1));
    expect((await moved(session, cursor)).pages).toMatchObject([
      { touched: [], relist: 'the source has no catalog, so only a new listing tells what moved', cursor },
    ]);
    expect(asked(session, '/catalog0/')).toEqual([]);
    expect(await nuget.latest('Demo.N03', session.io)).toMatchObject({ version: '1.0.0' });
  });

  test('no packages at all, rows that are none, and a search that cannot be walked', async () => {
    await using session = await open([], options);
    expect((await list(session)).pages).toMatchObject([{ names: [], dropped: {} }]);
    instead(session, '/autocomplete', () => ({ totalHits: 3, data: ['Good', null, '../up'] }));
    expect((await list(session)).pages).toMatchObject([{ names: [{ name: 'Good' }], dropped: { 'row-not-understood': 2 } }]);
    instead(session, '/autocomplete', () => ({ totalHits: 9, data: ['a', 'b'] }));
    await expect(list(session)).rejects.toThrow('does not understand "skip"');
    instead(session, '/autocomplete', ({ query }) => ({ totalHits: 9, data: query.get('skip') === '0' ? ['a', 'b'] : [] }));
    await expect(list(session)).rejects.toThrow("expected 9 ids, but the source's search ends at 2");
  });

  test('a count of the rows in one answer is not taken for the whole', async () => {
    await using session = await open([], options);
    const all = Array.from({ length: 2500 }, (_, index) => `Demo.N${index}`);
    instead(session, '/autocomplete', ({ query }) => {
      const skip = Number(query.get('skip'));
      const data = all.slice(skip, skip + 1000);
      return { totalHits: data.length, data };
    });
    expect((await list(session)).names).toEqual(all);
  });
});

test('commit times sort as text to a ten-millionth of a second', () => {
  const times = [
    '2026-09-16T10:26:20Z',
    '2026-09-16T10:26:20.8736413Z',
    '2026-09-16T10:26:20.8736414Z',
    '2026-09-16T10:26:20.88Z',
    '2026-09-16T12:26:21+02:00',
  ];
  const stamps = times.map(commitStamp);
  expect(stamps.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(stamps);
  expect(new Set(stamps).size).toBe(times.length);
  expect(stamps.at(-1)).toBe('2026-09-16T10:26:21.0000000Z');
  expect(['', 'now', '2026-09-16', '2026-13-16T10:26:20Z', '2026-09-16T10:26:20.Z'].map(commitStamp)).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});
