import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://airtable.com/developers/web/api';

export const airtable = {
  id: 'airtable',
  label: 'Airtable',
  family: 'token',
  docs: `${DOCS}/authentication`,
  revoke: 'https://airtable.com/create/tokens',
  formats: [
    shaped({
      id: 'airtable.personal-access-token',
      shape: ['pat', run(ALNUM, 14), '.', run(HEX, 64)],
      variable: 'AIRTABLE_TOKEN',
    }),
  ],
  probe: {
    hosts: ['api.airtable.com'],
    effect: 'reads',
    requests: authorized('https://api.airtable.com/v0/meta/whoami'),
    read: verdictTable([
      active('who-am-i', 200, [names('id')], `${DOCS}/get-user-id-scopes`),
      restricted('not-permitted', 403, [field('error.type', 'INVALID_PERMISSIONS', 'NOT_AUTHORIZED')], `${DOCS}/errors`),
      inactive('authentication-required', 401, [field('error.type', 'AUTHENTICATION_REQUIRED')], `${DOCS}/errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
