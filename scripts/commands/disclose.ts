import { join } from 'node:path';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { disclose, type Disclosure } from '../disclose.ts';
import { EXIT, UsageError } from '../errors.ts';
import { createLog, logLevel, LOG_LEVELS } from '../log.ts';

interface Arguments {
  readonly service: string;
  readonly out: string;
  readonly run: number | undefined;
  readonly again: boolean;
  readonly 'verified-within': number;
  readonly db: string | undefined;
  readonly config: string | undefined;
  readonly contact: string | undefined;
  readonly 'log-level': string;
}

export const discloseCommand: Command<Arguments> = {
  name: 'disclose',
  usage: 'disclose',
  describe: "Write the working tokens of a service into a file that only the service's own people can read; sends nothing",
  options: (yargs) =>
    yargs
      .option('service', { type: 'string', demandOption: true, describe: 'Id of the service, as `services` lists it' })
      .option('out', { type: 'string', default: join('reports', 'disclosures'), describe: 'Folder for the encrypted batches' })
      .option('run', { type: 'number', describe: 'Id of the run; the newest complete one by default' })
      .option('again', { type: 'boolean', default: false, describe: 'Also what the same recipients were told before' })
      .option('verified-within', {
        type: 'number',
        default: 24,
        describe: 'Hours: tokens that the service was asked about within them are not asked about again',
      })
      .option('db', { type: 'string', describe: 'Database of the run' })
      .option('config', { type: 'string', describe: 'Configuration file with disclosure.recipients (YAML or JSON)' })
      .option('contact', { type: 'string', describe: 'Mail address or URL, sent with every request' })
      .option('log-level', { choices: LOG_LEVELS, default: 'warn', describe: 'Log lines on stderr, JSON' }),
  async run({ service, out, run, again, verifiedWithin, db, config: file, contact, logLevel: level }) {
    if (!(verifiedWithin >= 0)) throw new UsageError(`--verified-within takes hours from 0, not ${verifiedWithin}`);
    const config = readConfig({ file, env: process.env, options: { db, contact } });
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort(new Error('stopped by SIGINT')));
    const log = createLog(logLevel(level));
    const { signal } = stop;
    const options = { config, service, out, run, again, verifiedWithinHours: verifiedWithin, env: process.env, log, signal };
    const done = await disclose(options);
    process.stdout.write(disclosed(service, done));
    return done.missed.length > 0 || done.others.unknown !== undefined ? EXIT.partial : EXIT.done;
  },
};

/** What was written, in words and without a token. */
export function disclosed(service: string, { run, batches, others, missed }: Disclosure): string {
  const left = Object.entries(others).map(([verdict, count]) => `${count} now ${verdict}`);
  const lines =
    batches.length === 0
      ? [`Run ${run} has no working token of ${service} that is still to be told; nothing was written.`]
      : [
          `Working tokens of ${service} in run ${run}, encrypted. Nothing was sent: hand the files over yourself.`,
          ...batches.map(({ path, recipient, sha256, tokenIds, places }) =>
            [`  ${path}`, `${tokenIds.length} tokens at ${places} places`, `for ${recipient}`, `SHA-256 ${sha256}`].join(
              '\n    ',
            ),
          ),
        ];
  if (left.length > 0) lines.push(`  left out: ${left.join(', ')}`);
  for (const one of missed) lines.push(`  could not be read again: ${one}`);
  return `${lines.join('\n')}\n`;
}
