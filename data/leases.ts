/**
 * What all workers of a database share: the permits of every lane to every host, and what the hosts said to any of them.
 *
 * Time is the database's own in every statement. Callers speak in spans, so a worker whose clock is wrong does no harm.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Database, Reader } from './database.ts';
import { isGone } from './store/holder.ts';
import { chunks, text } from './store/rows.ts';

/** The common limits in the words of `crawler/gate/shared.ts`; see there for what each promises. */
export interface Leases {
  take(pool: LeasePool, wanted: number, ticket: number): Promise<Leased>;
  giveBack(pool: LeasePool, permits: readonly (HeldPermit & { readonly freeAt: number })[]): Promise<void>;
  renew(pool: LeasePool, permits: readonly HeldPermit[]): Promise<void>;
  slowDown(host: string, waitMs: number, level: number, reason?: string): Promise<void>;
  failed(host: string, limits: { readonly threshold: number; readonly breakerMs: number; readonly capMs: number }): Promise<void>;
  recovered(host: string): Promise<void>;
  switchOff(host: string, reason: string): Promise<void>;
}

export interface LeasePool {
  readonly key: string;
  readonly host: string | null;
  readonly size: number;
  readonly leaseMs: number;
  readonly graceMs: number;
  readonly aheadMs: number;
}

export interface HeldPermit {
  readonly permit: number;
  readonly ticket: number;
}

export interface HostTrouble {
  readonly waitMs: number;
  readonly level: number;
  readonly reason: string | null;
  readonly switchedOff: string | null;
}

export interface LeasedPermit {
  readonly permit: number;
  readonly usableAt: number;
}

export interface Leased {
  readonly permits: readonly LeasedPermit[];
  readonly now: number;
  readonly nextMs: number | null;
  readonly trouble: HostTrouble | null;
}

/** The one request that tries whether a host is back is awaited for so long. */
const TRIAL_MS = 60_000;
/** … and whoever waits for it looks so often. */
const TRIAL_POLL_MS = 500;

