/**
 * The version order of RubyGems (`Gem::Version`).
 *
 * Renovate's port knows what a version is, but compares words by the rules of the machine's language, where `RC` comes after
 * `beta`; ruby compares bytes, where it comes before. So the comparison is our own; a test holds it against ruby itself, and
 * against the port where both agree by nature.
 */
import { valid } from '@renovatebot/ruby-semver';

/** Longer than any number on rubygems.org; the longest allowed there is 255. */
const MAX_LENGTH = 255;

/** Whether RubyGems would accept it: digits and letters between dots, beginning with a digit. */
export function isGemVersion(version: string): boolean {
  return version.length <= MAX_LENGTH && !/\s/.test(version) && valid(version) !== null;
}

/** A letter anywhere makes a pre-release, and so does a dash, which stands for `.pre.`. */
export function isGemPrerelease(version: string): boolean {
  return /[a-z-]/i.test(version);
}

/** Negative, 0 or positive; `1.0` and `1` are equal. Both must be versions (`isGemVersion`). */
export function compareGemVersions(a: string, b: string): number {
  const [first, second] = [segments(a), segments(b)];
  for (let index = 0; index < Math.max(first.length, second.length); index += 1) {
    const difference = compareSegments(first[index] ?? 0n, second[index] ?? 0n);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers and words, without the zeros that end the numbers before the first word, or all of it. */
function segments(version: string): (bigint | string)[] {
  const all = (version.replaceAll('-', '.pre.').match(/[0-9]+|[a-z]+/gi) ?? []).map((text) =>
    /^[0-9]/.test(text) ? BigInt(text) : text,
  );
  const word = all.findIndex((segment) => typeof segment === 'string');
  const split = word === -1 ? all.length : word;
  return [...withoutZeros(all.slice(0, split)), ...withoutZeros(all.slice(split))];
}

function withoutZeros(list: readonly (bigint | string)[]): (bigint | string)[] {
  return list.slice(0, list.findLastIndex((segment) => segment !== 0n) + 1);
}

/** A word comes before any number. */
function compareSegments(a: bigint | string, b: bigint | string): number {
  if (a === b) return 0;
  if (typeof a !== typeof b) return typeof a === 'string' ? -1 : 1;
  return a < b ? -1 : 1;
}
