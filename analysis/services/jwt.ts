import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import { createPrivateKey, createHash, sign, type KeyObject } from 'node:crypto';
import { base64urlJson, isHmac, isSignedWithDemoSecret, type Jwt, parseJwt, signHmacJwt } from '../jwt-form.ts';
import { JWKS_HOSTS, jwksUrl } from '../jwt-issuers.ts';
import { at, get, reveal } from '../service-kit.ts';
import type { Env, Format, ProbeResponse, Random, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { GUARD_BEFORE, LOWER, placed } from '../token-shape.ts';

const RFC = 'https://www.rfc-editor.org/rfc/rfc7519';
/** How far two clocks may be apart. */
const LEEWAY_SECONDS = 60;
/** 1 January 2100. */
export const FAR_AHEAD = 4_102_444_800;

/** Three parts in base64url of which two are JSON objects: `{"` and the beginnings of indented JSON, encoded. */
function jwtFormat(id: string, wants: (jwt: Jwt) => boolean, make: (random: Random) => string): Format {
  return {
    id,
    literals: ['eyJ', 'ewogIC', 'ewoid', 'ewogI'],
    pattern: new RegExp(
      `${GUARD_BEFORE}(?<token>e(?:yJ|wo[gi])[\\w-]{10,1500}\\.e(?:yJ|wo[gi])[\\w-]{2,6000}\\.[\\w-]{20,1400})(?![\\w-])(?!\\.[\\w-])`,
    ),
    maxLength: 8920,
    accepts(parts) {
      const jwt = parseJwt(reveal(parts));
      return jwt !== null && !isVendors(jwt) && wants(jwt);
    },
    redact: () => 'eyJ…',
    samples(random) {
      const hits = [0, 1, 2, 3].map((place) => {
        const token = make(random);
        return { text: placed('ACCESS_TOKEN', token, place), parts: { token } };
      });
      const [head = '', body = '', signature = ''] = make(random).split('.');
      return {
        hits,
        misses: [
          // Encrypted: nobody but the recipient can read it.
          placed('ACCESS_TOKEN', `${head}.${body}.${signature}.${body}.${signature}`, 0),
          placed('ACCESS_TOKEN', `${head}.${body}`, 1),
          placed('ACCESS_TOKEN', `${base64urlJson({ alg: 'none' })}.${body}.${signature}`, 2),
          placed('ACCESS_TOKEN', `${head}.${body.slice(0, -4)}~~~~.${signature}`, 3),
          placed('ACCESS_TOKEN', `eyJub3QganNvbiBhdCBhbGwgaGVyZQ.${body}.${signature}`, 4),
        ],
      };
    },
  };
}

/**
 * Tokens are never sent anywhere. A signature by public key is verified here, with the keys that the issuer publishes;
 * keys that a token brings along in its header (`jwk`, `x5c`, `jku`, `x5u`) prove nothing and are not looked at.
 */
export const jwt = {
  id: 'jwt',
  label: 'JWT',
  family: 'token',
  docs: RFC,
  revoke: 'https://www.rfc-editor.org/rfc/rfc7009',
  formats: [
    jwtFormat('jwt.public-key', (one) => !isHmac(one), makePublicKeyJwt),
    jwtFormat('jwt.hmac', isHmac, (random) =>
      signHmacJwt(
        { sub: String(random.int(1e9)), iss: 'https://login.example.org/', exp: FAR_AHEAD },
        random.text(32, LOWER.letters),
      ),
    ),
  ],
  judge,
  probe: {
    hosts: JWKS_HOSTS,
    effect: 'reads',
    noControl: 'the token is not sent: there is nothing that could be accepted',
    requests(parts) {
      const url = jwksUrl(parseJwt(reveal(parts))?.issuer ?? null);
      return url === null ? null : [get(url)];
    },
    read,
  },
  unconfirmed: ['a token whose signature is right may have been revoked by its service all the same: only the service knows'],
} as const satisfies Service;

function judge(parts: Parts, env: Env): Reading | null {
  const token = reveal(parts);
  const jwt = parseJwt(token);
  if (jwt === null) return { verdict: 'unknown', reason: 'not-a-jwt' };
  if (isSignedWithDemoSecret(token, jwt.algorithm, env.demoSecrets))
    return { verdict: 'published-example', reason: 'demo-secret' };
  const now = env.now.getTime() / 1000;
  if (jwt.expires !== null && jwt.expires <= now) return { verdict: 'inactive', reason: 'expired' };
  if (jwt.notBefore !== null && jwt.notBefore > now + LEEWAY_SECONDS) return { verdict: 'inactive', reason: 'not-yet-valid' };
  if (jwt.claims['role'] === 'anon' || jwt.claims['role'] === 'public')
    return { verdict: 'public-by-design', reason: 'anonymous-role' };
  if (isHmac(jwt)) return { verdict: 'unknown', reason: 'private-key' };
  // Microsoft hashes this header before it signs: only the receiver it is meant for can verify such a token.
  if (jwt.header['nonce'] !== undefined) return { verdict: 'unknown', reason: 'meant-for-its-receiver' };
  if (jwksUrl(jwt.issuer) === null) return { verdict: 'unknown', reason: 'issuer-not-known' };
  return null;
}

/** Verifies with each of the issuer's keys that the token's header allows. */
async function read(response: ProbeResponse, parts: Parts): Promise<Reading> {
  if (response.status !== 200 || !isKeySet(response.json)) return { verdict: 'unknown', reason: 'unexpected-answer' };
  const token = reveal(parts);
  try {
    await compactVerify(token, createLocalJWKSet(response.json));
    return { verdict: 'active', reason: 'signature-valid' };
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return { verdict: 'inactive', reason: 'key-withdrawn' };
    if (error instanceof errors.JWSSignatureVerificationFailed) return { verdict: 'inactive', reason: 'signature-invalid' };
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return { verdict: 'unknown', reason: 'key-unusable' };
    for await (const key of error) {
      const verified = await compactVerify(token, key).then(
        () => true,
        () => false,
      );
      if (verified) return { verdict: 'active', reason: 'signature-valid' };
    }
    return { verdict: 'inactive', reason: 'signature-invalid' };
  }
}

function isKeySet(json: unknown): json is JSONWebKeySet {
  const keys = at(json, 'keys');
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof at(key, 'kty') === 'string');
}

