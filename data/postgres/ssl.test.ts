/** Encrypted connections to a real server with a certificate of its own making. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../open.ts';
import { isServerMissing, startOwnServer } from './test-server.ts';

const isMissing = isServerMissing || spawnSync('openssl', ['version']).status !== 0;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A certificate for `localhost`, valid for a day, and its key. */
function certificateIn(folder: string): { readonly certificate: string; readonly key: string } {
  const [certificate, key] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  chmodSync(folder, 0o755);
  chmodSync(key, 0o600);
  // As root, the server runs as the user that owns its folder.
  if (process.getuid?.() === 0) {
    const { uid, gid } = userOfServer();
    chownSync(key, uid, gid);
  }
  return { certificate, key };
}

function userOfServer(): { readonly uid: number; readonly gid: number } {
  return statSync('/var/lib/postgresql');
}

test.skipIf(isMissing)(
  'over TLS: sslmode=require encrypts, verify-full also knows who answers, and refuses whoever it cannot tell (needs a server and openssl)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'incidence-tls-'));
    try {
      const port = await freePort();
      const { certificate, key } = certificateIn(folder);
      const tls = ['ssl = on', `ssl_cert_file = '${certificate}'`, `ssl_key_file = '${key}'`];
      await using server = await startOwnServer([`listen_addresses = '127.0.0.1'`, ...tls], port);
      const local = await server.createDatabase();
      const password = 'of this test alone';
      await server.administer(local, `alter role incidence password '${password}'`);
      const { pathname } = new URL(local);
      const address = (host: string, parameters: string): string =>
        `postgres://incidence:${encodeURIComponent(password)}@${host}:${port}${pathname}?${parameters}`;
      const isEncrypted = async (url: string): Promise<unknown> => {
        const database = await openDatabase(url);
        try {
          await database.db.selectFrom('meta').select('key').execute();
          const { rows } = await server.administer(
            local,
            'select bool_and(ssl) as ssl from pg_stat_ssl join pg_stat_activity using (pid) where client_port > 0',
          );
          return rows[0]?.['ssl'];
        } finally {
          await database.close();
        }
      };
      expect(await isEncrypted(address('127.0.0.1', 'sslmode=require'))).toBe(true);
      const root = `sslrootcert=${encodeURIComponent(certificate)}`;
      expect(await isEncrypted(address('localhost', `sslmode=verify-full&${root}`))).toBe(true);
      // A certificate for another name, and one that nobody vouches for.
      const refused = /no safe connection/;
      await expect(openDatabase(address('127.0.0.1', `sslmode=verify-full&${root}`))).rejects.toThrow(refused);
      const unknown = openDatabase(address('localhost', 'sslmode=verify-full'));
      await expect(unknown).rejects.toMatchObject({ reason: 'unreachable' });
      await expect(unknown).rejects.not.toThrow(password);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
