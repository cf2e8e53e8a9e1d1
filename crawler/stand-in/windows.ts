/**
 * Most arrivals within any window of `ms`, one second unless told otherwise, by the clock of whoever counted them.
 *
 * @param arrivals in milliseconds, in any order
 */
export function mostInWindow(arrivals: readonly number[], ms = 1000): number {
  const sorted = arrivals.toSorted((a, b) => a - b);
  let most = 0;
  let oldest = 0;
  for (const [newest, at] of sorted.entries()) {
    while (at - (sorted[oldest] ?? at) >= ms) oldest++;
    most = Math.max(most, newest - oldest + 1);
  }
  return most;
}

/** A stretch of time, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The share of an allowed rate that was used: the mean over all windows of a second that lie wholly in one of the stretches. It is above
 * 1 only where some window holds more than is allowed. Null where no stretch is longer than a window.
 *
 * @param arrivals in milliseconds, in any order
 * @param perSecond what is allowed in any window
 * @param stretches in which the rate was there to be used
 */
export function shareOfRate(arrivals: readonly number[], perSecond: number, stretches: readonly Span[]): number | null {
  const windows = stretches.map(({ from, to }) => ({ from, to: to - 1000 })).filter(({ from, to }) => to > from);
  const length = windows.reduce((sum, { from, to }) => sum + to - from, 0);
  if (length === 0) return null;
  let held = 0;
  // An arrival is in the windows that begin in the second before it.
  for (const at of arrivals)
    for (const { from, to } of windows) held += Math.max(0, Math.min(at, to) - Math.max(at - 1000, from));
  return held / (length * perSecond);
}
