import { afterAll, describe, expect, test } from 'vitest';
import { fuzz, LEAST_ROUNDS } from './fuzz.ts';
import { closePython } from './reference.ts';
import { TARGETS } from './targets.ts';

/**
 * Seconds for all targets together: a short look while one works, a minute of it where CI asks.
 * `FUZZ_SECONDS=21600` makes it a long one, and another `FUZZ_SEED` a new one.
 */
const ALL_SECONDS = Number(process.env['FUZZ_SECONDS'] ?? (process.env['CI'] === undefined ? 6 : 60));
const SECONDS = ALL_SECONDS / TARGETS.length;
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

afterAll(closePython);

describe('spoiled archives, each reader against its reference', () => {
  for (const target of TARGETS) {
    test.skipIf(target.isMissing)(
      target.name,
      async () => {
        const { rounds, differences } = await fuzz(target, SEED, SECONDS, () => performance.now());
        expect(differences).toEqual([]);
        expect(rounds).toBeGreaterThanOrEqual(LEAST_ROUNDS);
      },
      SECONDS * 1000 + 30_000,
    );
  }
});
