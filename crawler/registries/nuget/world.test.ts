import { describe, expect, test } from 'vitest';
import { nugetOrigins, nugetStandIn, type NugetStandInOptions } from '../../stand-in/nuget.ts';
import { createPacker } from '../../stand-in/pack.ts';
import { openSession, type Session } from '../../stand-in/session.ts';
import { plainPlant } from '../../stand-in/world/plain-plant.ts';
import { createWorld, type WorldPackage } from '../../stand-in/world.ts';
import { nuget } from './index.ts';
import { gallerySearch } from './rankings.ts';

async function open(options: NugetStandInOptions = {}): Promise<Session> {
  return openSession(nuget, nugetStandIn(world, options), nugetOrigins);
}

const world = createWorld({ seed: 'nuget', plant: plainPlant });

describe('the invented world', () => {
  test.each([{}, { says: 'public' }, { pageSize: 40 }] as const)('exactly its names: %o', async (options) => {
    await using session = await open(options);
    const pages = await Array.fromAsync(nuget.names(null, session.io));
    const keys = new Set(pages.flatMap(({ names }) => names.map(({ key }) => key)));
    expect([...keys].sort()).toEqual(
      world
        .of('nuget')
        .map(({ name }) => name.toLowerCase())
        .sort(),
    );
    expect(pages.every(({ dropped }) => Object.keys(dropped).length === 0)).toBe(true);
  });

  test('its ranking, hidden packages included', async () => {
    await using session = await open();
    const ranked = world
      .of('nuget')
      .filter(({ rank }) => rank !== null)
      .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    const { places } = await gallerySearch.read(session.io, 10_000);
    expect(places).toEqual(ranked.map(({ rank, name, downloads }) => ({ rank, name, key: name.toLowerCase(), downloads })));
  });

  test('the newest release of every package, byte for byte, or why there is none', async () => {
    await using session = await open({ says: 'public' });
    const packer = createPacker();
    const check = async (one: WorldPackage) => {
      const found = await nuget.latest(one.name, session.io);
      if (one.latest === null) {
        expect(found).toMatchObject({ registry: 'nuget', name: one.name, reason: one.noRelease });
        return;
      }
      const release = one.releases.find(({ version }) => version === one.latest);
      if (release === undefined || 'reason' in found) throw new Error(`expected a release of ${one.name}`);
      const [made] = release.artifacts;
      if (made === undefined) throw new Error(`${one.name} has no file`);
      const packed = await packer({ name: one.name, version: release.version, publishedAt: release.publishedAt }, made);
      expect(found).toMatchObject({ name: one.name, version: one.latest, prerelease: release.prerelease });
      expect(found.publishedAt).toBe(new Date(release.publishedAt).toISOString());
      expect(found.artifacts).toMatchObject([
        {
          filename: made.filename,
          kind: 'nupkg',
          bytes: packed.bytes.length,
          digest: { algorithm: 'sha512', hex: packed.sha512 },
        },
      ]);
      for (const artifact of found.artifacts) {
        const { bytes, verified } = await session.io.download(artifact, { maxBytes: 10_000_000 });
        expect(verified).toBe(true);
        expect(Buffer.compare(bytes, packed.bytes)).toBe(0);
      }
    };
    await Promise.all(world.of('nuget').map(check));
    expect(session.drops).toEqual([]);
    expect(session.server.ledger.filter(({ path }) => path === '/api-host/v3/index.json')).toHaveLength(1);
  });
});
