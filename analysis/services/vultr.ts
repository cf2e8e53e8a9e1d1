import { ANSWERS_NOT_COMPARED, active, authorized, holds, inactive, restricted, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { keyworded, run, UPPER_DIGITS } from '../token-shape.ts';

const DOCS = 'https://www.vultr.com/api/';

export const vultr = {
  id: 'vultr',
  label: 'Vultr',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://my.vultr.com/settings/#settingsapi',
  formats: [keyworded({ id: 'vultr.api-key', keywords: ['vultr'], shape: [run(UPPER_DIGITS, 36)], variable: 'VULTR_API_KEY' })],
  probe: {
    hosts: ['api.vultr.com'],
    effect: 'reads',
    requests: authorized('https://api.vultr.com/v2/account'),
    read: verdictTable([
      active('account', 200, [holds('account')], `${DOCS}#tag/account`),
      restricted(
        'address-not-allowed',
        [401, 403],
        [saysAt('error', /Unauthorized IP address/i)],
        `${DOCS}#section/Authentication`,
      ),
      inactive('invalid-api-token', 401, [saysAt('error', /^Invalid API token/)], `${DOCS}#section/Authentication`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
