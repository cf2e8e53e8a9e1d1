import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { acceptanceSuite } from '../acceptance.ts';
import type { Format, Service } from '../service.ts';
import { SERVICES } from './index.ts';

const all: readonly Service[] = SERVICES;
const suite = acceptanceSuite(all);

/** `ACCEPTANCE=full npm test` looks at every format in full depth: a few minutes. */
const FULL = process.env['ACCEPTANCE'] === 'full';
/** Otherwise one format in so many, chosen by its name, is looked at in full depth. */
const ONE_IN = 16;

describe('every format is found wherever it may stand', () => {
  test.each(all.flatMap(({ formats }) => formats))('$id', async (format) => {
    expect(await suite.problems(format, isInFull(format) ? 'full' : 'light')).toEqual([]);
  });
});

/** The name decides, so that a format is looked at in the same depth every time. */
function isInFull({ id }: Format): boolean {
  return FULL || createHash('sha256').update(id).digest().readUInt32BE(0) % ONE_IN === 0;
}
