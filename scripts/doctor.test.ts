import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REGISTRIES } from '../crawler/registries/index.ts';
import type { Registry } from '../crawler/registry.ts';
import { temporaryDatabase } from '../data/example.ts';
import { describeOnEach } from '../data/kinds-in-tests.ts';
import { requestLedger } from '../data/store/ledger.ts';
import { readConfig } from './config.ts';
import { examine, type DoctorOptions, type Finding } from './doctor.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');

let folder = '';
/** Answers as a host whose clock is `aheadMs` before ours; 404 at its root, as APIs do, below /404. */
let host: Server;
let aheadMs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  host = createServer({ keepAlive: false }, (request, response) => {
    response.sendDate = false;
    response.writeHead(request.url?.startsWith('/404') === true ? 404 : 200, { date: new Date(NOW + aheadMs).toUTCString() });
    response.end();
  });
  await new Promise<void>((resolve) => {
    host.listen(0, '127.0.0.1', resolve);
  });
});

afterAll(() => {
  host.close();
  rmSync(folder, { recursive: true });
});

/** Every role of every registry at one address. */
function originsAt(origin: string) {
  const all = (REGISTRIES as readonly Registry[]).map(({ id, origins }) => [
    id,
    { origins: Object.fromEntries(Object.keys(origins).map((role) => [role, origin])) },
  ]);
  return Object.fromEntries(all) as Readonly<Record<string, { origins: Readonly<Record<string, string>> }>>;
}

async function look(settings: Readonly<Record<string, unknown>>, change: Partial<DoctorOptions> = {}) {
  const config = readConfig({ env: {}, options: { db: join(folder, 'new.db'), sample: 100, ...settings } });
  return examine({ config, env: {}, now: () => NOW, offline: true, ...change });
}

function of(findings: readonly Finding[], check: string): Finding | undefined {
  return findings.find((one) => one.check === check);
}

describe('offline', () => {
  test('a machine on which all is well, before the first run', async () => {
    const findings = await look({ contact: 'team@research.test' });
    expect(findings.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      'program',
      'contact',
      'database',
      'key',
      'disk',
      'memory',
      'clock',
      'budget of RubyGems',
      'budget of NuGet',
      'budget of PyPI',
      'budget of npm',
    ]);
    expect(of(findings, 'database')?.words).toMatch(/new\.db will be made by the first run/);
  });

  test.each([
    ['none', undefined, 'problem', /Set `contact`/],
    ['one of an example', 'research@example.org', 'warning', /reaches nobody/],
  ])('contact: %s', async (_, contact, health, words) => {
    const found = of(await look({ contact }), 'contact');
    expect(found?.health).toBe(health);
    expect(found?.words).toMatch(words);
  });

  test('no contact, but every registry is at home', async () => {
    expect(of(await look({ registries: originsAt('http://127.0.0.1:9') }), 'contact')?.health).toBe('ok');
  });

  test('a folder that is not there', async () => {
    const findings = await look({ contact: 'a@b.test', db: join(folder, 'nowhere', 'x.db') });
    expect(of(findings, 'database')).toMatchObject({ health: 'problem', words: expect.stringMatching(/does not exist/) });
    expect(of(findings, 'key')?.health).toBe('problem');
  });

  test("another program's file in place of the database", async () => {
    const db = join(folder, 'foreign.db');
    writeFileSync(db, 'something else altogether');
    expect(of(await look({ db }), 'database')).toMatchObject({
      health: 'problem',
      words: expect.stringMatching(/no \w+ database/i),
    });
  });

  test('a key that others can read, and one that is none', async () => {
    const keyFile = join(folder, 'open.key');
    writeFileSync(keyFile, 'a'.repeat(64));
    chmodSync(keyFile, 0o644);
    expect(of(await look({ keyFile }), 'key')).toMatchObject({ health: 'warning', words: expect.stringMatching(/chmod 600/) });
    writeFileSync(keyFile, 'no key');
    expect(of(await look({ keyFile }), 'key')?.health).toBe('problem');
  });

  test('a sample larger than the registry', async () => {
    const settings = { registries: { rubygems: { sample: 900_000_000 } } };
    expect(of(await look(settings), 'budget of RubyGems')?.health).toBe('problem');
  });
});

describeOnEach('a database', (kind) => {
  test('that remembers later times than the clock says, and a ceiling that others used up', async () => {
    await using made = await temporaryDatabase(kind);
    const npm = (REGISTRIES as readonly Registry[]).find(({ id }) => id === 'npm')?.origins['registry'] ?? '';
    await requestLedger(made.database).reserve(new URL(npm).host, 4_499_000, null, NOW);
    const settings = { db: made.path, keyFile: join(made.folder, 'used.key'), contact: 'a@b.test' };
    const findings = await look(settings);
    expect(of(findings, 'database')?.health).toBe('ok');
    expect(of(findings, 'clock')?.health).toBe('ok');
    expect(of(findings, 'budget of npm')).toMatchObject({ health: 'problem', words: expect.stringMatching(/has 1,000 left/) });
    expect(of(await look(settings, { now: () => NOW - 3_600_000 }), 'clock')).toMatchObject({
      health: 'problem',
      words: expect.stringMatching(/set the clock/),
    });
  });
});

describe('online', () => {
  const address = () => `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const roles = Object.keys((REGISTRIES as readonly Registry[]).find(({ id }) => id === 'rubygems')?.origins ?? {});
  /** One registry is enough: its roles are asked side by side, here without the pauses that its budgets ask for. */
  const only = (origin: string) => ({
    registries: {
      ...Object.fromEntries(['nuget', 'pypi', 'npm'].map((id) => [id, { enabled: false }])),
      rubygems: { ...originsAt(origin)['rubygems'], rates: Object.fromEntries(roles.map((role) => [role, 500])) },
    },
  });

  test.each(['', '/404'])('every origin that answers at all is reachable %s', async (path) => {
    const findings = await look(only(address() + path), { offline: false });
    const reached = findings.filter(({ check }) => check.startsWith('RubyGems '));
    expect(reached.length).toBeGreaterThanOrEqual(4);
    expect(reached.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  test('a clock that differs from the hosts is told', async () => {
    aheadMs = 3_600_000;
    const findings = await look(only(address()), { offline: false });
    aheadMs = 0;
    expect(of(findings, 'RubyGems index')).toMatchObject({ health: 'problem', words: expect.stringMatching(/3600 s apart/) });
  });

  test('nobody there, and no contact', async () => {
    const [gone, mute] = await Promise.all([
      look(only('http://127.0.0.1:9'), { offline: false }),
      look({ registries: { ...only('').registries, rubygems: {} } }, { offline: false }),
    ]);
    expect(of(gone, 'RubyGems index')).toMatchObject({ health: 'problem', words: expect.stringMatching(/cannot be reached/) });
    expect(of(mute, 'RubyGems index')).toMatchObject({ health: 'problem', words: expect.stringMatching(/without a contact/) });
  });
});
