import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createPacker } from '../../stand-in/pack.ts';
import { createWorld } from '../../stand-in/world.ts';
import { plainPlant } from '../../stand-in/world/plain-plant.ts';
import { rubygems } from './index.ts';
import { list, open, REPRESENTATIVE } from './test-kit.ts';

const world = createWorld({ seed: 'gems', plant: plainPlant, scale: 1 });

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
