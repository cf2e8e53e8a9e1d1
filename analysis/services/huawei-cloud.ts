import { basicTime, canonical, signature, type Signable } from '../request-signature.ts';
import { active, field, inactive, lists, names, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Env, Format, ProbeRequest, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { ALNUM, placedTogether, UPPER_DIGITS } from '../token-shape.ts';

const DOCS = 'https://support.huaweicloud.com';
/** Page on errors of the gateway that checks signatures for all services. */
const ERRORS = `${DOCS}/intl/en-us/devg-apisign/api-sign-0001.html`;
/** The European company has accounts and keys of its own. */
const HOSTS = ['iam.myhuaweicloud.com', 'iam.eu-west-101.myhuaweicloud.eu'] as const;
const IS = String.raw`["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["'\x60]?`;

const accessKey: Format = {
  id: 'huawei-cloud.access-key',
  literals: ['huawei', 'hw_access_key'],
  ignoreCase: true,
  pattern: new RegExp(
    `(?:huawei[\\w.-]{0,24}(?:ak|access[_-]?key(?:[_-]?id)?)|hw_access_key)${IS}(?<id>[A-Z0-9]{20})(?![\\w-])`,
    'i',
  ),
  maxLength: 90,
  // No letters in lower case: `i` is for the name alone.
  accepts: (parts) => /^(?=.*[A-Z])[A-Z0-9]{20}$/.test(reveal(parts, 'id')),
  companions: [
    {
      name: 'secret',
      near: { pattern: /(?<![A-Za-z0-9])(?<secret>[A-Za-z0-9]{40})(?![A-Za-z0-9])/, bytes: 400 },
      accepts: (parts) =>
        /[a-z]/.test(reveal(parts, 'secret')) && /[A-Z]/.test(reveal(parts, 'secret')) && /[0-9]/.test(reveal(parts, 'secret')),
    },
  ],
  redact: () => 'huawei …',
  samples(random) {
    const make = () => `H${random.text(19, UPPER_DIGITS.letters)}`;
    const pair = (id: string, place: number) => {
      const parts = { id, secret: `aB3${random.text(37, ALNUM.letters)}` };
      return { text: placedTogether({ HUAWEICLOUD_SDK_AK: id, HUAWEICLOUD_SDK_SK: parts.secret }, place), parts };
    };
    return {
      hits: [0, 1, 2, 3].map((place) => pair(make(), place)),
      misses: [pair(make().slice(1), 0).text, pair(`${make()}0`, 1).text, pair(make().toLowerCase(), 2).text],
    };
  },
};

export const huaweiCloud = {
  id: 'huawei-cloud',
  label: 'Huawei Cloud',
  family: 'credentials',
  docs: `${DOCS}/intl/en-us/api-iam/iam_03_0001.html`,
  revoke: 'https://console.huaweicloud.com/iam/#/mine/accessKey',
  formats: [accessKey],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts, env) => HOSTS.map((host) => listAuthDomains(host, parts, env)),
    read: verdictTable([
      active('auth-domains', 200, [lists('domains'), names('domains.0.id')], `${DOCS}/api-iam/iam_07_0001.html`),
      inactive(
        'unknown-key-id',
        401,
        [
          field('error_code', 'APIGW.0301'),
          saysAt('error_msg', /^Incorrect IAM authentication information: .{0,120}\bak\b.{0,40} not exist/),
        ],
        `${ERRORS}, and https://github.com/jeessy2/ddns-go/issues/844`,
      ),
      // A key that is locked for a while after wrong signatures has the same code, and says nothing.
      inactive(
        'wrong-secret',
        401,
        [
          field('error_code', 'APIGW.0301'),
          saysAt('error_msg', /^Incorrect IAM authentication information: verify aksk signature fail/),
        ],
        ERRORS,
      ),
    ]),
  },
  unconfirmed: [
    'the lengths of id and secret, which are those of the keys that the documentation prints',
    'that IAM gives the answers of the gateway that other services stand behind',
    'the answer to a key that is switched off, and to a request with a wrong clock',
    'keys of the clouds that partners run with the same software: neither address knows them',
  ],
} as const satisfies Service;

/** The accounts that a key may see: needs no permission, and is what the SDKs of the provider ask first. */
function listAuthDomains(host: string, parts: Parts, env: Env): ProbeRequest {
  const headers = { 'content-type': 'application/json', host, 'x-sdk-date': basicTime(env.now) };
  const path = '/v3/auth/domains';
  return {
    method: 'GET',
    url: `https://${host}${path}`,
    headers: {
      accept: 'application/json',
      'content-type': headers['content-type'],
      'x-sdk-date': headers['x-sdk-date'],
      authorization: huaweiCloudAuthorization({ method: 'GET', path, headers }, parts),
    },
  };
}

/**
 * The header Authorization for a request that has `x-sdk-date` among its signed headers. What is signed is the path with
 * a slash at its end.
 * Source: https://support.huaweicloud.com/devg-apisign/api-sign-algorithm-005.html and the pages before it
 */
export function huaweiCloudAuthorization(request: Signable, parts: Parts): string {
  const path = request.path.endsWith('/') ? request.path : `${request.path}/`;
  const { signed, digest } = canonical({ ...request, path });
  const text = ['SDK-HMAC-SHA256', request.headers['x-sdk-date'] ?? '', digest].join('\n');
  const signs = signature(reveal(parts, 'secret'), text);
  return `SDK-HMAC-SHA256 Access=${reveal(parts, 'id')}, SignedHeaders=${signed}, Signature=${signs}`;
}
