/** Where literals stand, as two growing lists of numbers: no object is made for a hit. */
export class Hits {
  count = 0;
  #literals = new Int32Array(256);
  #starts = new Int32Array(256);

  add(literal: number, start: number): void {
    if (this.count === this.#starts.length) {
      this.#literals = grown(this.#literals);
      this.#starts = grown(this.#starts);
    }
    this.#literals[this.count] = literal;
    this.#starts[this.count] = start;
    this.count++;
  }

  clear(): void {
    this.count = 0;
  }

  literal(index: number): number {
    return this.#literals[index] ?? 0;
  }

  start(index: number): number {
    return this.#starts[index] ?? 0;
  }

  /** Sorts the hits from `first` on by their start. They come nearly sorted, for which insertion is the fastest way. */
  sortFrom(first: number): void {
    const literals = this.#literals;
    const starts = this.#starts;
    for (let index = first + 1; index < this.count; index++) {
      const start = starts[index] ?? 0;
      if ((starts[index - 1] ?? 0) <= start) continue;
      const literal = literals[index] ?? 0;
      let to = index;
      for (; to > first && (starts[to - 1] ?? 0) > start; to--) {
        starts[to] = starts[to - 1] ?? 0;
        literals[to] = literals[to - 1] ?? 0;
      }
      starts[to] = start;
      literals[to] = literal;
    }
  }
}

function grown(list: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(list.length * 2);
  larger.set(list);
  return larger;
}
