/** Writing files that other people read: whole or not at all. */
import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../data/make-folder.ts';
import { Failure } from './errors.ts';

/**
 * Writes a file in one step, with its folder where it is missing: whoever reads it finds the old content or the new one. A link
 * is followed, and the rights of a file that is there are kept.
 *
 * @param advice what to do where it cannot be written
 * @throws Failure
 */
export function writeWhole(path: string, content: string | Uint8Array, advice: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const draft = `${target}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(target));
    writeFileSync(draft, content, { mode: existsSync(target) ? statSync(target).mode : 0o666 });
    renameSync(draft, target);
  } catch (error) {
    if (existsSync(draft)) rmSync(draft);
    throw new Failure(`${path} cannot be written (${reasonOf(error)}); ${advice}`, { cause: error });
  }
}

/** The system's code for what went wrong, such as EACCES. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
