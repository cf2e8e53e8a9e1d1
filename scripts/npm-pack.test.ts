import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { packInMemory } from './npm-pack.ts';

const folder = mkdtempSync(join(tmpdir(), 'incidence-pack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: '@acme/fx',
    version: '1.2.3',
    main: 'main.js',
    bin: 'cli.js',
    files: ['lib'],
    bundleDependencies: ['dep'],
    dependencies: { dep: '1.0.0', loose: '1.0.0' },
    scripts: { prepack: 'touch EXECUTED', prepare: 'touch EXECUTED' },
  }),
  'main.js': '',
  'cli.js': '',
  'lib/a.js': '',
  'lib/b.js.orig': '',
  'lib/.npmrc': '',
  'test/t.js': '',
  '.env': '',
  'README.md': '',
  'node_modules/dep/package.json': '{"name":"dep","version":"1.0.0","dependencies":{"sub":"1","flat":"1"}}',
  'node_modules/dep/.npmignore': '*',
  'node_modules/dep/index.js': '',
  'node_modules/dep/node_modules/sub/package.json': '{"name":"sub","version":"1.0.0"}',
  'node_modules/flat/package.json': '{"name":"flat","version":"1.0.0","dependencies":{"dep":"1"}}',
  'node_modules/loose/package.json': '{"name":"loose","version":"1.0.0"}',
};

/** npm comes with Node; it is asked for its list alone, and told to run nothing. */
test('the files are those that npm itself would pack, bundled dependencies included, and nothing is executed', async () => {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'];
  const listed = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }));
  const [byNpm] = listed.parse(
    JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
  );

  const packed = await packInMemory(folder, 1e6);
  const names: string[] = [];
  const reader = extract();
  reader.on('entry', ({ name }, entry, next) => {
    names.push(name.replace(/^package\//, ''));
    entry.on('end', next).resume();
  });
  await pipeline(Readable.from([packed.bytes]), reader);

  expect(packed.filename).toBe(byNpm?.filename);
  expect(names.toSorted()).toEqual(byNpm?.files.map(({ path }) => path).toSorted());
  expect(names).toContain('node_modules/flat/package.json');
  expect(existsSync(join(folder, 'EXECUTED'))).toBe(false);
});

test('more than the limit is refused', async () => {
  await expect(packInMemory(folder, 10)).rejects.toThrow(/more than 10 bytes/);
});
