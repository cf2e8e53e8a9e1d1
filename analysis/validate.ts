/**
 * The validation engine: from candidates to findings. The only place where a token leaves the program, and it leaves
 * through `send` alone.
 *
 * What needs no question comes first: known examples and canaries, expiry, public keys. Then everything that forbids a
 * question: a missing second part, two services that claim the same bytes, a mode or a switch that says no. Then what was
 * asked before. Only then is the service asked, once per token and period, at its own pace, after a random token proved
 * that the service refuses what it should refuse.
 */
import type { Finding } from '../data/model.ts';
import { policyOf } from '../data/policies.ts';
import type { Candidate } from './detect/candidate.ts';
import { createExamples, type Examples } from './examples.ts';
import type { Random, Reading, Service } from './service.ts';
import { unknown, withCleanReason } from './validate/answer.ts';
import type {
  AuditRow,
  Controls,
  Memory,
  Outcome,
  Remembered,
  Send,
  ServiceSettings,
  Turns,
  ValidationLog,
  ValidationMode,
  ValidationSummary,
} from './validate/contract.ts';
import { createDesk, type Desk } from './validate/desk.ts';
import { lookAgainAt } from './validate/outcome.ts';
import { checkConfiguredHost } from './validate/target.ts';

export interface ValidatorOptions {
  readonly services: readonly Service[];
  readonly mode: ValidationMode;
  readonly send: Send;
  readonly memory: Memory;
  readonly now: () => Date;
  /** Makes the tokens of control probes: must not repeat between runs. */
  readonly random: Random;
  /** By service id. */
  readonly settings?: Readonly<Record<string, ServiceSettings>>;
  /** Days within which a token is asked about at most once; 30 where nothing is said. */
  readonly periodDays?: number;
  /**
   * Questions that were begun before this time and never answered, because the program was killed in between, are asked once
   * more. By default they are not: nobody knows whether they arrived. For hosts of one's own.
   */
  readonly askInterruptedBefore?: Date;
  readonly examples?: Examples;
  /** Secrets that JWTs of tutorials are signed with, beside those that the program knows itself. */
  readonly demoSecrets?: readonly string[];
  /** Where several processes share the work: their common pace, and their common control probes. */
  readonly turns?: Turns;
  readonly controls?: Controls;
  readonly audit: (row: AuditRow) => void | Promise<void>;
  readonly log: ValidationLog;
  /** When aborted, questions that are not begun yet are not asked, and `judge` rejects with its reason. */
  readonly signal?: AbortSignal;
}

export interface Validator {
  /** One finding per candidate, in the same order. Takes as long as the services' rates ask for. */
  judge(candidates: readonly Candidate[]): Promise<Finding[]>;
  summary(): ValidationSummary;
}

const DAY = 24 * 3_600_000;
const DEFAULT_PERIOD_DAYS = 30;
/** Verdicts without question that are kept for tokens that turn up again; some cost a tenth of a second. */
const KEPT_JUDGEMENTS = 20_000;

