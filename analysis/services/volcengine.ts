import { basicTime, canonical, derivedKey, signature, type Signable } from '../request-signature.ts';
import { active, field, inactive, names, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Env, Format, ProbeRequest, Random, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { GUARD_BEFORE, HEX, placedTogether } from '../token-shape.ts';

const DOCS = 'https://www.volcengine.com/docs';
const CODES = `${DOCS}/6369/68677`;
const HOST = 'sts.volcengineapi.com';

const accessKey: Format = {
  id: 'volcengine.access-key',
  literals: ['AKLT'],
  pattern: new RegExp(`${GUARD_BEFORE}(?<id>AKLT[A-Za-z0-9]{43})(?!\\w)`),
  maxLength: 47,
  companions: [
    {
      name: 'secret',
      near: { pattern: /(?<![A-Za-z0-9+/])(?<secret>[A-Za-z0-9+/]{58}==)(?![A-Za-z0-9+/=])/, bytes: 600 },
    },
  ],
  redact: () => 'AKLT…',
  samples(random) {
    const pair = (id: string, place: number) => {
      const parts = { id, secret: base64(bare(base64(random.text(32, HEX.letters)))) };
      return { text: placedTogether({ VOLC_ACCESSKEY: id, VOLC_SECRETKEY: parts.secret }, place), parts };
    };
    return {
      hits: [0, 1, 2, 3].map((place) => pair(makeId(random), place)),
      misses: [
        pair(makeId(random).slice(0, -1), 0).text,
        pair(`${makeId(random)}a`, 1).text,
        pair(makeId(random).replace('AKLT', 'AKLU'), 2).text,
      ],
    };
  },
};

export const volcengine = {
  id: 'volcengine',
  label: 'Volcengine',
  family: 'credentials',
  docs: `${DOCS}/6369/67269`,
  revoke: 'https://console.volcengine.com/iam/keymanage/',
  formats: [accessKey],
  probe: {
    hosts: [HOST],
    effect: 'reads',
    requests: (parts, env) => [getCallerIdentity(parts, env)],
    read: verdictTable([
      active('caller-identity', 200, [names('Result.AccountId'), saysAt('Result.Trn', /^trn:/)], `${DOCS}/6257/1902650`),
      inactive('unknown-key-id', 401, [field('ResponseMetadata.Error.Code', 'InvalidAccessKey')], CODES),
      inactive('wrong-secret', 401, [field('ResponseMetadata.Error.Code', 'SignatureDoesNotMatch')], CODES),
      inactive('unknown-identity', 401, [field('ResponseMetadata.Error.Code', 'UnknownCallerIdentity')], `${DOCS}/6257/1902650`),
    ]),
  },
  unconfirmed: [
    'the lengths of id and key, which are those of the keys that the documentation prints',
    'the answer to a key that is switched off',
  ],
} as const satisfies Service;

function getCallerIdentity(parts: Parts, env: Env): ProbeRequest {
  const moment = basicTime(env.now);
  const query = 'Action=GetCallerIdentity&Version=2018-01-01';
  const request: Signable = { method: 'GET', path: '/', query, headers: { host: HOST, 'x-date': moment } };
  return {
    method: 'GET',
    url: `https://${HOST}/?${query}`,
    headers: {
      accept: 'application/json',
      'x-date': moment,
      authorization: volcengineAuthorization(request, parts, { region: 'cn-beijing', service: 'sts' }),
    },
  };
}

/**
 * The header Authorization for a request that has `x-date` among its signed headers.
 * Source: https://www.volcengine.com/docs/6369/67269
 */
export function volcengineAuthorization(
  request: Signable,
  parts: Parts,
  { region, service }: { readonly region: string; readonly service: string },
): string {
  const moment = request.headers['x-date'] ?? '';
  const steps = [moment.slice(0, 8), region, service, 'request'];
  const scope = steps.join('/');
  const { signed, digest } = canonical(request);
  const signs = signature(derivedKey(reveal(parts, 'secret'), steps), ['HMAC-SHA256', moment, scope, digest].join('\n'));
  return `HMAC-SHA256 Credential=${reveal(parts, 'id')}/${scope}, SignedHeaders=${signed}, Signature=${signs}`;
}

/** Ids are base64 of 32 hexadecimal digits, and secrets base64 of such base64. */
function makeId(random: Random): string {
  return `AKLT${bare(base64(random.text(32, HEX.letters)))}`;
}

function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

function bare(text: string): string {
  return text.replaceAll('=', '');
}
