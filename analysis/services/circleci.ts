import { ANSWERS_NOT_COMPARED, active, inactive, inHeader, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://circleci.com/docs';

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
    requests: inHeader('https://circleci.com/api/v2/me', 'circle-token'),
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
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the answer to a project token, which belongs to nobody: read as unknown unless it is 401'],
} as const satisfies Service;
