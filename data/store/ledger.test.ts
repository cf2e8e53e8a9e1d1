import { expect, test } from 'vitest';
import { temporaryDatabase } from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { requestLedger } from './ledger.ts';

describeOnEach('the request ledger', (kind) => {
  const HOUR = 3_600_000;

  test('grants what is left of 30 days, and counts without a ceiling', async () => {
    await using made = await temporaryDatabase(kind);
    const ledger = requestLedger(made.database);
    expect(await ledger.reserve('a', 60, 100, 0)).toBe(60);
    expect(await ledger.reserve('a', 60, 100, HOUR)).toBe(40);
    expect(await ledger.reserve('a', 60, 100, HOUR)).toBe(0);
    expect(await ledger.reserve('b', 60, null, HOUR)).toBe(60);
    expect(await ledger.used('a', HOUR)).toBe(100);
    expect(await ledger.reserve('a', 60, 100, 721 * HOUR)).toBe(60);
    expect(await ledger.used('a', 721 * HOUR)).toBe(100);
  });

  test('never grants more than the ceiling to many at once', async () => {
    await using made = await temporaryDatabase(kind);
    const ledger = requestLedger(made.database);
    const granted = await Promise.all(Array.from({ length: 20 }, () => ledger.reserve('a', 7, 100, 0)));
    expect(granted.reduce((sum, one) => sum + one, 0)).toBe(100);
  });
});
