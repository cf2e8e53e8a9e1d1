import { createHash, createHmac } from 'node:crypto';
import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceRequest, ServiceStandIn } from './service-stand-in.ts';

const ResponseMetadata = {
  RequestId: '20251024141232149184238242E6758E',
  Action: 'GetCallerIdentity',
  Version: '2018-01-01',
  Service: 'sts',
  Region: 'cn-beijing',
};

/** STS, GetCallerIdentity; the signature is verified, by a reading of its rules of its own. */
export const volcengine: ServiceStandIn = {
  id: 'volcengine',
  answers: ['active', 'revoked', 'inactive:secret', 'inactive:identity', 'undecided:clock', 'undecided:denied'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/') || request.query.get('Action') !== 'GetCallerIdentity') return null;
    const id = /Credential=(\w+)\//.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const known = lookup(id);
    if (known === null) return unknownKey(id);
    if (known.parts !== null && !isSignedWith(request, known.parts['secret'] ?? '')) return wrongSignature();
    switch (known.answer) {
      case 'active':
        return jsonAnswer(200, {
          ResponseMetadata,
          Result: {
            AccountId: 2000000000,
            Trn: 'trn:iam::2000000000:user/bob',
            IdentityType: 'User',
            IdentityId: '20000:example-session-name',
          },
        });
      case 'inactive:secret':
        return wrongSignature();
      case 'inactive:identity':
        return refusal(401, 'UnknownCallerIdentity', 'The caller identity does not exist.');
      case 'undecided:clock':
        return refusal(400, 'InvalidTimestamp', 'The Signature of the request is expired.', 100006);
      case 'undecided:denied':
        return refusal(403, 'AccessDenied', 'User is not authorized to perform: sts:GetCallerIdentity on resource: .', 100013);
      default:
        return unknownKey(id);
    }
  },
};

function isSignedWith({ headers, host, query }: ServiceRequest, secret: string): boolean {
  const match =
    /^HMAC-SHA256 Credential=\w+\/(\d{8})\/([\w-]+)\/(\w+)\/request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
      headers['authorization'] ?? '',
    );
  if (match === null) return false;
  const [, date = '', region = '', service = '', signed = '', claimed] = match;
  const moment = headers['x-date'] ?? '';
  if (!moment.startsWith(date) || !signed.split(';').includes('x-date')) return false;
  const lines = signed.split(';').map((name) => `${name}:${name === 'host' ? host : (headers[name] ?? '').trim()}\n`);
  const sorted = [...query].sort(([one], [other]) => (one < other ? -1 : 1));
  const fields = sorted.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = `GET\n/\n${fields}\n${lines.join('')}\n${signed}\n${digest('')}`;
  const text = `HMAC-SHA256\n${moment}\n${date}/${region}/${service}/request\n${digest(canonical)}`;
  let key: Buffer = Buffer.from(secret);
  for (const part of [date, region, service, 'request']) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(text).digest('hex') === claimed;
}

function unknownKey(id: string) {
  return refusal(401, 'InvalidAccessKey', `The accesskey [${id}] included in the request is invalid.`, 100009);
}

function wrongSignature() {
  const message =
    'The request signature we calculated does not match the signature you provided. Check your Secret Access Key and signing method. Consult the service documentation for details.';
  return refusal(401, 'SignatureDoesNotMatch', message, 100010);
}

function refusal(status: number, Code: string, Message: string, CodeN?: number) {
  return jsonAnswer(status, { ResponseMetadata: { ...ResponseMetadata, Error: { CodeN, Code, Message } } });
}
