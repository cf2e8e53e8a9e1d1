import { ANSWERS_NOT_COMPARED, active, field, inactive, inHeader, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { DIGITS, run, shaped, UPPER_DIGITS } from '../token-shape.ts';

const DOCS = 'https://developer.clickup.com/docs';

export const clickup = {
  id: 'clickup',
  label: 'ClickUp',
  family: 'token',
  docs: `${DOCS}/authentication`,
  revoke: 'https://app.clickup.com/settings/apps',
  formats: [
    shaped({
      id: 'clickup.personal-token',
      shape: ['pk_', run(DIGITS, 7, 9), '_', run(UPPER_DIGITS, 32)],
      variable: 'CLICKUP_TOKEN',
    }),
  ],
  probe: {
    hosts: ['api.clickup.com'],
    effect: 'reads',
    requests: inHeader('https://api.clickup.com/api/v2/user', 'authorization'),
    read: verdictTable([
      active('user', 200, [names('user.id')], 'https://developer.clickup.com/reference/getauthorizeduser'),
      inactive(
        'token-invalid',
        401,
        [field('ECODE', 'OAUTH_025', 'OAUTH_019', 'OAUTH_021', 'OAUTH_077')],
        `${DOCS}/common_errors`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;
