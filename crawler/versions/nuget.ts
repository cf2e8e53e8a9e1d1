/**
 * The version order of NuGet: Semantic Versioning 2 with a fourth number, and labels compared without regard to case
 * (docs.microsoft.com/nuget, "Package versioning"; NuGet.Versioning).
 */

export interface NugetVersion {
  /** Major, minor, patch, revision. */
  readonly numbers: readonly [number, number, number, number];
  /** Parts of the pre-release label; empty for a final version. */
  readonly labels: readonly string[];
}

const FORM = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?$/;
/** The database column of nuget.org is 64 characters wide; other servers allow more. */
const MAX_LENGTH = 256;
/** NuGet's numbers are 32-bit. */
const MAX_NUMBER = 2 ** 31 - 1;

/** The parsed version, or null where NuGet would refuse it. */
export function parseNugetVersion(text: string): NugetVersion | null {
  const match = text.length <= MAX_LENGTH ? FORM.exec(text) : null;
  if (match === null) return null;
  const [, major, minor, patch, revision, label] = match;
  const numbers = [Number(major), Number(minor ?? 0), Number(patch ?? 0), Number(revision ?? 0)] as const;
  if (numbers.some((number) => number > MAX_NUMBER)) return null;
  return { numbers, labels: label === undefined ? [] : label.split('.') };
}

/** Negative, 0 or positive. Build metadata does not count. */
export function compareNugetVersions(a: NugetVersion, b: NugetVersion): number {
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.labels.length === 0 || b.labels.length === 0) return b.labels.length - a.labels.length;
  for (let index = 0; index < Math.max(a.labels.length, b.labels.length); index += 1) {
    const difference = compareLabels(a.labels[index], b.labels[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * A missing part before any, a number before a word, numbers by value, words by code unit without regard to case. As for NuGet
 * itself (`VersionComparer`) digits beyond 32 bits, such as a time to the second, are a word.
 */
function compareLabels(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const [aIsNumber, bIsNumber] = [isNumber(a), isNumber(b)];
  if (aIsNumber && bIsNumber) return Number(a) - Number(b);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  const [first, second] = [a.toUpperCase(), b.toUpperCase()];
  return first < second ? -1 : Number(first > second);
}

function isNumber(label: string): boolean {
  return /^\d+$/.test(label) && Number(label) <= MAX_NUMBER;
}

export function isNugetPrerelease(version: NugetVersion): boolean {
  return version.labels.length > 0;
}

/**
 * The form that stands in URLs: three numbers, a fourth only where it is not zero, no leading zeros, no build metadata,
 * lower case.
 */
export function normalNugetVersion({ numbers, labels }: NugetVersion): string {
  const shown = numbers[3] === 0 ? numbers.slice(0, 3) : numbers;
  const label = labels.length === 0 ? '' : `-${labels.join('.')}`;
  return `${shown.join('.')}${label}`.toLowerCase();
}

/**
 * The form of an id that stands in URLs and tells ids apart: each character in lower case by itself, by no language's rules
 * and never as two (.NET's invariant culture), so `İ` stays what it is.
 */
export function lowerNugetId(id: string): string {
  return Array.from(id, (character) => {
    const lower = character.toLowerCase();
    return lower.length === character.length ? lower : character;
  }).join('');
}
