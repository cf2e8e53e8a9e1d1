import { migrate } from '../../data/migrate.ts';
import { openDatabase, openReadOnly } from '../../data/open.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../errors.ts';

interface Arguments {
  readonly from: string;
  readonly to: string;
}

export const migrateCommand: Command<Arguments> = {
  name: 'migrate',
  usage: 'migrate <from> <to>',
  describe: 'Move everything to another home: from a file to a server or back, row by row, proved equal by a digest',
  options: (yargs) =>
    yargs
      .positional('from', { type: 'string', demandOption: true, describe: 'Database that is moved; it stays as it is' })
      .positional('to', { type: 'string', demandOption: true, describe: 'Empty database, or a path where there is none' }),
  async run({ from, to }) {
    const source = await openReadOnly(from);
    try {
      const target = await openDatabase(to);
      try {
        const { tables, digest } = await migrate(source, target, (table, rows) => {
          process.stderr.write(`${table}: ${rows} rows\n`);
        });
        const rows = tables.reduce((sum, one) => sum + one.rows, 0);
        process.stdout.write(`${rows} rows of ${tables.length} tables are in ${target.url}\nsha256 ${digest} on both sides\n`);
        process.stderr.write(
          'The key of the fingerprints is no part of a database: keep it where the configuration looks for it.\n',
        );
        return EXIT.done;
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  },
};
