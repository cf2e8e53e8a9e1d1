/** Archives made by the ecosystems' own tools, and counted by them. */
import { execFile, execFileSync, type ExecFileOptions } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { look, reasons, type Look } from './look.ts';
import { fileSource } from './source.ts';

const exec = promisify(execFile);

/** No tool is waited for longer than this. */
const WAIT_MILLISECONDS = 20_000;

function run(tool: string, options: readonly string[], where: ExecFileOptions): Promise<{ stdout: string }> {
  return exec(tool, options, { maxBuffer: 2 ** 26, timeout: WAIT_MILLISECONDS, ...where, encoding: 'utf8' });
}

function has(tool: string, ...probe: readonly string[]): boolean {
  try {
    execFileSync(tool, probe, { stdio: 'ignore', timeout: WAIT_MILLISECONDS });
    return true;
  } catch {
    return false;
  }
}

const FILES: Readonly<Record<string, string>> = {
  'lib/thing.rb': 'puts 1\n',
  'lib/täglich/λ.txt': 'words\n',
  [`lib/${'long-folder-name/'.repeat(9)}file.txt`]: 'deep\n',
  'README.md': '# Thing\n'.repeat(5000),
  'empty.txt': '',
};

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tools-'));
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, 'files', name)), { recursive: true });
    await writeFile(join(folder, 'files', name), text);
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function lookAt(path: string): Promise<Look> {
  using source = fileSource(path, 'artifact');
  // Awaited here: the file is closed when this returns.
  return await look(source);
}

/** The files by name, as UTF-8; `strip` is what the tool puts in front of each. */
function contents(seen: Look, strip: string): Record<string, string> {
  return Object.fromEntries(
    [...seen.files]
      .filter(([name]) => name.startsWith(strip))
      .map(([name, bytes]) => [name.slice(strip.length), bytes.toString()]),
  );
}

const python = (script: string, ...options: readonly string[]): Promise<{ stdout: string }> =>
  run('python3', ['-c', script, ...options], { cwd: join(folder, 'files') });

test.skipIf(!has('ruby', '-e', 'require "rubygems/package"'))('a gem, built and listed by RubyGems', async () => {
  const script = `
    require 'rubygems/package'
    spec = Gem::Specification.new do |s|
      s.name = 'thing'; s.version = '1.0.0'; s.summary = 'Thing'; s.authors = ['A']; s.license = 'MIT'
      s.homepage = 'https://example.org'; s.description = 'A thing'; s.files = Dir['**/*'].select { |f| File.file?(f) }
    end
    Gem::Package.build(spec, true, false, ARGV[0])
    puts Gem::Package.new(ARGV[0]).contents`;
  const path = join(folder, 'thing.gem');
  const { stdout } = await run('ruby', ['-Eutf-8', '-e', script, path], {
    cwd: join(folder, 'files'),
    env: { ...process.env, LANG: 'C.UTF-8' },
  });
  const listed = stdout.split('\n').filter((line) => line !== '' && !line.startsWith(' ') && line in FILES);
  const seen = await lookAt(path);
  expect(contents(seen, 'data.tar.gz > ')).toEqual(FILES);
  expect(listed).toHaveLength(Object.keys(FILES).length);
  // RubyGems does not list the gem's metadata and its checksums.
  expect(seen.stats.entries).toBe(listed.length + 2);
  expect(seen.skipped).toEqual([]);
});

test('an npm tarball, packed and listed by npm', async () => {
  const place = join(folder, 'npm');
  await mkdir(place);
  await writeFile(join(place, 'package.json'), JSON.stringify({ name: 'thing', version: '1.0.0' }));
  await writeFile(join(place, 'index.js'), 'module.exports = 1;\n');
  const { stdout } = await run('npm', ['pack', '--json', '--offline'], { cwd: place });
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(stdout);
  const seen = await lookAt(join(place, packed?.filename ?? ''));
  expect(Object.keys(contents(seen, 'package/')).sort()).toEqual(packed?.files.map(({ path }) => path).sort());
  expect(seen.stats.entries).toBe(packed?.files.length);
  expect(seen.skipped).toEqual([]);
});

