/** What every write needs: safe text, JSON, and chunks that fit into one statement. */
import type { Artifact, Digest } from '../model.ts';

/** Longest text for people that is kept of one event; what is cut off was repetition. */
const MAX_DETAIL = 1000;

/**
 * Text as both kinds of database take it: no NUL, no half of a surrogate pair. Anything but a string is refused, so that an
 * object (such as a secret) can never get into a column by being printed.
 */
export function text(value: string): string {
  if (typeof value !== 'string') throw new TypeError('only text goes into a text column');
  return value.replaceAll('\0', '\uFFFD').toWellFormed();
}

export function detailText(value: string): string {
  const clean = text(value);
  return clean.length > MAX_DETAIL ? `${clean.slice(0, MAX_DETAIL).toWellFormed()}…` : clean;
}

export function json(value: unknown): string {
  return text(JSON.stringify(value));
}

export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** A stored list of strings; anything else is an empty list. */
export function stringList(value: string): readonly string[] {
  const parsed: unknown = JSON.parse(value);
  return Array.isArray(parsed) ? parsed.filter((one) => typeof one === 'string') : [];
}

/** Parameters of one statement: the smaller of the two kinds of database allows 32 766. */
const PARAMETERS = 30_000;
/** More rows a statement gain nothing. */
const ROWS = 500;

/** Rows in lists that fit into one statement; `columns` is what each row binds. */
export function* chunks<T>(rows: Iterable<T>, columns: number): Generator<readonly T[]> {
  const size = Math.min(ROWS, Math.floor(PARAMETERS / columns));
  let chunk: T[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** The first of each key, in order: one statement must not meet the same key twice. */
export function distinctBy<T>(rows: Iterable<T>, key: (row: T) => string): T[] {
  const seen = new Map<string, T>();
  for (const row of rows) {
    const of = key(row);
    if (!seen.has(of)) seen.set(of, row);
  }
  return [...seen.values()];
}

/** An artifact as its row has it. */
export interface ArtifactColumns extends Omit<Artifact, 'digest'> {
  readonly digest_algorithm: Digest['algorithm'] | null;
  readonly digest: string | null;
}

export function artifactOf({ filename, url, kind, bytes, digest_algorithm: algorithm, digest: hex }: ArtifactColumns): Artifact {
  return { filename, url, kind, bytes, digest: algorithm === null || hex === null ? null : { algorithm, hex } };
}
