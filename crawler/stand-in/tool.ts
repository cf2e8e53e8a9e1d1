/** Tools of other ecosystems, for tests that let them judge what was made here. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

export interface Tool {
  /** For `test.skipIf`. */
  readonly isMissing: boolean;
  /** The title of a test that needs it: says so where it is missing. */
  titled(title: string): string;
  /** What it prints; an error with what it said where it fails or takes longer than a minute. */
  run(args: readonly string[], options?: RunOptions): Buffer;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  /** An exit code other than 0 is no error, and what it says of one belongs to what it prints. */
  readonly mayFail?: boolean;
}

/**
 * The program of this name on the PATH, or at this place. It is not asked whether it works: nuget 2.8 spins for ever when asked for its help
 * without a terminal.
 */
export function toolNamed(name: string): Tool {
  const folders = isAbsolute(name) ? ['/'] : (process.env['PATH'] ?? '').split(delimiter);
  const isMissing = !folders.some((folder) => existsSync(join(folder, name)));
  return {
    isMissing,
    titled: (title) => (isMissing ? `${title} (skipped: ${name} is not installed)` : title),
    run(args, { cwd, input, mayFail = false } = {}) {
      const ran = spawnSync(name, args, { cwd, input, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 });
      if (ran.error !== undefined) throw ran.error;
      if (mayFail) return Buffer.concat([ran.stdout, ran.stderr]);
      if (ran.status !== 0) throw new Error(`${name} ${args[0]} ended with ${ran.status}: ${ran.stderr.toString('utf8')}`);
      return ran.stdout;
    },
  };
}
