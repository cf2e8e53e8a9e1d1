import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NotAllowed } from './errors.ts';
import { door, json, registryAt, serve } from './http/test-kit.ts';
import { NPM_DEFAULT_REGISTRY, readNpmConfig, type NpmOptions } from './npm-config.ts';

/** A machine of its own: home, project and global prefix in an empty folder, and no environment but what is given. */
function machine(files: Readonly<Record<string, string>> = {}): {
  readonly root: string;
  readonly read: (env?: Readonly<Record<string, string>>, cwd?: string) => Promise<NpmOptions>;
} {
  const root = mkdtempSync(join(tmpdir(), 'incidence-npm-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['home', 'project/deep', 'prefix/bin', 'prefix/etc']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'project/package.json'), '{}');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  return {
    root,
    read: (env = {}, cwd = 'project') =>
      readNpmConfig({ env: { HOME: join(root, 'home'), ...env }, cwd: join(root, cwd), execPath: join(root, 'prefix/bin/node') }),
  };
}

test('without any configuration: the default of npm itself', async () => {
  const options = await machine().read();
  expect(options.registry).toBe(NPM_DEFAULT_REGISTRY);
  expect(new URL(NPM_DEFAULT_REGISTRY).protocol).toBe('https:');
  expect(NPM_DEFAULT_REGISTRY).not.toMatch(/\/$/);
  expect(options.scopes).toEqual({});
  expect(options.fetch).toMatchObject({ strictSSL: true });
});

test('every level counts, and the nearer one wins', async () => {
  const level = (name: string): string => `registry=https://${name}.example/npm/\n`;
  const files = { 'prefix/etc/npmrc': level('global') };
  expect((await machine(files).read()).registry).toBe('https://global.example/npm');
  const user = { ...files, 'home/.npmrc': level('user') };
  expect((await machine(user).read()).registry).toBe('https://user.example/npm');
  const project = { ...user, 'project/.npmrc': level('project') };
  expect((await machine(project).read({}, 'project/deep')).registry).toBe('https://project.example/npm');
  expect((await machine(project).read({}, 'home')).registry).toBe('https://user.example/npm');
  expect((await machine(project).read({ npm_config_registry: 'https://env.example' })).registry).toBe('https://env.example');
  expect((await machine(project).read({ NPM_CONFIG_REGISTRY: 'https://env.example' })).registry).toBe('https://env.example');
});

test('proxies, certificates and TLS settings are taken over, from files too', async () => {
  const { root, read } = machine({ 'home/ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' });
  writeFileSync(
    join(root, 'home/.npmrc'),
    `https-proxy=http://proxy.example:3128\nnoproxy=a.example,b.example\nstrict-ssl=false\ncafile=${join(root, 'home/ca.pem')}\n`,
  );
  expect((await read()).fetch).toMatchObject({
    httpsProxy: 'http://proxy.example:3128/',
    noProxy: 'a.example,b.example',
    strictSSL: false,
    ca: [expect.stringContaining('BEGIN CERTIFICATE')],
  });
});

test('reading changes nothing in the environment it is given', async () => {
  const env = { npm_config_registry: 'https://env.example' };
  const { read } = machine();
  await read(env);
  expect(env).toEqual({ npm_config_registry: 'https://env.example' });
});

test.each([
  ['a registry that is no URL', 'registry=nonsense', /npm's configuration \(.*\.npmrc\) has a value for registry/],
  ['a registry without a value', 'registry', /has a value for registry/],
  ['a registry of another kind', 'registry=ftp://mirror.example', /registry/],
  ['an address that is none', 'local-address=perhaps', /has a value for local-address/],
  ['a scoped registry that is no URL', '@corp:registry=s3cret-path', /@corp:registry that is no http or https URL/],
  ['credentials in a form of old', '_auth=czNjcmV0', /credentials in a form that npm no longer reads; run `npm config fix`/],
])('%s is a clear error that quotes no value', async (_, text, message) => {
  const error: unknown = await machine({ 'home/.npmrc': `${text}\n` })
    .read()
    .catch((one: unknown) => one);
  expect(error).toBeInstanceOf(NotAllowed);
  expect(String(error)).toMatch(message);
  expect(String(error)).not.toMatch(/nonsense|s3cret|czNj|perhaps/);
});

test('a file that cannot be read is named', async () => {
  const { root, read } = machine();
  mkdirSync(join(root, 'home/.npmrc'));
  await expect(read()).rejects.toThrow(/npm's configuration file .*home\/\.npmrc cannot be read \(EISDIR\)/);
});

test('a setting of npm that is not ours to judge does not matter', async () => {
  expect((await machine({ 'home/.npmrc': 'loglevel=shouting\nfuture-setting=1\n' }).read()).registry).toBe(NPM_DEFAULT_REGISTRY);
});

test("the user's registry, credentials and scopes are used by the door, each where it belongs", async () => {
  const seen: string[] = [];
  const server = (name: string): ReturnType<typeof serve> =>
    serve((request) => {
      seen.push(`${name} ${request.path} ${request.headers['authorization'] ?? '-'}`);
      return request.path === '/npm/away' ? { status: 302, headers: { location: `${other.origin}/there` } } : json({});
    });
  const other = await server('other');
  const mirror = await server('mirror');
  const corp = await server('corp');
  const { read } = machine({
    'home/.npmrc': [
      `registry=${mirror.origin}/npm/`,
      `@corp:registry=${corp.origin}`,
      `//${new URL(mirror.origin).host}/npm/:_authToken=mirror-token`,
      `//${new URL(corp.origin).host}/:_authToken=corp-token`,
    ].join('\n'),
  });
  const npmOptions = await read();
  const registry = registryAt('npm', { registry: NPM_DEFAULT_REGISTRY });
  const io = door({ npmOptions }).io(registry, { signal: new AbortController().signal });
  expect(io.origin('registry')).toBe(`${mirror.origin}/npm`);
  await io.json(`${io.origin('registry')}/semver/latest`);
  await io.json(`${io.origin('registry')}/@corp%2ftool/latest`);
  await io.json(`${io.origin('registry')}/@other%2ftool/latest`);
  await io.json(io.rebase(`${NPM_DEFAULT_REGISTRY}/semver/-/semver-1.0.0.tgz`));
  await io.json(`${io.origin('registry')}/away`);
  expect(seen).toEqual([
    'mirror /npm/semver/latest Bearer mirror-token',
    'corp /@corp%2ftool/latest Bearer corp-token',
    'mirror /npm/@other%2ftool/latest Bearer mirror-token',
    'mirror /npm/semver/-/semver-1.0.0.tgz Bearer mirror-token',
    'mirror /npm/away Bearer mirror-token',
    'other /there -',
  ]);
});

test("an origin of this program's own configuration stands above npm's, and npm's scopes do not apply there", async () => {
  const corp = await serve(json({}));
  const own = await serve(json({}));
  const { read } = machine({ 'home/.npmrc': `registry=https://mirror.example\n@corp:registry=${corp.origin}\n` });
  const io = door({ npmOptions: await read() }).io(registryAt('npm', { registry: NPM_DEFAULT_REGISTRY }), {
    signal: new AbortController().signal,
    origins: { registry: own.origin },
  });
  await io.json(`${io.origin('registry')}/@corp%2ftool/latest`);
  expect([own.ledger.length, corp.ledger.length]).toEqual([1, 0]);
});

test("npm's proxy carries what goes to npm's registry, and nothing that goes to this machine", async () => {
  const server = await serve(json('through'));
  const seen: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    seen.push(incoming.url ?? '');
    outgoing.setHeader('content-type', 'application/json').end('"by proxy"');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { read } = machine({ 'home/.npmrc': `registry=http://npm.example/\nproxy=${url}\n@here:registry=${server.origin}\n` });
  const http = door({ npmOptions: await read(), contact: 'research@example.org' });
  const io = http.io(registryAt('npm', { registry: NPM_DEFAULT_REGISTRY }), { signal: new AbortController().signal });
  expect((await io.json(`${io.origin('registry')}/semver`)).body).toBe('by proxy');
  expect((await io.json(`${io.origin('registry')}/@here%2ftool`)).body).toBe('through');
  expect(seen).toEqual(['http://npm.example/semver']);
});

test.each(['socks5://proxy.example:1080', 'socks://proxy.example'])(
  'a proxy of a kind that is not supported is said at once: %s',
  async (proxy) => {
    const npmOptions = await machine({ 'home/.npmrc': `https-proxy=${proxy}\n` }).read();
    expect(() => door({ npmOptions })).toThrow(NotAllowed);
    expect(() => door({ npmOptions })).toThrow(/proxy that is neither http nor https/);
  },
);
