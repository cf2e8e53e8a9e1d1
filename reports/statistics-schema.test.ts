import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { POLICIES } from '../data/policies.ts';
import type { Statistics } from '../data/statistics/model.ts';
import { exampleStatistics } from './example.ts';
import { printJson } from './files.ts';
import { statisticsJsonSchema, type statisticsSchema } from './statistics-schema.ts';

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? 'same' : 'the schema demands more') : 'the schema allows more';

const committed = readFileSync(join(import.meta.dirname, 'statistics.schema.json'), 'utf8');
const ajv = new Ajv2020({ allErrors: true });
formats.default(ajv);
const validate = ajv.compile(JSON.parse(committed) as object);

describe('the schema of statistics.json', () => {
  test('says what the type says', () => {
    const compared: Same<z.output<typeof statisticsSchema>, Mutable<Statistics>> = 'same';
    expect(compared).toBe('same');
  });

  test('is committed as it is generated (write it anew: node reports/build.ts)', () => {
    expect(committed).toBe(printJson(statisticsJsonSchema()));
  });

  test.each(POLICIES.map((policy) => policy))('accepts invented statistics of $id', (policy) => {
    validate(JSON.parse(JSON.stringify(exampleStatistics({ policy }))));
    expect(validate.errors ?? []).toEqual([]);
  });

  test.each([
    ['another version', { schema: 'incidence-statistics/2' }],
    ['a field too many', { extra: 1 }],
    ['three registries', { registries: exampleStatistics().registries.slice(1) }],
    ['a share over 1', { registries: exampleStatistics().registries.map((one) => ({ ...one, rateWithUndecided: 1.5 })) }],
    ['no run', { run: undefined }],
    ['a date of another form', { run: { ...exampleStatistics().run, startedAt: '1 November 2026' } }],
  ])('refuses %s', (_, over) => {
    expect(validate(JSON.parse(JSON.stringify({ ...exampleStatistics(), ...over })))).toBe(false);
  });
});
