import { ANSWERS_NOT_COMPARED, active, field, get, inactive, names, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { alphabet, run, shaped } from '../token-shape.ts';

const DOCS = 'https://www.typeform.com/developers';

/** Of the data centres. Source: https://www.typeform.com/developers/get-started/mcp/ */
const HOSTS = ['api.typeform.com', 'api.eu.typeform.com', 'api.typeform.eu'] as const;

export const typeform = {
  id: 'typeform',
  label: 'Typeform',
  family: 'token',
  docs: `${DOCS}/get-started/personal-access-token/`,
  revoke: 'https://admin.typeform.com/user/tokens',
  formats: [
    shaped({
      id: 'typeform.personal-access-token',
      shape: ['tfp_', run(alphabet('A-Za-z0-9._='), 40, 61)],
      variable: 'TYPEFORM_TOKEN',
    }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) => HOSTS.map((host) => get(`https://${host}/me`, { authorization: `Bearer ${reveal(parts)}` })),
    read: verdictTable([
      active('me', 200, [names('alias')], `${DOCS}/create/reference/retrieve-your-own-account/`),
      inactive('authentication-failed', [401, 403], [field('code', 'AUTHENTICATION_FAILED')], `${DOCS}/create/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