/** Throws where a setting names no service, or a host that tokens cannot be sent to. */
export function createValidator(options: ValidatorOptions): Validator {
  const { services, mode, memory, now, settings = {}, demoSecrets = [] } = options;
  const examples = options.examples ?? createExamples();
  const periodMs = (options.periodDays ?? DEFAULT_PERIOD_DAYS) * DAY;
  const byId = new Map(services.map((service) => [service.id, service]));
  checkSettings(settings, byId);
  const desks = new Map<string, Desk>();
  const inFlight = new Map<string, Promise<Outcome>>();
  const judgements = new Map<string, Promise<Reading | null>>();
  let sent = 0;
  let from: Date | null = null;
  let to: Date | null = null;

  async function judgeOne(candidate: Candidate): Promise<Finding> {
    const service = byId.get(candidate.service);
    if (service === undefined)
      throw new Error(
        `a candidate of the service ${candidate.service}, which the engine does not know; it knows ${[...byId.keys()].join(', ')}`,
      );
    const outcome = await decide(candidate, service);
    const { verdict, reason } = outcome;
    const family = settings[service.id]?.family ?? candidate.family;
    return {
      service: candidate.service,
      format: candidate.format,
      family,
      verdict,
      reason,
      // Half a pair opens nothing: it is shown, and violates no policy.
      policy: reason === 'unpaired' ? null : policyOf(family, verdict),
      place: candidate.place,
      fingerprint: candidate.fingerprint,
      redacted: candidate.redacted,
      ...(verdict === 'unknown' ? { lookAfter: outcome.lookAfter?.getTime() ?? null } : {}),
    };
  }

  async function decide(candidate: Candidate, service: Service): Promise<Outcome> {
    const judged = await judgeOffline(candidate, service);
    if (judged !== null) return settled(judged);
    if (candidate.unpaired) return settled(untested('unpaired'));
    if (candidate.ambiguousWith.length > 0) return settled(untested('ambiguous'));
    if (mode === 'off') return settled(untested('validation-off'));
    const blocked = whyNotAsked(service, settings[service.id] ?? {});
    if (blocked !== null) return settled(untested(blocked));
    // A thousand packages with the same token at the same time wait for one answer.
    const { fingerprint } = candidate;
    const waiting = inFlight.get(fingerprint);
    if (waiting !== undefined) return waiting;
    const outcome = recallOrAsk(candidate, service).finally(() => inFlight.delete(fingerprint));
    inFlight.set(fingerprint, outcome);
    return outcome;
  }

  function judgeOffline(candidate: Candidate, service: Service): Promise<Reading | null> {
    const key = `${candidate.unpaired ? 'half' : 'whole'} ${candidate.fingerprint}`;
    const kept = judgements.get(key);
    if (kept !== undefined) return kept;
    const example = examples.find(candidate.parts);
    const judged = example === null ? judgeBy(candidate, service) : Promise.resolve(example);
    const [oldest] = judgements.keys();
    if (judgements.size >= KEPT_JUDGEMENTS && oldest !== undefined) judgements.delete(oldest);
    judgements.set(key, judged);
    return judged;
  }

  async function judgeBy({ parts, unpaired }: Candidate, service: Service): Promise<Reading | null> {
    try {
      const reading = (await service.judge?.(parts, { now: now(), demoSecrets })) ?? null;
      if (reading === null) return null;
      // Of half a pair only this can be said: what it is meant for.
      const holds = !unpaired || ['canary', 'published-example', 'public-by-design'].includes(reading.verdict);
      return holds ? withCleanReason(reading, parts) : null;
    } catch (error) {
      if (unpaired) return null;
      const kind = error instanceof Error ? error.name : typeof error;
      options.log.warn({ service: service.id, kind }, 'a token could not be judged by its service file');
      return unknown('offline-check-failed');
    }
  }

  async function recallOrAsk(candidate: Candidate, service: Service): Promise<Outcome> {
    const { askInterruptedBefore } = options;
    const remembered = await recall(candidate.fingerprint);
    const mayAskAgain =
      remembered !== null &&
      remembered.reading === null &&
      askInterruptedBefore !== undefined &&
      remembered.askedAt < askInterruptedBefore;
    const isFresh = remembered !== null && !mayAskAgain && now().getTime() - remembered.askedAt.getTime() < periodMs;
    if (isFresh) {
      const outcome = asRemembered(remembered);
      const isDue = outcome.lookAfter !== null && outcome.lookAfter <= now();
      if (outcome.verdict !== 'unknown' || !isDue) return outcome;
    }
    if (mode !== 'live') return settled(untested('validation-offline'));
    const { probe } = service;
    if (probe === undefined) return settled(untested('no-probe'));
    const requests = await countQuestions(candidate, service);
    if (requests === null) return again(unknown('question-not-built'), now());
    if (requests === 0) return settled(untested('no-question'));
    const { format, parts, fingerprint } = candidate;
    const { askedAt: replaces = null, looks = 0 } = remembered ?? {};
    const outcome = await deskOf(service, probe).ask({ format, parts, fingerprint, requests, replaces, looks });
    if (outcome.reason !== 'asked-elsewhere') return outcome;
    const known = (await memory.await?.(fingerprint)) ?? null;
    return known === null || known.reading === null ? outcome : asRemembered(known);
  }

  /** The answer of then; that of a question which was begun and never answered is lost for the period. */
  function asRemembered({ askedAt, reading, lookAfter }: Remembered): Outcome {
    return reading === null ? again(unknown('interrupted'), askedAt) : { ...reading, lookAfter };
  }

  /** What is remembered; the answer where somebody else is waiting for it, unless what was begun long ago is asked again. */
  async function recall(fingerprint: string): Promise<Remembered | null> {
    const known = await memory.recall(fingerprint);
    const { askInterruptedBefore: before } = options;
    if (known === null || known.reading !== null || memory.await === undefined) return known;
    return before !== undefined && known.askedAt < before ? known : memory.await(fingerprint);
  }

  /** How many requests these parts ask for: none where they cannot be asked about, null where the service file fails. */
  async function countQuestions({ parts }: Candidate, service: Service): Promise<number | null> {
    try {
      return (await service.probe?.requests(parts, { now: now() }))?.length ?? 0;
    } catch (error) {
      const kind = error instanceof Error ? error.name : typeof error;
      options.log.warn({ service: service.id, kind }, 'a question could not be built by its service file');
      return null;
    }
  }

  function deskOf(service: Service, probe: NonNullable<Service['probe']>): Desk {
    const existing = desks.get(service.id);
    if (existing !== undefined) return existing;
    const { send, random, turns, controls, audit, log, signal } = options;
    const host = settings[service.id]?.host;
    const shared = { turns, controls };
    const desk = createDesk({
      service,
      probe,
      host,
      send,
      memory,
      now,
      random,
      periodMs,
      shared,
      audit,
      log,
      signal,
      onRequest: note,
    });
    desks.set(service.id, desk);
    return desk;
  }

  function note(kind: AuditRow['kind'], at: Date): void {
    if (kind === 'token') sent++;
    from ??= at;
    to = at;
  }

  function again(reading: Reading, askedAt: Date): Outcome {
    return { ...reading, lookAfter: lookAgainAt(reading, askedAt, { looks: 0, periodMs, pausedUntil: null }) };
  }

  return {
    judge: (candidates) => Promise.all(candidates.map(judgeOne)),
    summary() {
      const controls = [...desks].flatMap(([service, { control }]) => (control === null ? [] : [{ service, state: control }]));
      const failed = controls.filter(({ state }) => state === 'accepted').map(({ service }) => service);
      const disabled = Object.entries(settings).flatMap(([service, { enabled }]) => (enabled === false ? [service] : []));
      return {
        mode,
        from,
        to,
        requests: sent,
        controls,
        switchedOff: [
          ...disabled.map((service) => ({ service, reason: 'check-disabled' })),
          ...failed.map((service) => ({ service, reason: 'control-probe-failed' })),
        ],
      };
    },
  };
}

function untested(reason: string): Reading {
  return { verdict: 'untested', reason };
}

function settled(reading: Reading): Outcome {
  return { ...reading, lookAfter: null };
}

/** Why this service's tokens are not asked about, or null. */
function whyNotAsked({ probe }: Service, { enabled, allowEffects }: ServiceSettings): string | null {
  if (enabled === false) return 'check-disabled';
  if (probe === undefined) return 'no-probe';
  if (probe.effect !== 'reads' && allowEffects !== true) return 'effect-not-allowed';
  return null;
}

function checkSettings(settings: Readonly<Record<string, ServiceSettings>>, byId: ReadonlyMap<string, Service>): void {
  for (const [id, { host }] of Object.entries(settings)) {
    if (!byId.has(id))
      throw new Error(`validation.services.${id}: there is no service ${id}; there are ${[...byId.keys()].join(', ')}`);
    if (host !== undefined) checkConfiguredHost(id, host);
  }
}
