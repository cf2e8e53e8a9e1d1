import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.netlify.com/api-and-cli-guides/api-guides/get-started-with-api/';

export const netlify = {
  id: 'netlify',
  label: 'Netlify',
  family: 'token',
  docs: DOCS,
  revoke: 'https://app.netlify.com/user/applications#personal-access-tokens',
  formats: [shaped({ id: 'netlify.personal-access-token', shape: ['nfp_', run(ALNUM, 36)], variable: 'NETLIFY_AUTH_TOKEN' })],
  probe: {
    hosts: ['api.netlify.com'],
    effect: 'reads',
    requests: authorized('https://api.netlify.com/api/v1/user'),
    read: verdictTable([
      active('user', 200, [names('id')], 'https://open-api.netlify.com/#tag/user/operation/getCurrentUser'),
      inactive('access-denied', 401, [field('code', 401)], DOCS),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
