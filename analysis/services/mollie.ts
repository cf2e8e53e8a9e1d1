import { ANSWERS_NOT_COMPARED, active, authorized, field, holds, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://docs.mollie.com';

export const mollie = {
  id: 'mollie',
  label: 'Mollie',
  family: 'api-key',
  docs: `${DOCS}/reference/authentication`,
  revoke: 'https://my.mollie.com/dashboard/developers/api-keys',
  formats: [
    keyworded({
      id: 'mollie.api-key',
      keywords: ['mollie'],
      shape: [['live_', 'test_'], run(ALNUM, 30, 40)],
      variable: 'MOLLIE_API_KEY',
    }),
  ],
  probe: {
    hosts: ['api.mollie.com'],
    effect: 'reads',
    requests: authorized('https://api.mollie.com/v2/methods'),
    read: verdictTable([
      active('methods', 200, [names('count'), holds('_embedded')], `${DOCS}/reference/list-methods`),
      inactive('unauthorized', 401, [field('title', 'Unauthorized Request')], `${DOCS}/reference/error-handling`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
