/** JSON Web Tokens read strictly (RFC 7515, RFC 7519): their claims, and whether a known secret made them. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import demo from './jwt-demo-secrets.json' with { type: 'json' };

export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** `HS256`, `RS256`, …: one that we know. */
  readonly algorithm: string;
  readonly issuer: string | null;
  /** Seconds since 1970. */
  readonly expires: number | null;
  readonly notBefore: number | null;
}

const HMAC: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };
const PUBLIC_KEY: ReadonlySet<string> = new Set(
  'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES256K ES384 ES512 EdDSA Ed25519'.split(' '),
);

/** The token's header and claims, or null where it is no signed JWT: other than three parts, no JSON objects, unknown or no algorithm. */
export function parseJwt(token: string): Jwt | null {
  const [head, body, signature, ...more] = token.split('.');
  if (head === undefined || body === undefined || signature === undefined || signature === '' || more.length > 0) return null;
  const header = jsonObject(head);
  const claims = jsonObject(body);
  const algorithm = header?.['alg'];
  if (header === null || claims === null || typeof algorithm !== 'string') return null;
  if (!(algorithm in HMAC) && !PUBLIC_KEY.has(algorithm)) return null;
  return {
    header,
    claims,
    algorithm,
    issuer: typeof claims['iss'] === 'string' ? claims['iss'] : null,
    expires: typeof claims['exp'] === 'number' ? claims['exp'] : null,
    notBefore: typeof claims['nbf'] === 'number' ? claims['nbf'] : null,
  };
}

/** Whether the same secret signs and verifies, so that nobody but its owner can tell whether the token is genuine. */
export function isHmac(jwt: Jwt): boolean {
  return jwt.algorithm in HMAC;
}

/**
 * Whether a secret out of public documentation, or one of `more`, signed this HMAC token: as it stands, or as the base64 that
 * some libraries take.
 */
export function isSignedWithDemoSecret(token: string, algorithm: string, more: readonly string[] = []): boolean {
  const hash = HMAC[algorithm];
  if (hash === undefined) return false;
  const dot = token.lastIndexOf('.');
  const signed = token.slice(0, dot);
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  const secrets = [...demo.secrets.map(({ secret }) => secret), ...more];
  return secrets.some((secret) =>
    [Buffer.from(secret, 'utf8'), Buffer.from(secret, 'base64')].some((key) => {
      const expected = createHmac(hash, key).update(signed).digest();
      return expected.length === signature.length && timingSafeEqual(expected, signature);
    }),
  );
}

/** An HMAC token with these claims. */
export function signHmacJwt(claims: Readonly<Record<string, unknown>>, secret: string | Uint8Array): string {
  const signed = `${base64urlJson({ alg: 'HS256', typ: 'JWT' })}.${base64urlJson(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export function base64urlJson(value: unknown): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}

function jsonObject(encoded: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
