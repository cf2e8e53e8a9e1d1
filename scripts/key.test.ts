import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openExampleRun, temporaryDatabase } from '../data/example.ts';
import { openWorkplace } from './workplace.ts';
import { readConfig } from './config.ts';
import { examine } from './doctor.ts';
import { keyFor } from './key.ts';
import { createLog } from './log.ts';

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'incidence-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('is made for a database without a run, and a lost one is not replaced in silence', async () => {
  await using made = await temporaryDatabase();
  const path = join(place(), 'kept.key');
  const key = await keyFor(made.database, path);
  await openExampleRun(made.database, { period: '2026-11' });
  expect(await keyFor(made.database, path)).toEqual(key);
  rmSync(path);
  await expect(keyFor(made.database, path)).rejects.toThrow(/kept\.key is missing, and the runs of .* restore the file/);
  expect(existsSync(path)).toBe(false);
  const config = readConfig({ env: {}, options: { db: made.database.url, keyFile: path } });
  const findings = await examine({ config, env: {}, now: () => 0, offline: true });
  expect(findings.find(({ check }) => check === 'key')).toMatchObject({
    health: 'problem',
    words: expect.stringMatching(/is missing/),
  });
});

test('a database that is refused leaves no key and no folder behind', async () => {
  const folder = join(place(), 'mistyped');
  const config = readConfig({ env: {}, options: { db: join(folder, 'x.db') } });
  await expect(openWorkplace({ config, env: {}, log: createLog('silent') })).rejects.toThrow(/does not exist/);
  expect(existsSync(folder)).toBe(false);
});
