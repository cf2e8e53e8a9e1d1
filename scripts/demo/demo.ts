/** The demo: an invented world, a real run over it, its report, and the comparison of what was measured with what is so. */
import { resolve } from 'node:path';
import { DatabaseError } from '../../data/database.ts';
import { fileOf } from '../../data/location.ts';
import { REGISTRY_IDS, REGISTRY_LABELS } from '../../data/model.ts';
import { openReadOnly } from '../../data/open.ts';
import { DEFAULT_POLICY } from '../../data/policies.ts';
import type { Statistics } from '../../data/statistics/model.ts';
import { FORMATS } from '../../reports/formats/index.ts';
import { readStatistics, writeReport } from '../commands/report.ts';
import { summary } from '../commands/run.ts';
import { readConfig } from '../config.ts';
import { EXIT, UsageError } from '../errors.ts';
import { createLog, type LogLevel } from '../log.ts';
import { formatRows } from '../output.ts';
import { research } from '../research.ts';
import type { Named } from './database.ts';
import { withWorkers } from './workers.ts';
import { disagreements, truthOf } from './truth.ts';
import { startDemoWorld } from './world.ts';

export interface DemoOptions {
  readonly db: string;
  readonly out: string;
  readonly seed: string;
  readonly scale: number;
  readonly tamper: boolean;
  /** Processes that do the work, besides this one, which plans; 0: this one does everything. */
  readonly workers: number;
  readonly logLevel: LogLevel;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

const DAY_MS = 24 * 3_600_000;
const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** Refuses a database that holds runs of anything but this world, before anything is written. */
async function requireOwnDatabase(url: string, { seed, scale }: Named): Promise<void> {
  let database;
  try {
    database = await openReadOnly(url);
  } catch (error) {
    // None yet, or one that cannot be used: the run says why.
    if (error instanceof DatabaseError) return;
    throw error;
  }
  try {
    const runs = await database.db.selectFrom('run').select(['id', 'period']).orderBy('id').execute();
    const other = runs.find(({ period }) => period?.slice(0, -DAY_LENGTH) !== periodOf({ seed, scale }, ''));
    if (other === undefined) return;
    throw new UsageError(
      `${database.url} holds run ${other.id}${other.period === null ? '' : ` of ${other.period}`}, which is none of the demo's world of ` +
        `seed ${JSON.stringify(seed)} and scale ${scale}: their figures would mix; give another database with --db`,
    );
  } finally {
    await database.close();
  }
}

function periodOf({ seed, scale }: Named, day: string): string {
  return `demo-${seed}-${scale}-${day}`;
}

/** Runs the demo; the exit code is 1 when what was measured is not what is so. */
export async function runDemo({
  db,
  out,
  seed,
  scale,
  tamper,
  workers,
  logLevel,
  stdout,
  stderr,
  ...options
}: DemoOptions): Promise<number> {
  // The hours of a day have the same world, so a demo that was killed goes on with it.
  const now = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS);
  await requireOwnDatabase(db, { seed, scale });
  const demo = await startDemoWorld({ seed, now, scale, tamper });
  try {
    const config = readConfig({
      env: {},
      options: {
        ...demo.settings,
        db,
        seed,
        sample: 'all',
        period: periodOf({ seed, scale }, now.toISOString().slice(0, DAY_LENGTH)),
      },
    });
    const log = createLog(logLevel);
    stderr.write(`An invented world of ${demo.world.packages.length} packages is up on loopback; nothing leaves this machine.\n`);
    const env = withoutNpm(options.env);
    const planned = { config, registries: REGISTRY_IDS, named: null, env, log, stderr };
    const result = await (workers === 0 ? research(planned) : withWorkers(planned, workers));
    stdout.write(summary(result));
    if (result.outcome === 'stopped') return EXIT.partial;
    const statistics = await readStatistics(db, DEFAULT_POLICY, result.run);
    stdout.write(`\n${formatRows(overview(statistics), 'table')}\n`);
    const files = await writeReport(
      statistics,
      out,
      FORMATS.map((format) => format.id),
    );
    const page = files.find((file) => file.endsWith('.html')) ?? out;
    const wrong = [
      ...disagreements(truthOf(demo.world, DEFAULT_POLICY), statistics),
      ...demo.unknown().map((one) => `a stand-in did not know the request ${one}`),
      ...result.problems,
    ];
    if (wrong.length > 0) {
      stdout.write(`Measured and true incidence of the world DISAGREE:\n${wrong.map((one) => `  ${one}`).join('\n')}\n`);
      return EXIT.failed;
    }
    stdout.write('Measured and true incidence of the world agree, per registry, tier and verdict.\n');
    if (fileOf(db) !== null) stdout.write(`Its database, for other commands: --db ${db}\n`);
    stdout.write(`The report: ${resolve(page)}\n`);
    return EXIT.done;
  } finally {
    await demo.close();
  }
}

/** The user's npm configuration is about the real registry; the demo's registry needs none of it. */
function withoutNpm(env: DemoOptions['env']): DemoOptions['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_config_|_proxy$/i.test(name)));
}

function overview({ registries }: Statistics) {
  const rows = registries.flatMap((one) =>
    one.status === 'not-analysed'
      ? []
      : one.tiers.map((tier) => [
          REGISTRY_LABELS[one.registry],
          tier.tier,
          tier.population,
          tier.analyzed,
          tier.detections,
          tier.undecided,
        ]),
  );
  return { columns: ['registry', 'tier', 'packages', 'analyzed', 'detections', 'undecided'], rows };
}
