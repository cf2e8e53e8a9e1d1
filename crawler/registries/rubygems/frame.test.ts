import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../errors.ts';
import type { JournalEvent } from '../../stand-in/journal.ts';
import type { WorldPackage } from '../../stand-in/world.ts';
import { rubygems } from './index.ts';
import { gem, list, moved, open, platforms, REPRESENTATIVE } from './test-kit.ts';

const many = Array.from({ length: 12_000 }, (_, index) => gem(`gem_${index}`, []));

/** The gem with a release that is packed once, however many gems have it. */
const { releases: shared } = gem('shared');
function indexed(one: WorldPackage): WorldPackage {
  return { ...one, releases: shared };
}

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
    const gems = many.map((one) => indexed(one));
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
    for (const one of many) journal.push({ kind: 'published', package: indexed(one) });
    const all = await moved(session, cursor);
    expect(all.pages.map(({ touched }) => touched.length)).toEqual([5000, 5000, 2000]);
    for (const [index, page] of all.pages.entries()) {
      expect((await moved(session, page.cursor)).touched.join()).toBe(all.touched.slice((index + 1) * 5000).join());
    }
  });
});
