/**
 * Where tokens hide in packages: one row for each place, with a token planted there by the tool that makes such files, where
 * there is one. The row says how the place's bytes are read; where nothing is decoded, they must be the token.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tgz, zipOf, type Files } from './archive/build.ts';
import { bytesSource } from './archive/source.ts';
import { createDetector } from './detect/detector.ts';
import { acmeKey, INVENTED } from './detect/invented-services.ts';
import { scanArtifact } from './scan.ts';
import { Fingerprinter } from './secret.ts';
import { seededRandom } from './seeded-random.ts';

interface Row {
  readonly place: string;
  /** The tool that makes the file; the row is skipped where it is missing. */
  readonly tool?: string;
  /** The files of a package in which the token stands. */
  readonly plant: (token: string) => Files;
  /** How the token is read, outermost first. */
  readonly decoding?: readonly string[];
  /** The file's path within the package, where it is not the only one. */
  readonly path?: readonly string[];
}

const detector = createDetector(INVENTED, { fingerprinter: new Fingerprinter(Buffer.alloc(32, 5)) });
const utf8 = (text: string): Uint8Array => Buffer.from(text);
const each = (text: string, form: (code: string) => string): string =>
  Array.from(text, (character) => form(character.charCodeAt(0).toString(16).padStart(2, '0'))).join('');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const big = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const mark = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'places-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a tool in a new folder with these files, and gives what it made. */
function made(
  files: Readonly<Record<string, string | Uint8Array>>,
  commands: readonly (readonly string[])[],
  ...wanted: readonly string[]
): Files {
  const place = mkdtempSync(join(folder, 'made-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), content);
  }
  for (const [tool = '', ...args] of commands) {
    const { status, stdout, stderr, error } = spawnSync(tool, args, { cwd: place, encoding: 'utf8', timeout: 60_000 });
    if (status !== 0) throw new Error(`${tool} failed: ${String(error)} ${stdout} ${stderr}`);
  }
  const paths = readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1))
    .filter((path) => wanted.some((one) => path === one || path.endsWith(one) || path.startsWith(one)));
  if (paths.length === 0) throw new Error(`${commands.flat()[0]} made none of ${wanted.join(', ')}`);
  return Object.fromEntries(paths.map((path) => [path, new Uint8Array(readFileSync(join(place, path)))]));
}

