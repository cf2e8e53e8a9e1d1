/**
 * Politeness: one gate per host, and the single retry loop of the program.
 *
 * A request passes a lane (`gate/lane.ts`), which has a rate and a number of connections. All lanes of a host share what
 * the host said to any of them (`gate/host.ts`): back-off, circuit breaker, off-switch. Every request is counted in the
 * ledger before it is sent (`gate/budget.ts`). Several processes keep all of that together (`gate/shared.ts`).
 */
import { CrawlError, Malformed, NotAllowed, Throttled } from './errors.ts';
import { Host, type HostStatus } from './gate/host.ts';
import { createLane, type Lane, type LaneLimits } from './gate/lane.ts';
import { givingUp, hasGivenUp, worldOf, type GatesOptions, type World } from './gate/world.ts';

export type { RequestLedger } from './gate/budget.ts';
export type { HostStatus } from './gate/host.ts';
export type { Lane, LaneLimits, Turn } from './gate/lane.ts';
export type { Pool, SharedLimits, Taken, Trouble } from './gate/shared.ts';
export type { GateLog, GatesOptions, GateTuning } from './gate/world.ts';

export interface Gates {
  /** The lane `key` of `host` (name and port), made at its first use; `limits` are those of its first use. */
  lane(key: string, host: string, limits: LaneLimits): Lane;
  /**
   * The retry loop: runs `attempt` until it succeeds, or its error's class has used up its tries, or the host our patience.
   * Pauses between tries; being throttled costs no try. An error that comes out of it is not tried again by a loop around
   * it, so that tries never multiply. `host` is whose retries are counted; null for work on several requests.
   */
  retrying<T>(host: string | null, signal: AbortSignal, attempt: () => Promise<T>): Promise<T>;
  status(): readonly HostStatus[];
  /** Everything that waits is rejected with NotAllowed. */
  close(): void;
  /** After closing: resolves when other processes can have all that this one took of the common limits. */
  settled(): Promise<void>;
}

/** How often a request is sent again, by reason of its error; what is not listed is never sent again. */
const RETRIES: Readonly<Record<string, number>> = { unavailable: 4, malformed: 1, 'digest-mismatch': 1 };

/** So often in a row a single request is throttled before it is given up, whatever the clock says. */
const MAX_THROTTLES = 50;

export function createGates(options: GatesOptions): Gates {
  const closing = new AbortController();
  const world = worldOf(options, closing.signal);
  const hosts = new Map<string, Host>();
  const lanes = new Map<string, Lane>();

  function hostOf(name: string): Host {
    const known = hosts.get(name);
    if (known !== undefined) return known;
    const host = new Host(name, world);
    hosts.set(name, host);
    return host;
  }

  return {
    lane(key, hostName, limits) {
      const known = lanes.get(key);
      if (known !== undefined) return known;
      const lane = createLane(key, hostOf(hostName), limits, world);
      lanes.set(key, lane);
      return lane;
    },
    retrying: (hostName, signal, attempt) =>
      retrying(world, world.untilClosed(signal), attempt, () => hosts.get(hostName ?? '')?.retried()),
    status: () => [...hosts.values()].map((host) => host.status()),
    close() {
      closing.abort(new NotAllowed('the program is closing its connections'));
    },
    async settled() {
      await Promise.all([...lanes.values()].map(async (lane) => lane.settled()));
    },
  };
}

async function retrying<T>(world: World, signal: AbortSignal, attempt: () => Promise<T>, onRetry: () => void): Promise<T> {
  const used: Record<string, number> = {};
  let throttles = 0;
  let throttledSince = 0;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof CrawlError) || hasGivenUp(error) || signal.aborted) throw error;
      if (error instanceof Throttled) {
        if (throttles++ === 0) throttledSince = world.now();
        if (throttles > MAX_THROTTLES || world.now() - throttledSince > world.tuning.patienceMs) throw givingUp(error);
        onRetry();
        continue;
      }
      const before = used[error.reason] ?? 0;
      if (before >= (RETRIES[error.reason] ?? 0) || isFinal(error)) throw givingUp(error);
      used[error.reason] = before + 1;
      onRetry();
      world.log?.info({ url: error.url, reason: error.reason, retry: before + 1 }, `sent again: ${error.message}`);
      // Doubling, and anywhere between half and one and a half of it, so that what failed together does not return together.
      await world.sleep(world.tuning.retryMs * 2 ** before * (0.5 + world.random()), signal);
    }
  }
}

/** An answer that another try would only repeat: the host understood, and the request is wrong for it. */
function isFinal(error: CrawlError): boolean {
  return error instanceof Malformed && error.status !== null && error.status >= 400 && error.status < 500;
}
