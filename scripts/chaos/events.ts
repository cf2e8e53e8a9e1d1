/** What goes wrong, and when: drawn before anything begins, so that the same seed disturbs in the same way. */
import { seededRandom } from '../../analysis/seeded-random.ts';

export type ChaosEvent =
  /** SIGKILL for a worker, and another one in its place a little later. */
  | { readonly kind: 'kill'; readonly who: number; readonly restartAfterMs: number }
  /** SIGSTOP, and SIGCONT after a while. */
  | { readonly kind: 'stop'; readonly who: number; readonly ms: number }
  /** The database server is restarted. `immediate`: as after a crash. */
  | { readonly kind: 'restart'; readonly how: 'fast' | 'immediate' }
  /** Connections are ended by the server: every one, or every second one. */
  | { readonly kind: 'cut'; readonly of: 1 | 2 };

export interface PlannedEvent {
  /** The share of all work that is done when it happens: events follow the work, not the clock, so they meet a fast run as well. */
  readonly after: number;
  readonly event: ChaosEvent;
}

export interface EventPlan {
  readonly seed: string;
  readonly count: number;
  readonly longestStopMs: number;
}

/** Of a hundred events; what is left are restarts. */
const KILLS = 35;
const STOPS = 25;
const CUTS = 25;
/** The last events come a little before the end, since a run that is over can no longer be disturbed. */
const LAST = 0.95;
const LONGEST_ABSENCE_MS = 1500;
/** For choosing among any number of processes. */
const MANY = 1000;

export function drawEvents({ seed, count, longestStopMs }: EventPlan): readonly PlannedEvent[] {
  const random = seededRandom(`${seed} events`);
  const share = (): number => random.int(10_000) / 10_000;
  return Array.from({ length: count }, (_, index) => {
    const after = (LAST * (index + share())) / count;
    const kind = random.int(100);
    const who = random.int(MANY);
    const ms = 1 + random.int(longestStopMs);
    const isHalf = random.int(2) === 1;
    if (kind < KILLS) return { after, event: { kind: 'kill', who, restartAfterMs: random.int(LONGEST_ABSENCE_MS) } };
    if (kind < KILLS + STOPS) return { after, event: { kind: 'stop', who, ms } };
    if (kind < KILLS + STOPS + CUTS) return { after, event: { kind: 'cut', of: isHalf ? 2 : 1 } };
    return { after, event: { kind: 'restart', how: isHalf ? 'fast' : 'immediate' } };
  });
}
