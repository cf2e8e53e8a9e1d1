/** The stand-in of a service that is asked by one request with the token in a header: which answer comes for which class. */
import type { Answer } from '../../../crawler/stand-in/server.ts';
import type { ServiceAnswerClass, ServiceRequest, ServiceStandIn } from '../service-stand-in.ts';
import { authorization } from './wire.ts';

interface HeaderStandIn {
  readonly id: string;
  readonly method?: 'GET' | 'POST';
  /** Paths that the service knows, still percent-encoded. */
  readonly paths: readonly string[];
  /** Scheme of the Authorization header, or a function that finds the token. */
  readonly token: string | ((request: ServiceRequest) => string | null);
  /** `active` first. */
  readonly answers: Readonly<Partial<Record<ServiceAnswerClass, Answer>>>;
  /** For a token that nobody issued: one of the classes. */
  readonly stranger: ServiceAnswerClass;
  readonly formatAnswers?: ServiceStandIn['formatAnswers'];
  readonly refusesOwn?: ServiceStandIn['refusesOwn'];
  /** Where a class is at home, for services of several regions: every other host takes its tokens for strangers. */
  readonly homes?: Readonly<Partial<Record<ServiceAnswerClass, string>>>;
}

export function headerStandIn(options: HeaderStandIn): ServiceStandIn {
  const { id, method = 'GET', paths, token, answers, stranger, formatAnswers, refusesOwn, homes = {} } = options;
  const abroad = Object.values(homes);
  return {
    id,
    answers: Object.keys(answers) as ServiceAnswerClass[],
    ...(formatAnswers === undefined ? {} : { formatAnswers }),
    ...(refusesOwn === undefined ? {} : { refusesOwn }),
    answer(request, lookup) {
      if (request.method !== method || !paths.includes(request.path)) return null;
      const text = typeof token === 'string' ? authorization(request, token) : token(request);
      const known = lookup(text ?? '');
      const home = known === null ? undefined : homes[known.answer];
      const isHere = home === undefined ? !abroad.includes(request.host) : home === request.host;
      // One that accepts everything does so in every region.
      const isKnown = known !== null && (isHere || known.parts === null);
      return answers[isKnown ? known.answer : stranger] ?? null;
    },
  };
}

/** The token is the whole value of this header. */
export function alone(header: string): (request: ServiceRequest) => string | null {
  return (request) => request.headers[header] ?? null;
}
