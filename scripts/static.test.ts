/** What can be told without running the program: types, lint, format, unused files and dependencies. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

test.each([
  ['types', 'tsc', ['-p', '.']],
  ['lint', 'oxlint', ['--type-aware', '--quiet']],
  ['format', 'oxfmt', ['--check']],
  ['unused files, exports and dependencies', 'knip', ['--no-progress']],
])('%s', { timeout: 120_000 }, (_, tool, args) => {
  const { status, stdout, stderr } = spawnSync(resolve(ROOT, 'node_modules/.bin', tool), args, { cwd: ROOT, encoding: 'utf8' });
  expect(status === 0 ? '' : stdout + stderr).toBe('');
});
