/**
 * A real server for tests: one for a whole test run, started by the first test that needs it, in a folder of its own, without waiting
 * for disks. It ends with the process that asked for the tests, however that one ends.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type QueryResult } from 'pg';
import { openDatabase } from '../open.ts';

/** Where the server of this test run is or will be; set by `test-setup.ts`. */
const FOLDER_VARIABLE = 'TEST_DATABASE_SERVER';
/** Debian keeps the programs of every version below here. */
const DEBIAN = '/usr/lib/postgresql';
const PATIENCE_MS = 60_000;
const OWNER = 'incidence';
/** Names the socket; nothing listens to the network unless told to. */
const PORT = 5432;
const TEMPLATE = 'template_incidence';

const programs = findPrograms();

/** True where there is no server to be started: tests that need it say so and are skipped. */
export const isServerMissing = programs === null;

function findPrograms(): string | null {
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...debian.map((version) => join(DEBIAN, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl'))) ?? null;
}

/** A folder for the server of this test run; nothing is started yet. */
export function reserveServer(): { readonly folder: string; end(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'incidence-pg-'));
  process.env[FOLDER_VARIABLE] = folder;
  return {
    folder,
    end() {
      stop(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The address of a new, empty database. */
export async function emptyDatabase(): Promise<string> {
  return await createDatabase('template0');
}

/** The address of a new database of ours, with nothing in it. */
export async function freshDatabase(): Promise<string> {
  await onceOnly('template', async (folder) => {
    await ask(folder, 'postgres', `create database ${TEMPLATE} template template0 owner ${OWNER}`);
    await (await openDatabase(addressOf(folder, TEMPLATE))).close();
  });
  return await createDatabase(TEMPLATE);
}

/** A server that nobody else uses, so that it may be restarted and its connections cut. */
export interface OwnServer extends AsyncDisposable {
  /** The address of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Away and back again: after what was begun was broken off (`fast`), or as after a crash (`immediate`). */
  restart(how: 'fast' | 'immediate'): Promise<void>;
  /** Ends connections to the database, chosen by their number; tells how many. */
  cut(url: string, isChosen: (backend: number) => boolean): Promise<number>;
  administer(url: string, statement: string): Promise<QueryResult<Record<string, unknown>>>;
}

/** What is committed stays committed over a crash of the server, though not over one of the machine. */
const LASTING = ['synchronous_commit = on', 'full_page_writes = on', 'autovacuum = on'];

/** @param settings further lines of the server's configuration */
export async function startOwnServer(settings: readonly string[] = [], port = PORT): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'incidence-pg-'));
  await start(folder, process.pid, { more: [...LASTING, ...settings], port });
  const data = join(folder, 'data');
  const { uid, gid } = statSync(data);
  return {
    createDatabase: async () => createIn(folder, 'template0', port),
    async restart(how) {
      const args = ['restart', '-w', '-m', how, '-D', data, '-l', join(folder, 'log')];
      const child = spawn(join(programs ?? '', 'pg_ctl'), args, { cwd: folder, uid, gid, stdio: 'ignore' });
      const [status] = (await once(child, 'exit')) as [number | null];
      if (status !== 0) throw new Error(`the server did not come back; see ${join(folder, 'log')}`);
    },
    async cut(url, isChosen) {
      const { rows } = await ask(
        folder,
        nameOf(url),
        'select pid from pg_stat_activity where datname = current_database()',
        port,
      );
      const chosen = rows.map((row) => Number(row['pid'])).filter(isChosen);
      const { rows: ended } = await ask(
        folder,
        'postgres',
        `select count(*) filter (where pg_terminate_backend(pid)) as n from unnest(array[${chosen.join(', ')}]::int[]) as pid`,
        port,
      );
      return Number(ended[0]?.['n'] ?? 0);
    },
    administer: async (url, statement) => ask(folder, nameOf(url), statement, port),
    async [Symbol.asyncDispose]() {
      stop(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function dropDatabase(url: string): Promise<void> {
  await ask(await serverFolder(), 'postgres', `drop database ${nameOf(url)} with (force)`);
}

/** Anything that only the server's administrator may do, in a database of tests. */
export async function administer(url: string, statement: string): Promise<QueryResult<Record<string, unknown>>> {
  return await ask(await serverFolder(), nameOf(url), statement);
}

/** A role of its own; one with a password has to say it. */
export async function createRole(name: string, { password }: { readonly password?: string } = {}): Promise<string> {
  const role = `${name}_${process.pid}`;
  const login = password === undefined ? '' : ` password '${password}' in role needs_password`;
  await ask(await serverFolder(), 'postgres', `create role ${role} login${login}`);
  return role;
}

/** The same database for another role. */
export function addressAs(url: string, role: string, password = ''): string {
  return url.replace(/\/\/[^@]*@/, `//${role}${password === '' ? '' : `:${password}`}@`);
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

let made = 0;
async function createDatabase(template: string): Promise<string> {
  return await createIn(await serverFolder(), template);
}

async function createIn(folder: string, template: string, port = PORT): Promise<string> {
  made += 1;
  const name = `test_${process.pid}_${made}`;
  await ask(folder, 'postgres', `create database ${name} template ${template} owner ${OWNER} strategy file_copy`, port);
  return addressOf(folder, name, port);
}

function addressOf(folder: string, database: string, port = PORT): string {
  const at = port === PORT ? 'localhost' : `localhost:${port}`;
  return `postgres://${OWNER}@${at}/${database}?host=${encodeURIComponent(folder)}`;
}

async function ask(
  folder: string,
  database: string,
  statement: string,
  port = PORT,
): Promise<QueryResult<Record<string, unknown>>> {
  const client = new Client({ host: folder, port, user: 'postgres', database });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

async function serverFolder(): Promise<string> {
  await onceOnly('server', async (folder) => start(folder, Number(process.env['VITEST_PARENT'] ?? process.ppid)));
  return process.env[FOLDER_VARIABLE] ?? '';
}

const done = new Set<string>();
/** Does it in one of all processes of the test run; the others wait for it. */
async function onceOnly(what: string, action: (folder: string) => Promise<void>): Promise<void> {
  if (done.has(what)) return;
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) throw new Error('the tests need a server, which scripts/vitest.config.ts arranges');
  if (what !== 'server') await serverFolder();
  const [mark, failure] = [join(folder, `${what}.done`), join(folder, `${what}.failed`)];
  if (claim(join(folder, `${what}.claimed`))) {
    try {
      await action(folder);
      writeFileSync(mark, '');
    } catch (error) {
      writeFileSync(failure, '');
      throw error;
    }
  }
  const deadline = performance.now() + PATIENCE_MS;
  while (!existsSync(mark)) {
    if (existsSync(failure) || performance.now() > deadline) throw new Error(`the test server could not be prepared (${what})`);
    await sleep(20);
  }
  done.add(what);
}

function claim(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
}

/** @param parent when this process is gone, the server ends */
async function start(
  folder: string,
  parent: number,
  { more = [], port = PORT }: { readonly more?: readonly string[]; readonly port?: number } = {},
): Promise<void> {
  if (programs === null) throw new Error('there is no server to be started');
  const data = join(folder, 'data');
  mkdirSync(data);
  // The server refuses to run as root: there it runs as the user that Debian made for it.
  const user = process.getuid?.() === 0 ? userNamed('postgres') : null;
  for (const path of [folder, data]) if (user !== null) chownSync(path, user.uid, user.gid);
  chmodSync(folder, 0o755);
  chmodSync(data, 0o700);
  const as = user === null ? {} : { uid: user.uid, gid: user.gid };
  const options = { cwd: folder, ...as, encoding: 'utf8' } as const;
  const init = [
    '--pgdata',
    data,
    '--no-sync',
    '--username',
    'postgres',
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--locale',
    'C.UTF-8',
  ];
  const initialised = spawnSync(join(programs, 'initdb'), init, options);
  if (initialised.status !== 0) throw new Error(`initdb failed: ${initialised.stderr}`);
  // Roles whose name says so need a password.
  const access = [
    'local all +needs_password scram-sha-256',
    'local all all trust',
    'host all all 127.0.0.1/32 scram-sha-256',
    '',
  ];
  writeFileSync(join(data, 'pg_hba.conf'), access.join('\n'));
  const settings = [`listen_addresses = ''`, `unix_socket_directories = '${folder}'`, 'fsync = off', 'synchronous_commit = off'];
  settings.push(
    'full_page_writes = off',
    'deadlock_timeout = 50ms',
    'max_connections = 300',
    'shared_buffers = 64MB',
    'autovacuum = off',
    'jit = off',
    `port = ${port}`,
    ...more,
    '',
  );
  writeFileSync(join(data, 'postgresql.auto.conf'), settings.join('\n'));
  const started = spawnSync(join(programs, 'pg_ctl'), ['start', '-w', '-D', data, '-l', join(folder, 'log')], {
    ...options,
    stdio: 'ignore',
  });
  if (started.status !== 0) throw new Error('the test server did not start');
  watch(folder, parent);
  await ask(folder, 'postgres', `create role ${OWNER} login; create role needs_password`, port);
}

/** Ends the server when the test run is gone, even by SIGKILL: the folder then stays without a word. */
function watch(folder: string, parent: number): void {
  const script = `while [ -d ${folder} ] && kill -0 ${parent} 2>/dev/null; do sleep 2; done
    kill -QUIT "$(head -1 ${folder}/data/postmaster.pid)"; rm -rf ${folder}`;
  spawn('sh', ['-c', script], { detached: true, stdio: 'ignore' }).unref();
}

function stop(folder: string): void {
  const data = join(folder, 'data');
  if (programs === null || !existsSync(join(data, 'postmaster.pid'))) return;
  const { uid, gid } = statSync(data);
  spawnSync(join(programs, 'pg_ctl'), ['stop', '-w', '-m', 'immediate', '-D', data], { cwd: folder, uid, gid, stdio: 'ignore' });
}

function userNamed(name: string): { readonly uid: number; readonly gid: number } {
  const number = (flag: string): number => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
  return { uid: number('-u'), gid: number('-g') };
}
