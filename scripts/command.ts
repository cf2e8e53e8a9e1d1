import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { UsageError } from './errors.ts';

/**
 * A command of the command line: what it takes, and what it does. `run` gets checked arguments, prints results to stdout
 * and resolves to an exit code of `errors.ts`. No logic lives in a command: it reads the configuration and calls one function.
 */
export interface Command<Arguments> {
  readonly name: string;
  readonly usage: string;
  readonly describe: string;
  options(yargs: Argv): Argv<Arguments>;
  run(args: ArgumentsCamelCase<Arguments>): Promise<number>;
}

/** A command as the list holds it, whatever its arguments are. */
export interface Registered {
  readonly name: string;
  /** The shape yargs wants; the exit code is handed to `done`. */
  module(done: (code: number) => void): CommandModule<object, object>;
}

export function register<Arguments extends object>(command: Command<Arguments>): Registered {
  return {
    name: command.name,
    module: (done) => ({
      command: command.usage,
      describe: command.describe,
      builder: (yargs) => command.options(yargs),
      handler: async (args) => {
        requireNumbers(args);
        done(await command.run(args as ArgumentsCamelCase<Arguments>));
      },
    }),
  };
}

/** yargs turns what is no number, where one is expected, into NaN. */
function requireNumbers(args: object): void {
  const wrong = Object.entries(args).find(([name, value]) => !/[A-Z]/.test(name) && Number.isNaN(value));
  if (wrong !== undefined) throw new UsageError(`--${wrong[0]} takes a number`);
}

/** Comma-separated or repeated values as one list, each checked against the valid ones. */
export function listOf<T extends string>(
  values: readonly string[] | undefined,
  valid: readonly T[],
  what: string,
): T[] | undefined {
  if (values === undefined) return undefined;
  const all = values.flatMap((value) => value.split(',')).map((value) => value.trim());
  for (const value of all) {
    if (!valid.some((one) => one === value))
      throw new UsageError(`there is no ${what} ${JSON.stringify(value)}; there are ${valid.join(', ')}`);
  }
  return valid.filter((one) => all.includes(one));
}
