/** One control probe for each run and service, whichever worker comes to it first; the others wait for what it finds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { isGone } from './holder.ts';
import { text } from './rows.ts';
import { switchOffService } from './run.ts';

/** Whoever asks is believed to be at it for so long. */
const LEASE_MS = 120_000;
const POLL_MS = 200;

export interface Controls {
  /** The state that `ask` finds, or has found in another worker of this run. */
  once<State extends string>(service: string, ask: () => Promise<State>): Promise<State>;
}

/** @param holder names this process */
export function sharedControls(
  database: Database,
  { run, holder, signal }: { run: number; holder: string; signal: AbortSignal },
): Controls {
  const { db, words } = database;
  const now = sql<number>`${sql.raw(words.now)}`;

  async function isOurs(service: string): Promise<boolean> {
    const { rows } = await sql`
      insert into control_probe (run_id, service, state, holder, held_until)
      values (${run}, ${text(service)}, null, ${holder}, ${now} + ${LEASE_MS})
      on conflict (run_id, service) do update set holder = ${holder}, held_until = ${now} + ${LEASE_MS}
      where control_probe.state is null and (control_probe.held_until <= ${now} or control_probe.holder = ${holder})
      returning service`.execute(db);
    return rows.length > 0;
  }

  /** Whoever asked is dead: nobody needs to wait for the end of its time. */
  async function free(service: string, gone: string): Promise<void> {
    await db
      .updateTable('control_probe')
      .set({ held_until: 0 })
      .where('run_id', '=', run)
      .where('service', '=', service)
      .where('holder', '=', gone)
      .execute();
  }

  return {
    async once<State extends string>(service: string, ask: () => Promise<State>): Promise<State> {
      for (;;) {
        const known = await db
          .selectFrom('control_probe')
          .select(['state', 'holder'])
          .where('run_id', '=', run)
          .where('service', '=', service)
          .executeTakeFirst();
        if (known !== undefined && known.state !== null) return known.state as State;
        if (typeof known?.holder === 'string' && isGone(known.holder)) await free(service, known.holder);
        if (await isOurs(service)) break;
        await sleep(POLL_MS, undefined, { signal });
      }
      const row = db
        .updateTable('control_probe')
        .where('run_id', '=', run)
        .where('service', '=', service)
        .where('holder', '=', holder);
      try {
        const state = await ask();
        if (state === 'accepted') await switchOffService(database, run, service, 'control-probe-failed');
        await row.set({ state, holder: null }).execute();
        return state;
      } catch (error) {
        await row.set({ held_until: 0 }).execute();
        throw error;
      }
    },
  };
}
