import { createHash, createHmac } from 'node:crypto';
import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceRequest, ServiceStandIn } from './service-stand-in.ts';

const EUROPE = 'iam.eu-west-101.myhuaweicloud.eu';

/** IAM, the accounts of a key; the signature is verified, by a reading of its rules of its own. */
export const huaweiCloud: ServiceStandIn = {
  id: 'huawei-cloud',
  answers: ['active', 'active:eu', 'revoked', 'inactive:secret', 'undecided:locked', 'undecided:denied'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/v3/auth/domains')) return null;
    const id = /Access=(\w+),/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const known = lookup(id);
    if (known === null) return unknownKey(id);
    if (known.parts !== null) {
      const isAtHome = (request.host === EUROPE) === (known.answer === 'active:eu');
      if (!isAtHome) return unknownKey(id);
      if (!isSignedWith(request, known.parts['secret'] ?? '')) return wrongSignature();
    }
    switch (known.answer) {
      case 'active':
      case 'active:eu':
        return jsonAnswer(200, {
          domains: [
            {
              description: '',
              enabled: true,
              id: 'd78cbac186b744899480f25bd022f468',
              links: { self: `https://${request.host}/v3/domains/d78cbac186b744899480f25bd022f468` },
              name: 'IAMDomain',
            },
          ],
          links: { self: `https://${request.host}/v3/auth/domains` },
        });
      case 'inactive:secret':
        return wrongSignature();
      case 'undecided:locked':
        return refusal('AK access failed to reach the limit,forbidden.');
      case 'undecided:denied':
        return jsonAnswer(403, { error: { code: 403, message: 'You are not authorized to perform the requested action.' } });
      default:
        return refusal(`Get secretKey failed,ak:${id},err:ak not exist`);
    }
  },
};

function isSignedWith({ method, path, headers, host }: ServiceRequest, secret: string): boolean {
  const match = /^SDK-HMAC-SHA256 Access=\w+, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
    headers['authorization'] ?? '',
  );
  if (match === null) return false;
  const [, signed = '', claimed] = match;
  if (!signed.split(';').includes('x-sdk-date')) return false;
  const lines = signed.split(';').map((name) => `${name}:${name === 'host' ? host : (headers[name] ?? '').trim()}\n`);
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = `${method}\n${path}/\n\n${lines.join('')}\n${signed}\n${digest('')}`;
  const text = `SDK-HMAC-SHA256\n${headers['x-sdk-date'] ?? ''}\n${digest(canonical)}`;
  return createHmac('sha256', secret).update(text).digest('hex') === claimed;
}

function unknownKey(id: string) {
  return refusal(`ak ${id} not exist`);
}

function wrongSignature() {
  return refusal('verify aksk signature fail');
}

function refusal(why: string) {
  return jsonAnswer(401, {
    error_msg: `Incorrect IAM authentication information: ${why}`,
    error_code: 'APIGW.0301',
    request_id: '8080d377bffeb6d519b0567c09cebe6b',
  });
}
