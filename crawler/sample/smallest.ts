/** Keeps the n items with the smallest keys of any number, in memory for n. */
interface Entry<T> {
  readonly selectionKey: string;
  readonly item: T;
}

/** A binary heap with the largest key on top: what comes in with a larger key is not kept, else it replaces the top. */
export class Smallest<T> {
  readonly #capacity: number;
  readonly #heap: Entry<T>[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(selectionKey: string, item: T): void {
    const heap = this.#heap;
    if (heap.length < this.#capacity) {
      heap.push({ selectionKey, item });
      // A heap is needed from the moment in which something has to leave.
      if (heap.length === this.#capacity) for (let at = (heap.length >> 1) - 1; at >= 0; at--) this.#sink(at);
      return;
    }
    const top = heap[0];
    if (top === undefined || selectionKey >= top.selectionKey) return;
    heap[0] = { selectionKey, item };
    this.#sink(0);
  }

  /** The `count` smallest (or all that there are), in order. */
  take(count: number): readonly Entry<T>[] {
    return this.#heap
      .toSorted((a, b) => (a.selectionKey < b.selectionKey ? -1 : a.selectionKey > b.selectionKey ? 1 : 0))
      .slice(0, count);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const entry = heap[from];
    if (entry === undefined) return;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let larger = left;
      if (right !== undefined && right.selectionKey > left.selectionKey) {
        larger = right;
        child++;
      }
      if (larger.selectionKey <= entry.selectionKey) break;
      heap[at] = larger;
      at = child;
    }
    heap[at] = entry;
  }
}
