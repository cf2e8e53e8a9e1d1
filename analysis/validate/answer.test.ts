import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Probe, ProbeRequest } from '../service.ts';
import { failureReason, mediaType, retryAfterSeconds } from './answer.ts';
import { bench, judgeOne, START } from '../stand-in/engine/bench-of-validation.ts';
import { candidateOf } from '../stand-in/engine/candidates.ts';
import { inventedProbe, inventedService, inventedStandIn } from '../stand-in/engine/invented.ts';
import { GENERIC_ANSWER_CLASSES } from '../stand-in/service-stand-in.ts';

describe('verdicts of answers', () => {
  test.each([
    ['active', 'active', 'user', 'SQ34401'],
    ['restricted', 'restricted', 'scope', 'SQ34401'],
    ['expired', 'inactive', 'expired', 'SQ34253'],
    ['revoked', 'inactive', 'revoked', 'SQ34253'],
    ['undecided:maintenance', 'unknown', 'unexpected-answer', null],
    ['rate-limited', 'unknown', 'rate-limited', null],
    ['rate-limited-bare', 'unknown', 'rate-limited', null],
    ['server-error', 'unknown', 'server-error', null],
    ['unavailable', 'unknown', 'rate-limited', null],
    ['waf-403', 'unknown', 'html', null],
    ['waf-json-403', 'unknown', 'unexpected-answer', null],
    ['waf-200-html', 'unknown', 'html', null],
    ['sign-in-html', 'unknown', 'html', null],
    ['not-found-html', 'unknown', 'html', null],
    ['empty', 'unknown', 'empty', null],
    ['catch-all-200', 'unknown', 'unexpected-answer', null],
    ['redirect', 'unknown', 'redirect', null],
    ['slow-drip', 'unknown', 'timeout', null],
    ['stall', 'unknown', 'timeout', null],
    ['reset', 'unknown', 'connection', null],
    ['cut', 'unknown', 'connection', null],
    ['huge', 'unknown', 'body-too-long', null],
  ] as const)('%s is %s (%s)', async (answer, verdict, reason, policy) => {
    const { validator, token, server, callsFor } = await bench();
    const issued = token(answer);
    expect(await judgeOne(validator(), candidateOf(issued))).toEqual({ verdict, reason, policy });
    expect(issued.verdict).toBe(verdict);
    expect(callsFor(issued)).toBe(1);
    expect(server.unknown).toEqual([]);
  });

  test('every generic class is in the table above', async () => {
    const { answersOf } = await bench();
    expect(answersOf('invented')).toEqual([...inventedStandIn().answers, ...GENERIC_ANSWER_CLASSES]);
  });

  test('a refusal by the public host of a self-hosted service decides nothing, an acceptance does', async () => {
    const { validator, token } = await bench({ services: [inventedService({ selfHosted: true })] });
    const one = validator();
    expect(await one.judge([candidateOf(token('revoked'))])).toMatchObject([
      { verdict: 'unknown', reason: 'self-hosted-possible', lookAfter: null },
    ]);
    expect(await judgeOne(one, candidateOf(token('active')))).toMatchObject({ verdict: 'active' });
  });

  test('a refusal that a good token of another kind gets as well is not asked for again', async () => {
    const undecided: Probe = { ...inventedProbe, read: () => ({ verdict: 'unknown', reason: 'account-token-possible' }) };
    const { validator, token } = await bench({ services: [inventedService({ probe: undecided })] });
    expect(await validator().judge([candidateOf(token('revoked'))])).toMatchObject([
      { verdict: 'unknown', reason: 'account-token-possible', lookAfter: null },
    ]);
  });

  test('a service file that reads everything gets 5xx, HTML and empty bodies, but never a 429', async () => {
    const readsAnything: Probe = {
      ...inventedProbe,
      readsAnything: true,
      read: ({ status }) => ({ verdict: status === 401 ? 'inactive' : 'active', reason: `status-${status}` }),
    };
    const { validator, token } = await bench({ services: [inventedService({ probe: readsAnything })] });
    const one = validator();
    for (const [answer, reason] of [
      ['server-error', 'status-500'],
      ['waf-403', 'status-403'],
      ['empty', 'status-200'],
      ['rate-limited', 'rate-limited'],
    ] as const)
      expect((await judgeOne(one, candidateOf(token(answer)))).reason).toBe(reason);
  });

  test('a service file that throws, or repeats what it was told, leaves no trace of it', async () => {
    const told = (parts: Parameters<Probe['read']>[1]) => parts['token']?.reveal() ?? '';
    const throwing: Probe = {
      ...inventedProbe,
      read(_, parts) {
        throw new TypeError(`cannot read ${told(parts)}`);
      },
    };
    const repeating: Probe = { ...inventedProbe, read: (_, parts) => ({ verdict: 'inactive', reason: told(parts) }) };
    for (const [probe, reading] of [
      [throwing, { verdict: 'unknown', reason: 'answer-not-read' }],
      [repeating, { verdict: 'inactive', reason: 'other' }],
    ] as const) {
      const { validator, token, logged, rows } = await bench({ services: [inventedService({ probe })] });
      const issued = token('active');
      expect(await judgeOne(validator(), candidateOf(issued))).toMatchObject(reading);
      expect(inspect([logged, rows], { depth: 9 })).not.toContain(issued.parts['token']);
    }
  });
});

