/** Being asked to stop: the first signal drains, the second ends at once. */
import type { Logger } from 'pino';

export interface Stops {
  /** Aborted: the packages in hand are finished, and no other is begun. */
  readonly draining: AbortController;
  /** Aborted: everything ends at once. */
  readonly hard: AbortController;
  dispose(): void;
}

export function listenForStops(log: Logger): Stops {
  const draining = new AbortController();
  const hard = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (draining.signal.aborted) {
      hard.abort(new Error(`stopped by ${signal}`));
      return;
    }
    log.warn({ signal }, 'finishing the packages in hand; once more stops at once');
    draining.abort(new Error(`asked to stop by ${signal}`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    draining,
    hard,
    dispose() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
