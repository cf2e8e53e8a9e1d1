/**
 * What every adapter owes, whatever its registry's wire looks like: one suite, run for all of them over their stand-ins,
 * through the real door.
 */
import { describe, expect, test } from 'vitest';
import type { NoRelease, RegistryId, Release } from '../../data/model.ts';
import { CrawlError } from '../errors.ts';
import type { NamePage, Registry } from '../registry.ts';
import { handmade, worldOf, type Draft } from '../stand-in/handmade.ts';
import { npmOrigins, npmStandIn } from '../stand-in/npm.ts';
import { nugetOrigins, nugetStandIn } from '../stand-in/nuget.ts';
import { createPacker } from '../stand-in/pack.ts';
import { pypiOrigins, pypiStandIn } from '../stand-in/pypi.ts';
import { FASTLY_503, cloudflare1015 } from '../stand-in/replies.ts';
import { rubygemsOrigins, rubygemsStandIn } from '../stand-in/rubygems.ts';
import type { Fault, Handler } from '../stand-in/server.ts';
import { openSession, type Session, type SessionOptions } from '../stand-in/session.ts';
import { createWorld, isListed, type World, type WorldPackage } from '../stand-in/world.ts';
import { plainPlant } from '../stand-in/world/plain-plant.ts';
import { REGISTRIES } from './index.ts';

interface Subject {
  readonly standIn: (world: World) => (origin: string) => Handler;
  readonly origins: (origin: string) => Readonly<Record<string, string>>;
  /** As `standIn`, in pages of few names where the registry's own hold more than a test should make. */
  readonly inPages: (world: World) => (origin: string) => Handler;
  /** How many packages make several pages of it. */
  readonly several: number;
  /** Whether the list gives names as their publishers wrote them, or in any case. */
  readonly spelling: 'exact' | 'any case';
  /** Whether a source of rankings does not know a package, for a weakness that it states. */
  readonly leavesOut?: (source: string, one: WorldPackage) => boolean;
  /** As `standIn`, with two things that are no packages among the packages of its list. */
  readonly spoiled: (world: World) => (origin: string) => Handler;
}

const SUBJECTS: Readonly<Record<RegistryId, Subject>> = {
  rubygems: {
    standIn: (world) => rubygemsStandIn(world),
    origins: rubygemsOrigins,
    spelling: 'exact',
    inPages: (world) => rubygemsStandIn(world),
    several: 5050,
    spoiled: (world) => rubygemsStandIn(world, { strays: ['no line', '../gem 1.0.0 0123456789abcdef0123456789abcdef'] }),
  },
  nuget: {
    standIn: (world) => nugetStandIn(world),
    origins: nugetOrigins,
    spelling: 'any case',
    inPages: (world) => nugetStandIn(world, { pageSize: 10 }),
    several: 42,
    leavesOut: (source, { name }) => /pages|autocomplete/.test(source) && name.startsWith('Microsoft.'),
    spoiled: (world) => nugetStandIn(world, { strays: [{ 'nuget:id': ['x'] }, null] }),
  },
  pypi: {
    standIn: (world) => pypiStandIn(world),
    origins: pypiOrigins,
    spelling: 'exact',
    inPages: (world) => pypiStandIn(world),
    several: 10_050,
    spoiled: (world) => pypiStandIn(world, { strays: [{ name: ['x'] }, null] }),
  },
  npm: {
    standIn: (world) => npmStandIn(world),
    origins: npmOrigins,
    spelling: 'exact',
    inPages: (world) => npmStandIn(world, { pageCap: 10 }),
    several: 42,
    spoiled: (world) => npmStandIn(world, { strays: [{ id: ['x'] }, null] }),
  },
};

const world = createWorld({ seed: 'contract', plant: plainPlant, scale: 0.05 });

async function open(registry: Registry, told: World, options: SessionOptions = {}): Promise<Session> {
  const { standIn, origins } = SUBJECTS[registry.id];
  return openSession(registry, standIn(told), origins, options);
}

