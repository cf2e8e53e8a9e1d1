import {
  ANSWERS_NOT_COMPARED,
  active,
  field,
  inactive,
  inHeader,
  names,
  restricted,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developers.brevo.com';

export const brevo = {
  id: 'brevo',
  label: 'Brevo',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://app.brevo.com/settings/keys/api',
  formats: [shaped({ id: 'brevo.api-key', shape: ['xkeysib-', run(HEX, 64), '-', run(ALNUM, 16)], variable: 'BREVO_API_KEY' })],
  probe: {
    hosts: ['api.brevo.com'],
    effect: 'reads',
    requests: inHeader('https://api.brevo.com/v3/account', 'api-key'),
    read: verdictTable([
      active('account', 200, [names('email')], `${DOCS}/reference/getaccount`),
      restricted('address-not-allowed', 401, [saysAt('message', /unrecognised IP address/i)], `${DOCS}/docs/how-it-works`),
      inactive('key-not-found', 401, [field('code', 'unauthorized')], `${DOCS}/docs/how-it-works`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording for an address that is not allowed'],
} as const satisfies Service;