const encodings: readonly Row[] = [
  { place: 'UTF-8', plant: (token) => ({ 'a.js': utf8(`const k = "${token}"; // ä`) }) },
  { place: 'UTF-8 with a byte order mark', plant: (token) => ({ 'a.txt': utf8(`\ufeff${token}\n`) }) },
  { place: 'Latin-1', plant: (token) => ({ 'a.ini': Buffer.from(`; für\nkey=${token}\n`, 'latin1') }) },
  {
    place: 'UTF-16LE with a mark',
    plant: (token) => ({ 'a.txt': joined(mark(0xff, 0xfe), Buffer.from(`key ${token}\n`, 'utf16le')) }),
    decoding: ['utf-16le'],
  },
  {
    place: 'UTF-16LE without a mark',
    plant: (token) => ({ 'a.txt': Buffer.from(`key ${token}\n`, 'utf16le') }),
    decoding: ['utf-16le'],
  },
  {
    place: 'UTF-16LE at an odd offset',
    plant: (token) => ({ 'a.bin': joined(mark(1, 2, 200), Buffer.from(`key ${token}\n`, 'utf16le'), mark(9, 9)) }),
    decoding: ['utf-16le'],
  },
  {
    place: 'UTF-16BE with a mark',
    plant: (token) => ({ 'a.txt': joined(mark(0xfe, 0xff), big(`key ${token}\n`)) }),
    decoding: ['utf-16be'],
  },
  { place: 'UTF-16BE without a mark', plant: (token) => ({ 'a.txt': big(`key ${token}\n`) }), decoding: ['utf-16be'] },
  {
    place: 'UTF-16BE at an odd offset',
    plant: (token) => ({ 'a.bin': joined(mark(1, 2, 200), big(`key ${token}\n`), mark(9, 9)) }),
    decoding: ['utf-16be'],
  },
  {
    place: String.raw`text of \uXXXX`,
    plant: (token) => ({ 'a.js': utf8(`k="${each(token, (code) => String.raw`\u00${code}`)}"`) }),
    decoding: ['escapes'],
  },
  {
    place: String.raw`text of \xHH`,
    plant: (token) => ({ 'a.js': utf8(`k="${each(token, (code) => String.raw`\x${code}`)}"`) }),
    decoding: ['escapes'],
  },
  {
    place: 'percent-encoded text',
    plant: (token) => ({ 'a.txt': utf8(`u=${each(token, (code) => `%${code}`)}&x`) }),
    decoding: ['escapes'],
  },
  {
    place: 'character references of HTML',
    plant: (token) => ({ 'a.html': utf8(`<p>${each(token, (code) => `&#x${code};`)}</p>`) }),
    decoding: ['escapes'],
  },
  { place: 'base64', plant: (token) => ({ 'a.yml': utf8(`data: ${base64(`key: ${token}`)}\n`) }), decoding: ['base64'] },
  {
    place: 'hexadecimal digits',
    plant: (token) => ({ 'a.c': utf8(`x = "${Buffer.from(`key ${token}`).toString('hex')}"`) }),
    decoding: ['hex'],
  },
  {
    place: 'base64 in base64',
    plant: (token) => ({ 'a.yml': utf8(`data: ${base64(`inner: ${base64(`key: ${token}`)}`)}\n`) }),
    decoding: ['base64', 'base64'],
  },
  {
    place: 'base64 in hexadecimal digits',
    plant: (token) => ({ 'a.c': utf8(`x = "${Buffer.from(base64(`key: ${token}`)).toString('hex')}"`) }),
    decoding: ['hex', 'base64'],
  },
  {
    place: 'strings put together in minified JavaScript',
    plant: (token) => ({ 'a.min.js': utf8(`var a=1,k="${token.slice(0, 5)}"+"${token.slice(5)}";f(k)`) }),
    decoding: ['escapes'],
  },
  {
    place: 'strings in different quotes put together',
    plant: (token) => ({ 'a.js': utf8(`k = '${token.slice(0, 5)}' + "${token.slice(5)}";`) }),
    decoding: ['escapes'],
  },
  {
    place: 'strings put together over lines, in a source map',
    plant: (token) => ({
      'a.js.map': utf8(JSON.stringify({ sourcesContent: [`k = "${token.slice(0, 5)}" +\r\n\t  "${token.slice(5)}";`] })),
    }),
    decoding: ['escapes', 'escapes'],
  },
  {
    place: 'an address in an address in an address',
    plant: (token) => ({
      'a.har': utf8(`?to=${encodeURIComponent(`https://a.example/?to=${encodeURIComponent(`https://b.example/?k=${token}`)}`)}`),
    }),
    decoding: ['escapes', 'escapes'],
  },
];

const SCRIPT = (token: string): string => `export const key: string = "${token}";\nenum A { B }\n`;

const documents: readonly Row[] = [
  {
    place: 'sourcesContent of a source map',
    plant: (token) => ({
      'a.js.map': utf8(JSON.stringify({ version: 3, sources: ['a.ts'], sourcesContent: [SCRIPT(token)], mappings: '' })),
    }),
  },
  {
    place: 'a source map within its script, in base64, by Node',
    plant: (token) => {
      const code = stripTypeScriptTypes(SCRIPT(token), { mode: 'transform', sourceMap: true, sourceUrl: 'a.ts' });
      const map = /base64,(?<map>[A-Za-z0-9+/=]+)/.exec(code)?.groups?.['map'] ?? '';
      // Node leaves the sources out; bundlers put them in, as here.
      const whole = { ...JSON.parse(Buffer.from(map, 'base64').toString()), sourcesContent: [SCRIPT(token)] };
      return { 'a.js': utf8(`//# sourceMappingURL=data:application/json;base64,${base64(JSON.stringify(whole))}\n`) };
    },
    decoding: ['base64'],
  },
  {
    place: 'a notebook',
    plant: (token) => ({
      'a.ipynb': utf8(
        JSON.stringify(
          { cells: [{ cell_type: 'code', source: [`key = "${token}"\n`], outputs: [], metadata: {} }], nbformat: 4 },
          null,
          1,
        ),
      ),
    }),
  },
  { place: '.npmrc', plant: (token) => ({ '.npmrc': utf8(`//registry.example/:_authToken=${token}\n`) }) },
  { place: '.pypirc', plant: (token) => ({ '.pypirc': utf8(`[pypi]\nusername = __token__\npassword = ${token}\n`) }) },
  { place: '.netrc', plant: (token) => ({ '.netrc': utf8(`machine api.example login x password ${token}\n`) }) },
  {
    place: 'nuget.config',
    plant: (token) => ({
      'nuget.config': utf8(
        `<packageSourceCredentials><x><add key="ClearTextPassword" value="${token}" /></x></packageSourceCredentials>`,
      ),
    }),
  },
  { place: '.env', plant: (token) => ({ '.env': utf8(`ACME_KEY=${token}\n`) }) },
  {
    place: 'auth of a docker configuration',
    plant: (token) => ({
      '.docker/config.json': utf8(JSON.stringify({ auths: { 'ghcr.example': { auth: base64(`someone:${token}`) } } })),
    }),
    decoding: ['base64'],
  },
  { place: 'a file of CI', plant: (token) => ({ '.github/workflows/ci.yml': utf8(`env:\n  ACME_KEY: ${token}\n`) }) },
  {
    place: '.git/config',
    plant: (token) => ({ '.git/config': utf8(`[remote "origin"]\n\turl = https://x:${token}@git.example/x.git\n`) }),
  },
];

const CSHARP = (token: string, attribute: string, constant: string): string =>
  `[System.Obsolete("${attribute}")] public class Keys { public const string C = "${constant}"; public static string F() { return "${token}"; } }`;
const OTHER = 'nothing to see';
const C = (token: string): string => `const char *key = "${token}"; int main(void) { return key[0]; }\n`;

const programs: readonly Row[] = [
  {
    place: 'user strings (#US) of a .NET assembly',
    tool: 'mcs',
    plant: (token) => made({ 'a.cs': CSHARP(token, OTHER, OTHER) }, [['mcs', '-target:library', '-out:a.dll', 'a.cs']], 'a.dll'),
    decoding: ['utf-16le'],
  },
  {
    place: 'arguments of attributes (#Blob) of a .NET assembly',
    tool: 'mcs',
    plant: (token) => made({ 'a.cs': CSHARP(OTHER, token, OTHER) }, [['mcs', '-target:library', '-out:a.dll', 'a.cs']], 'a.dll'),
  },
  {
    place: 'constants (#Blob) of a .NET assembly',
    tool: 'mcs',
    plant: (token) => made({ 'a.cs': CSHARP(OTHER, OTHER, token) }, [['mcs', '-target:library', '-out:a.dll', 'a.cs']], 'a.dll'),
    decoding: ['utf-16le'],
  },
  {
    place: 'resources of a .NET assembly',
    tool: 'mcs',
    plant: (token) =>
      made(
        { 'a.cs': CSHARP(OTHER, OTHER, OTHER), 'r.txt': `key=${token}\n` },
        [['mcs', '-target:library', '-resource:r.txt', '-out:a.dll', 'a.cs']],
        'a.dll',
      ),
  },
  {
    place: 'constants of Python byte code',
    tool: 'python3',
    plant: (token) =>
      made(
        { 'm.py': `def f():\n    return ("${token}", 1)\n` },
        [['python3', '-c', 'import py_compile; py_compile.compile("m.py", cfile="m.pyc")']],
        'm.pyc',
      ),
  },
  {
    place: 'constants of a Java class, in a jar',
    tool: 'javac',
    plant: (token) =>
      made(
        { 'K.java': `class K { static final String A = "${token}"; }` },
        [
          ['javac', 'K.java'],
          ['jar', 'cf', 'k.jar', 'K.class'],
        ],
        'k.jar',
      ),
    path: ['k.jar', 'K.class'],
  },
  {
    place: 'strings of an ELF program',
    tool: 'gcc',
    plant: (token) => made({ 'k.c': C(token) }, [['gcc', '-o', 'k.node', 'k.c']], 'k.node'),
  },
  {
    place: 'strings of an object file',
    tool: 'gcc',
    plant: (token) => made({ 'k.c': C(token) }, [['gcc', '-c', '-o', 'k.o', 'k.c']], 'k.o'),
  },
  {
    place: 'strings of a Mach-O library',
    plant: (token) => ({
      'k.dylib': joined(
        mark(0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1, 3, 0, 0, 0),
        new Uint8Array(200),
        utf8(`first\0${token}\0last\0`),
      ),
    }),
  },
  {
    place: 'strings of a PE program',
    plant: (token) => ({
      'k.exe': joined(utf8('MZ'), new Uint8Array(126), utf8('PE\0\0'), new Uint8Array(200), utf8(`first\0${token}\0last\0`)),
    }),
  },
  {
    place: 'data of a WebAssembly module',
    plant: (token) => {
      const text = utf8(`\0${token}\0`);
      // A data section with one segment at 0.
      return { 'k.wasm': joined(utf8('\0asm\u0001\0\0\0'), mark(11, text.length + 6, 1, 0, 0x41, 0, 0x0b, text.length), text) };
    },
  },
  {
    place: 'cells of an SQLite database',
    tool: 'sqlite3',
    plant: (token) => made({}, [['sqlite3', 'k.db', `create table t(a, b); insert into t values ('name', '${token}');`]], 'k.db'),
    decoding: ['sqlite'],
  },
  {
    place: 'overflow pages of an SQLite database',
    tool: 'sqlite3',
    plant: (token) => {
      // So long that the token lies across the end of a page of 512 bytes.
      for (let length = 1400; ; length += 7) {
        const text = `${'x'.repeat(length)} ${token} ${'y'.repeat(1500)}`;
        const files = made(
          {},
          [['sqlite3', 'k.db', `pragma page_size=512; create table t(a); insert into t values ('${text}');`]],
          'k.db',
        );
        if (!Buffer.from(files['k.db'] ?? '').includes(token)) return files;
      }
    },
    decoding: ['sqlite'],
  },
];

const GIT = ['git', '-c', 'user.name=n', '-c', 'user.email=n@example.org', '-c', 'commit.gpgsign=false'];
const LINES = Array.from({ length: 300 }, (_, index) => `line ${index} of a file that is long enough for a delta`).join('\n');

const histories: readonly Row[] = [
  {
    place: 'a loose object of a packed .git folder',
    tool: 'git',
    plant: (token) =>
      made(
        { 'k.txt': `key = ${token}\n` },
        [
          ['git', 'init', '-q'],
          ['git', 'add', '.'],
          [...GIT, 'commit', '-qm', 'x'],
        ],
        '.git/objects',
      ),
    decoding: ['git-object'],
  },
  {
    place: 'a pack of a packed .git folder',
    tool: 'git',
    plant: (token) =>
      made(
        { 'k.txt': `key = ${token}\n` },
        [
          ['git', 'init', '-q'],
          ['git', 'add', '.'],
          [...GIT, 'commit', '-qm', 'x'],
          ['git', 'gc', '-q'],
        ],
        '.pack',
      ),
    decoding: ['git-pack'],
  },
  {
    place: 'a delta in a pack: what a later commit removed',
    tool: 'git',
    plant: (token) =>
      made(
        { 'k.txt': `${LINES}\nkey = ${token}\n`, 'next.txt': `${LINES}\nno key any more, but more lines\n${LINES}\n` },
        [
          ['git', 'init', '-q'],
          ['git', 'add', 'k.txt'],
          [...GIT, 'commit', '-qm', 'x'],
          ['cp', 'next.txt', 'k.txt'],
          ['git', 'add', 'k.txt'],
          [...GIT, 'commit', '-qm', 'y'],
          ['git', 'gc', '-q', '--aggressive', '--prune=now'],
        ],
        '.pack',
      ),
    decoding: ['git-pack'],
  },
];

const inner = (token: string): Files => ({ 'a.txt': utf8(`key ${token}\n`) });

const containers: readonly Row[] = [
  ...['jar', 'war', 'egg', 'vsix', 'snupkg', 'whl', 'nupkg'].map((kind): Row => ({
    place: `a .${kind} in a package`,
    plant: (token) => ({ [`x.${kind}`]: zipOf(inner(token)) }),
    path: [`x.${kind}`, 'a.txt'],
  })),
  {
    place: 'a jar in a zip',
    plant: (token) => ({ 'x.zip': zipOf({ 'x.jar': zipOf(inner(token)) }) }),
    path: ['x.zip', 'x.jar', 'a.txt'],
  },
  { place: 'gzip', plant: (token) => ({ 'x.gz': gzipSync(`key ${token}\n`) }) },
  { place: 'zstd', plant: (token) => ({ 'x.zst': zstdCompressSync(`key ${token}\n`) }) },
  { place: 'brotli', plant: (token) => ({ 'x.br': brotliCompressSync(`key ${token}\n`) }) },
  { place: 'xz, by xz', tool: 'xz', plant: (token) => made(inner(token), [['xz', 'a.txt']], 'a.txt.xz') },
  { place: 'bzip2, by bzip2', tool: 'bzip2', plant: (token) => made(inner(token), [['bzip2', 'a.txt']], 'a.txt.bz2') },
  {
    place: 'a tar.xz, by tar',
    tool: 'xz',
    plant: (token) => made(inner(token), [['tar', '-cJf', 'x.tar.xz', 'a.txt']], 'x.tar.xz'),
    path: ['x.tar.xz', 'a.txt'],
  },
  {
    place: 'an asar',
    plant: (token) => {
      const body = utf8(`key ${token}\n`);
      const index = JSON.stringify({ files: { 'a.txt': { size: body.length, offset: '0' } } });
      const padded = Math.ceil(index.length / 4) * 4;
      const head = Buffer.alloc(16 + padded);
      head.writeUInt32LE(4, 0);
      head.writeUInt32LE(padded + 8, 4);
      head.writeUInt32LE(padded + 4, 8);
      head.writeUInt32LE(index.length, 12);
      head.write(index, 16);
      return { 'x.asar': joined(head, body) };
    },
    path: ['x.asar', 'a.txt'],
  },
  {
    place: 'four archives deep',
    plant: (token) => ({ 'x.tgz': tgz({ 'x.whl': zipOf({ 'x.nupkg': zipOf({ 'x.jar': zipOf(inner(token)) }) }) }) }),
    path: ['x.tgz', 'x.whl', 'x.nupkg', 'x.jar', 'a.txt'],
  },
  {
    place: 'a gem, by RubyGems',
    tool: 'gem',
    plant: (token) =>
      made(
        {
          ...inner(token),
          'x.gemspec':
            'Gem::Specification.new { |s| s.name="x"; s.version="1.0.0"; s.summary="x"; s.authors=["a"]; s.files=["a.txt"] }',
        },
        [['gem', 'build', 'x.gemspec']],
        '.gem',
      ),
    path: ['x-1.0.0.gem', 'data.tar.gz', 'a.txt'],
  },
  {
    place: 'an npm tarball, by npm',
    tool: 'npm',
    plant: (token) =>
      made({ ...inner(token), 'package.json': '{"name":"x","version":"1.0.0"}' }, [['npm', 'pack', '--offline']], '.tgz'),
    path: ['x-1.0.0.tgz', 'package/a.txt'],
  },
  {
    place: 'a .nupkg, by NuGet',
    tool: 'nuget',
    plant: (token) =>
      made(
        {
          ...inner(token),
          'x.nuspec':
            '<package><metadata><id>X</id><version>1.0.0</version><authors>a</authors><description>x</description></metadata><files><file src="a.txt" target="content" /></files></package>',
        },
        [['nuget', 'pack', 'x.nuspec', '-NonInteractive']],
        '.nupkg',
      ),
    path: ['X.1.0.0.nupkg', 'content/a.txt'],
  },
  {
    place: 'a wheel in an sdist, both by Python',
    tool: 'python3',
    plant: (token) =>
      made(
        inner(token),
        [
          ['python3', '-m', 'zipfile', '-c', 'x-1.0.0-py3-none-any.whl', 'a.txt'],
          ['python3', '-m', 'tarfile', '-c', 'x-1.0.0.tar.gz', 'x-1.0.0-py3-none-any.whl'],
        ],
        '.tar.gz',
      ),
    path: ['x-1.0.0.tar.gz', 'x-1.0.0-py3-none-any.whl', 'a.txt'],
  },
];

function isMissing(tool: string | undefined): boolean {
  return tool !== undefined && spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0;
}

describe.each<[string, readonly Row[]]>([
  ['encodings', encodings],
  ['documents', documents],
  ['programs', programs],
  ['histories', histories],
  ['containers', containers],
])('a token is found: %s', (_, rows) => {
  for (const { place, tool, plant, decoding = [], path } of rows) {
    test.skipIf(isMissing(tool))(place, async () => {
      const token = acmeKey(seededRandom(place));
      const files = plant(token);
      const { candidates, skipped } = await scanArtifact(bytesSource('package-1.0.0.tgz', tgz(files)), detector);
      expect(skipped).toEqual([]);
      const [found, ...others] = candidates;
      expect(found?.parts['token']?.reveal()).toBe(token);
      expect(others).toEqual([]);
      expect(found?.place.decoding).toEqual(decoding);
      if (path) expect(found?.place.path.slice(1)).toEqual(path);
      const content = files[found?.place.path[1] ?? ''];
      if (path || decoding.length > 0 || content === undefined) return;
      const { offset = 0, length = 0, line = 0 } = found?.place ?? {};
      const text = Buffer.from(content).toString('latin1');
      // What is compressed has no name of its own, and its places are those of its content.
      if (/\.(?:gz|zst|br|xz|bz2)$/.test(found?.place.path[1] ?? '')) return;
      expect(text.slice(offset, offset + length)).toBe(token);
      expect(line).toBe(text.slice(0, offset).split('\n').length);
    });
  }
});
