import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'incidence-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

test('makes what is missing, and nothing twice', () => {
  makeFolder(join(root, 'a', 'b', 'c'));
  makeFolder(join(root, 'a', 'b', 'c'));
  expect(existsSync(join(root, 'a', 'b', 'c'))).toBe(true);
});

test('ends with an error where a folder cannot be: below a file, below /proc', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeFolder(join(root, 'file', 'folder'))).toThrow(/ENOTDIR|EEXIST/);
  if (existsSync('/proc/self')) expect(() => makeFolder('/proc/nowhere/deep/er')).toThrow('ENOENT');
});
