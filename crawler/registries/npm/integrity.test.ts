import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestOf } from './integrity.ts';
import { encodeName } from './name.ts';

const hash = (algorithm: string) => createHash(algorithm).update('demo').digest();
const sri = (algorithm: string) => `${algorithm}-${hash(algorithm).toString('base64')}`;
const sha1 = hash('sha1').toString('hex');

test('the strongest of several, else the shasum, else nothing', () => {
  const sha512 = { algorithm: 'sha512', hex: hash('sha512').toString('hex') };
  expect(digestOf(sri('sha512'), sha1)).toEqual(sha512);
  expect(digestOf(`${sri('sha1')}  ${sri('sha512')}?opt=1 ${sri('sha256')}`, undefined)).toEqual(sha512);
  expect(digestOf(sri('sha256'), sha1)).toMatchObject({ algorithm: 'sha256' });
  expect(digestOf(sri('sha1'), undefined)).toEqual({ algorithm: 'sha1', hex: sha1 });
  expect(digestOf(undefined, sha1.toUpperCase())).toEqual({ algorithm: 'sha1', hex: sha1 });
  for (const broken of ['sha512-AAAA', 'sha512', 'md5-AAAA', '', {}, 7, null]) {
    expect(digestOf(broken, sha1)).toEqual({ algorithm: 'sha1', hex: sha1 });
    expect(digestOf(broken, 'short')).toBeNull();
  }
});

test('names in URLs keep their @ and lose their slash', () => {
  expect(['demo', '@s/n', '@!-!/-', 'a b', '..', '@s/..'].map(encodeName)).toEqual([
    'demo',
    '@s%2Fn',
    '@!-!%2F-',
    'a%20b',
    '..',
    '@s%2F..',
  ]);
});
