/** A bound on bytes in memory, shared by everybody who holds some: who finds no room waits, in order. */
export interface Room {
  /**
   * Waits until there is room for so many bytes; what is larger than all of it has it for itself.
   *
   * @throws the signal's reason when it is aborted before
   */
  enter(bytes: number, signal: AbortSignal): Promise<Place>;
}

export interface Place extends Disposable {
  /** What it turned out to be; more than there is room for keeps others waiting. */
  resize(bytes: number): void;
}

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

export function createRoom(capacity: number): Room {
  const waiting: Waiting[] = [];
  let taken = 0;

  function admit(): void {
    for (let first = waiting[0]; first !== undefined && fits(first.bytes); first = waiting[0]) {
      waiting.shift();
      taken += first.bytes;
      first.admit();
    }
  }

  function fits(bytes: number): boolean {
    return taken === 0 || taken + bytes <= capacity;
  }

  function placeOf(size: number): Place {
    let held = size;
    return {
      resize(bytes) {
        taken += bytes - held;
        held = bytes;
        admit();
      },
      [Symbol.dispose]() {
        taken -= held;
        held = 0;
        admit();
      },
    };
  }

  return {
    async enter(bytes, signal) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const one: Waiting = { bytes, admit: resolve };
      const onAbort = (): void => {
        const index = waiting.indexOf(one);
        if (index < 0) return;
        waiting.splice(index, 1);
        reject(signal.reason);
        admit();
      };
      waiting.push(one);
      signal.addEventListener('abort', onAbort, { once: true });
      admit();
      try {
        await promise;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
      return placeOf(bytes);
    },
  };
}
