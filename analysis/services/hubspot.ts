import {
  ANSWERS_NOT_COMPARED,
  active,
  authorized,
  field,
  inactive,
  lists,
  names,
  restricted,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { DIGITS, shaped, run, UUID } from '../token-shape.ts';

const DOCS = 'https://developers.hubspot.com/docs';

export const hubspot = {
  id: 'hubspot',
  label: 'HubSpot',
  family: 'token',
  docs: `${DOCS}/guides/apps/private-apps/overview`,
  revoke: 'https://app.hubspot.com/private-apps',
  formats: [
    shaped({
      id: 'hubspot.private-app-token',
      shape: [['pat-na', 'pat-eu', 'pat-ap'], run(DIGITS, 1), '-', ...UUID],
      variable: 'HUBSPOT_ACCESS_TOKEN',
    }),
  ],
  probe: {
    hosts: ['api.hubapi.com'],
    effect: 'reads',
    requests: authorized('https://api.hubapi.com/account-info/v3/api-usage/daily/private-apps'),
    // The firewall in front answers 403 as well, with a page: only HubSpot's own JSON counts.
    read: verdictTable([
      active('api-usage', 200, [lists('results')], `${DOCS}/reference/api/account-information`),
      restricted(
        'missing-scopes',
        403,
        [field('category', 'MISSING_SCOPES'), names('correlationId')],
        `${DOCS}/reference/api/other-resources/error-handling`,
      ),
      inactive(
        'invalid-authentication',
        401,
        [field('category', 'INVALID_AUTHENTICATION', 'EXPIRED_AUTHENTICATION')],
        `${DOCS}/reference/api/other-resources/error-handling`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
