import { join } from 'node:path';
import { openReadOnly } from '../../data/open.ts';
import { DEFAULT_POLICY, policyById } from '../../data/policies.ts';
import { collectStatistics } from '../../data/statistics/collect.ts';
import type { Statistics } from '../../data/statistics/model.ts';
import { FORMATS } from '../../reports/formats/index.ts';
import { listOf, type Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { resultsIn } from '../demo/database.ts';
import { EXIT, UsageError } from '../errors.ts';
import { bringUpToDate, outdatedFiles } from '../report-into.ts';
import { writeWhole } from '../write-file.ts';

interface Arguments {
  readonly policy: string;
  readonly run: number | undefined;
  readonly out: string | undefined;
  readonly into: string | undefined;
  readonly link: string | undefined;
  readonly check: boolean;
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
      .option('out', {
        type: 'string',
        describe: 'Folder for the files; reports/out by default, with --into a folder beside the document',
      })
      .option('into', {
        type: 'string',
        describe: 'Document (.md, .mdx, .html) whose section between the markers is replaced; its charts and data go to --out',
      })
      .option('link', { type: 'string', describe: 'With --into: how the document refers to --out, such as /incidence' })
      .option('check', {
        type: 'boolean',
        default: false,
        describe: `With --into: write nothing, only say whether it is current (exit code ${EXIT.stale} if not)`,
      })
      .option('format', {
        type: 'string',
        array: true,
        describe: `One of ${FORMATS.map((one) => one.id).join(', ')}; repeat for several, all by default`,
      })
      .option('db', { type: 'string', describe: 'Database of the run' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run(args) {
    return args.into === undefined ? await writeFiles(args) : await keepCurrent(args, args.into);
  },
};

const DEFAULT_OUT = 'reports/out';

async function writeFiles({ check, link, out = DEFAULT_OUT, ...args }: Arguments): Promise<number> {
  if (check || link !== undefined) throw new UsageError('--check and --link belong to --into FILE');
  const all = FORMATS.map((one) => one.id);
  const formats = listOf(args.format, all, 'format') ?? all;
  const statistics = await statisticsFor(args);
  for (const path of await writeReport(statistics, out, formats)) process.stdout.write(`${path}\n`);
  return EXIT.done;
}

async function keepCurrent({ check, link, out, format, ...args }: Arguments, into: string): Promise<number> {
  if (format !== undefined)
    throw new UsageError('--format does not go with --into: its files are those that the section links to');
  const outdated = await outdatedFiles(await statisticsFor(args), { into, out, link });
  if (!check) bringUpToDate(outdated);
  for (const { path } of outdated) process.stdout.write(`${path}\n`);
  if (!check || outdated.length === 0) return EXIT.done;
  process.stderr.write('Not current; the same command without --check brings it up to date.\n');
  return EXIT.stale;
}

async function statisticsFor({
  config,
  db,
  policy,
  run,
}: Pick<Arguments, 'config' | 'db' | 'policy' | 'run'>): Promise<Statistics> {
  const settings = readConfig({ file: config, env: process.env, options: { db } });
  return await readStatistics(resultsIn(settings.db, process.stderr), policy, run);
}

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

/** Writes the files of the formats below a folder and returns their paths, each once. */
export async function writeReport(statistics: Statistics, out: string, formats: readonly string[]): Promise<string[]> {
  const written = new Set<string>();
  for (const format of FORMATS.filter((one) => formats.includes(one.id))) {
    for (const { name, content } of await format.render(statistics)) {
      const path = join(out, name);
      writeWhole(path, content, 'choose another folder with --out');
      written.add(path);
    }
  }
  return [...written];
}
