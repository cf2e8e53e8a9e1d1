import { expect, test } from 'vitest';
import type { Format } from '../service.ts';
import { INVENTED, inventedService, paired, prefixed } from './invented-services.ts';
import { detectorStamp } from './stamp.ts';

const stamp = (change: Partial<Format> = {}): string => detectorStamp([inventedService('acme', { ...prefixed, ...change })]);

test('is short, and the same for the same formats', () => {
  expect(detectorStamp(INVENTED)).toMatch(/^[0-9a-f]{16}$/);
  expect(stamp()).toBe(stamp());
  expect(stamp({ redact: () => '…' })).toBe(stamp());
});

test.each<[string, Partial<Format>]>([
  ['id', { id: 'acme.other' }],
  ['literals', { literals: ['acme_', 'acme-'] }],
  ['pattern', { pattern: /(?<token>acme_[0-9]{24})/ }],
  ['flags', { pattern: new RegExp(prefixed.pattern.source, 'i') }],
  ['length', { maxLength: 30 }],
  ['reach', { reach: 3 }],
  ['check', { accepts: () => true }],
  ['family', { family: 'webhook' }],
  ['companions', { companions: paired.companions ?? [] }],
])('changes with the %s', (_, change) => {
  expect(stamp(change)).not.toBe(stamp());
});
