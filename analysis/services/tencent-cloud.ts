import { canonical, derivedKey, signature } from '../request-signature.ts';
import { active, field, inactive, names, reveal, verdictTable } from '../service-kit.ts';
import type { Env, Format, ProbeRequest, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { ALNUM, GUARD_BEFORE, placedTogether } from '../token-shape.ts';

const DOCS = 'https://www.tencentcloud.com/document/product';
const CODES = `${DOCS}/1150/49458`;
const HOST = 'sts.tencentcloudapi.com';

const secretKey: Format = {
  id: 'tencent-cloud.secret-key',
  // The second is that of accounts outside of China.
  literals: ['AKID', 'IKID'],
  pattern: new RegExp(`${GUARD_BEFORE}(?<id>[AI]KID[A-Za-z0-9]{32})(?!\\w)`),
  maxLength: 36,
  companions: [
    {
      name: 'secret',
      near: { pattern: /(?<![A-Za-z0-9])(?<secret>[A-Za-z0-9]{32})(?![A-Za-z0-9])/, bytes: 600 },
      accepts: (parts) =>
        /[a-z]/.test(reveal(parts, 'secret')) && /[A-Z]/.test(reveal(parts, 'secret')) && /[0-9]/.test(reveal(parts, 'secret')),
    },
  ],
  redact: (parts) => `${reveal(parts, 'id').slice(0, 4)}…`,
  samples(random) {
    const make = () => `${random.text(1, 'AI')}KID${random.text(32, ALNUM.letters)}`;
    const pair = (id: string, place: number) => {
      const parts = { id, secret: `aB3${random.text(29, ALNUM.letters)}` };
      return { text: placedTogether({ TENCENTCLOUD_SECRET_ID: id, TENCENTCLOUD_SECRET_KEY: parts.secret }, place), parts };
    };
    return {
      hits: [0, 1, 2, 3].map((place) => pair(make(), place)),
      misses: [pair(make().slice(0, -1), 0).text, pair(`${make()}a`, 1).text, pair(make().replace('KID', 'KIE'), 2).text],
    };
  },
};

export const tencentCloud = {
  id: 'tencent-cloud',
  label: 'Tencent Cloud',
  family: 'credentials',
  docs: `${DOCS}/598/34228`,
  revoke: 'https://console.tencentcloud.com/cam/capi',
  formats: [secretKey],
  probe: {
    hosts: [HOST],
    effect: 'reads',
    effectReason: 'The caller asks who it is, by POST as everything at Tencent Cloud.',
    requests: (parts, env) => [getCallerIdentity(parts, env)],
    // The status is 200 for everybody.
    asksForPatience: field('Response.Error.Code', 'RequestLimitExceeded'),
    read: verdictTable([
      active('caller-identity', 200, [names('Response.Arn'), names('Response.AccountId')], `${DOCS}/1150/49453`),
      inactive(
        'unknown-key-id',
        200,
        [field('Response.Error.Code', 'AuthFailure.SecretIdNotFound', 'AuthFailure.InvalidSecretId')],
        CODES,
      ),
      inactive('wrong-secret', 200, [field('Response.Error.Code', 'AuthFailure.SignatureFailure')], CODES),
    ]),
  },
  unconfirmed: ['the lengths of id and key'],
} as const satisfies Service;

/** Signature of version 3. Source: https://www.tencentcloud.com/document/product/1148/49295 */
function getCallerIdentity(parts: Parts, env: Env): ProbeRequest {
  const seconds = String(Math.floor(env.now.getTime() / 1000));
  const date = env.now.toISOString().slice(0, 10);
  const type = 'application/json; charset=utf-8';
  const body = '{}';
  const steps = [date, 'sts', 'tc3_request'];
  const scope = steps.join('/');
  const { signed, digest } = canonical({ method: 'POST', path: '/', headers: { 'content-type': type, host: HOST }, body });
  const text = ['TC3-HMAC-SHA256', seconds, scope, digest].join('\n');
  const signs = signature(derivedKey(`TC3${reveal(parts, 'secret')}`, steps), text);
  const credential = `Credential=${reveal(parts, 'id')}/${scope}`;
  return {
    method: 'POST',
    url: `https://${HOST}/`,
    headers: {
      accept: 'application/json',
      'content-type': type,
      authorization: `TC3-HMAC-SHA256 ${credential}, SignedHeaders=${signed}, Signature=${signs}`,
      'x-tc-action': 'GetCallerIdentity',
      'x-tc-version': '2018-08-13',
      'x-tc-timestamp': seconds,
      'x-tc-region': 'ap-singapore',
    },
    body,
  };
}
