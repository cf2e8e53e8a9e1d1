import { active, field, get, inactive, names, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://www.contentful.com/developers/docs';

/** Source of the second: https://www.contentful.com/developers/docs/platform/eu-data-residency/ */
const HOSTS = ['api.contentful.com', 'api.eu.contentful.com'] as const;

export const contentful = {
  id: 'contentful',
  label: 'Contentful',
  family: 'token',
  docs: `${DOCS}/references/authentication/`,
  revoke: 'https://app.contentful.com/account/profile/cma_tokens',
  formats: [
    shaped({ id: 'contentful.management-token', shape: ['CFPAT-', run(BASE64URL, 43)], variable: 'CONTENTFUL_MANAGEMENT_TOKEN' }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) => HOSTS.map((host) => get(`https://${host}/users/me`, { authorization: `Bearer ${reveal(parts)}` })),
    read: verdictTable([
      active(
        'user',
        200,
        [field('sys.type', 'User'), names('sys.id')],
        `${DOCS}/references/content-management-api/#/reference/users`,
      ),
      // 401 by the documentation; clients of the management interface have seen 403.
      inactive('access-token-invalid', [401, 403], [field('sys.id', 'AccessTokenInvalid')], `${DOCS}/references/errors/`),
    ]),
  },
} as const satisfies Service;
