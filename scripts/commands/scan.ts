import { REGISTRY_IDS } from '../../data/model.ts';
import type { Command } from '../command.ts';
import { scanAsGate } from '../scan-gate.ts';

interface Arguments {
  readonly what: string;
  readonly registry: string | undefined;
  readonly 'npm-pack': boolean;
  readonly format: string;
  readonly validate: string | undefined;
  readonly suppressions: string | undefined;
  readonly 'key-file': string | undefined;
  readonly 'fail-on': string[] | undefined;
  readonly config: string | undefined;
  readonly contact: string | undefined;
}

export const scan: Command<Arguments> = {
  name: 'scan',
  usage: 'scan <what>',
  describe: 'Look into packages and files, and say what tokens they carry: a gate before publishing',
  options: (yargs) =>
    yargs
      .positional('what', {
        type: 'string',
        demandOption: true,
        describe: 'A package (.gem, .nupkg, .whl, .tgz, …), any file, or a folder of them; with --registry, NAME or NAME@VERSION',
      })
      .option('registry', {
        type: 'string',
        describe: `Look into a release of this registry: one of ${REGISTRY_IDS.join(', ')}; needs a contact`,
      })
      .option('npm-pack', {
        type: 'boolean',
        default: false,
        describe: 'Look into what npm pack would ship from the folder; nothing is executed',
      })
      .option('format', {
        choices: ['text', 'json', 'sarif'],
        default: 'text',
        describe: 'json: one object per artifact and line; sarif: one log for code scanning pages',
      })
      .option('validate', {
        choices: ['off', 'offline', 'live'],
        describe: 'off: ask nobody (default); live: ask each service whether it accepts a token',
      })
      .option('suppressions', { type: 'string', describe: 'File with findings that may stay, each with author, date and reason' })
      .option('key-file', {
        type: 'string',
        describe: 'Key of the fingerprints, made where it is missing; keep it, never publish it',
      })
      .option('fail-on', {
        type: 'string',
        array: true,
        describe: 'Policies that fail the scan, in place of those that fail a build by the catalogue',
      })
      .option('contact', { type: 'string', describe: 'Mail address or URL, sent with every question; needed for live' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run(args) {
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort(new Error('stopped by SIGINT')));
    const { env, stdout, stderr } = process;
    return scanAsGate(args, { env, stdout, stderr, signal: stop.signal });
  },
};
