import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { npm } from '../crawler/registries/npm/index.ts';
import { rubygems } from '../crawler/registries/rubygems/index.ts';
import type { Database } from '../data/database.ts';
import { openExampleRun } from '../data/example.ts';
import { openDatabase } from '../data/open.ts';
import { finishFrame, saveNamePage } from '../data/store/frame.ts';
import { requestLedger } from '../data/store/ledger.ts';
import { framesOf } from './commands/plan.ts';
import { readConfig } from './config.ts';
import { planFor, refuseOverCeiling } from './planning.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');

async function open(): Promise<{ readonly database: Database; readonly run: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'incidence-plan-'));
  const database = await openDatabase(join(folder, 'plan.db'));
  onTestFinished(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  return { database, run: await openExampleRun(database, { registries: ['rubygems', 'npm'], seed: 'plan' }) };
}

const config = (options: Readonly<Record<string, unknown>>) => readConfig({ env: {}, options });
const npmHost = new URL(npm.origins.registry).host;

test('a census of npm is refused, with what to do instead', async () => {
  const { database, run } = await open();
  const request = { registry: npm, database, run, now: NOW };
  await expect(refuseOverCeiling({ ...request, config: config({ sample: 'all' }) })).rejects.toThrow(
    `npm: 3,720,000 packages take 7,440,002 requests to ${npmHost}, but of its ceiling of 4,500,000 in any 30 days 4,500,000 are left.`,
  );
  await expect(refuseOverCeiling({ ...request, config: config({ sample: 'all' }) })).rejects.toThrow('--over-several-periods');
  await refuseOverCeiling({ ...request, config: config({ sample: 'all', allowMultiplePeriods: true }) });
  await refuseOverCeiling({ ...request, config: config({ sample: 20_000 }) });
  await refuseOverCeiling({ ...request, registry: rubygems, config: config({ sample: 'all' }) });
});

test('what other runs have asked in the last 30 days is no longer there, and comes back after them', async () => {
  const { database, run } = await open();
  await requestLedger(database).reserve(npmHost, 4_450_000, 4_500_000, NOW);
  const request = { registry: npm, database, run, config: config({ sample: 20_000 }) };
  await expect(refuseOverCeiling({ ...request, now: NOW })).rejects.toThrow('in any 30 days 50,000 are left');
  await refuseOverCeiling({ ...request, now: NOW + 31 * 24 * 3_600_000 });
});

test('this machine is exempt, a mirror whose size nobody knows too, and npm may be configured to be either', async () => {
  const { database, run } = await open();
  const census = { registry: npm, database, run, now: NOW };
  for (const registry of ['http://127.0.0.1:4873', 'http://localhost:4873', 'https://npm.example.org']) {
    const mirror = config({ sample: 'all', registries: { npm: { origins: { registry } } } });
    await refuseOverCeiling({ ...census, config: mirror });
    await refuseOverCeiling({ ...census, config: config({ sample: 'all' }), npmRegistry: registry });
  }
});

test('the frame that a run has listed is what it is planned by', async () => {
  const { database, run } = await open();
  const names = Array.from({ length: 50 }, (_, at) => ({ name: `package-${at}`, key: `package-${at}` }));
  await saveNamePage(database, run, 'npm', { names, cursor: 'end', dropped: {} });
  await finishFrame(database, run, 'npm', { takenAt: NOW, by: 'listed' });
  await refuseOverCeiling({ registry: npm, database, run, now: NOW, config: config({ sample: 'all' }) });
  const plan = await planFor({ registry: npm, database, now: NOW, config: config({ sample: 'all' }) });
  expect(plan).toMatchObject({ packages: 50, selected: 50 });
});

test('a plan without a database, at configured rates; a sample larger than the frame is a mistake of usage', async () => {
  const request = { registry: rubygems, database: null, now: NOW };
  const slow = config({ sample: 100, registries: { rubygems: { rates: { gems: 0.5 } } } });
  const gems = (await planFor({ ...request, config: slow })).hosts.find((host) => host.role === 'gems');
  expect(gems).toMatchObject({ requests: 10_100, perSecond: 0.5, daysByRate: 10_100 / 0.5 / 86_400 });
  await expect(planFor({ ...request, config: slow, frameSize: 10_050 })).rejects.toThrow(
    'RubyGems: a sample of 100 is larger than',
  );
});

test('sizes of frames as people write them', () => {
  expect([...framesOf(['npm=3720000,pypi=1', 'nuget=7'])]).toEqual([
    ['npm', 3_720_000],
    ['pypi', 1],
    ['nuget', 7],
  ]);
  for (const wrong of ['npm', 'npm=', 'npm=-1', 'npm=1e6', 'cargo=5'])
    expect(() => framesOf([wrong])).toThrow('such as npm=3720000');
});
