import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { REGISTRY_IDS, TIERS, tierOf, VERDICTS } from '../../data/model.ts';
import { createPacker } from './pack.ts';
import { toolNamed } from './tool.ts';
import { createWorld, type WorldFile, type WorldPackage } from './world.ts';
import { assemblyOf } from './world/assembly.ts';
import { plainPlant as plant } from './world/plain-plant.ts';

const world = createWorld({ seed: 'one', plant });

function releaseOf(one: WorldPackage) {
  return one.releases.find((release) => release.version === one.latest);
}

/** All texts of a file: as it is, as UTF-16 at either parity, and those inside of a zip. */
function textsOf(file: WorldFile): string[] {
  if (typeof file.content === 'string') return [file.content];
  const bytes = Buffer.from(file.content);
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') {
    return Object.values(unzipSync(bytes)).map((entry) => Buffer.from(entry).toString('utf8'));
  }
  return [bytes.toString('utf16le'), bytes.subarray(1).toString('utf16le')];
}

describe('a world', () => {
  test('is the same for the same seed, and another for another', () => {
    const packages = (seed: string) => createWorld({ seed, plant, scale: 0.2 }).packages;
    expect(packages('one')).toEqual(packages('one'));
    expect(packages('two')).not.toEqual(packages('one'));
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('has no scale of %s', (scale) => {
    expect(() => createWorld({ seed: 'one', plant, scale })).toThrow('scale of a world');
  });

  test('grows with its scale', () => {
    const larger = createWorld({ seed: 'one', plant, scale: 3 });
    expect(larger.packages.length).toBeGreaterThan(2.8 * world.packages.length);
    expect(larger.packages.length).toBeGreaterThan(4000);
  });

  test.each(REGISTRY_IDS)('%s: names are distinct under every rule, ranks gapless by downloads', (id) => {
    const packages = world.of(id);
    const keys = packages.map((one) => one.name.toLowerCase().replace(/[-_.]+/g, '-'));
    expect(new Set(keys).size).toBe(packages.length);
    const ranked = packages.filter((one) => one.rank !== null).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    expect(ranked.map((one) => one.rank)).toEqual(ranked.map((_, index) => index + 1));
    expect(ranked.length).toBeGreaterThan(100);
    expect(ranked.length).toBeLessThan(packages.length);
    const steps = ranked.slice(1).map((one, index) => (ranked[index]?.downloads ?? 0) - one.downloads);
    expect(steps.every((step) => step >= 0)).toBe(true);
    expect(steps).toContain(0);
  });

  test('has packages of npm in every tier, of the others in all but one', () => {
    const tiers = (id: (typeof REGISTRY_IDS)[number]) => new Set(world.of(id).map((one) => tierOf(one.rank)));
    expect(tiers('npm')).toEqual(new Set(TIERS));
    for (const id of ['rubygems', 'nuget', 'pypi'] as const)
      expect(tiers(id)).toEqual(new Set(['top100', 'top1000', 'unranked']));
  });

  test.each(REGISTRY_IDS)('%s: the latest release exists, is not withdrawn, has files; or there is a reason', (id) => {
    for (const one of world.of(id)) {
      const release = releaseOf(one);
      expect([one.name, one.latest === null]).toEqual([one.name, one.noRelease !== null]);
      if (one.latest === null) {
        expect(one.plants).toEqual([]);
        continue;
      }
      expect([one.name, release?.withdrawn]).toEqual([one.name, false]);
      expect(release?.artifacts.length).toBeGreaterThan(0);
      const finals = one.releases.filter((other) => !other.prerelease && !other.withdrawn && other.artifacts.length > 0);
      if (finals.length > 0) expect([one.name, release?.prerelease]).toEqual([one.name, false]);
    }
  });

  test.each(REGISTRY_IDS)('%s: every verdict occurs, and about one package in ten carries tokens', (id) => {
    const packages = id === 'npm' ? world.of(id).filter((one) => one.releases.length > 1) : world.of(id);
    const carrying = packages.filter((one) => one.plants.length > 0);
    expect(new Set(world.of(id).flatMap((one) => one.plants.map((each) => each.verdict)))).toEqual(new Set(VERDICTS));
    expect(carrying.length / packages.length).toBeGreaterThan(0.08);
    expect(carrying.length / packages.length).toBeLessThan(0.2);
    expect(carrying.some((one) => one.plants.length > 1)).toBe(true);
  });

  test('one token stands in several packages of several registries', () => {
    const holders = new Map<string, WorldPackage[]>();
    for (const one of world.packages) {
      for (const each of one.plants) holders.set(each.secrets.join(), [...(holders.get(each.secrets.join()) ?? []), one]);
    }
    const shared = [...holders.values()].filter((packages) => packages.length > 1);
    expect(shared.length).toBeGreaterThan(0);
    expect(new Set(shared.flat().map((one) => one.registry)).size).toBe(4);
  });

  test('exactly the plants of the truth stand in the representative files of the latest release', () => {
    const everySecret = new Set<string>();
    for (const one of world.packages) {
      const artifacts = (releaseOf(one)?.artifacts ?? []).filter(({ kind, platform }) => {
        if (kind === 'gem') return platform === '' || one.name === 'torist_native_only' || one.name === 'pelund_mswin_only';
        return !platform.includes('manylinux') && !platform.includes('win_');
      });
      const texts = artifacts.flatMap(({ files }) => files).flatMap(textsOf);
      const found = new Set(texts.flatMap((text) => text.match(/<<[0-9a-f]+>>(?:id)?/g) ?? []));
      const planted = one.plants.flatMap((each) => each.secrets);
      expect([one.name, [...found].sort()]).toEqual([one.name, [...new Set(planted)].sort()]);
      for (const secret of planted) everySecret.add(secret);
    }
    expect(everySecret.size).toBeGreaterThan(60);
  });

  test('tokens stand in many kinds of file', () => {
    const kinds = new Set<string>();
    for (const one of world.packages) {
      for (const file of releaseOf(one)?.artifacts.flatMap(({ files }) => files) ?? []) {
        const holds = textsOf(file).some((text) => text.includes('<<'));
        if (holds) kinds.add(`${one.registry} ${file.path.replace(/^.*\.(?=[^.]*$)/, '')}`);
      }
    }
    expect([...kinds].sort()).toEqual(
      [
        ...['dll', 'jar', 'js', 'json', 'md', 'ps1'].map((kind) => `nuget ${kind}`),
        ...['env', 'js', 'json', 'md', 'yml', 'zip'].map((kind) => `npm ${kind}`),
        ...['env', 'json', 'md', 'py', 'yml', 'zip'].map((kind) => `pypi ${kind}`),
        ...['env', 'json', 'md', 'rb', 'yml'].map((kind) => `rubygems ${kind}`),
      ].sort(),
    );
  });

  test('some older, newer and withdrawn releases carry tokens that do not count', () => {
    const truth = new Set(world.packages.flatMap((one) => one.plants.flatMap((each) => each.secrets)));
    const elsewhere = { older: 0, newer: 0 };
    for (const one of world.packages) {
      const at = one.releases.findIndex((release) => release.version === one.latest);
      for (const [index, release] of one.releases.entries()) {
        const texts = release.artifacts.flatMap(({ files }) => files).flatMap(textsOf);
        const extra = texts.flatMap((text) => text.match(/<<[0-9a-f]+>>/g) ?? []).filter((secret) => !truth.has(secret));
        if (extra.length > 0 && index !== at) elsewhere[index < at ? 'older' : 'newer'] += 1;
      }
    }
    expect(elsewhere.older).toBeGreaterThan(20);
    expect(elsewhere.newer).toBeGreaterThan(20);
  });

  test('can be packed', async () => {
    const packer = createPacker();
    for (const one of world.packages) {
      const release = releaseOf(one);
      for (const artifact of release?.artifacts ?? []) {
        const { version, publishedAt } = release ?? { version: '', publishedAt: '' };
        expect((await packer({ name: one.name, version, publishedAt }, artifact)).bytes.length).toBeGreaterThan(100);
      }
    }
  });
});

describe('an assembly', () => {
  const bytes = Buffer.from(assemblyOf('Demo', ['first text', 'x'.repeat(300)]));

  test('begins as a PE file and holds UTF-16LE user strings behind their compressed lengths', () => {
    expect(bytes.subarray(0, 2).toString('latin1')).toBe('MZ');
    expect(bytes.subarray(bytes.readUInt32LE(0x3c)).subarray(0, 4).toString('latin1')).toBe('PE\0\0');
    const at = bytes.indexOf(Buffer.from('first text', 'utf16le'));
    expect(bytes[at - 1]).toBe(21);
    const long = bytes.indexOf(Buffer.from('xxx', 'utf16le'));
    expect(bytes.readUInt16BE(long - 2)).toBe(0x8000 | 601);
  });

  const mono = toolNamed('mono');
  test.skipIf(mono.isMissing)(mono.titled('a .NET runtime takes it for an assembly'), () => {
    const folder = mkdtempSync(join(tmpdir(), 'incidence-assembly-'));
    try {
      writeFileSync(join(folder, 'Demo.dll'), bytes);
      const told = mono.run([join(folder, 'Demo.dll')], { mayFail: true });
      expect(told.toString('utf8')).toContain("doesn't have an entry point");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
