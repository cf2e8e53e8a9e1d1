/** For tests: the validation engine, the guarded way out and a memory, joined as a run joins them, for an invented service. */
import { seededRandom } from '../analysis/seeded-random.ts';
import { inventedService } from '../analysis/stand-in/engine/invented.ts';
import { createValidator, type Validator } from '../analysis/validate.ts';
import { createMemory } from '../analysis/validate/memory.ts';
import { createGuardedSend } from '../crawler/guarded-send.ts';

export interface ExampleOptions {
  /** Where the service is, such as a stand-in; its own (invented) host otherwise. */
  readonly host?: string;
  readonly contact?: string;
}

/** Every name leads to loopback, so that no test asks a name server. */
export function exampleValidator({ host, contact }: ExampleOptions): Validator {
  return createValidator({
    services: [inventedService()],
    mode: 'live',
    send: createGuardedSend({
      userAgent: 'incidence/test',
      contact,
      configured: host === undefined ? [] : [host],
      timeouts: { totalMs: 1000 },
      lookup: (_hostname, { all }, callback) =>
        callback(null, all === true ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4),
    }),
    memory: createMemory(),
    now: () => new Date(),
    random: seededRandom('control'),
    ...(host === undefined ? {} : { settings: { invented: { host } } }),
    audit: () => {},
    log: { warn: () => {} },
  });
}
