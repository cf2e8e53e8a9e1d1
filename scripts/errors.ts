/** Exit codes of every command; stable, because people's schedules test them. */
export const EXIT = { done: 0, failed: 1, usage: 2, partial: 3, violated: 4, stale: 5 } as const;

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
