import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';

test.skipIf(!existsSync('/dev/full'))('results that find no room are an error in words', () => {
  const full = openSync('/dev/full', 'w');
  const args = ['scripts/launch.mjs', 'schema'];
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
  closeSync(full);
  expect(stderr).toBe('incidence: the results cannot be written (ENOSPC); make room, or write them elsewhere\n');
  expect(status).toBe(1);
});

test('an option that takes a number gets one', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/launch.mjs', 'status', '--run', 'abc'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, 'incidence: --run takes a number\n']);
});
