/**
 * What the request signatures of several clouds have in common: the request in one agreed form, whose digest is signed
 * with the secret or with a key derived from it. AWS has a library of its own (`services/aws.ts`).
 */
import { createHash, createHmac } from 'node:crypto';

export interface Signable {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Percent-encoded, in the order of its names. */
  readonly query?: string;
  /** The headers that are signed: lower case, in the order of their names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The names of the signed headers, and SHA-256 of the request's canonical form, in hexadecimal digits. */
export function canonical({ method, path, query = '', headers, body = '' }: Signable): {
  readonly signed: string;
  readonly digest: string;
} {
  const signed = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  return { signed, digest: sha256([method, path, query, ...lines, '', signed, sha256(body)].join('\n')) };
}

/** The key that a secret becomes when it is narrowed step by step: to a day, a region, a service. */
export function derivedKey(secret: string, steps: readonly string[]): string | Buffer {
  return steps.reduce<string | Buffer>((key, step) => hmac(key, step).digest(), secret);
}

/** HMAC-SHA256, in hexadecimal digits. */
export function signature(key: string | Buffer, text: string): string {
  return hmac(key, text).digest('hex');
}

/** The moment as signatures have it: `20300601T120000Z`. */
export function basicTime(moment: Date): string {
  return moment.toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
}

function hmac(key: string | Buffer, text: string) {
  return createHmac('sha256', key).update(text);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
