import { readFileSync } from 'node:fs';
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AWS_CANARY_ACCOUNTS, createExamples, placeholder } from './examples.ts';
import { Secret, type Parts } from './secret.ts';
import { seededRandom } from './seeded-random.ts';

function parts(...texts: readonly string[]): Parts {
  return Object.fromEntries(texts.map((text, index) => [`part${index}`, new Secret(text)]));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A JWT of HS256 whose header and payload are the texts that a page shows. */
function jwt(payload: string, secret: string): string {
  const body = [JSON.stringify({ alg: 'HS256', typ: 'JWT' }), payload]
    .map((text) => Buffer.from(text).toString('base64url'))
    .join('.');
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

const KNOWN = [
  ['AWS key id', 'AKIA' + 'IOSFODNN7' + 'EXAMPLE'],
  ['AWS secret', ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/')],
  ['Stripe test key', 'sk_' + 'test_' + '4eC39HqLyjWDarjt' + 'T1zdp7dc'],
  ['Telegram token', '110201543' + ':AA' + 'HdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'],
  ['GitHub token', 'ghp' + '_16C7e42F292c6912E7710c838347' + 'Ae178B4a'],
  ['Slack webhook', 'https://hooks.slack.com/' + ['services', 'T00000000', 'B00000000', 'X'.repeat(24)].join('/')],
  ['Volcengine key id', 'AKLT' + Buffer.from('22685ec27df54e8f8cadc19f53996dc1').toString('base64').replace('=', '')],
  ['Huawei Cloud key id', 'QTWAOYTTIN' + 'DUT2QVKYUC'],
  ['jwt.io, once', jwt('{"sub":"1234567890","name":"John Doe","iat":1516239022}', 'your-256-bit-secret')],
  [
    'jwt.io',
    jwt('{"sub":"1234567890","name":"John Doe","admin":true,"iat":1516239022}', 'a-string-secret-at-least-256-bits-long'),
  ],
  [
    "Supabase on one's own machine",
    jwt(
      '{"iss":"supabase-demo","role":"service_role","exp":1983812996}',
      'super-secret-jwt-token-with-at-least-32-characters-long',
    ),
  ],
] as const;

describe('published examples', () => {
  test.each(KNOWN)('%s is known, alone and as one part of a pair', (_, text) => {
    const examples = createExamples();
    expect(examples.find(parts(text))).toEqual({ verdict: 'published-example', reason: 'documentation' });
    expect(examples.find(parts('another-part-of-it', text))?.reason).toBe('documentation');
  });

  test('a token that differs in one character is not known', () => {
    const text = '110201543' + ':AA' + 'HdqTcvCH1vGWJxfSeofSAs0K5PALDsax';
    expect(createExamples().find(parts(text))).toBeNull();
  });

  test('the list holds hashes and sources, each once, and no token', () => {
    const source = readFileSync(`${import.meta.dirname}/examples.ts`, 'utf8');
    const listed = [...source.matchAll(/'([0-9a-f]{64})',\s*'([^']+)'/g)];
    expect(listed.length).toBeGreaterThan(30);
    expect(new Set(listed.map((match) => match[1])).size).toBe(listed.length);
    for (const [, , where] of listed) expect(where).toMatch(/^[a-z-]+: https:\/\/\S+/);
    for (const [, text] of KNOWN) expect(source).not.toContain(text);
  });

  test('the configuration adds examples and canaries by hash', () => {
    const examples = createExamples({ published: [sha256('mine')], canaries: [sha256('theirs'), sha256(KNOWN[0][1])] });
    expect(examples.find(parts('mine'))).toEqual({ verdict: 'published-example', reason: 'configured-example' });
    expect(examples.find(parts('id', 'theirs'))).toEqual({ verdict: 'canary', reason: 'configured-canary' });
    // A canary wins: it must not be asked about whatever else it looks like.
    expect(examples.find(parts(KNOWN[0][1]))?.verdict).toBe('canary');
    expect(examples.find(parts('neither'))).toBeNull();
  });

  test('a token in place of its hash is refused, and not repeated', () => {
    const add = () => createExamples({ canaries: [sha256('a'), 'a-token-in-the-wrong-place'] });
    expect(add).toThrow(/examples\.canaries takes SHA-256 hashes .* entry 2 is none/);
    expect(add).not.toThrow(/wrong-place/);
  });
});

describe('placeholders', () => {
  test.each([
    ['placeholder-word', 'AKIA' + 'XXABCDEF' + 'EXAMPLE'],
    ['placeholder-word', 'ghp_' + 'your_token_goes_in_here_and_nowhere'],
    ['placeholder-word', 'sk_live_' + 'REDACTED_BY_SOMEONE'],
    ['placeholder-repeated', 'ghp_' + 'x'.repeat(36)],
    ['placeholder-repeated', 'AC' + '0'.repeat(32)],
    ['placeholder-repeated', 'npm_' + 'aB3dE' + 'X'.repeat(10) + 'q7Z1mN0pR4tV8wY2cD5f'],
    ['placeholder-sequence', 'npm_' + 'abcdefghijklmnopqrstuvwxyz0123456789'],
    ['placeholder-sequence', 'sk_test_' + '1234567890' + 'qWeRtZ'],
    ['placeholder-sequence', 'key-' + 'fedcba9876543210' + 'fedcba9876543210'],
    ['placeholder-sequence', 'pk_' + 'ZYXWVUTSRQPONM' + '0a1b'],
  ])('%s: %s', (reason, text) => {
    expect(placeholder(text)).toBe(reason);
    expect(createExamples().find(parts(text))?.verdict).toBe('published-example');
  });

  test.each([
    ['zero bytes in base64', 'A'.repeat(21) + 'NxQnRs8vTpLk2mWd7YcZb5HgJf3aVe9Ui1Oq'],
    ['an account number', '100000000000123'],
    ['a long number', '10000000000001234567'],
    ['a short word', 'example'],
    ['the name of a host', 'example-of-a-shop.myshop.test'],
    ['a mail address', 'someone@example.test'],
    ['a region', 'us-east-1'],
  ])('%s is none', (_, text) => {
    expect(placeholder(text)).toBeNull();
  });

  test('no random token of any usual alphabet is taken for one', () => {
    const alphabets = [
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
      '0123456789abcdef',
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
    ];
    const random = seededRandom('placeholders');
    const taken: string[] = [];
    for (const alphabet of alphabets) {
      for (let index = 0; index < 5000; index++) {
        const text = random.text(20 + random.int(60), alphabet);
        if (placeholder(text) !== null) taken.push(text);
      }
    }
    expect(taken).toEqual([]);
  });
});

test('canary accounts of AWS are twelve digits each', () => {
  expect(AWS_CANARY_ACCOUNTS.size).toBe(26);
  for (const account of AWS_CANARY_ACCOUNTS) expect(account).toMatch(/^\d{12}$/);
});
