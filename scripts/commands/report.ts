import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openReadOnly } from '../../data/open.ts';
import { DEFAULT_POLICY, policyById } from '../../data/policies.ts';
import { collectStatistics } from '../../data/statistics/collect.ts';
import type { Statistics } from '../../data/statistics/model.ts';
import { FORMATS } from '../../reports/formats/index.ts';
import { listOf, type Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { EXIT, Failure, UsageError } from '../errors.ts';

interface Arguments {
  readonly policy: string;
  readonly run: number | undefined;
  readonly out: string;
  readonly format: string[] | undefined;
  readonly db: string | undefined;
  readonly config: string | undefined;
}

export const report: Command<Arguments> = {
  name: 'report',
  usage: 'report',
  describe: "Write the policy's page with its statistics: Markdown, HTML, SVG charts, CSV and JSON",
  options: (yargs) =>
    yargs
      .option('policy', { type: 'string', default: DEFAULT_POLICY, describe: 'Policy of the catalogue' })
      .option('run', { type: 'number', describe: 'Id of the run; the newest complete one by default' })
      .option('out', { type: 'string', default: 'reports/out', describe: 'Folder for the files' })
      .option('format', {
        type: 'string',
        array: true,
        describe: `One of ${FORMATS.map((one) => one.id).join(', ')}; repeat for several, all by default`,
      })
      .option('db', { type: 'string', describe: 'Database of the run' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run(args) {
    const config = readConfig({ file: args.config, env: process.env, options: { db: args.db } });
    const formats =
      listOf(
        args.format,
        FORMATS.map((one) => one.id),
        'format',
      ) ?? FORMATS.map((one) => one.id);
    const statistics = await readStatistics(config.db, args.policy, args.run);
    for (const path of await writeReport(statistics, args.out, formats)) process.stdout.write(`${path}\n`);
    return EXIT.done;
  },
};

/** The statistics of a policy; an unknown policy is the caller's mistake and names the valid ones. */
export async function readStatistics(db: string, policy: string, run: number | undefined): Promise<Statistics> {
  let known;
  try {
    known = policyById(policy);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
  const database = await openReadOnly(db);
  try {
    return await collectStatistics(database, { policy: known.id, ...(run === undefined ? {} : { run }) });
  } finally {
    await database.close();
  }
}

/** Writes the files of the formats below a folder and returns their paths. */
export async function writeReport(statistics: Statistics, out: string, formats: readonly string[]): Promise<string[]> {
  const written: string[] = [];
  for (const format of FORMATS.filter((one) => formats.includes(one.id))) {
    for (const file of await format.render(statistics)) {
      const path = join(out, file.name);
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, file.content);
      } catch (error) {
        throw new Failure(
          `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}); choose another folder with --out`,
          { cause: error },
        );
      }
      written.push(path);
    }
  }
  return written;
}
