import { readNpmConfig } from '../../crawler/npm-config.ts';
import type { Plan } from '../../crawler/plan.ts';
import { REGISTRIES } from '../../crawler/registries/index.ts';
import type { Registry } from '../../crawler/registry.ts';
import { REGISTRY_IDS, REGISTRY_LABELS, type RegistryId } from '../../data/model.ts';
import { DatabaseError, type Database } from '../../data/database.ts';
import { openReadOnly } from '../../data/open.ts';
import { listOf, type Command } from '../command.ts';
import { readConfig, withOneSample } from '../config.ts';
import { EXIT, UsageError } from '../errors.ts';
import { formatRows, OUTPUT_FORMATS, type OutputFormat, type Rows } from '../output.ts';
import { planFor } from '../planning.ts';

interface Arguments {
  readonly registry: string[] | undefined;
  readonly sample: string | undefined;
  readonly census: boolean | undefined;
  readonly frame: string[] | undefined;
  readonly artifacts: string | undefined;
  readonly sources: boolean;
  readonly format: string;
  readonly db: string | undefined;
  readonly config: string | undefined;
}

export const plan: Command<Arguments> = {
  name: 'plan',
  usage: 'plan',
  describe: 'Say what a run will cost before its first request: requests, bytes and days per host, and which budget decides',
  options: (yargs) =>
    yargs
      .option('registry', {
        type: 'string',
        array: true,
        describe: `One of ${REGISTRY_IDS.join(', ')}; repeat for several, all by default`,
      })
      .option('sample', { type: 'string', describe: 'Unranked packages per registry, as for the command run' })
      .option('census', { type: 'boolean', describe: 'All packages; the same as --sample all' })
      .option('frame', {
        type: 'string',
        array: true,
        describe: 'Size of a registry, such as npm=3720000; by default as the database or the registry says',
      })
      .option('artifacts', { choices: ['representative', 'all'], describe: 'Which files of a release are looked into' })
      .option('sources', { type: 'boolean', default: false, describe: 'Where the numbers come from, in place of the plan' })
      .option('format', { choices: OUTPUT_FORMATS, default: 'table', describe: 'How the plan is printed' })
      .option('db', { type: 'string', describe: 'Database whose sizes and requests count; need not exist' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' })
      .conflicts('census', 'sample'),
  async run(args) {
    const { db, artifacts } = args;
    const sample = args.census === true ? 'all' : args.sample;
    const read = readConfig({ file: args.config, env: process.env, options: { db, artifacts, sample } });
    const config = sample === undefined ? read : withOneSample(read);
    const enabled = REGISTRY_IDS.filter((id) => config.registries[id]?.enabled !== false);
    const ids = listOf(args.registry, REGISTRY_IDS, 'registry') ?? enabled;
    const frames = framesOf(args.frame ?? []);
    const database = await openIfThere(config.db);
    try {
      const npm = await readNpmConfig({ env: process.env, cwd: process.cwd(), execPath: process.execPath });
      const plans: Plan[] = [];
      for (const registry of REGISTRIES as readonly Registry[]) {
        if (!ids.includes(registry.id)) continue;
        const frameSize = frames.get(registry.id);
        plans.push(await planFor({ config, registry, database, now: Date.now(), frameSize, npmRegistry: npm.registry }));
      }
      const format = OUTPUT_FORMATS.find((one) => one === args.format) ?? 'table';
      process.stdout.write(formatRows(args.sources ? sourcesOf(plans) : rowsOf(plans, format), format));
      return EXIT.done;
    } finally {
      await database?.close();
    }
  },
};

async function openIfThere(url: string): Promise<Database | null> {
  try {
    return await openReadOnly(url);
  } catch (error) {
    if (error instanceof DatabaseError && error.reason === 'missing') return null;
    throw error;
  }
}

/** Sizes such as `npm=3720000`, repeated or separated by commas. */
export function framesOf(values: readonly string[]): ReadonlyMap<RegistryId, number> {
  const frames = new Map<RegistryId, number>();
  for (const value of values.flatMap((one) => one.split(','))) {
    const [name = '', size = ''] = value.trim().split('=');
    const id = REGISTRY_IDS.find((one) => one === name);
    if (id === undefined || !/^\d{1,12}$/.test(size))
      throw new UsageError(
        `--frame takes a registry (${REGISTRY_IDS.join(', ')}) and its number of packages, such as npm=3720000, not ${JSON.stringify(value)}`,
      );
    frames.set(id, Number(size));
  }
  return frames;
}

/** Exact numbers for programs; days with two and bytes in GB with one decimal for people. */
function rowsOf(plans: readonly Plan[], format: OutputFormat): Rows {
  const exact = format === 'json' || format === 'csv';
  const rounded = (value: number | null, digits: number) => (value === null || exact ? value : Number(value.toFixed(digits)));
  return {
    columns: [
      'registry',
      'packages',
      'selected',
      'host role',
      'requests',
      exact ? 'bytes' : 'GB',
      'a second',
      'days by rate',
      'in 30 days',
      'left',
      'days by ceiling',
      'days',
      'binding',
    ],
    rows: plans.flatMap((one) =>
      one.hosts.map((host) => [
        exact ? one.registry : REGISTRY_LABELS[one.registry],
        one.packages,
        one.selected,
        host.role,
        host.requests,
        exact ? host.bytes : rounded(host.bytes / 1e9, 2),
        host.perSecond,
        rounded(host.daysByRate, 2),
        host.per30Days,
        host.left,
        rounded(host.daysByCeiling, 2),
        rounded(host.days, 2),
        host.binding === 'ceiling' ? '30-day ceiling' : 'rate',
      ]),
    ),
  };
}

function sourcesOf(plans: readonly Plan[]): Rows {
  return {
    columns: ['registry', 'source'],
    rows: plans.flatMap((one) => one.sources.map((source) => [REGISTRY_LABELS[one.registry], source])),
  };
}
