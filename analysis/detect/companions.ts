/** The parts that stand apart from their tokens, anywhere in the artifact. */
import type { Secret, Parts } from '../secret.ts';
import { pairs } from './match.ts';
import type { CompiledCompanion } from './rules.ts';

/** Of each kind, that many are kept. A package with more of them than that is a corpus of such parts, and pairs by chance. */
const MOST_OF_A_KIND = 4096;

/** Where in the artifact something stands. */
export interface Spot {
  readonly path: readonly string[];
  /** Number of the entry, in the order of reading. */
  readonly entry: number;
  readonly offset: number;
}

interface Part extends Spot {
  readonly value: Secret;
}

export interface CompanionIndex {
  /** Keeps a part. False where there are too many of its kind. */
  add(key: string, value: Secret, spot: Spot): boolean;
  /** The nearest part that pairs: in the same entry, else in the entry with the most similar path. */
  nearest(companion: CompiledCompanion, parts: Parts, spot: Spot): Secret | null;
}

export function companionIndex(): CompanionIndex {
  const kept = new Map<string, Part[]>();
  return {
    add(key, value, spot) {
      const those = kept.get(key) ?? [];
      if (those.length >= MOST_OF_A_KIND) return false;
      those.push({ value, ...spot });
      kept.set(key, those);
      return true;
    },
    nearest({ key, companion }, parts, spot) {
      const those = [...(kept.get(key) ?? [])].sort((one, other) => byDistance(spot, one, other));
      return those.find(({ value }) => pairs(companion, { ...parts, [companion.name]: value }))?.value ?? null;
    },
  };
}

/** Same entry before others and by offset there; others by the folders they share, then by the order of reading. */
function byDistance(spot: Spot, one: Spot, other: Spot): number {
  const oneHere = one.entry === spot.entry;
  const otherHere = other.entry === spot.entry;
  if (oneHere !== otherHere) return oneHere ? -1 : 1;
  if (oneHere) return Math.abs(one.offset - spot.offset) - Math.abs(other.offset - spot.offset);
  return (
    sharedFolders(spot.path, other.path) - sharedFolders(spot.path, one.path) ||
    Math.abs(one.entry - spot.entry) - Math.abs(other.entry - spot.entry)
  );
}

function sharedFolders(path: readonly string[], other: readonly string[]): number {
  const ones = path.join('/').split('/');
  const others = other.join('/').split('/');
  let shared = 0;
  while (shared < ones.length && ones[shared] === others[shared]) shared++;
  return shared;
}
