/**
 * What the clock of the common place shows, as far as this process can know it: between two bounds. Each answer of the place carries
 * its time, which was read after the question was sent and before the answer came. The narrowest bounds of all answers stand, and widen
 * slowly, since clocks drift.
 */
export interface CommonClock {
  /** The place said `time`, in milliseconds, to a question that was sent and answered at these instants of `performance.now`. */
  heard(sentAt: number, time: number, answeredAt: number): void;
  /** It shows at least this at the instant `at`. */
  earliest(at: number): number;
  /** It shows at most this at the instant `at`. */
  latest(at: number): number;
}

interface Bound {
  readonly offset: number;
  readonly at: number;
}

/** No clock that is kept by a time service drifts more: 200 millionths. */
const DRIFT = 0.0002;
/** The place tells whole milliseconds. */
const ROUNDING_MS = 1;

export function commonClock(): CommonClock {
  let low: Bound | null = null;
  let high: Bound | null = null;
  const lowest = (at: number): number => (low === null ? Number.NEGATIVE_INFINITY : low.offset - DRIFT * (at - low.at));
  const highest = (at: number): number => (high === null ? Number.POSITIVE_INFINITY : high.offset + DRIFT * (at - high.at));
  return {
    heard(sentAt, time, answeredAt) {
      const [least, most] = [time - answeredAt - ROUNDING_MS, time - sentAt + ROUNDING_MS];
      // Somebody has set the clock: what was known of it says nothing any more.
      const isSet = least > highest(answeredAt) || most < lowest(answeredAt);
      if (isSet || least > lowest(answeredAt)) low = { offset: least, at: answeredAt };
      if (isSet || most < highest(answeredAt)) high = { offset: most, at: answeredAt };
    },
    earliest: (at) => at + lowest(at),
    latest: (at) => at + highest(at),
  };
}
