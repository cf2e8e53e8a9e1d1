import { createLogUpdate } from 'log-update';
import { REGISTRY_LABELS, type RegistryId } from '../data/model.ts';

export interface Step {
  readonly registry: RegistryId;
  /** What is going on, such as "listing names" or "analyzing". */
  readonly stage: string;
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
}

export interface Progress {
  report(step: Step): void;
  /** Leaves the last state standing and stops. */
  finish(): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  /** Milliseconds. */
  readonly now: () => number;
  /** Seconds between plain lines where there is no terminal. */
  readonly plainEvery?: number;
}

interface State extends Step {
  /** When the stage began, and how much was done then: the rate is that of the stage. */
  readonly since: number;
  readonly from: number;
}

/** On a terminal a live line per registry; elsewhere one plain line every 30 seconds, and one at the end. */
export function createProgress({ stream, now, plainEvery = 30 }: ProgressOptions): Progress {
  const states = new Map<RegistryId, State>();
  const live = stream.isTTY ? createLogUpdate(stream) : null;
  let drawn = 0;

  const timer = setInterval(() => (live === null ? plain() : draw()), live === null ? plainEvery * 1000 : 200);
  timer.unref();

  function draw(): void {
    if (live === null || states.size === 0) return;
    drawn = now();
    live([...states.values()].map((state) => lineOf(state, now())).join('\n'));
  }

  function plain(): void {
    if (states.size > 0) stream.write(`${[...states.values()].map((state) => lineOf(state, now())).join(' | ')}\n`);
  }

  return {
    report(step) {
      const before = states.get(step.registry);
      const sameStage = before?.stage === step.stage;
      states.set(step.registry, { ...step, since: sameStage ? before.since : now(), from: sameStage ? before.from : step.done });
      if (live !== null && now() - drawn > 100) draw();
    },
    finish() {
      clearInterval(timer);
      if (live === null) {
        plain();
        return;
      }
      draw();
      live.done();
    },
  };
}

/** `RubyGems  analyzing  120 of 400 (30 %), 12.5/s, 22 s left`. */
export function lineOf(state: State, at: number): string {
  const seconds = Math.max(0, at - state.since) / 1000;
  const rate = seconds > 0.5 ? (state.done - state.from) / seconds : 0;
  const share =
    state.total === null || state.total === 0 ? '' : ` of ${state.total} (${Math.floor((100 * state.done) / state.total)} %)`;
  const speed = rate > 0 ? `, ${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s` : '';
  const left =
    rate > 0 && state.total !== null && state.total > state.done ? `, ${duration((state.total - state.done) / rate)} left` : '';
  return `${REGISTRY_LABELS[state.registry].padEnd(8)}  ${state.stage}  ${state.done}${share}${speed}${left}`;
}

/** Seconds as people say them: 40 s, 12 min, 3 h 20 min, 2 d 4 h. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
