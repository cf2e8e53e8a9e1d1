/** Choices of the invented world: the same ones for the same seed, on every machine. */
import { createHash } from 'node:crypto';

export interface Draw {
  /** An integer from 0 to `below` - 1. */
  int(below: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean;
  shuffled<T>(list: readonly T[]): T[];
}

/** SHA-256 of the seed and a counter, read as 32-bit numbers. The bias of the remainder is below 1 in 100 000 here. */
export function createDraw(seed: string): Draw {
  let block = Buffer.alloc(0);
  let at = 0;
  let counter = 0;

  function int(below: number): number {
    if (at >= block.length) {
      block = createHash('sha256').update(`${seed}\0${counter++}`).digest();
      at = 0;
    }
    const value = block.readUInt32BE(at);
    at += 4;
    return value % below;
  }

  return {
    int,
    pick(list) {
      return list[int(list.length)] ?? list[0];
    },
    chance(percent) {
      return int(100) < percent;
    },
    shuffled(list) {
      return list
        .map((item) => ({ item, place: int(2 ** 32) }))
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item);
    },
  };
}
