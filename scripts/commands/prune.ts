import type { Database } from '../../data/database.ts';
import { openExisting, openQueue } from '../../data/open.ts';
import { thisHolder } from '../../data/store/holder.ts';
import { compact, prune as pruneRuns } from '../../data/store/prune.ts';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { EXIT, UsageError } from '../errors.ts';
import { queuesOf } from '../jobs.ts';

interface Arguments {
  readonly keep: number | undefined;
  readonly 'give-up': number | undefined;
  readonly 'dry-run': boolean;
  readonly compact: boolean;
  readonly db: string | undefined;
  readonly config: string | undefined;
}

/** Three months, or three censuses. */
const KEPT = 3;

export const prune: Command<Arguments> = {
  name: 'prune',
  usage: 'prune',
  describe: 'Drop samples, findings and ranking places of old runs; the figures of every run stay, and so do their reports',
  options: (yargs) =>
    yargs
      .option('keep', {
        type: 'number',
        describe: `So many of the newest complete runs keep everything; ${KEPT} by default, with --give-up all of them`,
      })
      .option('give-up', {
        type: 'number',
        describe: 'Id of an open run that will not be finished: its rows go, and its period is free for another run',
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Say what would go, and change nothing' })
      .option('compact', { type: 'boolean', default: false, describe: 'Give the space back to the system afterwards' })
      .option('db', { type: 'string', describe: 'Database of the results' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run(args) {
    const keep = args.keep ?? (args.giveUp === undefined ? KEPT : Number.MAX_SAFE_INTEGER);
    if (!Number.isInteger(keep) || keep < 1) throw new UsageError(`--keep takes a whole number of runs, 1 or more, not ${keep}`);
    if (args.giveUp !== undefined && !Number.isInteger(args.giveUp))
      throw new UsageError(`--give-up takes the id of a run, not ${args.giveUp}; \`query runs\` says which is open`);
    const { db } = readConfig({ file: args.config, env: process.env, options: { db: args.db } });
    const database = await openExisting(db);
    try {
      const { runs, rows } = await pruneRuns(database, {
        keep,
        now: Date.now(),
        giveUp: args.giveUp,
        dryRun: args.dryRun,
      });
      if (args.giveUp !== undefined && !args.dryRun) await dropJobs(database, args.giveUp);
      if (args.compact && !args.dryRun) await compact(database);
      const verb = args.dryRun ? 'would go' : 'went';
      const what = Object.entries(rows).map(([table, count]) => `  ${table.padEnd(12)}  ${count.toLocaleString('en')}`);
      const given = args.giveUp === undefined ? [] : [`Run ${args.giveUp} ${args.dryRun ? 'would be' : 'is'} given up.`];
      const head =
        runs.length === 0
          ? 'Nothing to drop.'
          : `Single rows of ${runs.length === 1 ? 'run' : 'runs'} ${runs.join(', ')} ${verb}:`;
      process.stdout.write(`${[...given, head, ...what].join('\n')}\n`);
      return EXIT.done;
    } finally {
      await database.close();
    }
  },
};

/** What was announced to workers of the run is of no use to anybody. */
async function dropJobs(database: Database, run: number): Promise<void> {
  const queue = await openQueue(database, thisHolder());
  try {
    await queue.drop(queuesOf(run));
  } finally {
    await queue.close();
  }
}
