/** Agreements about the shape of the code, kept by a test: each message says what to do. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDERS = ['crawler', 'analysis', 'reports', 'data', 'scripts'] as const;
type Folder = (typeof FOLDERS)[number];

/** What each folder may import of ours, besides itself. */
const MAY_IMPORT: Readonly<Record<Folder, readonly Folder[]>> = {
  data: [],
  crawler: ['data'],
  analysis: ['data'],
  reports: ['data'],
  scripts: ['data', 'crawler', 'analysis', 'reports'],
};

/** The loopback server is test equipment of both kinds of stand-in; only stand-ins, tests and benchmarks may share it. */
const SHARED_EQUIPMENT = join('crawler', 'stand-in', 'server.ts');
const EQUIPMENT_USER = /(^|\/)stand-in\/|\.(test|bench)\.ts$/;

const files = FOLDERS.flatMap((folder) => listFiles(join(ROOT, folder)));
const sources = files.filter((file) => file.endsWith('.ts'));

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return listFiles(path);
    return [relative(ROOT, path)];
  });
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function importsOf(file: string): string[] {
  const found = read(file).matchAll(
    /(?:^|\n)\s*(?:import|export)[^'"`;]*?from\s*['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/g,
  );
  return [...found].map((match) => relative(ROOT, resolve(ROOT, dirname(file), match[1] ?? match[2] ?? '')));
}

function folderOf(file: string): Folder {
  return file.split(sep)[0] as Folder;
}

describe('import rule: scripts see all; crawler, analysis and reports see only data; data sees nothing', () => {
  test.each(FOLDERS)('%s', (folder) => {
    const broken = sources
      .filter((file) => folderOf(file) === folder)
      .flatMap((file) =>
        importsOf(file)
          // The manifest belongs to nobody: the program reads its own version from it.
          .filter((target) => target !== 'package.json')
          .filter((target) => folderOf(target) !== folder && !MAY_IMPORT[folder].includes(folderOf(target)))
          .filter((target) => !(target === SHARED_EQUIPMENT && EQUIPMENT_USER.test(file)))
          .map((target) => `${file} imports ${target}: pass it in as an argument and wire it in scripts/`),
      );
    expect(broken).toEqual([]);
  });
});

/** Folders of units: every unit's file is named in the list beside it. */
const LISTS = [
  { list: 'crawler/registries/index.ts', except: /contract/ },
  { list: 'analysis/services/index.ts', except: /^$/ },
  { list: 'reports/formats/index.ts', except: /^$/ },
  { list: 'data/migrations/index.ts', except: /^$/ },
  { list: 'scripts/commands/index.ts', except: /^$/ },
] as const;

describe('a list names exactly the units of its folder', () => {
  test.each(LISTS)('$list', ({ list, except }) => {
    const folder = dirname(list);
    const units = readdirSync(join(ROOT, folder))
      .filter((name) => !name.startsWith('index.') && !/\.(test|bench)\.ts$/.test(name) && !except.test(name))
      .filter((name) => name.endsWith('.ts') || statSync(join(ROOT, folder, name)).isDirectory())
      .map((name) => name.replace(/\.ts$/, ''));
    const listed = importsOf(list)
      .filter((target) => dirname(target) === folder || dirname(dirname(target)) === folder)
      .map(
        (target) =>
          relative(folder, target)
            .replace(/(\/index)?\.ts$/, '')
            .split(sep)[0] ?? '',
      );
    expect([...new Set(listed)].sort()).toEqual(units.sort());
  });
});

describe('words that stand in one place only', () => {
  const KIND_OF_DATABASE = new RegExp(['sq' + 'lite', 'post' + 'gres', 'pg-' + 'boss'].join('|'), 'i');

  test('kinds of database are the business of data/', () => {
    // Database files inside packages are something else: they are read there for what they hold. Vitest is told who starts the server.
    const packed = /^analysis\/(?:text\/structures\/|places\.test\.ts)|^scripts\/vitest\.config\.ts$/;
    const elsewhere = sources.filter((file) => folderOf(file) !== 'data' && !packed.test(file));
    const broken = elsewhere.filter((file) => KIND_OF_DATABASE.test(read(file)));
    expect(broken).toEqual([]);
  });

  test('no host of the npm registry, no path of a machine', () => {
    const forbidden = new RegExp(['registry\\.npm' + 'js', '/wo' + 'rk/', '/ro' + 'ot/', '/ho' + 'me/[a-z]'].join('|'));
    const texts = files.filter((file) => /\.(ts|mjs|md|json|sql|yaml|yml|sh|service|timer)$/.test(file));
    const others = ['package.json', 'README.md', '.ci/run', '.npmrc', 'tsconfig.json'];
    expect([...texts, ...others].filter((file) => forbidden.test(read(file)))).toEqual([]);
  });

  test('only the two doors know an HTTP client', () => {
    const clients = /from ['"](?:got|npm-registry-fetch|undici|node:https)['"]|(?<![.\w])fetch\(/;
    const allowed = /^crawler\/(http|guarded-send)|^crawler\/npm-config|\.(test|bench)\.ts$|stand-in\//;
    const broken = sources.filter((file) => !allowed.test(file) && clients.test(read(file)));
    expect(broken).toEqual([]);
  });
});
