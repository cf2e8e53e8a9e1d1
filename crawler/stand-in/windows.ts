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
