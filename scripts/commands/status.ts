import { openReadOnly } from '../../data/open.ts';
import { listRuns } from '../../data/store/progress.ts';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { resultsIn } from '../demo/database.ts';
import { EXIT, Failure } from '../errors.ts';
import { readStatus, statusText } from '../status.ts';

interface Arguments {
  readonly run: number | undefined;
  readonly format: string;
  readonly db: string | undefined;
  readonly config: string | undefined;
}

export const status: Command<Arguments> = {
  name: 'status',
  usage: 'status',
  describe: 'Say how far a run is: done, to do, failed and why, undecided, who is at work, budgets left, when it may end',
  options: (yargs) =>
    yargs
      .option('run', { type: 'number', describe: 'Id of the run; the newest by default' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'For people or for programs' })
      .option('db', { type: 'string', describe: 'Database of the run' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run(args) {
    const config = readConfig({ file: args.config, env: process.env, options: { db: args.db } });
    const database = await openReadOnly(resultsIn(config.db, process.stderr));
    try {
      const runs = await listRuns(database);
      const id = args.run ?? runs[0];
      if (id === undefined) throw new Failure(`${database.url} holds no run yet; start one with the command run`);
      if (!runs.includes(id)) throw new Failure(`there is no run ${id}; there are ${runs.join(', ')}`);
      const known = await readStatus(database, { config, run: id, env: process.env });
      process.stdout.write(args.format === 'json' ? `${JSON.stringify(known, null, 2)}\n` : statusText(known));
      return EXIT.done;
    } finally {
      await database.close();
    }
  },
};
