import { namedQueries } from '../../data/queries.ts';
import { QUERY_LIMITS, runQuery } from '../../data/query.ts';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { EXIT, UsageError } from '../errors.ts';
import { resultsIn } from '../demo/database.ts';
import { formatRows, OUTPUT_FORMATS, type OutputFormat } from '../output.ts';

interface Arguments {
  readonly sql: string | undefined;
  readonly format: string;
  readonly list: boolean;
  readonly rows: number;
  readonly seconds: number;
  readonly db: string | undefined;
  readonly config: string | undefined;
}

export const query: Command<Arguments> = {
  name: 'query',
  usage: 'query [sql]',
  describe: 'Answer your SQL from the results, read-only; or a query that is kept under a name',
  options: (yargs) =>
    yargs
      .positional('sql', { type: 'string', describe: 'One SELECT, or the name of a kept query' })
      .option('format', { choices: OUTPUT_FORMATS, default: 'table', describe: 'How the rows are printed' })
      .option('list', { type: 'boolean', default: false, describe: 'The kept queries, with what they answer' })
      .option('rows', { type: 'number', default: QUERY_LIMITS.rows, describe: 'Most rows to print' })
      .option('seconds', { type: 'number', default: QUERY_LIMITS.ms / 1000, describe: 'Longest time for an answer' })
      .option('db', { type: 'string', describe: 'Database of the results' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run(args) {
    const format = OUTPUT_FORMATS.find((one) => one === args.format) ?? 'table';
    if (args.list) {
      print({ columns: ['name', 'title'], rows: namedQueries().map((one) => [one.name, one.title]) }, format);
      return EXIT.done;
    }
    if (args.sql === undefined) throw new UsageError('give a SELECT or the name of a kept query; --list shows the names');
    if (!(args.rows >= 1) || !(args.seconds > 0)) throw new UsageError('--rows takes 1 or more, --seconds more than 0');
    const config = readConfig({ file: args.config, env: process.env, options: { db: args.db } });
    const named = namedQueries().find((one) => one.name === args.sql);
    const result = await runQuery(resultsIn(config.db, process.stderr), named?.sql ?? args.sql, {
      rows: args.rows,
      ms: args.seconds * 1000,
    });
    print(result, format);
    if (result.truncated) process.stderr.write(`There are more rows than the ${args.rows} shown; --rows shows more.\n`);
    return EXIT.done;
  },
};

function print(
  rows: { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] },
  format: OutputFormat,
): void {
  process.stdout.write(formatRows(rows, format));
}
