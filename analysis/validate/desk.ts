/**
 * One desk per service: everything that is asked of it goes through here, one question after another, no faster than it
 * likes, and none at all once it asked for a pause or was found to accept everything.
 */
import PQueue from 'p-queue';
import type { Parts } from '../secret.ts';
import type { Probe, ProbeRequest, Random, Reading, Service } from '../service.ts';
import {
  failureReason,
  isThrottled,
  pauseSeconds,
  readByForm,
  toResponse,
  mediaType,
  unknown,
  withCleanReason,
} from './answer.ts';
import type {
  AuditRow,
  Controls,
  ControlState,
  Memory,
  Outcome,
  Send,
  SendAnswer,
  Turn,
  Turns,
  ValidationLog,
} from './contract.ts';
import { controlQuestion } from './control.ts';
import { decide, isAccepting, lookAgainAt } from './outcome.ts';
import { isOnLoopback, listedHost, pathTemplate, targetOf } from './target.ts';

export interface DeskOptions {
  readonly service: Service;
  readonly probe: Probe;
  /** Where to ask in place of the service's own hosts. */
  readonly host: string | undefined;
  readonly send: Send;
  readonly memory: Memory;
  readonly now: () => Date;
  readonly random: Random;
  readonly periodMs: number;
  /** What several processes keep together. */
  readonly shared: { readonly turns: Turns | undefined; readonly controls: Controls | undefined };
  readonly audit: (row: AuditRow) => void | Promise<void>;
  readonly log: ValidationLog;
  readonly signal: AbortSignal | undefined;
  /** Told of each request that is sent. */
  readonly onRequest: (kind: AuditRow['kind'], at: Date) => void;
}

export interface DeskQuestion {
  readonly format: string;
  readonly parts: Parts;
  readonly fingerprint: string;
  /** How many requests the service file makes of the parts. */
  readonly requests: number;
  /** When the question was asked that this one replaces; null where none is remembered. */
  readonly replaces: Date | null;
  /** How many answers in a row left the token undecided until now. */
  readonly looks: number;
}

export interface Desk {
  /** The verdict on a token. Rejects where the program is told to stop before the question was begun. */
  ask(question: DeskQuestion): Promise<Outcome>;
  /** Null until the first question. */
  readonly control: ControlState | null;
}

/** Bytes of an answer that are read; markers stand in the first few thousand. */
const MAX_BYTES = 1_000_000;
const DEFAULT_PER_SECOND = 1;
/** On one's own machine nobody needs politeness, only order. */
const LOOPBACK = { perSecond: 1000, concurrency: 8 };
/** Where a service does not say how long to wait: this, doubled with every further refusal. */
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_UNSAID_PAUSE_SECONDS = 3600;
/** So many failures in a row (5xx, no connection, no answer) are taken for an outage. */
const OUTAGE_AFTER = 10;
const OUTAGE_SECONDS = 300;
const FAILURES = new Set(['server-error', 'timeout', 'dns', 'tls', 'connection', 'truncated', 'network']);
const CONTROL_TRIES = 2;
/** Answers that are shared between questions that carry no token, such as the keys of an issuer. */
const SHARED_ANSWERS = 1000;

