import { describe, expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { TARGETS } from './targets.ts';

// A short look in every run; `INCIDENCE_FUZZ_SECONDS=1800` makes it a long one, and a new seed a new one.
const SECONDS = Number(process.env['INCIDENCE_FUZZ_SECONDS'] ?? 5) / TARGETS.length;
const SEED = Number(process.env['INCIDENCE_FUZZ_SEED'] ?? 1);

describe('spoiled archives, each reader against its reference', () => {
  test.each(TARGETS)(
    '$name',
    async (target) => {
      const { rounds, differences } = await fuzz(target, SEED, SECONDS, () => performance.now());
      expect(differences).toEqual([]);
      expect(rounds).toBeGreaterThan(10);
    },
    SECONDS * 1000 + 30_000,
  );
});
