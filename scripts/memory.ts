/** The database's memory of questions, in the words of the validation engine, for many workers at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Memory, Remembered } from '../analysis/validate/contract.ts';
import type { Database } from '../data/database.ts';
import { insist, type InsistOptions } from '../data/insist.ts';
import { validationMemory, type Memory as Stored } from '../data/store/validation.ts';
import { othersAtWork } from '../data/store/workers.ts';

/** A question is answered, or given up, within this time. */
const LONGEST_QUESTION_MS = 2 * 60_000;
const POLL_MS = 100;

export interface SharedMemoryOptions {
  /** Null outside of a run. */
  readonly run: number | null;
  readonly keyId: string;
  /** Names this process. */
  readonly holder: string;
  readonly now: () => number;
  readonly insistence: InsistOptions;
}

/**
 * What another worker is asking at this moment is waited for, so that both say the same. Right after a kill nobody can tell
 * that from a question whose worker died; it is taken for lost when nobody else is at work, or no question could take that long.
 */
export function sharedMemory(database: Database, { run, keyId, holder, now, insistence }: SharedMemoryOptions): Memory {
  const memory = validationMemory(database, { run, keyId });

  async function read(fingerprint: string): Promise<Remembered | null> {
    const known = await insist(() => memory.recall(fingerprint), insistence);
    if (known === null) return null;
    return asRemembered(known);
  }

  return {
    recall: read,

    async await(fingerprint) {
      for (;;) {
        const known = await read(fingerprint);
        if (known === null || known.reading !== null || now() - known.askedAt.getTime() > LONGEST_QUESTION_MS) return known;
        // Nobody is left who could answer: the question was lost with its worker, unless the answer came just now.
        if (!(await insist(() => othersAtWork(database, holder, now()), insistence))) return await read(fingerprint);
        await sleep(POLL_MS, undefined, { signal: insistence.signal });
      }
    },

    async begin({ service, fingerprint, at, replaces }) {
      const notSince = replaces === null ? 0 : replaces.getTime() + 1;
      let tries = 0;
      return await insist(async () => {
        const begun = await memory.begin(service, fingerprint, at.getTime(), notSince);
        if (begun || tries++ === 0) return begun;
        // The connection broke before: the right may have been written as ours, with our time.
        const known = await memory.recall(fingerprint);
        return known?.state === 'asked' && known.askedAt === at.getTime();
      }, insistence);
    },

    settle: (fingerprint, reading, lookAfter) =>
      insist(() => memory.settle(fingerprint, { ...reading, lookAfter: lookAfter?.getTime() ?? null }, now()), insistence),
  };
}

function asRemembered(known: Stored): Remembered {
  const { askedAt, looks } = known;
  if (known.state === 'asked') return { askedAt: new Date(askedAt), reading: null, lookAfter: null, looks };
  const { verdict, reason, lookAfter } = known;
  return {
    askedAt: new Date(askedAt),
    reading: { verdict, reason },
    lookAfter: lookAfter === null ? null : new Date(lookAfter),
    looks,
  };
}
