/** From a run to the people of a service: real registries and services on loopback, real age, and nothing readable in between. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { sql as raw } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServiceStandIns, type ServiceStandIns } from '../analysis/stand-in/engine/service-stand-ins.ts';
import { SERVICE_STAND_INS } from '../analysis/stand-in/index.ts';
import { SERVICES } from '../analysis/services/index.ts';
import { handmade, worldOf } from '../crawler/stand-in/handmade.ts';
import { npmOrigins, npmStandIn } from '../crawler/stand-in/npm.ts';
import { pypiOrigins, pypiStandIn } from '../crawler/stand-in/pypi.ts';
import { startServer, type StandInServer } from '../crawler/stand-in/server.ts';
import type { Plant, WorldPackage } from '../crawler/stand-in/world.ts';
import type { RegistryId } from '../data/model.ts';
import { openReadOnly } from '../data/open.ts';
import { disclosed } from './commands/disclose.ts';
import { readConfig, type Config } from './config.ts';
import { purlOf } from './disclosure-batch.ts';
import { disclose, type Disclosure, type DiscloseOptions } from './disclose.ts';
import { Failure, UsageError } from './errors.ts';
import { createLog } from './log.ts';
import { research } from './research.ts';

const folder = mkdtempSync(join(tmpdir(), 'incidence-disclose-'));
const db = join(folder, 'run.db');
const out = join(folder, 'batches');
const now = new Date('2030-01-01T00:00:00Z');
const servers: StandInServer[] = [];
const log: string[] = [];
let services: ServiceStandIns;
let settings: Record<string, unknown>;
let plants: Readonly<Record<'shared' | 'restricted' | 'revoked' | 'pair', Plant>>;
let people: readonly { readonly identity: string; readonly recipient: string }[];

function carrying(registry: RegistryId, name: string, planted: readonly Plant[]): WorldPackage {
  const made = handmade(registry, name, ['1.0.0']);
  const files = planted.map(({ snippet }, index) => ({ path: `src/file${index}.js`, content: snippet }));
  const releases = made.releases.map((release) => ({
    ...release,
    artifacts: release.artifacts.map((artifact) => ({ ...artifact, files: [...artifact.files, ...files] })),
  }));
  return { ...made, releases, plants: planted };
}

async function serve(...args: Parameters<typeof startServer>): Promise<string> {
  const server = await startServer(...args);
  servers.push(server);
  return server.origin;
}

beforeAll(async () => {
  services = await createServiceStandIns({ standIns: SERVICE_STAND_INS, services: SERVICES, now });
  plants = {
    shared: services.issue('slack', { seed: 'shared', verdict: 'active' }),
    restricted: services.issue('slack', { seed: 'restricted', verdict: 'restricted' }),
    revoked: services.issue('slack', { seed: 'revoked', verdict: 'inactive' }),
    pair: services.issue('aws', { seed: 'pair', verdict: 'active' }),
  };
  const world = worldOf([
    carrying('npm', '@scope/first', [plants.shared, plants.revoked]),
    carrying('npm', 'second', [plants.pair]),
    carrying('pypi', 'Third_One', [plants.shared, plants.restricted]),
  ]);
  const tokens = await serve(() => services.handler, services.faults);
  const track = (origins: Readonly<Record<string, string>>) => {
    return { origins, rates: Object.fromEntries(Object.keys(origins).map((role) => [role, 2000])) };
  };
  settings = {
    db,
    sample: 'all',
    registries: {
      npm: track(npmOrigins(await serve(npmStandIn(world)))),
      pypi: track(pypiOrigins(await serve(pypiStandIn(world)))),
    },
    validation: {
      mode: 'live',
      services: Object.fromEntries(SERVICES.map(({ id }) => [id, { host: `${tokens}/${id}/{host}` }])),
    },
  };
  const registries = ['npm', 'pypi'] as const;
  const config = readConfig({ env: {}, options: settings });
  const done = await research({ config, registries, named: null, env: {}, log: createLog('error'), stderr: process.stderr });
  if (done.outcome !== 'done') throw new Error(`the run before the tests ended as ${done.outcome}: ${done.problems.join('; ')}`);
  const identities = await Promise.all([generateX25519Identity(), generateX25519Identity()]);
  people = await Promise.all(identities.map(async (identity) => ({ identity, recipient: await identityToRecipient(identity) })));
});

afterAll(async () => {
  await Promise.all(servers.map(async (server) => server.close()));
  rmSync(folder, { recursive: true });
});

/** Told about slack is the first, about aws are both. */
function configWith(more: Record<string, unknown> = {}): Config {
  const recipients = { slack: people[0]?.recipient, aws: people.map((one) => one.recipient) };
  return readConfig({ env: {}, options: { ...settings, disclosure: { recipients }, ...more } });
}

