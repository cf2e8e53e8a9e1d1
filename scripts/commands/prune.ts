import { openDatabase } from '../../data/open.ts';
import { compact, prune as pruneRuns } from '../../data/store/prune.ts';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { EXIT, UsageError } from '../errors.ts';

interface Arguments {
  readonly keep: number;
  readonly 'dry-run': boolean;
  readonly compact: boolean;
  readonly db: string | undefined;
  readonly config: string | undefined;
}

export const prune: Command<Arguments> = {
  name: 'prune',
  usage: 'prune',
  describe: 'Drop samples, findings and ranking places of old runs; the figures of every run stay, and so do their reports',
  options: (yargs) =>
    yargs
      .option('keep', { type: 'number', default: 3, describe: 'So many of the newest complete runs keep everything' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Say what would go, and change nothing' })
      .option('compact', { type: 'boolean', default: false, describe: 'Give the space back to the system afterwards' })
      .option('db', { type: 'string', describe: 'Database of the results' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run(args) {
    if (!Number.isInteger(args.keep) || args.keep < 1)
      throw new UsageError(`--keep takes a whole number of runs, 1 or more, not ${args.keep}`);
    const { db } = readConfig({ file: args.config, env: process.env, options: { db: args.db } });
    const database = await openDatabase(db);
    try {
      const { runs, rows } = await pruneRuns(database, { keep: args.keep, now: Date.now(), dryRun: args.dryRun });
      if (args.compact && !args.dryRun) await compact(database);
      const verb = args.dryRun ? 'would go' : 'went';
      const what = Object.entries(rows).map(([table, count]) => `  ${table.padEnd(12)}  ${count.toLocaleString('en')}`);
      const head =
        runs.length === 0
          ? 'Nothing to drop.'
          : `Single rows of ${runs.length === 1 ? 'run' : 'runs'} ${runs.join(', ')} ${verb}:`;
      process.stdout.write(`${[head, ...what].join('\n')}\n`);
      return EXIT.done;
    } finally {
      await database.close();
    }
  },
};
