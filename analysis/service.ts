/**
 * The contract of a service: a web service whose tokens we know.
 *
 * A service file is data with a few pure functions. It does no I/O, holds no client, reads no clock: `env` brings the
 * time. The detection engine finds what the formats describe, the validation engine asks what the probe describes, and
 * everything dangerous (pairing, limits, rates, redirects, the network) lives in those two.
 */
import type { Family, Verdict } from '../data/model.ts';
import type { Parts } from './secret.ts';

/** What the offline checks and the probe may know of the world. */
export interface Env {
  readonly now: Date;
  /** Secrets that JWTs of tutorials are signed with, beside those that the program knows itself. */
  readonly demoSecrets?: readonly string[];
}

/** A verdict with the row of the service's table that gave it. */
export interface Reading {
  readonly verdict: Verdict;
  /** Slug of the row, such as `ok-true`, `invalid-auth`, `expired`. */
  readonly reason: string;
}

/**
 * One shape of token. The engine finds `literals` in the raw bytes, then runs `pattern` on a slice around each hit.
 */
export interface Format {
  /** `<service>.<shape>`, such as `slack.bot-token`. */
  readonly id: string;
  /** Overrides the service's family. */
  readonly family?: Family;
  /**
   * Plain ASCII texts, one of which stands in every match: the prefilter. At least three bytes, the more distinctive the
   * better. Case counts unless `ignoreCase`.
   */
  readonly literals: readonly string[];
  readonly ignoreCase?: boolean;
  /** How many bytes before the literal a match may begin; 0 (the default) where the literal begins the match. */
  readonly reach?: number;
  /**
   * Flags: none but `i`. Named groups are the parts (`token`, or `id`, `secret`, …); what is outside of them is context.
   * Every repetition is bounded, and both ends are guarded (`(?<![A-Za-z0-9_])` … `(?![A-Za-z0-9_])`), so that a longer
   * run is no match. Works on text in which one character is one byte (Latin-1).
   */
  readonly pattern: RegExp;
  /** Bytes of the longest match, context included. */
  readonly maxLength: number;
  /** False rejects the match as no token at all (checksum, alphabet, structure). */
  accepts?(parts: Parts): boolean;
  /** Further parts that must be found elsewhere. Without them the finding is `untested`, reason `unpaired`, and violates no policy. */
  readonly companions?: readonly Companion[];
  /** What people see: a prefix that names the format, such as `xoxb-…`; never more than the format's own fixed text and four characters. */
  readonly redact: (parts: Parts) => string;
  /** Computed, never stored: the repository holds nothing that looks like a token. */
  readonly samples: (random: Random) => Samples;
}

/** A part that stands apart from its token: nearest in the same entry first, then in the same artifact. */
export interface Companion {
  readonly name: string;
  /** Looked for within `near.bytes` bytes on both sides of the token, in the same entry: may be unspecific. One named group: the part. */
  readonly near?: { readonly pattern: RegExp; readonly bytes: number };
  /** Looked for everywhere in the artifact, by its own literals: must be specific. */
  readonly anywhere?: {
    readonly literals: readonly string[];
    readonly ignoreCase?: boolean;
    readonly reach?: number;
    readonly pattern: RegExp;
    readonly maxLength: number;
  };
  /** Optional parts are used when found and not missed when not (an AWS session token for an AKIA key). */
  readonly optional?: boolean;
  accepts?(parts: Parts): boolean;
}

/** Seeded source of characters for samples. */
export interface Random {
  /** An integer from 0 to `below` - 1. */
  int(below: number): number;
  /** `length` characters of `alphabet`. */
  text(length: number, alphabet: string): string;
}

export interface Samples {
  /** Texts in which exactly one token of this format stands, companions included. */
  readonly hits: readonly Sample[];
  /** Texts in which none stands, each a near miss. */
  readonly misses: readonly string[];
}

export interface Sample {
  readonly text: string;
  /** All parts, companions included, as plain strings: these are computed, not secret. */
  readonly parts: Readonly<Record<string, string>>;
}

/** One request of a probe. */
export interface ProbeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** https, on one of the probe's hosts. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ProbeResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 1 MB, as text. */
  readonly body: string;
  /** The body parsed, or undefined where it is not JSON. */
  readonly json: unknown;
}

/** The least-privileged question that tells whether a token is accepted. */
export interface Probe {
  /** Every host it may ask; `*.example.com` allows one label in place of the star. The engine refuses any other. */
  readonly hosts: readonly string[];
  /** What the call does to the owner's account. Only `reads` runs by default; anything else needs `effectReason` and its own switch. */
  readonly effect: 'reads' | 'mints-token' | 'attempts-write' | 'metered';
  readonly effectReason?: string;
  /** Requests per second to this service; the default is 1. */
  readonly perSecond?: number;
  /**
   * The requests to make, one after another (most services: one). With several (regions, sandbox and live), the first
   * that accepts decides, one without an answer leaves the token undecided, and the verdict is inactive only when all
   * refuse. Null: these parts cannot be asked.
   */
  requests(parts: Parts, env: Env): readonly ProbeRequest[] | null | Promise<readonly ProbeRequest[] | null>;
  /**
   * Needs a positive marker for `active` and a negative one for `inactive`; anything else is `unknown`. The engine has
   * already turned HTML, empty bodies where JSON is due, 429 and 5xx into `unknown` unless `readsAnything` is set.
   */
  read(response: ProbeResponse, parts: Parts, env: Env): Reading | Promise<Reading>;
  readonly readsAnything?: boolean;
  /** Answers that ask for patience in the service's own words, beside 429, Retry-After and an empty X-RateLimit-Remaining. */
  asksForPatience?(response: ProbeResponse): boolean;
  /** Set where no control probe is possible, with the reason (a check that never sends the token, such as a JWKS fetch). */
  readonly noControl?: string;
}

export interface Service {
  readonly id: string;
  readonly label: string;
  readonly family: Family;
  /** The provider's page on the token, for people who found one. */
  readonly docs: string;
  /** How to revoke, for people who found one. */
  readonly revoke: string;
  readonly formats: readonly Format[];
  /** Verdicts that need no question: expiry, published examples, canaries, public keys. Null: nothing can be said offline. */
  judge?(parts: Parts, env: Env): Reading | null | Promise<Reading | null>;
  /** Absent: no harmless question exists (`untested`, with this reason). */
  readonly probe?: Probe;
  readonly noProbe?: string;
  /** True where the tokens are also given out by servers that anyone can host: a refusal by the public host is then `unknown`. */
  readonly selfHosted?: boolean;
  /** Beside `selfHosted`: reasons of refusals that a server gives of its own tokens alone (expired, revoked). They are a no. */
  readonly refusesOwn?: readonly string[];
  /** Facts that could not be confirmed in the provider's documentation. */
  readonly unconfirmed?: readonly string[];
}
