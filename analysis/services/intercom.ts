import { active, authorized, field, inactive, names, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developers.intercom.com/docs';

export const intercom = {
  id: 'intercom',
  label: 'Intercom',
  family: 'token',
  docs: `${DOCS}/build-an-integration/learn-more/authentication`,
  revoke: 'https://app.intercom.com/a/apps/_/developer-hub',
  formats: [shaped({ id: 'intercom.access-token', shape: ['dG9rO', run(BASE64, 54), '='], variable: 'INTERCOM_TOKEN' })],
  probe: {
    hosts: ['api.intercom.io'],
    effect: 'reads',
    requests: authorized('https://api.intercom.io/me'),
    read: verdictTable([
      active(
        'admin',
        200,
        [field('type', 'admin'), names('id')],
        `${DOCS}/references/rest-api/api.intercom.io/admins/identifyadmin`,
      ),
      restricted(
        'forbidden',
        403,
        [field('errors.0.code', 'forbidden', 'api_plan_restricted')],
        `${DOCS}/build-an-integration/learn-more/rest-apis/error-codes`,
      ),
      inactive(
        'unauthorized',
        401,
        [field('errors.0.code', 'unauthorized', 'token_unauthorized', 'token_not_found', 'token_revoked')],
        `${DOCS}/build-an-integration/learn-more/rest-apis/error-codes`,
      ),
    ]),
  },
  unconfirmed: ['the codes token_not_found, token_revoked and api_plan_restricted: its own clients know the others'],
} as const satisfies Service;
