/** The validation engine and the guarded way out, joined as a run joins them. */
import { afterEach, describe, expect, test } from 'vitest';
import { candidateOf } from '../analysis/stand-in/engine/candidates.ts';
import { inventedService, inventedStandIn } from '../analysis/stand-in/engine/invented.ts';
import { startServiceStandIns } from '../analysis/stand-in/engine/service-stand-ins.ts';
import { exampleValidator } from './example-validation.ts';

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function start() {
  const now = new Date('2030-01-01T00:00:00Z');
  const standIns = await startServiceStandIns({ services: [inventedService()], standIns: [inventedStandIn()], now });
  closers.push(() => standIns.server.close());
  return standIns;
}

describe('through the guarded way out', () => {
  test.each([
    ['active', 'active', 'user'],
    ['restricted', 'restricted', 'scope'],
    ['revoked', 'inactive', 'revoked'],
    ['waf-200-html', 'unknown', 'html'],
    ['redirect', 'unknown', 'redirect'],
    ['stall', 'unknown', 'timeout'],
    ['cut', 'unknown', 'truncated'],
    ['reset', 'unknown', 'connection'],
    ['huge', 'unknown', 'body-too-long'],
  ] as const)('%s is %s (%s)', async (answer, verdict, reason) => {
    const standIns = await start();
    const token = standIns.issue('invented', { seed: 'a', verdict: null, answer });
    const [finding] = await exampleValidator({ host: standIns.hostOf('invented') }).judge([candidateOf(token)]);
    expect(finding).toMatchObject({ verdict, reason });
    expect(standIns.callsFor(token)).toBe(1);
  });

  test.each([
    [{}, 'no-contact'],
    [{ contact: 'team@example.org' }, 'address-not-public'],
  ])('with %j, a service whose name leads to loopback gets nothing: %s', async (contact, reason) => {
    const standIns = await start();
    const token = standIns.issue('invented', { seed: 'a', verdict: null, answer: 'active' });
    const [finding] = await exampleValidator(contact).judge([candidateOf(token)]);
    expect(finding).toMatchObject({ verdict: 'unknown', reason, policy: null });
    expect(standIns.server.ledger).toEqual([]);
  });
});