export function createDesk(options: DeskOptions): Desk {
  const { service, probe, memory, now, signal } = options;
  const { turns, controls } = options.shared;
  const perSecond = isOnLoopback(options.host) ? LOOPBACK.perSecond : (probe.perSecond ?? DEFAULT_PER_SECOND);
  const concurrency = isOnLoopback(options.host) ? LOOPBACK.concurrency : 1;
  const never = new AbortController().signal;
  const queue = new PQueue({
    concurrency,
    intervalCap: 1,
    interval: 1000 / perSecond,
    strict: true,
  });
  const shared = new Map<string, Promise<SendAnswer>>();
  let control: Promise<ControlState> | null = null;
  let state: ControlState | null = null;
  let pause: { readonly until: Date; readonly reason: string } | null = null;
  /** Settles when the other processes know of the pause. */
  let told: Promise<void> = Promise.resolve();
  let refusalsInARow = 0;
  let failuresInARow = 0;

  async function ask(question: DeskQuestion): Promise<Outcome> {
    control ??= controlOnce(question.format).catch((error: unknown) => {
      control = null;
      throw error;
    });
    state = await control;
    if (state === 'accepted') return later('control-probe-failed');
    const readings: Reading[] = [];
    let begun = false;
    for (let index = 0; index < question.requests; index++) {
      const step = await inTurn(async (): Promise<Reading | Outcome> => {
        if (!begun) {
          signal?.throwIfAborted();
          const { fingerprint, replaces } = question;
          begun = await memory.begin({ service: service.id, fingerprint, at: now(), replaces });
          if (!begun) return later('asked-elsewhere');
        }
        // Built only now: a signature carries the time, and the queue may have been long.
        const request = (await probe.requests(question.parts, { now: now() }))?.[index];
        if (request === undefined) return unknown('question-not-built');
        return exchange('token', request, question.parts, question.fingerprint);
      }, begun);
      if (!begun) return { lookAfter: null, ...step };
      readings.push(step);
      if (isAccepting(step) || paused() !== null) break;
    }
    const reading = overall(decide(readings));
    const outcome = { ...reading, lookAfter: nextLook(reading, question.looks) };
    await memory.settle(question.fingerprint, reading, outcome.lookAfter);
    return outcome;
  }

  /**
   * Sends when it is its turn here, and among all processes; gives the pause instead where the service asked for one. A question
   * that was begun is brought to its end, also when the program is told to stop.
   */
  function inTurn(send: () => Promise<Reading | Outcome>, isBegun: boolean): Promise<Reading | Outcome> {
    return queue.add(async () => {
      const waiting = paused();
      if (waiting !== null) return waiting;
      const turn = await turns?.take({ service: service.id, perSecond, concurrency }, isBegun ? never : (signal ?? never));
      if (turn !== undefined && !isTurn(turn)) {
        pause = { until: new Date(now().getTime() + Math.max(1, turn.pausedMs)), reason: turn.reason };
        return paused() ?? later(turn.reason);
      }
      try {
        return await send();
      } finally {
        await told;
        turn?.done();
      }
    });
  }

  /** The public host's no says nothing about a token that a server of one's own may have given out, unless it knew the token. */
  function overall(reading: Reading): Reading {
    const isStranger = reading.verdict === 'inactive' && !(service.refusesOwn ?? []).includes(reading.reason);
    return service.selfHosted === true && isStranger ? unknown('self-hosted-possible') : reading;
  }

  function later(reason: string): Outcome {
    const reading = unknown(reason);
    return { ...reading, lookAfter: nextLook(reading, 0) };
  }

  function nextLook(reading: Reading, looks: number): Date | null {
    const pausedUntil = pause === null || pause.until <= now() ? null : pause.until;
    return lookAgainAt(reading, now(), { looks, periodMs: options.periodMs, pausedUntil });
  }

  function paused(): Outcome | null {
    if (pause === null || pause.until <= now()) return null;
    return { ...unknown(pause.reason), lookAfter: pause.until };
  }

  async function exchange(
    kind: AuditRow['kind'],
    request: ProbeRequest,
    parts: Parts,
    fingerprint: string | null,
  ): Promise<Reading> {
    const target = targetOf(request, probe.hosts, options.host);
    if (target === null) return unknown('host-not-listed');
    const at = now();
    options.onRequest(kind, at);
    let answer: SendAnswer | null = null;
    let reading: Reading;
    try {
      answer = await sendOrShare(target.request, target.host);
      reading = await read(answer, request, parts);
    } catch (error) {
      reading = unknown(failureReason(error));
    }
    countFailures(reading);
    await options.audit({
      kind,
      service: service.id,
      fingerprint,
      at,
      host: listedHost(request, probe.hosts),
      method: request.method,
      path: pathTemplate(request, parts),
      status: answer?.status ?? null,
      contentType: answer === null ? null : mediaType(answer.headers),
      ...reading,
    });
    return reading;
  }

  /** The same question of a check that never carries a token has the same answer: it is asked once. */
  function sendOrShare(request: ProbeRequest, host: string): Promise<SendAnswer> {
    const limits = { hosts: [host], maxBytes: MAX_BYTES };
    if (probe.noControl === undefined || request.method !== 'GET') return options.send(request, limits);
    const key = JSON.stringify([request.url, request.headers ?? {}]);
    const earlier = shared.get(key);
    if (earlier !== undefined) return earlier;
    const [oldest] = shared.keys();
    if (shared.size >= SHARED_ANSWERS && oldest !== undefined) shared.delete(oldest);
    const answer = options.send(request, limits);
    shared.set(key, answer);
    return answer;
  }

  async function read(answer: SendAnswer, request: ProbeRequest, parts: Parts): Promise<Reading> {
    const response = toResponse(answer);
    if (isThrottled(response, probe)) waitAsTold(answer.headers);
    else refusalsInARow = 0;
    const byForm = readByForm(response, request, probe);
    if (byForm !== null) return byForm;
    try {
      return withCleanReason(await probe.read(response, parts, { now: now() }), parts);
    } catch (error) {
      // Its message may repeat the answer; the kind of error is enough to find the line.
      const kind = error instanceof Error ? error.name : typeof error;
      options.log.warn({ service: service.id, kind }, 'an answer could not be read by its service file');
      return unknown('answer-not-read');
    }
  }

  function waitAsTold(headers: SendAnswer['headers']): void {
    const unsaid = Math.min(LONGEST_UNSAID_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** refusalsInARow);
    refusalsInARow++;
    pauseFor(pauseSeconds(headers, now()) ?? unsaid, 'rate-limited');
  }

  function countFailures(reading: Reading): void {
    failuresInARow = FAILURES.has(reading.reason) ? failuresInARow + 1 : 0;
    if (failuresInARow >= OUTAGE_AFTER) {
      failuresInARow = 0;
      pauseFor(OUTAGE_SECONDS, 'unavailable');
    }
  }

  function pauseFor(seconds: number, reason: string): void {
    pause = { until: new Date(now().getTime() + seconds * 1000), reason };
    options.log.warn({ service: service.id, reason, seconds }, 'the service is not asked for a while');
    told = (turns?.pause(service.id, seconds * 1000, reason) ?? Promise.resolve()).catch(() => {
      options.log.warn({ service: service.id }, 'the other processes could not be told of the pause');
    });
  }

  function controlOnce(format: string): Promise<ControlState> {
    return controls === undefined ? probeOnce(format) : controls.once(service.id, () => probeOnce(format));
  }

  async function probeOnce(format: string): Promise<ControlState> {
    if (probe.noControl !== undefined) return 'impossible';
    for (let tries = 0; tries < CONTROL_TRIES && paused() === null; tries++) {
      const question = await controlQuestion(service, probe, format, options.random, now());
      if (question === null) {
        options.log.warn({ service: service.id }, 'no sample of the service can be asked about: no control probe');
        return 'impossible';
      }
      const readings: Reading[] = [];
      for (const request of question.requests) {
        readings.push(await inTurn(() => exchange('control', request, question.parts, null), false));
      }
      const reading = decide(readings);
      if (reading.verdict === 'inactive') return 'refused';
      if (!isAccepting(reading)) continue;
      options.log.warn(
        { service: service.id, verdict: reading.verdict },
        'a random token was accepted: the check is switched off',
      );
      return 'accepted';
    }
    return 'undecided';
  }

  return {
    ask,
    get control() {
      return state;
    },
  };
}

function isTurn(turn: Turn | { readonly pausedMs: number }): turn is Turn {
  return 'done' in turn;
}
