import { describe, expect, test } from 'vitest';
import type { Probe, Reading } from './service.ts';
import { aloneOptions, bench, judgeOne } from './stand-in/engine/bench-of-validation.ts';
import { candidateOf } from './stand-in/engine/candidates.ts';
import { inventedProbe, inventedService } from './stand-in/engine/invented.ts';
import { createValidator } from './validate.ts';
import { createMemory } from './validate/memory.ts';

describe('what needs no question is not asked', () => {
  test('known examples, canaries and expired tokens, in every mode', async () => {
    const { validator, issue, calls } = await bench();
    const expired = Array.from({ length: 20 }, (_, seed) => issue('invented', { seed: `${seed}`, verdict: 'inactive' })).find(
      (token) => token.answer === null,
    );
    if (expired === undefined) throw new Error('none of twenty inactive tokens is expired by its own date');
    const example = issue('invented', { seed: 'a', verdict: 'published-example' });
    const canary = issue('invented', { seed: 'a', verdict: 'canary' });
    for (const mode of ['off', 'offline', 'live'] as const) {
      const one = validator({ mode });
      for (const [token, verdict, reason, policy] of [
        [example, 'published-example', 'documentation', 'SQ34251'],
        [canary, 'canary', 'canary-account', 'SQ34252'],
        [expired, 'inactive', 'expired', 'SQ34253'],
      ] as const)
        expect(await judgeOne(one, candidateOf(token))).toEqual({ verdict, reason, policy });
    }
    expect(calls).toEqual([]);
  });

  test('tokens known by hash, and placeholders', async () => {
    const { validator, token, calls } = await bench();
    const candidate = candidateOf({ ...token('active'), parts: { token: `inv_${'x'.repeat(24)}` } });
    expect(await judgeOne(validator(), candidate)).toEqual({
      verdict: 'published-example',
      reason: 'placeholder-repeated',
      policy: 'SQ34251',
    });
    expect(calls).toEqual([]);
  });

  test('public by design falls under no policy', async () => {
    const judge = (): Reading => ({ verdict: 'public-by-design', reason: 'publishable' });
    const plain = inventedService({ judge: () => null });
    const { token, validator } = await bench({ services: [plain] });
    const candidate = candidateOf(token('active'));
    const publishable = createValidator({
      services: [inventedService({ judge })],
      ...aloneOptions,
      memory: createMemory(),
    });
    expect(await judgeOne(publishable, candidate)).toEqual({ verdict: 'public-by-design', reason: 'publishable', policy: null });
    expect((await judgeOne(validator(), candidate)).verdict).toBe('active');
  });

  test('half a pair violates no policy, but a canary shows in half a pair too', async () => {
    const { validator, token, issue, calls } = await bench();
    const half = candidateOf(token('active'), { unpaired: true });
    expect(await judgeOne(validator(), half)).toEqual({ verdict: 'untested', reason: 'unpaired', policy: null });
    // Expired or not, without its other half it is no finding of the policy.
    const expired = candidateOf(
      { ...token('active'), parts: { token: 'inv_old' + 'a1b2c3d4e5f6g7h8j9k0m' } },
      { unpaired: true },
    );
    expect((await judgeOne(validator(), expired)).reason).toBe('unpaired');
    const canary = candidateOf(issue('invented', { seed: 'c', verdict: 'canary' }), { unpaired: true });
    expect((await judgeOne(validator(), canary)).verdict).toBe('canary');
    expect(calls).toEqual([]);
  });

  test('an offline check that fails leaves the token undecided and unasked', async () => {
    const judge = () => {
      throw new RangeError('no');
    };
    const plain = inventedService({ judge: () => null });
    const { token, calls } = await bench({ services: [plain] });
    const { validator, logged } = await bench();
    const candidate = candidateOf(token('active'));
    const broken = validator({ services: [inventedService({ judge })] });
    expect(await judgeOne(broken, candidate)).toMatchObject({ verdict: 'unknown', reason: 'offline-check-failed' });
    expect(logged).toEqual([[{ service: 'invented', kind: 'RangeError' }, 'a token could not be judged by its service file']]);
    expect(calls).toEqual([]);
  });
});

