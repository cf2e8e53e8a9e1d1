/**
 * All services' stand-ins behind one loopback server.
 *
 * A request comes as `/<service id>/<host>/<path of the real service>`: the validation engine sends it there when the
 * service's host is set to `<origin>/<service id>/{host}`. A token gets its class when it is issued, from a seed and the
 * wished verdict; from then on the class decides what the stand-in answers, whoever asks.
 */
import {
  startServer,
  type Answer,
  type FaultPlan,
  type Handler,
  type StandInRequest,
  type StandInServer,
} from '../../../crawler/stand-in/server.ts';
import type { Family, Verdict } from '../../../data/model.ts';
import { seededRandom } from '../../seeded-random.ts';
import type { Sample, Service } from '../../service.ts';
import { isGeneric, type AnswerClass, type KnownToken, type ServiceStandIn } from '../service-stand-in.ts';
import { answersOf, asksHost, benchesOf, choicesOf, sourcesFor, verdictOfAnswer, verdictsOf, type Bench } from './bench.ts';
import { genericAnswer, wireFault } from './generic-answers.ts';

export interface TokenWish {
  /** Makes one token different from the other; the same wish gives the same token. */
  readonly seed: string;
  /** The verdict that it shall get; null for any. */
  readonly verdict: Verdict | null;
  /** A certain class of answer, for tests of each class. */
  readonly answer?: AnswerClass;
  /** A certain format; any otherwise. */
  readonly format?: string;
}

/** A token to be planted into an invented package. */
export interface IssuedToken {
  readonly service: string;
  readonly format: string;
  readonly family: Family;
  /** What a right validation says of it. */
  readonly verdict: Verdict;
  /** Null where the verdict needs no answer. */
  readonly answer: AnswerClass | null;
  /** Source text in which the token stands. */
  readonly snippet: string;
  readonly parts: Readonly<Record<string, string>>;
  /** Every part as plain text. */
  readonly secrets: readonly string[];
}

/** One request that was answered, and the tokens that it carried. */
export interface StandInCall {
  readonly service: string;
  readonly host: string;
  readonly method: string;
  readonly tokens: readonly IssuedToken[];
}

export interface ServiceStandIns {
  readonly handler: Handler;
  /** For classes that go wrong on the wire; to be given to the server beside the handler. */
  readonly faults: FaultPlan;
  /** Makes a well-formed token and remembers what to answer for it. */
  readonly issue: (serviceId: string, wish: TokenWish) => IssuedToken;
  /** The verdicts for which this service can have a token issued. */
  readonly verdictsOf: (serviceId: string) => readonly Verdict[];
  /** The classes of answer that this service's stand-in can give. */
  readonly answersOf: (serviceId: string) => readonly AnswerClass[];
  /** From now on every token is answered as an active one (or no longer): what a control probe must notice. */
  readonly acceptEverything: (serviceId: string, on?: boolean) => void;
  readonly calls: readonly StandInCall[];
  /** How often this token was asked about. */
  readonly callsFor: (token: IssuedToken) => number;
}

export interface ServiceStandInsOptions {
  readonly standIns: readonly ServiceStandIn[];
  readonly services: readonly Service[];
  /** The time at which issued tokens are to have their verdict. */
  readonly now: Date;
}

interface Remembered {
  readonly token: IssuedToken;
  readonly answer: AnswerClass;
}

/**
 * Prepares the stand-ins. Rejects where a stand-in has no service, where a service with a check has no stand-in, and where
 * a service has two stand-ins.
 */
