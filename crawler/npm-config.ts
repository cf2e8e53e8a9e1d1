/**
 * The user's npm configuration, read by npm's own code: registry, scoped registries, proxy, certificates, credentials.
 *
 * Only what says where the registry is and how to reach it is taken over; the rest of npm's configuration is npm's business.
 * The address of the default registry comes from npm's own definitions and is written nowhere in this project.
 */
import { dirname, resolve } from 'node:path';
import NpmConfig from '@npmcli/config';
import npmDefinitions from '@npmcli/config/lib/definitions/index.js';
import { NotAllowed } from './errors.ts';

const { definitions, flatten, nerfDarts, shorthands } = npmDefinitions;

/** npm's built-in default registry, without a trailing slash. */
export const NPM_DEFAULT_REGISTRY: string = withoutSlash(String(definitions['registry']?.default));

export interface NpmOptions {
  /** Without a trailing slash. */
  readonly registry: string;
  /** Registries of single scopes, by scope (`@scope`), without a trailing slash. */
  readonly scopes: Readonly<Record<string, string>>;
  /** Options for npm-registry-fetch, by npm's names: credentials, proxies, certificates. */
  readonly fetch: Readonly<Record<string, unknown>>;
}

export interface NpmConfigInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the search for a project's .npmrc begins. */
  readonly cwd: string;
  /** The running node, which says where npm's global configuration is. */
  readonly execPath: string;
}

/** The settings that say where the registry is and how to reach it. */
const KEYS = [
  'registry',
  'proxy',
  'https-proxy',
  'noproxy',
  'ca',
  'cafile',
  'cert',
  'key',
  'strict-ssl',
  'local-address',
] as const;

const SOURCES = ['env', 'project', 'user', 'global'] as const;

/**
 * Reads npm's configuration as npm would in `cwd`: environment, project, user and global file, defaults. A file that cannot
 * be read or a setting that npm would not accept is NotAllowed, naming file and setting, never its value.
 */
export async function readNpmConfig({ env, cwd, execPath }: NpmConfigInput): Promise<NpmOptions> {
  const config = new NpmConfig({
    definitions,
    shorthands,
    flatten,
    nerfDarts,
    npmPath: npmPath(env, execPath),
    // npm writes into the environment it is given.
    env: { ...env },
    argv: [],
    execPath,
    cwd,
    warn: false,
  });
  await config.load();
  for (const source of SOURCES) refuseBroken(config, source);
  const invalid = validate(config);
  for (const source of SOURCES) refuseInvalid(config, source);
  if (invalid !== null) throw invalid;

  const settings: Record<string, unknown> = {};
  const fetch: Record<string, unknown> = {};
  for (const key of KEYS) settings[key] = config.get(key);
  for (const key of KEYS) definitions[key]?.flatten?.(key, settings, fetch);
  const scopes: Record<string, string> = {};
  // Credentials and scoped registries have keys of their own: `//host/:_authToken`, `@scope:registry`.
  for (const { data, source } of config.data.values()) {
    for (const [key, value] of Object.entries(data)) {
      if (key.startsWith('//')) fetch[key] = value;
      const scope = /^(@[^:]+):registry$/i.exec(key)?.[1];
      if (scope !== undefined) scopes[scope] = asUrl(value, key, source);
    }
  }
  return { registry: asUrl(settings['registry'], 'registry', null), scopes, fetch };
}

function asUrl(value: unknown, key: string, source: string | null): string {
  if (typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return withoutSlash(value);
  throw new NotAllowed(
    `npm's configuration${source === null ? '' : ` (${source})`} has a value for ${key} that is no http or https URL`,
  );
}

/** Lets npm judge its settings: it takes out what it does not accept, and stumbles over what it cannot do without. */
function validate(config: NpmConfig): NotAllowed | null {
  try {
    config.validate();
    return null;
  } catch (error) {
    const isAuth = error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_AUTH';
    return new NotAllowed(
      isAuth
        ? "npm's configuration has credentials in a form that npm no longer reads; run `npm config fix`"
        : "npm's configuration cannot be used; `npm config list` shows where it comes from",
    );
  }
}

function refuseBroken(config: NpmConfig, source: string): void {
  const level = config.data.get(source);
  // npm's own check stumbles over a registry that is no URL before it names it.
  if (level !== undefined && Object.hasOwn(level.data, 'registry')) asUrl(level.data['registry'], 'registry', level.source);
  const error = level?.loadError;
  if (error === undefined || error === null || error.code === 'ENOENT') return;
  throw new NotAllowed(`npm's configuration file ${level?.source ?? source} cannot be read (${error.code ?? 'unknown reason'})`);
}

/** npm drops a setting it does not accept and goes on with the default: here that would ask another registry than the user meant. */
function refuseInvalid(config: NpmConfig, source: string): void {
  const level = config.data.get(source);
  if (level === undefined) return;
  for (const key of KEYS) {
    if (!Object.hasOwn(level.raw, key) || Object.hasOwn(level.data, key)) continue;
    throw new NotAllowed(
      `npm's configuration (${level.source ?? source}) has a value for ${key} that npm does not accept; correct or remove it`,
    );
  }
}

function npmPath(env: NpmConfigInput['env'], execPath: string): string {
  const script = env['npm_execpath'];
  return script === undefined || script === ''
    ? resolve(dirname(execPath), '../lib/node_modules/npm')
    : resolve(dirname(script), '..');
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
