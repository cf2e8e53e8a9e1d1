import type { WalkLimits } from './limits.ts';

/** Thrown through all levels when nothing more of the artifact may be read; never leaves the walk. */
export class Exhausted extends Error {
  readonly reason: string;

  constructor(reason: string, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** How long the walk may hold the thread before it lets others have a turn. */
const TURN_MILLISECONDS = 40;

/** What one walk has used of its limits. */
export class Budget {
  readonly limits: WalkLimits;
  readonly #now: () => number;
  readonly #signal: AbortSignal | undefined;
  readonly #artifactBytes: number;
  readonly #started: number;
  #turn: number;
  #entries = 0;
  #bytes = 0;
  #held = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(limits: WalkLimits, artifactBytes: number, now: () => number, signal: AbortSignal | undefined) {
    this.limits = limits;
    this.#now = now;
    this.#signal = signal;
    this.#artifactBytes = artifactBytes;
    this.#started = now();
    this.#turn = this.#started;
  }

  /**
   * Counts one file, link or folder. Returns a promise to wait for when it is time to let others have a turn.
   *
   * @throws {Exhausted} when the artifact's entries or time are used up
   */
  enter(): Promise<void> | undefined {
    this.#entries += 1;
    if (this.#entries > this.limits.entries) {
      throw new Exhausted('limit-entries', `the artifact has more than ${this.limits.entries} entries; the rest was not read`);
    }
    return this.#turnAt(this.check());
  }

  /**
   * Counts bytes that came out of the archive. Returns a promise to wait for when it is time to let others have a turn.
   *
   * @throws {Exhausted} when the artifact's bytes or time are used up
   */
  spend(bytes: number): Promise<void> | undefined {
    this.#bytes += bytes;
    if (this.#bytes > this.limits.totalBytes) {
      throw new Exhausted('limit-bytes', `the artifact has more than ${this.limits.totalBytes} bytes; the rest was not read`);
    }
    if (this.#bytes > this.#allowance() * this.limits.givingUpFactor) {
      const detail = `the artifact gave ${this.#bytes} bytes, which is far too much for its size; the rest was not read`;
      throw new Exhausted('limit-ratio', detail);
    }
    return this.#turnAt(this.check());
  }

  /** What an artifact of this size gives when it is not made to be a bomb. */
  #allowance(): number {
    const { artifactRatio, artifactFloorBytes } = this.limits;
    return Math.max(artifactFloorBytes, artifactRatio * this.#artifactBytes);
  }

  /**
   * For work that gives no bytes; returns the time.
   *
   * @throws {Exhausted} when the artifact's time is used up
   */
  check(): number {
    this.#signal?.throwIfAborted();
    const now = this.#now();
    if (now - this.#started > this.limits.milliseconds) {
      throw new Exhausted('limit-time', `reading took longer than ${this.limits.milliseconds} ms; the rest was not read`);
    }
    return now;
  }

  #turnAt(now: number): Promise<void> | undefined {
    return now - this.#turn < TURN_MILLISECONDS ? undefined : this.#letOthersHaveATurn();
  }

  async #letOthersHaveATurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#turn = this.#now();
  }

  /** Whether a compressed stream that took `bytesIn` and gave `bytesOut` looks like a bomb. */
  isBomb(bytesIn: number, bytesOut: number): boolean {
    const { ratio, ratioFloorBytes, artifactRatio, austereBytes } = this.limits;
    if (this.#bytes + bytesOut > this.#allowance()) return bytesOut > austereBytes && bytesOut > artifactRatio * bytesIn;
    return bytesOut > ratioFloorBytes && bytesOut > ratio * bytesIn;
  }

  /** Takes memory for an archive inside an archive, half of what is left where its size is unknown; returns how many bytes it may have. */
  hold(bytes: number | null): number {
    const left = this.limits.heldBytes - this.#held;
    const held = bytes === null || bytes > left ? Math.floor(left / 2) : bytes;
    this.#held += held;
    return held;
  }

  /** Takes exactly so much memory; false where too much is held already. */
  tryHold(bytes: number): boolean {
    if (this.#held + bytes > this.limits.heldBytes) return false;
    this.#held += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}