describe('several hosts', () => {
  const urls = ['https://us.invented.example/me', 'https://eu.invented.example/me'];
  const probe: Probe = {
    ...inventedProbe,
    hosts: ['*.invented.example'],
    requests: (parts) =>
      urls.map((url): ProbeRequest => ({
        method: 'GET',
        url,
        headers: { authorization: `Bearer ${parts['token']?.reveal() ?? ''}` },
      })),
  };
  const answers = ['active', 'active:eu', 'revoked', 'undecided:maintenance', 'undecided:us'] as const;
  const standIn = inventedStandIn({
    answers,
    answer(request, lookup) {
      const known = lookup((request.headers['authorization'] ?? '').slice('Bearer '.length))?.answer;
      const isEu = request.host === 'eu.invented.example';
      if (known === 'active' || (isEu && (known === 'active:eu' || known === 'undecided:us')))
        return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"user":"x"}' };
      if (known === 'undecided:maintenance' ? isEu : known === 'undecided:us') return { status: 500 };
      return { status: 401, headers: { 'content-type': 'application/json' }, body: '{"error":"no"}' };
    },
  });

  test.each([
    ['active', 'active', 1],
    ['active:eu', 'active', 2],
    ['revoked', 'inactive', 2],
    // One refusal and one silence: not inactive.
    ['undecided:maintenance', 'unknown', 2],
    // A silence and an acceptance: active.
    ['undecided:us', 'active', 2],
  ] as const)('%s: %s after %i requests', async (answer, verdict, requests) => {
    const { validator, token, callsFor, memory } = await bench({ services: [inventedService({ probe })], standIns: [standIn] });
    const issued = token(answer);
    expect((await judgeOne(validator(), candidateOf(issued))).verdict).toBe(verdict);
    expect(callsFor(issued)).toBe(requests);
    expect(memory.size).toBe(1);
  });
});

describe('what is written down', () => {
  test('every request: who was asked, when, what came back, which row decided', async () => {
    const { validator, token, rows } = await bench();
    const candidate = candidateOf(token('restricted'));
    const one = validator();
    await one.judge([candidate]);
    expect(rows[1]).toEqual({
      kind: 'token',
      service: 'invented',
      fingerprint: candidate.fingerprint,
      at: START,
      host: 'api.invented.example',
      method: 'GET',
      path: '/me',
      status: 403,
      contentType: 'application/json',
      verdict: 'restricted',
      reason: 'scope',
    });
    expect(one.summary()).toMatchObject({ mode: 'live', from: START, to: START, requests: 1 });
  });

  test('a request without an answer has no status', async () => {
    const { validator, token, rows } = await bench();
    await validator().judge([candidateOf(token('reset'))]);
    expect(rows[1]).toMatchObject({ status: null, contentType: null, verdict: 'unknown', reason: 'connection' });
  });

  test('a token in the path, in the query or in the host is not written down', async () => {
    const requests: Probe['requests'] = (parts) => {
      const token = parts['token']?.reveal() ?? '';
      const encoded = Buffer.from(token).toString('base64url');
      return [
        { method: 'GET', url: `https://api.invented.example/bot${token}/getMe?token=${token}` },
        { method: 'GET', url: `https://${token.slice(4).toLowerCase()}.invented.example/of/${encoded}/x` },
      ];
    };
    const probe: Probe = {
      ...inventedProbe,
      hosts: ['api.invented.example', '*.invented.example'],
      noControl: 'a test',
      requests,
      read: () => ({ verdict: 'inactive', reason: 'no' }),
    };
    const standIn = inventedStandIn({ answer: () => ({ status: 401, body: '{}' }) });
    const { validator, token, rows, logged } = await bench({ services: [inventedService({ probe })], standIns: [standIn] });
    const issued = token('active');
    const findings = await validator().judge([candidateOf(issued)]);
    expect(rows.map(({ host, path }) => [host, path])).toEqual([
      ['api.invented.example', '/bot{token}/getMe'],
      ['*.invented.example', '/of/{…}/x'],
    ]);
    const secret = issued.parts['token'] ?? '';
    const written = inspect([rows, logged, findings], { depth: 9 });
    for (const form of [secret, secret.slice(4).toLowerCase(), Buffer.from(secret).toString('base64url')]) {
      expect(written).not.toContain(form);
    }
  });

  test('findings keep their order, their places and their redacted form', async () => {
    const { validator, token } = await bench();
    const candidates = ['x', 'y', 'z'].map((seed, index) =>
      candidateOf(token('active', seed), {
        redacted: `inv_${seed}…`,
        place: { ...candidateOf(token('active')).place, line: index + 1 },
      }),
    );
    const findings = await validator().judge(candidates);
    expect(findings.map((finding) => [finding.redacted, finding.place.line])).toEqual([
      ['inv_x…', 1],
      ['inv_y…', 2],
      ['inv_z…', 3],
    ]);
    for (const finding of findings) expect(Object.keys(finding)).not.toContain('parts');
  });
});

describe('what of an answer is kept', () => {
  const now = new Date('2030-01-01T00:00:00Z');

  test.each([
    ['120', 120],
    [' 0 ', 0],
    ['Tue, 01 Jan 2030 00:02:00 GMT', 120],
    ['Mon, 31 Dec 2029 00:00:00 GMT', 0],
    ['999999999', 86_400],
    ['', null],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    [undefined, null],
  ])('Retry-After %j is %j seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });

  test.each([
    ['application/json; charset=utf-8', 'application/json'],
    ['Text/HTML', 'text/html'],
    ['a token in place of a type', 'other'],
    ['', 'other'],
    [undefined, null],
  ])('content type %j is kept as %j', (header, kept) => {
    expect(mediaType(header === undefined ? {} : { 'content-type': header })).toBe(kept);
  });

  test.each([
    [{ reason: 'timeout' }, 'timeout'],
    [new Error('secret'), 'network'],
    [{ reason: 'A sentence with a secret' }, 'network'],
    [null, 'network'],
    ['text', 'network'],
  ])('a failure %j is %s', (error, reason) => {
    expect(failureReason(error)).toBe(reason);
  });
});
