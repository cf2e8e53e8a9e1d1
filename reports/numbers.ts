/** How figures are written. English, fixed, independent of the machine's locale. */
import type { Estimate } from '../data/statistics/model.ts';

/** Counts in the style of the page: 950, 183K, 3.72M; three significant digits from a thousand on. */
export function compact(count: number): string {
  if (!Number.isFinite(count)) return '–';
  const rounded = Math.round(count);
  if (rounded < 1000) return String(rounded);
  for (const [unit, letter] of [
    [1e3, 'K'],
    [1e6, 'M'],
    [1e9, 'B'],
  ] as const) {
    const scaled = Number((rounded / unit).toPrecision(3));
    if (scaled < 1000) return `${trim(scaled)}${letter}`;
  }
  return String(rounded);
}

/** Counts in full: 1 234 567, grouped by no-break thin spaces so that a number never breaks over two lines. */
export function full(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** A share as packages per 10 000: 44.9, 0.32, 400. Three significant digits, plain notation. */
export function per10k(share: number): string {
  return per10kOf(share * 10_000);
}

/** The same of a number that is per 10 000 already. */
export function per10kOf(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  return value >= 100 ? full(value) : trim(Number(value.toPrecision(value < 0.1 ? 2 : 3)));
}

/** 1 package, 2 packages. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${full(count)} ${Math.round(count) === 1 ? one : many}`;
}

/** The day of an ISO 8601 time, in UTC: 2026-11-25. */
export function day(iso: string): string {
  return iso.slice(0, 10);
}

/** A figure with its uncertainty in words: `379 (119–899)`, `0, at most 473`, or the figure alone where it is exact. */
export function withInterval({ value, interval }: Estimate, write: (value: number) => string): string {
  const { low, high } = interval;
  if (low === high) return write(value);
  return value === 0 && low === 0 ? `0, at most ${write(high)}` : `${write(value)} (${write(low)}–${write(high)})`;
}

/** A change with its interval: `+1.2 (−0.3 to +2.7)`; no change at all is `0`. */
export function signedWithInterval({
  value,
  low,
  high,
}: {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}): string {
  const write = (share: number): string => (share === 0 ? '0' : `${share < 0 ? '−' : '+'}${per10k(Math.abs(share))}`);
  return low === high ? write(value) : `${write(value)} (${write(low)} to ${write(high)})`;
}

function trim(value: number): string {
  return value.toString();
}
