import { createHmac } from 'node:crypto';
import { ANSWERS_NOT_COMPARED, active, field, inactive, names, reveal, verdictTable, saysAt } from '../service-kit.ts';
import type { Env, Format, ProbeRequest, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { ALNUM, GUARD_BEFORE, placedTogether } from '../token-shape.ts';

const DOCS = 'https://www.alibabacloud.com/help/en/ram';
const CODES = 'https://api.alibabacloud.com/document/Sts/2015-04-01/errorCode';

const accessKey: Format = {
  id: 'alibaba-cloud.access-key',
  literals: ['LTAI'],
  pattern: new RegExp(`${GUARD_BEFORE}(?<id>LTAI[A-Za-z0-9]{12,20})(?!\\w)`),
  maxLength: 24,
  companions: [
    {
      name: 'secret',
      near: { pattern: /(?<![A-Za-z0-9])(?<secret>[A-Za-z0-9]{30})(?![A-Za-z0-9])/, bytes: 600 },
      accepts: (parts) =>
        /[a-z]/.test(reveal(parts, 'secret')) && /[A-Z]/.test(reveal(parts, 'secret')) && /[0-9]/.test(reveal(parts, 'secret')),
    },
  ],
  redact: () => 'LTAI…',
  samples(random) {
    const make = () => `LTAI5t${random.text(18, ALNUM.letters)}`;
    const pair = (id: string, place: number) => {
      const parts = { id, secret: `aB3${random.text(27, ALNUM.letters)}` };
      return { text: placedTogether({ ALIYUN_ACCESS_KEY_ID: id, ALIYUN_ACCESS_KEY_SECRET: parts.secret }, place), parts };
    };
    return {
      hits: [0, 1, 2, 3].map((place) => pair(make(), place)),
      misses: [pair(make().slice(0, 12), 0).text, pair(`${make()}a`, 1).text, pair(make().replace('LTAI', 'LTAJ'), 2).text],
    };
  },
};

export const alibabaCloud = {
  id: 'alibaba-cloud',
  label: 'Alibaba Cloud',
  family: 'credentials',
  docs: `${DOCS}/user-guide/create-an-accesskey-pair`,
  revoke: 'https://ram.console.aliyun.com/manage/ak',
  formats: [accessKey],
  probe: {
    hosts: ['sts.aliyuncs.com'],
    effect: 'reads',
    requests: (parts, env) => [getCallerIdentity(parts, env)],
    asksForPatience: saysAt('Code', /^Throttling/),
    read: verdictTable([
      active(
        'caller-identity',
        200,
        [names('Arn'), names('AccountId')],
        'https://api.alibabacloud.com/document/Sts/2015-04-01/GetCallerIdentity',
      ),
      inactive(
        'unknown-key-id',
        [400, 403, 404],
        [field('Code', 'InvalidAccessKeyId.NotFound', 'InvalidAccessKeyId.Inactive', 'InvalidAccessKeyId')],
        CODES,
      ),
      inactive('wrong-secret', [400, 403], [field('Code', 'SignatureDoesNotMatch', 'IncompleteSignature')], CODES),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the names of the errors'],
} as const satisfies Service;

/** Signature of RPC interfaces. Source: https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism */
function getCallerIdentity(parts: Parts, env: Env): ProbeRequest {
  const id = reveal(parts, 'id');
  const timestamp = `${env.now.toISOString().slice(0, 19)}Z`;
  const fields: Readonly<Record<string, string>> = {
    AccessKeyId: id,
    Action: 'GetCallerIdentity',
    Format: 'JSON',
    SignatureMethod: 'HMAC-SHA1',
    // Must not repeat; the moment and the key are enough for one question.
    SignatureNonce: createHmac('sha256', id).update(timestamp).digest('hex').slice(0, 32),
    SignatureVersion: '1.0',
    Timestamp: timestamp,
    Version: '2015-04-01',
  };
  const query = Object.entries(fields)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join('&');
  const signature = createHmac('sha1', `${reveal(parts, 'secret')}&`)
    .update(`GET&%2F&${encoded(query)}`)
    .digest('base64');
  return {
    method: 'GET',
    url: `https://sts.aliyuncs.com/?${query}&Signature=${encoded(signature)}`,
    headers: { accept: 'application/json' },
  };
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}
