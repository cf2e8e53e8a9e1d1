import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { EXIT } from '../errors.ts';
import { createLog, logLevel, LOG_LEVELS } from '../log.ts';
import { work as workOn, type WorkResult } from '../work.ts';

interface Arguments {
  readonly run: number | undefined;
  readonly db: string | undefined;
  readonly config: string | undefined;
  readonly validate: string | undefined;
  readonly contact: string | undefined;
  readonly 'log-level': string;
}

export const work: Command<Arguments> = {
  name: 'work',
  usage: 'work',
  describe: 'Work on runs that were planned elsewhere, together with any number of other workers',
  options: (yargs) =>
    yargs
      .option('run', {
        type: 'number',
        describe: 'Id of the one run to work on, until it is complete; by default every open run, until stopped',
      })
      .option('db', { type: 'string', describe: 'Database of the runs' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON), the same as of the runs' })
      .option('validate', {
        choices: ['off', 'offline', 'live'],
        describe: 'Whether services are asked about tokens; must be as in the run',
      })
      .option('contact', {
        type: 'string',
        describe: 'Mail address or URL, sent with every request; without one nothing leaves this machine',
      })
      .option('log-level', { choices: LOG_LEVELS, default: 'warn', describe: 'Log lines on stderr, JSON' }),
  async run(args) {
    const { db, contact } = args;
    const config = readConfig({
      file: args.config,
      env: process.env,
      options: { db, contact, ...(args.validate === undefined ? {} : { validation: { mode: args.validate } }) },
    });
    const log = createLog(logLevel(args.logLevel));
    const result = await workOn({ config, run: args.run ?? null, env: process.env, log, stderr: process.stderr });
    process.stdout.write(summary(result));
    if (result.problems.length > 0) return EXIT.failed;
    return result.runs.every((one) => one.state === 'closed') ? EXIT.done : EXIT.partial;
  },
};

function summary({ runs, tally, problems }: WorkResult): string {
  const said = runs.map(({ run, state }) =>
    state === 'closed'
      ? `Run ${run} is complete.`
      : `Run ${run} is still open; other workers, or this command again, go on with it.`,
  );
  const fetched = `  ${tally.downloaded} artifacts downloaded by this worker, ${tally.known} known from before`;
  return `${[...said, fetched, ...problems.map((one) => `  ${one}`)].join('\n')}\n`;
}
