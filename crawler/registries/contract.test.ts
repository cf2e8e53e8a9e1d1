/**
 * What every adapter owes, whatever its registry's wire looks like: one suite, run for all of them over their stand-ins,
 * through the real door.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { NoRelease, RegistryId, Release } from '../../data/model.ts';
import { CrawlError } from '../errors.ts';
import type { Registry } from '../registry.ts';
import { handmade, worldOf, type Draft } from '../stand-in/handmade.ts';
import { npmOrigins, npmStandIn } from '../stand-in/npm.ts';
import { createPacker } from '../stand-in/pack.ts';
import { pypiOrigins, pypiStandIn } from '../stand-in/pypi.ts';
import { FASTLY_503, cloudflare1015 } from '../stand-in/replies.ts';
import type { Answer, Fault, Handler, StandInRequest } from '../stand-in/server.ts';
import { openSession, type Session, type SessionOptions } from '../stand-in/session.ts';
import { createWorld, isListed, type Planter, type World, type WorldPackage } from '../stand-in/world.ts';
import { REGISTRIES } from './index.ts';

interface Subject {
  readonly standIn: (world: World) => (origin: string) => Handler;
  readonly origins: (origin: string) => Readonly<Record<string, string>>;
  /** As `standIn`, but in pages of few names where the registry's pages hold more than a test should make. */
  readonly inPages: (world: World) => (origin: string) => Handler;
  /** How many packages make several pages of it. */
  readonly several: number;
  /** Puts something that is no package among the packages of an answer; null: this answer lists none. */
  readonly spoil: (request: StandInRequest, answer: Answer) => Answer | null;
}

const SUBJECTS: Partial<Readonly<Record<RegistryId, Subject>>> = {
  pypi: {
    standIn: (world) => pypiStandIn(world),
    origins: pypiOrigins,
    inPages: (world) => pypiStandIn(world),
    several: 10_050,
    spoil: ({ path }, answer) =>
      path === '/simple/' ? replaced(answer, '"projects":[', '"projects":[{"name":["x"]},null,') : null,
  },
  npm: {
    standIn: (world) => npmStandIn(world),
    origins: npmOrigins,
    inPages: (world) => npmStandIn(world, { pageCap: 10 }),
    several: 42,
    spoil: ({ path }, answer) =>
      path.endsWith('/_all_docs') ? replaced(answer, '"rows":[', '"rows":[{"id":["x"]},null,') : null,
  },
};

function subjectOf(id: RegistryId): Subject {
  const subject = SUBJECTS[id];
  if (subject === undefined) throw new Error(`${id} has no line in this suite: add its stand-in above`);
  return subject;
}

function replaced(answer: Answer, from: string, to: string): Answer {
  const body = Buffer.from(answer.body ?? '').toString('utf8');
  if (!body.includes(from)) throw new Error(`expected ${from} in the list to spoil`);
  return { ...answer, body: body.replace(from, () => to) };
}

const plant: Planter = ({ seed, verdict }) => ({
  service: 'invented',
  format: 'invented.token',
  family: 'token',
  verdict,
  snippet: `key = "${createHash('sha256').update(seed).digest('hex')}"`,
  secrets: [createHash('sha256').update(seed).digest('hex')],
});
const world = createWorld({ seed: 'contract', plant, scale: 0.05 });

async function open(registry: Registry, told: World, options: SessionOptions = {}): Promise<Session> {
  const { standIn, origins } = subjectOf(registry.id);
  return openSession(registry, standIn(told), origins, options);
}

describe.each(REGISTRIES)('$id', (registry: Registry) => {
  const subject = subjectOf(registry.id);
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

  test('names: the world’s, each once, with the registry’s own key', async () => {
    await using session = await open(registry, world);
    const pages = await Array.fromAsync(registry.names(null, session.io));
    const names = pages.flatMap((page) => page.names);
    expect(names.map(({ name }) => name).toSorted()).toEqual(listed.map(({ name }) => name).toSorted());
    expect(names.every(({ name, key }) => key === registry.key(name))).toBe(true);
    expect(new Set(names.map(({ key }) => key)).size).toBe(names.length);
    expect(pages.flatMap(({ dropped }) => Object.keys(dropped))).toEqual([]);
  });

  test('many pages: from every cursor, what was not yet listed comes, and from the last one nothing', async () => {
    const packages = Array.from({ length: subject.several }, (_, index) => handmade(registry.id, `demo-${index}`, ['1.0.0']));
    await using session = await openSession(registry, subject.inPages(worldOf(packages)), subject.origins);
    const pages = await Array.fromAsync(registry.names(null, session.io));
    expect(pages.length).toBeGreaterThan(1);
    const all = new Set(packages.map(({ name }) => name));
    for (const [index, { cursor }] of pages.entries()) {
      const before = pages.slice(0, index + 1).flatMap(({ names }) => names.map(({ name }) => name));
      const rest = await Array.fromAsync(registry.names(cursor, session.io));
      expect(new Set([...before, ...rest.flatMap(({ names }) => names.map(({ name }) => name))])).toEqual(all);
      // The same page asked for again is the same page.
      const again = await Array.fromAsync(registry.names(cursor, session.io));
      expect(again).toEqual(rest);
    }
    const last = await Array.fromAsync(registry.names(pages.at(-1)?.cursor ?? null, session.io));
    expect(last.flatMap(({ names }) => names)).toEqual([]);
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
    let spoiled = 0;
    const standIn = (origin: string): Handler => {
      const handler = subject.standIn(world)(origin);
      return async (request) => {
        const answer = await handler(request);
        const worse = answer === null || spoiled > 0 ? null : subject.spoil(request, answer);
        if (worse !== null) spoiled += 1;
        return worse ?? answer;
      };
    };
    await using session = await openSession(registry, standIn, subject.origins);
    const pages = await Array.fromAsync(registry.names(null, session.io));
    expect(spoiled).toBe(1);
    expect(pages.flatMap(({ names }) => names.map(({ name }) => name)).toSorted()).toEqual(
      listed.map(({ name }) => name).toSorted(),
    );
    const dropped = pages.flatMap((page) => Object.values(page.dropped)).reduce((sum, count) => sum + count, 0);
    expect(dropped + session.drops.length).toBeGreaterThanOrEqual(1);
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
    const truth = world.of(registry.id).filter(({ rank }) => rank !== null && rank <= source.places);
    const ranked = truth.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    expect(places.map(({ rank, key }) => [rank, key])).toEqual(ranked.map(({ rank, name }) => [rank, registry.key(name)]));
    for (const [index, { downloads }] of places.entries()) {
      if (downloads !== null) expect(downloads).toBe(ranked[index]?.downloads);
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
        expect(await listPersistently(registry, session)).toEqual(small.packages.map(({ name }) => name).toSorted());
        expect(listing.left).toBe(0);
      }
      const asking = strike(session, fault, harm === 'unseen' ? 0 : times);
      const found = await registry.latest(target.name, session.io, { artifacts: 'representative' });
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

/** As someone does who keeps cursors: after an error that may pass, goes on from the last one. */
async function listPersistently(registry: Registry, session: Session): Promise<string[]> {
  const names = new Set<string>();
  let cursor: string | null = null;
  for (let attempt = 1; ; attempt += 1) {
    try {
      for await (const page of registry.names(cursor, session.io)) {
        for (const { name } of page.names) names.add(name);
        cursor = page.cursor;
      }
      return [...names].sort();
    } catch (error) {
      if (!(error instanceof CrawlError) || attempt > 3) throw error;
    }
  }
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
