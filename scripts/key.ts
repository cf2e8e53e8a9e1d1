import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../data/make-folder.ts';
import { Failure } from './errors.ts';

const BYTES = 32;

/**
 * The key of the fingerprints, from its file; made on first use, readable by its owner alone. It is the one secret that
 * this program keeps: whoever has it and the database can test a guessed token.
 *
 * @throws Failure where the file is no key, or can be neither read nor made
 */
export function readKey(path: string): Uint8Array {
  try {
    return parse(path, readFileSync(path, 'utf8'));
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
  return parse(path, readFileSync(path, 'utf8'));
}

function parse(path: string, text: string): Uint8Array {
  const hex = text.trim();
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
