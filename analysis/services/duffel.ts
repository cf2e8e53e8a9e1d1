import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, lists, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://duffel.com/docs/api';

export const duffel = {
  id: 'duffel',
  label: 'Duffel',
  family: 'token',
  docs: `${DOCS}/overview/authentication`,
  revoke: 'https://app.duffel.com/',
  formats: [
    shaped({
      id: 'duffel.access-token',
      shape: [['duffel_live_', 'duffel_test_'], run(BASE64URL, 43)],
      variable: 'DUFFEL_ACCESS_TOKEN',
    }),
  ],
  probe: {
    hosts: ['api.duffel.com'],
    effect: 'reads',
    requests: authorized('https://api.duffel.com/air/airlines?limit=1', 'Bearer', { 'duffel-version': 'v2' }),
    read: verdictTable([
      active('airlines', 200, [lists('data')], `${DOCS}/v2/airlines`),
      restricted(
        'insufficient-permissions',
        403,
        [field('errors.0.code', 'insufficient_permissions')],
        `${DOCS}/overview/errors`,
      ),
      inactive(
        'access-token-not-found',
        401,
        [field('errors.0.code', 'access_token_not_found', 'expired_access_token', 'invalid_authorization_header')],
        `${DOCS}/overview/errors`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
