/** What was asked about which token, written before it is asked: a crash may lose an answer, it never asks twice. */
import type { Database } from '../database.ts';
import type { Verdict } from '../model.ts';
import { text } from './rows.ts';

/** What is remembered of the last question about a token; `looks`: how many answers in a row left it undecided. */
export type Memory =
  | ({ readonly state: 'settled'; readonly askedAt: number; readonly looks: number } & Answer)
  /** Asked, and the answer was lost or is still on its way. */
  | { readonly state: 'asked'; readonly askedAt: number; readonly looks: number };

export interface Answer {
  readonly verdict: Verdict;
  readonly reason: string;
  /** When an undecided token is to be asked about again; null where never, or decided. */
  readonly lookAfter: number | null;
}

export interface ValidationMemory {
  /** The last question about the token, whenever it was; null where it was never asked. */
  recall(fingerprint: string): Promise<Memory | null>;
  /**
   * Claims the right to ask about a token, before the question is sent. False: it was asked at or after `notSince`, by this process
   * or another, and must not be asked again.
   */
  begin(service: string, fingerprint: string, now: number, notSince: number): Promise<boolean>;
  /** Writes down the answer to the question that `begin` allowed. */
  settle(fingerprint: string, answer: Answer, now: number): Promise<void>;
}

/** A request to a service, as the validation engine tells it: without token and body. */
export interface ServiceRequest {
  /** Its own and no other's; see `auditTrail`. */
  readonly mark: string;
  readonly kind: 'token' | 'control';
  readonly service: string;
  readonly fingerprint: string | null;
  readonly at: Date;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly contentType: string | null;
  readonly verdict: Verdict;
  readonly reason: string;
}

/**
 * Writes down every request that was sent to a service: the audit, and the window of validation that reports print. A request with the
 * same mark is the same one: writing it down again, after a connection that broke, changes nothing.
 */
export function auditTrail(
  { db }: Database,
  { run, keyId }: { readonly run: number | null; readonly keyId: string },
): (request: ServiceRequest) => Promise<void> {
  return async (request) => {
    await db
      .insertInto('service_request')
      .values({
        run_id: run,
        kind: request.kind,
        service: text(request.service),
        key_id: keyId,
        fingerprint: request.fingerprint === null ? null : text(request.fingerprint),
        sent_at: request.at.getTime(),
        host: text(request.host),
        method: text(request.method),
        path: text(request.path),
        status: request.status,
        content_type: request.contentType === null ? null : text(request.contentType),
        verdict: request.verdict,
        reason: text(request.reason),
        mark: text(request.mark),
      })
      .onConflict((oc) => oc.column('mark').doNothing())
      .execute();
  };
}

/** @param run whose questions these are, or null outside of a run; for the audit */
export function validationMemory(
  { db }: Database,
  { run, keyId }: { readonly run: number | null; readonly keyId: string },
): ValidationMemory {
  return {
    async recall(fingerprint) {
      const known = await db
        .selectFrom('validation')
        .select(['asked_at', 'settled_at', 'verdict', 'reason', 'looks', 'look_after'])
        .where('key_id', '=', keyId)
        .where('fingerprint', '=', fingerprint)
        .executeTakeFirst();
      if (known === undefined) return null;
      const { verdict, asked_at: askedAt, looks, look_after: lookAfter } = known;
      if (known.settled_at === null || verdict === null) return { state: 'asked', askedAt, looks };
      return { state: 'settled', verdict, reason: known.reason ?? '', askedAt, looks, lookAfter };
    },

    async begin(service, fingerprint, now, notSince) {
      return await db.transaction().execute(async (tx) => {
        const asked = { service: text(service), asked_at: now, settled_at: null, verdict: null, reason: null };
        const claimed = await tx
          .insertInto('validation')
          .values({ key_id: keyId, fingerprint: text(fingerprint), ...asked, looks: 0, look_after: null })
          .onConflict((oc) =>
            oc
              .columns(['key_id', 'fingerprint'])
              .doUpdateSet({ asked_at: now, settled_at: null, verdict: null, reason: null, look_after: null })
              .where('validation.asked_at', '<', notSince),
          )
          .returning('asked_at')
          .executeTakeFirst();
        if (claimed === undefined) return false;
        await tx
          .insertInto('question')
          .values({ run_id: run, key_id: keyId, fingerprint: text(fingerprint), ...asked })
          .execute();
        return true;
      });
    },

    async settle(fingerprint, { verdict, reason, lookAfter }, now) {
      await db.transaction().execute(async (tx) => {
        const answer = { verdict, reason: text(reason), settled_at: now };
        await tx
          .updateTable('validation')
          .set((eb) => ({ ...answer, look_after: lookAfter, looks: verdict === 'unknown' ? eb('looks', '+', 1) : 0 }))
          .where('key_id', '=', keyId)
          .where('fingerprint', '=', fingerprint)
          .execute();
        await tx
          .updateTable('question')
          .set(answer)
          .where('key_id', '=', keyId)
          .where('fingerprint', '=', fingerprint)
          .where('settled_at', 'is', null)
          .where('id', '=', (eb) =>
            eb
              .selectFrom('question as last')
              .select((last) => last.fn.max('last.id').as('id'))
              .where('last.key_id', '=', keyId)
              .where('last.fingerprint', '=', fingerprint),
          )
          .execute();
      });
    },
  };
}
