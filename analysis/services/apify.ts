import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.apify.com';

export const apify = {
  id: 'apify',
  label: 'Apify',
  family: 'token',
  docs: `${DOCS}/platform/integrations/api`,
  revoke: 'https://console.apify.com/settings/integrations',
  formats: [shaped({ id: 'apify.api-token', shape: ['apify_api_', run(ALNUM, 34, 38)], variable: 'APIFY_TOKEN' })],
  probe: {
    hosts: ['api.apify.com'],
    effect: 'reads',
    requests: authorized('https://api.apify.com/v2/users/me'),
    read: verdictTable([
      active('user', 200, [names('data.id'), names('data.username')], `${DOCS}/api/v2/users-me-get`),
      restricted('insufficient-permissions', 403, [field('error.type', 'insufficient-permissions')], `${DOCS}/api/v2`),
      inactive('token-not-found', 401, [field('error.type', 'user-or-token-not-found', 'token-not-valid')], `${DOCS}/api/v2`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the names of the errors'],
} as const satisfies Service;
