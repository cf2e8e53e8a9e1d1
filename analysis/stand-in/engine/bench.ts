/** Which tokens a service's stand-in can be made to know: formats, samples and classes of answer that fit a wished verdict. */
import type { Verdict } from '../../../data/model.ts';
import { hostMatches } from '../../hosts.ts';
import { Secret, type Parts } from '../../secret.ts';
import { seededRandom } from '../../seeded-random.ts';
import type { Service } from '../../service.ts';
import {
  GENERIC_ANSWER_CLASSES,
  isGeneric,
  stateOf,
  type AnswerClass,
  type ServiceStandIn,
  type TokenState,
} from '../service-stand-in.ts';

/**
 * The classes that `issue` chooses from for a wished `unknown`: they touch one token only. A 429 or 503 with Retry-After
 * silences the whole service, and the faults of the wire cost time.
 */
const CALM_UNKNOWNS: readonly AnswerClass[] = [
  'server-error',
  'waf-403',
  'waf-200-html',
  'sign-in-html',
  'catch-all-200',
  'redirect',
];
const BODY_FAULTS: ReadonlySet<AnswerClass> = new Set(['slow-drip', 'stall', 'cut']);
const OFFLINE_VERDICTS = ['inactive', 'published-example', 'canary', 'public-by-design'] as const;
const VERDICT_ORDER = [
  'active',
  'restricted',
  'inactive',
  'unknown',
  'untested',
  'published-example',
  'canary',
  'public-by-design',
] as const satisfies readonly Verdict[];

/** What is known of the samples of a service: which can be asked about, and which cannot. */
export interface Bench {
  readonly service: Service;
  readonly standIn: ServiceStandIn | null;
  readonly asked: readonly SampleSource[];
  readonly unasked: readonly SampleSource[];
}

interface SampleSource {
  readonly format: string;
  readonly hit: number;
  /** False where the question is HEAD, whose answer has no body that could drip, stall or break off. */
  readonly hasBody: boolean;
}

const VERDICT_OF_STATE: Readonly<Record<TokenState, Verdict>> = {
  active: 'active',
  restricted: 'restricted',
  public: 'public-by-design',
  undecided: 'unknown',
  inactive: 'inactive',
  expired: 'inactive',
  revoked: 'inactive',
};

/** What a right validation says of a token that the service answers in this class. */
export function verdictOfAnswer({ service, standIn }: Bench, answer: AnswerClass): Verdict {
  if (isGeneric(answer)) return 'unknown';
  const verdict = VERDICT_OF_STATE[stateOf(answer)];
  // The public host's no says nothing about a server of one's own, unless it knew the token.
  const isStranger = verdict === 'inactive' && !(standIn?.refusesOwn ?? []).includes(answer);
  return isStranger && service.selfHosted === true ? 'unknown' : verdict;
}

export type Choice = AnswerClass | 'untested' | { readonly offline: Verdict };

export function choicesOf(bench: Bench, verdict: Verdict | null, now: Date): readonly Choice[] {
  const { standIn } = bench;
  const calm = (standIn?.answers ?? []).filter((answer) => !(standIn?.silencing ?? []).includes(answer));
  const online: readonly AnswerClass[] = bench.asked.length === 0 ? [] : [...calm, ...CALM_UNKNOWNS];
  const answers = online.filter((answer) => verdict === null || verdictOfAnswer(bench, answer) === verdict);
  const possible = answers.filter((answer) => answersOf(bench).includes(answer));
  const offline = OFFLINE_VERDICTS.filter((one) => (verdict === null || verdict === one) && canOffline(bench, one, now));
  const untested = (verdict === null || verdict === 'untested') && bench.unasked.length > 0;
  return [...possible, ...offline.map((one) => ({ offline: one })), ...(untested ? (['untested'] as const) : [])];
}

export function verdictsOf(bench: Bench, now: Date): readonly Verdict[] {
  return VERDICT_ORDER.filter((verdict) => choicesOf(bench, verdict, now).length > 0);
}

export function answersOf(bench: Bench): readonly AnswerClass[] {
  const { standIn, asked } = bench;
  if (standIn === null || asked.length === 0) return [];
  const excepted = standIn.cannotTell ?? {};
  const generic = GENERIC_ANSWER_CLASSES.filter((answer) => excepted[answer] === undefined);
  return [...standIn.answers, ...generic].filter((answer) => sourcesFor(bench, answer).length > 0);
}

function canOffline({ standIn }: Bench, verdict: Verdict, now: Date): boolean {
  return (standIn?.offline?.(verdict, seededRandom(verdict), now) ?? null) !== null;
}

export async function benchesOf(
  standIns: readonly ServiceStandIn[],
  services: readonly Service[],
  now: Date,
): Promise<ReadonlyMap<string, Bench>> {
  const byId = new Map(standIns.map((standIn) => [standIn.id, standIn]));
  if (byId.size < standIns.length) throw new Error('two stand-ins have the same id');
  const ids = new Set(services.map((service) => service.id));
  const strays = [...byId.keys()].filter((id) => !ids.has(id));
  if (strays.length > 0) throw new Error(`no service for the stand-in of ${strays.join(', ')}`);
  const benches = new Map<string, Bench>();
  for (const service of services) {
    const standIn = byId.get(service.id) ?? null;
    if (service.probe !== undefined && standIn === null) throw new Error(`the check of ${service.id} has no stand-in`);
    benches.set(service.id, { service, standIn, ...(await sortSamples(service, now)) });
  }
  return benches;
}

/** Samples that need no question are left out: their verdict is not the stand-in's to decide. */
async function sortSamples(service: Service, now: Date): Promise<Pick<Bench, 'asked' | 'unasked'>> {
  const asked: SampleSource[] = [];
  const unasked: SampleSource[] = [];
  for (const format of service.formats) {
    for (const [hit, sample] of format.samples(seededRandom(format.id)).hits.entries()) {
      const parts: Parts = Object.fromEntries(Object.entries(sample.parts).map(([name, text]) => [name, new Secret(text)]));
      if (((await service.judge?.(parts, { now })) ?? null) !== null) continue;
      const { probe } = service;
      const requests = probe?.effect === 'reads' ? await probe.requests(parts, { now }) : null;
      const hasBody = requests?.some(({ method }) => method !== 'HEAD') ?? false;
      (requests === null || requests.length === 0 ? unasked : asked).push({ format: format.id, hit, hasBody });
    }
  }
  return { asked, unasked };
}

/** The samples that can be asked about and answered in this class. */
export function sourcesFor({ standIn, asked }: Bench, answer: AnswerClass): readonly SampleSource[] {
  if (isGeneric(answer)) return BODY_FAULTS.has(answer) ? asked.filter(({ hasBody }) => hasBody) : asked;
  return asked.filter(({ format }) => standIn?.formatAnswers?.[format]?.includes(answer) ?? true);
}

/** Whether the service's check may ask this host. */
export function asksHost({ service }: Bench, host: string): boolean {
  return hostMatches(service.probe?.hosts ?? [], host);
}
