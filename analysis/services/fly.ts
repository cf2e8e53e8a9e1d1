import { ANSWERS_NOT_COMPARED, active, at, field, inactive, names, postJson, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { alphabet, BASE64, run, shaped } from '../token-shape.ts';

const DOCS = 'https://fly.io/docs/security/tokens/';

export const fly = {
  id: 'fly',
  label: 'Fly.io',
  family: 'token',
  docs: DOCS,
  revoke: 'https://fly.io/user/personal_access_tokens',
  formats: [
    shaped({
      id: 'fly.macaroon',
      shape: ['FlyV1 fm2_', run(alphabet('A-Za-z0-9+/=,_-'), 200, 1500)],
      variable: 'FLY_API_TOKEN',
      make: (random) => `FlyV1 fm2_${random.text(300 + random.int(500), BASE64.letters)}`,
    }),
  ],
  probe: {
    hosts: ['api.fly.io'],
    effect: 'reads',
    effectReason: 'GraphQL is asked by POST; a query cannot change anything.',
    requests: (parts) => [
      postJson(
        'https://api.fly.io/graphql',
        { query: '{ viewer { __typename ... on User { id } ... on Macaroon { email } } }' },
        { authorization: reveal(parts) },
      ),
    ],
    read: verdictTable([
      active('viewer', 200, [names('data.viewer.__typename')], 'what `fly auth whoami` asks'),
      inactive(
        'unauthorized',
        200,
        [({ json }) => (at(json, 'data') ?? null) === null, field('errors.0.extensions.code', 'UNAUTHORIZED')],
        'what `fly auth whoami` reports',
      ),
      inactive(
        'not-authenticated',
        401,
        [({ json }) => at(json, 'errors') !== undefined || at(json, 'error') !== undefined],
        'what `fly auth whoami` reports',
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusal'],
} as const satisfies Service;
