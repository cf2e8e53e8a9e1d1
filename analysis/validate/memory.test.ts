import { describe, expect, test } from 'vitest';
import { bench, judgeOne, START } from '../stand-in/engine/bench-of-validation.ts';
import { candidateOf } from '../stand-in/engine/candidates.ts';
import { loopbackSend } from '../stand-in/engine/loopback-send.ts';
import type { AnswerClass } from '../stand-in/service-stand-in.ts';
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

    const lookAfter = Date.parse('2030-01-31T00:00:00Z');
    expect(await validator().judge([candidateOf(issued)])).toMatchObject([
      { verdict: 'unknown', reason: 'interrupted', policy: null, lookAfter },
    ]);
    expect(callsFor(issued)).toBe(1);
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
      async settle(...answer) {
        order.push('settled');
        await memory.settle(...answer);
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
    const issued = token('active');
    const lookAfter = Date.parse('2030-01-01T01:00:00Z');
    expect(await validator({ memory: busy }).judge([candidateOf(issued)])).toMatchObject([
      { verdict: 'unknown', reason: 'asked-elsewhere', lookAfter },
    ]);
    expect(callsFor(issued)).toBe(0);
  });

  /** Hours from now until an undecided token is due, after each of several looks that come when they are due. */
  async function waits(
    { validator, token, callsFor, pass }: Awaited<ReturnType<typeof bench>>,
    answer: AnswerClass,
    looks: number,
  ) {
    const issued = token(answer);
    const hours: number[] = [];
    let time = START.getTime();
    for (let look = 1; look <= looks; look++) {
      const [finding] = await validator().judge([candidateOf(issued)]);
      const wait = (finding?.lookAfter ?? Number.NaN) - time;
      hours.push(wait / 3_600_000);
      expect(callsFor(issued)).toBe(look);
      pass(wait - 1000);
      const [early] = await validator().judge([candidateOf(issued)]);
      expect([early?.lookAfter, callsFor(issued)]).toEqual([finding?.lookAfter, look]);
      pass(1000);
      time += wait;
    }
    return hours;
  }

  test.each([
    ['server-error', [1, 2, 4, 8]],
    ['reset', [1, 2]],
    ['waf-403', [24, 48, 96]],
    // Never longer than the period in which a token is asked about once.
    ['catch-all-200', [24, 48, 96, 192, 384, 720, 720]],
    // The service asks for two minutes, which is longer than the first wait and no longer than the second.
    ['rate-limited', [2 / 60, 2 / 60, 4 / 60, 8 / 60]],
  ] as const)('a token left undecided by %s is asked about again after %j hours, not before', async (answer, hours) => {
    expect(await waits(await bench(), answer, hours.length)).toEqual(hours);
  });

  test('a token that is decided in the end is not asked about again', async () => {
    const { token, validator, pass, acceptEverything, callsFor } = await bench();
    const issued = token('catch-all-200');
    await validator().judge([candidateOf(issued)]);
    const one = validator();
    await one.judge([candidateOf(token('active'))]);
    pass(25 * 3_600_000);
    acceptEverything('invented');
    for (let look = 0; look < 3; look++) {
      expect(await one.judge([candidateOf(issued)])).toMatchObject([{ verdict: 'active' }]);
      pass(25 * 3_600_000);
    }
    expect(callsFor(issued)).toBe(2);
  });
});