export async function createServiceStandIns({ standIns, services, now }: ServiceStandInsOptions): Promise<ServiceStandIns> {
  const benches = await benchesOf(standIns, services, now);
  const byWish = new Map<string, IssuedToken>();
  const byText = new Map<string, Remembered[]>();
  const accepting = new Set<string>();
  const calls: StandInCall[] = [];

  function benchOf(serviceId: string): Bench {
    const bench = benches.get(serviceId);
    if (bench === undefined) throw new Error(`no service ${serviceId}; there are ${[...benches.keys()].join(', ')}`);
    return bench;
  }

  function remember(token: IssuedToken, answer: AnswerClass): void {
    for (const text of new Set(token.secrets)) {
      const key = `${token.service}\0${text}`;
      byText.set(key, [...(byText.get(key) ?? []), { token, answer }]);
    }
  }

  function find(serviceId: string, texts: readonly string[]): Remembered | null {
    const [first] = texts;
    if (first === undefined) return null;
    const known = byText.get(`${serviceId}\0${first}`) ?? [];
    return known.find(({ token }) => texts.every((text) => token.secrets.includes(text))) ?? null;
  }

  /** The answer of the stand-in, and the tokens that it looked up on the way. */
  function consult(
    request: StandInRequest,
  ): { readonly call: StandInCall; readonly answer: Answer | null; readonly generic: AnswerClass | null } | null {
    const [, serviceId = '', host = '', ...rest] = request.path.split('/');
    const bench = benches.get(serviceId);
    if (bench === undefined || bench.standIn === null || !asksHost(bench, host)) return null;
    const seen: Remembered[] = [];
    const answer = bench.standIn.answer({ ...request, host, path: `/${rest.join('/')}` }, (...texts): KnownToken | null => {
      const known = find(serviceId, texts);
      if (known !== null && !seen.includes(known)) seen.push(known);
      if (accepting.has(serviceId)) return { answer: 'active', format: null, parts: null };
      if (known === null) return null;
      const { format, parts } = known.token;
      return { answer: isGeneric(known.answer) ? 'active' : known.answer, format, parts };
    });
    const generic = seen.map((one) => one.answer).find(isGeneric) ?? null;
    return { call: { service: serviceId, host, method: request.method, tokens: seen.map((one) => one.token) }, answer, generic };
  }

  return {
    calls,
    handler(request) {
      const consulted = consult(request);
      if (consulted === null || consulted.answer === null) return null;
      calls.push(consulted.call);
      const { generic } = consulted;
      if (generic === null || !isGeneric(generic) || accepting.has(consulted.call.service)) return consulted.answer;
      return genericAnswer(generic) ?? consulted.answer;
    },
    faults(request) {
      const generic = consult(request)?.generic ?? null;
      return generic !== null && isGeneric(generic) ? wireFault(generic) : null;
    },
    issue(serviceId, wish) {
      const key = JSON.stringify([serviceId, wish.seed, wish.verdict, wish.answer ?? null, wish.format ?? null]);
      const earlier = byWish.get(key);
      if (earlier !== undefined) return earlier;
      const { token, answer } = make(benchOf(serviceId), wish, key, now);
      byWish.set(key, token);
      if (answer !== null) remember(token, answer);
      return token;
    },
    verdictsOf(serviceId) {
      return verdictsOf(benchOf(serviceId), now);
    },
    answersOf(serviceId) {
      return answersOf(benchOf(serviceId));
    },
    acceptEverything(serviceId, on = true) {
      benchOf(serviceId);
      if (on) accepting.add(serviceId);
      else accepting.delete(serviceId);
    },
    callsFor(token) {
      return calls.filter((call) => call.tokens.includes(token)).length;
    },
  };
}

/** The stand-ins on a server of their own; `hostOf` gives what the validation engine is to be pointed at. */
export async function startServiceStandIns(
  options: ServiceStandInsOptions,
): Promise<ServiceStandIns & { readonly server: StandInServer; readonly hostOf: (serviceId: string) => string }> {
  const standIns = await createServiceStandIns(options);
  const server = await startServer(() => standIns.handler, standIns.faults);
  return { ...standIns, server, hostOf: (serviceId) => `${server.origin}/${serviceId}/{host}` };
}

function make(
  bench: Bench,
  wish: TokenWish,
  key: string,
  now: Date,
): { readonly token: IssuedToken; readonly answer: AnswerClass | null } {
  const { service, standIn } = bench;
  const random = seededRandom(key);
  const choices = wish.answer === undefined ? choicesOf(bench, wish.verdict, now) : [wish.answer];
  if (wish.answer !== undefined && !answersOf(bench).includes(wish.answer))
    throw new Error(`the stand-in of ${service.id} has no answer ${wish.answer}; it has ${answersOf(bench).join(', ')}`);
  if (choices.length === 0) {
    const possible = verdictsOf(bench, now).join(', ');
    throw new Error(`no token of ${service.id} can be ${wish.verdict ?? 'issued'}; its tokens can be ${possible}`);
  }
  const choice = choices[random.int(choices.length)] ?? 'untested';
  if (typeof choice === 'object') {
    const plant = standIn?.offline?.(choice.offline, random, now) ?? null;
    if (plant === null) throw new Error(`the stand-in of ${service.id} gave a ${choice.offline} token once, but not now`);
    return { token: tokenOf(service, plant.format, plant.sample, choice.offline, null), answer: null };
  }
  const sources = (choice === 'untested' ? bench.unasked : sourcesFor(bench, choice)).filter(
    (one) => wish.format === undefined || one.format === wish.format,
  );
  const source = sources[random.int(Math.max(1, sources.length))];
  if (source === undefined) throw new Error(`no sample of ${service.id} in format ${wish.format ?? 'any'} can be ${choice}`);
  const sample = service.formats.find((format) => format.id === source.format)?.samples(random).hits[source.hit];
  if (sample === undefined) throw new Error(`format ${source.format} gives fewer hits at one time than at another`);
  if (choice === 'untested') return { token: tokenOf(service, source.format, sample, 'untested', null), answer: null };
  const verdict = verdictOfAnswer(bench, choice);
  return { token: tokenOf(service, source.format, sample, verdict, choice), answer: choice };
}

function tokenOf(service: Service, format: string, sample: Sample, verdict: Verdict, answer: AnswerClass | null): IssuedToken {
  const family = service.formats.find((one) => one.id === format)?.family ?? service.family;
  const { text: snippet, parts } = sample;
  return { service: service.id, format, family, verdict, answer, snippet, parts, secrets: Object.values(parts) };
}
