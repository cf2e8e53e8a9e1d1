import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startServer } from '../../crawler/stand-in/server.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Probe } from '../service.ts';
import { bench, closeAfterTest, judgeOne, START } from '../stand-in/engine/bench-of-validation.ts';
import { candidateOf } from '../stand-in/engine/candidates.ts';
import { inventedFormat, inventedProbe, inventedService, inventedStandIn } from '../stand-in/engine/invented.ts';
import { loopbackSend } from '../stand-in/engine/loopback-send.ts';
import { createValidator } from '../validate.ts';
import type { Send } from './contract.ts';
import { createMemory } from './memory.ts';

describe('politeness', () => {
  test('after "too many requests" the service is left alone for as long as it asked', async () => {
    const { validator, token, callsFor, pass, memory, logged } = await bench();
    const one = validator();
    const limited = token('rate-limited');
    const rest = Array.from({ length: 5 }, (_, index) => token('active', `rest ${index}`));
    await one.judge([candidateOf(limited)]);
    const findings = await one.judge(rest.map((each) => candidateOf(each)));
    const lookAfter = Date.parse('2030-01-01T00:02:00Z');
    for (const finding of findings) expect(finding).toMatchObject({ verdict: 'unknown', reason: 'rate-limited', lookAfter });
    expect(rest.map(callsFor)).toEqual([0, 0, 0, 0, 0]);
    expect(memory.size).toBe(1);
    expect(logged).toEqual([
      [{ service: 'invented', reason: 'rate-limited', seconds: 120 }, 'the service is not asked for a while'],
    ]);
    pass(121_000);
    expect((await one.judge(rest.map((each) => candidateOf(each)))).map((finding) => finding.verdict)).toEqual(
      rest.map(() => 'active'),
    );
    expect(callsFor(limited)).toBe(1);
  });

  test('without a word on how long, the pause doubles', async () => {
    const { validator, token, pass, logged } = await bench();
    const one = validator();
    for (let index = 0; index < 3; index++) {
      await one.judge([candidateOf(token('rate-limited-bare', `token ${index}`))]);
      pass(3_600_000);
    }
    expect(logged.map((entry) => inspect(entry))).toEqual([
      expect.stringContaining('seconds: 60'),
      expect.stringContaining('seconds: 120'),
      expect.stringContaining('seconds: 240'),
    ]);
  });

  test('a service that says in its own words that it was asked enough is left alone, too', async () => {
    const { patient, spent } = {
      patient: { body: '{"message":"You have exceeded a secondary rate limit"}', headers: {}, seconds: 60 },
      spent: {
        body: '{}',
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(START.getTime() / 1000 + 1800) },
        seconds: 1800,
      },
    };
    for (const { body, headers, seconds } of [patient, spent]) {
      const probe: Probe = { ...inventedProbe, asksForPatience: (response) => response.body.includes('secondary rate limit') };
      const standIn = inventedStandIn({
        answer: (request, lookup) =>
          lookup((request.headers['authorization'] ?? '').slice('Bearer '.length)) === null
            ? { status: 401, headers: { 'content-type': 'application/json' }, body: '{"error":"no"}' }
            : { status: 403, headers: { 'content-type': 'application/json', ...headers }, body },
      });
      const { validator, token, callsFor, logged } = await bench({
        services: [inventedService({ probe })],
        standIns: [standIn],
      });
      const one = validator();
      const [first, second] = [token('active', 'first'), token('active', 'second')];
      for (const issued of [first, second])
        expect(await one.judge([candidateOf(issued)])).toMatchObject([{ verdict: 'unknown', reason: 'rate-limited' }]);
      expect([callsFor(first), callsFor(second)]).toEqual([1, 0]);
      expect(logged).toEqual([
        [{ service: 'invented', reason: 'rate-limited', seconds }, 'the service is not asked for a while'],
      ]);
    }
  });

  test('another service is asked meanwhile', async () => {
    const other = inventedService({ id: 'other', formats: [inventedFormat('other.token')] });
    const { validator, token, issue } = await bench({
      services: [inventedService(), other],
      standIns: [inventedStandIn(), inventedStandIn({ id: 'other' })],
    });
    const one = validator();
    await one.judge([candidateOf(token('rate-limited'))]);
    const elsewhere = issue('other', { seed: 'a', verdict: 'active' });
    expect((await judgeOne(one, candidateOf(elsewhere))).verdict).toBe('active');
  });

  test('ten failures in a row are an outage, and the rest is not asked', async () => {
    const { validator, token, callsFor, logged } = await bench();
    const one = validator();
    for (let index = 0; index < 10; index++) await one.judge([candidateOf(token('server-error', `token ${index}`))]);
    const next = token('active');
    expect(await judgeOne(one, candidateOf(next))).toMatchObject({ verdict: 'unknown', reason: 'unavailable' });
    expect(callsFor(next)).toBe(0);
    expect(logged).toHaveLength(1);
  });

  test('a service elsewhere is asked no faster than it likes', async () => {
    const { token, server } = await bench();
    const times: number[] = [];
    const inner = loopbackSend();
    const started = await startServer(() => () => ({
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: '{"error":"no"}',
    }));
    closeAfterTest(started);
    // No host is configured: the engine takes the service to be a stranger, and the test leads its requests to loopback.
    const send: Send = (request, { maxBytes }) => {
      times.push(Date.now());
      return inner({ ...request, url: `${started.origin}/` }, { hosts: ['127.0.0.1'], maxBytes });
    };
    const one = createValidator({
      services: [inventedService({ probe: { ...inventedProbe, perSecond: 10 } })],
      mode: 'live',
      send,
      memory: createMemory(),
      now: () => START,
      random: seededRandom('control'),
      audit: () => {},
      log: { warn: () => {} },
    });
    await one.judge(['a', 'b', 'c', 'd'].map((seed) => candidateOf(token('active', seed))));
    expect(times).toHaveLength(5);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(95);
    expect(server.ledger).toEqual([]);
  });

  test('a question is built when its turn comes, for a signature carries the time', async () => {
    const { validator, token, pass } = await bench();
    const times: string[] = [];
    const probe: Probe = {
      ...inventedProbe,
      noControl: 'a test',
      requests: (parts, { now }) => [
        {
          method: 'GET',
          url: 'https://api.invented.example/me',
          headers: { authorization: `Bearer ${parts['token']?.reveal() ?? ''}`, date: now.toISOString() },
        },
      ],
    };
    const inner = loopbackSend();
    const send: Send = async (request, limits) => {
      times.push(request.headers?.['date'] ?? '');
      pass(600_000);
      return inner(request, limits);
    };
    const one = validator({ send, services: [inventedService({ probe })] });
    await one.judge(['a', 'b', 'c'].map((seed) => candidateOf(token('active', seed))));
    expect(times).toHaveLength(3);
    expect(times[0]).toBe('2030-01-01T00:00:00.000Z');
    expect(Date.parse(times[2] ?? '')).toBeGreaterThanOrEqual(START.getTime() + 600_000);
  });

  test('once it is told to stop, the engine begins no question', async () => {
    const { validator, token, callsFor, memory } = await bench();
    const stop = new AbortController();
    const one = validator({ signal: stop.signal });
    await one.judge([candidateOf(token('active', 'first'))]);
    stop.abort(new Error('stopped by the user'));
    const issued = token('active', 'second');
    await expect(one.judge([candidateOf(issued)])).rejects.toThrow('stopped by the user');
    expect([callsFor(issued), memory.size]).toEqual([0, 1]);
  });
});
