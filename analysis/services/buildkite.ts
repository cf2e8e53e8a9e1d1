import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, lists, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://buildkite.com/docs/apis';

export const buildkite = {
  id: 'buildkite',
  label: 'Buildkite',
  family: 'token',
  docs: `${DOCS}/managing-api-tokens`,
  revoke: 'https://buildkite.com/user/api-access-tokens',
  formats: [shaped({ id: 'buildkite.user-token', shape: ['bkua_', run(HEX, 40)], variable: 'BUILDKITE_API_TOKEN' })],
  probe: {
    hosts: ['api.buildkite.com'],
    effect: 'reads',
    requests: authorized('https://api.buildkite.com/v2/access-token'),
    read: verdictTable([
      active('access-token', 200, [names('uuid'), lists('scopes')], `${DOCS}/rest-api/access-token`),
      inactive(
        'authentication-required',
        401,
        [
          field(
            'message',
            'Authentication required. Please supply a valid API Access Token: https://buildkite.com/docs/apis/rest-api#authentication',
          ),
        ],
        `${DOCS}/rest-api`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusal'],
} as const satisfies Service;
