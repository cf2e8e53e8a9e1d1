import { openReadOnly } from '../../data/open.ts';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { EXIT } from '../errors.ts';
import { exportPublic } from '../export.ts';
import { VERSION } from '../setup.ts';

interface Arguments {
  readonly out: string;
  readonly db: string | undefined;
  readonly config: string | undefined;
}

export const exportCommand: Command<Arguments> = {
  name: 'export',
  usage: 'export',
  describe:
    'Write what may be published: the public tables as a database and as Parquet, with a datasheet; no paths, no fingerprints',
  options: (yargs) =>
    yargs
      .option('out', { type: 'string', demandOption: true, describe: 'Folder for the copy' })
      .option('db', { type: 'string', describe: 'Database of the results' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run({ out, db, config }) {
    const settings = readConfig({ file: config, env: process.env, options: { db } });
    const database = await openReadOnly(settings.db);
    try {
      for (const path of await exportPublic(database, out, VERSION)) process.stdout.write(`${path}\n`);
      return EXIT.done;
    } finally {
      await database.close();
    }
  },
};
