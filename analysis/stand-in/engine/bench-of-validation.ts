/** A validator in front of real stand-ins on loopback, with a clock that the test moves. */
import { afterEach } from 'vitest';
import { seededRandom } from '../../seeded-random.ts';
import type { Reading, Service } from '../../service.ts';
import { createValidator, type Validator, type ValidatorOptions } from '../../validate.ts';
import type { AuditRow } from '../../validate/contract.ts';
import { createMemory } from '../../validate/memory.ts';
import type { AnswerClass, ServiceStandIn } from '../service-stand-in.ts';
import type { candidateOf } from './candidates.ts';
import { inventedService, inventedStandIn } from './invented.ts';
import { loopbackSend } from './loopback-send.ts';
import { startServiceStandIns, type IssuedToken } from './service-stand-ins.ts';

export const START = new Date('2030-01-01T00:00:00Z');

/** Started servers, closed after each test. */
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

export function closeAfterTest(server: { close(): Promise<void> }): void {
  closers.push(() => server.close());
}

export interface BenchOptions {
  readonly services?: readonly Service[];
  readonly standIns?: readonly ServiceStandIn[];
  readonly options?: Partial<ValidatorOptions>;
}

export async function bench({ services = [inventedService()], standIns = [inventedStandIn()], options = {} }: BenchOptions = {}) {
  const started = await startServiceStandIns({ services, standIns, now: START });
  closeAfterTest(started.server);
  let time = START.getTime();
  const rows: AuditRow[] = [];
  const logged: unknown[] = [];
  const memory = createMemory();
  const hosts = Object.fromEntries(services.map(({ id }) => [id, { host: started.hostOf(id), ...options.settings?.[id] }]));
  return {
    ...started,
    /** What was written to the audit and to the log. */
    rows,
    logged,
    memory,
    validator: (more: Partial<ValidatorOptions> = {}): Validator =>
      createValidator({
        services,
        mode: 'live',
        send: loopbackSend(400),
        memory,
        now: () => new Date(time),
        random: seededRandom('control'),
        audit: (row) => void rows.push(row),
        log: { warn: (fields, message) => void logged.push([fields, message]) },
        ...options,
        ...more,
        settings: hosts,
      }),
    pass: (milliseconds: number): void => {
      time += milliseconds;
    },
    token: (answer: AnswerClass, seed = 'a', service = 'invented'): IssuedToken =>
      started.issue(service, { seed, verdict: null, answer }),
  };
}

/** Settings of a validator that reaches nobody, for what must be decided without asking. */
export const aloneOptions: Pick<ValidatorOptions, 'mode' | 'send' | 'now' | 'random' | 'audit' | 'log'> = {
  mode: 'live',
  send: loopbackSend(),
  now: () => START,
  random: seededRandom('control'),
  audit: () => {},
  log: { warn: () => {} },
};

export async function judgeOne(
  validator: Validator,
  candidate: ReturnType<typeof candidateOf>,
): Promise<Reading & { readonly policy: string | null }> {
  const [finding] = await validator.judge([candidate]);
  if (finding === undefined) throw new Error('a candidate has no finding');
  return { verdict: finding.verdict, reason: finding.reason, policy: finding.policy };
}