describe.each(REGISTRIES)('$id', (registry: Registry) => {
  const subject = SUBJECTS[registry.id];
  const listed = world.of(registry.id).filter(isListed);

  test('says of each budget where it comes from, and has one for each origin it asks', () => {
    expect(registry.budgets.map(({ origin }) => origin).sort()).toEqual(Object.keys(registry.origins).sort());
    for (const { perSecond, concurrency, source } of registry.budgets) {
      expect([perSecond > 0, concurrency > 0, source.length > 20]).toEqual([true, true, true]);
    }
  });

  test('two sources of rankings at least, each with its terms and weaknesses, and an honest number of places', () => {
    expect(registry.rankings.length).toBeGreaterThanOrEqual(2);
    expect(new Set(registry.rankings.map(({ id }) => id)).size).toBe(registry.rankings.length);
    for (const source of registry.rankings) {
      expect(source.url).toMatch(/^https:\/\//);
      for (const text of [source.label, source.measures, source.terms, source.weaknesses]) expect(text.length).toBeGreaterThan(2);
      expect(source.places).toBeGreaterThanOrEqual(100);
    }
    expect(Math.max(...registry.rankings.map(({ places }) => places))).toBeGreaterThanOrEqual(10_000);
  });

  test('an empty registry: no names, nothing moved, no places', async () => {
    await using session = await open(registry, worldOf([]));
    const pages = await Array.fromAsync(registry.names(null, session.io));
    expect(pages.flatMap(({ names }) => names)).toEqual([]);
    const cursor = pages.at(-1)?.cursor;
    if (cursor !== undefined) {
      const moved = await Array.fromAsync(registry.changes(cursor, session.io));
      expect(moved.filter(({ touched, removed, relist }) => touched.length + removed.length > 0 || relist !== null)).toEqual([]);
    }
    for (const source of registry.rankings) expect((await source.read(session.io, 100)).places).toEqual([]);
  });

  test('names: the world’s and no others, with the registry’s own key', async () => {
    await using session = await open(registry, world);
    const pages = await Array.fromAsync(registry.names(null, session.io));
    const names = pages.flatMap((page) => page.names);
    expect(keysIn(pages)).toEqual(keysOf(registry, listed));
    expect(names.every(({ name, key }) => key === registry.key(name))).toBe(true);
    if (subject.spelling === 'exact') {
      expect(names.map(({ name }) => name).toSorted()).toEqual(listed.map(({ name }) => name).toSorted());
    }
    expect(pages.flatMap(({ dropped }) => Object.keys(dropped))).toEqual([]);
  });

  test('many pages: from every cursor, what was not yet listed comes, and from the last one nothing', async () => {
    const packages = Array.from({ length: subject.several }, (_, index) => handmade(registry.id, `demo-${index}`, []));
    await using session = await openSession(registry, subject.inPages(worldOf(packages)), subject.origins);
    const pages = await Array.fromAsync(registry.names(null, session.io));
    expect(pages.length).toBeGreaterThan(1);
    const all = keysOf(registry, packages);
    for (const [index, { cursor }] of pages.entries()) {
      const rest = await Array.fromAsync(registry.names(cursor, session.io));
      expect(keysIn([...pages.slice(0, index + 1), ...rest])).toEqual(all);
      if (index === pages.length - 1) expect(keysIn(rest)).toEqual([]);
      // What is asked for again is the same again.
      if (index === 0) expect(await Array.fromAsync(registry.names(cursor, session.io))).toEqual(rest);
    }
  });

  test('changes: nothing is missed from any cursor of a listing that is done', async () => {
    await using session = await open(registry, world);
    const cursor = (await Array.fromAsync(registry.names(null, session.io))).at(-1)?.cursor ?? '';
    const first = await Array.fromAsync(registry.changes(cursor, session.io));
    expect(first.every(({ relist, removed }) => relist === null && removed.length === 0)).toBe(true);
    const known = new Set(listed.map(({ name }) => name));
    expect(first.flatMap(({ touched }) => touched).filter(({ name }) => !known.has(name))).toEqual([]);
    const settled = first.at(-1)?.cursor ?? cursor;
    expect((await Array.fromAsync(registry.changes(settled, session.io))).flatMap(({ touched }) => touched)).toEqual([]);
  });

  test('a cursor of another adapter is refused', async () => {
    await using session = await open(registry, worldOf([]));
    await expect(Array.fromAsync(registry.names('not a cursor', session.io))).rejects.toThrow('expected a cursor');
    await expect(Array.fromAsync(registry.changes('not a cursor', session.io))).rejects.toThrow('expected a cursor');
  });

  test('something that is no package among the packages: dropped, counted, its neighbours kept', async () => {
    await using session = await openSession(registry, subject.spoiled(world), subject.origins);
    const pages = await Array.fromAsync(registry.names(null, session.io));
    expect(keysIn(pages)).toEqual(keysOf(registry, listed));
    expect(pages.flatMap((page) => Object.values(page.dropped)).reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  test('every package of the world: its latest release byte for byte, or why there is none', async () => {
    await using session = await open(registry, world);
    const packer = createPacker();
    for (const one of world.of(registry.id)) {
      const found = await registry.latest(one.name, session.io, { artifacts: 'representative' });
      await expectTruth(session, one, found, packer);
    }
  });

  test.each(registry.rankings)('$id tells the world’s ranking', async (source) => {
    await using session = await open(registry, world);
    const { places } = await source.read(session.io, 10_000);
    const ranked = world.of(registry.id).filter(({ rank }) => rank !== null);
    const known = ranked.filter((one) => subject.leavesOut?.(source.id, one) !== true);
    if (known.length < ranked.length) expect(source.weaknesses).toMatch(/hid|leaves out|left out|framework/i);
    known.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    expect(places.map(({ rank, key }) => [rank, key])).toEqual(known.map(({ name }, index) => [index + 1, registry.key(name)]));
    for (const [index, { downloads }] of places.entries()) {
      if (downloads !== null) expect(downloads).toBe(known[index]?.downloads);
    }
    expect((await source.read(session.io, 7)).places).toEqual(places.slice(0, 7));
  });

  describe('faults on the wire', () => {
    const target = listed.find(({ latest, rank }) => latest !== null && rank !== null) as WorldPackage;
    const small = worldOf(
      [...listed.filter(({ latest }) => latest !== null).slice(0, 12), target].filter(
        (one, index, all) => all.indexOf(one) === index,
      ),
    );

    test.each(FAULTS)('$label: all is got in the end, as if nothing had been', async ({ fault, harm = 'passing', options }) => {
      await using session = await open(registry, small, options);
      // One that gives wrong bytes is tried anew once, one that gives none more often.
      const times = harm === 'passing' ? 2 : 1;
      if (harm !== 'unseen') {
        const listing = strike(session, fault, harm === 'slow' ? 1 : 2);
        expect(await listPersistently(registry, session)).toEqual(keysOf(registry, small.packages));
        expect(listing.left).toBe(0);
      }
      const asking = strike(session, fault, harm === 'unseen' ? 0 : times);
      const found = await persistently(() => registry.latest(target.name, session.io, { artifacts: 'representative' }));
      expect(asking.left).toBe(0);
      const loading = strike(session, fault, times);
      await expectTruth(session, target, found, createPacker());
      expect(loading.left).toBe(0);
    });

    test('a host that fails for ever is given up, with the reason', async () => {
      await using session = await open(registry, small, { tuning: { patienceMs: 300 } });
      session.server.faults(() => ({ kind: 'reset' }));
      await expect(Array.fromAsync(registry.names(null, session.io))).rejects.toMatchObject({ reason: 'unavailable' });
      await expect(registry.latest(target.name, session.io, { artifacts: 'all' })).rejects.toThrow(CrawlError);
    });

    test('an answer larger than the adapter allows is not taken into memory', async () => {
      await using session = await open(registry, small);
      const found = await registry.latest(target.name, session.io, { artifacts: 'representative' });
      const [artifact] = 'artifacts' in found ? found.artifacts : [];
      if (artifact === undefined) throw new Error('expected an artifact');
      await expect(session.io.download(artifact, { maxBytes: 10 })).rejects.toMatchObject({ reason: 'too-large' });
    });

    test('asked to stop, it stops', async () => {
      await using session = await open(registry, small);
      session.server.faults(() => ({ kind: 'stall' }));
      const listing = Array.fromAsync(registry.names(null, session.io));
      setTimeout(() => session.stop(new Error('stopped by the test')), 50);
      await expect(listing).rejects.toThrow('stopped by the test');
    });
  });
});

/** Each key once: a listing may tell a package again, never leave one out. */
function keysIn(pages: readonly NamePage[]): string[] {
  return [...new Set(pages.flatMap(({ names }) => names.map(({ key }) => key)))].sort();
}

function keysOf(registry: Registry, packages: readonly WorldPackage[]): string[] {
  return packages.map(({ name }) => registry.key(name)).sort();
}

interface FaultCase {
  readonly label: string;
  readonly fault: Fault;
  /** `slow`: no harm; `wrong`: something else comes; `unseen`: and nothing but a digest can tell, so only files are struck. */
  readonly harm?: 'passing' | 'slow' | 'wrong' | 'unseen';
  readonly options?: SessionOptions;
}

const FAULTS: readonly FaultCase[] = [
  { label: '429 with Retry-After', fault: { kind: 'answer', answer: cloudflare1015('0.1') } },
  { label: '429 without Retry-After', fault: { kind: 'answer', answer: cloudflare1015(null) } },
  { label: '429 with Retry-After: 0', fault: { kind: 'answer', answer: cloudflare1015('0') } },
  {
    label: '503 with a page of HTML',
    fault: { kind: 'answer', answer: { ...FASTLY_503, headers: { 'content-type': 'text/html' } } },
  },
  { label: '503 that asks to wait', fault: { kind: 'answer', answer: FASTLY_503 } },
  {
    label: 'a page of HTML with 200',
    harm: 'wrong',
    fault: { kind: 'answer', answer: { ...FASTLY_503, status: 200, headers: { 'content-type': 'text/html' } } },
  },
  { label: 'a connection that is reset', fault: { kind: 'reset' } },
  { label: 'a body that is cut off', fault: { kind: 'cut', bytes: 40 } },
  { label: 'a bit that is turned', fault: { kind: 'flip', at: 33 }, harm: 'unseen' },
  { label: 'a body that stalls', fault: { kind: 'stall' }, options: { idleMs: 60 } },
  { label: 'a body that drips', fault: { kind: 'drip', bytes: 700, everyMs: 1 }, harm: 'slow' },
];

/** The next `times` requests meet the fault, those after them none. */
function strike(session: Session, fault: Fault, times: number): { readonly left: number } {
  const count = { left: times };
  session.server.faults(() => {
    if (count.left === 0) return null;
    count.left -= 1;
    return fault;
  });
  return count;
}

/** As someone does who puts a package aside after an error and comes back to it. */
async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CrawlError) || attempt > 3) throw error;
    }
  }
}

