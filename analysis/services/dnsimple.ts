import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developer.dnsimple.com/v2';

export const dnsimple = {
  id: 'dnsimple',
  label: 'DNSimple',
  family: 'token',
  docs: DOCS,
  revoke: 'https://support.dnsimple.com/articles/api-access-token/',
  formats: [
    shaped({ id: 'dnsimple.account-token', shape: ['dnsimple_a_', run(ALNUM, 32)], variable: 'DNSIMPLE_TOKEN' }),
    shaped({ id: 'dnsimple.user-token', shape: ['dnsimple_u_', run(ALNUM, 32)], variable: 'DNSIMPLE_TOKEN' }),
  ],
  probe: {
    hosts: ['api.dnsimple.com'],
    effect: 'reads',
    requests: authorized('https://api.dnsimple.com/v2/whoami'),
    read: verdictTable([
      active('account', 200, [names('data.account.id')], `${DOCS}/identity/`),
      active('user', 200, [names('data.user.id')], `${DOCS}/identity/`),
      inactive('authentication-failed', 401, [field('message', 'Authentication failed')], `${DOCS}/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
