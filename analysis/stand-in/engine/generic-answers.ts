/** What any web server may answer instead of the service: none of it says anything about a token. */
import type { Answer, Fault } from '../../../crawler/stand-in/server.ts';
import type { GenericAnswerClass } from '../service-stand-in.ts';
import { htmlAnswer, jsonAnswer } from './wire.ts';

const WAIT = { 'retry-after': '120' };
const FIREWALL = { server: 'firewall' };

/** Null where the class is the answer to an active token with a fault on the wire. */
const ANSWERS: Readonly<Record<GenericAnswerClass, Answer | null>> = {
  'rate-limited': jsonAnswer(429, { error: 'too many requests' }, WAIT),
  'rate-limited-bare': jsonAnswer(429, { error: 'too many requests' }),
  'server-error': jsonAnswer(500, { error: 'internal server error' }),
  unavailable: htmlAnswer(503, 'Service Unavailable', WAIT),
  'waf-403': htmlAnswer(403, 'Attention Required! | Firewall', FIREWALL),
  'waf-json-403': jsonAnswer(403, { blocked: true, ray: '8f3b2c1d9e' }, FIREWALL),
  'waf-200-html': htmlAnswer(200, 'Just a moment...', FIREWALL),
  'sign-in-html': htmlAnswer(200, 'Sign in'),
  'not-found-html': htmlAnswer(404, 'Page not found'),
  empty: { status: 200 },
  'catch-all-200': jsonAnswer(200, { message: 'Welcome' }),
  redirect: { status: 302, headers: { location: 'https://login.example.org/' } },
  huge: jsonAnswer(200, { filler: 'x'.repeat(1_100_000) }, { 'content-encoding': 'identity' }),
  'slow-drip': null,
  stall: null,
  reset: null,
  cut: null,
};

const FAULTS: Readonly<Partial<Record<GenericAnswerClass, Fault>>> = {
  'slow-drip': { kind: 'drip', bytes: 2, everyMs: 150 },
  stall: { kind: 'stall' },
  reset: { kind: 'reset' },
  cut: { kind: 'cut', bytes: 10 },
};

export function genericAnswer(answer: GenericAnswerClass): Answer | null {
  return ANSWERS[answer];
}

/** What goes wrong on the wire for a class, or null. */
export function wireFault(answer: GenericAnswerClass): Fault | null {
  return FAULTS[answer] ?? null;
}
