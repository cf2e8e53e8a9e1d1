import { ANSWERS_NOT_COMPARED, active, field, get, inactive, names, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { BASE64URL, LOWER, placedTogether, tenantBut } from '../token-shape.ts';

const DOCS = 'https://developer.okta.com/docs';
const ORG = new RegExp(
  `(?<![\\w.-])${tenantBut('developer', 'help', 'login', 'status', 'support', 'trust', 'www')}(?<org>[a-z0-9][a-z0-9-]{1,60}\\.(?:okta|oktapreview|okta-emea)\\.com)(?![\\w.-])`,
);

const apiToken: Format = {
  id: 'okta.api-token',
  literals: ['okta', 'ssws'],
  ignoreCase: true,
  pattern: /(?:okta[\w.-]{0,24}["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["'`]?|ssws[ \t]{1,4})(?<token>00[\w-]{40})(?![\w-])/i,
  maxLength: 100,
  companions: [
    {
      name: 'org',
      near: { pattern: ORG, bytes: 2000 },
      anywhere: { literals: ['.okta.com', '.oktapreview.com', '.okta-emea.com'], reach: 62, pattern: ORG, maxLength: 80 },
    },
  ],
  redact: () => '00…',
  samples(random) {
    const make = () => `00${random.text(40, BASE64URL.letters)}`;
    const pair = (token: string, place: number) => {
      const parts = { token, org: `${random.text(8, LOWER.letters)}.okta.com` };
      return { text: placedTogether({ OKTA_ORG_URL: `https://${parts.org}`, OKTA_API_TOKEN: token }, place), parts };
    };
    const documented = pair(make(), 0);
    return {
      hits: [
        ...[0, 1, 2, 3].map((place) => pair(make(), place)),
        { ...documented, text: documented.text.replace('\n', '\n# https://developer.okta.com or https://your-org.okta.com\n') },
      ],
      misses: [pair(make().slice(0, -1), 0).text, pair(`${make()}a`, 1).text, pair(make().replace(/^00/, '01'), 2).text],
    };
  },
};

export const okta = {
  id: 'okta',
  label: 'Okta',
  family: 'token',
  docs: `${DOCS}/guides/create-an-api-token/main/`,
  revoke: `${DOCS}/guides/create-an-api-token/main/#token-deactivation`,
  formats: [apiToken],
  probe: {
    hosts: ['*.okta.com', '*.oktapreview.com', '*.okta-emea.com'],
    effect: 'reads',
    requests(parts) {
      // The address of the console for administrators is none of the interface: https://developer.okta.com/docs/guides/find-your-domain/
      const org = reveal(parts, 'org').replace('-admin.', '.');
      return [get(`https://${org}/api/v1/users/me`, { authorization: `SSWS ${reveal(parts)}` })];
    },
    read: verdictTable([
      active(
        'user',
        200,
        [names('id'), names('status')],
        `${DOCS}/api/openapi/okta-management/management/tag/User/#tag/User/operation/getUser`,
      ),
      restricted('access-denied', 403, [field('errorCode', 'E0000006')], `${DOCS}/reference/error-codes/`),
      inactive('invalid-token', 401, [field('errorCode', 'E0000011')], `${DOCS}/reference/error-codes/#E0000011`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