/** As someone does who keeps cursors: after an error that may pass, goes on from the last one. */
async function listPersistently(registry: Registry, session: Session): Promise<string[]> {
  const keys = new Set<string>();
  let cursor: string | null = null;
  await persistently(async () => {
    for await (const page of registry.names(cursor, session.io)) {
      for (const { key } of page.names) keys.add(key);
      cursor = page.cursor;
    }
  });
  return [...keys].sort();
}

/** That what was found is what the world and its packer say, with every artifact downloaded. */
async function expectTruth(
  session: Session,
  one: WorldPackage,
  found: Release | NoRelease,
  packer: ReturnType<typeof createPacker>,
): Promise<void> {
  if (one.latest === null || 'reason' in found) {
    expect([one.name, 'reason' in found ? found.reason : `release ${found.version}`]).toEqual([one.name, one.noRelease]);
    return;
  }
  const release = one.releases.find(({ version }) => version === one.latest);
  if (release === undefined) throw new Error(`${one.name} ${one.latest} is not in the world`);
  expect([found.registry, found.name, found.version, found.prerelease]).toEqual([
    one.registry,
    one.name,
    one.latest,
    release.prerelease,
  ]);
  expect(found.artifacts.length).toBeGreaterThan(0);
  for (const artifact of found.artifacts) {
    const made = release.artifacts.find(({ filename }) => filename === artifact.filename);
    if (made === undefined) throw new Error(`${one.name}: ${artifact.filename} is no artifact of ${one.latest}`);
    const packed = await packer({ name: one.name, version: release.version, publishedAt: release.publishedAt }, made);
    const { bytes, sha256, verified } = await session.io.download(artifact, { maxBytes: 10_000_000 });
    expect(Buffer.compare(bytes, packed.bytes)).toBe(0);
    expect(artifact.bytes === null || artifact.bytes === bytes.length).toBe(true);
    expect([artifact.kind, sha256, verified]).toEqual([made.kind, packed.sha256, artifact.digest !== null]);
  }
}

