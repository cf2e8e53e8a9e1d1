import { createHash, createHmac } from 'node:crypto';
import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceRequest, ServiceStandIn } from './service-stand-in.ts';

const RequestId = '1c875b55-128b-4152-9e73-0984fd489ba2';

/** STS, GetCallerIdentity; the signature is verified, by a reading of its rules of its own. */
export const tencentCloud: ServiceStandIn = {
  id: 'tencent-cloud',
  answers: ['active', 'revoked', 'inactive:secret', 'undecided:clock', 'undecided:throttled'],
  silencing: ['undecided:throttled'],
  answer(request, lookup) {
    if (!is(request, 'POST', '/') || request.headers['x-tc-action'] !== 'GetCallerIdentity') return null;
    const id = /Credential=(\w+)\//.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const known = lookup(id);
    if (known === null) return refusal('AuthFailure.SecretIdNotFound', 'The SecretId is not found.');
    if (known.parts !== null && !isSignedWith(request, known.parts['secret'] ?? '')) return wrongSignature();
    switch (known.answer) {
      case 'active':
        return jsonAnswer(200, {
          Response: { Type: 'CAMUser', AccountId: '1000262', UserId: '1000261', Arn: 'qcs::cam:1000262:uin/1000261', RequestId },
        });
      case 'inactive:secret':
        return wrongSignature();
      case 'undecided:clock':
        return refusal('AuthFailure.SignatureExpire', 'Signature expired.');
      case 'undecided:throttled':
        return refusal('RequestLimitExceeded', 'Your current request times equals to `21` in a second.');
      default:
        return refusal('AuthFailure.SecretIdNotFound', 'The SecretId is not found.');
    }
  },
};

function isSignedWith({ headers, host, body }: ServiceRequest, secret: string): boolean {
  const match = /Credential=\w+\/(\S+)\/(\w+)\/tc3_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
    headers['authorization'] ?? '',
  );
  if (match === null) return false;
  const [, date = '', service = '', signed = '', signature] = match;
  const lines = signed.split(';').map((name) => `${name}:${name === 'host' ? host : (headers[name] ?? '').toLowerCase()}\n`);
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = `POST\n/\n\n${lines.join('')}\n${signed}\n${digest(body)}`;
  const text = `TC3-HMAC-SHA256\n${headers['x-tc-timestamp'] ?? ''}\n${date}/${service}/tc3_request\n${digest(canonical)}`;
  let key: Buffer = Buffer.from(`TC3${secret}`);
  for (const part of [date, service, 'tc3_request']) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(text).digest('hex') === signature;
}

function wrongSignature() {
  return refusal('AuthFailure.SignatureFailure', 'The provided credentials could not be validated.');
}

function refusal(Code: string, Message: string) {
  return jsonAnswer(200, { Response: { Error: { Code, Message }, RequestId } });
}
