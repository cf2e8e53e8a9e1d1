import { active, field, inactive, names, postJson, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://linear.app/developers/graphql';
/** The provider's own client: what the types of errors are called. */
const SDK = 'https://github.com/linear/linear/blob/master/packages/sdk/src/error.ts';

export const linear = {
  id: 'linear',
  label: 'Linear',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://linear.app/settings/account/security',
  formats: [shaped({ id: 'linear.api-key', shape: ['lin_api_', run(ALNUM, 40)], variable: 'LINEAR_API_KEY' })],
  probe: {
    hosts: ['api.linear.app'],
    effect: 'reads',
    effectReason: 'GraphQL is asked by POST; a query cannot change anything.',
    requests: (parts) => [
      postJson('https://api.linear.app/graphql', { query: '{ viewer { id } }' }, { authorization: reveal(parts) }),
    ],
    read: verdictTable([
      active('viewer', 200, [names('data.viewer.id')], DOCS),
      restricted('forbidden', [200, 400, 403], [field('errors.0.extensions.type', 'forbidden')], SDK),
      inactive('authentication', [200, 400, 401], [field('errors.0.extensions.type', 'authentication error')], SDK),
    ]),
  },
} as const satisfies Service;