describe('the four adapters give the same world', () => {
  /** The same packages in every registry, each version spelled as it is there. */
  const pre: Readonly<Record<RegistryId, string>> = {
    rubygems: '2.0.0.rc1',
    nuget: '2.0.0-rc1',
    pypi: '2.0.0rc1',
    npm: '2.0.0-rc1',
  };

  function quartet(id: RegistryId): WorldPackage[] {
    const ahead: Draft = { version: pre[id], prerelease: true };
    return [
      handmade(id, 'plain', ['1.0.0', '1.10.0'], { rank: 1, downloads: 900, latest: '1.10.0' }),
      handmade(id, 'numbers', ['1.9.0', '1.10.0', '1.2.0'], { rank: 2, downloads: 500, latest: '1.10.0' }),
      handmade(id, 'ahead', ['1.0.0', ahead], { rank: 3, downloads: 500, latest: '1.0.0' }),
      handmade(id, 'withdrawn', ['1.0.0', { version: '1.1.0', withdrawn: true }], { rank: null, latest: '1.0.0' }),
      handmade(id, 'early', [ahead], { rank: null, latest: pre[id] }),
    ];
  }

  /** What an adapter tells, without what belongs to its registry alone. */
  async function tell(registry: Registry): Promise<unknown> {
    const packages = quartet(registry.id);
    await using session = await open(registry, worldOf(packages));
    const names = (await Array.fromAsync(registry.names(null, session.io))).flatMap((page) => page.names.map(({ name }) => name));
    const [source] = registry.rankings;
    const ranking = (await source?.read(session.io, 10))?.places.map(({ rank, name, downloads }) => [rank, name, downloads]);
    const releases = await Promise.all(
      names.toSorted().map(async (name) => {
        const found = await registry.latest(name, session.io, { artifacts: 'representative' });
        if ('reason' in found) return [name, found.reason];
        return [
          name,
          found.version === pre[registry.id] ? 'the pre-release' : found.version,
          found.prerelease,
          found.artifacts.length,
        ];
      }),
    );
    return { ranking, releases };
  }

  test.each(REGISTRIES)('$id', async (registry: Registry) => {
    expect(await tell(registry)).toEqual({
      // Equal downloads: by key.
      ranking: [
        [1, 'plain', 900],
        [2, 'ahead', 500],
        [3, 'numbers', 500],
      ],
      releases: [
        ['ahead', '1.0.0', false, 1],
        ['early', 'the pre-release', true, 1],
        ['numbers', '1.10.0', false, 1],
        ['plain', '1.10.0', false, 1],
        ['withdrawn', '1.0.0', false, 1],
      ],
    });
  });
});
