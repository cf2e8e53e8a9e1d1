import { join } from 'node:path';
import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { logLevel, LOG_LEVELS } from '../log.ts';
import { databaseOf } from '../demo/database.ts';
import { runDemo } from '../demo/demo.ts';

interface Arguments {
  readonly db: string | undefined;
  readonly out: string;
  readonly seed: string;
  readonly scale: number;
  readonly tamper: boolean;
  readonly workers: number;
  readonly 'log-level': string;
}

export const demo: Command<Arguments> = {
  name: 'demo',
  usage: 'demo',
  describe: 'Do the whole run on an invented world, on this machine alone, and compare what it measured with what is so',
  options: (yargs) =>
    yargs
      .option('db', {
        type: 'string',
        describe: `Database of the run; ${databaseOf({ seed: 'demo', scale: 1 })} by default, one of its own for every other world`,
      })
      .option('out', { type: 'string', default: join('reports', 'out'), describe: 'Folder of the report' })
      .option('seed', { type: 'string', default: 'demo', describe: 'Another seed is another world' })
      .option('scale', {
        type: 'number',
        default: 1,
        describe: 'Size of the world: 0.1 is a tenth of the packages, 3 three times as many',
      })
      .option('workers', {
        type: 'number',
        default: 0,
        describe: 'Let so many processes do the work, as machines would; none by default, so that this one does it',
      })
      .option('tamper', {
        type: 'boolean',
        default: false,
        describe: 'Take one planted token away behind the back of the stated truth: the demo must notice',
      })
      .option('log-level', { choices: LOG_LEVELS, default: 'warn', describe: 'Log lines on stderr, JSON' }),
  async run({ db, out, seed, scale, tamper, workers, logLevel: level }) {
    if (!(scale > 0)) throw new UsageError(`--scale takes a number above 0, not ${scale}`);
    if (!Number.isInteger(workers) || workers < 0 || workers > 64)
      throw new UsageError(`--workers takes a whole number from 0 to 64, not ${workers}`);
    const { env, stdout, stderr } = process;
    return runDemo({
      db: db ?? databaseOf({ seed, scale }),
      out,
      seed,
      scale,
      tamper,
      workers,
      logLevel: logLevel(level),
      env,
      stdout,
      stderr,
    });
  },
};
