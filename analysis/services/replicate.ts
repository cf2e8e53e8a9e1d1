import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://replicate.com/docs/reference/http';

export const replicate = {
  id: 'replicate',
  label: 'Replicate',
  family: 'token',
  docs: DOCS,
  revoke: 'https://replicate.com/account/api-tokens',
  formats: [shaped({ id: 'replicate.api-token', shape: ['r8_', run(ALNUM, 37)], variable: 'REPLICATE_API_TOKEN' })],
  probe: {
    hosts: ['api.replicate.com'],
    effect: 'reads',
    requests: authorized('https://api.replicate.com/v1/account'),
    read: verdictTable([
      active('account', 200, [names('username'), field('type', 'user', 'organization')], `${DOCS}#account.get`),
      inactive('unauthenticated', 401, [field('title', 'Unauthenticated')], `${DOCS}#authentication`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