/** @param holder names this process, and no other that ever was (`thisHolder`) */
export function sharedLeases(database: Database, holder: string): Leases {
  const { db, words } = database;
  const now = sql<number>`${sql.raw(words.now)}`;
  const prepared = new Map<string, Promise<void>>();

  /** The rows of a lane, made at its first use. */
  async function prepare({ key, host, size }: LeasePool): Promise<void> {
    const known = await db.selectFrom('permit').select('position').where('lane', '=', key).execute();
    const there = new Set(known.map((one) => one.position));
    const missing = Array.from({ length: size }, (_, position) => position).filter((position) => !there.has(position));
    const rows = missing.map((position) => ({
      lane: text(key),
      position,
      host: text(host ?? ''),
      free_at: 0,
      holder: null,
      ticket: null,
      usable_at: 0,
    }));
    for (const chunk of chunks(rows, 7))
      await db
        .insertInto('permit')
        .values(chunk)
        .onConflict((oc) => oc.doNothing())
        .execute();
    if (host === null) return;
    await db
      .insertInto('host')
      .values({ host: text(host), touched_at: 0 })
      .onConflict((oc) => oc.doNothing())
      .execute();
  }

  function prepareOnce(pool: LeasePool): Promise<void> {
    const id = `${pool.key} ${pool.size}`;
    const known = prepared.get(id);
    if (known !== undefined) return known;
    const made = prepare(pool).catch((error: unknown) => {
      prepared.delete(id);
      throw error;
    });
    prepared.set(id, made);
    return made;
  }

  interface Free {
    readonly permits: readonly LeasedPermit[];
    readonly now: number | null;
  }

  async function takeFree(pool: LeasePool, wanted: number, ticket: number, condition: RawBuilder<unknown>): Promise<Free> {
    // A permit in somebody's hands is free when its lease is over, and not a moment before.
    const isFree = sql`(free_at <= ${now} or holder is null and free_at <= ${now} + ${pool.aheadMs})`;
    // Materialized, so that it is read once: the time moves, and a subquery that is read again finds others.
    const { rows } = await sql<{ position: number; usable_at: number; now: number }>`
      with free as materialized (
        select position from permit where lane = ${pool.key} and position < ${pool.size} and ${isFree} ${condition}
        order by free_at limit ${wanted}${sql.raw(words.skipLocked)}
      )
      update permit set holder = ${holder}, ticket = ${ticket}, usable_at = free_at,
        free_at = ${now} + ${pool.leaseMs + pool.graceMs}
      where lane = ${pool.key} and ${isFree} and position in (select position from free)
      returning position, usable_at, ${now} as now`.execute(db);
    const permits = rows.map((one) => ({ permit: one.position, usableAt: one.usable_at }));
    return { permits, now: rows[0]?.now ?? null };
  }

  /** True for the one process that may try whether the host is back. */
  async function isTrial(host: string): Promise<boolean> {
    const { rows } = await sql`
      update host set trial_until = ${now} + ${TRIAL_MS} where host = ${host} and breaker_until <= ${now}
      and (trial_until is null or trial_until <= ${now}) and (backoff_until is null or backoff_until <= ${now})
      and switched_off is null returning host`.execute(db);
    return rows.length > 0;
  }

  async function troubleOf(host: string): Promise<HostTrouble | null> {
    const row = await readHost(db, host, now);
    if (row === undefined) return null;
    const backoff = Math.max(0, (row.backoff_until ?? 0) - row.now);
    const breaker = row.breaker_until === null ? 0 : Math.max(TRIAL_POLL_MS, row.breaker_until - row.now);
    if (row.switched_off === null && backoff === 0 && breaker === 0) return null;
    return {
      waitMs: Math.max(backoff, breaker),
      level: backoff > 0 ? row.backoff_level : 0,
      reason: row.backoff_reason,
      switchedOff: row.switched_off,
    };
  }

  async function nextOf(pool: LeasePool): Promise<{ readonly nextMs: number | null; readonly now: number }> {
    const { rows } = await sql<{ next: number | null; now: number }>`
      select min(free_at) - ${now} as next, ${now} as now from permit
      where lane = ${pool.key} and position < ${pool.size} and holder is null`.execute(db);
    const [row] = rows;
    if (row === undefined) throw new Error('the database does not tell the time');
    return { nextMs: row.next === null ? null : Math.max(0, row.next), now: row.now };
  }

  return {
    async take(pool, wanted, ticket) {
      await prepareOnce(pool);
      const { host } = pool;
      const isCalm =
        host === null
          ? sql``
          : sql`and not exists (select 1 from host where host.host = ${host}
            and (backoff_until > ${now} or breaker_until is not null or switched_off is not null))`;
      const { permits, now: at } = await takeFree(pool, wanted, ticket, isCalm);
      if (permits.length === wanted && at !== null) return { permits, now: at, nextMs: null, trouble: null };
      const trouble = host === null || permits.length > 0 ? null : await troubleOf(host);
      const next = await nextOf(pool);
      if (trouble === null) return { permits, ...next, trouble };
      const waiting = { permits, now: next.now, nextMs: null };
      if (host === null || !(await isTrial(host))) return { ...waiting, trouble };
      const trial = await takeFree(pool, 1, ticket, sql``);
      return { ...waiting, permits: trial.permits, trouble: { ...trouble, waitMs: TRIAL_POLL_MS } };
    },

    async giveBack(pool, permits) {
      if (permits.length === 0) return;
      const times = permits.map(({ permit, freeAt }) => sql`when ${permit} then ${bigint(freeAt)}`);
      const held = permits.map(({ permit, ticket }) => sql`(${bigint(permit)}, ${bigint(ticket)})`);
      await sql`update permit set holder = null, ticket = null, free_at = case position ${sql.join(times, sql` `)} end
        where lane = ${pool.key} and holder = ${holder} and (position, ticket) in (values ${sql.join(held)})`.execute(db);
    },

    async renew(pool, permits) {
      await eachTicket(permits, async (ticket, positions) => {
        await sql`update permit set free_at = ${now} + ${pool.leaseMs + pool.graceMs}
          where lane = ${pool.key} and holder = ${holder} and ticket = ${ticket}
          and position in (${sql.join(positions)})`.execute(db);
      });
    },

    async slowDown(host, waitMs, level, reason = 'throttled') {
      const until = sql<number>`${now} + ${Math.ceil(waitMs)}`;
      await sql`insert into host (host, touched_at, backoff_until, backoff_level, backoff_reason)
        values (${text(host)}, ${now}, ${until}, ${level}, ${text(reason)})
        on conflict (host) do update set
          backoff_level = case when host.backoff_until > ${now} and host.backoff_level > ${level} then host.backoff_level else ${level} end,
          backoff_reason = ${text(reason)},
          backoff_until = case when host.backoff_until > ${until} then host.backoff_until else ${until} end`.execute(db);
    },

    async failed(host, { threshold, breakerMs, capMs }) {
      await db.transaction().execute(async (tx) => {
        // Written first: whoever else reports a failure waits here.
        await sql`insert into host (host, touched_at) values (${text(host)}, ${now})
          on conflict (host) do update set touched_at = ${now}`.execute(tx);
        const row = await readHost(tx, host, now);
        if (row === undefined) return;
        const { breaker_until: until, breaker_level: level } = row;
        // What was under way when it opened says nothing new.
        if (until !== null && until > row.now) return;
        const opens = until !== null || row.failures + 1 >= threshold;
        const span = Math.min(capMs, breakerMs * 2 ** Math.min(30, level));
        await tx
          .updateTable('host')
          .set(
            opens
              ? { failures: 0, breaker_until: row.now + span, breaker_level: level + 1, trial_until: null }
              : { failures: row.failures + 1 },
          )
          .where('host', '=', host)
          .execute();
      });
    },

    async recovered(host) {
      await db
        .updateTable('host')
        .set({ failures: 0, breaker_until: null, breaker_level: 0, trial_until: null })
        .where('host', '=', host)
        .where((eb) => eb.or([eb('failures', '>', 0), eb('breaker_until', 'is not', null), eb('breaker_level', '>', 0)]))
        .execute();
    },

    async switchOff(host, reason) {
      await sql`insert into host (host, touched_at, switched_off) values (${text(host)}, ${now}, ${text(reason)})
        on conflict (host) do update set switched_off = coalesce(host.switched_off, ${text(reason)})`.execute(db);
    },
  };
}

