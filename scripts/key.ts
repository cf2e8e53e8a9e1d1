import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from '../data/database.ts';
import { makeFolder } from '../data/make-folder.ts';
import { Failure } from './errors.ts';
import { readBytes } from './written-file.ts';

const BYTES = 32;

/**
 * The key of the fingerprints, from its file; made on first use, readable by its owner alone. It is the one secret that
 * this program keeps: whoever has it and the database can test a guessed token.
 *
 * @throws Failure where the file is no key, or can be neither read nor made
 */
export function readKey(path: string): Uint8Array {
  try {
    return read(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw explain(path, error);
  }
  try {
    makeFolder(dirname(path));
    // `wx`: when two processes start at once, one makes the key and both read it.
    writeFileSync(path, `${randomBytes(BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw explain(path, error);
  }
  return read(path);
}

/**
 * The key of a database's fingerprints; made for a database without a run alone. With another one every token would be a new one,
 * to be asked about again.
 *
 * @throws Failure as `readKey`, and where the key of a database with runs is missing
 */
export async function keyFor({ db, url }: Database, path: string): Promise<Uint8Array> {
  // Whoever opens the first run has made the key before: asked in this order, a missing key is a lost one.
  const run = await db.selectFrom('run').select('key_id').limit(1).executeTakeFirst();
  if (run !== undefined && !existsSync(path)) throw new Failure(lostKey(path, url));
  return readKey(path);
}

export function lostKey(path: string, database: string): string {
  return `${path} is missing, and the runs of ${database} were made with a key: restore the file, name it with keyFile, or begin a new database`;
}

function read(path: string): Uint8Array {
  const hex = readBytes(path, 1000).toString('latin1').trim();
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new Failure(
      `${path} holds no key: expected ${BYTES * 2} hexadecimal digits; restore the file, or delete it and begin a new database`,
    );
  }
  return Buffer.from(hex, 'hex');
}

function explain(path: string, error: unknown): Error {
  if (error instanceof Failure) return error;
  return new Failure(
    `the key file ${path} can be neither read nor made (${codeOf(error)}); check the folder's permissions, or set keyFile`,
    { cause: error },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason';
}