describe('what may not be asked is not asked', () => {
  test('bytes that two services claim', async () => {
    const { validator, token, calls } = await bench();
    const candidate = candidateOf(token('active'), { ambiguousWith: ['other.token'] });
    expect(await judgeOne(validator(), candidate)).toEqual({ verdict: 'untested', reason: 'ambiguous', policy: 'SQ34304' });
    expect(calls).toEqual([]);
  });

  test.each([
    ['off', 'validation-off'],
    ['offline', 'validation-offline'],
  ] as const)('mode %s asks nobody', async (mode, reason) => {
    const { validator, token, calls, memory } = await bench();
    const one = validator({ mode });
    expect(await judgeOne(one, candidateOf(token('active')))).toEqual({ verdict: 'untested', reason, policy: 'SQ34304' });
    expect([calls.length, memory.size]).toEqual([0, 0]);
    expect(one.summary()).toMatchObject({ mode, from: null, to: null, requests: 0 });
  });

  test('offline uses what was answered before, off does not', async () => {
    const { validator, token, calls } = await bench();
    const candidate = candidateOf(token('active'));
    await validator().judge([candidate]);
    const asked = calls.length;
    expect((await judgeOne(validator({ mode: 'offline' }), candidate)).verdict).toBe('active');
    expect((await judgeOne(validator({ mode: 'off' }), candidate)).reason).toBe('validation-off');
    expect(calls).toHaveLength(asked);
  });

  test('a service that is switched off, that has no check, or whose check does more than read', async () => {
    const disabled = await bench({ options: { settings: { invented: { enabled: false } } } });
    const one = disabled.validator();
    expect(await judgeOne(one, candidateOf(disabled.token('active')))).toMatchObject({
      verdict: 'untested',
      reason: 'check-disabled',
    });
    expect(one.summary().switchedOff).toEqual([{ service: 'invented', reason: 'check-disabled' }]);

    const { probe: _, ...bare } = inventedService({ noProbe: 'asking writes' });
    const none = await bench({ services: [bare], standIns: [] });
    const issued = none.issue('invented', { seed: 'a', verdict: 'untested' });
    expect(await judgeOne(none.validator(), candidateOf(issued))).toMatchObject({ verdict: 'untested', reason: 'no-probe' });
  });

  test('a check that does more than read runs only with its own switch', async () => {
    const reading = inventedService();
    const service = inventedService({ probe: { ...inventedProbe, effect: 'metered', effectReason: 'billed' } });
    const { validator, token, calls } = await bench({ services: [reading] });
    const candidate = candidateOf(token('active'));
    expect(await judgeOne(validator({ services: [service] }), candidate)).toMatchObject({ reason: 'effect-not-allowed' });
    expect(calls).toEqual([]);
    const allowed = await bench({
      services: [reading],
      options: { services: [service], settings: { invented: { allowEffects: true } } },
    });
    expect((await judgeOne(allowed.validator(), candidateOf(allowed.token('active')))).verdict).toBe('active');
  });

  test('parts that lead to another host stay here, whatever the token says', async () => {
    for (const url of [
      'https://evil.example/me',
      'https://api.invented.example.evil.example/me',
      'https://api.invented.example@evil.example/me',
      'https://user@api.invented.example/me',
      'https://api.invented.example:8443/me',
      'http://api.invented.example/me',
      'https://evil.example\\@api.invented.example/me',
      'nonsense',
    ]) {
      const probe: Probe = { ...inventedProbe, noControl: 'a test', requests: () => [{ method: 'GET', url }] };
      const { validator, token, server } = await bench();
      const one = validator({ services: [inventedService({ probe })] });
      expect(await judgeOne(one, candidateOf(token('active')))).toMatchObject({ verdict: 'unknown', reason: 'host-not-listed' });
      expect(server.ledger).toEqual([]);
    }
  });

  test('parts that cannot be asked about, and a question that cannot be built', async () => {
    const { token, validator } = await bench();
    const candidate = candidateOf(token('active'));
    const none: Probe = { ...inventedProbe, requests: () => null };
    expect(await judgeOne(validator({ services: [inventedService({ probe: none })] }), candidate)).toMatchObject({
      verdict: 'untested',
      reason: 'no-question',
    });
    const broken: Probe = {
      ...inventedProbe,
      requests: () => {
        throw new Error('no');
      },
    };
    expect(await judgeOne(validator({ services: [inventedService({ probe: broken })] }), candidate)).toMatchObject({
      verdict: 'unknown',
      reason: 'question-not-built',
    });
  });
});

describe('settings', () => {
  test("a family of one's own decides the policy", async () => {
    const { validator, token } = await bench({ options: { settings: { invented: { family: 'webhook' } } } });
    const [finding] = await validator().judge([candidateOf(token('active'))]);
    expect(finding).toMatchObject({ family: 'webhook', policy: 'SQ34403' });
  });

  test.each([
    [{ nosuch: {} }, /there is no service nosuch; there are invented/],
    [{ invented: { host: 'gitlab' } }, /validation\.services\.invented\.host takes an https URL/],
    [{ invented: { host: 'http://gitlab.example' } }, /takes an https URL \(or http on loopback\)/],
    [{ invented: { host: 'https://{host}.example' } }, /\{host\} in its path at most/],
    [{ invented: { host: 'https://gitlab.example/?to={host}' } }, /takes an https URL/],
  ])('%j is refused', (settings, message) => {
    const make = () =>
      createValidator({
        services: [inventedService()],
        ...aloneOptions,
        memory: createMemory(),
        settings,
      });
    expect(make).toThrow(message);
  });

  test('a candidate of an unknown service is a fault of ours, and says so', async () => {
    const { validator, token } = await bench();
    const stray = candidateOf(token('active'), { service: 'nosuch' });
    await expect(validator().judge([stray])).rejects.toThrow(/the service nosuch, which the engine does not know/);
  });
});
