/** Exit codes of every command; stable, because people's schedules test them. */
export const EXIT = { done: 0, failed: 1, usage: 2, partial: 3, violated: 4, stale: 5 } as const;

/** Where an error of this program came from, without its words: they may be a package's. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join('\n');
}

/** Something the caller typed or configured is wrong: exit code 2, the message alone, no stack. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}

/** Something failed that the caller can act on: exit code 1, the message alone, no stack. */
export class Failure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
  }
}
