/** What happens to a registry after its stand-in has started: packages appear, get releases, disappear. */
import type { WorldPackage } from './world.ts';

export type JournalEvent =
  /** A new package, or a new state of one. */
  | { readonly kind: 'published'; readonly package: WorldPackage }
  /** Something moved that is no release: a role, a description. */
  | { readonly kind: 'touched'; readonly name: string }
  | { readonly kind: 'deleted'; readonly name: string };

export interface Recorded {
  readonly name: string;
  /** Null once it is deleted. */
  readonly package: WorldPackage | null;
  /** Number of its last event. */
  readonly serial: number;
}

/**
 * The present state of every package that ever was, by name, with the number of its last event: the first packages got
 * theirs in order, with gaps as real sequences have, and each event takes the next.
 */
export function replay(packages: readonly WorldPackage[], events: readonly JournalEvent[]): ReadonlyMap<string, Recorded> {
  const state = new Map<string, Recorded>();
  let serial = 1000;
  for (const one of packages) {
    serial += 1 + (one.name.length % 4);
    state.set(one.name, { name: one.name, package: one, serial });
  }
  for (const event of events) {
    serial += 3;
    const name = event.kind === 'published' ? event.package.name : event.name;
    const before = state.get(name)?.package ?? null;
    const now = event.kind === 'published' ? event.package : event.kind === 'deleted' ? null : before;
    state.set(name, { name, package: now, serial });
  }
  return state;
}

export function highestSerial(state: ReadonlyMap<string, Recorded>): number {
  return Math.max(0, ...[...state.values()].map(({ serial }) => serial));
}
