/** So few hits are sorted by insertion. */
const FEW = 32;
const DIGIT = 10;

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

  /** Sorts the hits by their start; those of one start stay in their order. */
  sort(): void {
    if (this.count <= FEW) this.#sortFew();
    else if (!this.#isSorted()) this.#sortMany();
  }

  #isSorted(): boolean {
    for (let index = 1; index < this.count; index++) if (this.start(index - 1) > this.start(index)) return false;
    return true;
  }

  #sortFew(): void {
    const literals = this.#literals;
    const starts = this.#starts;
    for (let index = 1; index < this.count; index++) {
      const start = starts[index] ?? 0;
      if ((starts[index - 1] ?? 0) <= start) continue;
      const literal = literals[index] ?? 0;
      let to = index;
      for (; to > 0 && (starts[to - 1] ?? 0) > start; to--) {
        starts[to] = starts[to - 1] ?? 0;
        literals[to] = literals[to - 1] ?? 0;
      }
      starts[to] = start;
      literals[to] = literal;
    }
  }

  /** By the lower digits, then by the higher ones: in time that grows with the number of hits, for files made to have many. */
  #sortMany(): void {
    const { count } = this;
    let most = 0;
    for (let index = 0; index < count; index++) most = Math.max(most, this.start(index));
    for (let shift = 0; most >>> shift > 0; shift += DIGIT) {
      const places = new Int32Array(2 ** DIGIT + 1);
      const from = { literals: this.#literals, starts: this.#starts };
      const to = { literals: new Int32Array(from.literals.length), starts: new Int32Array(from.starts.length) };
      for (let index = 0; index < count; index++) {
        const next = (((from.starts[index] ?? 0) >>> shift) & (2 ** DIGIT - 1)) + 1;
        places[next] = (places[next] ?? 0) + 1;
      }
      for (let digit = 1; digit < places.length; digit++) places[digit] = (places[digit] ?? 0) + (places[digit - 1] ?? 0);
      for (let index = 0; index < count; index++) {
        const start = from.starts[index] ?? 0;
        const digit = (start >>> shift) & (2 ** DIGIT - 1);
        const place = places[digit] ?? 0;
        places[digit] = place + 1;
        to.literals[place] = from.literals[index] ?? 0;
        to.starts[place] = start;
      }
      this.#literals = to.literals;
      this.#starts = to.starts;
    }
  }
}

function grown(list: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(list.length * 2);
  larger.set(list);
  return larger;
}
