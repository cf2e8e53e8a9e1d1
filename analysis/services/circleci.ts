import { ANSWERS_NOT_COMPARED, active, inactive, inHeader, names, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://circleci.com/docs';

const ASKS_WHO = inHeader('https://circleci.com/api/v2/me', 'circle-token');

export const circleci = {
  id: 'circleci',
  label: 'CircleCI',
  family: 'token',
  docs: `${DOCS}/guides/toolkit/managing-api-tokens/`,
  revoke: 'https://app.circleci.com/settings/user/tokens',
  formats: [
    shaped({ id: 'circleci.personal-token', shape: ['CCIPAT_', run(ALNUM, 22), '_', run(HEX, 40)], variable: 'CIRCLECI_TOKEN' }),
    shaped({ id: 'circleci.project-token', shape: ['CCIPRJ_', run(ALNUM, 22), '_', run(HEX, 40)], variable: 'CIRCLECI_TOKEN' }),
  ],
  probe: {
    hosts: ['circleci.com'],
    effect: 'reads',
    // Tokens of a project are good for the first version alone, under the project's name, and refused here:
    // "Project Tokens are not currently supported on API v2" (https://circleci.com/docs/guides/toolkit/api-developers-guide).
    requests: (parts, env) => (reveal(parts).startsWith('CCIPRJ_') ? null : ASKS_WHO(parts, env)),
    read: verdictTable([
      active('me', 200, [names('id'), names('login')], `${DOCS}/api/v2/#operation/getCurrentUser`),
      inactive(
        'invalid-token',
        401,
        [saysAt('message', /invalid token|must log in|unauthorized/i)],
        `${DOCS}/api/v2/#operation/getCurrentUser`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
