/** What `scan` says of things that it cannot read, or not as a whole: the real command, its words and its exit code. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tgz, utf8, zip } from '../analysis/archive/build.ts';
import { createExamples } from '../analysis/examples.ts';
import { EXIT } from './errors.ts';
import { localScanner } from './local-scan.ts';

const NOBODY = 65_534;
const CLI = resolve(import.meta.dirname, 'cli.ts');

interface Case {
  readonly name: string;
  /** Lays the thing at this path. */
  readonly lay: (path: string) => void;
  readonly reason: string;
  /** What a person is told. */
  readonly words: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: 'words.tgz',
    lay: (path) => writeFileSync(path, 'only words\n'),
    reason: 'not-an-archive',
    words: /no archive that can be read; it was searched as it is/,
  },
  {
    name: 'encrypted.zip',
    lay: (path) => writeFileSync(path, zip([{ name: 'a', body: utf8('a'), flags: 1 }])),
    reason: 'encrypted',
    words: /cannot be read without its password/,
  },
  {
    name: 'unknown-method.zip',
    lay: (path) => writeFileSync(path, zip([{ name: 'a', body: utf8('a'), method: 77 }])),
    reason: 'compression-unsupported',
    words: /compressed by method 77, which is not read/,
  },
  {
    name: 'other.7z',
    lay: (path) => writeFileSync(path, Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4)),
    reason: 'compression-unsupported',
    words: /a 7z archive, which is not opened/,
  },
  { name: 'empty.gem', lay: (path) => writeFileSync(path, ''), reason: 'empty', words: /the file is empty/ },
  {
    name: 'cut.tgz',
    lay: (path) => writeFileSync(path, tgz({ 'package/a.js': utf8('words '.repeat(500)) }).subarray(0, -20)),
    reason: 'truncated',
    words: /ends early|missing at the end/,
  },
  { name: 'link.tgz', lay: (path) => symlinkSync('/etc/hostname', path), reason: 'link', words: /links are not followed/ },
  {
    name: 'pipe.tgz',
    lay: (path) => void spawnSync('mkfifo', [path]),
    reason: 'not-a-file',
    words: /expected a file, found a pipe/,
  },
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unread-'));
  mkdirSync(join(folder, 'all'));
  for (const { name, lay } of CASES) lay(join(folder, 'all', name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program itself, in a process of its own. */
async function scan(path: string, args: readonly string[] = []): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, 'scan', path, '--validate', 'off', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, stdout, stderr };
}

interface Row {
  readonly artifact: { readonly name: string };
  readonly skipped: readonly { readonly reason: string; readonly detail: string }[];
}

describe('a folder of them', () => {
  let rows: readonly Row[] = [];
  let said: Ran = { status: null, stdout: '', stderr: '' };
  let told: Ran = said;
  beforeAll(async () => {
    [said, told] = await Promise.all([scan(join(folder, 'all')), scan(join(folder, 'all'), ['--format', 'json'])]);
    rows = told.stdout
      .split('\n')
      .filter(Boolean)
      .map((line): Row => JSON.parse(line));
  });

  test('each has its report, and the exit code says that something was not read', () => {
    expect(rows.map(({ artifact }) => artifact.name).sort()).toEqual(CASES.map(({ name }) => name).sort());
    expect([said.status, told.status]).toEqual([EXIT.partial, EXIT.partial]);
    expect(said.stderr + told.stderr).not.toMatch(/ at .*:\d+|Error:/);
  });

  test.each(CASES)('$name: $reason', ({ name, reason, words }) => {
    const row = rows.find(({ artifact }) => artifact.name === name);
    expect(row?.skipped.map((one) => one.reason)).toContain(reason);
    expect(row?.skipped.find((one) => one.reason === reason)?.detail).toMatch(words);
    const line = said.stdout
      .split('\n')
      .find((one) => /^ +not read +/.test(one) && one.includes(name) && one.includes(`(${reason})`));
    expect(line).toMatch(words);
  });
});

describe('named by itself', () => {
  test.each([
    ['a device', '/dev/null', /expected a file, found a device \(not-a-file\)/],
    ['what does not exist', join(tmpdir(), 'no', 'such', 'thing.tgz'), /there is no thing\.tgz \(not-found\)/],
  ])('%s', async (_, path, words) => {
    const { status, stdout, stderr } = await scan(path);
    expect(stdout).toMatch(words);
    expect(stderr).toBe('');
    expect(status).toBe(EXIT.partial);
  });
});

test('a folder and a file without permission, for somebody who is not root', async () => {
  const place = mkdtempSync(join(tmpdir(), 'forbidden-'));
  const isRoot = process.geteuid?.() === 0;
  try {
    mkdirSync(join(place, 'shut'));
    for (const name of ['secret.tgz', 'open.tgz']) writeFileSync(join(place, name), tgz({ a: utf8('a') }));
    chmodSync(place, 0o755);
    chmodSync(join(place, 'shut'), 0);
    chmodSync(join(place, 'secret.tgz'), 0);
    // For root nothing is unreadable.
    if (isRoot) process.seteuid?.(NOBODY);
    const rows: string[] = [];
    const options = {
      key: Buffer.alloc(32, 1),
      mode: 'off',
      contact: undefined,
      userAgent: 'test',
      settings: {},
      known: { examples: createExamples(), demoSecrets: [] },
      limits: {},
      artifactBytes: 1e6,
    } as const;
    const { signal } = new AbortController();
    for await (const { artifact, skipped } of localScanner({ ...options, log: { warn() {} }, signal }).path(place))
      rows.push(`${artifact.name}: ${skipped.map(({ reason, detail }) => `${reason}, ${detail}`).join()}`);
    expect(rows).toEqual([
      'open.tgz: ',
      'secret.tgz: unreadable, the file cannot be opened (EACCES); check its permissions',
      'shut: unreadable, shut cannot be read (EACCES); check its permissions',
    ]);
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(join(place, 'shut'), 0o755);
    rmSync(place, { recursive: true });
  }
});
