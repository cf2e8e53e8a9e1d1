import { databaseClock } from '../../data/clock.ts';
import { heldBackHosts, type HeldBack } from '../../data/leases.ts';
import { REGISTRY_LABELS } from '../../data/model.ts';
import { openReadOnly } from '../../data/open.ts';
import { listRuns, readProgress, type RunProgress } from '../../data/store/progress.ts';
import { liveWorkers, type KnownWorker } from '../../data/store/workers.ts';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { EXIT, Failure } from '../errors.ts';
import { formatRows } from '../output.ts';

interface Arguments {
  readonly run: number | undefined;
  readonly format: string;
  readonly db: string | undefined;
  readonly config: string | undefined;
}

export const status: Command<Arguments> = {
  name: 'status',
  usage: 'status',
  describe: 'Say how far a run is: done, to do, failed and why, dropped, undecided',
  options: (yargs) =>
    yargs
      .option('run', { type: 'number', describe: 'Id of the run; the newest by default' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'For people or for programs' })
      .option('db', { type: 'string', describe: 'Database of the run' })
      .option('config', { type: 'string', describe: 'Configuration file (YAML or JSON)' }),
  async run(args) {
    const config = readConfig({ file: args.config, env: process.env, options: { db: args.db } });
    const database = await openReadOnly(config.db);
    try {
      const runs = await listRuns(database);
      const id = args.run ?? runs[0];
      if (id === undefined) throw new Failure(`${database.url} holds no run yet; start one with the command run`);
      if (!runs.includes(id)) throw new Failure(`there is no run ${id}; there are ${runs.join(', ')}`);
      const clock = await databaseClock(database);
      const now = clock.now();
      clock.close();
      const progress = await readProgress(database, id, now);
      const around = { workers: await liveWorkers(database, now), heldBack: await heldBackHosts(database, now) };
      const all = { ...progress, ...around };
      process.stdout.write(args.format === 'json' ? `${JSON.stringify(all, null, 2)}\n` : text(progress) + surroundings(around));
      return EXIT.done;
    } finally {
      await database.close();
    }
  },
};

function text(run: RunProgress): string {
  const when = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const ended = run.closedAt === null ? '' : `, closed ${when(run.closedAt)}`;
  const head = `Run ${run.id}${run.period === null ? '' : ` of ${run.period}`}: ${run.state}, opened ${when(run.openedAt)}${ended}\n`;
  const table = formatRows(
    {
      columns: ['registry', 'frame', 'selected', 'to do', 'in hand', 'analysed', 'in part', 'no release', 'failed'],
      rows: run.registries.map((one) => [
        REGISTRY_LABELS[one.registry],
        one.frameSize,
        one.selected,
        one.pending,
        one.held,
        one.analysed,
        one.partial,
        one.noRelease,
        one.failed,
      ]),
    },
    'table',
  );
  const reasons = run.registries.flatMap((one) => [
    ...one.failures.map(({ reason, packages }) => `${REGISTRY_LABELS[one.registry]}: ${packages} failed: ${reason}`),
    ...one.dropped.map(
      ({ reason, count }) => `${REGISTRY_LABELS[one.registry]}: ${count} items of the registry dropped: ${reason}`,
    ),
  ]);
  const open = run.undecidedTokens > 0 ? [`${run.undecidedTokens} tokens undecided: their services gave no clear answer`] : [];
  return `${[head + table, ...reasons, ...open].join('\n').trimEnd()}\n`;
}

/** Who is at work on the database, and which hosts nobody sends to. */
function surroundings({
  workers,
  heldBack,
}: {
  readonly workers: readonly KnownWorker[];
  readonly heldBack: readonly HeldBack[];
}): string {
  const lines = [
    ...workers.map(({ holder, note, seenAt }) => `worker ${holder}: ${note ?? 'at work'}, heard of at ${clockTime(seenAt)}`),
    ...heldBack.map(({ host, until, reason }) => `${host}: ${reason}${until === null ? '' : `, until ${clockTime(until)}`}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