/** Tokens in this form that a service of their own checks by asking. */
function isVendors({ issuer, claims }: Jwt): boolean {
  return issuer === 'supabase' && typeof claims['ref'] === 'string' && /^[a-z]{20}$/.test(claims['ref']);
}

/** A token of an invented tenant of a known issuer. */
function makePublicKeyJwt(random: Random): string {
  return sampleJwt(`demo-${random.text(10, LOWER.letters)}`);
}

/** The sample token of a tenant: the tenant's name alone decides it, so a stand-in that is asked for the tenant's keys knows it. */
export function sampleJwt(tenant: string): string {
  return signPublicKeyJwt(tenant, { sub: 'auth0|0123456789abcdef01234567', aud: 'https://api.example.org/', exp: FAR_AHEAD });
}

/** A token with these claims, issued by a tenant of Auth0 and signed with the tenant's key of samples. */
export function signPublicKeyJwt(tenant: string, claims: Readonly<Record<string, unknown>>): string {
  const { privateKey, jwk } = sampleKey(tenant);
  const head = base64urlJson({ alg: 'EdDSA', typ: 'JWT', kid: jwk.kid });
  const body = base64urlJson({ iss: `https://${tenant}.eu.auth0.com/`, ...claims });
  return `${head}.${body}.${sign(null, Buffer.from(`${head}.${body}`), privateKey).toString('base64url')}`;
}

/** A tenant's key of samples: an Ed25519 key that the tenant's name alone decides. */
export function sampleKey(tenant: string): {
  readonly privateKey: KeyObject;
  readonly jwk: { readonly kid: string } & Record<string, string>;
} {
  const seed = createHash('sha256').update(`sample key of ${tenant}`).digest();
  // RFC 8410: what stands before the 32 bytes of an Ed25519 key in PKCS #8.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x = '' } = privateKey.export({ format: 'jwk' });
  return {
    privateKey,
    jwk: {
      kty: 'OKP',
      crv: 'Ed25519',
      alg: 'EdDSA',
      use: 'sig',
      kid: createHash('sha256').update(x).digest('base64url').slice(0, 21),
      x,
    },
  };
}
