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
  formats: [
    shaped({ id: 'netlify.personal-access-token', shape: ['nfp_', run(ALNUM, 36)], variable: 'NETLIFY_AUTH_TOKEN' }),
    // Of the command line, of applications and of the web page. Those of builds are left out: no user belongs to them.
    // Source: https://answers.netlify.com/t/change-to-the-netlify-authentication-token-format/106146
    shaped({ id: 'netlify.session-token', shape: [['nfc_', 'nfo_', 'nfu_'], run(ALNUM, 36)], variable: 'NETLIFY_AUTH_TOKEN' }),
  ],
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
