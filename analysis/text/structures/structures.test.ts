import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDetector } from '../../detect/detector.ts';
import { acmeKey, INVENTED } from '../../detect/invented-services.ts';
import { Fingerprinter } from '../../secret.ts';
import { seededRandom } from '../../seeded-random.ts';
import type { Random } from '../../service.ts';
import { structureOf } from './structure.ts';

const detector = createDetector(INVENTED, { fingerprinter: new Fingerprinter(Buffer.alloc(32, 3)) });
const random = seededRandom('structures');
const key = acmeKey(random);

function scan(content: Buffer, step = content.length) {
  const artifact = detector.artifact();
  const entry = artifact.entry(['artifact', 'entry']);
  for (let at = 0; at < content.length; at += step) entry.push(content.subarray(at, at + step));
  entry.end();
  return artifact.finish();
}

function tokens(content: Buffer): (string | undefined)[] {
  return scan(content).candidates.map(({ parts }) => parts['token']?.reveal());
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'structures-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function isMissing(tool: string): boolean {
  return spawnSync(tool, ['--version']).error !== undefined;
}

function run(tool: string, args: readonly string[], cwd = folder): string {
  const { status, stdout, stderr } = spawnSync(tool, args, { cwd, encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) throw new Error(`${tool} failed: ${stderr}`);
  return stdout;
}

/** A string of any length that holds a token: the lengths that are letters and digits are the ones that matter. */
function constant(length: number, random: Random): string {
  const token = acmeKey(random);
  return `${token} ${'.'.repeat(Math.max(0, length - token.length - 1))}`.slice(0, Math.max(token.length, length));
}

describe('strings behind their length', () => {
  test.skipIf(isMissing('python3'))('byte code of Python, by Python itself', () => {
    const constants = Array.from({ length: 100 }, (_, index) => constant(29 + index, random));
    const source = constants.map((text, index) => `NAME_${index} = ${JSON.stringify(text)}\n`).join('');
    writeFileSync(join(folder, 'module.py'), `${source}\ndef call():\n    return ("${key}", 1, "next")\n`);
    run('python3', ['-c', 'import py_compile; py_compile.compile("module.py", cfile="module.pyc")']);
    const code = readFileSync(join(folder, 'module.pyc'));
    const expected = [...constants.map((text) => text.slice(0, 29)), key];
    expect(new Set(tokens(code))).toEqual(new Set(expected));
    for (const { parts, place } of scan(code, 1).candidates) {
      expect(code.toString('latin1', place.offset, place.offset + place.length)).toBe(parts['token']?.reveal());
    }
  });

  test.skipIf(isMissing('python3'))('pickles of every protocol', () => {
    const script =
      'import pickle,sys\nfor p in range(2, pickle.HIGHEST_PROTOCOL + 1): open(f"{p}.pkl", "wb").write(pickle.dumps(["a", sys.argv[1], {"k": sys.argv[1]}], p))';
    run('python3', ['-c', script, key]);
    for (const name of readdirSync(folder).filter((name) => name.endsWith('.pkl')))
      expect(tokens(readFileSync(join(folder, name))), `protocol ${name}`).toContain(key);
  });

  test.skipIf(isMissing('javac'))('constants of Java classes, by javac', () => {
    const constants = Array.from({ length: 100 }, (_, index) => constant(29 + index, random));
    const fields = constants.map((text, index) => `static final String F${index} = ${JSON.stringify(text)};`).join('\n');
    writeFileSync(join(folder, 'Keys.java'), `class Keys { ${fields} }`);
    run('javac', ['Keys.java']);
    expect(new Set(tokens(readFileSync(join(folder, 'Keys.class'))))).toEqual(
      new Set(constants.map((text) => text.slice(0, 29))),
    );
  });

  test('arguments of attributes in the metadata of .NET, one behind the other', () => {
    const counted = (bytes: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from(bytes.length < 0x80 ? [bytes.length] : [0x80 | (bytes.length >> 8), bytes.length & 0xff]),
        bytes,
      ]);
    const constants = Array.from({ length: 120 }, (_, index) => constant(29 + 2 * index, random));
    const blobs = Array.from({ length: 60 }, (_, index) =>
      counted(
        Buffer.concat([
          Buffer.from([1, 0]),
          counted(Buffer.from(constants[2 * index] ?? '')),
          counted(Buffer.from(constants[2 * index + 1] ?? '')),
          Buffer.from([0, 0]),
        ]),
      ),
    );
    const heap = Buffer.concat([Buffer.from([0]), ...blobs]);
    const root = Buffer.alloc(16 + 12 + 4 + 16);
    root.write('BSJB', 0, 'latin1');
    root.writeUInt32LE(12, 12);
    root.write('v4.0.30319', 16, 'latin1');
    root.writeUInt16LE(1, 30);
    root.writeUInt32LE(root.length, 32);
    root.writeUInt32LE(heap.length, 36);
    root.write('#Blob', 40, 'latin1');
    const file = Buffer.concat([Buffer.from('MZ\x90\0'.padEnd(128, '\0'), 'latin1'), root, heap]);
    expect(new Set(tokens(file))).toEqual(new Set(constants.map((text) => text.slice(0, 29))));
  });

  test('in ordinary text nothing is cut out of its word', () => {
    expect(tokens(Buffer.from(`const a = "z${key}z";\n`))).toEqual([]);
  });
});

