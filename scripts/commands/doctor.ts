import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { examine, type Health } from '../doctor.ts';
import { EXIT } from '../errors.ts';
import { printable } from '../output.ts';

interface Arguments {
  readonly offline: boolean;
  readonly format: string;
  readonly db: string | undefined;
  readonly config: string | undefined;
  readonly contact: string | undefined;
}

const MARKS: Readonly<Record<Health, string>> = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' };

export const doctor: Command<Arguments> = {
  name: 'doctor',
  usage: 'doctor',
  describe: 'Look at what a run needs: contact, database, key, disk, clock, budgets left, reachable registries',
  options: (yargs) =>
    yargs
      .option('offline', { type: 'boolean', default: false, describe: 'Ask nobody' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'For people or for programs' })
      .option('db', { type: 'string', describe: 'Database of the run' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' })
      .option('contact', { type: 'string', describe: 'Mail address or URL, sent with every request' }),
  async run({ offline, format, db, config: file, contact }) {
    const config = readConfig({ file, env: process.env, options: { db, contact } });
    const findings = await examine({ config, env: process.env, now: Date.now, offline });
    const width = Math.max(...findings.map(({ check }) => check.length));
    const lines = findings.map(({ check, health, words }) => `${MARKS[health]} ${check.padEnd(width)}  ${printable(words)}`);
    process.stdout.write(format === 'json' ? `${JSON.stringify(findings, null, 2)}\n` : `${lines.join('\n')}\n`);
    return findings.some(({ health }) => health === 'problem') ? EXIT.failed : EXIT.done;
  },
};
