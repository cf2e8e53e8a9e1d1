import { REGISTRY_IDS, REGISTRY_LABELS } from '../../data/model.ts';
import { DEFAULT_POLICY } from '../../data/policies.ts';
import { listOf, type Command } from '../command.ts';
import { readConfig, withOneSample } from '../config.ts';
import { UsageError } from '../errors.ts';
import { createLog, logLevel, LOG_LEVELS } from '../log.ts';
import type { MetricsServer, MetricsSources } from '../metrics.ts';
import { exitOf, research, type ResearchResult } from '../research.ts';

interface Arguments {
  readonly registry: string[] | undefined;
  readonly packages: string[] | undefined;
  readonly sample: string | undefined;
  readonly census: boolean | undefined;
  readonly 'over-several-periods': boolean | undefined;
  readonly seed: string | undefined;
  readonly period: string | undefined;
  readonly validate: string | undefined;
  readonly artifacts: string | undefined;
  readonly db: string | undefined;
  readonly config: string | undefined;
  readonly contact: string | undefined;
  readonly detach: boolean | undefined;
  readonly 'then-report': string | undefined;
  readonly metrics: string | undefined;
  readonly 'log-level': string;
}

export const run: Command<Arguments> = {
  name: 'run',
  usage: 'run',
  describe: 'Do a research run, or go on with it: list, rank, draw, download, look, ask, store',
  options: (yargs) =>
    yargs
      .option('registry', {
        type: 'string',
        array: true,
        describe: `One of ${REGISTRY_IDS.join(', ')}; repeat for several, all by default`,
      })
      .option('packages', { type: 'string', array: true, describe: 'These packages alone, by name and separated by commas' })
      .option('sample', {
        type: 'string',
        describe: 'Unranked packages per registry: a number, a share such as 2.5%, a precision such as "0.5% +- 0.1%", or all',
      })
      .option('census', { type: 'boolean', describe: 'All packages; the same as --sample all' })
      .option('over-several-periods', {
        type: 'boolean',
        describe: 'Begin although more is asked than is left of a ceiling of 30 days, and go on when it allows',
      })
      .conflicts('census', ['sample', 'packages'])
      .option('seed', { type: 'string', describe: 'Decides the sample; the same seed draws the same packages' })
      .option('period', {
        type: 'string',
        describe: 'Name of the period, such as 2026-11, or day, week or month for the present one; a period has one run',
      })
      .option('validate', {
        choices: ['off', 'offline', 'live'],
        describe: 'Whether services are asked about tokens; off by default',
      })
      .option('artifacts', { choices: ['representative', 'all'], describe: 'Which files of a release are looked into' })
      .option('db', { type: 'string', describe: 'Database of the run' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' })
      .option('contact', {
        type: 'string',
        describe: 'Mail address or URL, sent with every request; without one nothing leaves this machine',
      })
      .option('detach', { type: 'boolean', describe: 'Plan alone: list, rank, draw; workers (the command work) do the rest' })
      .conflicts('detach', 'then-report')
      .option('then-report', { type: 'string', describe: 'Folder for the report of the run, written when it is complete' })
      .option('metrics', {
        type: 'string',
        describe: 'Serve numbers for Prometheus on loopback: a port, or an address such as 127.0.0.1:9464',
      })
      .option('log-level', { choices: LOG_LEVELS, default: 'warn', describe: 'Log lines on stderr, JSON' }),
  async run(args) {
    const { db, seed, period, contact, artifacts } = args;
    const read = readConfig({
      file: args.config,
      env: process.env,
      options: {
        db,
        seed,
        period: period === undefined ? undefined : periodOf(period, new Date()),
        contact,
        artifacts,
        sample: args.census === true ? 'all' : args.sample,
        allowMultiplePeriods: args.overSeveralPeriods,
        ...(args.validate === undefined ? {} : { validation: { mode: args.validate } }),
      },
    });
    const config = args.census === true || args.sample !== undefined ? withOneSample(read) : read;
    const enabled = REGISTRY_IDS.filter((id) => config.registries[id]?.enabled !== false);
    const registries = listOf(args.registry, REGISTRY_IDS, 'registry') ?? enabled;
    const named =
      args.packages
        ?.flatMap((one) => one.split(','))
        .map((one) => one.trim())
        .filter((one) => one !== '') ?? null;
    if (named?.length === 0) throw new UsageError('--packages takes names of packages, separated by commas, and none came');
    if (named !== null && registries.length !== 1) {
      throw new UsageError(
        `--packages names packages of one registry; say which with --registry, one of ${REGISTRY_IDS.join(', ')}`,
      );
    }
    const log = createLog(logLevel(args.logLevel));
    const { metrics } = args;
    const detach = args.detach === true;
    const observe = metrics === undefined ? {} : { observe: async (sources: MetricsSources) => announced(metrics, sources) };
    const result = await research({
      config,
      registries,
      named,
      detach,
      env: process.env,
      log,
      stderr: process.stderr,
      ...observe,
    });
    process.stdout.write(summary(result));
    const isComplete = result.outcome !== 'stopped' && result.problems.length === 0;
    if (args.thenReport !== undefined && isComplete) {
      // Charts are a second's worth of code: only who wants them loads them.
      const [{ FORMATS }, { readStatistics, writeReport }] = await Promise.all([
        import('../../reports/formats/index.ts'),
        import('./report.ts'),
      ]);
      const statistics = await readStatistics(config.db, DEFAULT_POLICY, result.run);
      const files = await writeReport(
        statistics,
        args.thenReport,
        FORMATS.map((format) => format.id),
      );
      process.stdout.write(`${files.join('\n')}\n`);
    }
    return exitOf(result);
  },
};

/** `day`, `week` and `month` stand for the present one in UTC (2026-11-25, 2026-W48, 2026-11); anything else is a name. */
export function periodOf(text: string, now: Date): string {
  const day = now.toISOString().slice(0, 10);
  if (text === 'day') return day;
  if (text === 'month') return day.slice(0, 7);
  if (text !== 'week') return text;
  // ISO 8601: a week belongs to the year that has its Thursday.
  const thursday = new Date(Date.parse(day) + (4 - (now.getUTCDay() || 7)) * 86_400_000);
  const week = Math.ceil(((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86_400_000 + 1) / 7);
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}

async function announced(address: string, sources: MetricsSources): Promise<MetricsServer> {
  const { serveMetrics } = await import('../metrics.ts');
  const server = await serveMetrics(address, sources);
  process.stderr.write(`Metrics at ${server.url}\n`);
  return server;
}

/** What came of the run, for people. */
export function summary({ run: id, outcome, progress, tally, problems }: ResearchResult): string {
  const said = {
    done: `Run ${id} is complete.`,
    partial: problems.length > 0 ? `Run ${id} is not complete.` : `Run ${id} is complete; not everything could be analysed.`,
    stopped: `Run ${id} was stopped; the same command goes on with it.`,
    planned: `Run ${id} is planned; start workers with the command work, as many as you like.`,
    'already-closed': `Run ${id} of this period was completed before; nothing was done.`,
  }[outcome];
  const lines = progress.registries.map((one) => {
    const failures = one.failures.map(({ reason, packages }) => `${reason} ${packages}`).join(', ');
    return [
      `  ${REGISTRY_LABELS[one.registry].padEnd(8)}  ${one.analysed} analysed`,
      ...(one.noRelease > 0 ? [`${one.noRelease} without a release`] : []),
      ...(one.partial > 0 ? [`${one.partial} read in part`] : []),
      ...(one.failed > 0 ? [`${one.failed} failed (${failures})`] : []),
      ...(one.pending > 0 ? [`${one.pending} to do`] : []),
    ].join(', ');
  });
  const fetched =
    outcome === 'already-closed' || outcome === 'planned'
      ? []
      : [`  ${tally.downloaded} artifacts downloaded, ${tally.known} known from before`];
  const wrong = problems.map((problem) => `  ${problem}`);
  return `${[said, ...lines, ...fetched, ...wrong].join('\n')}\n`;
}