test.skipIf(!has('sh', '-c', 'command -v nuget'))('a .nupkg, packed by NuGet', async () => {
  const place = join(folder, 'nuget');
  await mkdir(place);
  await writeFile(join(place, 'words.txt'), 'words\n');
  const metadata = '<id>Thing</id><version>1.0.0</version><authors>A</authors><description>A thing</description>';
  const files = '<file src="words.txt" target="content" />';
  await writeFile(join(place, 'thing.nuspec'), `<package><metadata>${metadata}</metadata><files>${files}</files></package>`);
  await run('nuget', ['pack', 'thing.nuspec', '-NonInteractive'], { cwd: place });
  const path = join(place, 'Thing.1.0.0.nupkg');
  const { stdout } = await python('import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))', path);
  const seen = await lookAt(path);
  expect([...seen.files.keys()].sort()).toEqual(stdout.trim().split('\n').sort());
  expect(seen.files.get('content/words.txt')?.toString()).toBe('words\n');
  expect(seen.skipped).toEqual([]);
});

const hasPython = has('python3', '-c', 'import zipfile, tarfile, bz2, lzma');

test.skipIf(!hasPython).each(['ZIP_STORED', 'ZIP_DEFLATED', 'ZIP_BZIP2'])('a zip by Python, %s', async (method) => {
  const path = join(folder, `${method}.whl`);
  const script = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', getattr(zipfile, sys.argv[2])) as z:
    for root, _, files in os.walk('.'):
        for name in files: z.write(os.path.join(root, name))
`;
  await python(script, path, method);
  const seen = await lookAt(path);
  expect(contents(seen, '')).toEqual(FILES);
  expect([...seen.skipped, ...seen.noted]).toEqual([]);
});

test.skipIf(!hasPython).each(['gz', 'bz2', 'xz', ''])(
  'tars by Python in every format, compressed by "%s"',
  async (compression) => {
    const script = `
import sys, tarfile
with tarfile.open(sys.argv[1], 'w:' + sys.argv[2], format=getattr(tarfile, sys.argv[3])) as t: t.add('.')
`;
    for (const format of ['USTAR_FORMAT', 'GNU_FORMAT', 'PAX_FORMAT']) {
      const path = join(folder, `${format}.tar.${compression}`);
      await python(script, path, compression, format);
      const seen = await lookAt(path);
      expect(contents(seen, './')).toEqual(FILES);
      expect([...seen.skipped, ...seen.noted]).toEqual([]);
    }
  },
);

test.each(['gnu', 'pax', 'posix'])('a tar by GNU tar with links and a sparse file, format %s', async (format) => {
  const place = join(folder, `gnu-${format}`);
  await mkdir(place);
  await writeFile(join(place, 'words.txt'), 'words\n');
  await symlink('/etc/passwd', join(place, 'link'));
  await writeFile(join(place, 'sparse'), 'begin');
  await truncate(join(place, 'sparse'), 10_000_000);
  const path = join(folder, `${format}.tar`);
  await run('tar', ['--sparse', `--format=${format}`, '-cf', path, '.'], { cwd: place });
  const seen = await lookAt(path);
  expect(seen.stats).toMatchObject({ entries: 2, folders: 1, links: 1 });
  expect(seen.files.get('./words.txt')?.toString()).toBe('words\n');
  // Holes are not stored, so they are not read.
  expect(seen.files.get('./sparse')?.length).toBeLessThan(100_000);
  expect(seen.files.get('./sparse')?.toString()).toContain('begin');
  expect(seen.skipped).toEqual([]);
  expect(reasons(seen.noted)).toEqual([]);
  expect((await readFile(path)).length).toBeLessThan(1_000_000);
});
