/**
 * Workers on a server, disturbed at random: `npm run chaos -- [--events 100] [--packages 5000] [--workers 4] [--stop 30] [--seed chaos]`
 *
 * Prints each event as it happens, and the outcome; fails where a row or a figure differs from the undisturbed run, where a token was
 * asked about twice, or where a process ended by itself. What is done to whom: `chaos/events.ts`; what is compared: `rows.ts`.
 */
import { parseArgs } from 'node:util';
import { ownServer } from '../../data/example.ts';
import { chaos, type ChaosOutcome } from '../chaos/chaos.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100' },
    packages: { type: 'string', default: '5000' },
    workers: { type: 'string', default: '4' },
    /** Seconds of the longest standstill. */
    stop: { type: 'string', default: '30' },
    seed: { type: 'string', default: 'chaos' },
  },
});
/** Packages of the world at scale 1. */
const PACKAGES = 1564;

if (ownServer === null) {
  process.stderr.write('there is no database server to be disturbed; install one, as the README says under "Many workers"\n');
  process.exit(1);
}
const say = (line: string): void => void process.stdout.write(`${line}\n`);
await using server = await ownServer();
const outcome = await chaos({
  seed: values.seed,
  scale: Number(values.packages) / PACKAGES,
  workers: Number(values.workers),
  events: Number(values.events),
  longestStopMs: Number(values.stop) * 1000,
  server,
  say,
});
tell(outcome);
const isSame = outcome.differences.length === 0 && outcome.askedTwice === 0 && outcome.failed.length === 0;
if (!isSame || outcome.events < Number(values.events)) process.exitCode = 1;

function tell({ byKind, ...all }: ChaosOutcome): void {
  const { packages, events, rows, differences, interrupted, questions, askedTwice, failed, calmSeconds, seconds } = all;
  say(
    `${packages} packages, ${events} events: ${Object.entries(byKind)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
  );
  say(`${calmSeconds.toFixed(0)} s undisturbed, ${seconds.toFixed(0)} s disturbed`);
  say(`rows and figures: ${rows} compared, ${differences.length} differ`);
  say(
    `questions: ${questions} sent, ${askedTwice} tokens asked about twice, ${interrupted} answers lost in a kill and undecided`,
  );
  say(`processes that ended by themselves: ${failed.length}`);
  for (const line of [...differences.slice(0, 30), ...failed]) say(`  ${line}`);
}
