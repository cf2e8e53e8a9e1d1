/** What the configuration means to the engines. */
import packageJson from '../package.json' with { type: 'json' };
import type { WalkLimits } from '../analysis/archive/limits.ts';
import type { ServiceSettings } from '../analysis/validate/contract.ts';
import type { Config } from './config.ts';

export const VERSION = packageJson.version;

/** Sent with every question to a service; registries get their own form from `crawler/http.ts`. */
export function userAgentOf({ contact }: Config): string {
  return `incidence/${VERSION}${contact === undefined ? '' : ` (+${contact})`}`;
}

export function walkLimits({ limits }: Config): Partial<WalkLimits> {
  const { depth, entries, entryBytes, totalBytes, seconds } = limits;
  return {
    ...(depth === undefined ? {} : { depth }),
    ...(entries === undefined ? {} : { entries }),
    ...(entryBytes === undefined ? {} : { entryBytes }),
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...(seconds === undefined ? {} : { milliseconds: seconds * 1000 }),
  };
}

export function settingsOf({ validation }: Config): Record<string, ServiceSettings> {
  return Object.fromEntries(Object.entries(validation.services).map(([id, one]) => [id, definedOnly(one)]));
}

function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