async function tell(service: string, over: Partial<DiscloseOptions> = {}): Promise<Disclosure> {
  const said = await disclose({
    config: configWith(),
    service,
    out,
    run: undefined,
    again: false,
    verifiedWithinHours: 0,
    env: {},
    log: pino({ level: 'trace' }, { write: (line) => void log.push(line) }),
    signal: new AbortController().signal,
    ...over,
  });
  log.push(disclosed(service, said));
  return said;
}

async function read(path: string, reader: number): Promise<readonly Record<string, unknown>[]> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(people[reader]?.identity ?? '');
  return JSON.parse(await decrypter.decrypt(readFileSync(path), 'text')) as Record<string, unknown>[];
}

async function ask(sql: string): Promise<unknown> {
  const database = await openReadOnly(db);
  try {
    const { rows } = await raw.raw<Record<string, unknown>>(sql).execute(database.db);
    return rows.map((row) => Object.values(row));
  } finally {
    await database.close();
  }
}

const ASKED = "select count(*) from service_requests where service = 'slack' and kind = 'token'";

describe('disclose', () => {
  test('writes what the service still accepts, at every place, for its recipient alone', async () => {
    const [[before]] = (await ask(ASKED)) as [[number]];
    const { batches, others, missed } = await tell('slack');
    expect(missed).toEqual([]);
    expect(others).toEqual({});
    expect(batches).toMatchObject([{ recipient: people[0]?.recipient, places: 3 }]);
    const [batch] = batches;
    const records = await read(batch?.path ?? '', 0);
    const told = records.map((one) => `${String(one['purl'])} ${String(one['token'])} ${String(one['validator_result'])}`);
    const [shared, restricted] = [plants.shared.secrets[0], plants.restricted.secrets[0]];
    expect(told.sort()).toEqual([
      `pkg:npm/%40scope/first@1.0.0 ${shared} active`,
      ...[`pkg:pypi/third-one@1.0.0 ${restricted} restricted`, `pkg:pypi/third-one@1.0.0 ${shared} active`].sort(),
    ]);
    for (const record of records) {
      expect(record['type']).toMatch(/^slack_[a-z_]+$/);
      expect(record['url']).toMatch(/^http:\/\/.*(first-1\.0\.0\.tgz|third_one-1\.0\.0\.tar\.gz)$/);
      expect(['npm', 'pypi']).toContain(record['source']);
      expect(record['artifact_sha256']).toMatch(/^[0-9a-f]{64}$/);
      expect(record['line']).toBeGreaterThan(0);
    }
    // The shared token was asked about once, not once a package; the revoked one not at all.
    expect(await ask(ASKED)).toEqual([[before + 2]]);
    await expect(read(batch?.path ?? '', 1)).rejects.toThrow(/no identity matched/);
  });

  test('keeps a receipt without a token', async () => {
    const [file] = readdirSync(out);
    const sql = 'select run, service, recipient, file, tokens, places from disclosures';
    expect(await ask(sql)).toEqual([[1, 'slack', people[0]?.recipient, file, 2, 3]]);
  });

  test('tells nobody twice, unless asked to', async () => {
    expect(await tell('slack')).toMatchObject({ batches: [], missed: [] });
    expect(readdirSync(out)).toHaveLength(1);
    expect((await tell('slack', { again: true })).batches).toMatchObject([{ places: 3 }]);
  });

  test('a recipient who comes later is told all, and the others nothing again', async () => {
    const recipients = { slack: people.map((one) => one.recipient) };
    const { batches } = await tell('slack', { config: configWith({ disclosure: { recipients } }) });
    expect(batches).toMatchObject([{ recipient: people[1]?.recipient, places: 3 }]);
    expect(await read(batches[0]?.path ?? '', 1)).toHaveLength(3);
  });

  test('a token of two parts comes with both, in a file for each recipient', async () => {
    const { batches } = await tell('aws');
    expect(batches.map((one) => one.recipient)).toEqual(people.map((one) => one.recipient));
    for (const [index, { path }] of batches.entries()) {
      const [record, ...rest] = await read(path, index);
      expect(rest).toEqual([]);
      const parts = Object.values(record?.['parts'] as Record<string, string>);
      expect(parts.sort()).toEqual([...plants.pair.secrets].sort());
      expect(parts).toContain(record?.['token']);
    }
  });

  test('leaves out what cannot be confirmed, and what cannot be read again, and says so', async () => {
    const validation = { ...(settings['validation'] as object), services: { slack: { enabled: false } } };
    const closed = await tell('slack', { again: true, config: configWith({ validation }) });
    expect(closed).toMatchObject({ batches: [], others: { untested: 2 } });
    const lost = await tell('slack', { again: true, config: configWith({ limits: { artifactBytes: 1 } }) });
    expect(lost.batches).toEqual([]);
    expect(lost.missed).toHaveLength(2);
  });

  test('does not ask again within the hours that are given', async () => {
    const before = await ask(ASKED);
    expect((await tell('slack', { again: true, verifiedWithinHours: 24 })).batches).toHaveLength(1);
    expect(await ask(ASKED)).toEqual(before);
  });

  test.each([
    ['a service that nobody is set for', { service: 'stripe' }, /nothing is written unencrypted.*disclosure\.recipients\.stripe/],
    ['a service that is not known', { service: 'nobody' }, /there is no service nobody/],
  ])('refuses %s', async (_, { service }, message) => {
    const said = tell(service);
    await expect(said).rejects.toThrow(UsageError);
    await expect(said).rejects.toThrow(message);
  });

  test('refuses a key that is none, before and after it looks like one', async () => {
    const recipients = { slack: people[0]?.identity };
    expect(() => configWith({ disclosure: { recipients } })).toThrow(/a public age key/);
    const odd = { slack: `${people[0]?.recipient ?? ''}x` };
    await expect(tell('slack', { again: true, config: configWith({ disclosure: { recipients: odd } }) })).rejects.toThrow(
      /is no public age key/,
    );
  });

  test('refuses a run that was done with another key', async () => {
    const keyFile = join(folder, 'other.key');
    await expect(tell('slack', { config: configWith({ keyFile }) })).rejects.toThrow(/other\.key is missing/);
    writeFileSync(keyFile, 'b'.repeat(64));
    const said = tell('slack', { config: configWith({ keyFile }) });
    await expect(said).rejects.toThrow(Failure);
    await expect(said).rejects.toThrow(/another key/);
  });

  test('leaves no planted token in plain: files, database, log, summary', () => {
    const places = new Map(filesBelow(folder).map((file) => [file, readFileSync(file).toString('latin1')]));
    places.set('log', log.join('\n'));
    expect(log.length).toBeGreaterThan(5);
    const secrets = Object.values(plants).flatMap((plant) => plant.secrets);
    expect(secrets.length).toBeGreaterThan(4);
    for (const [place, content] of places)
      expect(
        secrets.filter((one) => content.includes(one)),
        place,
      ).toEqual([]);
  });
});

function filesBelow(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const inner = join(path, name);
    return statSync(inner).isDirectory() ? filesBelow(inner) : [inner];
  });
}

test.each([
  ['npm', '@scope/name', '1.0.0', 'pkg:npm/%40scope/name@1.0.0'],
  ['pypi', 'Some_Name.x', '1.0+local', 'pkg:pypi/some-name-x@1.0%2Blocal'],
  ['rubygems', 'rails', '8.0', 'pkg:gem/rails@8.0'],
  ['nuget', 'Newtonsoft.Json', '13.0.3', 'pkg:nuget/Newtonsoft.Json@13.0.3'],
] as const)('%s %s %s is %s', (registry, name, version, purl) => expect(purlOf(registry, name, version)).toBe(purl));
