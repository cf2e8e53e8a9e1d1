/** The parts that stand apart from their tokens, anywhere in the artifact. */
import type { Secret, Parts } from '../secret.ts';
import { pairs } from './near.ts';
import { byPreference, type Span } from './preference.ts';
import type { CompiledCompanion } from './rules.ts';

/** Of each kind, that many are kept. A package with more of them than that is a corpus of such parts, and pairs by chance. */
const MOST_OF_A_KIND = 4096;

/** Where in the artifact something stands. */
export interface Spot extends Span {
  readonly path: readonly string[];
  /** Number of the entry, in the order of reading. */
  readonly entry: number;
}

interface FoundPart extends Spot {
  readonly value: Secret;
}

export interface CompanionIndex {
  /** Keeps a part. False where there are too many of its kind. */
  add(key: string, value: Secret, spot: Spot): boolean;
  /**
   * The nearest part that pairs: in the same entry, else in the entry with the most similar path.
   *
   * @param others where other tokens of the same format begin, in the same entry
   */
  nearest(companion: CompiledCompanion, parts: Parts, spot: Spot, others: readonly number[]): Secret | null;
}

export function companionIndex(): CompanionIndex {
  const kept = new Map<string, FoundPart[]>();
  /** Parts of the same entry that a token has taken. */
  const taken = new Map<FoundPart, number>();
  return {
    add(key, value, spot) {
      const those = kept.get(key) ?? [];
      if (those.length >= MOST_OF_A_KIND) return false;
      those.push({ value, ...spot });
      kept.set(key, those);
      return true;
    },
    nearest({ key, companion }, parts, spot, others) {
      const pairing = ({ value }: FoundPart): boolean => pairs(companion, { ...parts, [companion.name]: value });
      const those = kept.get(key) ?? [];
      const here = those.filter(({ entry }) => entry === spot.entry);
      const near = byPreference(spot, others, here, (part) => (taken.get(part) ?? spot.start) !== spot.start).find(({ part }) =>
        pairing(part),
      );
      if (near !== undefined) {
        if (!near.foreign) taken.set(near.part, spot.start);
        return near.part.value;
      }
      const elsewhere = those.filter(({ entry }) => entry !== spot.entry).sort((one, other) => byPath(spot, one, other));
      return elsewhere.find(pairing)?.value ?? null;
    },
  };
}

/** By the folders they share with the spot, then by the order of reading. */
function byPath(spot: Spot, one: Spot, other: Spot): number {
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