/**
 * Connections of processes of this machine that are certainly gone are free at once: they ended with their process. Tickets are not:
 * nobody knows when they were used last, and they come back by themselves within seconds.
 */
export async function freeConnections({ db }: Database): Promise<void> {
  const holders = await db.selectFrom('permit').select('holder').distinct().where('holder', 'is not', null).execute();
  for (const { holder } of holders) {
    if (holder === null || !isGone(holder)) continue;
    await db
      .updateTable('permit')
      .set({ holder: null, ticket: null, free_at: 0 })
      .where('holder', '=', holder)
      .where('lane', 'like', '% connections')
      .execute();
  }
}

/** Gives every host another chance that was to be left alone: somebody has looked into it and starts again. */
export async function forgetSwitches({ db }: Database): Promise<void> {
  await db.updateTable('host').set({ switched_off: null }).where('switched_off', 'is not', null).execute();
}

export interface HeldBack {
  /** A registry's host, or `service` and the id of one. */
  readonly host: string;
  /** Nothing is sent to it before; null where it is left alone for good. */
  readonly until: number | null;
  readonly reason: string;
}

/** Hosts that no worker sends to at this moment, and why. */
export async function heldBackHosts({ db }: Database, now: number): Promise<readonly HeldBack[]> {
  const rows = await db
    .selectFrom('host')
    .select(['host', 'backoff_until', 'backoff_reason', 'breaker_until', 'switched_off'])
    .where((eb) =>
      eb.or([eb('backoff_until', '>', now), eb('breaker_until', 'is not', null), eb('switched_off', 'is not', null)]),
    )
    .orderBy('host')
    .execute();
  return rows.map((one) => {
    if (one.switched_off !== null) return { host: one.host, until: null, reason: `left alone: ${one.switched_off}` };
    const backoff = one.backoff_until ?? 0;
    const until = Math.max(backoff, one.breaker_until ?? 0);
    return {
      host: one.host,
      until,
      reason: backoff > now ? `asked to wait (${one.backoff_reason ?? 'throttled'})` : 'failed too often',
    };
  });
}

interface HostRow {
  readonly backoff_until: number | null;
  readonly backoff_level: number;
  readonly backoff_reason: string | null;
  readonly breaker_until: number | null;
  readonly breaker_level: number;
  readonly failures: number;
  readonly switched_off: string | null;
  readonly now: number;
}

async function readHost(db: Reader, host: string, now: RawBuilder<number>): Promise<HostRow | undefined> {
  return await db
    .selectFrom('host')
    .select(['backoff_until', 'backoff_level', 'backoff_reason', 'breaker_until', 'breaker_level', 'failures', 'switched_off'])
    .select(now.as('now'))
    .where('host', '=', host)
    .executeTakeFirst();
}

/** A whole number whose type the database is told, where it cannot know it from the column. */
function bigint(value: number): RawBuilder<number> {
  return sql<number>`cast(${value} as bigint)`;
}

async function eachTicket(
  permits: readonly HeldPermit[],
  act: (ticket: number, positions: readonly number[]) => Promise<void>,
): Promise<void> {
  const byTicket = Map.groupBy(permits, (one) => one.ticket);
  for (const [ticket, some] of byTicket)
    await act(
      ticket,
      some.map((one) => one.permit),
    );
}
