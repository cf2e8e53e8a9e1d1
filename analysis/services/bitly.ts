import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://dev.bitly.com/docs';

export const bitly = {
  id: 'bitly',
  label: 'Bitly',
  family: 'token',
  docs: `${DOCS}/getting-started/authentication/`,
  revoke: 'https://app.bitly.com/settings/api/',
  formats: [
    keyworded({
      id: 'bitly.access-token',
      keywords: ['bitly', 'bit_ly'],
      notFor: ['client'],
      shape: [run(HEX, 40)],
      variable: 'BITLY_ACCESS_TOKEN',
    }),
  ],
  probe: {
    hosts: ['api-ssl.bitly.com'],
    effect: 'reads',
    requests: authorized('https://api-ssl.bitly.com/v4/user'),
    read: verdictTable([
      active('user', 200, [names('login')], 'https://dev.bitly.com/api-reference/#getUser'),
      restricted('forbidden', 403, [field('message', 'FORBIDDEN')], 'https://dev.bitly.com/docs/getting-started/faqs/'),
      inactive('forbidden', 403, [field('message', 'INVALID_ACCESS_TOKEN')], 'https://dev.bitly.com/docs/getting-started/faqs/'),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the answer to a token that was revoked'],
} as const satisfies Service;
