/** Verdaccio, a registry that people run themselves: packages published by `npm publish`, crawled as they are. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openVisit } from '../../stand-in/session.ts';
import { toolNamed } from '../../stand-in/tool.ts';
import { npm } from './index.ts';

const verdaccio = toolNamed('verdaccio');
const npmTool = toolNamed('npm');

describe.skipIf(verdaccio.isMissing)(verdaccio.titled('Verdaccio'), () => {
  let folder = '';
  let server: ChildProcess | undefined;
  let origin = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'incidence-verdaccio-'));
    origin = `http://127.0.0.1:${await freePort()}`;
    server = spawn('verdaccio', ['--config', configure(folder), '--listen', origin.slice('http://'.length)], { stdio: 'ignore' });
    await answering(`${origin}/-/ping`);
    const token = await signUp(origin);
    const rc = join(folder, '.npmrc');
    writeFileSync(rc, `registry=${origin}/\n//${origin.slice('http://'.length)}/:_authToken=${token}\n`);
    for (const [name, version] of PUBLISHED) {
      const path = join(folder, 'source', name, version);
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version }));
      writeFileSync(join(path, 'index.js'), `module.exports = '${name} ${version}';\n`);
      npmTool.run(['publish', path, '--userconfig', rc, '--cache', join(folder, 'cache'), '--ignore-scripts']);
    }
  });
  afterAll(async () => {
    if (server !== undefined && server.exitCode === null) {
      server.kill();
      await once(server, 'close');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test('its names, its newest releases, its files; what moved is told by a new listing', async () => {
    using visit = openVisit(npm, { ...npm.origins, registry: origin, replicate: origin });
    const pages = await Array.fromAsync(npm.names(null, visit.io));
    expect(pages.flatMap((page) => page.names.map(({ name }) => name)).toSorted()).toEqual(['@scope/demo', 'plain']);
    expect(pages.map(({ dropped }) => dropped)).toEqual([{}]);
    for (const [name, version] of [['@scope/demo', '0.1.0'] as const, ['plain', '1.10.0'] as const]) {
      const found = await npm.latest(name, visit.io, { artifacts: 'representative' });
      if (!('artifacts' in found)) throw new Error(`expected a release of ${name}`);
      expect(found.version).toBe(version);
      const [artifact] = found.artifacts;
      if (artifact === undefined) throw new Error(`expected an artifact of ${name}`);
      expect(artifact.digest?.algorithm).toBe('sha512');
      const { bytes } = await visit.io.download(artifact, { maxBytes: 100_000 });
      expect([...bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    }
    expect(await npm.latest('absent', visit.io, { artifacts: 'representative' })).toMatchObject({ reason: 'not-found' });
    const [change] = await Array.fromAsync(npm.changes(pages.at(-1)?.cursor ?? '', visit.io));
    expect(change?.relist).toMatch('only a new listing tells what moved');
  });
});

const PUBLISHED = [
  ['plain', '1.9.0'],
  ['plain', '1.10.0'],
  ['@scope/demo', '0.1.0'],
] as const;

/** Nothing above it: what it does not have is not there, and nobody else is asked. */
function configure(folder: string): string {
  const path = join(folder, 'config.yaml');
  const lines = [
    `storage: ${join(folder, 'storage')}`,
    'auth:',
    '  htpasswd:',
    `    file: ${join(folder, 'htpasswd')}`,
    'uplinks: {}',
    'packages:',
    "  '**': { access: $all, publish: $authenticated }",
    'log: { type: stdout, level: fatal }',
    '',
  ];
  writeFileSync(path, lines.join('\n'));
  return path;
}

async function signUp(origin: string): Promise<string> {
  const user = { name: 'someone', password: `words-${process.pid}`, type: 'user', roles: [] };
  const reply = await fetch(`${origin}/-/user/org.couchdb.user:someone`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(user),
  });
  const { token } = (await reply.json()) as { readonly token: string };
  return token;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(url: string): Promise<void> {
  for (let left = 300; left > 0; left -= 1) {
    const up = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
}
