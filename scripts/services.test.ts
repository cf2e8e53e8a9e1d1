import { expect, test } from 'vitest';
import { SERVICES } from '../analysis/services/index.ts';
import { serviceRecords } from './service-records.ts';
import { servicesTable, writtenServicesTable } from './services-table.ts';

const records = await serviceRecords(SERVICES);

test('at least 150 services, at least 120 of them with a live check', () => {
  expect(records.length).toBeGreaterThanOrEqual(150);
  expect(records.filter(({ check, hosts }) => check.length > 0 && hosts.length > 0).length).toBeGreaterThanOrEqual(120);
});

test('nothing that does more than read is enabled by default', () => {
  for (const { id, effect, effectReason, enabledByDefault } of records) {
    expect(enabledByDefault, id).toBe(effect === 'reads');
    if (effect !== null && effect !== 'reads') expect(effectReason, id).toMatch(/\w{4}/);
  }
});

test('every record says how to revoke, and what is asked or why nothing is', () => {
  for (const { id, docs, revoke, check, noCheck, formats, families } of records) {
    expect(
      [docs, revoke].every((url) => new URL(url).protocol === 'https:'),
      id,
    ).toBe(true);
    expect(check.length > 0, id).toBe(noCheck === null);
    expect(formats.length * families.length, id).toBeGreaterThan(0);
  }
});

/** Longer runs of letters and digits in a path are a sample's, not the service's. */
test('no check shows a part of a sample', async () => {
  const again = await serviceRecords(SERVICES);
  expect(again).toEqual(records);
  for (const { id, check } of records) expect(check.join('\n'), id).not.toMatch(/\/(?=\w*\d)(?=\w*[a-zA-Z])\w{12,}/);
});

test('the table in README.md is the one that `services --write-readme` writes', async () => {
  expect(await writtenServicesTable()).toBe(servicesTable(records));
});
