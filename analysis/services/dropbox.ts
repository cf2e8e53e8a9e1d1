import { active, inactive, names, restricted, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://www.dropbox.com/developers/documentation/http/documentation';

export const dropbox = {
  id: 'dropbox',
  label: 'Dropbox',
  family: 'token',
  docs: 'https://developers.dropbox.com/oauth-guide',
  revoke: 'https://www.dropbox.com/account/connected_apps',
  formats: [
    shaped({ id: 'dropbox.access-token', shape: ['sl.', run(BASE64URL, 130, 1400)], variable: 'DROPBOX_TOKEN' }),
    shaped({ id: 'dropbox.user-access-token', shape: ['sl.u.', run(BASE64URL, 130, 1400)], variable: 'DROPBOX_TOKEN' }),
  ],
  probe: {
    hosts: ['api.dropboxapi.com'],
    effect: 'reads',
    effectReason: 'The interface knows nothing but POST; this call answers whose token it is.',
    requests: (parts) => [
      {
        method: 'POST',
        url: 'https://api.dropboxapi.com/2/users/get_current_account',
        headers: { accept: 'application/json', authorization: `Bearer ${reveal(parts)}` },
      },
    ],
    read: verdictTable([
      active('account', 200, [names('account_id')], `${DOCS}#users-get_current_account`),
      restricted('missing-scope', 401, [saysAt('error_summary', /^missing_scope/)], `${DOCS}#errors`),
      restricted('user-suspended', 401, [saysAt('error_summary', /^user_suspended/)], `${DOCS}#errors`),
      inactive('expired', 401, [saysAt('error_summary', /^expired_access_token/)], `${DOCS}#errors`),
      inactive('invalid-access-token', 401, [saysAt('error_summary', /^invalid_access_token/)], `${DOCS}#errors`),
    ]),
  },
} as const satisfies Service;
