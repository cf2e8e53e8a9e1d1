/** A second run over a world that has changed: it fetches what moved, and its frame is what a fresh listing gives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handmade, worldOf } from '../crawler/stand-in/handmade.ts';
import type { JournalEvent } from '../crawler/stand-in/journal.ts';
import { npmOrigins, npmStandIn } from '../crawler/stand-in/npm.ts';
import { nugetOrigins, nugetStandIn } from '../crawler/stand-in/nuget.ts';
import { pypiOrigins, pypiStandIn } from '../crawler/stand-in/pypi.ts';
import { rubygemsOrigins, rubygemsStandIn } from '../crawler/stand-in/rubygems.ts';
import { startServer, type StandInServer } from '../crawler/stand-in/server.ts';
import type { World, WorldPackage } from '../crawler/stand-in/world.ts';
import { REGISTRY_IDS, type RegistryId } from '../data/model.ts';
import { openReadOnly } from '../data/open.ts';
import { readFrame } from '../data/store/frame.ts';
import { readConfig } from './config.ts';
import { createLog } from './log.ts';
import { research, type ResearchResult } from './research.ts';

const EACH = 18;
const RANKED = 6;
const folder = mkdtempSync(join(tmpdir(), 'incidence-later-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A registry that goes on living: its journal grows between the runs. */
interface Living {
  readonly server: StandInServer;
  readonly origins: Readonly<Record<string, string>>;
  readonly journal: JournalEvent[];
}

const STAND_INS = {
  rubygems: [rubygemsStandIn, rubygemsOrigins],
  nuget: [nugetStandIn, nugetOrigins],
  pypi: [pypiStandIn, pypiOrigins],
  npm: [npmStandIn, npmOrigins],
} as const satisfies Record<RegistryId, unknown>;

function packageOf(id: RegistryId, index: number, releases: readonly string[] = ['1.0.0']): WorldPackage {
  const rank = index < RANKED ? index + 1 : null;
  return handmade(id, `demo-${String(index).padStart(3, '0')}`, releases, { rank, downloads: 1000 - index });
}

async function live(world: World): Promise<Readonly<Record<RegistryId, Living>>> {
  const start = async (id: RegistryId): Promise<[RegistryId, Living]> => {
    const journal: JournalEvent[] = [];
    const [standIn, originsOf] = STAND_INS[id];
    const server = await startServer(standIn(world, { journal }));
    return [id, { server, origins: originsOf(server.origin), journal }];
  };
  return Object.fromEntries(await Promise.all(REGISTRY_IDS.map(start))) as Record<RegistryId, Living>;
}

let registries: Readonly<Record<RegistryId, Living>>;

async function run(db: string, seed: string): Promise<ResearchResult> {
  const path = join(folder, `${db}.db`);
  const settings = Object.fromEntries(
    REGISTRY_IDS.map((id) => {
      const { origins } = registries[id];
      return [id, { origins, rates: Object.fromEntries(Object.keys(origins).map((role) => [role, 2000])) }];
    }),
  );
  const options = { db: path, seed, sample: 'all', registries: settings, validation: { mode: 'off' } };
  const result = await research({
    config: readConfig({ env: {}, options }),
    registries: REGISTRY_IDS,
    named: null,
    env: {},
    log: createLog('error'),
    stderr: process.stderr,
  });
  expect(result.problems).toEqual([]);
  return result;
}

async function framesOf(db: string, result: ResearchResult): Promise<Readonly<Record<RegistryId, readonly string[]>>> {
  const database = await openReadOnly(join(folder, `${db}.db`));
  try {
    const frames: Record<RegistryId, string[]> = { rubygems: [], nuget: [], pypi: [], npm: [] };
    for (const id of REGISTRY_IDS) {
      for await (const page of readFrame(database, result.run, id)) frames[id].push(...page.map(({ name }) => name));
      frames[id].sort();
    }
    return frames;
  } finally {
    await database.close();
  }
}

/** Versions by package, as a run found them. */
async function versionsOf(db: string, result: ResearchResult): Promise<ReadonlyMap<string, string | null>> {
  const database = await openReadOnly(join(folder, `${db}.db`));
  try {
    const rows = await database.db
      .selectFrom('selection')
      .innerJoin('package', 'package.id', 'selection.package_id')
      .leftJoin('release', 'release.id', 'selection.release_id')
      .select(['package.registry', 'package.key', 'release.version', 'selection.rank', 'selection.state'])
      .where('selection.run_id', '=', result.run)
      .execute();
    return new Map(rows.map((row) => [`${row.registry}:${row.key}`, `${row.state} ${row.version} #${row.rank}`]));
  } finally {
    await database.close();
  }
}

