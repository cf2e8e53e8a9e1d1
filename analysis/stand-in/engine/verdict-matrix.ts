/** Every service times every class of answer: what the whole engine says, beside what is so. */
import type { Verdict } from '../../../data/model.ts';
import { seededRandom } from '../../seeded-random.ts';
import type { Service } from '../../service.ts';
import { createValidator, type Validator } from '../../validate.ts';
import { createMemory } from '../../validate/memory.ts';
import { isGeneric, stateOf, type AnswerClass, type ServiceStandIn } from '../service-stand-in.ts';
import { candidateOf } from './candidates.ts';
import { loopbackSend } from './loopback-send.ts';
import { startServiceStandIns, type IssuedToken } from './service-stand-ins.ts';

/** A service that accepts any token: the control probe must notice, and nothing that the service says counts. */
export const ACCEPTS_EVERYTHING = 'accepts-everything';

export interface MatrixRow {
  readonly service: string;
  readonly format: string;
  readonly answer: AnswerClass | typeof ACCEPTS_EVERYTHING;
  readonly expected: Verdict;
  readonly verdict: Verdict;
  readonly reason: string;
}

export interface Matrix {
  readonly rows: readonly MatrixRow[];
  /** Requests for which no stand-in has an answer; a service file and its stand-in disagree where there are any. */
  readonly unknownRequests: readonly string[];
}

/** How long to wait for an answer that comes, on a busy machine, and for one that does not. */
const TIMEOUT_MS = 10_000;
const TIMEOUT_OF_SLOW_MS = 500;
/** Groups of cells worked on at a time: many, since some of them only wait. */
const CONCURRENCY = 24;
/** Answers after which a validator asks nothing more of the service: what comes next needs another validator. */
const SILENCING: ReadonlySet<AnswerClass> = new Set(['rate-limited', 'rate-limited-bare', 'unavailable']);
/** Answers that do not come, or not as a whole: waited for as briefly as possible. */
const FAULTY: ReadonlySet<AnswerClass> = new Set(['slow-drip', 'stall', 'reset', 'cut']);

/**
 * Issues a token of each format for each class of answer of each service, and has it judged through real HTTP on loopback.
 * Checks that do more than read are switched on: here they reach nobody. Generic classes are tried on one format, since
 * they are the same for all. In the end every service accepts everything, once.
 */
export async function verdictMatrix(
  services: readonly Service[],
  standIns: readonly ServiceStandIn[],
  now: Date,
): Promise<Matrix> {
  const readers = services.map((service) =>
    service.probe === undefined ? service : { ...service, probe: { ...service.probe, effect: 'reads' as const } },
  );
  const started = await startServiceStandIns({ services: readers, standIns, now });
  try {
    const rows: MatrixRow[][] = [];
    const groups = readers.flatMap((service) => groupsOf(started.answersOf(service.id)).map((answers) => ({ service, answers })));
    const waiting = groups.entries();
    async function work(): Promise<void> {
      for (const [index, { service, answers }] of waiting) {
        const validator = validatorOf(service, started.hostOf(service.id), answers, now);
        const tokens = answers.flatMap((answer) => issueAll(service, answer, started.issue).map((token) => ({ token, answer })));
        rows[index] = await judge(validator, tokens);
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    const believed = readers.filter(({ probe }) => probe !== undefined && probe.noControl === undefined);
    for (const service of believed) {
      started.acceptEverything(service.id);
      const token = started.issue(service.id, { seed: ACCEPTS_EVERYTHING, verdict: 'active' });
      const validator = validatorOf(service, started.hostOf(service.id), [], now);
      rows.push(await judge(validator, [{ token: { ...token, verdict: 'unknown' }, answer: ACCEPTS_EVERYTHING }]));
    }
    return { rows: rows.flat(), unknownRequests: [...started.server.unknown] };
  } finally {
    await started.server.close();
  }
}

/** Classes that one validator can go through, so that not each of them needs a control probe of its own. */
function groupsOf(answers: readonly AnswerClass[]): readonly (readonly AnswerClass[])[] {
  const isAlone = (answer: AnswerClass): boolean =>
    SILENCING.has(answer) || (!isGeneric(answer) && stateOf(answer) === 'undecided');
  const together = answers.filter((answer) => !isAlone(answer));
  const groups = [
    together.filter((answer) => !FAULTY.has(answer)),
    together.filter((answer) => FAULTY.has(answer)),
    ...answers.filter(isAlone).map((answer) => [answer]),
  ];
  return groups.filter((group) => group.length > 0);
}

function issueAll(
  service: Service,
  answer: AnswerClass,
  issue: (serviceId: string, wish: { seed: string; verdict: null; answer: AnswerClass; format?: string }) => IssuedToken,
): readonly IssuedToken[] {
  if (isGeneric(answer)) return [issue(service.id, { seed: answer, verdict: null, answer })];
  const tokens = service.formats.flatMap(({ id: format }) => {
    try {
      return [issue(service.id, { seed: answer, verdict: null, answer, format })];
    } catch {
      // This format has no token in this class.
      return [];
    }
  });
  if (tokens.length === 0) throw new Error(`no format of ${service.id} has a token that is answered as ${answer}`);
  return tokens;
}

function validatorOf(service: Service, host: string, answers: readonly AnswerClass[], now: Date): Validator {
  const isSlow = answers.some((answer) => FAULTY.has(answer));
  return createValidator({
    services: [service],
    mode: 'live',
    send: loopbackSend(isSlow ? TIMEOUT_OF_SLOW_MS : TIMEOUT_MS),
    memory: createMemory(),
    now: () => now,
    random: seededRandom(`control of ${service.id}`),
    settings: { [service.id]: { host } },
    audit: () => {},
    log: { warn: () => {} },
  });
}

async function judge(
  validator: Validator,
  tokens: readonly { readonly token: IssuedToken; readonly answer: MatrixRow['answer'] }[],
): Promise<MatrixRow[]> {
  const findings = await validator.judge(tokens.map(({ token }) => candidateOf(token)));
  return findings.flatMap(({ verdict, reason }, index) => {
    const asked = tokens[index];
    if (asked === undefined) return [];
    const { service, format, verdict: expected } = asked.token;
    return [{ service, format, answer: asked.answer, expected, verdict, reason }];
  });
}
