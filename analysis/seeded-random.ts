import { hash } from 'node:crypto';
import type { Random } from './service.ts';

/**
 * A source of characters that gives the same ones for the same seed: SHA-256 over the seed and a counter, read as 32-bit
 * numbers. Numbers that would favour small results are drawn again, so every character is equally likely.
 */
export function seededRandom(seed: string): Random {
  let block = Buffer.alloc(0);
  let at = 0;
  let counter = 0;

  function next(): number {
    if (at >= block.length) {
      block = hash('sha256', `${counter++}\0${seed}`, 'buffer');
      at = 0;
    }
    const value = block.readUInt32BE(at);
    at += 4;
    return value;
  }

  function int(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > 2 ** 32)
      throw new Error(`a random number is drawn from 1 to ${2 ** 32} values, not ${below}`);
    const fair = 2 ** 32 - (2 ** 32 % below);
    for (;;) {
      const value = next();
      if (value < fair) return value % below;
    }
  }

  return {
    int,
    text(length, alphabet) {
      let drawn = '';
      while (drawn.length < length) drawn += alphabet.charAt(int(alphabet.length));
      return drawn;
    },
  };
}
