import {
  ANSWERS_NOT_COMPARED,
  active,
  inactive,
  names,
  postForm,
  restricted,
  reveal,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Companion, Format, Service } from '../service.ts';
import { ALNUM, BASE64URL, draw, placedTogether, UUID } from '../token-shape.ts';

const DOCS = 'https://learn.microsoft.com/entra/identity-platform';
const CODES = `${DOCS}/reference-error-codes`;

function nearby(name: string, keyword: string): Companion {
  const value = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
  const pattern = new RegExp(
    `(?:${keyword})[\\w.-]{0,16}["'\\]]{0,2}[ \\t]{0,4}(?:=>|[:=,])[ \\t]{0,4}["']?(?<${name}>${value})(?![\\w-])`,
    'i',
  );
  return { name, near: { pattern, bytes: 1000 } };
}

const clientSecret: Format = {
  id: 'entra.client-secret',
  literals: Array.from({ length: 10 }, (_, digit) => `${digit}Q~`),
  reach: 3,
  pattern: /(?<![\w.~-])(?<secret>[\w.~-]{3}[0-9]Q~[\w.~-]{31,34})(?![\w.~-])/,
  maxLength: 40,
  companions: [nearby('tenant', 'tenant|directory|authority'), nearby('client', 'client|app(?:lication)?[_-]?id')],
  redact: () => '…Q~…',
  samples(random) {
    const make = () => `${random.text(3, ALNUM.letters)}${random.int(10)}Q~${random.text(31 + random.int(4), BASE64URL.letters)}`;
    const triple = (secret: string, place: number) => {
      const parts = { tenant: draw(UUID, random), client: draw(UUID, random), secret };
      const text = placedTogether(
        { AZURE_CLIENT_ID: parts.client, AZURE_CLIENT_SECRET: secret, AZURE_TENANT_ID: parts.tenant },
        place,
      );
      return { text, parts };
    };
    return {
      hits: [0, 1, 2, 3].map((place) => triple(make(), place)),
      misses: [
        triple(make().slice(0, 36), 0).text,
        triple(make().padEnd(41, 'x'), 1).text,
        triple(make().replace('Q~', 'Q-'), 2).text,
      ],
    };
  },
};

export const entra = {
  id: 'entra',
  label: 'Microsoft Entra',
  family: 'credentials',
  docs: `${DOCS}/howto-create-service-principal-portal`,
  revoke: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  formats: [clientSecret],
  probe: {
    hosts: ['login.microsoftonline.com'],
    effect: 'mints-token',
    effectReason:
      'The only question that an app secret answers is the one for an access token; it is dropped unread, and the owner sees a sign-in.',
    requests: (parts) => [
      postForm(`https://login.microsoftonline.com/${reveal(parts, 'tenant')}/oauth2/v2.0/token`, {
        grant_type: 'client_credentials',
        client_id: reveal(parts, 'client'),
        client_secret: reveal(parts, 'secret'),
        scope: 'https://graph.microsoft.com/.default',
      }),
    ],
    read: verdictTable([
      active('access-token', 200, [names('access_token')], `${DOCS}/v2-oauth2-client-creds-grant-flow`),
      restricted(
        'conditional-access',
        [400, 401],
        [saysAt('error_description', /^AADSTS(?:53003|530032|7000112|500011)\b/)],
        CODES,
      ),
      inactive('wrong-secret', [400, 401], [saysAt('error_description', /^AADSTS7000215\b/)], CODES),
      inactive('expired', [400, 401], [saysAt('error_description', /^AADSTS7000222\b/)], CODES),
      inactive('no-such-app', [400, 401], [saysAt('error_description', /^AADSTS(?:700016|90002|900023)\b/)], CODES),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
