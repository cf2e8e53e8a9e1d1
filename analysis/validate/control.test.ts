import { describe, expect, test } from 'vitest';
import type { Probe } from '../service.ts';
import { bench, judgeOne } from '../stand-in/engine/bench-of-validation.ts';
import { candidateOf } from '../stand-in/engine/candidates.ts';
import { inventedFormat, inventedProbe, inventedService, inventedStandIn } from '../stand-in/engine/invented.ts';

describe('the control probe', () => {
  test('one per run and service, before the first question', async () => {
    const { validator, token, rows, calls } = await bench();
    const one = validator();
    await one.judge([candidateOf(token('active', 'a')), candidateOf(token('active', 'b'))]);
    await one.judge([candidateOf(token('active', 'c'))]);
    expect(rows.map((row) => row.kind)).toEqual(['control', 'token', 'token', 'token']);
    expect(rows[0]).toMatchObject({ fingerprint: null, verdict: 'inactive', reason: 'no-such-token' });
    expect(calls).toHaveLength(4);
    expect(one.summary().controls).toEqual([{ service: 'invented', state: 'refused' }]);
    await validator().judge([candidateOf(token('active', 'd'))]);
    expect(rows.filter((row) => row.kind === 'control')).toHaveLength(2);
  });

  test('a service that accepts everything is switched off for the run, and this is said', async () => {
    const { validator, token, acceptEverything, callsFor, memory, logged } = await bench();
    acceptEverything('invented');
    const one = validator();
    const issued = Array.from({ length: 20 }, (_, index) => token('active', `token ${index}`));
    const findings = await one.judge(issued.map((each) => candidateOf(each)));
    for (const finding of findings)
      expect(finding).toMatchObject({ verdict: 'unknown', reason: 'control-probe-failed', policy: null });
    expect(issued.map(callsFor)).toEqual(issued.map(() => 0));
    expect(memory.size).toBe(0);
    expect(one.summary().switchedOff).toEqual([{ service: 'invented', reason: 'control-probe-failed' }]);
    expect(logged).toEqual([
      [{ service: 'invented', verdict: 'active' }, 'a random token was accepted: the check is switched off'],
    ]);
    // Another run tries anew.
    acceptEverything('invented', false);
    expect((await validator().judge(issued.map((each) => candidateOf(each)))).map((finding) => finding.verdict)).toContain(
      'active',
    );
  });

  test('a service that answers nothing of use is asked twice for control, then goes on, and this is said', async () => {
    const standIn = inventedStandIn({
      answer(request, lookup) {
        const token = (request.headers['authorization'] ?? '').slice('Bearer '.length);
        return lookup(token) === null ? { status: 500 } : { status: 200, body: '{"user":"x"}' };
      },
    });
    const { validator, token, rows } = await bench({ standIns: [standIn] });
    const one = validator();
    expect((await judgeOne(one, candidateOf(token('active')))).verdict).toBe('active');
    expect(rows.map((row) => row.kind)).toEqual(['control', 'control', 'token']);
    expect(one.summary().controls).toEqual([{ service: 'invented', state: 'undecided' }]);
  });

  test('a check that never sends the token has none, and asks the same question once', async () => {
    const probe: Probe = {
      ...inventedProbe,
      noControl: 'fetches public keys',
      requests: () => [{ method: 'GET', url: 'https://api.invented.example/keys' }],
      read: ({ status }) => ({ verdict: status === 200 ? 'active' : 'unknown', reason: 'signed' }),
    };
    const standIn = inventedStandIn({ answer: ({ path }) => (path === '/keys' ? { status: 200, body: '{"keys":[]}' } : null) });
    const { validator, token, calls } = await bench({ services: [inventedService({ probe })], standIns: [standIn] });
    const one = validator();
    const findings = await one.judge(['a', 'b', 'c'].map((seed) => candidateOf(token('active', seed))));
    expect(findings.map((finding) => finding.verdict)).toEqual(['active', 'active', 'active']);
    expect(calls).toHaveLength(1);
    expect(one.summary().controls).toEqual([{ service: 'invented', state: 'impossible' }]);
  });

  test('its token is none that was judged without a question', async () => {
    const format = inventedFormat();
    const samples: typeof format.samples = (random) => {
      const { hits, misses } = format.samples(random);
      const expired = hits.map(({ parts }) => ({
        text: 'x',
        parts: { token: (parts['token'] ?? '').replace('inv_', 'inv_old') },
      }));
      return { hits: [...expired, ...hits], misses };
    };
    const standIn = inventedStandIn();
    const answer: typeof standIn.answer = (request, lookup) => {
      const isExpired = (request.headers['authorization'] ?? '').includes('inv_old');
      return isExpired ? { status: 200, body: '{"user":"x"}' } : standIn.answer(request, lookup);
    };
    const { validator, token } = await bench({
      services: [inventedService({ formats: [{ ...format, samples }] })],
      standIns: [{ ...standIn, answer }],
    });
    const one = validator();
    await one.judge([candidateOf(token('active'))]);
    expect(one.summary().controls).toEqual([{ service: 'invented', state: 'refused' }]);
  });
});
