import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPacker, packArtifact, type Subject } from './pack.ts';
import { toolNamed, type Tool } from './tool.ts';
import type { WorldArtifact } from './world.ts';

const FILES = [
  { path: 'lib/deep/name with space.txt', content: 'first\n' },
  { path: 'lib/ünï.bin', content: Uint8Array.of(0, 1, 2, 255) },
  { path: 'README.md', content: '# Demo\n' },
];
const SUBJECT: Subject = { name: 'demo_pack', version: '1.2.0', publishedAt: '2026-02-03T04:05:06Z' };
const artifacts = {
  gem: artifact('gem', 'demo_pack-1.2.0-x86_64-linux.gem', 'x86_64-linux'),
  nupkg: artifact('nupkg', 'demo_pack.1.2.0.nupkg'),
  wheel: artifact('wheel', 'demo_pack-1.2.0-py3-none-any.whl'),
  sdist: artifact('sdist', 'demo_pack-1.2.0.tar.gz'),
  sdistZip: artifact('sdist', 'demo_pack-1.2.0.zip'),
  npm: artifact('npm', 'demo_pack-1.2.0.tgz'),
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'incidence-pack-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function artifact(kind: WorldArtifact['kind'], filename: string, platform = ''): WorldArtifact {
  return { kind, platform, filename, files: FILES };
}

async function written(one: WorldArtifact): Promise<string> {
  const path = join(folder, one.filename);
  writeFileSync(path, await packArtifact(SUBJECT, one));
  return path;
}

function run(tool: Tool, ...args: readonly string[]): string {
  return tool.run(args, { cwd: folder }).toString('utf8');
}

function filesUnder(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}

const gem = toolNamed('gem');
const nuget = toolNamed('nuget');
const python = toolNamed('python3');
const pip = toolNamed('pip');
const npm = toolNamed('npm');

describe('the ecosystems own tools read what was packed', () => {
  test.skipIf(gem.isMissing)(gem.titled('gem specification and gem unpack'), async () => {
    // RubyGems writes names outside ASCII raw, a standard tar writer in a PAX header that RubyGems 3.3 does not read.
    const files = FILES.filter((file) => !file.path.includes('ü'));
    const path = await written({ ...artifacts.gem, files });
    expect(run(gem, 'specification', path, 'name').trim()).toBe('--- demo_pack');
    expect(run(gem, 'specification', path, 'full_name')).toContain('demo_pack-1.2.0-x86_64-linux');
    run(gem, 'unpack', path, '--target', join(folder, 'gem'));
    const root = join(folder, 'gem', 'demo_pack-1.2.0-x86_64-linux');
    expect(filesUnder(root)).toEqual(files.map((file) => file.path).sort());
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe('# Demo\n');
  });

  test.skipIf(nuget.isMissing)(nuget.titled('nuget install from a folder'), async () => {
    await written(artifacts.nupkg);
    run(nuget, 'install', 'demo_pack', '-Source', folder, '-OutputDirectory', join(folder, 'nuget'), '-NonInteractive');
    const found = filesUnder(join(folder, 'nuget', 'demo_pack.1.2.0'));
    for (const file of FILES) expect(found).toContain(file.path);
  });

  test.skipIf(python.isMissing)(python.titled('python zipfile and tarfile'), async () => {
    const check = `
import sys, zipfile, tarfile
for path in sys.argv[1:]:
    if tarfile.is_tarfile(path):
        print(sorted(m.name for m in tarfile.open(path).getmembers() if m.isfile()))
    else:
        z = zipfile.ZipFile(path)
        assert z.testzip() is None
        print(sorted(z.namelist()))
`;
    const paths = [await written(artifacts.sdist), await written(artifacts.sdistZip)];
    const names = ['PKG-INFO', ...FILES.map((file) => file.path)].map((name) => `'demo_pack-1.2.0/${name}'`).sort();
    const line = `[${names.join(', ')}]`;
    expect(
      run(python, '-c', check, ...paths)
        .trim()
        .split('\n'),
    ).toEqual([line, line]);
  });

  test.skipIf(pip.isMissing)(pip.titled('pip installs the wheel and checks its RECORD'), async () => {
    const path = await written(artifacts.wheel);
    const target = join(folder, 'site');
    run(python, '-m', 'pip', 'install', '--quiet', '--no-index', '--no-deps', '--no-compile', '--target', target, path);
    const found = filesUnder(target);
    for (const file of FILES) expect(found).toContain(file.path);
    expect(found).toContain('demo_pack-1.2.0.dist-info/METADATA');
  });

  test.skipIf(npm.isMissing)(npm.titled('npm pack reads the tarball'), async () => {
    const path = await written(artifacts.npm);
    const told = JSON.parse(run(npm, 'pack', '--json', '--dry-run', '--offline', '--ignore-scripts', path)) as {
      id: string;
      files: { path: string }[];
      shasum: string;
    }[];
    expect(told[0]?.id).toBe('demo_pack@1.2.0');
    expect(told[0]?.files.map((file) => file.path).sort()).toEqual(['package.json', ...FILES.map((file) => file.path)].sort());
    expect(told[0]?.shasum).toBe(createHash('sha1').update(readFileSync(path)).digest('hex'));
  });
});

describe('packing', () => {
  test.each(Object.values(artifacts))('$filename has the same bytes every time', async (one) => {
    expect(await packArtifact(SUBJECT, one)).toEqual(await packArtifact(SUBJECT, one));
  });

  test('a packer packs an artifact once and knows its digests', async () => {
    const packer = createPacker();
    const packed = await packer(SUBJECT, artifacts.npm);
    expect(await packer(SUBJECT, artifacts.npm)).toBe(packed);
    expect(packed.sha512).toBe(createHash('sha512').update(packed.bytes).digest('hex'));
    expect(gunzipSync(packed.bytes).subarray(0, 20).toString('latin1')).toContain('package/package.json');
  });

  test('a package.json of the world is kept as it is', async () => {
    const own = { ...artifacts.npm, files: [{ path: 'package.json', content: '{"name":"other"}' }] };
    const tar = gunzipSync(await packArtifact(SUBJECT, own)).toString('latin1');
    expect(tar.split('package/package.json')).toHaveLength(2);
    expect(tar).toContain('{"name":"other"}');
  });

  test('a kind without a packer is refused by name', async () => {
    await expect(packArtifact(SUBJECT, artifact('egg', 'demo-1.egg'))).rejects.toThrow('not egg');
  });
});
