import { describe, expect, test } from 'vitest';
import { bench, judgeOne } from '../stand-in/engine/bench-of-validation.ts';
import { candidateOf } from '../stand-in/engine/candidates.ts';
import { loopbackSend } from '../stand-in/engine/loopback-send.ts';
import type { Memory, Send } from './contract.ts';

describe('one question per token', () => {
  test('a thousand packages with the same token cause one call, at once or one after another', async () => {
    const { validator, token, callsFor } = await bench();
    const issued = token('active');
    const one = validator();
    const findings = await one.judge(Array.from({ length: 1000 }, () => candidateOf(issued)));
    expect(findings.map((finding) => finding.verdict)).toEqual(Array.from({ length: 1000 }, () => 'active'));
    await one.judge([candidateOf(issued)]);
    await validator().judge([candidateOf(issued)]);
    expect(callsFor(issued)).toBe(1);
    expect(one.summary().requests).toBe(1);
  });

  test('different tokens of one service are asked one by one', async () => {
    const { validator, token, callsFor } = await bench();
    const issued = Array.from({ length: 30 }, (_, index) => token(index % 2 === 0 ? 'active' : 'revoked', `token ${index}`));
    const findings = await validator().judge(issued.map((one) => candidateOf(one)));
    expect(findings.map((finding) => finding.verdict)).toEqual(issued.map((one) => one.verdict));
    expect(issued.map(callsFor)).toEqual(issued.map(() => 1));
  });

  test('the period passed, the token is asked about again', async () => {
    const { validator, token, callsFor, pass } = await bench();
    const issued = token('active');
    await validator().judge([candidateOf(issued)]);
    pass(29 * 86_400_000);
    await validator().judge([candidateOf(issued)]);
    expect(callsFor(issued)).toBe(1);
    pass(2 * 86_400_000);
    await validator().judge([candidateOf(issued)]);
    expect(callsFor(issued)).toBe(2);
  });

  test('a validation that was killed in the middle resumes without asking twice', async () => {
    const { validator, token, callsFor, pass } = await bench();
    const issued = token('active');
    // The request arrives and is answered, but the program is gone before the answer is.
    const send = loopbackSend();
    const dies: Send = async (request, limits) => {
      const answer = await send(request, limits);
      return request.headers?.['authorization'] === `Bearer ${issued.parts['token']}` ? new Promise(() => {}) : answer;
    };
    void validator({ send: dies }).judge([candidateOf(issued)]);
    await expect.poll(() => callsFor(issued)).toBe(1);

    const resumed = validator();
    expect(await judgeOne(resumed, candidateOf(issued))).toEqual({ verdict: 'unknown', reason: 'interrupted', policy: null });
    expect(callsFor(issued)).toBe(1);
    expect(resumed.summary().undecided).toMatchObject([{ reason: 'interrupted', retryAfter: new Date('2030-01-31T00:00:00Z') }]);
    pass(31 * 86_400_000);
    expect((await judgeOne(validator(), candidateOf(issued))).verdict).toBe('active');
    expect(callsFor(issued)).toBe(2);
  });

  test('the question is written down before it is sent', async () => {
    const order: string[] = [];
    const { validator, token, memory } = await bench();
    const watched: Memory = {
      recall: (fingerprint) => memory.recall(fingerprint),
      async begin(question) {
        const begun = await memory.begin(question);
        order.push('begun');
        return begun;
      },
      async settle(fingerprint, reading) {
        order.push('settled');
        await memory.settle(fingerprint, reading);
      },
    };
    const send = loopbackSend();
    const watchedSend: Send = (request, limits) => {
      order.push('sent');
      return send(request, limits);
    };
    await validator({ memory: watched, send: watchedSend }).judge([candidateOf(token('active'))]);
    expect(order).toEqual(['sent', 'begun', 'sent', 'settled']);
  });

  test('what another worker asks at this moment is not asked here', async () => {
    const { validator, token, memory, callsFor } = await bench();
    const busy: Memory = { ...memory, begin: async () => false };
    const one = validator({ memory: busy });
    const issued = token('active');
    expect(await judgeOne(one, candidateOf(issued))).toMatchObject({ verdict: 'unknown', reason: 'asked-elsewhere' });
    expect(callsFor(issued)).toBe(0);
    expect(one.summary().undecided).toMatchObject([{ retryAfter: new Date('2030-01-01T01:00:00Z') }]);
  });

  test('an undecided token is asked about again when its time has come, not before', async () => {
    const { validator, token, callsFor, pass } = await bench();
    const issued = token('server-error');
    const one = validator();
    await one.judge([candidateOf(issued)]);
    expect(one.summary().undecided).toMatchObject([{ reason: 'server-error', retryAfter: new Date('2030-01-01T01:00:00Z') }]);
    pass(30 * 60_000);
    await validator().judge([candidateOf(issued)]);
    expect(callsFor(issued)).toBe(1);
    pass(31 * 60_000);
    await validator().judge([candidateOf(issued)]);
    expect(callsFor(issued)).toBe(2);
  });

  test('a token that was undecided and is decided now leaves the list', async () => {
    const { token, validator, pass, acceptEverything } = await bench();
    const one = validator();
    const candidate = candidateOf(token('catch-all-200'));
    await one.judge([candidate]);
    expect(one.summary().undecided).toHaveLength(1);
    pass(25 * 3_600_000);
    acceptEverything('invented');
    expect((await judgeOne(one, candidate)).verdict).toBe('active');
    expect(one.summary().undecided).toEqual([]);
  });
});
