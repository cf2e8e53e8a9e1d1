import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noise, tgz, utf8 } from './build.ts';
import { look, reasons, texts } from './look.ts';
import { bytesSource, fileSource, rangeSource, UnreadableSource, type ByteSource } from './source.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function refusal(path: string): string {
  try {
    using source = fileSource(path, 'name');
    return `opened, ${source.size} bytes`;
  } catch (error) {
    return error instanceof UnreadableSource ? `${error.reason}: ${error.message}` : String(error);
  }
}

describe('a file', () => {
  test('is read where it is, also over its end', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'some words');
    using source = fileSource(path, 'file');
    expect(source.size).toBe(10);
    expect(Buffer.from(await source.read(5, 3)).toString()).toBe('wor');
    expect(Buffer.from(await source.read(8, 100)).toString()).toBe('ds');
    expect(await source.read(10, 5)).toHaveLength(0);
    expect(await source.read(99, 5)).toHaveLength(0);
    const into = new Uint8Array(4);
    expect(Buffer.from(await source.read(0, 4, into)).toString()).toBe('some');
    expect(Buffer.from(into).toString()).toBe('some');
  });

  test('that shrinks while it is read is cut', async () => {
    const path = join(folder, 'shrinking');
    await writeFile(path, tgz({ large: utf8('words '.repeat(300_000)), small: utf8('small') }));
    using source = fileSource(path, 'shrinking');
    await truncate(path, 1000);
    const seen = await look(source);
    expect(reasons(seen.skipped)).toEqual(['truncated']);
    expect(texts(seen)['large']?.startsWith('words words')).toBe(true);
  });
});

describe('what is no file is refused, and the words say why', () => {
  test('a folder', async () => {
    expect(refusal(folder)).toBe('not-a-file: expected a file, found a directory');
  });

  test('a link, also one to a file', async () => {
    await writeFile(join(folder, 'target'), 'x');
    await symlink(join(folder, 'target'), join(folder, 'link'));
    expect(refusal(join(folder, 'link'))).toMatch(/^link: .*symbolic link/);
  });

  test('a device', async () => {
    expect(refusal('/dev/null')).toBe('not-a-file: expected a file, found a device');
  });

  test('a pipe, without waiting for anyone to write', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    expect(refusal(path)).toBe('not-a-file: expected a file, found a pipe');
  });

  test('a socket', async () => {
    const path = join(folder, 'socket');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    expect(refusal(path)).toBe('not-a-file: expected a file, found a socket');
    server.close();
  });

  test('nothing', async () => {
    expect(refusal(join(folder, 'nothing'))).toBe('not-found: there is no such file');
  });

  test('a file in a file', async () => {
    expect(refusal(join(folder, 'file', 'below'))).toBe('unreadable: the file cannot be opened (ENOTDIR); check its permissions');
  });
});

test('a part of a source is a source', async () => {
  const whole = bytesSource('whole', utf8('0123456789'));
  const unheld: ByteSource = { name: 'whole', size: whole.size, read: (offset, length) => whole.read(offset, length) };
  for (const source of [whole, unheld]) {
    const part = rangeSource(source, 2, 5);
    expect(part.size).toBe(5);
    expect(Buffer.from(await part.read(1, 2)).toString()).toBe('34');
    expect(Buffer.from(await part.read(3, 99)).toString()).toBe('56');
    expect(await part.read(5, 9)).toHaveLength(0);
    expect(rangeSource(source, 8, 99).size).toBe(2);
    expect(rangeSource(source, 99, 5).size).toBe(0);
  }
});

test('a medium that fails is a row, and what was read before stays', async () => {
  const bytes = tgz({
    a: utf8('a'),
    noise: noise(700_000),
  });
  const source = {
    name: 'artifact',
    size: bytes.length,
    read: (offset: number, length: number) =>
      offset > 0
        ? Promise.reject(new UnreadableSource('unreadable', 'the disk fails'))
        : Promise.resolve(bytes.subarray(0, length)),
  };
  const seen = await look(source);
  expect(texts(seen)['a']).toBe('a');
  expect(seen.skipped).toMatchObject([{ reason: 'unreadable', detail: 'the disk fails' }]);
});
