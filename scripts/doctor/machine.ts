/** The checks of this machine: database, key, disk, memory. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { DatabaseError, type Database } from '../../data/database.ts';
import { fileOf, keyFileOf } from '../../data/location.ts';
import { obstacleToWriting, openReadOnly } from '../../data/open.ts';
import { listRuns } from '../../data/store/progress.ts';
import type { Config } from '../config.ts';
import type { Finding } from '../doctor.ts';
import { Failure } from '../errors.ts';
import { lostKey, readKey } from '../key.ts';

/** A census of five million packages takes some 650 MB, and its log and a compaction as much again. */
const COMFORTABLE_BYTES = 2e9;
const NEEDED_BYTES = 2e8;
const COMFORTABLE_MEMORY = 1e9;

/** Opens the database where there is one; making it is left to a run. */
export async function checkDatabase(url: string): Promise<{ readonly finding: Finding; readonly database: Database | null }> {
  const check = 'database';
  try {
    const database = await openReadOnly(url);
    const obstacle = await obstacleToWriting(url);
    if (obstacle !== null) return { finding: { check, health: 'problem', words: obstacle }, database };
    return { finding: { check, health: 'ok', words: `${database.url} is ready` }, database };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const file = fileOf(url);
    if (error.reason !== 'missing' || file === null) {
      const health = error.reason === 'older' || error.reason === 'missing' ? 'warning' : 'problem';
      return { finding: { check, health, words: error.message }, database: null };
    }
    const folder = dirname(resolve(file));
    const words = isWritable(folder)
      ? `${url} will be made by the first run`
      : existsSync(folder)
        ? `${url} cannot be made: ${folder} is not writable for this user`
        : `${url} cannot be made: the folder ${folder} does not exist`;
    return { finding: { check, health: isWritable(folder) ? 'ok' : 'problem', words }, database: null };
  }
}

/** The newest moment that the database knows of; null for an empty one. */
export async function latestMoment({ db }: Database): Promise<number | null> {
  const runs = await db
    .selectFrom('run')
    .select((eb) => [eb.fn.max<number | null>('opened_at').as('opened'), eb.fn.max<number | null>('closed_at').as('closed')])
    .executeTakeFirst();
  const asked = await db
    .selectFrom('host')
    .select((eb) => eb.fn.max<number | null>('touched_at').as('touched'))
    .executeTakeFirst();
  const moments = [runs?.opened, runs?.closed, asked?.touched].filter((one) => typeof one === 'number');
  return moments.length === 0 ? null : Math.max(...moments);
}

export async function checkKey({ keyFile, db }: Config, database: Database | null): Promise<Finding> {
  const check = 'key';
  const path = keyFile ?? keyFileOf(db);
  if (!existsSync(path)) {
    if (database !== null && (await listRuns(database)).length > 0)
      return { check, health: 'problem', words: lostKey(path, database.url) };
    const folder = dirname(resolve(path));
    return isWritable(folder)
      ? { check, health: 'ok', words: `${path} will be made by the first run` }
      : { check, health: 'problem', words: `${path} cannot be made: ${folder} does not exist or is not writable` };
  }
  try {
    readKey(path);
  } catch (error) {
    if (error instanceof Failure) return { check, health: 'problem', words: error.message };
    throw error;
  }
  const others = statSync(path).mode & 0o077;
  if (others !== 0)
    return {
      check,
      health: 'warning',
      words: `${path} can be read by others; whoever has it and the database can test guessed tokens: chmod 600`,
    };
  return { check, health: 'ok', words: `${path}, for its owner alone` };
}

export async function checkDisk(url: string): Promise<Finding> {
  const check = 'disk';
  const file = fileOf(url);
  if (file === null) return { check, health: 'ok', words: "the database is a server's; nothing else is written here" };
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) return { check, health: 'warning', words: `${folder} does not exist, so its space is not known` };
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const words = `${(free / 1e9).toFixed(1)} GB free in ${folder}`;
  if (free < NEEDED_BYTES) return { check, health: 'problem', words: `${words}; a run needs 0.2 GB at the least` };
  return free < COMFORTABLE_BYTES
    ? { check, health: 'warning', words: `${words}; enough for samples, not for a census (2 GB)` }
    : { check, health: 'ok', words };
}

export function checkMemory(): Finding {
  // In a container its own limit counts; 0 where there is none.
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const words = `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes < COMFORTABLE_MEMORY
    ? { check: 'memory', health: 'warning', words: `${words}; a run takes up to 1 GB: set limits.concurrency lower` }
    : { check: 'memory', health: 'ok', words };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
