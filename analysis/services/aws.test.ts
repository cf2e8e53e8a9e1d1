import { describe, expect, test } from 'vitest';
import { Secret } from '../secret.ts';
import type { ProbeResponse } from '../service.ts';
import { accountOf, aws } from './aws.ts';

describe('the account in a key id', () => {
  test.each([
    // Published in https://trufflesecurity.com/blog/research-uncovers-aws-account-numbers-hidden-in-access-keys and in tests of scanners.
    ['ASIA' + 'Y34FZKBOKMUTVV7A', '609629065308'],
    ['AKIA' + 'AYLPMN5HAAAAAAAA', '052310077262'],
  ])('%s', (id, account) => {
    expect(accountOf(id)).toBe(account);
  });

  test('is not in old ids, nor in what is no id', () => {
    expect(accountOf('AKIA' + 'IOSFODNN7EXAMPLE')).toBeNull();
    expect(accountOf('AKIA' + 'AYLPMN5HAAAAAAA')).toBeNull();
    expect(accountOf('AIDA' + 'AYLPMN5HAAAAAAAA')).toBeNull();
  });
});

test('the request is signed at the given time, for the given region', async () => {
  const parts = { id: new Secret('AKIDEXAMPLE'), secret: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY') };
  const [request] = await aws.probe.requests(parts, { now: new Date('2015-08-30T12:36:00.123Z') });
  expect(request?.headers?.['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/sts\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/,
  );
  expect(request?.headers?.['x-amz-date']).toBe('20150830T123600Z');
  expect(request?.body).toBe('Action=GetCallerIdentity&Version=2011-06-15');
});

test('answers in XML are read like those in JSON', () => {
  const xml = (status: number, body: string): ProbeResponse => ({ status, headers: {}, body, json: undefined });
  const error = (code: string, message: string) =>
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  const { read } = aws.probe;
  expect(
    read(xml(200, '<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/Alice</Arn></GetCallerIdentityResult>')),
  ).toEqual({
    verdict: 'active',
    reason: 'caller-identity',
  });
  expect(read(xml(403, error('InvalidClientTokenId', 'The security token included in the request is invalid.'))).verdict).toBe(
    'inactive',
  );
  expect(read(xml(403, error('SignatureDoesNotMatch', 'Signature not yet current: 20300101T000000Z'))).verdict).toBe('unknown');
  expect(read(xml(403, error('AccessDenied', 'no')))).toEqual({ verdict: 'unknown', reason: 'unexpected-answer' });
});