describe('SQLite', () => {
  test.skipIf(isMissing('sqlite3'))('values right behind each other, in tables and in indices, short and long', () => {
    const keys = Array.from({ length: 200 }, () => acmeKey(random));
    const long = `${'x'.repeat(9000)} ${key} ${'y'.repeat(9000)}`;
    const rows = keys.map((token) => `insert into t values ('name', '${token}', 'value', '${token}');`).join('');
    const sql = `pragma page_size=1024; create table t(a text, b text, c text, d text); create index i on t(b, c); begin; ${rows} insert into t values ('a', '${long}', 'b', 'c'); commit;`;
    run('sqlite3', ['keys.sqlite', sql]);
    const file = readFileSync(join(folder, 'keys.sqlite'));
    expect(new Set(tokens(file))).toEqual(new Set([...keys, key]));
  });

  test('a broken file gives what can be read of it', () => {
    const header = Buffer.alloc(2048);
    header.write('SQLite format 3\0', 'latin1');
    const { skipped } = scan(header);
    expect(skipped.map(({ reason }) => reason)).toEqual(['structure-incomplete']);
  });
});

describe('git', () => {
  test.skipIf(isMissing('git'))('loose objects and packs, deltas too, by git itself', () => {
    const cwd = mkdtempSync(join(folder, 'repository-'));
    const git = (...args: readonly string[]): string =>
      run('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.org', '-c', 'commit.gpgsign=false', ...args], cwd);
    git('init', '-q');
    const lines = Array.from({ length: 400 }, (_, index) => `line ${index} of a file that is long enough for deltas`);
    const keys = Array.from({ length: 5 }, () => acmeKey(random));
    for (const [index, token] of keys.entries()) {
      lines[index * 50] = `token = ${token}`;
      writeFileSync(join(cwd, 'file.txt'), lines.slice(0, 300 + index).join('\n'));
      git('add', '.');
      git('commit', '-q', '-m', `change ${index}`);
    }
    const loose = filesOf(join(cwd, '.git/objects')).flatMap((file) => tokens(readFileSync(file)));
    expect(new Set(loose)).toEqual(new Set(keys));
    git('gc', '-q', '--aggressive', '--prune=now');
    const packs = filesOf(join(cwd, '.git/objects')).filter((file) => file.endsWith('.pack'));
    expect(packs).toHaveLength(1);
    expect(new Set(packs.flatMap((file) => tokens(readFileSync(file))))).toEqual(new Set(keys));
  });

  test('a pack that breaks off gives what comes before', () => {
    const object = (text: string): Buffer =>
      Buffer.concat([Buffer.from([0x30 | (text.length & 15) | 0x80, text.length >> 4]), deflateSync(text)]);
    const pack = Buffer.concat([
      Buffer.from('PACK\0\0\0\x02\0\0\0\x02', 'latin1'),
      object(`first ${key}`),
      object('second').subarray(0, 8),
    ]);
    const { candidates, skipped } = scan(pack);
    expect(candidates.map(({ place }) => place.decoding)).toEqual([['git-pack']]);
    expect(skipped.map(({ reason }) => reason)).toEqual(['structure-incomplete']);
  });

  function filesOf(path: string): string[] {
    return readdirSync(path, { withFileTypes: true, recursive: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    );
  }
});

test('what is told by its first bytes, and what is not', () => {
  const told = (text: string): string | undefined => structureOf(Buffer.from(text.padEnd(17, ' '), 'latin1'))?.id;
  expect(told('\xca\xfe\xba\xbe\0\0\0\x34')).toBe('java-class');
  expect(told('\xa7\x0d\x0d\x0a'.padEnd(16, '\0') + '\xe3')).toBe('pyc');
  expect(told('\x03\xf3\r\n\0\0\0\0c')).toBe('pyc');
  expect(told('PACK\0\0\0\x02')).toBe('git-pack');
  // A program of macOS for two processors; texts whose first line has two characters; and a word.
  expect(told('\xca\xfe\xba\xbe\0\0\0\x02\x01\0\0\x07')).toBeUndefined();
  for (const text of [
    '/*\r\n * (c) 2026 acc',
    '<#\r\n.Synopsis\r\ncccc',
    '}\r\r\ncccccccccccccc',
    'PACKAGE_NAME=a',
    'x = 1',
    'const a = 1;',
  ])
    expect(told(text)).toBeUndefined();
});
