import { describe, expect, test } from 'vitest';
import { acceptanceSuite } from '../acceptance.ts';
import type { Service } from '../service.ts';
import { SERVICES } from './index.ts';

const all: readonly Service[] = SERVICES;
const suite = acceptanceSuite(all);

describe('every format is found wherever it may stand', () => {
  test.each(all.flatMap(({ formats }) => formats))('$id', async (format) => {
    expect(await suite.problems(format)).toEqual([]);
  });
});
