import { ANSWERS_NOT_COMPARED, active, apiAnswer, authorized, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { LOWER_DIGITS, run, shaped } from '../token-shape.ts';

const DOCS = 'https://neon.com/docs';

export const neon = {
  id: 'neon',
  label: 'Neon',
  family: 'api-key',
  docs: `${DOCS}/manage/api-keys`,
  revoke: 'https://console.neon.tech/app/settings/api-keys',
  formats: [shaped({ id: 'neon.api-key', shape: ['napi_', run(LOWER_DIGITS, 64)], variable: 'NEON_API_KEY' })],
  probe: {
    hosts: ['console.neon.tech'],
    effect: 'reads',
    requests: authorized('https://console.neon.tech/api/v2/auth'),
    read: verdictTable([
      active('auth', 200, [names('account_id')], 'https://api-docs.neon.tech/reference/getauthdetails'),
      inactive('unauthorized', 401, [apiAnswer], 'https://api-docs.neon.tech/reference/authentication'),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the body of the 401 answer'],
} as const satisfies Service;
