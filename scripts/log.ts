import { pino, type Logger } from 'pino';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A level by its name; yargs has checked the name already, anything else is `warn`. */
export function logLevel(name: string): LogLevel {
  return LOG_LEVELS.find((level) => level === name) ?? 'warn';
}

/**
 * JSON lines on stderr; results never go there. Written synchronously, so that the last line before a crash is there.
 * Secrets need no redaction list: a `Secret` prints itself as `[secret]`, and nothing else may carry a token.
 */
export function createLog(level: LogLevel): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}
