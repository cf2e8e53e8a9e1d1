import { createHash, createHmac } from 'node:crypto';
import type { Answer } from '../../crawler/stand-in/server.ts';
import type { Random } from '../service.ts';
import { BASE32, BASE64 } from '../token-shape.ts';
import { form, is, jsonAnswer } from './engine/wire.ts';
import type { OfflinePlant, ServiceAnswerClass, ServiceRequest, ServiceStandIn } from './service-stand-in.ts';

const HOME: Readonly<Partial<Record<ServiceAnswerClass, string>>> = {
  'active:china': 'sts.cn-north-1.amazonaws.com.cn',
  'active:government': 'sts.us-gov-west-1.amazonaws.com',
  'active:sovereign': 'sts.eusc-de-east-1.amazonaws.eu',
};

/** STS, GetCallerIdentity, with the signature really verified. */
export const aws: ServiceStandIn = {
  id: 'aws',
  answers: [
    'active',
    'active:china',
    'active:government',
    'active:sovereign',
    'inactive:key-id',
    'inactive:secret',
    'expired',
    'undecided:clock',
    'undecided:throttled',
  ],
  silencing: ['undecided:throttled'],
  answer(request, lookup) {
    if (!is(request, 'POST', '/') || form(request).get('Action') !== 'GetCallerIdentity') return null;
    const credential = /Credential=(\w+)\/(\d{8})\/([\w-]+)\/sts\/aws4_request/.exec(request.headers['authorization'] ?? '');
    if (credential === null) return refusal('MissingAuthenticationToken', 'Request is missing Authentication Token');
    const [, id = '', , region = ''] = credential;
    const known = lookup(id);
    if (known === null) return unknownKey();
    if ((HOME[known.answer] ?? 'sts.us-east-1.amazonaws.com') !== request.host) return unknownKey();
    if (known.parts !== null && !isSignedBy(request, known.parts, region)) return wrongSignature();
    switch (known.answer) {
      case 'inactive:key-id':
        return unknownKey();
      case 'inactive:secret':
        return wrongSignature();
      case 'expired':
        return refusal('ExpiredToken', 'The security token included in the request is expired');
      case 'undecided:clock':
        return refusal(
          'SignatureDoesNotMatch',
          'Signature expired: 20300101T000000Z is now earlier than 20300101T001500Z (20300101T003000Z - 15 min.)',
        );
      case 'undecided:throttled':
        return refusal('Throttling', 'Rate exceeded', 400);
      default:
        return identity(request);
    }
  },
  offline(verdict, random) {
    // An account of canarytokens.org; see https://trufflesecurity.com/blog/canaries.
    if (verdict === 'canary') return plant(random, keyIdOf(random, 595_918_472_158n));
    if (verdict === 'published-example') return plant(random, `AKIA${random.text(9, BASE32.letters)}EXAMPLE`);
    return null;
  },
};

function identity({ host }: ServiceRequest): Answer {
  const partitions = { '.amazonaws.com.cn': 'aws-cn', '.us-gov-west-1.amazonaws.com': 'aws-us-gov', '.amazonaws.eu': 'aws-eusc' };
  const partition = Object.entries(partitions).find(([end]) => host.endsWith(end))?.[1] ?? 'aws';
  return jsonAnswer(200, {
    GetCallerIdentityResponse: {
      GetCallerIdentityResult: {
        Account: '123456789012',
        Arn: `arn:${partition}:iam::123456789012:user/Alice`,
        UserId: 'AIDACKCEVSQ6C2EXAMPLE',
      },
      ResponseMetadata: { RequestId: '01234567-89ab-cdef-0123-456789abcdef' },
    },
  });
}

function refusal(code: string, message: string, status = 403): Answer {
  return jsonAnswer(status, {
    Error: { Code: code, Message: message, Type: 'Sender' },
    RequestId: '01234567-89ab-cdef-0123-456789abcdef',
  });
}

function unknownKey(): Answer {
  return refusal('InvalidClientTokenId', 'The security token included in the request is invalid.');
}

function wrongSignature(): Answer {
  return refusal(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  );
}

/**
 * Whether the signature is the one that these credentials give, by a reading of Signature Version 4 of its own.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function isSignedBy(request: ServiceRequest, parts: Readonly<Record<string, string>>, region: string): boolean {
  const { secret = '', session } = parts;
  if (request.headers['x-amz-security-token'] !== session) return false;
  const [, signedHeaders = '', signature = ''] =
    /SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})/.exec(request.headers['authorization'] ?? '') ?? [];
  const date = request.headers['x-amz-date'] ?? '';
  const headers = signedHeaders
    .split(';')
    .map((name) => `${name}:${name === 'host' ? request.host : (request.headers[name] ?? '')}\n`);
  const canonical = ['POST', '/', '', headers.join(''), signedHeaders, sha256(request.body)].join('\n');
  const scope = `${date.slice(0, 8)}/${region}/sts/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>((last, step) => hmac(last, step), `AWS4${secret}`);
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex') === signature;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** A key id that belongs to this account: base 32 of one bit, 40 bits of account and 39 bits drawn. */
function keyIdOf(random: Random, account: bigint): string {
  let bits = (1n << 79n) | (account << 39n) | BigInt(random.int(2 ** 32));
  let id = '';
  for (let place = 0; place < 16; place++) {
    id = `${BASE32.letters.charAt(Number(bits & 31n))}${id}`;
    bits >>= 5n;
  }
  return `AKIA${id}`;
}

function plant(random: Random, id: string): OfflinePlant {
  const secret = `9aZ${random.text(37, BASE64.letters)}`;
  const text = `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\n`;
  return { format: 'aws.access-key', sample: { text, parts: { id, secret } } };
}
