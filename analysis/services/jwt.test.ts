import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { hostMatches } from '../hosts.ts';
import { signHmacJwt } from '../jwt-form.ts';
import { JWKS_HOSTS, jwksUrl } from '../jwt-issuers.ts';
import { Secret, type Parts } from '../secret.ts';
import type { ProbeResponse } from '../service.ts';
import { jwt } from './jwt.ts';

const now = new Date('2030-01-01T00:00:00Z');
const seconds = now.getTime() / 1000;
const issuer = 'https://demo.eu.auth0.com/';
let rsa: { readonly privateKey: CryptoKey; readonly jwk: JWK };
let other: { readonly privateKey: CryptoKey; readonly jwk: JWK };

beforeAll(async () => {
  [rsa, other] = await Promise.all([keys(), keys()]);
});

async function keys() {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

async function signed(header: Readonly<Record<string, unknown>>, key: CryptoKey = rsa.privateKey): Promise<Parts> {
  const token = await new SignJWT({ sub: 'auth0|1' })
    .setIssuer(issuer)
    .setProtectedHeader({ alg: 'RS256', ...header })
    .sign(key);
  return { token: new Secret(token) };
}

function publishes(...keys: readonly JWK[]): ProbeResponse {
  const json = { keys };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(json), json };
}

describe('a signature by public key', () => {
  test('is active where the issuer publishes the key', async () => {
    expect(await jwt.probe.read(publishes({ ...rsa.jwk, kid: 'a' }), await signed({ kid: 'a' }))).toEqual({
      verdict: 'active',
      reason: 'signature-valid',
    });
  });

  test('is inactive where the key is published no more, or another one has its name', async () => {
    const parts = await signed({ kid: 'a' });
    expect((await jwt.probe.read(publishes({ ...other.jwk, kid: 'b' }), parts)).reason).toBe('key-withdrawn');
    expect((await jwt.probe.read(publishes({ ...other.jwk, kid: 'a' }), parts)).reason).toBe('signature-invalid');
  });

  test('without the name of a key is tried with each', async () => {
    const parts = await signed({});
    expect((await jwt.probe.read(publishes(other.jwk, rsa.jwk), parts)).verdict).toBe('active');
    expect((await jwt.probe.read(publishes(other.jwk, (await keys()).jwk), parts)).verdict).toBe('inactive');
  });

  test('is not believed for a key that the token brings along', async () => {
    const parts = await signed(
      { kid: 'a', jwk: other.jwk, jku: 'https://attacker.example/keys', x5u: 'https://attacker.example/x5u' },
      other.privateKey,
    );
    expect((await jwt.probe.read(publishes({ ...rsa.jwk, kid: 'a' }), parts)).verdict).toBe('inactive');
    expect(jwt.probe.requests(parts)).toEqual([
      { method: 'GET', url: `${issuer}.well-known/jwks.json`, headers: { accept: 'application/json' } },
    ]);
  });

  test('is unknown where no keys came', async () => {
    const parts = await signed({ kid: 'a' });
    for (const json of [{ message: 'Welcome' }, { keys: [] }, { keys: [{}] }, null]) {
      const response = { status: 200, headers: {}, body: '', json };
      expect((await jwt.probe.read(response, parts)).verdict).toBe('unknown');
    }
  });
});

describe('without asking', () => {
  const judge = (token: string) => jwt.judge({ token: new Secret(token) }, { now });
  const hmac = (claims: Readonly<Record<string, unknown>>, secret = 'nobody knows this one, 6a0f') =>
    judge(signHmacJwt(claims, secret));

  test('dates decide, with a minute of leeway for clocks that differ', () => {
    expect(hmac({ exp: seconds })?.reason).toBe('expired');
    expect(hmac({ exp: seconds + 1 })?.reason).toBe('private-key');
    expect(hmac({ nbf: seconds + 61 })?.reason).toBe('not-yet-valid');
    expect(hmac({ nbf: seconds + 59 })?.reason).toBe('private-key');
  });

  test('a demo secret makes an example, expired or not, as text or as base64', () => {
    expect(hmac({ exp: 1 }, 'your-256-bit-secret')?.verdict).toBe('published-example');
    expect(judge(signHmacJwt({ sub: '1' }, Buffer.from('your-256-bit-secret', 'base64').toString('latin1')))?.verdict).not.toBe(
      'active',
    );
  });

  test('an HMAC token with a secret of its own is unknown, and nobody is asked', () => {
    expect(hmac({ iss: issuer })).toEqual({ verdict: 'unknown', reason: 'private-key' });
  });

  test('an anonymous role is public by design', () => {
    expect(hmac({ role: 'anon' })?.verdict).toBe('public-by-design');
  });

  test('an unknown issuer is not asked, and what only the receiver can verify is unknown', async () => {
    const foreign = await new SignJWT({})
      .setIssuer('https://attacker.example/')
      .setProtectedHeader({ alg: 'RS256' })
      .sign(rsa.privateKey);
    expect(judge(foreign)).toEqual({ verdict: 'unknown', reason: 'issuer-not-known' });
    const [nonce] = Object.values(await signed({ kid: 'a', nonce: 'x' }));
    expect(judge(nonce?.reveal() ?? '')?.reason).toBe('meant-for-its-receiver');
  });
});

describe('addresses of public keys', () => {
  test.each([
    ['https://accounts.google.com', 'https://www.googleapis.com/oauth2/v3/certs'],
    ['accounts.google.com', 'https://www.googleapis.com/oauth2/v3/certs'],
    [
      'https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0',
      'https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/discovery/v2.0/keys',
    ],
    ['https://demo.auth0.com/', 'https://demo.auth0.com/.well-known/jwks.json'],
    ['https://demo.us.auth0.com/', 'https://demo.us.auth0.com/.well-known/jwks.json'],
    ['https://dev-1.okta.com', 'https://dev-1.okta.com/oauth2/v1/keys'],
    ['https://dev-1.okta.com/oauth2/default', 'https://dev-1.okta.com/oauth2/default/v1/keys'],
    [
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC',
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC/.well-known/jwks.json',
    ],
    ['https://token.actions.githubusercontent.com', 'https://token.actions.githubusercontent.com/.well-known/jwks'],
  ])('%s', (name, url) => {
    expect(jwksUrl(name)).toBe(url);
    expect(hostMatches(JWKS_HOSTS, new URL(url).host)).toBe(true);
  });

  test.each([
    'https://attacker.example/',
    'http://demo.auth0.com/',
    'https://demo.auth0.com.attacker.example/',
    'https://attacker.example/.auth0.com/',
    'https://demo.auth0.com@attacker.example/',
    'https://a.b.auth0.com/',
    'https://demo.auth0.com/../../x',
    'https://dev-1.okta.com/oauth2/../../x',
    'https://cognito-idp.attacker.example.amazonaws.com/pool',
    'https://login.microsoftonline.com/a/b/v2.0',
    'https://127.0.0.1/',
    '',
  ])('%s is nobody whose keys are fetched', (name) => {
    expect(jwksUrl(name)).toBeNull();
  });
});
