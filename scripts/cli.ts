/** The command line: reads the words, calls a command, turns what comes of it into an exit code. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { DatabaseError } from '../data/database.ts';
import { QueryError } from '../data/query-contract.ts';
import { NotAllowed } from '../crawler/errors.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, Failure, UsageError } from './errors.ts';
import { VERSION } from './setup.ts';

let code: number = EXIT.done;
let isOver = false;

// A reader that had enough, such as `head`, ends us quietly, but a command that was not through is not done: it may be a gate.
// A terminal that is gone costs its progress lines, not the run.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(isOver ? code : EXIT.partial);
  process.stderr.write(
    `incidence: the results cannot be written (${error.code ?? error.message}); make room, or write them elsewhere\n`,
  );
  process.exit(EXIT.failed);
});
process.stderr.on('error', () => {});

const words = hideBin(process.argv);
const asked = COMMANDS[words[0] ?? ''];
// The command's own words need no other command; everything else (help, a mistyped name, completion) needs all of them.
const commands = await Promise.all((asked === undefined ? Object.values(COMMANDS) : [asked]).map(async (load) => load()));

const parser = commands
  .reduce((all, command) => all.command(command.module((done) => (code = done))), yargs(words).scriptName('incidence'))
  .usage('$0 <command>\n\nHow many published packages carry active web service tokens.')
  .version(VERSION)
  .demandCommand(1, 'name a command')
  .strict()
  .recommendCommands()
  .completion()
  .wrap(Math.min(110, process.stdout.columns || 110))
  // Throws, since a handler that returned would let the command run all the same.
  .fail((message, error) => {
    throw error ?? new UsageError(`${message}\nSee --help.`);
  })
  .exitProcess(false);

try {
  await parser.parseAsync();
} catch (error) {
  code = explain(error);
}
isOver = true;
process.exitCode = code;

/** Prints what went wrong, for people, and returns the exit code. */
function explain(error: unknown): number {
  const isQuestion = error instanceof QueryError && (error.reason === 'refused' || error.reason === 'sql');
  if (error instanceof UsageError || isQuestion) {
    process.stderr.write(`incidence: ${error.message}\n`);
    return EXIT.usage;
  }
  const isExpected =
    error instanceof Failure || error instanceof DatabaseError || error instanceof QueryError || error instanceof NotAllowed;
  const known = isExpected || (error instanceof Error && error.name === 'RunError');
  const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`incidence: ${text}\n`);
  return EXIT.failed;
}
