/**
 * The contract of a service's stand-in: it answers on loopback as the real service would, for tokens that were issued to
 * it and for all others. Tests and the demo learn a verdict from what the stand-in knows, never from what they expect.
 *
 * A stand-in file knows one service's words: which call arrives with which header, and what comes back for each class of
 * token. Routing, issuing, counting and everything that any web server might answer (429, 5xx, a firewall's page, an
 * empty body, a redirect, a body that drips) is the business of `engine/`.
 */
import type { Answer, StandInRequest } from '../../crawler/stand-in/server.ts';
import type { Random, Sample } from '../service.ts';
import type { Verdict } from '../../data/model.ts';

/** How a service may see one of its tokens. `undecided`: the service's own way of not answering (`ratelimited` in a 200). */
export type TokenState = 'active' | 'restricted' | 'public' | 'inactive' | 'expired' | 'revoked' | 'undecided';

/** A state, or a way of being in it that the service words differently: `restricted:referrer`, `active:eu`. */
export type ServiceAnswerClass = TokenState | `${TokenState}:${string}`;

/** What any web server may answer; the engine produces these, and each must be read as `unknown`. */
export const GENERIC_ANSWER_CLASSES = [
  /** 429 with Retry-After. */
  'rate-limited',
  /** 429 without a word on how long. */
  'rate-limited-bare',
  /** 500 with a JSON body. */
  'server-error',
  /** 503 with Retry-After and an HTML body. */
  'unavailable',
  /** 403 with a firewall's HTML page. */
  'waf-403',
  /** 403 with a firewall's JSON: no word of the service's own. */
  'waf-json-403',
  /** 200 with a firewall's challenge page. */
  'waf-200-html',
  /** 200 with a sign-in page. */
  'sign-in-html',
  /** 404 page of a host that serves something else by now. */
  'not-found-html',
  /** 200 without a body. */
  'empty',
  /** 200 with JSON that says nothing about a token, for whatever was asked. */
  'catch-all-200',
  /** 302 to another host. */
  'redirect',
  /** The answer to an active token, a few bytes at a time, longer than anyone should wait. */
  'slow-drip',
  /** The headers and first byte of the answer to an active token, then silence. */
  'stall',
  /** The connection breaks without an answer. */
  'reset',
  /** The answer to an active token breaks off in the middle. */
  'cut',
  /** 200 with more than a megabyte of body. */
  'huge',
] as const;
export type GenericAnswerClass = (typeof GENERIC_ANSWER_CLASSES)[number];
export type AnswerClass = ServiceAnswerClass | GenericAnswerClass;

/** A request as the real service would see it: `path` begins after the host. */
export interface ServiceRequest extends StandInRequest {
  readonly host: string;
}

/** What the stand-in knows of a token that came with a request. */
export interface KnownToken {
  readonly answer: ServiceAnswerClass;
  /** Id of the format; null while the stand-in accepts everything. */
  readonly format: string | null;
  /**
   * All parts, for services that verify a signature. Null while the stand-in was told to accept everything: then there is
   * nothing to verify against, and the answer is that for an active token.
   */
  readonly parts: Readonly<Record<string, string>> | null;
}

/**
 * The token that has all of these texts among its parts, or null: nobody issued it, refuse it as the service would.
 * Give every part that the request carries in clear (id and secret), so that a right id with a wrong secret is refused.
 */
export type Lookup = (...texts: readonly string[]) => KnownToken | null;

/** A token whose verdict needs no question: expired by its own date, from the documentation, of a canary account, public. */
export interface OfflinePlant {
  /** Id of the format. */
  readonly format: string;
  readonly sample: Sample;
}

export interface ServiceStandIn {
  /** The service's id. */
  readonly id: string;
  /** Every class that this service words for itself, `active` first; all of them are tested against the service's `read`. */
  readonly answers: readonly ServiceAnswerClass[];
  /** By format id, where a format knows fewer classes than `answers`; generic classes are for all. */
  readonly formatAnswers?: Readonly<Record<string, readonly ServiceAnswerClass[]>>;
  /** The real service's answer, or null for a request that the real service's documentation does not have. */
  answer(request: ServiceRequest, lookup: Lookup): Answer | null;
  /**
   * A token with this verdict by construction (not by asking the service file's `judge`, which is what it tests), or null
   * where this service has none.
   */
  offline?(verdict: Verdict, random: Random, now: Date): OfflinePlant | null;
  /** Of a service that anyone can host: refusals of tokens that this very server gave out, and knows to be dead. */
  readonly refusesOwn?: readonly ServiceAnswerClass[];
  /**
   * Answers that ask for patience: nobody is asked about another token for a while. They are given by name only, for a token
   * with one, found by chance, would decide by its place in line what is known of the others.
   */
  readonly silencing?: readonly ServiceAnswerClass[];
  /** Generic classes that this service's check cannot tell from a true answer, with the reason (a HEAD has no body). */
  readonly cannotTell?: Readonly<Partial<Record<GenericAnswerClass, string>>>;
}

/** The state behind a service's class: `restricted` for `restricted:referrer`. */
export function stateOf(answer: ServiceAnswerClass): TokenState {
  const [state] = answer.split(':', 1);
  switch (state) {
    case 'active':
    case 'restricted':
    case 'public':
    case 'inactive':
    case 'expired':
    case 'revoked':
    case 'undecided':
      return state;
    default:
      throw new Error(
        `${answer} is no answer class: it begins with active, restricted, public, inactive, expired, revoked or undecided`,
      );
  }
}

export function isGeneric(answer: AnswerClass): answer is GenericAnswerClass {
  return (GENERIC_ANSWER_CLASSES as readonly string[]).includes(answer);
}
