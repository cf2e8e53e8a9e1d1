import { createHmac } from 'node:crypto';
import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceRequest, ServiceStandIn } from './service-stand-in.ts';

/** STS, GetCallerIdentity; the signature is verified. */
export const alibabaCloud: ServiceStandIn = {
  id: 'alibaba-cloud',
  answers: ['active', 'revoked', 'inactive:disabled', 'inactive:secret', 'undecided:throttled'],
  silencing: ['undecided:throttled'],
  answer(request, lookup) {
    if (!is(request, 'GET', '/') || request.query.get('Action') !== 'GetCallerIdentity') return null;
    const known = lookup(request.query.get('AccessKeyId') ?? '');
    if (known === null) return refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    if (known.parts !== null && !isSignedWith(request, known.parts['secret'] ?? '')) return wrongSignature();
    switch (known.answer) {
      case 'active':
        return jsonAnswer(200, {
          IdentityType: 'RAMUser',
          AccountId: '196813200012****',
          Arn: 'acs:ram::196813200012****:user/demo',
          RequestId: '01234567-89AB-CDEF-0123-456789ABCDEF',
        });
      case 'inactive:disabled':
        return refusal(403, 'InvalidAccessKeyId.Inactive', 'Specified access key is disabled.');
      case 'inactive:secret':
        return wrongSignature();
      case 'undecided:throttled':
        return refusal(400, 'Throttling.User', 'Request was denied due to user flow control.');
      default:
        return refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    }
  },
};

function isSignedWith({ query }: ServiceRequest, secret: string): boolean {
  const fields = [...query].filter(([name]) => name !== 'Signature').sort(([one], [other]) => (one < other ? -1 : 1));
  const canonical = fields.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  const expected = createHmac('sha1', `${secret}&`)
    .update(`GET&%2F&${encodeURIComponent(canonical)}`)
    .digest('base64');
  return query.get('Signature') === expected;
}

function wrongSignature() {
  return refusal(400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.');
}

function refusal(status: number, code: string, message: string) {
  return jsonAnswer(status, {
    RequestId: '01234567-89AB-CDEF-0123-456789ABCDEF',
    HostId: 'sts.aliyuncs.com',
    Code: code,
    Message: message,
  });
}