/** What was asked of each registry since `from`. */
function asked(from: Readonly<Record<string, number>>): Record<RegistryId, readonly string[]> {
  const of = (id: RegistryId) => registries[id].server.ledger.slice(from[id] ?? 0).map(({ path }) => path);
  return { rubygems: of('rubygems'), nuget: of('nuget'), pypi: of('pypi'), npm: of('npm') };
}

/** A few places of a ranking are held against the registry's own counts, moved or not. */
function isCheckOfRanking(path: string): boolean {
  return /\/api\/v1\/gems\/|\/downloads\/point\//.test(path);
}

const counts = () => Object.fromEntries(REGISTRY_IDS.map((id) => [id, registries[id].server.ledger.length]));

describe('a later run', () => {
  beforeAll(async () => {
    const packages = REGISTRY_IDS.flatMap((id) => Array.from({ length: EACH }, (_, index) => packageOf(id, index)));
    registries = await live(worldOf(packages));
  });
  afterAll(async () => {
    await Promise.all(Object.values(registries).map(async ({ server }) => server.close()));
  });

  test('where nothing moved asks for the changes and the ranking, and finds the same', async () => {
    const first = await run('living', 'one');
    const before = counts();
    const second = await run('living', 'two');
    expect(await framesOf('living', second)).toEqual(await framesOf('living', first));
    expect(await versionsOf('living', second)).toEqual(await versionsOf('living', first));
    expect(second.tally.downloaded).toBe(0);
    for (const [id, paths] of Object.entries(asked(before))) {
      // npm's feed is read from ten numbers before the listing on: what has one of these may have moved meanwhile.
      const again = paths.filter((path) => path.includes('demo-') && !isCheckOfRanking(path));
      expect([id, again.length]).toEqual([id, id === 'npm' ? expect.toSatisfy((count: number) => count <= 10) : 0]);
      const others = paths.filter((path) => !path.includes('demo-'));
      expect([id, others.length < 20]).toEqual([id, true]);
    }
  });

  test('fetches what moved and nothing else, and has the frame of a fresh listing', async () => {
    for (const id of REGISTRY_IDS) {
      registries[id].journal.push(
        { kind: 'published', package: packageOf(id, 900) },
        { kind: 'published', package: packageOf(id, 3, ['1.0.0', '1.1.0']) },
        { kind: 'touched', name: 'demo-010' },
        { kind: 'deleted', name: 'demo-014' },
      );
    }
    const before = counts();
    const later = await run('living', 'three');
    const spent = asked(before);
    const between = counts();
    const fresh = await run('fresh', 'three');
    const afresh = asked(between);

    const [frames, wanted] = [await framesOf('living', later), await framesOf('fresh', fresh)];
    const world = Array.from({ length: EACH }, (_, index) => packageOf('npm', index).name).filter((name) => name !== 'demo-014');
    for (const id of REGISTRY_IDS) {
      expect(frames[id]).toEqual(expect.arrayContaining([...world, 'demo-900']));
      // RubyGems lists a gem until its index is written anew.
      expect([id, frames[id].includes('demo-014')]).toEqual([id, id === 'rubygems']);
      expect(frames[id]).toEqual(wanted[id]);
    }
    const [found, truth] = [await versionsOf('living', later), await versionsOf('fresh', fresh)];
    for (const [key, state] of found) expect([key, state]).toEqual([key, truth.get(key)]);
    for (const id of REGISTRY_IDS) {
      expect(found.get(`${id}:demo-003`)).toMatch(/^analysed 1\.1\.0 #4$/);
      const names = new Set(
        spent[id]
          .filter((path) => !isCheckOfRanking(path))
          .flatMap((path) => /demo[-_.]\d{3}/.exec(path)?.[0].replace(/[_.]/, '-') ?? []),
      );
      const moved = ['demo-003', 'demo-010', 'demo-014', 'demo-900'];
      expect([id, [...names].filter((name) => !moved.includes(name))]).toEqual([id, []]);
      expect(names.has('demo-900') && names.has('demo-003')).toBe(true);
      expect(spent[id].length).toBeLessThan(afresh[id].length / 2);
    }
    expect(REGISTRY_IDS.flatMap((id) => registries[id].server.unknown)).toEqual([]);
  });
});
